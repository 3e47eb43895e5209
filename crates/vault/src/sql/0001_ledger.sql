-- Cases. `name` is what people type after --project; title, reference and word are what they read.
CREATE TABLE projects (
    id TEXT PRIMARY KEY,
    org_id TEXT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    reference TEXT NOT NULL,
    word TEXT NOT NULL,
    language TEXT NOT NULL,
    created_utc TEXT NOT NULL,
    closed_utc TEXT
) STRICT;

-- One chain of events for each case on this data root, and one for the house (project `_org`).
CREATE TABLE chains (
    id INTEGER PRIMARY KEY,
    org_id TEXT NOT NULL,
    project_id TEXT NOT NULL UNIQUE REFERENCES projects (id),
    genesis BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    head BLOB NOT NULL,
    frontier BLOB NOT NULL,
    next_item INTEGER NOT NULL,
    next_intake INTEGER NOT NULL,
    last_ts_utc TEXT NOT NULL,
    toolchain_id TEXT NOT NULL
) STRICT;

-- The ledger. Bodies stand as they were hashed; `erase --names` sets source and machine to null.
CREATE TABLE events (
    chain_id INTEGER NOT NULL REFERENCES chains (id),
    seq INTEGER NOT NULL,
    project_id TEXT NOT NULL,
    org_id TEXT NOT NULL,
    ts_utc TEXT NOT NULL,
    kind TEXT NOT NULL,
    toolchain_id TEXT NOT NULL,
    content_sha256 BLOB NOT NULL,
    source_sha256 BLOB,
    machine_sha256 BLOB,
    prev BLOB,
    hash BLOB NOT NULL,
    content TEXT NOT NULL,
    source TEXT,
    machine TEXT,
    item INTEGER,
    PRIMARY KEY (chain_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX events_item ON events (chain_id, item, seq) WHERE item IS NOT NULL;
-- The few entries that custody is told from, and that are about no single item.
CREATE INDEX events_custody ON events (chain_id, seq)
    WHERE kind IN ('INTAKE', 'HANDOVER', 'RECEIVED', 'RECEIPT', 'WITNESS', 'TIMESTAMP');
-- Where a chain goes on from a backup.
CREATE INDEX events_restored ON events (chain_id, seq, ts_utc) WHERE kind = 'RESTORED';

-- What is known of blobs, so that sealing reads each only once. Shared between cases, and says nothing about any.
CREATE TABLE blobs (
    sha256 BLOB NOT NULL,
    kind TEXT NOT NULL,
    size INTEGER NOT NULL,
    crc32 INTEGER NOT NULL,
    created_utc TEXT NOT NULL,
    PRIMARY KEY (sha256, kind)
) STRICT, WITHOUT ROWID;

-- What the ledger says was erased and what may still lie in the store or stand in the search index: removed after the entry,
-- or by the next start. An empty digest stands for the index of the case.
CREATE TABLE erasures (
    project_id TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    PRIMARY KEY (project_id, sha256)
) STRICT, WITHOUT ROWID;

-- Items: one act of capture each. `name_key` and `path_key` are the exact bytes.
CREATE TABLE items (
    chain_id INTEGER NOT NULL REFERENCES chains (id),
    item INTEGER NOT NULL,
    project_id TEXT NOT NULL,
    org_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    capture BLOB NOT NULL,
    intake INTEGER NOT NULL,
    raw BLOB NOT NULL,
    size INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    path_key BLOB NOT NULL,
    modified_utc TEXT NOT NULL,
    captured_utc TEXT NOT NULL,
    state TEXT NOT NULL,
    extract_state TEXT NOT NULL,
    extract BLOB,
    PRIMARY KEY (chain_id, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX items_raw ON items (chain_id, raw);
CREATE INDEX items_extract ON items (chain_id, extract) WHERE extract IS NOT NULL;
CREATE INDEX items_pending ON items (chain_id, item) WHERE extract_state = 'pending';

-- Seals: `open` between SEAL and SEALED. The three signatures are kept, so that no key is needed to make it again.
CREATE TABLE seals (
    chain_id INTEGER NOT NULL REFERENCES chains (id),
    seq INTEGER NOT NULL,
    project_id TEXT NOT NULL,
    org_id TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    number INTEGER,
    state TEXT NOT NULL,
    first INTEGER NOT NULL,
    documents INTEGER NOT NULL,
    ts_utc TEXT NOT NULL,
    label TEXT NOT NULL,
    keyid BLOB NOT NULL,
    root BLOB NOT NULL,
    manifest_sha256 BLOB,
    bundle_sha256 BLOB,
    bytes INTEGER,
    signatures TEXT,
    file_name TEXT,
    PRIMARY KEY (chain_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX seals_bundle ON seals (bundle_sha256) WHERE bundle_sha256 IS NOT NULL;

-- Own signing keys, the present one and those before it.
CREATE TABLE own_keys (
    keyid BLOB PRIMARY KEY,
    org_id TEXT NOT NULL,
    toolchain_id TEXT NOT NULL UNIQUE,
    public_pem TEXT NOT NULL,
    file_name TEXT NOT NULL,
    state TEXT NOT NULL,
    created_utc TEXT NOT NULL,
    ended_utc TEXT
) STRICT, WITHOUT ROWID;

-- Keys of others whose holder was confirmed.
CREATE TABLE trusted_keys (
    keyid BLOB NOT NULL,
    toolchain_id TEXT NOT NULL,
    org_id TEXT NOT NULL,
    public_pem TEXT NOT NULL,
    name TEXT NOT NULL,
    from_utc TEXT,
    until_utc TEXT,
    revoked_utc TEXT,
    added_utc TEXT NOT NULL,
    PRIMARY KEY (keyid, toolchain_id)
) STRICT, WITHOUT ROWID;

-- Settings of the house and of cases: operator, signer's card, policy.
CREATE TABLE settings (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    org_id TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;

-- Files that are being sent, before they are items. `bytes` are on the disk for certain; `state` and `crc32` are where their
-- sums stand. `sha256` stands when all has arrived; `item` and what follows when it was taken. `path` to `meta` are the
-- sender's words.
CREATE TABLE uploads (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL REFERENCES projects (id),
    org_id TEXT NOT NULL,
    path TEXT NOT NULL,
    modified_utc TEXT NOT NULL,
    meta TEXT NOT NULL,
    length INTEGER,
    expected BLOB,
    bytes INTEGER NOT NULL,
    state BLOB NOT NULL,
    crc32 INTEGER NOT NULL,
    sha256 BLOB,
    created_utc TEXT NOT NULL,
    touched_utc TEXT NOT NULL,
    run_id TEXT,
    item INTEGER,
    capture BLOB,
    same_as INTEGER,
    sighting INTEGER NOT NULL
) STRICT;
CREATE INDEX uploads_project ON uploads (project_id, seq);
CREATE INDEX uploads_touched ON uploads (touched_utc);
CREATE INDEX uploads_run ON uploads (run_id) WHERE run_id IS NOT NULL;
-- Whole ones that are no items yet.
CREATE INDEX uploads_waiting ON uploads (sha256) WHERE item IS NULL AND sha256 IS NOT NULL;
