//! Custody: one list for an item, from where it was obtained to where it went, each line with who, when, where, why and
//! how. What is not known is a gap, and a gap is named.

use bundle::Sha256;
use bundle::canon::{Object, Value};
use bundle::format::event::Event;
use bundle::format::kind::EventType;

use crate::column::number;
use crate::corrections::read_about;
use crate::detail::{Field, Told, actor, body, intake_event, text};
use crate::error::Result;
use crate::holdings::{Holding, holdings, is_about};
use crate::ledger::{chain_of, event_at, read_event};
use crate::project::Project;
use crate::sql;
use crate::vault::Vault;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustodyAct {
    /// Somebody got it from somebody.
    Obtained,
    /// It was captured here.
    TakenIn,
    /// Erasing was forbidden.
    Held,
    /// Erasing was allowed again.
    Released,
    /// It was hidden.
    Withdrawn,
    /// Its bytes were removed.
    Erased,
    /// A copy of the original left.
    Exported,
    /// It went into a sealed package.
    Sealed,
    /// A package that holds it was given to somebody.
    HandedOver,
    /// A package that holds it was received.
    Received,
    /// Somebody confirmed what they received.
    Confirmed,
    /// Somebody else signed a package that holds it.
    Witnessed,
    /// A package that holds it got a time stamp.
    Timestamped,
}

impl CustodyAct {
    /// As it is shown to programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Obtained => "obtained",
            Self::TakenIn => "taken_in",
            Self::Held => "held",
            Self::Released => "released",
            Self::Withdrawn => "withdrawn",
            Self::Erased => "erased",
            Self::Exported => "exported",
            Self::Sealed => "sealed",
            Self::HandedOver => "handed_over",
            Self::Received => "received",
            Self::Confirmed => "confirmed",
            Self::Witnessed => "witnessed",
            Self::Timestamped => "timestamped",
        }
    }

    fn of_package(kind: &EventType) -> Option<Self> {
        match kind {
            EventType::Handover => Some(Self::HandedOver),
            EventType::Received => Some(Self::Received),
            EventType::Receipt => Some(Self::Confirmed),
            EventType::Witness => Some(Self::Witnessed),
            EventType::Timestamp => Some(Self::Timestamped),
            _ => None,
        }
    }
}

/// One line of custody. What is `None` was not stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustodyLine {
    /// What happened.
    pub act: CustodyAct,
    /// Who did it, or from whom it was obtained.
    pub who: Option<String>,
    /// To whom.
    pub to: Option<String>,
    /// When: in people's own words, or by the clock of the computer that recorded it.
    pub when: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// Why.
    pub why: Option<String>,
    /// How.
    pub how: Option<String>,
    /// The entry of the record.
    pub entry: u64,
    /// The sealed package that it is about.
    pub bundle: Option<Sha256>,
}

impl CustodyLine {
    /// What is not known of it, in the words for people.
    pub fn gaps(&self) -> Vec<&'static str> {
        let asked = [
            ("who", &self.who),
            ("when", &self.when),
            ("where", &self.place),
            ("why", &self.why),
            ("how", &self.how),
        ];
        let open = asked.into_iter().filter(|(_, value)| value.is_none());
        open.map(|(name, _)| name).collect()
    }

    fn new(act: CustodyAct, event: &Event) -> Self {
        let source = body(event.source.as_ref());
        Self {
            act,
            who: stated(&actor(&source)),
            to: stated(text(&source, "to")),
            when: Some(event.payload.ts_utc.clone()),
            place: stated(text(&source, "where")),
            why: stated(text(&source, "why")).or_else(|| stated(text(&source, "reason"))),
            how: stated(text(&source, "how")),
            entry: event.payload.seq,
            bundle: None,
        }
    }

    fn how(self, how: String) -> Self {
        Self {
            how: Some(how),
            ..self
        }
    }
}

impl Vault {
    /// The custody of an item, in the order in which it was recorded.
    ///
    /// # Errors
    /// `item_unknown`; what the store says when it cannot be read.
    pub fn custody(&self, project: &Project, item: u64) -> Result<Vec<CustodyLine>> {
        self.db().read(|connection| {
            let chain = chain_of(connection, &project.id)?.id;
            let (item, history) = read_about(connection, project, item)?;
            let intake = intake_event(connection, chain, &item)?;
            let told = Told::by(&history, intake.as_ref());
            let mut lines = Vec::new();
            lines.extend(intake.as_ref().map(|intake| obtained(&told, intake)));
            lines.extend(
                history
                    .iter()
                    .filter_map(|event| of_item(event, intake.as_ref())),
            );
            let holdings = holdings(connection, chain, &item)?;
            for holding in holdings.iter().filter(|holding| holding.record) {
                let seal = event_at(connection, chain, holding.bundle.seq)?;
                lines.extend(seal.map(|seal| sealed(&seal, holding)));
            }
            let mut statement = connection.prepare_cached(sql::EVENTS_CUSTODY_AFTER)?;
            let mut rows = statement.query((chain, number(item.seq)))?;
            while let Some(row) = rows.next()? {
                lines.extend(of_package(&read_event(row)?, &holdings));
            }
            lines.sort_by_key(|line| line.entry);
            Ok(lines)
        })
    }
}

fn stated(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

fn obtained(told: &Told, intake: &Event) -> CustodyLine {
    let fact = |field: Field| {
        let said = told.facts.iter().find(|said| said.field == field);
        said.and_then(|said| stated(&said.text))
    };
    CustodyLine {
        act: CustodyAct::Obtained,
        who: fact(Field::From),
        to: None,
        when: fact(Field::When),
        place: fact(Field::Where),
        why: fact(Field::Authority),
        how: fact(Field::How),
        entry: intake.payload.seq,
        bundle: None,
    }
}

fn of_item(event: &Event, intake: Option<&Event>) -> Option<CustodyLine> {
    let content = body(event.content.as_ref());
    let truth = |key: &str| content.get(key) == Some(&Value::Bool(true));
    let act = match event.kind {
        EventType::Capture => CustodyAct::TakenIn,
        EventType::Hold if truth("set") => CustodyAct::Held,
        EventType::Hold => CustodyAct::Released,
        EventType::Withdraw if truth("erase") => CustodyAct::Erased,
        EventType::Withdraw => CustodyAct::Withdrawn,
        EventType::Export => CustodyAct::Exported,
        _ => return None,
    };
    let line = CustodyLine::new(act, event);
    Some(match act {
        CustodyAct::TakenIn => line.how(taken_in(intake)),
        CustodyAct::Exported => line.how("as a copy of the original".to_owned()),
        _ => line,
    })
}

fn taken_in(intake: Option<&Event>) -> String {
    let content = body(intake.and_then(|intake| intake.content.as_ref()));
    let medium = if content.get("removable") == Some(&Value::Bool(true)) {
        "a removable medium"
    } else {
        "a disk"
    };
    match text(&content, "file_system") {
        "" | "unknown" => format!("copied from {medium} and hashed"),
        kind => format!("copied from {medium} ({kind}) and hashed"),
    }
}

fn sealed(seal: &Event, holding: &Holding) -> CustodyLine {
    let bundle = &holding.bundle;
    let package = match bundle.number {
        Some(number) => format!("in sealed package no. {number}"),
        None => "in a sealed excerpt".to_owned(),
    };
    let without = if holding.bytes {
        ""
    } else {
        ", without its bytes"
    };
    CustodyLine {
        why: stated(&bundle.label),
        to: stated(text(&body(seal.source.as_ref()), "recipient")),
        bundle: bundle.bundle_sha256,
        ..CustodyLine::new(CustodyAct::Sealed, seal).how(format!(
            "{package}{without}, signed with the key {}",
            bundle.keyid.short()
        ))
    }
}

fn of_package(event: &Event, holdings: &[Holding]) -> Option<CustodyLine> {
    let act = CustodyAct::of_package(&event.kind)?;
    let content: Object = body(event.content.as_ref());
    let holding = holdings
        .iter()
        .find(|holding| holding.record && is_about(&content, &holding.bundle))?;
    Some(CustodyLine {
        bundle: holding.bundle.bundle_sha256,
        ..CustodyLine::new(act, event)
    })
}
