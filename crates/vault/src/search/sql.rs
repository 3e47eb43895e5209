//! Every statement on the search index, and its schema. Parameters are bound by number; a test prepares them all.

use store::{Migration, Schema};

use crate::statements::statements;

/// The schema of `search.sqlite`. A later version drops all tables and makes them anew: they are filled from the ledger.
pub(super) const SEARCH: Schema = Schema {
    migrations: &[Migration {
        version: 1,
        name: "search index",
        sql: include_str!("0001_index.sql"),
    }],
    derived: true,
};

statements! {
    CASE_GET = "SELECT number, source, indexed_through, head, begun FROM cases WHERE project_id = ?1";
    CASE_LIST = "SELECT project_id, source FROM cases";
    CASE_BEGIN = "INSERT INTO cases (project_id, source, indexed_through, head, begun) VALUES (?1, ?2, 0, x'', 0) RETURNING number";
    CASE_MOVE = "UPDATE cases SET indexed_through = ?2, head = ?3, begun = ?4 WHERE project_id = ?1";

    DOCUMENT_PUT = "INSERT INTO documents (project_id, item, name, path) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT DO UPDATE SET name = excluded.name, path = excluded.path";
    DOCUMENT_GET = "SELECT name, path FROM documents WHERE project_id = ?1 AND item = ?2";
    DOCUMENT_DELETE = "DELETE FROM documents WHERE project_id = ?1 AND item = ?2";

    PASSAGE_PUT = "INSERT INTO passages (id, project_id, item, kind, chunk, first, last, text, parts)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    PASSAGE_GET = "SELECT kind, chunk, first, last FROM passages WHERE id = ?1 AND project_id = ?2";
    PASSAGE_IDS = "SELECT id, text FROM passages WHERE id BETWEEN ?1 AND ?2 AND project_id = ?3 ORDER BY id LIMIT ?4";
    PASSAGE_LAST = "SELECT max(id) FROM passages WHERE id BETWEEN ?1 AND ?2 AND project_id = ?3";
    PASSAGE_DELETE = "DELETE FROM passages WHERE id = ?1";

    WORDS_PUT = "INSERT INTO words (rowid, text, parts) VALUES (?1, ?2, ?3)";
    WORDS_DELETE = "DELETE FROM words WHERE rowid = ?1";
    // The range is that of one case, which its row names; the passages found are fetched by project as well.
    WORDS_FIND = "SELECT rowid FROM words WHERE words MATCH ?1 AND rowid BETWEEN ?2 AND ?3 ORDER BY rowid";
    WORDS_MARK = "SELECT highlight(words, 0, ?3, ?4) FROM words WHERE words MATCH ?1 AND rowid = ?2";

    GAP_PUT = "INSERT INTO gaps (project_id, item, seq) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET seq = excluded.seq";
    GAP_DELETE = "DELETE FROM gaps WHERE project_id = ?1 AND item = ?2";
    GAP_COUNT = "SELECT count(*) FROM gaps WHERE project_id = ?1";
    GAP_LIST = "SELECT seq FROM gaps WHERE project_id = ?1 ORDER BY item LIMIT ?2";

    EMPTY_PASSAGES = "DELETE FROM passages";
    EMPTY_DOCUMENTS = "DELETE FROM documents";
    EMPTY_GAPS = "DELETE FROM gaps";
    EMPTY_CASES = "DELETE FROM cases";
    EMPTY_WORDS = "INSERT INTO words (words) VALUES ('delete-all')";
    // What is removed is written over, in the file as well.
    WIPE = "PRAGMA secure_delete = ON";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statements::tried;

    #[test]
    fn every_statement_can_be_prepared_and_binds_by_number() {
        tried::fit(ALL, &SEARCH);
    }

    #[test]
    fn a_search_touches_only_the_range_of_its_case() {
        let connection = tried::database(&SEARCH);
        let plan: String = connection
            .query_row(
                &format!("EXPLAIN QUERY PLAN {WORDS_FIND}"),
                ("x", 1, 2),
                |row| row.get(3),
            )
            .unwrap();
        assert!(
            plan.contains('>') && plan.contains('<') && !plan.contains("TEMP B-TREE"),
            "{plan}"
        );
    }
}
