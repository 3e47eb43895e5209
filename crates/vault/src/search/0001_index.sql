-- How far each case's ledger stands in here. `source` names form of the index and ledger, `head` is the hash of the last
-- entry that is in: whatever does not fit the ledger any more is thrown away. `begun` counts the pieces that are in of
-- the text of the entry after it.
CREATE TABLE cases (
    number INTEGER PRIMARY KEY,
    project_id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    indexed_through INTEGER NOT NULL,
    head BLOB NOT NULL,
    begun INTEGER NOT NULL
) STRICT;

-- What a hit is called.
CREATE TABLE documents (
    project_id TEXT NOT NULL,
    item INTEGER NOT NULL,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (project_id, item)
) STRICT, WITHOUT ROWID;

-- What is searched: names, captions, texts in pieces, each prepared for the words below. `id` holds the number of the
-- case, the item and the place in the item, in this order: so the passages of a case, and of an item, lie together.
-- `first` and `last` are the code points of the text that a piece covers. `parts` are a name's words cut apart.
CREATE TABLE passages (
    id INTEGER PRIMARY KEY,
    project_id TEXT NOT NULL,
    item INTEGER NOT NULL,
    kind TEXT NOT NULL,
    chunk INTEGER,
    first INTEGER,
    last INTEGER,
    text TEXT NOT NULL,
    parts TEXT NOT NULL
) STRICT;

-- Texts that could not be put in because their bytes are missing or damaged.
CREATE TABLE gaps (
    project_id TEXT NOT NULL,
    item INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (project_id, item)
) STRICT, WITHOUT ROWID;

-- Symbols (So) count as words, so that an emoji in a name is found. No ranking by how frequent a word is: that would say
-- something about other cases, so no column sizes are kept.
CREATE VIRTUAL TABLE words USING fts5 (
    text, parts, content = 'passages', content_rowid = 'id', columnsize = 0,
    tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co So'"
);
-- Fewer, larger merges: a fifth faster to fill, hardly slower to search.
INSERT INTO words (words, rank) VALUES ('automerge', 8);
-- What is removed is gone from the file, not only marked as gone.
INSERT INTO words (words, rank) VALUES ('secure-delete', 1);
