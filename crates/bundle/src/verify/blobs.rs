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
    /// Named and not erased since, but not in the archive.
    absent: HashSet<(Folder, Sha256)>,
    /// Erased and not named again since.
    erased: HashSet<(Folder, Sha256)>,
    /// Members whose size is not the one that the entry says.
    wrong_size: Vec<Name>,
    /// Every withdrawal with its place.
    pub withdrawals: Vec<(u64, Withdrawal)>,
}

/// What the bundle carries of the items that were withdrawn.
#[derive(Debug)]
pub(crate) struct WithdrawnItems {
    /// The CAPTURE of each withdrawn item, where it is carried.
    captures: HashMap<u64, Option<(u64, Sha256)>>,
    /// The item of each entry that a withdrawal names, where that is a CAPTURE and carried.
    named: HashMap<Sha256, Option<u64>>,
    /// What is the item's own, and could be erased with it.
    digests: HashSet<(u64, Sha256)>,
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
            Some((fact, told_by)) => {
                // The bytes themselves may stand in an earlier bundle.
                self.measure(Folder::Raw, fact.raw_sha256, fact.raw_size, members);
                if let Told::Extract {
                    extract_sha256: Some(digest),
                    extract_size,
                    ..
                } = told_by
                {
                    self.named(Folder::Extract, *digest, Some(*extract_size), members);
                }
            }
            None => {}
        }
        if line.event.kind == EventType::Withdraw {
            let withdrawal = Withdrawal::read(content)?;
            for digest in &withdrawal.erased {
                for folder in [Folder::Raw, Folder::Extract, Folder::Aux] {
                    self.absent.remove(&(folder, *digest));
                    self.erased.insert((folder, *digest));
                }
            }
            self.withdrawals.push((line.event.payload.seq, withdrawal));
        }
        Ok(())
    }

    fn named(&mut self, folder: Folder, digest: Sha256, size: Option<u64>, members: &Members<'_>) {
        self.erased.remove(&(folder, digest));
        match members.blob(folder, &digest) {
            Some(index) => members.name(index),
            None => {
                self.absent.insert((folder, digest));
            }
        }
        if let Some(size) = size {
            self.measure(folder, digest, size, members);
        }
    }

    fn measure(&mut self, folder: Folder, digest: Sha256, size: u64, members: &Members<'_>) {
        let entry = members
            .blob(folder, &digest)
            .and_then(|index| members.entries().get(index));
        if entry.is_some_and(|entry| entry.size != size) && self.wrong_size.len() < 100 {
            self.wrong_size.push(Name::Blob(folder, digest));
        }
    }

    /// Compares what is named with what is there.
    pub(crate) fn judge(&self, members: &Members<'_>, checks: &mut Checks) {
        let mut missing: Vec<_> = self.absent.iter().collect();
        missing.sort_unstable();
        for (folder, digest) in missing {
            checks.fail(
                CheckId::Blobs,
                format!("blob_missing:{}", Name::Blob(*folder, *digest)),
                "named by an entry",
            );
        }
        for (index, entry) in members.entries().iter().enumerate() {
            let Some(blob) = entry.name.blob() else {
                continue;
            };
            if self.erased.contains(&blob) {
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
        let mut seen = HashSet::new();
        let items = self
            .withdrawals
            .iter()
            .map(|(_, withdrawal)| withdrawal.item);
        items.filter(|item| seen.insert(*item)).collect()
    }

    /// Compares each withdrawal with its item, where the bundle carries that. A `whole` record carries every item.
    pub(crate) fn judge_withdrawals(
        &self,
        carried: &WithdrawnItems,
        whole: bool,
        checks: &mut Checks,
    ) {
        for (seq, withdrawal) in &self.withdrawals {
            let mut wrong = |detail: &str| {
                let detail = format!("entry {seq}: {detail}");
                checks.fail(CheckId::Blobs, "tombstone_mismatch", detail);
            };
            let item = withdrawal.item;
            let named = carried.named.get(&withdrawal.capture).copied().flatten();
            let Some((capture_seq, capture)) = carried.captures.get(&item).copied().flatten()
            else {
                // An item that an earlier bundle carries cannot be compared with this one alone.
                if whole || named.is_some() {
                    wrong("it names an item that was never taken in, or the entry of another item");
                }
                continue;
            };
            if capture != withdrawal.capture || capture_seq >= *seq {
                wrong("it names another entry than the one that took the item in");
            }
            let own = |digest: &Sha256| carried.digests.contains(&(item, *digest));
            if !withdrawal.erased.iter().all(own) {
                wrong("it erases bytes that are not the item's");
            }
        }
    }
}

impl WithdrawnItems {
    /// Nothing is known yet of what these withdrawals name.
    pub(crate) fn of(withdrawals: &[(u64, Withdrawal)]) -> Self {
        let all = || withdrawals.iter().map(|(_, withdrawal)| withdrawal);
        Self {
            captures: all().map(|withdrawal| (withdrawal.item, None)).collect(),
            named: all().map(|withdrawal| (withdrawal.capture, None)).collect(),
            digests: HashSet::new(),
        }
    }

    /// Notes one entry; the lines are read a second time for this.
    pub(crate) fn event(&mut self, line: &Line) {
        let Some(content) = line.content() else {
            return;
        };
        let item = content.count("item").ok();
        let fact = Fact::read(&line.event.kind, content).ok().flatten();
        let Some(item) = item.filter(|_| line.event.kind != EventType::Withdraw) else {
            return;
        };
        let captured = matches!(&fact, Some(fact) if matches!(fact.told_by, Told::Capture { .. }));
        if let Some(named) = self.named.get_mut(&line.event.hash).filter(|_| captured) {
            *named = Some(item);
        }
        let Some(capture) = self.captures.get_mut(&item) else {
            return;
        };
        let mut own = aux_digests(content).unwrap_or_default();
        match fact.as_ref().map(|fact| (fact, &fact.told_by)) {
            Some((fact, Told::Capture { .. })) => {
                *capture = Some((line.event.payload.seq, line.event.hash));
                own.push(fact.raw_sha256);
            }
            Some((_, Told::Extract { extract_sha256, .. })) => own.extend(extract_sha256),
            _ => {}
        }
        self.digests
            .extend(own.into_iter().map(|digest| (item, digest)));
    }
}
