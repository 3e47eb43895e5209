//! What an upload says of itself while it arrives.

use bundle::Sha256;
use vault::Sending;

use crate::support::{Desk, ROOM, bytes, code};

#[test]
fn it_says_how_far_it_is() {
    let desk = Desk::new();
    let whole = bytes(3_000_000);
    let upload = desk
        .begin_as(&Sending {
            path: "Fotos/IMG 1.jpg",
            length: Some(3_000_000),
            modified: Some((1_700_000_000, 5_000_000)),
            sha256: Some(Sha256::of(&whole)),
            meta: "filename SU1H",
        })
        .unwrap();
    assert_eq!(upload.modified_utc, "2023-11-14T22:13:20.005000000+00:00");
    assert_eq!((upload.offset(), upload.is_whole()), (0, false));
    let half = desk.send(&upload.id, 0, &whole[..2_000_000]).unwrap();
    assert_eq!((half.offset(), half.sha256), (2_000_000, None));
    let done = desk
        .send(&upload.id, 2_000_000, &whole[2_000_000..])
        .unwrap();
    assert_eq!(done.sha256, Some(Sha256::of(&whole)));
    assert_eq!(std::fs::read(desk.file(&upload.id)).unwrap(), whole);
    assert_eq!(
        desk.vault.uploads(&desk.project, 0, 10).unwrap(),
        std::slice::from_ref(&done)
    );
    assert_eq!(desk.vault.uploads(&desk.project, done.seq, 10).unwrap(), []);
    // To ask it for its end again is no mistake; to send more is.
    assert_eq!(desk.send(&upload.id, 3_000_000, b"").unwrap(), done);
    assert_eq!(
        code(desk.send(&upload.id, 3_000_000, b"x")),
        "upload_length"
    );
    desk.sound();
}

#[test]
fn a_wrong_offset_is_told_the_right_one() {
    let desk = Desk::new();
    let id = desk.begin("a", 10);
    desk.send(&id, 0, b"12345").unwrap();
    for wrong in [0, 4, 6] {
        let error = desk.send(&id, wrong, b"678").unwrap_err();
        assert_eq!(error.code(), "upload_offset");
        assert!(
            error.to_string().contains(&format!("at 5, not at {wrong}")),
            "{error}"
        );
    }
    assert_eq!(desk.offset(&id), 5);
    desk.send(&id, 5, b"67890").unwrap();
    for wrong in [0, 5] {
        assert_eq!(code(desk.send(&id, wrong, b"67890")), "upload_offset");
    }
    desk.taken(&id);
}

#[test]
fn the_length_may_be_said_late() {
    let desk = Desk::new();
    let id = desk.begin("a", None);
    desk.send(&id, 0, b"12345").unwrap();
    assert!(!desk.vault.upload(&id).unwrap().is_whole());
    let declare = |length| desk.vault.declare_length(&id, length, ROOM);
    assert_eq!(code(declare(4)), "upload_length");
    assert_eq!(declare(8).unwrap().length, Some(8));
    assert_eq!(declare(8).unwrap().length, Some(8));
    assert_eq!(code(declare(9)), "upload_length");
    assert!(desk.send(&id, 5, b"678").unwrap().is_whole());
    assert!(declare(8).unwrap().is_whole());
    // Or when all is here.
    let id = desk.begin("b", None);
    desk.send(&id, 0, b"12345").unwrap();
    let done = desk.vault.declare_length(&id, 5, ROOM).unwrap();
    assert_eq!(done.sha256, Some(Sha256::of(b"12345")));
    desk.taken(&id);
}

#[test]
fn an_empty_file_is_whole_at_once() {
    let desk = Desk::new();
    let id = desk.sent("empty.txt", b"");
    assert_eq!(desk.taken(&id), 1);
    let item = desk.vault.item(&desk.project, 1).unwrap();
    assert_eq!((item.size, item.raw_sha256), (0, Sha256::of(b"")));
}

#[test]
fn more_than_was_said_is_not_taken() {
    let desk = Desk::new();
    let id = desk.begin("a", 5);
    assert_eq!(code(desk.send(&id, 0, b"123456")), "upload_length");
    assert_eq!(desk.offset(&id), 0);
    desk.send(&id, 0, b"12345").unwrap();
    assert_eq!(desk.taken(&id), 1);
}

#[test]
fn what_is_said_of_it_must_be_recordable() {
    let desk = Desk::new();
    let long = "m".repeat(16_385);
    for bad in [
        Sending {
            path: "../x",
            ..Sending::default()
        },
        Sending {
            path: "",
            ..Sending::default()
        },
        Sending {
            path: "a",
            modified: Some((i64::MAX, 0)),
            ..Sending::default()
        },
        Sending {
            path: "a",
            meta: &long,
            ..Sending::default()
        },
    ] {
        assert_eq!(code(desk.begin_as(&bad)), "upload_invalid", "{bad:?}");
    }
    assert_eq!(desk.vault.uploads(&desk.project, 0, 10).unwrap(), []);
    let nobody = "0".repeat(32).parse().unwrap();
    assert_eq!(code(desk.vault.upload(&nobody)), "upload_unknown");
    assert_eq!(code(desk.send(&nobody, 0, b"x")), "upload_unknown");
    assert!(!desk.file(&nobody).exists());
}

#[test]
fn a_wrong_digest_keeps_nothing() {
    let desk = Desk::new();
    let sending = Sending {
        path: "a",
        length: Some(5),
        sha256: Some(Sha256::of(b"12345")),
        ..Sending::default()
    };
    let id = desk.begin_as(&sending).unwrap().id;
    desk.send(&id, 0, b"12").unwrap();
    assert_eq!(code(desk.send(&id, 2, b"346")), "upload_digest");
    let after = desk.vault.upload(&id).unwrap();
    assert_eq!((after.offset(), after.is_whole()), (0, false));
    assert_eq!(
        code(desk.take(std::slice::from_ref(&id))),
        "upload_unavailable"
    );
    assert!(desk.send(&id, 0, b"12345").unwrap().is_whole());
    assert_eq!(desk.taken(&id), 1);
}
