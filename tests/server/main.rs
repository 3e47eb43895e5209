//! The server as clients, browsers and attackers meet it: real processes, real connections.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod browsers;
mod disclosure;
mod downloads;
mod events;
mod forms;
mod lists;
mod runs;
mod tokens;
mod uploads;
mod verify;
mod weather;

use support::program::Room;

/// A case of three files, one of them large enough for several pieces, sealed once.
fn sealed_case(room: &Room) {
    room.write("files/1 Größe.txt", "a crack of 3 mm");
    room.write("files/2.html", "<script>alert(1)</script>");
    let bytes: Vec<u8> = (0..700_000_u32)
        .map(|n| (n % 251).to_le_bytes()[0])
        .collect();
    room.write("files/3.bin", bytes);
    room.run(&["ingest", "files"]).ends(0);
    room.run(&["seal"]).ends(0);
}
