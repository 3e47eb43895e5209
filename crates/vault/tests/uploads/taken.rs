//! Uploads become items, each once.

use std::os::unix::fs::MetadataExt;

use bundle::Sha256;
use bundle::canon::Value;
use store::Unwatched;
use vault::{Intake, ItemStatus, Sending, UploadId};

use crate::support::{Desk, bytes};

#[test]
fn it_moves_into_the_store_and_is_on_record() {
    let desk = Desk::new();
    let whole = bytes(100_000);
    let sending = Sending {
        path: "Fotos/IMG 1.txt",
        length: Some(100_000),
        modified: Some((1_700_000_000, 5_000_000)),
        ..Sending::default()
    };
    let id = desk.begin_as(&sending).unwrap().id;
    desk.send(&id, 0, &whole).unwrap();
    let inode = std::fs::metadata(desk.file(&id)).unwrap().ino();
    let intake = Intake {
        from: Some("Karl".to_owned()),
        ..Intake::default()
    };
    let mut outcomes = Vec::new();
    let report = desk.vault.capture_uploads(
        &desk.project,
        std::slice::from_ref(&id),
        &intake,
        &desk.act,
        &Unwatched,
        &mut |item| outcomes.push(item.clone()),
    );
    let report = report.unwrap();
    assert_eq!(
        (report.intake, report.captured, report.bytes),
        (Some(1), 1, 100_000)
    );
    assert_eq!(outcomes[0].upload.as_ref(), Some(&id));
    let blob = std::fs::metadata(desk.blob(&whole)).unwrap();
    assert_eq!(blob.ino(), inode, "it was copied");
    assert_eq!(blob.mode() & 0o222, 0);
    assert!(!desk.file(&id).exists());
    let item = desk.vault.item(&desk.project, 1).unwrap();
    assert_eq!((item.raw_sha256, item.size), (Sha256::of(&whole), 100_000));
    assert_eq!(
        (item.name.as_str(), item.path.as_str()),
        ("IMG 1.txt", "Fotos/IMG 1.txt")
    );
    let text = |text: &str| Some(Value::from(text));
    let (content, source, _) = desk.entries("INTAKE").remove(0);
    assert_eq!(content.get("source_kind").cloned(), text("upload"));
    assert_eq!(content.get("file_system").cloned(), text("unknown"));
    assert_eq!(
        content.get("times_read").cloned(),
        Some(Value::Array(Vec::new()))
    );
    assert_eq!(source.get("from").cloned(), text("Karl"));
    let (_, source, machine) = desk.entries("CAPTURE").remove(0);
    assert_eq!(source.get("name").cloned(), text("IMG 1.txt"));
    assert_eq!(source.get("path").cloned(), text("Fotos/IMG 1.txt"));
    assert_eq!(
        source.get("modified_utc").cloned(),
        text("2023-11-14T22:13:20.005000000+00:00")
    );
    let machine = machine.unwrap();
    assert!(machine.get("host").is_some() && machine.get("absolute_path").is_none());
    let taken = desk.vault.upload(&id).unwrap().taken.unwrap();
    assert_eq!((taken.item, Some(taken.capture)), (1, outcomes[0].id));
    desk.sound();
}

#[test]
fn twice_is_once() {
    let desk = Desk::new();
    let ids = ["b", "a", "c"].map(|name| desk.sent(name, name.as_bytes()));
    let first = desk.take(&ids).unwrap();
    let paths: Vec<&str> = first.1.iter().map(|item| item.path.as_str()).collect();
    assert_eq!(paths, ["a", "b", "c"]);
    let size = desk.vault.ledger_size(&desk.project).unwrap();
    let desk = desk.reopen();
    assert_eq!(desk.take(&ids).unwrap(), first);
    // Together with a new one, and named twice.
    let new = desk.sent("d", b"d");
    let more: Vec<UploadId> = ids.iter().chain([&new, &new]).cloned().collect();
    let (report, outcomes) = desk.take(&more).unwrap();
    assert_eq!(
        (report.intake, report.captured, outcomes.len()),
        (Some(2), 4, 4)
    );
    assert_eq!(outcomes[..3], first.1);
    assert_eq!(desk.items(), 4);
    assert_eq!(desk.vault.ledger_size(&desk.project).unwrap(), size + 2);
}

#[test]
fn two_at_the_same_moment_are_one() {
    let desk = Desk::new();
    let ids: Vec<UploadId> = (0..40)
        .map(|n| desk.sent(&format!("{n}"), format!("{n}").as_bytes()))
        .collect();
    let (one, two) = std::thread::scope(|scope| {
        let one = scope.spawn(|| desk.take(&ids).unwrap());
        let two = scope.spawn(|| desk.take(&ids).unwrap());
        (one.join().unwrap(), two.join().unwrap())
    });
    assert_eq!(one, two);
    assert_eq!(desk.items(), 40);
    assert_eq!(desk.entries("INTAKE").len(), 1);
}

#[test]
fn the_same_bytes_again_are_a_duplicate_and_leave_no_file() {
    let desk = Desk::new();
    let [one, two, three] = ["a", "b", "a"].map(|name| desk.sent(name, b"same"));
    assert_eq!(desk.taken(&one), 1);
    for (id, item, sighting) in [(&two, 2, false), (&three, 1, true)] {
        let (report, outcomes) = desk.take(std::slice::from_ref(id)).unwrap();
        let outcome = &outcomes[0];
        assert_eq!(
            (report.duplicates, outcome.status),
            (1, ItemStatus::Duplicate)
        );
        assert_eq!((outcome.item, outcome.sighting), (Some(item), sighting));
        assert_eq!(outcome.same_as, Some(1));
        assert_eq!(desk.take(std::slice::from_ref(id)).unwrap().1, outcomes);
        assert!(!desk.file(id).exists());
    }
    assert_eq!(desk.items(), 2);
}

#[test]
fn a_run_goes_on_with_the_intake_that_it_had_begun() {
    let desk = Desk::new();
    let ids = ["a", "b"].map(|name| desk.sent(name, name.as_bytes()));
    let (run, act) = desk.run("mine");
    desk.vault
        .pin_uploads(&desk.project, &run, &ids, &desk.act)
        .unwrap();
    // The first time it got no further than one.
    desk.take_as(&ids[..1], &act).unwrap();
    let (report, _) = desk.take_as(&ids, &act).unwrap();
    assert_eq!((report.intake, report.captured), (Some(1), 2));
    assert_eq!(desk.entries("INTAKE").len(), 1);
    // Somebody else begins one of their own.
    let other = desk.sent("c", b"c");
    assert_eq!(desk.take(&[other]).unwrap().0.intake, Some(2));
}

#[test]
fn many_go_in_groups_and_files_go_on_as_before() {
    let desk = Desk::new();
    let ids: Vec<UploadId> = (0..300)
        .map(|n| desk.sent(&format!("{n:03}"), format!("{n}").as_bytes()))
        .collect();
    let (report, outcomes) = desk.take(&ids).unwrap();
    assert_eq!(
        (
            report.captured,
            outcomes.len(),
            desk.entries("INTAKE").len()
        ),
        (300, 300, 1)
    );
    let left = std::fs::read_dir(desk.vault.root().uploads())
        .unwrap()
        .count();
    assert_eq!(left, 0);
    let path = desk.root().join("../a.txt");
    std::fs::write(&path, "a file").unwrap();
    let report = desk.vault.capture(
        &desk.project,
        &[path],
        &Intake::default(),
        &desk.act,
        &Unwatched,
        &mut |_| {},
    );
    assert_eq!(report.unwrap().captured, 1);
    let (content, ..) = desk.entries("INTAKE").remove(1);
    assert_eq!(
        content.get("source_kind").cloned(),
        Some(Value::from("files"))
    );
    desk.sound();
}
