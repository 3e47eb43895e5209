//! Runs: asked for at the server, done by a worker in a process of its own.

use std::fs;
use std::time::Duration;

use support::program::Room;
use support::server::{Running, Server};

#[test]
fn a_worker_of_its_own_seals_and_the_package_is_there() {
    let room = Room::new();
    crate::sealed_case(&room);
    room.write("files/4.txt", "new");
    room.run(&["ingest", "files/4.txt"]).ends(0);
    let server = Server::start(&room);
    let asked = server
        .post("/api/v1/bundles", r#"{"label":"later"}"#)
        .is(202);
    let run = asked.json();
    let place = format!("/api/v1/runs/{}", run["id"].as_str().unwrap());
    assert_eq!(asked.header("location"), Some(place.as_str()));
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(
        server.get(&place).json()["state"],
        "queued",
        "nobody works yet"
    );
    let worker = Running::worker(&room);
    let done = server.ended(&run);
    assert_eq!(done["state"], "succeeded", "{done}");
    assert_eq!(done["result"]["number"], 2);
    assert_eq!(done["steps"][0]["state"], "done");
    let sha256 = done["result"]["sha256"].as_str().unwrap();
    let bundle = server
        .get(&format!("/api/v1/bundles/{sha256}"))
        .is(200)
        .json();
    assert_eq!(bundle["label"], "later");
    let workers = server.get("/api/v1/workers").is(200).json();
    assert_eq!(workers["items"][0]["alive"], true);
    let entries = server.get("/api/v1/ledger?limit=1000").json();
    let entries = entries["items"].as_array().unwrap();
    let seal = entries.iter().rev().find(|entry| entry["type"] == "SEAL");
    assert_eq!(seal.unwrap()["source"]["actor"]["name"], "shared token");
    assert_eq!(worker.terminate().0, Some(0));
}

#[test]
fn the_same_key_is_the_same_run() {
    let room = Room::new();
    crate::sealed_case(&room);
    let server = Server::working(&room);
    let ask = |label: &str| {
        let headers = [
            ("Idempotency-Key", "k-1"),
            ("Content-Type", "application/json"),
        ];
        let body = format!(r#"{{"label":"{label}","full":true}}"#);
        server.send("POST", "/api/v1/bundles", &headers, body.as_bytes())
    };
    let first = ask("one").is(202).json();
    server.ended(&first);
    assert_eq!(ask("one").is(202).json()["id"], first["id"]);
    assert_eq!(ask("two").is(409).code(), "idempotency_conflict");
    let bundles = server.get("/api/v1/bundles").json();
    assert_eq!(
        bundles["items"].as_array().unwrap().len(),
        2,
        "sealed once more, and only once"
    );
}

/// Wherever a worker dies, another one finishes the run, and the package is made once.
#[test]
fn a_worker_that_is_killed_is_followed_by_another() {
    let room = Room::new();
    room.write("files/large.bin", vec![7; 150 << 20]);
    room.run(&["ingest", "files"]).ends(0);
    let server = Server::start(&room);
    let first = Running::worker(&room);
    let run = server.post("/api/v1/bundles", "{}").is(202).json();
    let path = format!("/api/v1/runs/{}", run["id"].as_str().unwrap());
    while server.get(&path).json()["state"] == "queued" {
        std::thread::sleep(Duration::from_millis(5));
    }
    first.kill();
    let struck = server.get(&path).json();
    assert_eq!(
        struck["state"], "running",
        "struck too late to prove anything: {struck}"
    );
    let _second = Running::worker(&room);
    let done = server.ended(&run);
    assert_eq!(
        (&done["state"], &done["attempts"]),
        (&"succeeded".into(), &2.into()),
        "{done}"
    );
    let bundles = server.get("/api/v1/bundles").json();
    let bundles = bundles["items"].as_array().unwrap();
    assert_eq!(bundles.len(), 1, "{bundles:?}");
    assert_eq!(bundles[0]["sha256"], done["result"]["sha256"]);
    room.run(&["ledger", "--verify"]).ends(0);
    assert_eq!(fs::read_dir(room.bundles()).unwrap().count(), 1);
}

#[test]
fn what_waits_is_canceled_and_tried_again() {
    let room = Room::new();
    crate::sealed_case(&room);
    let server = Server::start(&room);
    let run = server
        .post("/api/v1/bundles", r#"{"full":true}"#)
        .is(202)
        .json();
    let path = format!("/api/v1/runs/{}", run["id"].as_str().unwrap());
    let post = |what: &str| server.send("POST", &format!("{path}/{what}"), &[], b"");
    assert_eq!(post("retry").is(409).code(), "run_not_ended");
    assert_eq!(post("cancel").is(200).json()["state"], "canceled");
    assert_eq!(post("retry").is(200).json()["state"], "queued");
    let _worker = Running::worker(&room);
    assert_eq!(server.ended(&run)["state"], "succeeded");
    assert_eq!(post("cancel").is(409).code(), "run_ended");
}

#[test]
fn a_locked_key_fails_the_run_and_it_is_tried_again_when_unlocked() {
    let room = Room::new();
    crate::sealed_case(&room);
    let lock = room
        .command(&["keys", "lock"])
        .env("FG_KEY_NEW_PASSPHRASE", "correct horse")
        .output();
    assert!(lock.unwrap().status.success());
    let server = Server::start(&room);
    let locked = Running::worker(&room);
    let run = server
        .post("/api/v1/bundles", r#"{"full":true}"#)
        .is(202)
        .json();
    let failed = server.ended(&run);
    assert_eq!(failed["error"]["code"], "key_locked", "{failed}");
    drop(locked);
    let mut command = room.command(&["worker"]);
    command.env("FG_KEY_PASSPHRASE", "correct horse");
    let _unlocked = Running {
        child: command.spawn().unwrap(),
    };
    let path = format!("/api/v1/runs/{}/retry", run["id"].as_str().unwrap());
    server.send("POST", &path, &[], b"").is(200);
    assert_eq!(server.ended(&run)["state"], "succeeded");
}
