//! One item, for people and programs.

use app::{AppError, Desk};
use bundle::canon::Object;
use vault::{
    CustodyAct, CustodyLine, Holding, ItemDetail, ItemState, Recorded, Remark, Stated,
    WithdrawalRemark,
};

use super::page::{Page, Tone, bytes, time};
use super::sealing::name;
use crate::commands::item_object;
use crate::context::Context;

/// An item with what is known of it.
pub struct Shown<'a> {
    pub desk: &'a Desk,
    pub detail: &'a ItemDetail,
    pub custody: &'a [CustodyLine],
    pub holdings: &'a [Holding],
}

/// Says that something about an item is on record.
pub fn show_recorded(
    context: &Context,
    item: u64,
    recorded: &Recorded,
    done: &str,
) -> Result<(), AppError> {
    let value = || {
        Object::new()
            .with("item", item)
            .with("entry", recorded.entry)
            .with("hash", recorded.hash)
            .with("ts_utc", recorded.ts_utc.as_str())
            .into()
    };
    context.output.show(value, |page| {
        page.line(done);
        page.field("Entry", &recorded.entry.to_string());
    })
}

/// `show --json`.
pub fn show_object(shown: &Shown<'_>) -> Object {
    let detail = shown.detail;
    let same = |(item, state): &(u64, ItemState)| {
        Object::new()
            .with("item", *item)
            .with("state", state.as_str())
    };
    let holding = |holding: &Holding| holding_object(shown.desk, holding);
    let list = |stated: &[Stated]| stated.iter().map(stated_object).collect::<Vec<_>>();
    item_object(&detail.item)
        .with("facts", list(&detail.facts))
        .with("caption", detail.caption.as_ref().map(stated_object))
        .with("notes", list(&detail.notes))
        .with("hold", detail.hold.as_ref().map(remark_object))
        .with(
            "withdrawals",
            detail
                .withdrawals
                .iter()
                .map(withdrawal_object)
                .collect::<Vec<_>>(),
        )
        .with("sightings", detail.sightings)
        .with(
            "same_content",
            detail.same_bytes.iter().map(same).collect::<Vec<_>>(),
        )
        .with(
            "bundles",
            shown.holdings.iter().map(holding).collect::<Vec<_>>(),
        )
        .with(
            "custody",
            shown.custody.iter().map(custody_object).collect::<Vec<_>>(),
        )
}

/// A sealed package that holds an item.
pub fn holding_object(desk: &Desk, holding: &Holding) -> Object {
    let bundle = &holding.bundle;
    let path = desk
        .vault()
        .bundle_path(bundle)
        .filter(|path| path.exists());
    Object::new()
        .with("kind", bundle.kind.as_str())
        .with("number", bundle.number)
        .with("sha256", bundle.bundle_sha256)
        .with("sealed_utc", bundle.ts_utc.as_str())
        .with("record", holding.record)
        .with("bytes", holding.bytes)
        .with("file", path.map(|path| path.display().to_string()))
}

fn stated_object(stated: &Stated) -> Object {
    let corrections = stated
        .corrections
        .iter()
        .map(|correction| remark_object(&correction.remark).with("old", correction.old.as_str()));
    Object::new()
        .with("field", stated.field.word())
        .with("text", stated.text.as_str())
        .with("entry", stated.entry)
        .with("ts_utc", stated.ts_utc.as_str())
        .with("by", stated.by.as_str())
        .with("corrections", corrections.collect::<Vec<_>>())
}

fn remark_object(remark: &Remark) -> Object {
    Object::new()
        .with("reason", remark.reason.as_str())
        .with("entry", remark.entry)
        .with("ts_utc", remark.ts_utc.as_str())
        .with("by", remark.by.as_str())
}

fn withdrawal_object(withdrawal: &WithdrawalRemark) -> Object {
    remark_object(&withdrawal.remark)
        .with("erase", withdrawal.erase)
        .with("erased", withdrawal.erased.clone())
        .with("names", withdrawal.names)
}

fn custody_object(line: &CustodyLine) -> Object {
    Object::new()
        .with("act", line.act.as_str())
        .with("who", line.who.as_deref())
        .with("to", line.to.as_deref())
        .with("when", line.when.as_deref())
        .with("where", line.place.as_deref())
        .with("why", line.why.as_deref())
        .with("how", line.how.as_deref())
        .with("entry", line.entry)
        .with("bundle_sha256", line.bundle)
}

/// `package no. 7`
pub fn package(holding: &Holding) -> String {
    if let Some(number) = holding.bundle.number {
        return format!("package no. {number}");
    }
    let digest = holding.bundle.bundle_sha256;
    let short = digest.map(|digest| digest.short()).unwrap_or_default();
    format!("excerpt {short}")
}

/// `item 3 has` or `items 3, 4 have`
pub fn numbers(items: &[u64], one: &str, several: &str) -> String {
    let list: Vec<String> = items.iter().map(u64::to_string).collect();
    match items {
        [item] => format!("item {item} {one}"),
        _ => format!("items {} {several}", list.join(", ")),
    }
}

/// What a person reads about an item.
pub fn write_item(page: &mut Page, shown: &Shown<'_>) {
    let (detail, item) = (shown.detail, &shown.detail.item);
    let called = if item.name.is_empty() {
        "(its name was erased)"
    } else {
        &item.name
    };
    page.toned(Tone::Strong, &format!("Item {}: {called}", item.item));
    page.some("Path", Some(&item.path));
    page.field("Size", &bytes(item.size));
    page.field("Type", &item.media_type);
    page.field("SHA-256", &item.raw_sha256.to_string());
    page.some("File changed", Some(&item.modified_utc));
    page.field(
        "Taken in",
        &format!("{}, intake {}", time(&item.captured_utc), item.intake),
    );
    let same: Vec<String> = detail.same_bytes.iter().map(same_as).collect();
    page.some("Same content as", Some(&same.join(", ")));
    if detail.sightings > 0 {
        page.field("Seen again", &format!("{} times", detail.sightings));
    }
    if let Some(hold) = &detail.hold {
        remark(page, "On hold", hold);
    }
    for withdrawal in &detail.withdrawals {
        let what = match (withdrawal.erase, withdrawal.names) {
            (true, true) => "Erased, names too",
            (true, false) => "Erased",
            _ => "Withdrawn",
        };
        remark(page, what, &withdrawal.remark);
    }
    for stated in detail.caption.iter().chain(&detail.notes) {
        said(page, stated);
    }
    for stated in &detail.facts {
        said(page, stated);
    }
    page.gap();
    page.line("Custody:");
    for line in shown.custody {
        custody(page, line);
    }
    page.gap();
    if shown.holdings.is_empty() {
        page.line("It is in no sealed package yet.");
    } else {
        page.line("Sealed packages that hold it:");
    }
    for holding in shown.holdings {
        let what = match (holding.record, holding.bytes) {
            (true, true) => "",
            (true, false) => ", without its bytes",
            _ => ", the same bytes as another item",
        };
        page.line(&format!(
            "  {}, {}{what}",
            name(&holding.bundle),
            time(&holding.bundle.ts_utc)
        ));
    }
}

fn same_as((item, state): &(u64, ItemState)) -> String {
    match state {
        ItemState::Present => item.to_string(),
        other => format!("{item} ({})", other.as_str()),
    }
}

/// A text of several lines in the second column.
fn text(page: &mut Page, title: &str, text: &str) {
    for (index, line) in text.split('\n').enumerate() {
        page.field(if index == 0 { title } else { "" }, line);
    }
}

fn said(page: &mut Page, stated: &Stated) {
    let title = match stated.field {
        vault::Field::Caption => "Caption",
        vault::Field::Note => "Note",
        vault::Field::From => "Obtained from",
        vault::Field::Where => "Where",
        vault::Field::When => "When",
        vault::Field::How => "How",
        vault::Field::Authority => "Why",
        vault::Field::Reference => "Reference",
        vault::Field::IntakeNote => "Intake's note",
    };
    let now = if stated.text.is_empty() {
        "(taken back)"
    } else {
        &stated.text
    };
    text(page, title, now);
    if stated.field == vault::Field::Note {
        page.field("", &format!("(entry {}{})", stated.entry, by(&stated.by)));
    }
    for correction in &stated.corrections {
        let Remark { ts_utc, reason, .. } = &correction.remark;
        let by = by(&correction.remark.by);
        text(
            page,
            "",
            &format!("corrected {}{by}: {reason}", time(ts_utc)),
        );
        let old = if correction.old.is_empty() {
            "(not stated)"
        } else {
            &correction.old
        };
        text(page, "", &format!("before: {old}"));
    }
}

fn by(name: &str) -> String {
    if name.is_empty() {
        ", by somebody not stated".to_owned()
    } else {
        format!(", by {name}")
    }
}

fn remark(page: &mut Page, title: &str, remark: &Remark) {
    let Remark {
        reason,
        ts_utc,
        by: who,
        ..
    } = remark;
    text(
        page,
        title,
        &format!("{}{}: {reason}", time(ts_utc), by(who)),
    );
}

fn custody(page: &mut Page, line: &CustodyLine) {
    let what = match line.act {
        CustodyAct::Obtained => "obtained",
        CustodyAct::TakenIn => "taken in",
        CustodyAct::Held => "put on hold",
        CustodyAct::Released => "hold lifted",
        CustodyAct::Withdrawn => "withdrawn",
        CustodyAct::Erased => "erased",
        CustodyAct::Exported => "exported",
        CustodyAct::Sealed => "sealed",
        CustodyAct::HandedOver => "handed over",
        CustodyAct::Received => "received",
        CustodyAct::Confirmed => "receipt",
        CustodyAct::Witnessed => "witnessed",
        CustodyAct::Timestamped => "time stamp",
    };
    let mut said = what.to_owned();
    if let Some(who) = &line.who {
        let by = match line.act {
            CustodyAct::Obtained => "from",
            _ => "by",
        };
        said = format!("{what} {by} {who}");
    }
    for (word, value) in [
        ("to ", &line.to),
        ("at ", &line.place),
        ("", &line.how),
        ("why: ", &line.why),
    ] {
        if let Some(value) = value {
            said.push_str(&format!("; {word}{}", value.replace('\n', " ")));
        }
    }
    let when = line.when.as_deref().map(time);
    let when = when.unwrap_or_else(|| "at a time not stated".to_owned());
    page.line(&format!("  {when}: {said}"));
    let gaps = line.gaps();
    if !gaps.is_empty() {
        page.field("", &format!("not stated: {}", gaps.join(", ")));
    }
}
