//! Which bytes the entries name, and which they say were erased.

use std::collections::{HashMap, HashSet};

use crate::canon::{Object, ShapeError};
use crate::digest::Sha256;
use crate::format::body::{Fact, Told, Withdrawal, aux_digests};
use crate::format::kind::EventType;
use crate::format::line::Line;
use crate::verify::check::CheckId;
use crate::verify::checks::Checks;
use crate::verify::members::Members;
use crate::zip::{Folder, Name};

/// Digests named and erased, in the order of the entries.
#[derive(Debug, Default)]
pub(crate) struct BlobLedger {
    /// Named, but not in the archive.
    absent: HashSet<(Folder, Sha256)>,
    /// Erased and not named again since.
    erased: HashSet<Sha256>,
    /// Members whose size is not the one that the entry says.
    wrong_size: Vec<Name>,
    /// Every withdrawal with its place.
    pub withdrawals: Vec<(u64, Withdrawal)>,
}

/// What the bundle carries of the items that were withdrawn.
#[derive(Debug, Default)]
pub(crate) struct WithdrawnItems {
    captures: HashMap<u64, (u64, Sha256)>,
    digests: HashMap<u64, HashSet<Sha256>>,
}

impl BlobLedger {
    /// Notes what one entry names or erases.
    pub(crate) fn event(
        &mut self,
        line: &Line,
        content: &Object,
        fact: Option<&Fact>,
        members: &Members<'_>,
    ) -> Result<(), ShapeError> {
        for digest in aux_digests(content)? {
            self.named(Folder::Aux, digest, None, members);
        }
        match fact.map(|fact| (fact, &fact.told_by)) {
            Some((fact, Told::Capture { .. })) => {
                self.named(Folder::Raw, fact.raw_sha256, Some(fact.raw_size), members);
            }
            Some((
                _,
                Told::Extract {
                    extract_sha256: Some(digest),
                    extract_size,
                    ..
                },
            )) => {
                self.named(Folder::Extract, *digest, Some(*extract_size), members);
            }
            _ => {}
        }
        if line.event.kind == EventType::Withdraw {
            let withdrawal = Withdrawal::read(content)?;
            self.erased.extend(&withdrawal.erased);
            self.withdrawals.push((line.event.payload.seq, withdrawal));
        }
        Ok(())
    }

    fn named(&mut self, folder: Folder, digest: Sha256, size: Option<u64>, members: &Members<'_>) {
        self.erased.remove(&digest);
        match members.blob(folder, &digest) {
            Some(index) => {
                members.name(index);
                let actual = members.entries().get(index).map(|entry| entry.size);
                if size.is_some() && size != actual && self.wrong_size.len() < 100 {
                    self.wrong_size.push(Name::Blob(folder, digest));
                }
            }
            None => {
                self.absent.insert((folder, digest));
            }
        }
    }

    /// Compares what is named with what is there.
    pub(crate) fn judge(&self, members: &Members<'_>, checks: &mut Checks) {
        let mut missing: Vec<_> = self
            .absent
            .iter()
            .filter(|(_, digest)| !self.erased.contains(digest))
            .collect();
        missing.sort_unstable();
        for (folder, digest) in missing {
            checks.fail(
                CheckId::Blobs,
                format!("blob_missing:{}", Name::Blob(*folder, *digest)),
                "named by an entry",
            );
        }
        for (index, entry) in members.entries().iter().enumerate() {
            let Some((_, digest)) = entry.name.blob() else {
                continue;
            };
            if self.erased.contains(&digest) {
                checks.fail(
                    CheckId::Blobs,
                    format!("blob_unnamed:{}", entry.name),
                    "the record says that it was erased",
                );
            } else if !members.is_named(index) {
                checks.fail(
                    CheckId::Blobs,
                    format!("blob_unnamed:{}", entry.name),
                    "no entry names it",
                );
            }
        }
        for name in &self.wrong_size {
            checks.fail(
                CheckId::Blobs,
                format!("size_mismatch:{name}"),
                "not the size that the entry says",
            );
        }
    }

    /// The items that were withdrawn, each once, in the order of the withdrawals.
    pub(crate) fn withdrawn_items(&self) -> Vec<u64> {
        let mut items = Vec::new();
        for (_, withdrawal) in &self.withdrawals {
            if !items.contains(&withdrawal.item) {
                items.push(withdrawal.item);
            }
        }
        items
    }

    /// Compares each withdrawal with its item, where the bundle carries that.
    pub(crate) fn judge_withdrawals(&self, items: &WithdrawnItems, checks: &mut Checks) {
        for (seq, withdrawal) in &self.withdrawals {
            let mut wrong = |detail: &str| {
                checks.fail(
                    CheckId::Blobs,
                    "tombstone_mismatch",
                    format!("entry {seq}: {detail}"),
                );
            };
            // An item that an earlier bundle carries cannot be compared with this one alone.
            let Some((capture_seq, capture)) = items.captures.get(&withdrawal.item) else {
                continue;
            };
            if *capture != withdrawal.capture || capture_seq >= seq {
                wrong("it names another entry than the one that took the item in");
            }
            let own = items.digests.get(&withdrawal.item);
            if !withdrawal
                .erased
                .iter()
                .all(|digest| own.is_some_and(|own| own.contains(digest)))
            {
                wrong("it erases bytes that are not the item's");
            }
        }
    }
}

impl WithdrawnItems {
    /// Notes one entry, if it is about one of `items`; the lines are read a second time for this.
    pub(crate) fn event(&mut self, line: &Line, items: &[u64]) {
        let Some(content) = line.content() else {
            return;
        };
        let Ok(Some(fact)) = Fact::read(&line.event.kind, content) else {
            return;
        };
        if !items.contains(&fact.item) {
            return;
        }
        let digests = self.digests.entry(fact.item).or_default();
        match &fact.told_by {
            Told::Capture { .. } => {
                self.captures
                    .insert(fact.item, (line.event.payload.seq, line.event.hash));
                digests.insert(fact.raw_sha256);
            }
            Told::Extract { extract_sha256, .. } => digests.extend(extract_sha256),
            Told::Sighting => {}
        }
        digests.extend(aux_digests(content).unwrap_or_default());
    }
}
