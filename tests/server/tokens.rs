//! Who may.

use std::fs;

use support::http::send;
use support::program::Room;
use support::server::{Server, TOKEN};

#[test]
fn nothing_is_told_without_the_token() {
    let room = Room::new();
    let server = Server::start(&room);
    let ask =
        |headers: &[(&str, &str)]| send(&server.address, "GET", "/api/v1/projects", headers, b"");
    let refused = ask(&[]).is(401);
    assert_eq!(refused.code(), "unauthenticated");
    assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
    for wrong in [
        "Bearer wrong",
        "Bearer ",
        "Basic a-token-for-tests",
        "a-token-for-tests",
    ] {
        ask(&[("Authorization", wrong)]).is(401);
    }
    ask(&[("X-API-Key", "wrong")]).is(401);
    ask(&[("Authorization", &format!("Bearer {TOKEN}"))]).is(200);
    ask(&[("Authorization", &format!("bearer {TOKEN}"))]).is(200);
    ask(&[("X-API-Key", TOKEN)]).is(200);
    // A cookie that somebody made up is none.
    ask(&[("Cookie", "fg_=; fg_0000000000000000=")]).is(401);
    for open in ["/healthz", "/readyz", "/metrics", "/api/v1/openapi.json"] {
        send(&server.address, "GET", open, &[], b"").is(200);
    }
}

#[test]
fn acts_with_the_shared_token_are_recorded_as_such() {
    let room = Room::new();
    let server = Server::start(&room);
    server
        .post("/api/v1/projects", r#"{"name":"bridge"}"#)
        .is(201);
    let entries = server.get("/api/v1/ledger?project=bridge").is(200).json();
    let actor = &entries["items"][0]["source"]["actor"];
    assert_eq!(
        (&actor["name"], &actor["by"]),
        (&"shared token".into(), &"token".into())
    );
    let again = server.post("/api/v1/projects", r#"{"name":"bridge"}"#);
    assert_eq!(again.is(409).code(), "project_exists");
}

#[test]
fn a_server_that_others_reach_needs_a_token() {
    let room = Room::new();
    let ran = room
        .run(&["serve", "--host", "0.0.0.0", "--port", "0"])
        .ends(2);
    assert!(ran.err.starts_with("error[token_missing]"), "{}", ran.err);
    assert!(ran.err.contains("FG_API_TOKEN"), "{}", ran.err);
}

#[test]
fn a_token_from_a_file_serves_as_well() {
    let room = Room::new();
    let file = room.write("token", format!("{TOKEN}\n"));
    let named = [("FG_API_TOKEN_FILE", file.to_str().unwrap())];
    let server = Server::with(&room, &[], &named);
    send(&server.address, "GET", "/api/v1/projects", &[], b"").is(401);
    server.get("/api/v1/projects").is(200);
    let shown = room
        .command(&["config"])
        .env("FG_API_TOKEN", TOKEN)
        .output()
        .unwrap();
    assert!(!String::from_utf8(shown.stdout).unwrap().contains(TOKEN));
}

#[test]
fn a_person_has_a_token_of_their_own_which_can_be_taken_back() {
    let room = Room::new();
    crate::sealed_case(&room);
    let server = Server::start(&room);
    let add = |name: &str, more: &[&str]| {
        let arguments = [&["tokens", "add", name, "--json"], more].concat();
        let made = room.run(&arguments).ends(0).document();
        format!("Bearer {}", made["token"].as_str().unwrap())
    };
    let (anna, reader) = (
        add("Anna", &["--role", "capture"]),
        add("Bo", &["--role", "read"]),
    );
    let old = add("Cy", &["--role", "admin", "--expires", "2020-01-01"]);
    let ask = |token: &str, method: &str, path: &str, body: &[u8]| {
        send(
            &server.address,
            method,
            path,
            &[("Authorization", token)],
            body,
        )
    };
    ask(&old, "GET", "/api/v1/documents", b"").is(401);
    ask(&reader, "GET", "/api/v1/documents/3/content", b"").is(200);
    let refused = ask(&reader, "POST", "/api/v1/documents?name=x", b"x").is(403);
    assert_eq!(refused.code(), "forbidden");
    ask(&anna, "POST", "/api/v1/documents?name=x", b"x").is(201);
    ask(&anna, "POST", "/api/v1/projects", b"{}").is(403);
    let entries = server.get("/api/v1/ledger?limit=1000").json();
    let entries = entries["items"].as_array().unwrap();
    let capture = entries
        .iter()
        .rev()
        .find(|entry| entry["type"] == "CAPTURE")
        .unwrap();
    assert_eq!(capture["source"]["actor"]["name"], "Anna");
    assert_eq!(capture["source"]["actor"]["by"], "token");

    let shown = format!(r#"{{"token":"{}"}}"#, anna.strip_prefix("Bearer ").unwrap());
    let json = [("Content-Type", "application/json")];
    let session = send(
        &server.address,
        "POST",
        "/api/v1/session",
        &json,
        shown.as_bytes(),
    );
    let session = session.is(204).header("set-cookie").unwrap().to_owned();
    let cookie = [("Cookie", session.split(';').next().unwrap())];
    send(&server.address, "GET", "/api/v1/projects", &cookie, b"").is(200);
    room.run(&["tokens", "revoke", "Anna"]).ends(0);
    ask(&anna, "GET", "/api/v1/documents", b"").is(401);
    send(&server.address, "GET", "/api/v1/projects", &cookie, b"").is(401);
    let again = room
        .run(&["tokens", "add", "Anna", "--role", "read"])
        .ends(1);
    assert!(
        again.err.starts_with("error[token_exists]"),
        "{}",
        again.err
    );
    let listed = room.run(&["tokens"]).ends(0).out;
    assert!(
        listed.contains("Anna") && listed.contains("revoked"),
        "{listed}"
    );
    let kept = fs::read(room.data().join("fieldgrade_ui/runtime/jobs.sqlite")).unwrap();
    let secret = reader.strip_prefix("Bearer ").unwrap().as_bytes();
    assert!(
        !kept.windows(secret.len()).any(|part| part == secret),
        "the secret is kept"
    );
}

#[test]
fn a_token_counts_also_where_none_is_needed() {
    let room = Room::new();
    crate::sealed_case(&room);
    let made = room
        .run(&["tokens", "add", "Anna", "--role", "read", "--json"])
        .ends(0);
    let anna = format!("Bearer {}", made.document()["token"].as_str().unwrap());
    let server = Server::with(&room, &[], &[]);
    let ask = |token: &str, method: &str, path: &str| {
        send(
            &server.address,
            method,
            path,
            &[("Authorization", token)],
            b"",
        )
    };
    ask(&anna, "GET", "/api/v1/documents").is(200);
    assert_eq!(
        ask(&anna, "POST", "/api/v1/documents?name=x")
            .is(403)
            .code(),
        "forbidden"
    );
    ask("Bearer mistaken", "GET", "/api/v1/documents").is(401);
    send(
        &server.address,
        "POST",
        "/api/v1/documents?name=x",
        &[],
        b"",
    )
    .is(201);
}
