//! Ledgers, and the rows that follow from them.

use std::fs;

use super::place::Root;

fn told(root: &Root, expected: &str) {
    let (status, said) = root.says(&[]);
    assert_eq!((status, said.as_str()), (1, expected));
}

/// After a repair everything is as it was.
fn mended(root: &Root, expected: &str) {
    told(root, expected);
    let (status, said) = root.says(&["--repair"]);
    assert_eq!((status, said), (0, expected.replace("error[", "repaired[")));
    assert_eq!(root.says(&["--read-data"]), (0, String::new()));
}

#[test]
fn an_entry_that_was_changed() {
    let root = Root::new();
    root.sql("UPDATE events SET source = replace(source, '2.txt', '9.txt') WHERE seq = 4 AND chain_id = 1");
    told(
        &root,
        "\
error[ledger_damaged]: entry 4: its source is not the one that was hashed
  at: the record of default
error[item_differs]: the list says something else of item 2 than the record
  at: the record of default
",
    );
    assert_eq!(
        root.says(&["--repair"]).0,
        1,
        "nothing is made from a record that is damaged"
    );
}

#[test]
fn an_entry_that_was_taken_out() {
    let root = Root::new();
    root.sql("DELETE FROM events WHERE seq = 4 AND chain_id = 1");
    let (status, said) = root.says(&[]);
    assert_eq!(status, 1);
    for line in [
        "error[ledger_damaged]: entry 4: entry 5 stands where 4 belongs\n",
        "error[ledger_damaged]: entry 4: it does not name the entry before it\n",
        "error[ledger_damaged]: entry 6: the chain's state is not that of its entries\n",
        "error[item_unbacked]: the list holds item 2, of which the record knows nothing\n",
    ] {
        assert!(said.contains(line), "{said}");
    }
}

#[test]
fn a_row_that_is_gone() {
    let root = Root::new();
    root.sql("DELETE FROM items WHERE item = 2 AND chain_id = 1");
    mended(
        &root,
        "\
error[item_missing]: item 2 stands in the record but not in the list of items
  at: the record of default
",
    );
    let list = root.must("documents", &[]).out;
    assert!(list.contains("2.txt"), "{list}");
}

#[test]
fn a_row_that_says_something_else() {
    for (change, said) in [
        (
            "name = 'other.txt'",
            "the list says something else of item 2 than the record",
        ),
        (
            "size = 8",
            "the list says something else of item 2 than the record",
        ),
        (
            "raw = (SELECT raw FROM items WHERE item = 1 AND chain_id = 1)",
            "the list says something else of item 2 than the record",
        ),
        (
            "state = 'withdrawn'",
            "the list hides item 2, and no entry of the record does",
        ),
    ] {
        let root = Root::new();
        root.sql(&format!(
            "UPDATE items SET {change} WHERE item = 2 AND chain_id = 1"
        ));
        mended(
            &root,
            &format!("error[item_differs]: {said}\n  at: the record of default\n"),
        );
    }
}

#[test]
fn numbers_that_would_be_given_twice() {
    let root = Root::new();
    root.sql("UPDATE chains SET next_item = 2 WHERE id = 1");
    mended(
        &root,
        "\
error[counters_behind]: the next item would be 2 and the next intake 2, which are taken
  at: the record of default
",
    );
}

#[test]
fn a_list_of_packages_that_says_something_else() {
    let root = Root::new();
    root.sql("DELETE FROM seals");
    told(
        &root,
        "\
error[seal_differs]: the list of sealed packages and the record differ about the seal at entry 6
  at: the record of default
",
    );
}

#[test]
fn nobody_remembers_how_long_the_record_was() {
    let root = Root::new();
    let heads = fs::read_dir(root.runtime("keys"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let heads: Vec<_> = heads
        .filter(|path| path.extension().is_some_and(|end| end == "head"))
        .collect();
    assert_eq!(heads.len(), 2);
    for head in &heads {
        fs::write(head, "what was this\n").unwrap();
    }
    let (status, said) = root.says(&[]);
    let line = |name| {
        format!(
            "warning[head_unreadable]: what remembers how long the record of {name} was cannot be read\n"
        )
    };
    assert_eq!(status, 0);
    assert!(
        said.contains(&line("default")) && said.contains(&line("other")),
        "{said}"
    );
    for head in &heads {
        fs::remove_file(head).unwrap();
    }
    let (_, said) = root.says(&[]);
    assert!(said.contains("note[head_missing]: "), "{said}");
    let (_, said) = root.says(&["--repair"]);
    assert!(said.contains("repaired[head_missing]: "), "{said}");
    assert_eq!(root.says(&[]), (0, String::new()));
}

#[test]
fn an_older_database_in_place_of_the_newer() {
    let root = Root::new();
    root.sql("PRAGMA wal_checkpoint(TRUNCATE)");
    fs::copy(root.runtime("termite.sqlite"), root.beside("older")).unwrap();
    let note = root.file("more.txt", "more\n");
    root.must("ingest", &[&note]);
    for end in ["-wal", "-shm"] {
        let _ = fs::remove_file(root.runtime(&format!("termite.sqlite{end}")));
    }
    fs::copy(root.beside("older"), root.runtime("termite.sqlite")).unwrap();
    told(
        &root,
        "\
error[ledger_rolled_back]: the record of default ends at entry 7, but entry 9 was written before
  at: RUNTIME/keys/DIGEST.head
note[blob_orphan]: 1 file of 5 bytes in all, which nothing in the record names
  at: RUNTIME/cas
",
    );
    let (status, said) = root.says(&["--repair"]);
    assert!(
        status == 1 && said.contains("error[ledger_rolled_back]: "),
        "{said}"
    );
    let ran = root.run("ingest", &[&note]);
    assert_eq!(ran.status, 1);
    let expected = "\
error[ledger_rolled_back]: The record of actions ends at entry 7, but entry 9 was written before.
  next: Put the newer database back. If an older copy was put here on purpose, say so: `fieldgrade restore --here --reason …`; that is put on record.
";
    assert_eq!(ran.err, expected);
}

/// Every column of every row of items.
fn rows(root: &Root) -> Vec<String> {
    let database = rusqlite::Connection::open(root.runtime("termite.sqlite")).unwrap();
    let mut statement = database
        .prepare("SELECT * FROM items ORDER BY chain_id, item")
        .unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map((), |row| {
        let values = (0..columns).map(|at| row.get::<_, rusqlite::types::Value>(at));
        let values: rusqlite::Result<Vec<_>> = values.collect();
        Ok(format!("{:?}", values?))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// The list of items holds nothing of its own: thrown away, it comes back as it was, column by column.
#[test]
fn the_whole_list_of_items_is_made_again() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let root = Root::new();
    let strange = root.beside("strange");
    fs::create_dir(&strange).unwrap();
    for name in [
        &b"no \xff UTF-8.txt"[..],
        b"line\nend.txt",
        "gr\u{fc}n.txt".as_bytes(),
    ] {
        fs::write(strange.join(OsStr::from_bytes(name)), name).unwrap();
    }
    fs::write(strange.join("noise.bin"), [0_u8, 159, 146, 150].repeat(99)).unwrap();
    root.must("ingest", &[strange.to_str().unwrap()]);
    let reason = ["--reason", "asked for by the owner"];
    root.must("withdraw", &["1", reason[0], reason[1]]);
    root.must("withdraw", &["2", "--erase", "--yes", reason[0], reason[1]]);
    root.must(
        "withdraw",
        &["3", "--erase", "--yes", "--names", reason[0], reason[1]],
    );
    assert_eq!(
        root.says(&["--read-data"]),
        (0, String::new()),
        "what was erased is no damage"
    );
    let before = rows(&root);
    assert!(before.len() >= 8, "{before:?}");
    root.sql("DELETE FROM items");
    let (status, said) = root.says(&[]);
    assert_eq!(
        (status, said.matches("error[item_missing]: ").count()),
        (1, before.len()),
        "{said}"
    );
    let (status, said) = root.says(&["--repair"]);
    assert_eq!(status, 0, "{said}");
    assert_eq!(rows(&root), before);
    assert_eq!(root.says(&["--read-data"]), (0, String::new()));
}
