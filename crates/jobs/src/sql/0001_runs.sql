-- Runs. Parameters, actor and result are texts of whoever asked and whoever works; nothing here reads them.
-- The id begins with the time at which the run was asked for, so that ids sort as runs were asked for.
CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    org_id TEXT NOT NULL,
    project TEXT NOT NULL,
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    params TEXT NOT NULL,
    actor TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'canceled')),
    priority INTEGER NOT NULL,
    serial_key TEXT,
    request TEXT,
    attempts INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL CHECK (max_attempts > 0),
    not_before INTEGER NOT NULL,
    created_utc TEXT NOT NULL,
    started_utc TEXT,
    finished_utc TEXT,
    error_code TEXT,
    error_detail TEXT,
    retryable INTEGER NOT NULL,
    result TEXT,
    cancel_requested INTEGER NOT NULL,
    -- How often it was claimed; whoever shows a smaller number has lost it.
    token INTEGER NOT NULL,
    -- The lease, in milliseconds of the monotonic clock of one boot.
    worker TEXT,
    boot TEXT,
    leased_at INTEGER,
    lease_until INTEGER,
    CHECK ((state = 'running') = (worker IS NOT NULL AND boot IS NOT NULL AND leased_at IS NOT NULL AND lease_until IS NOT NULL)),
    CHECK ((state IN ('succeeded', 'failed', 'canceled')) = (finished_utc IS NOT NULL))
) STRICT;
-- What a worker looks for, in the order in which it takes it.
CREATE INDEX runs_queued ON runs (priority DESC, id) WHERE state = 'queued';
CREATE INDEX runs_running ON runs (priority DESC, id) WHERE state = 'running';
-- Runs with the same key never run at once: the database itself refuses a second one.
CREATE UNIQUE INDEX runs_serial ON runs (org_id, serial_key) WHERE state = 'running' AND serial_key IS NOT NULL;
CREATE UNIQUE INDEX runs_request ON runs (org_id, request) WHERE request IS NOT NULL;
CREATE INDEX runs_project ON runs (org_id, project, id);
CREATE INDEX runs_finished ON runs (finished_utc) WHERE finished_utc IS NOT NULL;

-- The steps of a run, known from its first claim on.
CREATE TABLE steps (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    org_id TEXT NOT NULL,
    project TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'running', 'done', 'failed', 'canceled')),
    done INTEGER NOT NULL,
    total INTEGER,
    result TEXT,
    PRIMARY KEY (run_id, position),
    CHECK ((state = 'done') = (result IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- What a run did with each thing it was given; the words for it are the worker's.
CREATE TABLE items (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    org_id TEXT NOT NULL,
    project TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    item TEXT,
    PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE log (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    org_id TEXT NOT NULL,
    project TEXT NOT NULL,
    step TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('info', 'warning', 'error')),
    text TEXT NOT NULL,
    ts_utc TEXT NOT NULL,
    PRIMARY KEY (run_id, seq)
) STRICT, WITHOUT ROWID;

-- Who works, or did when last heard of. Workers serve every case, so they belong to none.
CREATE TABLE workers (
    id TEXT PRIMARY KEY,
    org_id TEXT NOT NULL,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    version TEXT NOT NULL,
    since_utc TEXT NOT NULL,
    boot TEXT NOT NULL,
    seen INTEGER NOT NULL,
    seen_until INTEGER NOT NULL,
    seen_utc TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Who may ask: each token is known by its digest alone. A revoked one stays, so that its name is not used for another.
CREATE TABLE tokens (
    name TEXT PRIMARY KEY,
    org_id TEXT NOT NULL,
    sha256 BLOB NOT NULL UNIQUE,
    role TEXT NOT NULL,
    created_utc TEXT NOT NULL,
    expires_utc TEXT,
    revoked_utc TEXT
) STRICT, WITHOUT ROWID;
