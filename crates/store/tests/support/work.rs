//! What a child does that a test lets die, and how its leavings are judged.

#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::Path;

use bundle::Sha256;
use store::blobs::{Listed, Recheck};
use store::{Access, BlobKind, Blobs, DataRoot, Database, Db, Origin, StoreError};

use super::NOTES;

/// How many blobs a group has.
pub const GROUP: u32 = 8;

/// The bytes of a blob: of very different lengths, none twice.
pub fn bytes(group: u32, one: u32) -> Vec<u8> {
    let length = [10, 4096, 100_000, 1_300_000][(one % 4) as usize] + one as usize;
    let seed = group.wrapping_mul(1000).wrapping_add(one);
    let mut bytes = vec![seed.to_le_bytes()[0]; length];
    bytes.extend(seed.to_le_bytes());
    bytes
}

/// Stores groups for as long as it lives, or so many, and says `ack N` once group N is safe.
pub fn write_groups(path: &Path, first: u32, count: u32) {
    let root = DataRoot::create(path).unwrap();
    let blobs = Blobs::open(&root).unwrap();
    blobs.sweep_tmp().unwrap();
    let db = Db::open(&root, Database::Termite, &NOTES).unwrap();
    say("begun"); // and ends the line that the test harness has begun
    for group in first..first.saturating_add(count) {
        let staged = (0..GROUP).map(|one| {
            blobs
                .stage_bytes(BlobKind::Raw, &bytes(group, one))
                .unwrap()
        });
        let stored = blobs.commit(staged.collect(), Recheck::Size).unwrap();
        let origin = Origin::Request {
            id: group.to_string().as_str().into(),
        };
        db.write::<_, StoreError>(&origin, |tx| {
            if tx.effect("write", &group.to_string())?.is_some() {
                return Ok(()); // done before, and only the answer was lost
            }
            for one in &stored {
                tx.execute(
                    "INSERT INTO notes (text) VALUES (?1)",
                    (one.digest.to_string(),),
                )?;
            }
            tx.record_effect("write", &group.to_string(), "")
        })
        .unwrap();
        say(&format!("ack {group}"));
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "\n{line}").unwrap();
    out.flush().unwrap();
}

/// The groups acknowledged in a child's output.
pub fn acknowledged(output: &str) -> BTreeSet<u32> {
    output
        .lines()
        .filter_map(|line| line.strip_prefix("ack ")?.parse().ok())
        .collect()
}

/// Fails unless everything acknowledged is there, everything there is whole, and everything noted is there.
pub fn judge(path: &Path, acknowledged: &BTreeSet<u32>) {
    let root = DataRoot::create(path).unwrap();
    let blobs = Blobs::open(&root).unwrap();
    blobs.sweep_tmp().unwrap();
    let tmp = std::fs::read_dir(root.cas().join("tmp")).unwrap().count();
    assert_eq!(tmp, 0, "a sweep leaves nothing of the dead");
    let mut there = BTreeSet::new();
    for listed in blobs.list(BlobKind::Raw).unwrap() {
        let Listed::Blob { digest, .. } = listed.unwrap() else {
            panic!("something foreign")
        };
        let mut reader = blobs.open_blob(BlobKind::Raw, digest).unwrap();
        let read = reader.read_to_end(&mut Vec::new());
        assert!(read.is_ok(), "half a blob under a final name: {read:?}");
        there.insert(digest);
    }
    for group in acknowledged {
        for one in 0..GROUP {
            let digest = Sha256::of(&bytes(*group, one));
            assert!(
                there.contains(&digest),
                "blob {one} of the acknowledged group {group} is lost"
            );
        }
    }
    let db = Db::open(&root, Database::Termite, &NOTES).unwrap();
    assert_eq!(db.integrity_check().unwrap(), Vec::<String>::new());
    let (noted, done) = db
        .read::<_, StoreError>(|connection| {
            let mut statement = connection.prepare("SELECT text FROM notes")?;
            let noted = statement.query_map((), |row| row.get::<_, String>(0))?;
            let noted = noted.collect::<rusqlite::Result<Vec<_>>>()?;
            let mut statement = connection.prepare("SELECT CAST(item AS INTEGER) FROM effects")?;
            let done = statement.query_map((), |row| row.get::<_, u32>(0))?;
            Ok((noted, done.collect::<rusqlite::Result<BTreeSet<_>>>()?))
        })
        .unwrap();
    assert!(
        done.is_superset(acknowledged),
        "an acknowledged entry is lost"
    );
    assert_eq!(
        noted.len(),
        done.len() * GROUP as usize,
        "half a transaction"
    );
    for digest in noted {
        assert!(
            there.contains(&digest.parse().unwrap()),
            "the database names a blob that is not there"
        );
    }
    assert!(DataRoot::open(path, Access::Read).is_ok());
}
