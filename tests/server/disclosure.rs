//! Whoever asks from elsewhere learns what is wrong, and not where on this machine.

use std::fs;

use support::http::Answer;
use support::program::Room;
use support::server::{Running, Server};

#[track_caller]
fn tells_no_place(room: &Room, answer: &Answer) {
    let told = String::from_utf8_lossy(&answer.body);
    let place = room.path("").display().to_string();
    assert!(!told.contains(place.trim_end_matches('/')), "{told}");
}

#[test]
fn a_run_that_fails_tells_no_place() {
    let room = Room::new();
    crate::sealed_case(&room);
    let server = Server::start(&room);
    let _worker = Running::worker(&room);
    let keys = room.runtime("keys");
    assert!(keys.exists(), "{}", keys.display());
    fs::rename(&keys, room.path("elsewhere")).unwrap();
    let run = server.post("/api/v1/bundles", r#"{"full":true}"#).is(202);
    let failed = server.ended(&run.json());
    assert_eq!(failed["error"]["code"], "key_missing", "{failed}");
    let path = format!("/api/v1/runs/{}", failed["id"].as_str().unwrap());
    for path in [path.clone(), format!("{path}/log"), format!("{path}/items")] {
        tells_no_place(&room, &server.get(&path).is(200));
    }
}

#[test]
fn bytes_that_are_lost_tell_no_place() {
    let room = Room::new();
    crate::sealed_case(&room);
    let item = room.run(&["show", "3", "--json"]).ends(0).document();
    fs::remove_file(room.blob(item["sha256"].as_str().unwrap())).unwrap();
    let server = Server::start(&room);
    let lost = server.get("/api/v1/documents/3/content").is(422);
    tells_no_place(&room, &lost);
    assert_eq!(lost.code(), "blob_missing");
}
