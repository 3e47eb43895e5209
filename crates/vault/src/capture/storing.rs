//! A staged group becomes durable under its names, before any entry names it.

use bundle::format::text::clean;
use store::blobs::{Held, Recheck, Stored};

use super::batch::{Batch, StagedFile};
use super::known::Known;
use super::outcome::{ItemError, ItemOutcome};
use super::shown_path;
use crate::error::{Result, VaultError};
use crate::source::{Facts, Problem, Reading, SourceError, Volumes};
use crate::vault::Vault;

/// A file whose bytes are stored and that no entry names yet.
pub(crate) struct Ready {
    pub known: Known,
    pub stored: Stored,
    pub media_type: String,
}

/// A group whose bytes are stored and that no entry names yet.
pub(crate) struct StoredBatch {
    pub ready: Vec<Ready>,
    /// What was refused, at its place in the order of the walk; none stands for the next of `ready`.
    pub order: Vec<Option<ItemOutcome>>,
    /// What was found in the store must still be there when the entries are written.
    pub held: Held,
}

/// Stores the groups of one drop, in order.
pub(super) struct Storer<'a> {
    vault: &'a Vault,
    volumes: Volumes,
}

impl<'a> Storer<'a> {
    pub(super) fn new(vault: &'a Vault) -> Self {
        Self {
            vault,
            volumes: Volumes::new(),
        }
    }

    /// Stores a group. An error ends the drop: nothing more can be stored.
    pub(super) fn store(&mut self, batch: Batch) -> Result<StoredBatch> {
        let mut files = Vec::new();
        let mut order = Vec::new();
        for result in batch.results {
            match result {
                Ok(file) => {
                    order.push(None);
                    files.push(file);
                }
                Err(error) => match store_failure(error) {
                    Ok(failure) => return Err(failure),
                    Err(error) if matches!(error.problem, Problem::Canceled) => {}
                    Err(error) => order.push(Some(refused(&error))),
                },
            }
        }
        let held = self.vault.blobs().hold()?;
        let ready = self.make_ready(files)?;
        Ok(StoredBatch { ready, order, held })
    }

    fn make_ready(&mut self, files: Vec<StagedFile>) -> Result<Vec<Ready>> {
        let mut staged = Vec::with_capacity(files.len());
        let mut known: Vec<(Reading, Vec<u8>)> = Vec::with_capacity(files.len());
        for file in files {
            staged.push(file.staged);
            known.push((file.reading, file.head));
        }
        // Bytes that are there already are looked at whole: rot is healed by capturing the same again.
        let stored = self.vault.blobs().commit(staged, Recheck::Content)?;
        let ready = stored
            .into_iter()
            .zip(known)
            .map(|(stored, (reading, head))| {
                let media_type = media_type(&head, &reading, stored.size);
                Ready {
                    known: Known::Found(Facts::of(&reading, &mut self.volumes)),
                    stored,
                    media_type,
                }
            });
        Ok(ready.collect())
    }
}

/// The failure of the store inside a failure to read, if that is what it is.
fn store_failure(error: SourceError) -> std::result::Result<VaultError, SourceError> {
    match error.problem {
        Problem::Sink(cause) => Ok(VaultError::Store(store::StoreError::io(
            "store",
            error.place.absolute(),
            cause,
        ))),
        problem => Err(SourceError {
            problem,
            place: error.place,
        }),
    }
}

fn refused(error: &SourceError) -> ItemOutcome {
    let path = match error.place.relative() {
        [] => shown_path(error.place.absolute()),
        relative => clean(relative).text,
    };
    ItemOutcome::failed(path, ItemError::from(error))
}

fn media_type(head: &[u8], reading: &Reading, size: u64) -> String {
    let name = clean(reading.place.name()).text;
    extract::detect(head, Some(&name), size).to_string()
}
