//! Files that come in over HTTP: at once, in a form, in pieces, broken off, and wrong.

use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use support::http::Answer;
use support::program::Room;
use support::server::{Running, Server, TOKEN};

use crate::forms::form;

const PIECE: (&str, &str) = ("Content-Type", "application/offset+octet-stream");
const TUS: (&str, &str) = ("Tus-Resumable", "1.0.0");

/// Begins an upload and returns its address.
fn begin(server: &Server, name: &str, length: usize) -> String {
    use base64::Engine;
    let name = base64::engine::general_purpose::STANDARD.encode(name);
    let metadata = format!("filename {name}");
    let length = length.to_string();
    let headers = [
        TUS,
        ("Upload-Length", &length),
        ("Upload-Metadata", &metadata),
    ];
    let begun = server
        .send("POST", "/api/v1/uploads", &headers, b"")
        .is(201);
    begun.header("location").unwrap().to_owned()
}

fn patch(server: &Server, place: &str, offset: usize, body: &[u8]) -> Answer {
    let offset = offset.to_string();
    server.send(
        "PATCH",
        place,
        &[TUS, PIECE, ("Upload-Offset", &offset)],
        body,
    )
}

fn offset(server: &Server, place: &str) -> usize {
    let head = server.send("HEAD", place, &[TUS], b"").is(200);
    head.header("upload-offset").unwrap().parse().unwrap()
}

fn id(place: &str) -> &str {
    place.rsplit('/').next().unwrap()
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length)
        .map(|n| (n * 7 % 251).to_le_bytes()[0])
        .collect()
}

#[test]
fn a_file_is_captured_at_once_and_is_an_item() {
    let room = Room::new();
    let server = Server::start(&room);
    let body = bytes(3_000_000);
    let said = server
        .send("POST", "/api/v1/documents?name=a%20b.bin", &[], &body)
        .is(201)
        .json();
    assert_eq!(
        (&said["captured"], &said["intake"]),
        (&1.into(), &1.into()),
        "{said}"
    );
    let file = &said["documents"][0];
    assert_eq!(
        (&file["item"], &file["path"]),
        (&1.into(), &"a b.bin".into())
    );
    assert_eq!(file["sha256"], bundle::Sha256::of(&body).to_string());
    assert!(server.get("/api/v1/documents/1/content").is(200).body == body);
    let again = server
        .send("POST", "/api/v1/documents?name=other.bin", &[], &body)
        .is(201)
        .json();
    assert_eq!(again["documents"][0]["status"], "duplicate");
    assert_eq!(again["documents"][0]["same_as"], 1);
    room.run(&["ledger", "--verify"]).ends(0);
    room.run(&["doctor", "--read-data"]).ends(0);
    assert_eq!(
        fs::read_dir(room.runtime("uploads")).unwrap().count(),
        0,
        "one copy, and no other"
    );
}

#[test]
fn uploads_may_lie_on_another_disk() {
    let room = Room::new();
    let elsewhere = tempfile::tempdir_in("/dev/shm").unwrap();
    let folder = elsewhere.path().to_str().unwrap();
    let server = Server::with(
        &room,
        &[],
        &[("FG_UPLOADS_DIR", folder), ("FG_API_TOKEN", TOKEN)],
    );
    let body = bytes(1_000_000);
    let place = begin(&server, "a.bin", body.len());
    patch(&server, &place, 0, &body[..10]).is(204);
    assert!(elsewhere.path().join(id(&place)).exists());
    server
        .send("POST", "/api/v1/documents?name=b.bin", &[], &body)
        .is(201);
    assert!(server.get("/api/v1/documents/1/content").is(200).body == body);
    room.run(&["doctor", "--read-data"]).ends(0);
}

#[test]
fn a_form_brings_files_and_what_is_known_of_them() {
    let room = Room::new();
    let server = Server::start(&room);
    let (kind, body) = form(&[
        ("file", Some("Größe.txt"), b"one crack"),
        ("from", None, b"Anna"),
        ("file", Some("empty.txt"), b""),
        ("note", None, "zweite Begehung".as_bytes()),
    ]);
    let headers = [("Content-Type", kind.as_str())];
    let said = server
        .send("POST", "/api/v1/documents", &headers, &body)
        .is(201)
        .json();
    assert_eq!(said["captured"], 2, "{said}");
    let entries = server.get("/api/v1/ledger").json();
    let entries = entries["items"].as_array().unwrap();
    let intake = entries
        .iter()
        .find(|entry| entry["type"] == "INTAKE")
        .unwrap();
    assert_eq!(intake["source"]["from"], "Anna");
    assert_eq!(intake["source"]["note"], "zweite Begehung");
    for (wrong, told) in [
        (
            form(&[("fromm", None, b"x"), ("file", Some("a"), b"x")]),
            "fromm",
        ),
        (form(&[("from", None, b"x")]), "`file`"),
        (
            ("multipart/form-data".to_owned(), b"x".to_vec()),
            "boundary",
        ),
    ] {
        let headers = [("Content-Type", wrong.0.as_str())];
        let answer = server
            .send("POST", "/api/v1/documents", &headers, &wrong.1)
            .is(400);
        assert!(
            answer.json()["detail"].as_str().unwrap().contains(told),
            "{told}"
        );
    }
    let nameless = server.send("POST", "/api/v1/documents", &[], b"x").is(400);
    assert_eq!(nameless.code(), "request_malformed");
}

#[test]
fn an_upload_goes_on_where_the_server_died() {
    let room = Room::new();
    let body = bytes(20_000_000);
    let server = Server::start(&room);
    let place = begin(&server, "large.bin", body.len());
    assert_eq!(offset(&server, &place), 0);
    let kept = patch(&server, &place, 0, &body[..9_000_000]).is(204);
    assert_eq!(kept.header("upload-offset"), Some("9000000"));
    // Half of a piece, and the server is gone.
    let head = format!(
        "PATCH {place} HTTP/1.1\r\nHost: {0}\r\nAuthorization: Bearer {TOKEN}\r\nTus-Resumable: 1.0.0\r\n\
         Content-Type: application/offset+octet-stream\r\nUpload-Offset: 9000000\r\nContent-Length: 11000000\r\n\r\n",
        server.address
    );
    let mut half = TcpStream::connect(&server.address).unwrap();
    half.write_all(head.as_bytes()).unwrap();
    half.write_all(&body[9_000_000..19_000_000]).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    server.process.kill();

    let server = Server::start(&room);
    let at = offset(&server, &place);
    assert!((9_000_000..=19_000_000).contains(&at), "{at}");
    assert_eq!(
        patch(&server, &place, at + 1, b"x").is(409).code(),
        "upload_offset"
    );
    patch(&server, &place, at, &body[at..]).is(204);
    let list = server.get("/api/v1/uploads").is(200).json();
    assert_eq!(
        list["items"][0]["sha256"],
        bundle::Sha256::of(&body).to_string()
    );
    let asked = format!(r#"{{"kind":"capture","uploads":["{}"]}}"#, id(&place));
    let run = server.post("/api/v1/runs", &asked).is(202).json();
    let _worker = Running::worker(&room);
    let done = server.ended(&run);
    assert_eq!(done["state"], "succeeded", "{done}");
    assert!(server.get("/api/v1/documents/1/content").is(200).body == body);
    let taken = server.post("/api/v1/runs", &asked).is(409);
    assert_eq!(taken.code(), "upload_unavailable");
}

#[test]
fn a_connection_that_breaks_keeps_what_came() {
    let room = Room::new();
    let server = Server::start(&room);
    let place = begin(&server, "a.bin", 1_000_000);
    let head = format!(
        "PATCH {place} HTTP/1.1\r\nHost: {0}\r\nAuthorization: Bearer {TOKEN}\r\nTus-Resumable: 1.0.0\r\n\
         Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\nContent-Length: 1000000\r\n\r\n",
        server.address
    );
    let mut half = TcpStream::connect(&server.address).unwrap();
    half.write_all(head.as_bytes()).unwrap();
    half.write_all(&bytes(400_000)).unwrap();
    drop(half);
    let mut at = 0;
    for _ in 0..100 {
        at = offset(&server, &place);
        if at > 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!((1..=400_000).contains(&at), "{at}");
    patch(&server, &place, at, &bytes(1_000_000)[at..]).is(204);
    let list = server.get("/api/v1/uploads").json();
    assert_eq!(
        list["items"][0]["sha256"],
        bundle::Sha256::of(&bytes(1_000_000)).to_string()
    );
}

#[test]
fn tus_says_what_it_can_and_refuses_what_is_wrong() {
    use base64::Engine;
    let room = Room::new();
    let most = [("FG_MAX_UPLOAD_BYTES", "1000"), ("FG_API_TOKEN", TOKEN)];
    let server = Server::with(&room, &[], &most);
    let offer = server.send("OPTIONS", "/api/v1/uploads", &[], b"").is(204);
    assert_eq!(offer.header("tus-version"), Some("1.0.0"));
    assert_eq!(offer.header("tus-max-size"), Some("1000"));
    let metadata = ("Upload-Metadata", "filename YQ==");
    let create = |headers: &[(&str, &str)]| server.send("POST", "/api/v1/uploads", headers, b"");
    assert_eq!(
        create(&[("Upload-Length", "1"), metadata]).is(412).code(),
        "tus_version"
    );
    assert_eq!(create(&[TUS, metadata]).is(400).code(), "request_malformed");
    assert_eq!(
        create(&[TUS, ("Upload-Length", "1")]).is(400).code(),
        "request_malformed"
    );
    let large = create(&[TUS, ("Upload-Length", "1001"), metadata]).is(413);
    assert_eq!(large.code(), "upload_too_large");

    let place = begin(&server, "a", 5);
    let plain = [TUS, ("Upload-Offset", "0")];
    let answer = server.send("PATCH", &place, &plain, b"12345");
    assert_eq!(answer.is(415).code(), "media_type_unsupported");
    assert_eq!(
        patch(&server, &place, 0, b"123456").is(409).code(),
        "upload_length"
    );
    let digest = base64::engine::general_purpose::STANDARD.encode([7; 20]);
    let checksum = format!("sha1 {digest}");
    let headers = [
        TUS,
        PIECE,
        ("Upload-Offset", "0"),
        ("Upload-Checksum", &checksum),
    ];
    let answer = server.send("PATCH", &place, &headers, b"123");
    assert_eq!(answer.is(460).code(), "upload_checksum");
    assert_eq!(offset(&server, &place), 0, "nothing of it was kept");
    let right =
        base64::engine::general_purpose::STANDARD.encode(bundle::Sha256::of(b"123").as_bytes());
    let checksum = format!("sha256 {right}");
    let headers = [
        TUS,
        PIECE,
        ("Upload-Offset", "0"),
        ("Upload-Checksum", &checksum),
    ];
    server.send("PATCH", &place, &headers, b"123").is(204);
    assert_eq!(offset(&server, &place), 3);
    server.send("DELETE", &place, &[TUS], b"").is(204);
    server.send("HEAD", &place, &[TUS], b"").is(404);
    assert_eq!(fs::read_dir(room.runtime("uploads")).unwrap().count(), 0);
    let place = begin(&server, "b", 9);
    let asked = format!(r#"{{"kind":"capture","uploads":["{}"]}}"#, id(&place));
    let json = ("Content-Type", "application/json");
    for headers in [vec![json], vec![json, ("Idempotency-Key", "k")]] {
        let answer = server.send("POST", "/api/v1/runs", &headers, asked.as_bytes());
        assert_eq!(answer.is(409).code(), "upload_unavailable");
    }
    // What was refused is asked for again with its key.
    patch(&server, &place, 0, b"123456789").is(204);
    let headers = [json, ("Idempotency-Key", "k")];
    let run = server.send("POST", "/api/v1/runs", &headers, asked.as_bytes());
    assert_eq!(run.is(202).json()["state"], "queued");
}

#[test]
fn too_much_is_refused_before_the_body() {
    let room = Room::new();
    let most = [("FG_MAX_UPLOAD_BYTES", "1000"), ("FG_API_TOKEN", TOKEN)];
    let server = Server::with(&room, &[], &most);
    let declared = [("Content-Length", "1001")];
    let answer = server.send("POST", "/api/v1/documents?name=a", &declared, b"");
    assert_eq!(answer.is(413).code(), "upload_too_large");
    assert_eq!(
        server.get("/api/v1/documents").json()["items"],
        Value::Array(Vec::new())
    );
}

#[test]
fn the_whole_way_in_one_call() {
    let room = Room::new();
    let server = Server::working(&room);
    let (kind, body) = form(&[
        ("file", Some("1.txt"), b"a crack of 3 mm"),
        ("file", Some("2.bin"), &bytes(500_000)),
        ("where", None, b"north pier"),
    ]);
    let headers = [("Content-Type", kind.as_str())];
    let path = "/api/v1/runs/upload?kind=pipeline&label=first";
    let run = server.send("POST", path, &headers, &body).is(202).json();
    let done = server.ended(&run);
    assert_eq!(done["state"], "succeeded", "{done}");
    let names: Vec<_> = done["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["name"].clone())
        .collect();
    assert_eq!(names, ["capture", "read", "seal", "verify"]);
    assert_eq!(done["result"]["capture"]["captured"], 2);
    assert_eq!(done["result"]["report"]["verdict"], "accepted");
    let items = server
        .get(&format!(
            "/api/v1/runs/{}/items",
            run["id"].as_str().unwrap()
        ))
        .json();
    assert_eq!(items["items"].as_array().unwrap().len(), 2);
    assert_eq!(items["items"][1]["state"], "captured");
    let sha256 = done["result"]["seal"]["sha256"].as_str().unwrap();
    let bundle = server
        .get(&format!("/api/v1/bundles/{sha256}/content"))
        .is(200)
        .body;
    room.write("out.zip", bundle);
    room.run(&["verify", "out.zip"]).ends(0);
    assert_eq!(server.get("/api/v1/search?q=crack").json()["total"], 1);
}
