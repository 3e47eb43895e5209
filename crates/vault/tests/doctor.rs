//! The doctor where only the library can set the stage.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::path::Path;
use std::sync::Arc;

use store::clock::FixedClock;
use store::watch::CountingWatch;
use store::{Access, DataRoot, Filesystem, Unwatched};
use vault::doctor::{DoctorOptions, FINDINGS, doctor};
use vault::{By, Intake, Machine, Vault};

const OPTIONS: DoctorOptions = DoctorOptions {
    read_data: true,
    repair: false,
    reserve: 0,
};

fn machine() -> Machine {
    Machine::this("fieldgrade", "0.1.0", b"{}")
}

/// A root with one item of some megabytes.
fn filled(path: &Path) {
    let (vault, _) = Vault::open(DataRoot::create(path).unwrap(), machine()).unwrap();
    let act = vault.act(None, By::Cli).unwrap();
    let project = vault.project("default", &act).unwrap();
    let file = path.parent().unwrap().join("large.bin");
    std::fs::write(&file, vec![7; 8 << 20]).unwrap();
    let intake = Intake::default();
    vault
        .capture(&project, &[file], &intake, &act, &Unwatched, &mut |_| {})
        .unwrap();
}

#[test]
fn a_network_drive_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("root");
    filled(&path);
    let root = DataRoot::open(&path, Access::Read).unwrap();
    let checkup = doctor(
        root.assuming(Filesystem::Nfs),
        machine(),
        &OPTIONS,
        &Unwatched,
    )
    .unwrap();
    let told: Vec<_> = checkup
        .findings
        .iter()
        .map(|finding| finding.code)
        .collect();
    assert!(told.contains(&"network_filesystem"), "{told:?}");
}

#[test]
fn a_clock_that_was_set_back_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("root");
    filled(&path);
    let mut machine = machine();
    machine.clock = Arc::new(FixedClock::at(store::UtcTime::from_unix_micros(0)));
    let root = DataRoot::open(&path, Access::Read).unwrap();
    let checkup = doctor(root, machine, &OPTIONS, &Unwatched).unwrap();
    assert!(
        checkup
            .findings
            .iter()
            .any(|finding| finding.code == "clock_went_back")
    );
}

#[test]
fn it_shows_how_far_it_is_and_stops_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("root");
    filled(&path);
    let root = || DataRoot::open(&path, Access::Read).unwrap();
    let watch = CountingWatch::default();
    let checkup = doctor(root(), machine(), &OPTIONS, &watch).unwrap();
    assert!(checkup.counts.bytes_read >= 8 << 20);
    assert!(watch.reports() >= 8, "at least every MiB");
    assert_eq!(watch.last(), checkup.counts.bytes_read);
    let stops = CountingWatch::cancel_after(2 << 20);
    let error = doctor(root(), machine(), &OPTIONS, &stops).unwrap_err();
    assert_eq!(error.code(), "canceled");
    assert!(stops.last() < 8 << 20);
}

#[test]
fn every_finding_stands_once_in_the_catalogue_and_says_what_to_do() {
    let mut words: Vec<_> = FINDINGS.iter().map(|(word, ..)| *word).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), FINDINGS.len());
    for (word, _, means, next) in FINDINGS {
        assert!(means.ends_with('.') && next.ends_with('.'), "{word}");
    }
}
