//! Filling the index from the ledger, entry by entry, in transactions that are short enough to be stopped.

use std::collections::BTreeMap;

use bundle::Sha256;
use rusqlite::{Connection, OptionalExtension};
use store::{Db, Origin, RequestId, Tx, Watch};

use super::feed::Feeder;
use super::shelf::Filling;
use super::{Missing, sql};
use crate::column::{digest, number, unsigned};
use crate::error::{Result, VaultError};
use crate::ledger::chain_of;
use crate::project::Project;
use crate::reading::Limit;
use crate::vault::Vault;

/// The form of the index: how texts are cut and prepared. Another form makes the whole index anew.
const FORM: &str = "1";

/// What a call of [`Vault::index`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IndexReport {
    /// Entries of the record that were put in.
    pub entries: u64,
    /// Bytes of names, captions and texts that were put in.
    pub bytes: u64,
    /// The index did not fit the record and was made anew.
    pub rebuilt: bool,
    /// What is still missing.
    pub missing: Missing,
    /// Somebody asked to stop.
    pub canceled: bool,
}

/// How far a case is in the index.
#[derive(Debug, Clone, Default)]
pub(super) struct Mark {
    pub number: i64,
    pub source: String,
    pub through: u64,
    pub head: Option<Sha256>,
    /// Pieces that are in of the entry after `through`.
    pub begun: u64,
}

impl Mark {
    pub(super) fn of(connection: &Connection, project_id: &str) -> Result<Option<Self>> {
        let mut statement = connection.prepare_cached(sql::CASE_GET)?;
        let row = statement.query_row((project_id,), |row| {
            let head: Vec<u8> = row.get(3)?;
            Ok(Self {
                number: row.get(0)?,
                source: row.get(1)?,
                through: unsigned(row, 2)?,
                head: <[u8; 32]>::try_from(head).ok().map(Sha256::from_bytes),
                begun: unsigned(row, 4)?,
            })
        });
        Ok(row.optional()?)
    }
}

/// What is to be put in, and how.
pub(super) struct Job<'a> {
    pub project: &'a Project,
    pub watch: &'a dyn Watch,
    pub limit: Limit,
    /// Time to look again at what could not be put in before.
    pub patient: bool,
    /// Hears after each transaction of the last entry, of the length of the record, and of bytes put in since.
    pub tell: &'a dyn Fn(u64, u64, u64),
}

impl Vault {
    /// Puts everything that is on record into the search index, or as much as the limit allows. Ended at any moment, it
    /// goes on where it was. An index that does not fit the record (another one's, ahead of it, damaged) is emptied in
    /// place and filled anew. While another process fills it, this waits. Progress counts entries.
    ///
    /// # Errors
    /// What the store says when the index cannot be written, or the record not be read.
    pub fn index(&self, project: &Project, watch: &dyn Watch, limit: Limit) -> Result<IndexReport> {
        let tell = |through, size, _| watch.progress(through, Some(size));
        self.index_telling(project, watch, limit, &tell)
    }

    /// The same with progress in bytes as well.
    pub(crate) fn index_telling(
        &self,
        project: &Project,
        watch: &dyn Watch,
        limit: Limit,
        tell: &dyn Fn(u64, u64, u64),
    ) -> Result<IndexReport> {
        let job = Job {
            project,
            watch,
            limit,
            patient: true,
            tell,
        };
        let mut report = IndexReport::default();
        if let Some(filling) = self.may_fill(watch, limit)? {
            self.fill_and_mend(&filling, &job, &mut report)?;
        }
        report.missing = self.missing(project)?;
        report.canceled = watch.canceled();
        Ok(report)
    }

    pub(super) fn fill_and_mend(
        &self,
        filling: &Filling,
        job: &Job<'_>,
        report: &mut IndexReport,
    ) -> Result<()> {
        match self.fill(filling, job, report) {
            Err(error) if self.index_is_damaged(&error) => {
                self.empty_index(filling)?;
                report.rebuilt = true;
                self.fill(filling, job, report)
            }
            filled => filled,
        }
    }

    fn fill(&self, filling: &Filling, job: &Job<'_>, report: &mut IndexReport) -> Result<()> {
        let project = job.project;
        let (db, anew) = self.index_db_for(filling)?;
        report.rebuilt |= anew;
        if !self.index_fits(&db)? {
            db.write(&origin(), empty)?;
            db.checkpoint()?;
            report.rebuilt = true;
        }
        let mut mark = db
            .read(|connection| Mark::of(connection, &project.id))?
            .unwrap_or_default();
        if mark.number == 0 {
            let Some(source) = self.index_source(project)? else {
                return Ok(());
            };
            mark.number = db.write(&origin(), |tx| begin(tx, project, &source))?;
        }
        let mut feeder = Feeder::new(self, job, mark, self.ledger_size(project)?);
        if job.patient {
            feeder.close_gaps(&db)?;
        }
        let filled = feeder.run(&db);
        report.entries += feeder.entries;
        report.bytes += feeder.bytes;
        if feeder.wiped {
            // What was removed must not stay in the journal either; where a reader is in the way, the next time does it.
            db.checkpoint()?;
        }
        filled
    }

    /// What names the ledger of a case, and the form of the index.
    pub(super) fn index_source(&self, project: &Project) -> Result<Option<String>> {
        let chain = self
            .db()
            .read(|connection| chain_of(connection, &project.id))?;
        Ok(chain.genesis.map(source))
    }

    /// Whether every case in the index is one of this data root, in this form, and not ahead of its ledger.
    fn index_fits(&self, db: &Db) -> Result<bool> {
        let known: BTreeMap<String, Vec<u8>> = self.db().read(|connection| {
            let mut statement = connection.prepare_cached(crate::sql::CHAIN_SOURCES)?;
            let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok::<_, VaultError>(rows.collect::<rusqlite::Result<_>>()?)
        })?;
        let marks = db.read(|connection| {
            let mut statement = connection.prepare_cached(sql::CASE_LIST)?;
            let cases = statement.query_map((), |row| row.get::<_, String>(0))?;
            let mut marks = Vec::new();
            for case in cases {
                let case = case?;
                marks.push((Mark::of(connection, &case)?.unwrap_or_default(), case));
            }
            Ok::<_, VaultError>(marks)
        })?;
        for (mark, project_id) in marks {
            let genesis = known
                .get(&project_id)
                .and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok())
                .map(Sha256::from_bytes);
            let same = genesis.is_some_and(|genesis| mark.source == source(genesis));
            if !same || self.event_hash(&project_id, mark.through)? != mark.head {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The hash of one entry of a case; none before the first and after the last.
    pub(super) fn event_hash(&self, project_id: &str, seq: u64) -> Result<Option<Sha256>> {
        self.db().read(|connection| {
            let chain = chain_of(connection, project_id)?;
            let mut statement = connection.prepare_cached(crate::sql::EVENT_HASHES)?;
            let place = number(seq);
            let row = statement.query_row((chain.id, place, place), |row| digest(row, 0));
            Ok(row.optional()?)
        })
    }
}

/// On whose behalf the index is written: it is nobody's act.
pub(super) fn origin() -> Origin {
    Origin::Request {
        id: RequestId::from("index"),
    }
}

pub(super) fn source(genesis: Sha256) -> String {
    format!("{FORM} {genesis}")
}

fn begin(tx: &Tx<'_>, project: &Project, source: &str) -> Result<i64> {
    let mut statement = tx.prepare_cached(sql::CASE_BEGIN)?;
    let number = statement.query_row((&project.id, source), |row| row.get(0))?;
    if number > super::place::MAX_CASE {
        return Err(VaultError::InvalidValue {
            what: "the search index",
            detail: "it holds as many cases as it can".to_owned(),
        });
    }
    Ok(number)
}

/// Throws everything away, in one go: readers see all of it or nothing.
fn empty(tx: &Tx<'_>) -> Result<()> {
    wipe(tx)?;
    for statement in [
        sql::EMPTY_WORDS,
        sql::EMPTY_PASSAGES,
        sql::EMPTY_DOCUMENTS,
        sql::EMPTY_GAPS,
        sql::EMPTY_CASES,
    ] {
        tx.prepare_cached(statement)?.execute(())?;
    }
    Ok(())
}

/// From here on this connection writes over what it removes.
pub(super) fn wipe(tx: &Tx<'_>) -> Result<()> {
    tx.prepare_cached(sql::WIPE)?
        .query_row((), |row| row.get::<_, i64>(0))?;
    Ok(())
}
