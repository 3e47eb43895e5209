//! The sealing entry against the bundle, the tree, the bundle before and the series.

use crate::canon::Value;
use crate::digest::Sha256;
use crate::format::card::{self, Card};
use crate::format::identity::Identity;
use crate::format::manifest::Manifest;
use crate::format::member;
use crate::format::seal::{FORMAT, Kind, Link, Pins, WRITER, Wishes};
use crate::verify::check::CheckId;
use crate::verify::checks::Checks;
use crate::verify::history::{History, read_seal};
use crate::verify::members::Members;
use crate::verify::papers::Small;
use crate::verify::receiver::KnownBundle;

/// What the bundle is compared with.
pub(crate) struct Sealing<'a> {
    pub identity: &'a Identity,
    pub manifest: &'a Manifest,
    pub members: &'a Members<'a>,
    pub history: &'a History,
    pub label: Option<&'a str>,
    pub card: &'a Small,
    pub known: &'a [KnownBundle],
}

impl Sealing<'_> {
    /// All comparisons, in the order of the checks. Gives the card, if it is valid.
    pub(crate) fn judge(&self, checks: &mut Checks) -> Option<Card> {
        self.ledger(checks);
        self.keys(checks);
        self.seal(checks);
        let card = self.card(checks);
        self.documents_and_delta(checks);
        self.tree(checks);
        self.previous(checks);
        card
    }

    fn ledger(&self, checks: &mut Checks) {
        let ledger = &self.identity.ledger;
        let mut wrong = |detail: &str| checks.fail(CheckId::Lines, "ledger_mismatch", detail);
        if self
            .history
            .chain
            .is_some_and(|chain| chain != ledger.chain)
        {
            wrong("chain");
        }
        if Some(ledger.last)
            != ledger
                .first
                .checked_add(self.history.lines)
                .and_then(|next| next.checked_sub(1))
        {
            wrong("last");
        }
        if ledger.size != ledger.last {
            wrong("size");
        }
        if self.history.last.as_ref().map(|line| line.event.hash) != Some(ledger.head) {
            wrong("head");
        }
        if ledger.first > 1 && ledger.first == ledger.last {
            wrong("nothing but the sealing");
        }
    }

    fn keys(&self, checks: &mut Checks) {
        let signer = self.identity.signer.id();
        if self.history.key.is_some_and(|key| key != signer) {
            let detail = "the key of the record is not the one that signed";
            checks.fail(CheckId::Keys, "key_change_unexplained", detail);
        }
    }

    fn seal(&self, checks: &mut Checks) {
        let Some(last) = &self.history.last else {
            return checks.fail(CheckId::Seal, "seal_not_last", "there are no entries");
        };
        let (pins, wishes) = match read_seal(last) {
            Ok(seal) => seal,
            Err(detail) => {
                let code = match last.event.kind {
                    crate::format::kind::EventType::Seal
                        if last.content().is_none() || last.source().is_none() =>
                    {
                        "body_missing"
                    }
                    crate::format::kind::EventType::Seal => "seal_mismatch",
                    _ => "seal_not_last",
                };
                return checks.fail(CheckId::Seal, code, detail);
            }
        };
        for field in self.pinned(&pins, &wishes, &last.event.payload.ts_utc) {
            checks.fail(
                CheckId::Seal,
                format!("seal_mismatch:{field}"),
                "the sealing entry says something else",
            );
        }
        if self.identity.kind == Kind::Series && wishes.recipient.is_some() {
            checks.fail(
                CheckId::Excerpt,
                "recipient_not_hidden",
                "the sealing entry names a recipient",
            );
        }
        if let Some(items) = &wishes.items {
            self.excerpt(items, checks);
        }
    }

    /// The fields in which SEAL and bundle differ.
    fn pinned(&self, pins: &Pins, wishes: &Wishes, time: &str) -> Vec<&'static str> {
        let identity = self.identity;
        let fields = &self.manifest.fields;
        let text = |key: &str| fields.get(key).and_then(Value::as_str);
        let listed = |name: &str| self.members.listed_digest(name);
        let before = &self.history.before_last;
        let unknown = !self.history.tree_known;
        let excerpt = identity.kind == Kind::Excerpt;
        let comparisons = [
            ("kind", pins.kind == identity.kind),
            ("number", pins.number == identity.number),
            ("first", pins.first == identity.ledger.first),
            (
                "previous",
                pins.previous.as_ref() == identity.previous.as_ref().map(|previous| &previous.link),
            ),
            ("of", pins.of == identity.of),
            ("size", unknown || pins.size == before.size()),
            ("root", unknown || pins.root == before.root()),
            (
                "toolchain_id",
                Some(pins.toolchain_id.as_str()) == text("toolchain_id"),
            ),
            ("keyid", pins.keyid == identity.signer.id()),
            ("format", pins.format == FORMAT),
            (
                "writer",
                pins.writer == identity.writer && pins.writer == WRITER,
            ),
            (
                "policy_sha256",
                Some(pins.policy_sha256) == listed(member::POLICY),
            ),
            (
                "allowlist_hash",
                pins.allowlist_hash.map(|hash| hash.to_string()).as_deref()
                    == text("allowlist_hash"),
            ),
            (
                "sbom_sha256",
                Some(pins.sbom_sha256) == listed(member::SBOM),
            ),
            (
                "card_sha256",
                Some(pins.card_sha256) == listed(member::CARD),
            ),
            (
                "readme_sha256",
                Some(pins.readme_sha256) == listed(member::README),
            ),
            ("documents", pins.documents == self.history.documents),
            ("label", Some(wishes.label.as_str()) == self.label),
            ("items", wishes.items.is_some() == excerpt),
            ("created_utc", text("created_utc") == Some(time)),
            (
                "toolchain",
                self.history.toolchain_id.as_deref() == text("toolchain_id"),
            ),
            (
                "project",
                self.history
                    .project_id
                    .as_ref()
                    .is_none_or(|id| *id == identity.project_id),
            ),
            ("project_name", self.project_name_fits()),
        ];
        comparisons
            .into_iter()
            .filter(|(_, same)| !same)
            .map(|(field, _)| field)
            .collect()
    }

    /// The title is that of the last GENESIS or PROJECT entry, where the bundle carries one and its words.
    fn project_name_fits(&self) -> bool {
        match &self.history.project_title {
            Some(title) => *title == self.identity.project_name,
            None => true,
        }
    }

    fn card(&self, checks: &mut Checks) -> Option<Card> {
        let detail = match self.card.map(card::read)? {
            Ok(card) if card.key == self.identity.signer => return Some(card),
            Ok(_) => "it is another key's".to_owned(),
            Err(detail) => detail,
        };
        checks.fail(CheckId::Card, "card_invalid", detail);
        None
    }

    fn documents_and_delta(&self, checks: &mut Checks) {
        let listed = |name: &str| self.members.listed_digest(name);
        if listed(member::DOCUMENTS) != Some(self.history.documents_sha256) {
            checks.fail(
                CheckId::Documents,
                "documents_mismatch",
                "not the bytes that the entries give",
            );
        }
        if self.identity.documents != self.history.documents {
            let detail = format!(
                "{} are carried, {} announced",
                self.history.documents, self.identity.documents
            );
            checks.fail(CheckId::Documents, "documents_mismatch", detail);
        }
        if listed(member::DELTA) != Some(self.history.delta_sha256) {
            checks.fail(
                CheckId::Delta,
                "delta_mismatch",
                "not the bytes that the entries give",
            );
        }
    }

    fn tree(&self, checks: &mut Checks) {
        if self.history.tree_known && self.history.tree.root() != self.identity.ledger.root {
            checks.fail(CheckId::Tree, "root_mismatch", "");
        }
    }

    fn previous(&self, checks: &mut Checks) {
        let Some(previous) = &self.identity.previous else {
            if self.identity.ledger.first != 1 {
                checks.fail(
                    CheckId::Previous,
                    "previous_mismatch",
                    "it does not start at entry 1",
                );
            }
            return;
        };
        let link = &previous.link;
        let first = self.identity.ledger.first;
        let mut wrong = |detail: &str| checks.fail(CheckId::Previous, "previous_mismatch", detail);
        if first != 1 && Some(first) != link.size.checked_add(1) {
            wrong("it does not start where that one ended");
        }
        if link.size >= self.identity.ledger.last {
            wrong("that one ends after this one");
        }
        if self.identity.number != link.number.checked_add(1) {
            wrong("its number is not the next one");
        }
        let (count, sealed) = &self.history.sealed;
        let agrees = sealed.as_ref().is_some_and(|sealed| {
            sealed.manifest_sha256 == link.manifest_sha256
                && sealed.bundle_sha256 == link.bundle_sha256
        });
        if !agrees || *count != 1 {
            wrong("the record does not say exactly once that it was sealed so");
        }
        if contradicts(link, self.known) {
            wrong("the bundle recorded here is another one");
        }
    }
}

/// Whether what was recorded says something else about a bundle: one SEAL has one manifest, and one manifest one SEAL.
pub(super) fn contradicts(link: &Link, known: &[KnownBundle]) -> bool {
    let mut same = known
        .iter()
        .filter(|known| known.manifest_sha256 == link.manifest_sha256 || known.head == link.head);
    same.any(|known| {
        known.manifest_sha256 != link.manifest_sha256
            || known.bundle_sha256 != link.bundle_sha256
            || known.head != link.head
            || known.size != link.size
            || known.number != Some(link.number)
    })
}

/// The key that signed the bundle before, where that is known here.
pub(crate) fn known_key(identity: &Identity, known: &[KnownBundle]) -> Option<Sha256> {
    let link = &identity.previous.as_ref()?.link;
    known
        .iter()
        .find(|known| known.manifest_sha256 == link.manifest_sha256)
        .map(|known| known.signer_keyid)
}
