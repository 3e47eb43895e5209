//! What changes is told as it changes, by whatever process, and nothing is missed by who comes back.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use support::program::Room;
use support::server::{Running, Server, TOKEN};

/// Somebody who listens.
struct Listener {
    lines: BufReader<TcpStream>,
}

/// An event: its id, its kind, its data.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    id: String,
    kind: String,
    data: String,
}

impl Listener {
    fn new(server: &Server, path: &str, last: Option<&str>) -> Self {
        let last = last.map_or(String::new(), |id| format!("Last-Event-ID: {id}\r\n"));
        let mut stream = TcpStream::connect(&server.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {TOKEN}\r\n{last}\r\n",
            server.address
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut lines = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(lines.read_line(&mut head).unwrap() > 0, "{head}");
        }
        assert!(
            head.starts_with("HTTP/1.1 200") && head.contains("text/event-stream"),
            "{head}"
        );
        Self { lines }
    }

    /// The next event; lines of chunks and comments are passed over.
    fn next(&mut self) -> Told {
        let mut told = Told {
            id: String::new(),
            kind: String::new(),
            data: String::new(),
        };
        loop {
            let mut line = String::new();
            assert!(
                self.lines.read_line(&mut line).unwrap() > 0,
                "the server ended: {told:?}"
            );
            match line.trim_end().split_once(": ") {
                Some(("event", kind)) => kind.clone_into(&mut told.kind),
                Some(("id", id)) => id.clone_into(&mut told.id),
                Some(("data", data)) => data.clone_into(&mut told.data),
                _ if !told.id.is_empty() && line.trim().is_empty() => return told,
                _ => {}
            }
        }
    }

    fn until(&mut self, kind: &str) -> Told {
        loop {
            let told = self.next();
            if told.kind == kind {
                return told;
            }
        }
    }
}

#[test]
fn what_other_processes_do_is_told_and_who_comes_back_misses_nothing() {
    let room = Room::new();
    crate::sealed_case(&room);
    let server = Server::start(&room);
    let mut listener = Listener::new(&server, "/api/v1/events?project=default", None);
    room.write("files/4.txt", "new");
    room.run(&["ingest", "files/4.txt"]).ends(0);
    let item = listener.until("item");
    assert!(item.data.contains("\"id\":\"4\""), "{item:?}");
    drop(listener);
    room.run(&["annotate", "4", "--note", "while nobody listened"])
        .ends(0);
    let mut back = Listener::new(&server, "/api/v1/events", Some(&item.id));
    let missed = back.until("ledger");
    assert_ne!(missed.id, item.id);
    let _worker = Running::worker(&room);
    server.post("/api/v1/bundles", "{}").is(202);
    back.until("run");
    back.until("bundle");
    for stale in ["v999999.j0", "nonsense"] {
        let mut lost = Listener::new(&server, "/api/v1/events", Some(stale));
        assert_eq!(lost.next().kind, "reset", "{stale}");
    }
    let (status, took) = server.process.terminate();
    assert_eq!(status, Some(0));
    assert!(
        took < Duration::from_secs(3),
        "listeners hold the server up: {took:?}"
    );
}

#[test]
fn one_case_hears_nothing_of_another() {
    let room = Room::new();
    crate::sealed_case(&room);
    let server = Server::start(&room);
    server
        .post("/api/v1/projects", r#"{"name":"other"}"#)
        .is(201);
    let mut listener = Listener::new(&server, "/api/v1/events?project=other", None);
    room.write("files/4.txt", "new");
    room.run(&["ingest", "files/4.txt"]).ends(0);
    room.write("files/5.txt", "newer");
    room.run(&["--project", "other", "ingest", "files/5.txt"])
        .ends(0);
    let item = listener.until("item");
    assert!(item.data.contains("\"id\":\"1\""), "{item:?}");
}
