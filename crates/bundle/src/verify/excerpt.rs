//! An excerpt carries what was chosen and nothing else.

use crate::canon::{Object, Value};
use crate::format::kind::EventType;
use crate::format::line::Line;
use crate::verify::check::CheckId;
use crate::verify::checks::Checks;
use crate::verify::history::Walk;
use crate::verify::sealing::Sealing;

impl Walk<'_> {
    /// In an excerpt, bodies travel only for what was chosen.
    pub(super) fn chosen_only(&mut self, line: &Line, content: &Object, place: u64) {
        let Some(chosen) = &self.chosen else { return };
        let kind = &line.event.kind;
        let item = content
            .get("item")
            .and_then(Value::as_int)
            .and_then(|n| u64::try_from(n).ok());
        let intake = content
            .get("intake")
            .and_then(Value::as_int)
            .and_then(|n| u64::try_from(n).ok());
        let own_seal = *kind == EventType::Seal && place == self.identity.ledger.last;
        let allowed = match item {
            Some(item) => chosen.contains(&item),
            None => {
                *kind == EventType::Genesis
                    || kind.is_key_event()
                    || own_seal
                    || *kind == EventType::Intake
            }
        };
        if !allowed {
            self.fail(
                CheckId::Excerpt,
                "excerpt_leak",
                format!("entry {place} was not chosen"),
            );
        }
        if let (EventType::Capture, Some(item)) = (kind, item) {
            self.out.captures.insert(item, place);
        }
        match (kind, intake) {
            (EventType::Intake, Some(intake)) => self.intakes.push(intake),
            (EventType::Capture, Some(intake)) => self.intakes.retain(|carried| *carried != intake),
            _ => {}
        }
    }
}

impl Sealing<'_> {
    /// Every chosen item is carried, was sealed in the series before, and is neither withdrawn nor erased.
    pub(super) fn excerpt(&self, items: &[u64], checks: &mut Checks) {
        let sealed_to = self.identity.of.as_ref().map_or(0, |of| of.link.size);
        for item in items {
            let captured = self.history.captures.get(item);
            let withdrawn = self
                .history
                .blobs
                .withdrawals
                .iter()
                .any(|(_, withdrawal)| withdrawal.item == *item);
            if captured.is_none_or(|seq| *seq > sealed_to) || withdrawn {
                checks.fail(
                    CheckId::Excerpt,
                    "excerpt_not_sealed",
                    format!("item {item}"),
                );
            }
        }
        if sealed_to == 0 || sealed_to >= self.identity.ledger.last {
            checks.fail(
                CheckId::Excerpt,
                "of_mismatch",
                "that bundle does not end before this one",
            );
        }
    }
}
