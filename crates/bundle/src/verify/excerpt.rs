//! An excerpt carries what was chosen and nothing else.

use std::collections::HashSet;

use crate::format::kind::EventType;
use crate::format::line::Line;
use crate::verify::check::CheckId;
use crate::verify::checks::Checks;
use crate::verify::history::Walk;
use crate::verify::sealing::{Sealing, contradicts};

impl Walk<'_> {
    /// In an excerpt, bodies travel only for what was chosen: names without numbers as little as numbers without names.
    pub(super) fn chosen_only(&mut self, line: &Line, place: u64) {
        let Some(chosen) = &self.chosen else { return };
        if line.bodies.iter().all(Option::is_none) {
            return;
        }
        let kind = &line.event.kind;
        let number = |key: &str| line.content().and_then(|content| content.count(key).ok());
        let (item, intake) = (number("item"), number("intake"));
        let own_seal = *kind == EventType::Seal && place == self.identity.ledger.last;
        let allowed = match item {
            Some(item) => chosen.binary_search(&item).is_ok(),
            None if *kind == EventType::Intake => intake.is_some(),
            None => *kind == EventType::Genesis || kind.is_key_event() || own_seal,
        };
        match (kind, item, intake) {
            (EventType::Capture, Some(item), intake) if allowed => {
                self.out.captures.insert(item, place);
                intake.map(|intake| self.intakes.remove(&intake));
            }
            (EventType::Intake, _, Some(intake)) => {
                self.intakes.insert(intake);
            }
            _ => {}
        }
        if !allowed {
            let detail = format!("entry {place} was not chosen");
            self.fail(CheckId::Excerpt, "excerpt_leak", detail);
        }
    }
}

impl Sealing<'_> {
    /// Every chosen item is carried, was sealed in the series before, and is neither withdrawn nor erased.
    pub(super) fn excerpt(&self, items: &[u64], checks: &mut Checks) {
        let sealed_to = self.identity.of.as_ref().map_or(0, |of| of.link.size);
        let withdrawals = self.history.blobs.withdrawals.iter();
        let withdrawn: HashSet<u64> = withdrawals.map(|(_, gone)| gone.item).collect();
        for item in items {
            let captured = self.history.captures.get(item);
            if captured.is_none_or(|seq| *seq > sealed_to) || withdrawn.contains(item) {
                let detail = format!("item {item}");
                checks.fail(CheckId::Excerpt, "excerpt_not_sealed", detail);
            }
        }
        let mut wrong = |detail: &str| checks.fail(CheckId::Excerpt, "of_mismatch", detail);
        if sealed_to == 0 || sealed_to >= self.identity.ledger.last {
            wrong("that bundle does not end before this one");
        }
        let of = self.identity.of.as_ref();
        if of.is_some_and(|of| contradicts(&of.link, self.known)) {
            wrong("the bundle recorded here is another one");
        }
    }
}
