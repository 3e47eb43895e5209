//! What lies in the three folders of the content-addressed store, and what was said of it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use bundle::Sha256;
use store::BlobKind;

/// So many of those who need the same bytes are named.
pub(super) const WHO: usize = 20;

pub(super) const NEEDED: u8 = 1;
pub(super) const ERASED: u8 = 2;
pub(super) const LISTED: u8 = 4;

/// A file in the store. There may be millions: it is small.
pub(super) struct Lying {
    pub digest: Sha256,
    pub size: u64,
    pub inode: u64,
    pub marks: u8,
}

/// Bytes that are missing or damaged.
#[derive(Default)]
pub(super) struct Broken {
    pub who: Vec<String>,
    more: u64,
    /// What differs; none if there is nothing there.
    pub damage: Option<String>,
    /// Place of the finding in the checkup.
    pub finding: usize,
}

/// The three folders, sorted by digest.
#[derive(Default)]
pub(super) struct Shelves {
    pub kinds: [Vec<Lying>; 3],
    pub foreign: Vec<PathBuf>,
    pub foreign_more: u64,
    pub broken: BTreeMap<(BlobKind, Sha256), Broken>,
    /// What is there and sound, but not in the list of bytes.
    pub unlisted: BTreeMap<(BlobKind, Sha256), usize>,
}

impl Shelves {
    pub fn find(&mut self, kind: BlobKind, digest: &Sha256) -> Option<&mut Lying> {
        let shelf = self.kinds.get_mut(kind as usize)?;
        let index = shelf
            .binary_search_by(|lying| lying.digest.cmp(digest))
            .ok()?;
        shelf.get_mut(index)
    }

    /// An entry of the record names these bytes.
    pub fn need(
        &mut self,
        kind: BlobKind,
        digest: Sha256,
        size: Option<u64>,
        who: &dyn Fn() -> String,
    ) {
        let damage = match self.find(kind, &digest) {
            Some(lying) => {
                lying.marks |= NEEDED;
                match size.filter(|size| *size != lying.size) {
                    None => return,
                    Some(size) => Some(format!("there are {} bytes instead of {size}", lying.size)),
                }
            }
            None => None,
        };
        self.broken
            .entry((kind, digest))
            .or_default()
            .told(damage, who);
    }

    /// These bytes were erased on purpose, whatever their kind.
    pub fn erased(&mut self, digest: &Sha256) {
        for kind in BlobKind::ALL {
            if let Some(lying) = self.find(kind, digest) {
                lying.marks |= ERASED;
            }
        }
    }

    /// Erased while this was going on.
    pub fn forgive(&mut self, digest: &Sha256) {
        for kind in BlobKind::ALL {
            self.broken.remove(&(kind, *digest));
        }
    }

    pub fn each(&self) -> impl Iterator<Item = (BlobKind, &Lying)> {
        let shelves = BlobKind::ALL.into_iter().zip(&self.kinds);
        shelves.flat_map(|(kind, shelf)| shelf.iter().map(move |lying| (kind, lying)))
    }
}

impl Broken {
    fn told(&mut self, damage: Option<String>, who: &dyn Fn() -> String) {
        self.damage = self.damage.take().or(damage);
        if self.who.len() < WHO {
            let who = who();
            if !self.who.contains(&who) {
                self.who.push(who);
            }
        } else {
            self.more += 1;
        }
    }

    pub fn needed_by(&self) -> String {
        let named = self.who.join(", ");
        match self.more {
            0 => named,
            more => format!("{named} and {more} more"),
        }
    }
}
