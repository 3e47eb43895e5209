//! Uploads that are kept for a run.

use store::RunId;
use vault::{UploadId, VaultError};

use crate::support::{Desk, ROOM, code};

#[test]
fn all_that_cannot_be_used_are_named() {
    let desk = Desk::new();
    let [good, other, taken] =
        ["good", "other", "taken"].map(|name| desk.sent(name, name.as_bytes()));
    let half = desk.begin("half", 10);
    desk.send(&half, 0, b"123").unwrap();
    let unknown: UploadId = "0123456789abcdef0123456789abcdef".parse().unwrap();
    let (mine, his) = (RunId::from("mine"), RunId::from("his"));
    let pin =
        |run: &RunId, ids: &[UploadId]| desk.vault.pin_uploads(&desk.project, run, ids, &desk.act);
    pin(&his, std::slice::from_ref(&other)).unwrap();
    let item = desk.taken(&taken);
    let all = [
        good.clone(),
        other.clone(),
        taken.clone(),
        half.clone(),
        unknown.clone(),
    ];
    let error = pin(&mine, &all).unwrap_err();
    assert_eq!(error.code(), "upload_unavailable");
    assert_eq!(
        error.to_string(),
        format!(
            "these uploads cannot be used: {other} is kept for another run; {taken} is item {item} already; \
             {half} has not arrived yet (3 of 10 bytes); {unknown} is unknown"
        )
    );
    // All or none.
    assert_eq!(desk.vault.upload(&good).unwrap().run_id, None);
    // Another case knows nothing of it.
    let naming = vault::Naming::default();
    let case = desk
        .vault
        .create_project("second", &naming, &desk.act)
        .unwrap();
    let walled = desk
        .vault
        .pin_uploads(&case, &mine, std::slice::from_ref(&good), &desk.act);
    assert!(matches!(walled, Err(VaultError::Upload(_))), "{walled:?}");
    let pinned = pin(&mine, std::slice::from_ref(&good)).unwrap();
    assert_eq!(pinned[0].run_id.as_deref(), Some("mine"));
    assert_eq!(pin(&mine, std::slice::from_ref(&good)).unwrap(), pinned);
    desk.sound();
}

#[test]
fn only_its_run_takes_it() {
    let desk = Desk::new();
    let id = desk.sent("a", b"a");
    let ids = std::slice::from_ref(&id);
    let (run, act) = desk.run("mine");
    desk.vault
        .pin_uploads(&desk.project, &run, ids, &desk.act)
        .unwrap();
    assert_eq!(code(desk.take(ids)), "upload_unavailable");
    assert_eq!(
        code(desk.take_as(ids, &desk.run("his").1)),
        "upload_unavailable"
    );
    assert_eq!(
        code(desk.vault.terminate_upload(&id, &desk.act)),
        "upload_unavailable"
    );
    assert_eq!(desk.items(), 0);
    let (_, first) = desk.take_as(ids, &act).unwrap();
    // Asked again, by whomever, it is the same item; and its run may keep it once more.
    assert_eq!(desk.take_as(ids, &act).unwrap().1, first);
    assert_eq!(desk.take(ids).unwrap().1, first);
    desk.vault
        .pin_uploads(&desk.project, &run, ids, &desk.act)
        .unwrap();
    assert_eq!(
        code(desk.vault.terminate_upload(&id, &desk.act)),
        "upload_unavailable"
    );
    assert_eq!(desk.items(), 1);
}

#[test]
fn a_run_that_was_given_up_lets_go() {
    let desk = Desk::new();
    let id = desk.sent("a", b"a");
    let ids = std::slice::from_ref(&id);
    let run = RunId::from("mine");
    desk.vault
        .pin_uploads(&desk.project, &run, ids, &desk.act)
        .unwrap();
    assert_eq!(desk.vault.unpin_uploads(&run).unwrap(), 1);
    assert_eq!(desk.vault.unpin_uploads(&run).unwrap(), 0);
    desk.vault.terminate_upload(&id, &desk.act).unwrap();
    assert_eq!(code(desk.vault.upload(&id)), "upload_unknown");
    assert!(!desk.file(&id).exists());
    assert_eq!(
        code(desk.vault.declare_length(&id, 1, ROOM)),
        "upload_unknown"
    );
    desk.sound();
}
