//! Every statement of this crate, and the schema. Parameters are bound by number; a test prepares them all.

use store::{Migration, Schema};

/// The schema of `jobs.sqlite`.
pub const JOBS: Schema = Schema {
    migrations: &[Migration {
        version: 1,
        name: "runs",
        sql: include_str!("sql/0001_runs.sql"),
    }],
    derived: false,
};

/// What makes a [`crate::Run`], in the order in which it is read.
macro_rules! run {
    () => {
        "id, project, kind, label, params, actor, state, priority, serial_key, attempts, max_attempts, not_before,
        created_utc, started_utc, finished_utc, error_code, error_detail, retryable, result, cancel_requested, worker, token"
    };
}

/// True for a running run whose worker is heard of no more: another boot (?1), a monotonic clock (?2) that went back
/// and so is of another boot, or a lease that has passed. The wall clock has no say.
macro_rules! abandoned {
    () => {
        "(boot <> ?1 OR leased_at > ?2 OR lease_until <= ?2)"
    };
}

/// What may be claimed next: abandoned runs first (of unknown kinds as well, if all that is left is to end them), then
/// the queue. ?3 holds the known kinds, each between two line ends; ?4 is the wall clock in milliseconds and ?5 the
/// longest delay there is: what lies further ahead was written before the clock was set back.
macro_rules! claimable {
    () => {
        concat!(
            "coalesce(
            (SELECT id FROM runs INDEXED BY runs_running WHERE state = 'running' AND ", abandoned!(), "
                AND (instr(?3, char(10) || kind || char(10)) > 0 OR cancel_requested = 1 OR attempts >= max_attempts)
                ORDER BY priority DESC, id LIMIT 1),
            (SELECT id FROM runs AS q INDEXED BY runs_queued WHERE state = 'queued'
                AND instr(?3, char(10) || kind || char(10)) > 0 AND (not_before <= ?4 OR not_before > ?4 + ?5)
                AND (serial_key IS NULL OR NOT EXISTS (SELECT 1 FROM runs AS r INDEXED BY runs_serial
                    WHERE r.state = 'running' AND r.org_id = q.org_id AND r.serial_key = q.serial_key))
                ORDER BY priority DESC, id LIMIT 1))"
        )
    };
}

macro_rules! statements {
    ($($name:ident = $sql:expr;)*) => {
        $(pub(crate) const $name: &str = $sql;)*

        /// All of them, for the test that prepares them.
        #[cfg(test)]
        const ALL: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}

statements! {
    RUN_INSERT = "INSERT INTO runs (id, org_id, project, kind, label, params, actor, state, priority, serial_key, request,
        attempts, max_attempts, not_before, created_utc, retryable, cancel_requested, token)
        VALUES (?1, '', ?2, ?3, ?4, ?5, ?6, 'queued', ?7, ?8, ?9, 0, ?10, 0, ?11, 0, 0, 0)";
    RUN_GET = concat!("SELECT ", run!(), " FROM runs WHERE id = ?1");
    RUN_OF_REQUEST = concat!("SELECT ", run!(), " FROM runs INDEXED BY runs_request WHERE org_id = '' AND request = ?1");
    RUN_NEWEST = "SELECT max(id) FROM runs";
    // Ids are letters and digits: no id lies after '~'.
    RUNS_ALL = concat!("SELECT ", run!(), " FROM runs WHERE id < ?1 AND (?2 IS NULL OR state = ?2) AND (?3 IS NULL OR kind = ?3)
        ORDER BY id DESC LIMIT ?4");
    RUNS_OF_PROJECT = concat!("SELECT ", run!(), " FROM runs INDEXED BY runs_project WHERE org_id = '' AND project = ?5 AND id < ?1
        AND (?2 IS NULL OR state = ?2) AND (?3 IS NULL OR kind = ?3) ORDER BY id DESC LIMIT ?4");
    RUN_CANCEL_QUEUED = "UPDATE runs SET state = 'canceled', cancel_requested = 1, finished_utc = ?2, not_before = 0
        WHERE id = ?1 AND state = 'queued'";
    RUN_ASK_CANCEL = "UPDATE runs SET cancel_requested = 1 WHERE id = ?1 AND state = 'running'";
    RUN_RETRY = "UPDATE runs SET state = 'queued', attempts = 0, not_before = 0, finished_utc = NULL, error_code = NULL,
        error_detail = NULL, retryable = 0, result = NULL, cancel_requested = 0 WHERE id = ?1 AND state IN ('failed', 'canceled')";

    CLAIM_WAITS = concat!("SELECT ", claimable!(), " IS NOT NULL");
    CLAIM = concat!("UPDATE runs SET state = 'running', token = token + 1, attempts = min(attempts, max_attempts) + 1, worker = ?6, boot = ?1,
        leased_at = ?2, lease_until = ?2 + ?7, started_utc = coalesce(started_utc, ?8), not_before = 0,
        error_code = NULL, error_detail = NULL, retryable = 0 WHERE id = ", claimable!(), " RETURNING ", run!());
    // The fence of this database: it finds nothing for whoever shows an old token. Every write of a task begins with it.
    LEASE_RENEW = "UPDATE runs SET boot = ?3, leased_at = ?4, lease_until = ?4 + ?5 WHERE id = ?1 AND token = ?2 AND state = 'running'
        RETURNING cancel_requested";
    LEASE_LOOK = "SELECT cancel_requested FROM runs WHERE id = ?1 AND token = ?2 AND state = 'running'";
    RUN_END = "UPDATE runs SET state = ?2, finished_utc = ?3, error_code = ?4, error_detail = ?5, retryable = ?6, result = ?7,
        attempts = min(attempts, max_attempts), worker = NULL, boot = NULL, leased_at = NULL, lease_until = NULL WHERE id = ?1";
    RUN_REQUEUE = "UPDATE runs SET state = 'queued', attempts = attempts - ?2, not_before = ?3, error_code = ?4, error_detail = ?5,
        retryable = ?6, worker = NULL, boot = NULL, leased_at = NULL, lease_until = NULL WHERE id = ?1";
    RUNS_SWEEP = "DELETE FROM runs WHERE id IN (SELECT id FROM runs INDEXED BY runs_finished WHERE finished_utc < ?1
        ORDER BY finished_utc LIMIT ?2)";

    STEPS = "SELECT position, name, state, done, total, result FROM steps WHERE run_id = ?1 ORDER BY position";
    STEPS_DELETE = "DELETE FROM steps WHERE run_id = ?1";
    STEP_INSERT = "INSERT INTO steps (run_id, position, org_id, project, name, state, done, total, result)
        VALUES (?1, ?2, '', ?3, ?4, ?5, ?6, ?7, ?8)";
    STEP_BEGIN = "UPDATE steps SET state = 'running', done = 0, total = NULL WHERE run_id = ?1 AND position = ?2 AND state <> 'done'";
    STEP_PROGRESS = "UPDATE steps SET done = ?3, total = ?4 WHERE run_id = ?1 AND position = ?2 AND state = 'running'";
    STEP_DONE = "UPDATE steps SET state = 'done', result = ?3 WHERE run_id = ?1 AND position = ?2 AND state = 'running'";
    // What was being done (?2), and what was not begun (?3), when a run stops being run.
    STEPS_STOP = "UPDATE steps SET state = CASE state WHEN 'running' THEN ?2 ELSE ?3 END WHERE run_id = ?1 AND state IN ('running', 'pending')";
    STEPS_AGAIN = "UPDATE steps SET state = 'pending', done = 0, total = NULL WHERE run_id = ?1 AND state <> 'done'";

    ITEM_PUT = "INSERT INTO items (run_id, position, org_id, project, name, state, reason, item) VALUES (?1, ?2, '', ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (run_id, position) DO UPDATE SET name = excluded.name, state = excluded.state, reason = excluded.reason, item = excluded.item";
    ITEMS = "SELECT position, name, state, reason, item FROM items WHERE run_id = ?1 AND position > ?2 AND (?3 IS NULL OR state = ?3)
        ORDER BY position LIMIT ?4";
    ITEM_COUNTS = "SELECT state, count(*) FROM items WHERE run_id = ?1 GROUP BY state ORDER BY state";

    LOG_PUT = "INSERT INTO log (run_id, seq, org_id, project, step, level, text, ts_utc)
        VALUES (?1, (SELECT coalesce(max(seq), 0) + 1 FROM log WHERE run_id = ?1), '', ?2, ?3, ?4, ?5, ?6)";
    LOG_AFTER = "SELECT seq, step, level, text, ts_utc FROM log WHERE run_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
    LOG_NEWEST = "SELECT seq, step, level, text, ts_utc FROM log WHERE run_id = ?1 ORDER BY seq DESC LIMIT ?2";

    WORKER_PUT = "INSERT INTO workers (id, org_id, host, pid, version, since_utc, boot, seen, seen_until, seen_utc)
        VALUES (?1, '', ?2, ?3, ?4, ?5, ?6, ?7, ?7 + ?8, ?5)
        ON CONFLICT (id) DO UPDATE SET boot = excluded.boot, seen = excluded.seen, seen_until = excluded.seen_until,
        seen_utc = excluded.seen_utc";
    TOKEN_PUT = "INSERT INTO tokens (name, org_id, sha256, role, created_utc, expires_utc) VALUES (?1, '', ?2, ?3, ?4, ?5)
        ON CONFLICT (name) DO NOTHING";
    TOKEN_REVOKE = "UPDATE tokens SET revoked_utc = coalesce(revoked_utc, ?2) WHERE name = ?1";
    TOKENS = "SELECT name, role, created_utc, expires_utc, revoked_utc FROM tokens ORDER BY name";
    TOKEN_GET = "SELECT name, role, created_utc, expires_utc, revoked_utc FROM tokens
        WHERE sha256 = ?1 AND revoked_utc IS NULL AND (expires_utc IS NULL OR expires_utc > ?2)";
    WORKER_DELETE = "DELETE FROM workers WHERE id = ?1";
    WORKERS = "SELECT id, host, pid, version, since_utc, seen_utc,
        (SELECT r.id FROM runs AS r INDEXED BY runs_running WHERE r.state = 'running' AND r.worker = workers.id),
        boot, seen, seen_until FROM workers
        ORDER BY since_utc, id";
    WORKERS_SWEEP = "DELETE FROM workers WHERE seen_utc < ?3 AND (boot <> ?1 OR seen > ?2 OR seen_until <= ?2)";
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;
    use store::{Db, StoreError};

    use super::*;

    fn with<T>(look: impl FnOnce(&Connection) -> T) -> T {
        let db = Db::in_memory(&JOBS).unwrap();
        db.read::<_, StoreError>(|connection| Ok(look(connection)))
            .unwrap()
    }

    #[test]
    fn migrations_are_in_order() {
        assert!(JOBS.is_in_order());
    }

    #[test]
    fn every_statement_can_be_prepared_and_binds_by_number() {
        with(|connection| {
            for (name, sql) in ALL {
                let statement = connection.prepare(sql);
                let statement = statement.unwrap_or_else(|error| panic!("{name}: {error}"));
                for index in 1..=statement.parameter_count() {
                    let bound = statement.parameter_name(index);
                    assert_eq!(bound, Some(format!("?{index}").as_str()), "{name}");
                }
            }
        });
    }

    /// Every run there ever was is many; those queued or running, the workers and the tokens are few.
    #[test]
    fn no_statement_walks_a_table_that_grows() {
        with(|connection| {
            for (name, sql) in ALL {
                let mut plan = connection
                    .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
                    .unwrap();
                let nulls = vec![rusqlite::types::Null; plan.parameter_count()];
                let steps = plan.query_map(rusqlite::params_from_iter(nulls), |row| {
                    row.get::<_, String>(3)
                });
                for step in steps.unwrap().map(Result::unwrap) {
                    let few = step.contains("runs_queued")
                        || step.contains("runs_running")
                        || step == "SCAN CONSTANT ROW"
                        || step.starts_with("SCAN workers")
                        || step == "SCAN tokens";
                    assert!(!step.starts_with("SCAN ") || few, "{name}: {step}");
                    let sorts = step.contains("TEMP B-TREE");
                    assert!(
                        !sorts || ["ITEM_COUNTS", "WORKERS"].contains(name),
                        "{name}: {step}"
                    );
                }
            }
        });
    }
}
