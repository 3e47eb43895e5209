//! Whatever the pieces, the restarts and what lies beyond the last acknowledged byte: the digest is that of the whole.

use std::fs::OpenOptions;
use std::io::Write;

use bundle::Sha256;
use proptest::prelude::*;
use vault::Piece;

use crate::support::{BreaksOff, Desk, bytes};

/// What happens with one piece.
#[derive(Debug, Clone, Copy)]
enum Way {
    Whole,
    BreaksOff,
    /// The process ends after it, and bytes lie beyond that nobody acknowledged.
    Restart,
}

fn pieces() -> impl Strategy<Value = Vec<(usize, Way)>> {
    let way = prop_oneof![Just(Way::Whole), Just(Way::BreaksOff), Just(Way::Restart)];
    let length = prop_oneof![0_usize..200, 60_usize..70, 0_usize..100_000];
    prop::collection::vec((length, way), 0..7)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_split_gives_the_digest_of_the_whole(pieces in pieces()) {
        let total: usize = pieces.iter().map(|(length, _)| length).sum();
        let whole = bytes(total);
        let mut desk = Desk::new();
        let id = desk.begin("a", total as u64);
        let mut at = 0;
        for (length, way) in pieces {
            let piece = &whole[at..at + length];
            let offset = at as u64;
            match way {
                Way::Whole => {
                    desk.send(&id, offset, piece).unwrap();
                }
                Way::BreaksOff => {
                    let sent = desk.send_from(&id, Piece::at(offset), &mut BreaksOff(piece));
                    // One that is whole has nothing to break off.
                    prop_assert!(sent.is_err() || total == at);
                }
                Way::Restart => {
                    desk.send(&id, offset, piece).unwrap();
                    desk = desk.reopen();
                    if !desk.vault.upload(&id).unwrap().is_whole() {
                        let file = OpenOptions::new().append(true).open(desk.file(&id));
                        file.unwrap().write_all(b"never acknowledged").unwrap();
                    }
                }
            }
            at += length;
            prop_assert_eq!(desk.offset(&id), at as u64);
        }
        let done = desk.send(&id, total as u64, b"").unwrap();
        prop_assert_eq!(done.sha256, Some(Sha256::of(&whole)));
        prop_assert_eq!(std::fs::read(desk.file(&id)).unwrap(), whole.clone());
        prop_assert_eq!(desk.taken(&id), 1);
        // The CRC-32 that archives want was gone on with too.
        let crc32: u32 = desk.vault.db().read(|connection| {
            Ok::<_, vault::VaultError>(connection.query_row("SELECT crc32 FROM blobs WHERE kind = 'raw'", (), |row| row.get(0))?)
        }).unwrap();
        prop_assert_eq!(crc32, crc32fast::hash(&whole));
    }
}
