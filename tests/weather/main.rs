//! Bad weather, one disaster a file: what the program says, with which status, and that nothing was lost by it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod changed_while_reading;
mod damaged_bundle;
mod database_corrupt;
mod database_gone;
mod database_locked;
mod database_newer;
mod disk_full;
mod index_unusable;
mod key_missing;
mod no_permission;
mod no_such_file;
mod progress;
mod read_only_root;
mod reference_root;
mod rotten_bytes;
mod stopped;
mod strange_names;
mod two_processes;
mod wrong_rules;

use support::program::Room;

/// A case of some files of 20 kB, sealed once, and the path of the package.
fn sealed_case(room: &Room, files: u8) -> String {
    captured_case(room, files);
    let sealed = room.run(&["seal", "--json"]).ends(0).document();
    sealed["bundle"].as_str().unwrap().to_owned()
}

/// A case of some files of 20 kB.
fn captured_case(room: &Room, files: u8) {
    for n in 1..=files {
        room.write(&format!("files/{n}.bin"), [n, 100].repeat(10_000));
    }
    room.run(&["ingest", "files"]).ends(0);
}
