//! Which bodies of which events travel. The rules alone decide; writer 1 has no choice.

use std::collections::HashSet;

use crate::canon::Object;
use crate::format::event::Event;
use crate::format::kind::EventType;
use crate::format::line::Line;
use crate::format::seal::{Kind, Pins, Wishes};
use crate::seal::{Evidence, SealError};

/// The rules for one bundle.
pub(super) struct Carry {
    kind: Kind,
    seal_seq: u64,
    items: HashSet<u64>,
    intakes: HashSet<u64>,
}

impl Carry {
    /// For an excerpt the events are read once, to learn which intakes consist of chosen items only.
    pub(super) fn new(
        pins: &Pins,
        wishes: &Wishes,
        seal_seq: u64,
        evidence: &dyn Evidence,
    ) -> Result<Self, SealError> {
        let items: HashSet<u64> = wishes.items.iter().flatten().copied().collect();
        let mut intakes = HashSet::new();
        if pins.kind == Kind::Excerpt {
            let mut others = HashSet::new();
            evidence.events(1, seal_seq, &mut |event| {
                let seq = event.payload.seq;
                let captured = event.kind == EventType::Capture;
                if captured || event.kind == EventType::Sighting {
                    let line = Line::from_event(event).map_err(|e| SealError::line(seq, &e))?;
                    let (item, intake) = (
                        number(line.content(), "item"),
                        number(line.content(), "intake"),
                    );
                    match (item, intake) {
                        (Some(item), Some(intake)) if !items.contains(&item) => {
                            others.insert(intake)
                        }
                        (Some(_), Some(intake)) if captured => intakes.insert(intake),
                        _ => false,
                    };
                }
                Ok(())
            })?;
            intakes.retain(|intake| !others.contains(intake));
        }
        Ok(Self {
            kind: pins.kind,
            seal_seq,
            items,
            intakes,
        })
    }

    /// The event with the bodies that travel.
    pub(super) fn apply(&self, event: Event) -> Result<Line, SealError> {
        let seq = event.payload.seq;
        let mut line = Line::from_event(event).map_err(|e| SealError::line(seq, &e))?;
        let (content, source) = match self.kind {
            Kind::Series => (true, Self::source_in_series(&line)),
            Kind::Excerpt => {
                let chosen = self.chosen(&line);
                (chosen, chosen)
            }
        };
        let [own_content, own_source, own_machine] = &mut line.bodies;
        if !content {
            line.event.content = None;
            *own_content = None;
        }
        if !source {
            line.event.source = None;
            *own_source = None;
        }
        line.event.machine = None;
        *own_machine = None;
        Ok(line)
    }

    /// Who got something stays between the sealer and them.
    fn source_in_series(line: &Line) -> bool {
        match line.event.kind {
            EventType::Handover | EventType::Received | EventType::Receipt => false,
            EventType::Seal => line
                .content()
                .is_none_or(|content| content.get("kind") != Some(&"excerpt".into())),
            _ => true,
        }
    }

    fn chosen(&self, line: &Line) -> bool {
        let kind = &line.event.kind;
        let own_seal = line.event.payload.seq == self.seal_seq;
        if *kind == EventType::Genesis || kind.is_key_event() || own_seal {
            return true;
        }
        match number(line.content(), "item") {
            Some(item) => self.items.contains(&item),
            None => {
                *kind == EventType::Intake
                    && number(line.content(), "intake")
                        .is_some_and(|intake| self.intakes.contains(&intake))
            }
        }
    }
}

fn number(content: Option<&Object>, key: &str) -> Option<u64> {
    content?
        .get(key)?
        .as_int()
        .and_then(|n| u64::try_from(n).ok())
}
