//! Browsers carry cookies wherever a page sends them: pages of others must gain nothing by it.

use support::http::{Answer, send};
use support::program::Room;
use support::server::{Server, TOKEN};

struct Browser<'s> {
    server: &'s Server,
    cookie: String,
    origin: String,
}

impl<'s> Browser<'s> {
    fn signed_in(server: &'s Server) -> Self {
        let origin = format!("http://{}", server.address);
        let shown = format!(r#"{{"token":"{TOKEN}"}}"#);
        let headers = [
            ("Content-Type", "application/json"),
            ("Origin", origin.as_str()),
        ];
        let answer = send(
            &server.address,
            "POST",
            "/api/v1/session",
            &headers,
            shown.as_bytes(),
        );
        let answer = answer.is(204);
        let set = answer.header("set-cookie").unwrap();
        assert!(set.contains("; HttpOnly; SameSite=Strict"), "{set}");
        Self {
            server,
            cookie: set.split(';').next().unwrap().to_owned(),
            origin,
        }
    }

    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let cookie = [
            ("Cookie", self.cookie.as_str()),
            ("Content-Type", "application/json"),
        ];
        let headers = [headers, &cookie].concat();
        send(
            &self.server.address,
            method,
            path,
            &headers,
            body.as_bytes(),
        )
    }
}

#[test]
fn a_session_is_worth_a_token_on_our_own_pages_alone() {
    let room = Room::new();
    let server = Server::start(&room);
    let browser = Browser::signed_in(&server);
    let ours = [
        ("Origin", browser.origin.as_str()),
        ("Sec-Fetch-Site", "same-origin"),
    ];
    browser.ask("GET", "/api/v1/projects", &[], "").is(200);
    let case = r#"{"name":"bridge"}"#;
    browser.ask("POST", "/api/v1/projects", &ours, case).is(201);
    for foreign in [
        vec![("Origin", "http://evil.example")],
        vec![("Origin", "null")],
        // Another program on this machine: for cookies it is the same site.
        vec![("Origin", "http://127.0.0.1:1")],
        vec![
            ("Origin", browser.origin.as_str()),
            ("Sec-Fetch-Site", "same-site"),
        ],
        vec![("Sec-Fetch-Site", "cross-site")],
        // A browser names the origin of everything that changes something.
        vec![],
    ] {
        let answer = browser.ask("POST", "/api/v1/projects", &foreign, r#"{"name":"other"}"#);
        assert_eq!(answer.is(403).code(), "foreign_origin", "{foreign:?}");
        let answer = browser.ask("POST", "/api/v1/runs/1/cancel", &foreign, "");
        assert_eq!(answer.is(403).code(), "foreign_origin", "{foreign:?}");
    }
    let names = server.get("/api/v1/projects").json().to_string();
    assert!(
        names.contains("bridge") && !names.contains("other"),
        "{names}"
    );

    let gone = browser.ask("DELETE", "/api/v1/session", &ours, "").is(204);
    assert!(gone.header("set-cookie").unwrap().contains("Max-Age=0"));
    browser.ask("GET", "/api/v1/projects", &[], "").is(401);
}

#[test]
fn a_server_without_a_token_still_refuses_foreign_pages() {
    let room = Room::new();
    let server = Server::with(&room, &[], &[]);
    let post = |headers: &[(&str, &str)]| {
        let headers = [headers, &[("Content-Type", "application/json")]].concat();
        send(
            &server.address,
            "POST",
            "/api/v1/projects",
            &headers,
            br#"{"name":"x"}"#,
        )
    };
    assert_eq!(
        post(&[("Origin", "http://evil.example")]).is(403).code(),
        "foreign_origin"
    );
    assert_eq!(
        post(&[("Sec-Fetch-Site", "cross-site")]).is(403).code(),
        "foreign_origin"
    );
    post(&[]).is(201);
}

#[test]
fn another_name_that_leads_here_is_not_ours() {
    let room = Room::new();
    let server = Server::start(&room);
    for host in ["evil.example", "127.0.0.1", "127.0.0.1:1", ""] {
        let answer = server.send("GET", "/api/v1/projects", &[("Host", host)], b"");
        assert_eq!(answer.is(421).code(), "host_unknown", "{host:?}");
        send(&server.address, "GET", "/healthz", &[("Host", host)], b"").is(421);
    }
    let ours = server.address.as_str();
    // Two words for it: who stands in between may go by the other one.
    let twice = [("Host", ours), ("Host", "evil.example")];
    server.send("GET", "/api/v1/projects", &twice, b"").is(421);
    let elsewhere = "http://evil.example/api/v1/projects";
    server.send("GET", elsewhere, &[], b"").is(421);
    let port = ours.rsplit_once(':').unwrap().1;
    let local = format!("LocalHost:{port}");
    server
        .send("GET", "/api/v1/projects", &[("Host", &local)], b"")
        .is(200);
}

#[test]
fn every_answer_carries_the_security_headers() {
    let room = Room::new();
    let server = Server::start(&room);
    for path in [
        "/api/v1/projects",
        "/healthz",
        "/nothing",
        "/api/v1/documents/1",
    ] {
        let answer = server.get(path);
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'"), "{path}");
        assert!(answer.header("x-request-id").is_some(), "{path}");
    }
}

#[test]
fn pages_of_others_may_read_nothing() {
    let room = Room::new();
    let server = Server::start(&room);
    let foreign = [
        ("Origin", "http://evil.example"),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "authorization"),
    ];
    for (method, path) in [
        ("OPTIONS", "/api/v1/documents"),
        ("OPTIONS", "/api/v1/uploads"),
        ("OPTIONS", "/healthz"),
        ("GET", "/api/v1/projects"),
        ("GET", "/healthz"),
        ("GET", "/api/v1/openapi.json"),
    ] {
        let answer = server.send(method, path, &foreign, b"");
        let granted = |(name, _): &&(String, String)| name.starts_with("access-control-");
        assert_eq!(answer.headers.iter().find(granted), None, "{method} {path}");
    }
}

#[test]
fn a_session_ends_with_its_server() {
    let room = Room::new();
    let first = Server::start(&room);
    let old = Browser::signed_in(&first).cookie;
    first.process.kill();
    let server = Server::start(&room);
    let refused = send(
        &server.address,
        "GET",
        "/api/v1/projects",
        &[("Cookie", &old)],
        b"",
    );
    assert_eq!(refused.is(401).code(), "unauthenticated");
    let new = Browser::signed_in(&server);
    let renamed = new.cookie.replace(
        new.cookie.split('=').next().unwrap(),
        old.split('=').next().unwrap(),
    );
    send(
        &server.address,
        "GET",
        "/api/v1/projects",
        &[("Cookie", &renamed)],
        b"",
    )
    .is(401);
    let both = format!("{old}; {}", new.cookie);
    send(
        &server.address,
        "GET",
        "/api/v1/projects",
        &[("Cookie", &both)],
        b"",
    )
    .is(200);
}
