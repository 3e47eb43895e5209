//! How fast text becomes searchable: `cargo run --release -p fieldgrade-vault --example text_rate [FILES] [KIB]`.
//!
//! Writes so many text files of that size, captures them, and says how long reading and indexing took, how much memory
//! that needed at most, and how long searches take. Nothing is judged: machines differ.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::too_many_lines,
    reason = "a measurement"
)]

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use store::{DataRoot, Unwatched};
use vault::{By, Intake, Limit, Machine, Vault};

fn main() {
    let mut numbers = std::env::args().skip(1).map(|arg| arg.parse().unwrap());
    let files: u64 = numbers.next().unwrap_or(10_000);
    let kib: u64 = numbers.next().unwrap_or(20);
    let folder = tempfile::tempdir().unwrap();
    let drop = folder.path().join("drop");
    std::fs::create_dir(&drop).unwrap();
    for n in 0..files {
        write_text(
            &drop.join(format!("note {n}.txt")),
            n,
            usize::try_from(kib << 10).unwrap(),
        );
    }
    let root = DataRoot::create(&folder.path().join("data")).unwrap();
    let (vault, _) = Vault::open(root, Machine::this("text_rate", "0", b"{}")).unwrap();
    let act = vault.act(Some("Ada"), By::Cli).unwrap();
    let project = vault.project("default", &act).unwrap();
    let intake = Intake::default();
    let start = Instant::now();
    vault
        .capture(
            &project,
            std::slice::from_ref(&drop),
            &intake,
            &act,
            &Unwatched,
            &mut |_| {},
        )
        .unwrap();
    let megabytes = f64::from(u32::try_from(files * kib).unwrap()) * 1024.0 / 1e6;
    let rate = |seconds: f64| megabytes / seconds;
    let captured = start.elapsed().as_secs_f64();
    println!(
        "captured    {captured:6.2} s  {:6.1} MB/s  peak {} MB",
        rate(captured),
        peak()
    );
    let start = Instant::now();
    let before = cpu();
    let reading = vault
        .read_texts(&project, &act, &Unwatched, Limit::default())
        .unwrap();
    let read = start.elapsed().as_secs_f64();
    println!(
        "read        {read:6.2} s  {:6.1} MB/s  {} texts  peak {} MB",
        rate(read),
        reading.read,
        peak()
    );
    let index = vault.index(&project, &Unwatched, Limit::default()).unwrap();
    let both = start.elapsed().as_secs_f64();
    println!(
        "indexed     {:6.2} s  {:6.1} MB/s  {} entries  peak {} MB",
        both - read,
        rate(both - read),
        index.entries,
        peak()
    );
    println!("searchable  {both:6.2} s  {:6.1} MB/s", rate(both));
    let used = cpu() - before;
    println!(
        "of this     {used:6.2} s of processor time, {:6.1} MB for each",
        rate(used)
    );
    let size = std::fs::metadata(vault.root().search_db()).unwrap().len();
    println!(
        "index file  {} MB for {megabytes:.0} MB of text",
        size / 1_000_000
    );
    // The same once more, as a drop does it: both at once.
    std::fs::remove_dir_all(folder.path().join("data")).unwrap();
    let root = DataRoot::create(&folder.path().join("data")).unwrap();
    let (vault, _) = Vault::open(root, Machine::this("text_rate", "0", b"{}")).unwrap();
    let project = vault.project("default", &act).unwrap();
    vault
        .capture(&project, &[drop], &intake, &act, &Unwatched, &mut |_| {})
        .unwrap();
    let (start, before) = (Instant::now(), cpu());
    vault.catch_up(&project, &act, &Unwatched).unwrap();
    let both = start.elapsed().as_secs_f64();
    println!(
        "catch_up    {both:6.2} s  {:6.1} MB/s  {:.2} s of processor time  peak {} MB",
        rate(both),
        cpu() - before,
        peak()
    );
    for query in [
        "bearing",
        "bearing corrosion",
        "w12345*",
        "\"bearing corrosion\"",
        "absent",
        "note 77",
    ] {
        let start = Instant::now();
        let found = vault.search(&project, query, 20, None).unwrap();
        println!(
            "{query:22} {:6} items  {:7.2} ms",
            found.total,
            start.elapsed().as_secs_f64() * 1e3
        );
    }
}

/// Words of a small language with a long tail of rare ones.
fn write_text(path: &Path, seed: u64, bytes: usize) {
    let common = [
        "bearing",
        "corrosion",
        "the",
        "of",
        "and",
        "pier",
        "north",
        "side",
        "crack",
        "paint",
        "was",
        "found",
    ];
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut file = BufWriter::new(File::create(path).unwrap());
    let mut left = bytes;
    while left > 0 {
        let word = match next(4) {
            0 => format!("w{} ", next(200_000)),
            1 => {
                let stems = ["measur", "inspect", "weld", "rust"];
                format!("{}ing ", stems[usize::try_from(next(4)).unwrap()])
            }
            _ => format!("{} ", common[usize::try_from(next(12)).unwrap()]),
        };
        let end = if next(12) == 0 { "\n" } else { "" };
        let text = format!("{word}{end}");
        let text = &text[..text.len().min(left)];
        file.write_all(text.as_bytes()).unwrap();
        left -= text.len();
    }
    file.flush().unwrap();
}

/// Seconds of processor time that this process has used.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after.split_whitespace().skip(11).take(2);
    ticks
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

/// The most memory that this process ever needed, in megabytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1000
}
