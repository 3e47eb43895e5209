//! Originals and packages leave as they are, or not at all.

use std::fs;

use support::program::Room;
use support::server::Server;

#[test]
fn an_original_leaves_whole_in_parts_and_never_runs() {
    let room = Room::new();
    crate::sealed_case(&room);
    let server = Server::start(&room);
    let whole = server.get("/api/v1/documents/3/content").is(200);
    let bytes = fs::read(room.path("files/3.bin")).unwrap();
    assert!(whole.body == bytes);
    let tag = whole.header("etag").unwrap().to_owned();
    assert!(
        whole
            .header("repr-digest")
            .unwrap()
            .starts_with("sha-256=:")
    );
    let range = |range: &str| {
        let headers = [("Range", range)];
        server.send("GET", "/api/v1/documents/3/content", &headers, b"")
    };
    let part = range("bytes=300000-300009").is(206);
    assert_eq!(part.body, &bytes[300_000..300_010]);
    assert_eq!(
        part.header("content-range"),
        Some("bytes 300000-300009/700000")
    );
    assert_eq!(range("bytes=-7").is(206).body, &bytes[699_993..]);
    assert_eq!(range("bytes=700000-").is(416).code(), "range_unsatisfiable");
    assert!(range("bytes=0-1,3-4").is(200).body == bytes);
    let known = [("If-None-Match", tag.as_str())];
    let same = server.send("GET", "/api/v1/documents/3/content", &known, b"");
    assert!(same.is(304).body.is_empty());
    let stale = [("If-Range", "\"other\""), ("Range", "bytes=0-1")];
    assert!(
        server
            .send("GET", "/api/v1/documents/3/content", &stale, b"")
            .is(200)
            .body
            == bytes
    );

    let page = server.get("/api/v1/documents/2/content").is(200);
    assert_eq!(
        page.header("content-type"),
        Some("application/octet-stream")
    );
    assert_eq!(
        page.header("content-security-policy"),
        Some("sandbox; default-src 'none'")
    );
    let named = server.get("/api/v1/documents/1/content").is(200);
    assert_eq!(
        named.header("content-disposition"),
        Some("attachment; filename=\"1 Gr__e.txt\"; filename*=UTF-8''1%20Gr%C3%B6%C3%9Fe.txt")
    );
}

#[test]
fn rotten_bytes_never_leave_whole() {
    let room = Room::new();
    crate::sealed_case(&room);
    let item = room.run(&["show", "3", "--json"]).ends(0).document();
    let bundles: Vec<_> = fs::read_dir(room.bundles()).unwrap().collect();
    let bundle = bundles[0].as_ref().unwrap().path();
    for file in [room.blob(item["sha256"].as_str().unwrap()), bundle] {
        let mut bytes = fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::remove_file(&file).unwrap();
        fs::write(&file, bytes).unwrap();
    }
    let server = Server::start(&room);
    for path in ["/api/v1/documents/3/content", "/api/v1/bundles/1/content"] {
        let cut = server.get(path).is(200);
        let promised: usize = cut.header("content-length").unwrap().parse().unwrap();
        assert!(cut.body.len() < promised, "{path}: all of it came");
    }
}

#[test]
fn a_package_leaves_and_is_accepted_elsewhere() {
    let room = Room::new();
    crate::sealed_case(&room);
    let server = Server::start(&room);
    let list = server.get("/api/v1/bundles").is(200).json();
    let sha256 = list["items"][0]["sha256"].as_str().unwrap();
    let bundle = server
        .get(&format!("/api/v1/bundles/{sha256}/content"))
        .is(200);
    assert_eq!(bundle.header("content-type"), Some("application/zip"));
    room.write("received.zip", &bundle.body);
    room.run(&["verify", "received.zip"]).ends(0);
    let report = server
        .get(&format!("/api/v1/bundles/{sha256}/report"))
        .is(200);
    assert_eq!(report.json()["verdict"], "accepted");
    assert_eq!(
        server.get("/api/v1/bundles/77").is(404).code(),
        "seal_unknown"
    );
    fs::remove_dir_all(room.bundles()).unwrap();
    let gone = server.get(&format!("/api/v1/bundles/{sha256}/content"));
    assert_eq!(gone.is(410).code(), "bundle_gone");
}
