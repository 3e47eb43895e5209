//! Checking as a service says what the command says, to the byte.

use std::fs;

use support::program::{Room, program};
use support::server::Server;
use support::vectors;

#[test]
fn the_answer_is_that_of_the_command() {
    let room = Room::new();
    let server = Server::start(&room);
    let mut checked = 0;
    for folder in ["ours/good", "good", "bad"] {
        for entry in fs::read_dir(vectors().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "zip") {
                continue;
            }
            let command = room.command_of(program(), &["verify", "--json", path.to_str().unwrap()]);
            let mut command = command;
            let said = command.output().unwrap().stdout;
            let bundle = fs::read(&path).unwrap();
            let answer = server.send("POST", "/api/v1/verify", &[], &bundle).is(200);
            assert_eq!(
                String::from_utf8_lossy(&answer.body),
                String::from_utf8_lossy(&said),
                "{}",
                path.display()
            );
            checked += 1;
        }
    }
    assert!(checked > 10, "{checked}");
    let uploads = fs::read_dir(room.runtime("uploads")).unwrap().count();
    assert_eq!(uploads, 0, "nothing is kept");
}

#[test]
fn too_much_is_refused_before_it_comes() {
    let room = Room::new();
    let server = Server::with(
        &room,
        &[],
        &[
            ("FG_MAX_UPLOAD_BYTES", "1000"),
            ("FG_API_TOKEN", support::server::TOKEN),
        ],
    );
    let declared = [("Content-Length", "5000000000")];
    let answer = server.send("POST", "/api/v1/verify", &declared, b"");
    assert_eq!(answer.is(413).code(), "body_too_large");
    let answer = server.send("POST", "/api/v1/verify?fingerprint=1", &[], b"x");
    assert_eq!(answer.is(400).code(), "fingerprint_malformed");
}
