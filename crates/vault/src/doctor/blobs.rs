//! The content-addressed store against the record: what must be there, what is, and what nobody asked for.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use bundle::Sha256;
use store::blobs::Listed;
use store::{BlobKind, Watch};

use super::shelf::{ERASED, LISTED, Lying, NEEDED, Shelves, WHO};
use super::surroundings::plural;
use super::{DoctorOptions, Finding, Patient};
use crate::column::{digest, unsigned};
use crate::error::{Result, VaultError};
use crate::hashing::{Files, From};
use crate::sql;
use crate::vault::Vault;

/// So many foreign files are named.
const NAMED: usize = 100;

impl Patient {
    pub(super) fn list_blobs(&mut self, vault: &Vault, watch: &dyn Watch) -> Result<Shelves> {
        let mut shelves = Shelves::default();
        for (kind, shelf) in BlobKind::ALL.into_iter().zip(&mut shelves.kinds) {
            for listed in vault.blobs().list(kind)? {
                watch.go_on()?;
                match listed? {
                    Listed::Blob {
                        digest,
                        size,
                        inode,
                    } => shelf.push(Lying {
                        digest,
                        size,
                        inode,
                        marks: 0,
                    }),
                    Listed::Foreign(path) if shelves.foreign.len() < NAMED => {
                        shelves.foreign.push(path);
                    }
                    Listed::Foreign(_) => shelves.foreign_more += 1,
                }
            }
            shelf.sort_unstable_by_key(|lying| lying.digest);
            self.checkup.counts.blobs += shelf.len() as u64;
        }
        Ok(shelves)
    }

    /// `known` is true if the record is sound and complete as far as anybody can tell.
    pub(super) fn blobs(
        &mut self,
        vault: &Vault,
        shelves: &mut Shelves,
        known: bool,
        options: &DoctorOptions,
        watch: &dyn Watch,
    ) -> Result<()> {
        compare_with_list(vault, shelves)?;
        // What came in after the folders were listed.
        shelves.broken.retain(|(kind, digest), broken| {
            broken.damage.is_some() || !matches!(vault.blobs().size(*kind, *digest), Ok(Some(_)))
        });
        if options.read_data {
            self.read_blobs(vault, shelves, watch)?;
        }
        self.tell_broken(vault, shelves);
        self.tell_unlisted(vault, shelves);
        self.tell_erased(vault, shelves)?;
        self.tell_orphans(vault, shelves, known)?;
        let what = "it is not one of the files that Fieldgrade keeps here";
        for path in &shelves.foreign {
            self.checkup
                .add(Finding::new("foreign_file", what).at(path));
        }
        if shelves.foreign_more > 0 {
            let what = format!("there are {} more such files", shelves.foreign_more);
            self.checkup
                .add(Finding::new("foreign_file", what).at(&vault.root().cas()));
        }
        Ok(())
    }

    /// Hashes everything that the record names, in the order in which it lies on the disk.
    fn read_blobs(
        &mut self,
        vault: &Vault,
        shelves: &mut Shelves,
        watch: &dyn Watch,
    ) -> Result<()> {
        let mut order: Vec<(u64, BlobKind, Sha256)> = Vec::new();
        let mut total = 0;
        for (kind, lying) in shelves.each() {
            if lying.marks & NEEDED != 0 {
                order.push((lying.inode, kind, lying.digest));
                total += lying.size;
            }
        }
        order.sort_unstable_by_key(|(inode, ..)| *inode);
        let path = |index: usize| match order.get(index) {
            Some((_, kind, digest)) => vault.blobs().path(*kind, *digest),
            None => PathBuf::new(),
        };
        let damaged = Mutex::new(Vec::new());
        let heard = |index: usize, hashed: std::io::Result<(Sha256, u64)>| {
            let Some((_, kind, digest)) = order.get(index) else {
                return;
            };
            let damage = match hashed {
                Ok((found, _)) if found == *digest => return,
                Ok((found, size)) => format!("they have {size} bytes and the digest {found}"),
                Err(error) => format!("they cannot be read: {error}"),
            };
            let mut damaged = damaged.lock().unwrap_or_else(PoisonError::into_inner);
            damaged.push((*kind, *digest, damage));
        };
        let files = Files {
            count: order.len(),
            total,
            path: &path,
            from: From::Anywhere,
        };
        self.checkup.counts.bytes_read += files.hash(watch, &heard)?;
        for (kind, digest, damage) in damaged.into_inner().unwrap_or_else(PoisonError::into_inner) {
            // Erased while it was its turn: the record says so by now, or the next look does.
            if matches!(vault.blobs().size(kind, digest), Ok(None)) && !self.repair {
                continue;
            }
            let broken = shelves.broken.entry((kind, digest)).or_default();
            broken.damage.get_or_insert(damage);
            if broken.who.is_empty() {
                broken.who = needers(vault, kind, digest)?;
            }
        }
        Ok(())
    }

    fn tell_broken(&mut self, vault: &Vault, shelves: &mut Shelves) {
        for ((kind, digest), broken) in &mut shelves.broken {
            let path = vault.blobs().path(*kind, *digest);
            let needed = broken.needed_by();
            let needed = if needed.is_empty() {
                String::new()
            } else {
                format!("; needed by {needed}")
            };
            let finding = match &broken.damage {
                None => Finding::new(
                    "blob_missing",
                    format!("the {kind} bytes {digest} are missing{needed}"),
                ),
                Some(damage) => Finding::new(
                    "blob_damaged",
                    format!("the {kind} bytes {digest} are damaged: {damage}{needed}"),
                ),
            };
            broken.finding = self.checkup.findings.len();
            self.checkup.add(finding.at(&path));
        }
    }

    fn tell_unlisted(&mut self, vault: &Vault, shelves: &mut Shelves) {
        let mut unlisted = BTreeMap::new();
        for (kind, lying) in shelves.each() {
            let named = lying.marks & (NEEDED | LISTED) == NEEDED;
            if named && !shelves.broken.contains_key(&(kind, lying.digest)) {
                unlisted.insert((kind, lying.digest), self.checkup.findings.len());
                let what = format!(
                    "the list of bytes does not know the {kind} bytes {}",
                    lying.digest
                );
                let path = vault.blobs().path(kind, lying.digest);
                self.checkup
                    .add(Finding::new("blob_unlisted", what).at(&path));
            }
        }
        shelves.unlisted = unlisted;
    }

    fn tell_erased(&mut self, vault: &Vault, shelves: &Shelves) -> Result<()> {
        for (kind, lying) in shelves.each() {
            if lying.marks & (NEEDED | ERASED) != ERASED {
                continue;
            }
            let what = format!(
                "the {kind} bytes {} were erased and are still there",
                lying.digest
            );
            let finding = Finding::new("erased_bytes_remain", what);
            if self.repair {
                vault.blobs().remove(kind, lying.digest)?;
            }
            let path = vault.blobs().path(kind, lying.digest);
            self.checkup.add(finding.at(&path).mended(self.repair));
        }
        Ok(())
    }

    fn tell_orphans(&mut self, vault: &Vault, shelves: &Shelves, known: bool) -> Result<()> {
        let oldest = vault.clock().now().plus_micros(-super::heal::GRACE_MICROS);
        let restored = if known && self.repair {
            vault.last_restored()?
        } else {
            None
        };
        let (mut left, mut left_bytes, mut gone, mut gone_bytes) = (0, 0, 0, 0);
        for (kind, lying) in shelves.each() {
            if lying.marks & (NEEDED | ERASED) != 0 {
                continue;
            }
            let path = vault.blobs().path(kind, lying.digest);
            let may_go = self.repair && known && super::heal::is_old(&path, oldest, restored);
            let may_go = may_go && !vault.upload_rests_on(kind, &lying.digest)?;
            if may_go && vault.blobs().remove(kind, lying.digest)? {
                gone += 1;
                gone_bytes += lying.size;
            } else {
                left += 1;
                left_bytes += lying.size;
            }
        }
        for (count, bytes, mended) in [(gone, gone_bytes, true), (left, left_bytes, false)] {
            if count > 0 {
                let what = format!(
                    "{} of {bytes} bytes in all, which nothing in the record names",
                    plural(count, "file", "files")
                );
                let finding = Finding::new("blob_orphan", what).at(&vault.root().cas());
                self.checkup.add(finding.mended(mended));
            }
        }
        Ok(())
    }
}

/// Each kind and digest in the list of bytes, with its size.
fn compare_with_list(vault: &Vault, shelves: &mut Shelves) -> Result<()> {
    vault.db().read(|connection| {
        let mut statement = connection.prepare_cached(sql::BLOB_LIST)?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            let (digest, kind, size) =
                (digest(row, 0)?, row.get::<_, String>(1)?, unsigned(row, 2)?);
            let Some(kind) = BlobKind::from_word(&kind) else {
                continue;
            };
            let Some(lying) = shelves.find(kind, &digest) else {
                continue;
            };
            lying.marks |= LISTED;
            if lying.marks & NEEDED != 0 && lying.size != size {
                let damage = format!("there are {} bytes instead of {size}", lying.size);
                let broken = shelves.broken.entry((kind, digest)).or_default();
                broken.damage.get_or_insert(damage);
            }
        }
        Ok::<_, VaultError>(())
    })
}

/// The items that bytes belong to. Those of papers are named by the seals themselves.
fn needers(vault: &Vault, kind: BlobKind, digest: Sha256) -> Result<Vec<String>> {
    let statement = match kind {
        BlobKind::Raw => sql::ITEM_WITH_RAW,
        BlobKind::Extract => sql::ITEM_WITH_EXTRACT,
        BlobKind::Aux => return Ok(Vec::new()),
    };
    vault.db().read(|connection| {
        let mut statement = connection.prepare_cached(statement)?;
        let rows = statement.query_map((digest.as_bytes(),), |row| {
            let (name, item): (String, i64) = (row.get(0)?, row.get(1)?);
            Ok(format!("item {item} of {name}"))
        })?;
        Ok::<_, VaultError>(rows.take(WHO).collect::<rusqlite::Result<_>>()?)
    })
}
