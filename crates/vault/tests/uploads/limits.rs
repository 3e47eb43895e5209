//! What is too large is refused before anything is written; the reserve stays free.

use store::Unwatched;
use vault::{Piece, Room, Sending};

use crate::support::{Desk, ROOM, bytes, code};

#[test]
fn too_large_is_refused_before_a_byte_is_written() {
    let desk = Desk::new();
    let room = Room {
        most: Some(9),
        reserve: 0,
    };
    let begin = |length| {
        let sending = Sending {
            path: "a",
            length,
            ..Sending::default()
        };
        desk.vault
            .begin_upload(&desk.project, &sending, room, &desk.act)
    };
    assert_eq!(code(begin(Some(10))), "upload_too_large");
    assert_eq!(desk.vault.uploads(&desk.project, 0, 10).unwrap(), []);
    assert!(begin(Some(9)).is_ok());
    // Where the length is not known, as soon as it is more.
    let id = begin(None).unwrap().id;
    let send = |offset, bytes: &[u8]| {
        desk.vault
            .append(&id, Piece::at(offset), &mut &bytes[..], room, &Unwatched)
    };
    send(0, b"12345").unwrap();
    assert_eq!(code(send(5, b"67890")), "upload_too_large");
    assert_eq!(desk.offset(&id), 5);
    assert_eq!(
        code(desk.vault.declare_length(&id, 10, room)),
        "upload_too_large"
    );
    send(5, b"6789").unwrap();
    assert!(desk.vault.declare_length(&id, 9, room).unwrap().is_whole());
    desk.taken(&id);
}

#[test]
fn the_reserve_stays_free() {
    let desk = Desk::new();
    let free = store::available(&desk.root()).unwrap();
    let sending = Sending {
        path: "a",
        length: Some(free),
        ..Sending::default()
    };
    let room = |reserve| Room {
        most: None,
        reserve,
    };
    let begin = |room| {
        desk.vault
            .begin_upload(&desk.project, &sending, room, &desk.act)
    };
    let error = begin(room(1 << 40)).unwrap_err();
    assert_eq!(error.code(), "disk_reserve");
    assert!(error.is_environment() && error.place().is_some());
    assert_eq!(desk.vault.uploads(&desk.project, 0, 10).unwrap(), []);
    let id = desk.begin("b", None);
    // Also of one whose length nobody knows.
    let whole = bytes(10 << 20);
    let full = desk.vault.append(
        &id,
        Piece::at(0),
        &mut &whole[..],
        room(u64::MAX),
        &Unwatched,
    );
    assert_eq!(code(full), "disk_reserve");
    assert_eq!(desk.offset(&id), 0);
    let sent = desk
        .vault
        .append(&id, Piece::at(0), &mut &whole[..], ROOM, &Unwatched);
    assert_eq!(sent.unwrap().offset(), 10 << 20);
    desk.sound();
}
