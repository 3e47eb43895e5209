//! The databases as files: can they be read, and are they sound in themselves.

use store::{BlobKind, Blobs, DataRoot, Database, Watch, db};

use super::{Finding, Patient, Severity};
use crate::error::{Result, VaultError};

impl Patient {
    pub(super) fn databases(&mut self, root: &DataRoot, watch: &dyn Watch) -> Result<()> {
        for database in Database::ALL {
            watch.go_on()?;
            let path = root.database(database);
            // What is derived is made again when it is next used.
            let derived = database == Database::Search;
            let severity = if derived {
                Severity::Note
            } else {
                Severity::Error
            };
            match db::examine(root, database) {
                Ok(None) if database == Database::Termite && holds_evidence(root) => {
                    let what =
                        "the database of documents and ledgers is gone, while evidence is there";
                    self.checkup
                        .add(Finding::new("database_missing", what).at(&path));
                }
                Ok(None) => {}
                Ok(Some(lines)) => {
                    for line in lines {
                        let finding =
                            Finding::new("database_corrupt", format!("SQLite says: {line}"));
                        self.checkup.add(graded(finding.at(&path), severity));
                    }
                }
                Err(error) => {
                    let finding = Finding::of_error(&error.into(), severity)?;
                    self.checkup.add(graded(finding, severity));
                }
            }
        }
        Ok(())
    }
}

fn graded(finding: Finding, severity: Severity) -> Finding {
    let finding = Finding {
        severity,
        ..finding
    };
    if severity == Severity::Note {
        finding.advising("Nothing needs to be done: it holds nothing of its own and is made again when it is next used.")
    } else {
        finding
    }
}

/// Whether anything lies there that a database should know of.
fn holds_evidence(root: &DataRoot) -> bool {
    let blobs = Blobs::open(root).map_err(VaultError::from);
    let listed = blobs.and_then(|blobs| Ok(blobs.list(BlobKind::Raw)?.next().is_some()));
    let bundles = std::fs::read_dir(root.bundles_out());
    listed.unwrap_or(false) || bundles.is_ok_and(|mut entries| entries.next().is_some())
}
