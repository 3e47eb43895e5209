//! What the entries about an item say together.

use bundle::Sha256;
use bundle::canon::{Object, Value};
use bundle::format::event::Event;
use bundle::format::kind::EventType;
use bundle::format::text::exact;
use rusqlite::Connection;

use super::{Correction, Field, Remark, Stated, WithdrawalRemark};
use crate::column::number;
use crate::error::Result;
use crate::items::Item;
use crate::ledger::read_event;
use crate::sql;

/// The INTAKE that an item came with.
pub(crate) fn intake_event(
    connection: &Connection,
    chain: i64,
    item: &Item,
) -> Result<Option<Event>> {
    let mut statement = connection.prepare_cached(sql::EVENT_INTAKES_BEFORE)?;
    let mut rows = statement.query((chain, number(item.seq)))?;
    while let Some(row) = rows.next()? {
        let event = read_event(row)?;
        let content = body(event.content.as_ref());
        let intake = content.get("intake").and_then(Value::as_int);
        if event.kind == EventType::Intake && intake == Some(number(item.intake)) {
            return Ok(Some(event));
        }
    }
    Ok(None)
}

/// A body as it is read; what is missing or was erased is empty.
pub(crate) fn body(text: Option<&String>) -> Object {
    let value = text.and_then(|text| Value::parse(text.as_bytes()).ok());
    match value {
        Some(Value::Object(object)) => object,
        _ => Object::new(),
    }
}

/// Who acted; empty: not stated.
pub(crate) fn actor(source: &Object) -> String {
    let actor = source.get("actor").and_then(Value::as_object);
    let name = actor.and_then(|actor| actor.get("name")?.as_str());
    name.unwrap_or_default().to_owned()
}

/// A text of a body.
pub(crate) fn text<'a>(source: &'a Object, key: &str) -> &'a str {
    source.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// What the entries about an item say together.
#[derive(Default)]
pub(crate) struct Told {
    pub facts: Vec<Stated>,
    pub caption: Option<Stated>,
    pub notes: Vec<Stated>,
    pub hold: Option<Remark>,
    pub withdrawals: Vec<WithdrawalRemark>,
    pub names_erased: bool,
    pub sightings: u64,
}

impl Told {
    /// Reads the entries in order; without the INTAKE no facts are known.
    pub(crate) fn by(history: &[Event], intake: Option<&Event>) -> Self {
        let mut told = Self::default();
        if let Some(intake) = intake {
            let source = body(intake.source.as_ref());
            for field in Field::ALL {
                let stated = field
                    .in_intake()
                    .and_then(|key| stated(field, &source, key, intake));
                told.facts.extend(stated);
            }
        }
        for event in history {
            told.add(event, intake);
        }
        told
    }

    fn add(&mut self, event: &Event, intake: Option<&Event>) {
        let (content, source) = (body(event.content.as_ref()), body(event.source.as_ref()));
        let truth = |key: &str| content.get(key) == Some(&Value::Bool(true));
        match event.kind {
            EventType::Sighting => self.sightings += 1,
            EventType::Annotate => {
                let caption = stated(Field::Caption, &source, "caption", event);
                self.caption = self.caption.take().or(caption);
                self.notes
                    .extend(stated(Field::Note, &source, "note", event));
            }
            EventType::Amend => self.amend(event, &content, &source, intake),
            EventType::Hold => self.hold = truth("set").then(|| remark(event, &source)),
            EventType::Withdraw => {
                let digests = content.get("erased").and_then(Value::as_array);
                let digests = digests.unwrap_or_default().iter();
                self.names_erased |= truth("names");
                self.withdrawals.push(WithdrawalRemark {
                    remark: remark(event, &source),
                    erase: truth("erase"),
                    erased: digests.filter_map(|d| d.as_str()?.parse().ok()).collect(),
                    names: truth("names"),
                });
            }
            _ => {}
        }
    }

    fn amend(&mut self, event: &Event, content: &Object, source: &Object, intake: Option<&Event>) {
        let Some(field) = Field::from_word(text(source, "field")) else {
            return;
        };
        let amends: Option<Sha256> = text(content, "amends").parse().ok();
        let value = |key: &str| field.clean_bytes(&exact(source, key).unwrap_or_default());
        let place = match field {
            Field::Caption => self.caption.as_mut(),
            Field::Note => self
                .notes
                .iter_mut()
                .find(|note| amends.is_none_or(|hash| hash == note.hash)),
            fact => {
                if !self.facts.iter().any(|said| said.field == fact) {
                    let nothing = Object::new();
                    let unsaid = intake.map(|intake| said(fact, String::new(), intake, &nothing));
                    self.facts.extend(unsaid);
                    let place = |field| Field::ALL.iter().position(|other| *other == field);
                    self.facts.sort_by_key(|said| place(said.field));
                }
                self.facts.iter_mut().find(|said| said.field == fact)
            }
        };
        if let Some(stated) = place {
            stated.corrections.push(Correction {
                old: value("old"),
                remark: remark(event, source),
            });
            stated.text = value("new");
        }
    }
}

fn stated(field: Field, source: &Object, key: &str, event: &Event) -> Option<Stated> {
    let text = field.clean_bytes(source.get(key)?.as_str()?.as_bytes());
    Some(said(field, text, event, source))
}

fn said(field: Field, text: String, event: &Event, source: &Object) -> Stated {
    Stated {
        field,
        text,
        entry: event.payload.seq,
        hash: event.hash,
        ts_utc: event.payload.ts_utc.clone(),
        by: actor(source),
        corrections: Vec::new(),
    }
}

fn remark(event: &Event, source: &Object) -> Remark {
    Remark {
        reason: text(source, "reason").to_owned(),
        entry: event.payload.seq,
        ts_utc: event.payload.ts_utc.clone(),
        by: actor(source),
    }
}
