//! Senders that break off, and two that send at once.

use std::io;

use bundle::Sha256;
use store::watch::CountingWatch;
use vault::Piece;

use crate::support::{BreaksOff, Desk, ROOM, Then, bytes, code};

#[test]
fn what_arrived_is_kept() {
    let desk = Desk::new();
    let whole = bytes(1_500_000);
    let id = desk.begin("a", whole.len() as u64);
    let (first, rest) = whole.split_at(1_234_567);
    let error = desk
        .send_from(&id, Piece::at(0), &mut BreaksOff(first))
        .unwrap_err();
    assert_eq!(error.code(), "upload_broken");
    assert!(
        error.to_string().contains("1234567 bytes of it are kept"),
        "{error}"
    );
    let desk = desk.reopen();
    assert_eq!(desk.offset(&id), 1_234_567);
    let done = desk.send(&id, 1_234_567, rest).unwrap();
    assert_eq!(done.sha256, Some(Sha256::of(&whole)));
    desk.taken(&id);
}

#[test]
fn a_piece_with_a_checksum_is_kept_whole_or_not_at_all() {
    let desk = Desk::new();
    let whole = bytes(20_000_000);
    let id = desk.begin("a", whole.len() as u64);
    desk.send(&id, 0, &whole[..10]).unwrap();
    let mut bad = Then(&whole[10..], || {
        Err(io::Error::other("the checksum is wrong"))
    });
    let refused = desk.send_from(&id, Piece::whole_at(10), &mut bad);
    assert_eq!(code(refused), "upload_broken");
    assert_eq!(desk.offset(&id), 10);
    let done = desk
        .send_from(&id, Piece::whole_at(10), &mut &whole[10..])
        .unwrap();
    assert_eq!(done.sha256, Some(Sha256::of(&whole)));
    desk.taken(&id);
}

#[test]
fn a_cancel_keeps_what_arrived() {
    let desk = Desk::new();
    let whole = bytes(5 << 20);
    let id = desk.begin("a", whole.len() as u64);
    let watch = CountingWatch::cancel_after(2 << 20);
    let canceled = desk
        .vault
        .append(&id, Piece::at(0), &mut &whole[..], ROOM, &watch);
    assert_eq!(code(canceled), "canceled");
    assert_eq!(desk.offset(&id), 2 << 20);
    desk.send(&id, 2 << 20, &whole[2 << 20..]).unwrap();
    desk.taken(&id);
}

#[test]
fn one_sends_at_a_time() {
    let desk = Desk::new();
    let id = desk.begin("a", 10);
    let mut tried = 0;
    let mut other = Then(b"12345", || {
        tried += 1;
        assert_eq!(code(desk.send(&id, 0, b"abcde")), "upload_busy");
        assert_eq!(
            code(desk.vault.declare_length(&id, 9, ROOM)),
            "upload_length"
        );
        assert_eq!(
            code(desk.vault.terminate_upload(&id, &desk.act)),
            "upload_busy"
        );
        Ok(0)
    });
    desk.send_from(&id, Piece::at(0), &mut other).unwrap();
    assert_eq!(tried, 1);
    assert_eq!(std::fs::read(desk.file(&id)).unwrap(), b"12345");
    desk.send(&id, 5, b"67890").unwrap();
    desk.taken(&id);
}

#[test]
fn it_is_kept_every_eight_mib_and_every_second() {
    let desk = Desk::new();
    let whole = bytes(9 << 20);
    let id = desk.begin("a", None);
    let mut seen = 0;
    let mut slow = Then(&whole, || {
        seen = desk.offset(&id);
        Ok(0)
    });
    desk.send_from(&id, Piece::at(0), &mut slow).unwrap();
    assert_eq!(seen, 8 << 20);
    let offset = desk.offset(&id);
    assert_eq!(offset, 9 << 20);
    // A trickle: each read gives one byte, and the clock goes on by 400 ms.
    let mut given = 0;
    let mut kept = Vec::new();
    let mut trickle = Trickle(|buffer: &mut [u8]| {
        kept.push(desk.offset(&id) - offset);
        if given == 7 {
            return 0;
        }
        given += 1;
        desk.clock.advance_ms(400);
        buffer[0] = 7;
        1
    });
    desk.send_from(&id, Piece::at(offset), &mut trickle)
        .unwrap();
    assert_eq!(kept, [0, 0, 0, 3, 3, 3, 6, 6]);
    assert_eq!(desk.offset(&id) - offset, 7);
}

struct Trickle<F: FnMut(&mut [u8]) -> usize>(F);

impl<F: FnMut(&mut [u8]) -> usize> io::Read for Trickle<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok((self.0)(buffer))
    }
}
