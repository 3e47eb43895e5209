//! Checking a file in a child process.

use std::path::Path;
use std::process::Command;

use bundle::key::Signer as _;
use support::kit::Kit;
use support::sealer;

/// What a check found, and what it took.
#[derive(Debug)]
pub struct Checked {
    /// Whether the bundle was accepted.
    pub accepted: bool,
    /// The first failure, without its place.
    pub code: String,
    /// The peak of resident memory, in MiB.
    pub peak: u64,
    /// The length of the report, in bytes.
    pub report: u64,
}

/// Peak of memory that no archive of any kind may exceed, in MiB.
pub const MOST: u64 = 512;
/// No report is longer than this, whatever it reports.
const LONGEST_REPORT: u64 = 8 << 20;

/// Checks `file` with the rules of a new project and the key of the tests' sealer.
#[expect(
    clippy::print_stdout,
    reason = "numbers for whoever asks for them with --no-capture"
)]
pub fn check(what: &str, file: &Path) -> Checked {
    let folder = tempfile::tempdir().unwrap();
    let policy =
        std::fs::read_to_string(support::vectors().join("ours/kits/fieldgrade/policy.yaml"));
    Kit::create(
        folder.path(),
        &policy.unwrap(),
        sealer::TOOLCHAIN,
        &sealer::key().public_key(),
    );
    let begin = std::time::Instant::now();
    // Should it take far more than it may, it must not take the machine with it.
    let ended = Command::new("sh")
        .args(["-c", "ulimit -v 4000000 && exec \"$@\"", "sh"])
        .arg(env!("CARGO_BIN_EXE_hostile_child"))
        .args([folder.path(), file])
        .output()
        .unwrap();
    assert!(
        ended.status.success(),
        "{what}: {:?}\n{}",
        ended.status,
        String::from_utf8_lossy(&ended.stderr)
    );
    let text = String::from_utf8(ended.stdout).unwrap();
    let words: Vec<&str> = text.split_whitespace().collect();
    let checked = Checked {
        accepted: words[0] == "true",
        code: words[1].to_owned(),
        peak: words[2].parse::<u64>().unwrap() / 1024,
        report: words[3].parse().unwrap(),
    };
    println!(
        "{what}: {} bytes, {checked:?}, {:.1} s",
        file.metadata().unwrap().len(),
        begin.elapsed().as_secs_f64()
    );
    assert!(checked.peak > 0, "no peak in /proc/self/status");
    assert!(checked.report <= LONGEST_REPORT, "{what}: {checked:?}");
    checked
}

/// Checks a hostile file: refused for this reason, within the bound.
pub fn refused(what: &str, file: &Path, code: &str) {
    let checked = check(what, file);
    assert!(!checked.accepted, "{what} is accepted");
    assert_eq!(checked.code, code, "{what}");
    assert!(checked.peak <= MOST, "{what}: {checked:?}");
}
