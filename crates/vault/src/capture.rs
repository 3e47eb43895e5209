//! Capture: files become items. Bytes first, durably; then the entries that name them; only then "stored".

mod batch;
mod known;
mod outcome;
mod recording;
mod storing;

use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::thread;

use store::{StoreError, Watch};

use crate::error::{Result, VaultError};
use crate::meter::Meter;
use crate::project::Project;
use crate::source::{Found, Problem, Walk};
use crate::vault::{Act, Vault};

use batch::Batch;
pub(crate) use known::{Arrival, Known};
pub use outcome::{CaptureReport, ItemError, ItemOutcome, ItemStatus};
pub(crate) use recording::Recorder;
use storing::Storer;
pub(crate) use storing::{Ready, StoredBatch};

/// What is known of a drop: all optional, each stands in the record as it was given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Intake {
    /// From whom it was obtained.
    pub from: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// When, in words or as a date.
    pub when: Option<String>,
    /// How.
    pub how: Option<String>,
    /// Why, or on what authority.
    pub authority: Option<String>,
    /// The organisation's own reference.
    pub reference: Option<String>,
    /// A note.
    pub note: Option<String>,
}

impl Vault {
    /// Captures files and folders as one intake. A file that cannot be captured is named and does not stop the others.
    /// `on_item` hears of each one after it is stored, or refused.
    ///
    /// What was stored before an error or a cancel stays stored, and was said to be.
    pub fn capture(
        &self,
        project: &Project,
        paths: &[PathBuf],
        intake: &Intake,
        act: &Act,
        watch: &dyn Watch,
        on_item: &mut (dyn FnMut(&ItemOutcome) + Send),
    ) -> Result<CaptureReport> {
        self.must_be_allowed(project, act)?;
        let excluded = self.own_folders();
        let meter = Meter::new(watch, total_size(paths, &excluded, watch)?);
        let mut recorder = Recorder::new(self, project, Arrival::Files, intake, act, on_item);
        // While one group is read, the one before is forced to the disk, and the one before that is recorded. None waits
        // between: what is read too early takes room on the disk that the record needs.
        let recorded = thread::scope(|scope| {
            let (batches, to_store) = sync_channel::<Batch>(0);
            let (stored, to_record) = sync_channel::<Result<StoredBatch>>(0);
            let recording = scope.spawn(move || {
                for batch in to_record {
                    recorder.record(batch?)?;
                }
                Ok::<_, VaultError>(recorder.finish())
            });
            scope.spawn(move || {
                let mut storer = Storer::new(self);
                for batch in to_store {
                    let batch = storer.store(batch);
                    let failed = batch.is_err();
                    if stored.send(batch).is_err() || failed {
                        break;
                    }
                }
            });
            self.stage_all(paths, &excluded, &meter, |batch| {
                batches.send(batch).is_ok()
            });
            drop(batches);
            recording.join().unwrap_or_else(|_| {
                Err(VaultError::SealFailed(
                    "capturing ended unexpectedly".to_owned(),
                ))
            })
        });
        let report = recorded?;
        if report.captured + report.duplicates > 0 {
            self.remember_head(project)?;
        }
        if watch.canceled() {
            return Ok(CaptureReport {
                canceled: true,
                ..report
            });
        }
        Ok(report)
    }

    /// Whether something may be captured into the case, and by whom.
    pub(crate) fn must_be_allowed(&self, project: &Project, act: &Act) -> Result<()> {
        project.must_be_open()?;
        if self.policy(project)?.require_actor() && !act.actor().is_stated() {
            return Err(VaultError::ActorMissing);
        }
        Ok(())
    }

    /// Walks, stages group by group, and hands each on; stops when nobody takes them or the caller asks to.
    fn stage_all(
        &self,
        paths: &[PathBuf],
        excluded: &[PathBuf],
        meter: &Meter<'_>,
        mut hand_on: impl FnMut(Batch) -> bool,
    ) {
        let mut go_on = |_| !meter.watch.canceled();
        let mut batch = Batch::default();
        for found in Walk::new(paths, excluded, &mut go_on) {
            if matches!(&found, Found::Refused(error) if matches!(error.problem, Problem::Canceled))
            {
                break;
            }
            batch.add(found);
            if batch.is_full() && !hand_on(std::mem::take(&mut batch).staged(self, meter)) {
                return;
            }
            if meter.watch.canceled() {
                break;
            }
        }
        if !batch.is_empty() && !meter.watch.canceled() {
            hand_on(batch.staged(self, meter));
        }
    }

    /// The folders of this data root: what lies in them is never captured.
    fn own_folders(&self) -> Vec<PathBuf> {
        store::Folder::ALL
            .iter()
            .map(|folder| self.root().folder(*folder))
            .chain([self.root().uploads()])
            .filter(|folder| folder.is_dir())
            .collect()
    }
}

/// What all files together hold, as the folders say it: for progress.
fn total_size(paths: &[PathBuf], excluded: &[PathBuf], watch: &dyn Watch) -> Result<u64> {
    let mut go_on = |_| !watch.canceled();
    let mut total = 0_u64;
    for found in Walk::new(paths, excluded, &mut go_on) {
        match found {
            Found::File { size, .. } => total = total.saturating_add(size),
            Found::Refused(error) if matches!(error.problem, Problem::Canceled) => {
                return Err(StoreError::Canceled.into());
            }
            Found::Refused(_) => {}
        }
    }
    Ok(total)
}

/// A path for a person.
pub(crate) fn shown_path(path: &Path) -> String {
    bundle::format::text::clean(path.as_os_str().as_encoded_bytes()).text
}
