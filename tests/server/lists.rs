//! Lists, and what is asked wrongly.

use support::program::Room;
use support::server::Server;

#[test]
fn a_list_is_read_page_by_page() {
    let room = Room::new();
    for n in 0..7 {
        room.write(&format!("files/{n}.txt"), format!("number {n}"));
    }
    room.run(&["ingest", "files"]).ends(0);
    let server = Server::start(&room);
    for (list, key, count) in [("documents", "item", 7), ("ledger", "seq", 16)] {
        let (mut after, mut seen) = (String::new(), Vec::new());
        loop {
            let page = server
                .get(&format!("/api/v1/{list}?limit=3{after}"))
                .is(200)
                .json();
            let items = page["items"].as_array().unwrap().clone();
            assert!(items.len() <= 3);
            seen.extend(items.iter().map(|item| item[key].as_u64().unwrap()));
            let Some(next) = page["next"].as_str() else {
                break;
            };
            after = format!("&after={next}");
        }
        assert_eq!(seen, (1..=count).collect::<Vec<u64>>(), "{list}");
    }
    let exact = server.get("/api/v1/documents?limit=7").json();
    assert!(exact["next"].is_null(), "a full last page is the last");
}

#[test]
fn what_is_asked_wrongly_is_named_and_nothing_of_the_server_is_told() {
    let room = Room::new();
    crate::sealed_case(&room);
    let server = Server::start(&room);
    for (path, status, code) in [
        ("/api/v1/documents?limit=0", 400, "request_malformed"),
        ("/api/v1/documents?limit=1001", 400, "request_malformed"),
        ("/api/v1/documents?limit=x", 400, "request_malformed"),
        ("/api/v1/documents?after=x", 400, "request_malformed"),
        (
            "/api/v1/documents?after=99999999999999999999",
            400,
            "request_malformed",
        ),
        ("/api/v1/documents?project=none", 404, "project_unknown"),
        ("/api/v1/documents/99", 404, "item_unknown"),
        ("/api/v1/documents/x", 400, "usage"),
        ("/api/v1/documents/99/content", 404, "item_unknown"),
        ("/api/v1/bundles/99", 404, "seal_unknown"),
        ("/api/v1/runs/none", 404, "run_unknown"),
        ("/api/v1/runs/none/log", 404, "run_unknown"),
        ("/api/v1/runs?state=asleep", 400, "request_malformed"),
        ("/api/v1/search", 400, "request_malformed"),
        ("/api/v1/nothing", 404, "no_such_route"),
        ("/%00", 404, "no_such_route"),
    ] {
        let answer = server.get(path).is(status);
        assert_eq!(answer.code(), code, "{path}");
        let told = String::from_utf8(answer.body).unwrap();
        assert!(!told.contains(room.path("").to_str().unwrap()), "{told}");
    }
    let answer = server.send("PUT", "/api/v1/documents", &[], b"").is(405);
    assert_eq!(answer.code(), "method_not_allowed");
    for broken in ["", "{", "[]", r#"{"label":7}"#, r#"{"lable":"x"}"#] {
        let answer = server.post("/api/v1/bundles", broken).is(400);
        assert_eq!(answer.code(), "request_malformed", "{broken}");
    }
    let large = format!(r#"{{"label":"{}"}}"#, "a".repeat(2 << 20));
    let answer = server.post("/api/v1/bundles", &large).is(413);
    assert_eq!(answer.code(), "body_too_large");
    let long = format!(r#"{{"label":"{}"}}"#, "ä".repeat(1001));
    let answer = server.post("/api/v1/bundles", &long).is(400);
    assert_eq!(answer.code(), "invalid_run");
}

#[test]
fn words_are_found_and_stay_in_their_case() {
    let room = Room::new();
    crate::sealed_case(&room);
    let server = Server::start(&room);
    server
        .post("/api/v1/projects", r#"{"name":"other"}"#)
        .is(201);
    let found = server.get("/api/v1/search?q=crack").is(200).json();
    assert_eq!(found["total"], 1);
    assert_eq!(found["items"][0]["item"], 1);
    let other = server
        .get("/api/v1/search?q=crack&project=other")
        .is(200)
        .json();
    assert_eq!(other["total"], 0);
    let check = server.get("/api/v1/ledger/verify").is(200).json();
    assert_eq!(check["findings"].as_array().unwrap().len(), 0);
}
