//! Every statement of this crate, and the schema. Parameters are bound by number; a test prepares them all.

use store::{Migration, Schema};

use crate::statements::statements;

/// The schema of `termite.sqlite`.
pub(crate) const TERMITE: Schema = Schema {
    migrations: &[Migration {
        version: 1,
        name: "ledger",
        sql: include_str!("sql/0001_ledger.sql"),
    }],
    derived: false,
};

statements! {
    PROJECT_INSERT = "INSERT INTO projects (id, org_id, name, title, reference, word, language, created_utc)
        VALUES (?1, '', ?2, ?3, ?4, ?5, ?6, ?7)";
    PROJECT_BY_NAME = "SELECT id, name, title, reference, word, language, created_utc, closed_utc FROM projects WHERE name = ?1";
    PROJECT_LIST = "SELECT id, name, title, reference, word, language, created_utc, closed_utc FROM projects
        WHERE name <> '_org' ORDER BY name";
    PROJECT_UPDATE = "UPDATE projects SET title = ?2, reference = ?3, word = ?4, language = ?5 WHERE id = ?1";
    PROJECT_CLOSE = "UPDATE projects SET closed_utc = ?2 WHERE id = ?1";

    CHAIN_INSERT = "INSERT INTO chains (org_id, project_id, genesis, size, head, frontier, next_item, next_intake, last_ts_utc, toolchain_id)
        VALUES ('', ?1, ?2, 0, x'', x'', 1, 1, '', ?3)";
    CHAIN_BY_PROJECT = "SELECT id, genesis, size, head, frontier, next_item, next_intake, last_ts_utc, toolchain_id
        FROM chains WHERE project_id = ?1";
    CHAIN_UPDATE = "UPDATE chains SET genesis = ?2, size = ?3, head = ?4, frontier = ?5, next_item = ?6, next_intake = ?7,
        last_ts_utc = ?8, toolchain_id = ?9 WHERE id = ?1";
    CHAIN_SOURCES = "SELECT project_id, genesis FROM chains";
    CHAINS_OPEN = "SELECT p.id, p.name FROM chains c JOIN projects p ON p.id = c.project_id WHERE p.closed_utc IS NULL ORDER BY p.name";
    CHAIN_HEADS = "SELECT genesis, size, head FROM chains ORDER BY id";
    CHAIN_TOTALS = "SELECT coalesce(sum(c.size), 0), coalesce(sum(c.next_item - 1), 0) FROM chains c
        JOIN projects p ON p.id = c.project_id WHERE p.name <> '_org'";
    CHAIN_NAMES = "SELECT c.genesis, c.size, p.name FROM chains c JOIN projects p ON p.id = c.project_id ORDER BY p.name";

    EVENT_INSERT = "INSERT INTO events (chain_id, seq, project_id, org_id, ts_utc, kind, toolchain_id, content_sha256,
        source_sha256, machine_sha256, prev, hash, content, source, machine, item)
        VALUES (?1, ?2, ?3, '', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
    EVENTS_RANGE = "SELECT seq, ts_utc, kind, toolchain_id, content_sha256, source_sha256, machine_sha256, prev, hash, content,
        source, machine FROM events WHERE chain_id = ?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq";
    EVENTS_OF_ITEM = "SELECT seq, ts_utc, kind, toolchain_id, content_sha256, source_sha256, machine_sha256, prev, hash, content,
        source, machine FROM events INDEXED BY events_item WHERE chain_id = ?1 AND item = ?2 ORDER BY seq";
    EVENT_HASHES = "SELECT hash FROM events WHERE chain_id = ?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq";
    EVENT_HASH_OF_CHAIN = "SELECT e.hash FROM events e JOIN chains c ON c.id = e.chain_id WHERE c.genesis = ?1 AND e.seq = ?2";
    EVENT_KINDS_AFTER = "SELECT kind, count(*) FROM events WHERE chain_id = ?1 AND seq > ?2 GROUP BY kind";
    EVENT_TITLE_BEFORE = "SELECT source FROM events WHERE chain_id = ?1 AND seq < ?2 AND kind IN ('GENESIS', 'PROJECT')
        AND source IS NOT NULL ORDER BY seq DESC LIMIT 1";
    // The list of kinds is that of the index events_custody.
    EVENT_INTAKES_BEFORE = "SELECT seq, ts_utc, kind, toolchain_id, content_sha256, source_sha256, machine_sha256, prev, hash,
        content, source, machine FROM events WHERE chain_id = ?1 AND seq < ?2
        AND kind IN ('INTAKE', 'HANDOVER', 'RECEIVED', 'RECEIPT', 'WITNESS', 'TIMESTAMP') ORDER BY seq DESC";
    EVENTS_CUSTODY_AFTER = "SELECT seq, ts_utc, kind, toolchain_id, content_sha256, source_sha256, machine_sha256, prev, hash,
        content, source, machine FROM events WHERE chain_id = ?1 AND seq > ?2
        AND kind IN ('INTAKE', 'HANDOVER', 'RECEIVED', 'RECEIPT', 'WITNESS', 'TIMESTAMP') ORDER BY seq";
    WITHDRAWALS_OF_BYTES = "SELECT e.seq, e.content FROM items i INDEXED BY items_raw
        JOIN events e INDEXED BY events_item ON e.chain_id = i.chain_id AND e.item = i.item
        WHERE i.chain_id = ?1 AND i.raw = ?2 AND i.state = 'erased' AND e.kind = 'WITHDRAW'";
    // Who exported it is no name of the item; where to may be.
    EVENT_BODIES_ERASE = "UPDATE events INDEXED BY events_item SET source = CASE kind WHEN 'EXPORT' THEN source END, machine = NULL
        WHERE chain_id = ?1 AND item = ?2 AND kind IN ('CAPTURE', 'SIGHTING', 'EXTRACT', 'ANNOTATE', 'AMEND', 'EXPORT')";
    CAPTURES_RANGE = "SELECT count(*) FROM events WHERE chain_id = ?1 AND seq BETWEEN ?2 AND ?3 AND kind = 'CAPTURE'";

    ERASURES = "SELECT seq, content FROM events WHERE chain_id = ?1 AND kind = 'WITHDRAW' AND seq > ?2 ORDER BY seq";
    EVENT_LAST_OF_KIND = "SELECT seq, ts_utc, kind, toolchain_id, content_sha256, source_sha256, machine_sha256, prev, hash,
        content, source, machine FROM events WHERE chain_id = ?1 AND kind = ?2 ORDER BY seq DESC LIMIT 1";
    CHAIN_COUNTERS = "UPDATE chains SET next_item = ?2, next_intake = ?3 WHERE id = ?1";

    BLOB_INSERT = "INSERT INTO blobs (sha256, kind, size, crc32, created_utc) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT DO NOTHING";
    BLOB_FACTS = "SELECT size, crc32 FROM blobs WHERE sha256 = ?1 AND kind = ?2";
    BLOB_DELETE = "DELETE FROM blobs WHERE sha256 = ?1 AND kind = ?2";
    BLOB_TOTAL = "SELECT coalesce(sum(size), 0) FROM blobs";
    BLOB_LIST = "SELECT sha256, kind, size FROM blobs ORDER BY sha256, kind";
    // In any case: two cases share bytes and know nothing of each other.
    BLOB_WANTED = "SELECT EXISTS (SELECT 1 FROM chains c CROSS JOIN items i INDEXED BY items_raw ON i.chain_id = c.id
        WHERE i.raw = ?1 AND i.state <> 'erased')
        OR EXISTS (SELECT 1 FROM chains c CROSS JOIN items i INDEXED BY items_extract ON i.chain_id = c.id
        WHERE i.extract = ?1 AND i.state <> 'erased')";
    ERASURE_INSERT = "INSERT INTO erasures (project_id, sha256) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    ERASURE_LIST = "SELECT DISTINCT sha256 FROM erasures WHERE sha256 <> x'' ORDER BY sha256";
    ERASURE_PROJECTS = "SELECT project_id FROM erasures WHERE sha256 = x'' ORDER BY project_id";
    ERASURE_DELETE = "DELETE FROM erasures WHERE sha256 = ?1";
    ERASURE_FORGOTTEN = "DELETE FROM erasures WHERE project_id = ?1 AND sha256 = x''";

    ITEM_INSERT = "INSERT INTO items (chain_id, item, project_id, org_id, seq, capture, intake, raw, size, media_type, name, path,
        path_key, modified_utc, captured_utc, state, extract_state)
        VALUES (?1, ?2, ?3, '', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 'present', ?15)";
    ITEM_SAME_FILE = "SELECT item, capture FROM items INDEXED BY items_raw WHERE chain_id = ?1 AND raw = ?2 AND path_key = ?3 AND modified_utc = ?4
        AND state = 'present' ORDER BY item LIMIT 1";
    ITEM_SAME_BYTES = "SELECT min(item) FROM items INDEXED BY items_raw WHERE chain_id = ?1 AND raw = ?2 AND item <> ?3 AND state <> 'erased'";
    ITEMS_SAME_BYTES = "SELECT item, state FROM items INDEXED BY items_raw WHERE chain_id = ?1 AND raw = ?2 AND item <> ?3 ORDER BY item LIMIT ?4";
    ITEMS_OF_BYTES = "SELECT item, seq FROM items INDEXED BY items_raw WHERE chain_id = ?1 AND raw = ?2 ORDER BY item";
    ITEMS_NAMING = "SELECT item FROM items INDEXED BY items_raw WHERE chain_id = ?1 AND raw = ?2 AND item <> ?3 AND state <> 'erased'
        UNION SELECT item FROM items INDEXED BY items_extract WHERE chain_id = ?1 AND extract = ?2 AND item <> ?3 AND state <> 'erased' ORDER BY 1 LIMIT ?4";
    ITEM_GET = "SELECT item, seq, capture, intake, raw, size, media_type, name, path, modified_utc, captured_utc, state,
        extract_state, extract FROM items WHERE chain_id = ?1 AND item = ?2";
    ITEM_LIST = "SELECT item, seq, capture, intake, raw, size, media_type, name, path, modified_utc, captured_utc, state,
        extract_state, extract FROM items WHERE chain_id = ?1 AND item > ?2 ORDER BY item LIMIT ?3";
    ITEM_ALL = "SELECT item, seq, capture, intake, raw, size, media_type, name, path, modified_utc, captured_utc, state,
        extract_state, extract FROM items WHERE chain_id = ?1 ORDER BY item";
    ITEM_WITH_RAW = "SELECT p.name, i.item FROM chains c CROSS JOIN items i INDEXED BY items_raw ON i.chain_id = c.id
        JOIN projects p ON p.id = i.project_id WHERE i.raw = ?1 AND i.state <> 'erased' ORDER BY p.name, i.item";
    ITEM_WITH_EXTRACT = "SELECT p.name, i.item FROM chains c CROSS JOIN items i INDEXED BY items_extract ON i.chain_id = c.id
        JOIN projects p ON p.id = i.project_id WHERE i.extract = ?1 AND i.state <> 'erased' ORDER BY p.name, i.item";
    EVENTS_RESTORED = "SELECT e.seq FROM chains c JOIN events e INDEXED BY events_restored ON e.chain_id = c.id
        WHERE c.genesis = ?1 AND e.kind = 'RESTORED'
        ORDER BY e.seq";
    EVENT_LAST_RESTORED = "SELECT max(ts_utc) FROM events INDEXED BY events_restored WHERE kind = 'RESTORED'";
    ITEM_DELETE = "DELETE FROM items WHERE chain_id = ?1 AND item = ?2";
    ITEM_LIST_PRESENT = "SELECT item, seq, capture, intake, raw, size, media_type, name, path, modified_utc, captured_utc, state,
        extract_state, extract FROM items WHERE chain_id = ?1 AND item > ?2 AND state = 'present' ORDER BY item LIMIT ?3";
    ITEM_PATH_KEY = "SELECT path_key FROM items WHERE chain_id = ?1 AND item = ?2";
    ITEM_PENDING = "SELECT item, seq, capture, intake, raw, size, media_type, name, path, modified_utc, captured_utc, state,
        extract_state, extract FROM items WHERE chain_id = ?1 AND item > ?2 AND extract_state = 'pending' ORDER BY item LIMIT ?3";
    ITEM_PENDING_SUM = "SELECT count(*), coalesce(sum(size), 0) FROM items INDEXED BY items_pending WHERE chain_id = ?1 AND extract_state = 'pending'";
    ITEM_STATES = "SELECT state, extract_state FROM items WHERE chain_id = ?1 AND item = ?2";
    ITEM_READ_AGAIN = "UPDATE items SET extract_state = 'pending' WHERE chain_id = ?1 AND extract_state = 'failed' AND state = 'present'";
    ITEM_EXTRACTED = "UPDATE items SET extract_state = ?3, extract = ?4 WHERE chain_id = ?1 AND item = ?2";
    ITEM_STATE = "UPDATE items SET state = ?3 WHERE chain_id = ?1 AND item = ?2";
    ITEM_NAMES_ERASE = "UPDATE items SET name = '', path = '', path_key = x'', modified_utc = '' WHERE chain_id = ?1 AND item = ?2";
    ITEM_COUNTS = "SELECT count(*), coalesce(sum(size), 0) FROM items WHERE chain_id = ?1 AND seq > ?2 AND state = 'present'";

    UPLOAD_INSERT = "INSERT INTO uploads (id, project_id, org_id, path, modified_utc, meta, length, expected, bytes, state, crc32,
        created_utc, touched_utc, sighting) VALUES (?1, ?2, '', ?3, ?4, ?5, ?6, ?7, 0, ?8, 0, ?9, ?9, 0)";
    UPLOAD_GET = "SELECT seq, id, project_id, path, modified_utc, meta, length, expected, bytes, state, crc32, sha256,
        created_utc, touched_utc, run_id, item, capture, same_as, sighting
        FROM uploads WHERE id = ?1";
    UPLOAD_LIST = "SELECT seq, id, project_id, path, modified_utc, meta, length, expected, bytes, state, crc32, sha256,
        created_utc, touched_utc, run_id, item, capture, same_as, sighting
        FROM uploads INDEXED BY uploads_project WHERE project_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
    UPLOADS_BEFORE = "SELECT seq, id, project_id, path, modified_utc, meta, length, expected, bytes, state, crc32, sha256,
        created_utc, touched_utc, run_id, item, capture, same_as, sighting
        FROM uploads INDEXED BY uploads_touched WHERE touched_utc < ?1 ORDER BY touched_utc";
    UPLOADS_OF_BYTES = "SELECT id, bytes FROM uploads INDEXED BY uploads_waiting WHERE sha256 = ?1 AND item IS NULL AND sha256 IS NOT NULL";
    UPLOAD_MARK = "UPDATE uploads SET bytes = ?2, state = ?3, crc32 = ?4, sha256 = ?5, length = ?6, touched_utc = ?7
        WHERE id = ?1 AND sha256 IS NULL";
    UPLOAD_TAKEN = "UPDATE uploads SET item = ?2, capture = ?3, same_as = ?4, sighting = ?5, touched_utc = ?6
        WHERE id = ?1 AND project_id = ?7 AND item IS NULL";
    UPLOAD_PIN = "UPDATE uploads SET run_id = ?2 WHERE id = ?1";
    UPLOAD_UNPIN = "UPDATE uploads SET run_id = NULL WHERE run_id = ?1 AND item IS NULL";
    UPLOAD_DELETE = "DELETE FROM uploads WHERE id = ?1 AND touched_utc = ?2 AND run_id IS ?3 AND (sha256 IS NOT NULL) = ?4";

    SEAL_INSERT = "INSERT INTO seals (chain_id, seq, project_id, org_id, hash, kind, number, state, first, documents, ts_utc, label,
        keyid, root) VALUES (?1, ?2, ?3, '', ?4, ?5, ?6, 'open', ?7, ?8, ?9, ?10, ?11, ?12)";
    SEAL_DONE = "UPDATE seals SET state = 'sealed', manifest_sha256 = ?3, bundle_sha256 = ?4, bytes = ?5, signatures = ?6,
        file_name = ?7 WHERE chain_id = ?1 AND seq = ?2 AND state = 'open'";
    SEAL_CANCELED = "UPDATE seals SET state = 'canceled' WHERE chain_id = ?1 AND seq = ?2 AND state = 'open'";
    SEAL_OPEN = "SELECT seq, hash, kind, number, state, first, documents, ts_utc, label, keyid, root, manifest_sha256,
        bundle_sha256, bytes, signatures, file_name FROM seals WHERE chain_id = ?1 AND state = 'open' ORDER BY seq";
    SEAL_LATEST = "SELECT seq, hash, kind, number, state, first, documents, ts_utc, label, keyid, root, manifest_sha256,
        bundle_sha256, bytes, signatures, file_name FROM seals WHERE chain_id = ?1 AND state = 'sealed' AND kind = 'series'
        ORDER BY seq DESC LIMIT 1";
    SEAL_LIST = "SELECT seq, hash, kind, number, state, first, documents, ts_utc, label, keyid, root, manifest_sha256,
        bundle_sha256, bytes, signatures, file_name FROM seals WHERE chain_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
    SEAL_OF_CHAIN = "SELECT s.seq, s.hash, s.kind, s.number, s.state, s.first, s.documents, s.ts_utc, s.label, s.keyid, s.root,
        s.manifest_sha256, s.bundle_sha256, s.bytes, s.signatures, s.file_name FROM seals s JOIN chains c ON c.id = s.chain_id
        WHERE c.genesis = ?1 AND s.state = 'sealed' ORDER BY s.seq";
    SEAL_SEQS = "SELECT seq FROM seals WHERE chain_id = ?1 ORDER BY seq";
    SEAL_BY_BUNDLE = "SELECT count(*) FROM seals WHERE bundle_sha256 = ?1";

    OWN_KEY_INSERT = "INSERT INTO own_keys (keyid, org_id, toolchain_id, public_pem, file_name, state, created_utc)
        VALUES (?1, '', ?2, ?3, ?4, 'active', ?5)";
    OWN_KEY_LIST = "SELECT keyid, toolchain_id, public_pem, file_name, state, created_utc, ended_utc FROM own_keys
        ORDER BY created_utc, toolchain_id";
    OWN_KEY_END = "UPDATE own_keys SET state = ?2, ended_utc = ?3 WHERE keyid = ?1";

    TRUST_INSERT = "INSERT INTO trusted_keys (keyid, toolchain_id, org_id, public_pem, name, from_utc, until_utc, added_utc)
        VALUES (?1, ?2, '', ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT DO UPDATE SET name = excluded.name, from_utc = excluded.from_utc, until_utc = excluded.until_utc";
    TRUST_LIST = "SELECT keyid, toolchain_id, public_pem, name, from_utc, until_utc, revoked_utc, added_utc FROM trusted_keys
        ORDER BY name, toolchain_id, keyid";
    TRUST_REVOKE = "UPDATE trusted_keys SET revoked_utc = ?2 WHERE keyid = ?1 AND revoked_utc IS NULL";
    TRUST_DELETE = "DELETE FROM trusted_keys WHERE keyid = ?1 AND toolchain_id = ?2";

    SETTING_GET = "SELECT value FROM settings WHERE scope = ?1 AND key = ?2";
    SETTING_SET = "INSERT INTO settings (scope, key, org_id, value) VALUES (?1, ?2, '', ?3)
        ON CONFLICT DO UPDATE SET value = excluded.value";
    SETTING_DELETE = "DELETE FROM settings WHERE scope = ?1 AND key = ?2";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statements::tried;

    #[test]
    fn every_statement_can_be_prepared_and_binds_by_number() {
        tried::fit(ALL, &TERMITE);
    }

    /// What may walk a whole case: it is asked for all of it, or once a command. Without INDEXED BY, SQLite walks a case
    /// to find one item, because it takes `chain_id = ?` for a narrow choice.
    const WHOLE_CASE: [&str; 5] = [
        "ITEM_ALL",
        "ITEM_READ_AGAIN",
        "ITEM_COUNTS",
        "ERASURES",
        "EVENT_LAST_OF_KIND",
    ];

    #[test]
    fn no_statement_walks_a_case_to_find_one_item() {
        let connection = tried::database(&TERMITE);
        for (name, sql) in ALL {
            let mut plan = connection
                .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
                .unwrap();
            let nulls = vec![rusqlite::types::Null; plan.parameter_count()];
            let steps = plan.query_map(rusqlite::params_from_iter(nulls), |row| {
                row.get::<_, String>(3)
            });
            for step in steps.unwrap().map(Result::unwrap) {
                let walks = ["items", "i", "events", "e"].iter().any(|table| {
                    step == format!("SEARCH {table} USING PRIMARY KEY (chain_id=?)")
                        || step == format!("SCAN {table}")
                });
                assert!(!walks || WHOLE_CASE.contains(name), "{name}: {step}");
            }
        }
    }
}
