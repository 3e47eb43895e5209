//! What happens to servers.

use std::io::Write;
use std::net::TcpStream;
use std::process::Stdio;
use std::time::Duration;

use support::http::send;
use support::program::Room;
use support::server::{Running, Server};

#[test]
fn it_ends_soon_when_asked_also_while_somebody_dawdles() {
    let room = Room::new();
    crate::sealed_case(&room);
    let server = Server::working(&room);
    let address = server.address.clone();
    let mut dawdler = TcpStream::connect(&address).unwrap();
    dawdler
        .write_all(b"POST /api/v1/verify HTTP/1.1\r\nHost: ")
        .unwrap();
    server.get("/healthz").is(200);
    let (status, took) = server.process.terminate();
    assert_eq!(status, Some(0));
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!(TcpStream::connect(&address).is_err());
}

#[test]
fn a_thousand_who_say_nothing_keep_nobody_out() {
    let room = Room::new();
    let server = Server::start(&room);
    let idle: Vec<_> = (0..1000)
        .map_while(|_| TcpStream::connect(&server.address).ok())
        .collect();
    assert!(idle.len() > 900, "{}", idle.len());
    for mut one in &idle {
        let _ = one.write_all(b"GET /healthz HT");
    }
    send(&server.address, "GET", "/healthz", &[], b"").is(200);
    server.get("/api/v1/projects").is(200);
}

#[test]
fn two_servers_do_not_share_a_port_and_say_so() {
    let room = Room::new();
    let server = Server::start(&room);
    let port = server.address.rsplit_once(':').unwrap().1;
    let ran = room.run(&["serve", "--port", port]).ends(3);
    assert!(ran.err.starts_with("error[address_in_use]"), "{}", ran.err);
}

#[test]
fn a_full_disk_is_named_and_reading_goes_on() {
    let room = Room::new();
    crate::sealed_case(&room);
    let most = u64::MAX.to_string();
    let server = Server::with(
        &room,
        &[],
        &[
            ("FG_DISK_RESERVE_BYTES", &most),
            ("FG_API_TOKEN", support::server::TOKEN),
        ],
    );
    let ready = send(&server.address, "GET", "/readyz", &[], b"")
        .is(503)
        .json();
    let parts = ready["parts"].as_array().unwrap();
    let disk = parts.iter().find(|part| part["name"] == "disk").unwrap();
    assert_eq!(disk["state"], "disk_full");
    server.get("/api/v1/documents/3/content").is(200);
}

#[test]
fn a_health_check_needs_no_other_program() {
    let room = Room::new();
    let server = Server::with(
        &room,
        &["--host", "0.0.0.0"],
        &[("FG_API_TOKEN", support::server::TOKEN)],
    );
    let port = server.address.rsplit_once(':').unwrap().1.to_owned();
    let ask = ["serve", "--check", "--host", "0.0.0.0", "--port", &port];
    assert_eq!(room.run(&ask).ends(0).out, "Ready\n");
    server.process.kill();
    let ran = room.run(&ask).ends(1);
    assert!(ran.err.starts_with("error[not_ready]"), "{}", ran.err);

    let most = u64::MAX.to_string();
    let reserve = [("FG_DISK_RESERVE_BYTES", most.as_str())];
    let full = Server::with(&room, &[], &reserve);
    let port = full.address.rsplit_once(':').unwrap().1;
    let ran = room.run(&["serve", "--check", "--port", port]).ends(1);
    assert!(ran.err.contains("503"), "{}", ran.err);
    assert!(ran.err.contains("disk_full"), "{}", ran.err);
}

#[test]
fn a_worker_is_checked_by_its_signs_of_life() {
    let room = Room::new();
    let alive = room.path("alive");
    let ask = || {
        let mut command = room.command(&["worker", "--check"]);
        command
            .env("FG_WORKER_HEARTBEAT_FILE", &alive)
            .env("FG_WORKER_HEARTBEAT_MAX_AGE_S", "2");
        command.output().unwrap().status.code()
    };
    assert_eq!(ask(), Some(1), "no worker was there yet");
    let mut command = room.command(&["worker"]);
    command
        .env("FG_WORKER_HEARTBEAT_FILE", &alive)
        .env("FG_WORKER_HEARTBEAT_INTERVAL_S", "1");
    let child = command.stderr(Stdio::null()).spawn().unwrap();
    let worker = Running { child };
    assert!((0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        ask() == Some(0)
    }));
    worker.kill();
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(ask(), Some(1), "it is dead");
}
