//! Forms as they should be, and as somebody sends them who means harm: what is refused leaves nothing behind.

use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use support::http::Answer;
use support::program::Room;
use support::server::{Running, Server, TOKEN};

/// A form: name, file name and bytes of each part.
pub fn form(parts: &[(&str, Option<&str>, &[u8])]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, file, bytes) in parts {
        let file = file.map_or(String::new(), |file| format!("; filename=\"{file}\""));
        let head =
            format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--xyz--\r\n");
    ("multipart/form-data; boundary=xyz".to_owned(), body)
}

fn send(server: &Server, body: &[u8]) -> Answer {
    let kind = [("Content-Type", "multipart/form-data; boundary=xyz")];
    server.send("POST", "/api/v1/documents", &kind, body)
}

/// Waits until no upload is left that became no item, and no file of one.
#[track_caller]
fn nothing_is_left(room: &Room, server: &Server, after: &str) {
    let mut left = Vec::new();
    for _ in 0..100 {
        let list = server.get("/api/v1/uploads?limit=1000").is(200).json();
        let all = list["items"].as_array().unwrap().clone();
        left = all.into_iter().filter(|u| u["item"].is_null()).collect();
        if left.is_empty() && fs::read_dir(room.runtime("uploads")).unwrap().count() == 0 {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("after {after} there are left {left:?}");
}

#[test]
fn a_file_in_a_form_may_be_large() {
    let room = Room::new();
    let server = Server::start(&room);
    let large: Vec<u8> = (0..5_000_000_u32)
        .map(|n| (n % 249).to_le_bytes()[0])
        .collect();
    let (kind, body) = form(&[
        ("note", None, b"large"),
        ("file", Some("large.bin"), &large),
        ("file", Some("small.txt"), b"small"),
    ]);
    // Media types are the same in any case.
    let kind = [("Content-Type", &*kind.replace("multipart", "MultiPart"))];
    let said = server.send("POST", "/api/v1/documents", &kind, &body);
    assert_eq!(said.is(201).json()["captured"], 2);
    assert!(server.get("/api/v1/documents/1/content").is(200).body == large);
}

#[test]
fn a_form_that_is_refused_leaves_nothing() {
    let room = Room::new();
    let server = Server::start(&room);
    server.send("POST", "/api/v1/documents?name=a", &[], b"first");
    let (much, note) = (vec![7; 200_000], vec![b'a'; 3 << 20]);
    let good = ("file", Some("good"), much.as_slice());
    let long = "n".repeat(10_000);
    let with = |parts: &[(&str, Option<&str>, &[u8])]| form(&[&[good], parts].concat()).1;
    let mut endless = with(&[]);
    endless.truncate(endless.len() - 9);
    let head = [with(&[]).as_slice(), b"no end of parts"].concat();
    for (what, status, body) in [
        ("a field that is none", 400, with(&[("bogus", None, b"x")])),
        ("no end", 400, endless),
        ("no file name", 400, with(&[("file", None, b"x")])),
        ("a long name", 400, with(&[("file", Some(&long), b"x")])),
        ("a path", 400, with(&[("file", Some("/etc/passwd"), b"x")])),
        ("a way out", 400, with(&[("file", Some("a/../../b"), b"x")])),
        ("a zero byte", 400, with(&[("file", Some("a\0b"), b"x")])),
        ("no UTF-8", 400, with(&[("note", None, b"\xff\xfe")])),
        ("no head", 400, b"--xyz\r\n\r\nx\r\n--xyz--\r\n".to_vec()),
        ("a head without an end", 400, {
            let head = b"--xyz\r\nContent-Disposition: form-data; name=\"".to_vec();
            [head, vec![b'a'; 3 << 20]].concat()
        }),
        ("much before the first part", 400, vec![b'-'; 3 << 20]),
        ("a long note", 413, with(&[("note", None, note.as_slice())])),
    ] {
        let answer = send(&server, &body).is(status);
        let told = answer.json().to_string();
        assert!(!told.contains("broke off; "), "{what}: {told}");
        nothing_is_left(&room, &server, what);
    }
    // What stands after the end of a form belongs to nobody.
    assert_eq!(send(&server, &head).is(201).json()["captured"], 1);
    nothing_is_left(&room, &server, "a good form");
    room.run(&["doctor", "--read-data"]).ends(0);
}

#[test]
fn who_goes_away_leaves_nothing() {
    let room = Room::new();
    let server = Server::start(&room);
    fs::create_dir_all(room.runtime("uploads")).unwrap();
    for path in ["/api/v1/documents?name=a", "/api/v1/runs/upload?name=a"] {
        for kept in [0, 300_000] {
            let head = format!(
                "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {TOKEN}\r\n\
                 Content-Length: 1000000\r\n\r\n",
                server.address
            );
            let mut half = TcpStream::connect(&server.address).unwrap();
            half.write_all(head.as_bytes()).unwrap();
            half.write_all(&vec![7; kept]).unwrap();
            std::thread::sleep(Duration::from_millis(100));
            drop(half);
            nothing_is_left(&room, &server, path);
        }
    }
}

#[test]
fn files_that_are_sent_again_with_their_key_are_the_same_run() {
    let room = Room::new();
    let server = Server::start(&room);
    let ask = |path: &str, bytes: &[u8], note: &[u8]| {
        let (kind, body) = form(&[("file", Some("a.txt"), bytes), ("note", None, note)]);
        let headers = [
            ("Content-Type", kind.as_str()),
            ("Idempotency-Key", "of these files"),
        ];
        server.send("POST", path, &headers, &body)
    };
    let path = "/api/v1/runs/upload?kind=capture";
    let first = ask(path, b"one crack", b"").is(202).json();
    assert_eq!(
        ask(path, b"one crack", b"").is(202).json()["id"],
        first["id"]
    );
    let pinned = |list: &Value| list["items"].as_array().unwrap().len();
    for (path, bytes, note) in [
        (path, &b"two cracks"[..], &b""[..]),
        (path, b"one crack", b"a note"),
        ("/api/v1/runs/upload?kind=pipeline", b"one crack", b""),
        (
            "/api/v1/runs/upload?kind=capture&label=x",
            b"one crack",
            b"",
        ),
    ] {
        let answer = ask(path, bytes, note).is(409);
        assert_eq!(answer.code(), "idempotency_conflict", "{path}");
    }
    let _worker = Running::worker(&room);
    assert_eq!(server.ended(&first)["state"], "succeeded");
    let again = ask(path, b"one crack", b"").is(202).json();
    assert_eq!(
        (&again["id"], &again["state"]),
        (&first["id"], &"succeeded".into())
    );
    nothing_is_left(&room, &server, "all of it");
    assert_eq!(pinned(&server.get("/api/v1/documents").json()), 1);
}
