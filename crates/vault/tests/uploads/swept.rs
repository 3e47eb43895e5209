//! What nobody comes back for goes, each in its time.

use std::fs;

use store::RunId;
use vault::{SweptUploads, UploadId};

use crate::support::{Desk, code};

fn sweep(desk: &Desk, known: &[&str]) -> SweptUploads {
    let known = |run: &RunId| known.contains(&run.to_string().as_str());
    let swept = desk.vault.sweep_uploads(desk.now(), &known).unwrap();
    desk.sound();
    swept
}

fn there(desk: &Desk, ids: &[&UploadId]) -> Vec<bool> {
    ids.iter().map(|id| desk.vault.upload(id).is_ok()).collect()
}

#[test]
fn each_in_its_time() {
    let desk = Desk::new();
    let half = desk.begin("half", 10);
    desk.send(&half, 0, b"12345").unwrap();
    let [whole, pinned, of_run, taken] =
        ["whole", "pinned", "of run", "taken"].map(|name| desk.sent(name, name.as_bytes()));
    for (run, id) in [("gone", &pinned), ("lives", &of_run)] {
        let ids = std::slice::from_ref(id);
        desk.vault
            .pin_uploads(&desk.project, &RunId::from(run), ids, &desk.act)
            .unwrap();
    }
    desk.taken(&taken);
    let all = [&half, &whole, &pinned, &of_run, &taken];
    // Not a moment before.
    desk.days(1);
    assert_eq!(sweep(&desk, &["lives"]), SweptUploads::default());
    // A byte more, and the day begins anew.
    desk.send(&half, 5, b"6").unwrap();
    desk.clock.advance_ms(1);
    let swept = sweep(&desk, &["lives"]);
    assert_eq!((swept.uploads, swept.bytes), (1, 5));
    assert_eq!(there(&desk, &all), [true, false, true, true, true]);
    assert!(!desk.file(&whole).exists());
    desk.days(1);
    assert_eq!(sweep(&desk, &["lives"]).uploads, 1);
    assert_eq!(there(&desk, &all), [false, false, true, true, true]);
    desk.days(5);
    let swept = sweep(&desk, &["lives"]);
    assert_eq!((swept.uploads, swept.taken, swept.bytes), (1, 1, 6));
    assert_eq!(there(&desk, &all), [false, false, false, true, false]);
    desk.days(100);
    assert_eq!(sweep(&desk, &["lives"]), SweptUploads::default());
    assert_eq!(desk.items(), 1);
}

#[test]
fn leftovers_of_a_crash_go_and_nothing_else() {
    let desk = Desk::new();
    let id = desk.sent("a", b"a");
    let folder = desk.vault.root().uploads();
    let old = std::time::SystemTime::UNIX_EPOCH;
    let make = |name: &str| {
        let path = folder.join(name);
        let file = fs::File::create(&path).unwrap();
        file.set_len(7).unwrap();
        file.set_modified(old).unwrap();
        path
    };
    let nobody = make("0123456789abcdef0123456789abcdef");
    let foreign = make("notes.txt");
    let fresh = make("fedcba9876543210fedcba9876543210");
    let day_ago = std::time::SystemTime::UNIX_EPOCH
        + std::time::Duration::from_micros(u64::try_from(desk.now().unix_micros()).unwrap());
    fs::File::open(&fresh)
        .unwrap()
        .set_modified(day_ago)
        .unwrap();
    fs::File::open(desk.file(&id))
        .unwrap()
        .set_modified(old)
        .unwrap();
    let held = make("00000000000000000000000000000000");
    let holding = fs::File::open(&held).unwrap();
    holding.lock().unwrap();
    let swept = sweep(&desk, &[]);
    assert_eq!((swept.leftovers, swept.bytes, swept.uploads), (1, 7, 0));
    assert!(!nobody.exists());
    assert!(foreign.exists() && fresh.exists() && held.exists() && desk.file(&id).exists());
    assert_eq!(desk.taken(&id), 1);
}

#[test]
fn what_is_being_sent_is_left_alone() {
    let desk = Desk::new();
    let id = desk.begin("a", 2);
    desk.days(3);
    let mut swept = None;
    let mut from = crate::support::Then(b"1", || {
        swept = Some(sweep(&desk, &[]));
        Ok(0)
    });
    desk.send_from(&id, vault::Piece::at(0), &mut from).unwrap();
    assert_eq!(swept, Some(SweptUploads::default()));
    desk.vault.terminate_upload(&id, &desk.act).unwrap();
    assert_eq!(
        code(desk.vault.terminate_upload(&id, &desk.act)),
        "upload_unknown"
    );
}
