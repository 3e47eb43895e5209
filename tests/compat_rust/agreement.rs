//! Whatever our verifier accepts, the reference's rules accept; whatever those refuse, ours refuses.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use bundle::format::member;
use bundle::verify::Report;
use serde_json::{Value, json};
use support::kit::Kit;
use support::random::{Random, seed};
use support::{forge, python, vectors};

use crate::{bytes, members, reseal};

/// How many changed bundles are compared, unless `FIELDGRADE_ROUNDS` says otherwise.
const ROUNDS: usize = 1_600;

/// A file and who checks it.
struct Case<'k> {
    what: String,
    file: PathBuf,
    kit: &'k Kit,
    ours: Answer,
}

/// What is compared of a report.
struct Answer {
    accepted: bool,
    code: String,
}

impl From<Report> for Answer {
    fn from(report: Report) -> Self {
        Self {
            accepted: report.accepted,
            code: report.code.unwrap_or_default(),
        }
    }
}

/// A vector with the kit that it was made for.
struct Vector {
    name: String,
    path: PathBuf,
    kit: String,
    ours: bool,
}

fn all_vectors() -> Vec<Vector> {
    let mut found = Vec::new();
    for (index, folder, ours) in [("index.json", "", false), ("ours/index.json", "ours", true)] {
        for file in support::json(index)["files"].as_array().unwrap() {
            let name = file["name"].as_str().unwrap();
            let kit = Path::new(folder)
                .join("kits")
                .join(file["kit"].as_str().unwrap());
            found.push(Vector {
                name: format!("{folder}/{name}"),
                path: vectors().join(folder).join(name),
                kit: kit.display().to_string(),
                ours,
            });
        }
    }
    found
}

fn kits(vectors_of: &[Vector]) -> BTreeMap<String, Kit> {
    let load = |vector: &Vector| {
        let kit = Kit::load(&vectors().join(&vector.kit));
        (vector.kit.clone(), kit)
    };
    vectors_of.iter().map(load).collect()
}

/// The reference's answers to all cases, from one child.
fn reference(cases: &[Case<'_>]) -> Vec<Value> {
    python::demand_packages();
    let mut input = String::new();
    for case in cases {
        let job = json!({
            "bundle": case.file,
            "policy": case.kit.folder.join("policy.yaml"),
            "allowlist": case.kit.folder.join("allowlist.yaml"),
        });
        writeln!(input, "{job}").unwrap();
    }
    let output = python::run("reference.py", &["batch"], input);
    let answers: Vec<Value> = output
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), cases.len(), "one answer a case");
    answers
}

/// Compares; gives how many both accept, and how many only the reference does.
#[expect(
    clippy::print_stdout,
    reason = "numbers for whoever asks for them with --no-capture"
)]
fn compare(cases: &[Case<'_>], seed: u64) -> (usize, usize) {
    let (mut both, mut stricter) = (0, BTreeMap::<&str, usize>::new());
    let (mut wrong, mut kept) = (String::new(), None);
    for (case, theirs) in cases.iter().zip(reference(cases)) {
        let outcome = theirs["outcome"].as_str().unwrap();
        assert!(
            !theirs["reason"].as_str().unwrap().starts_with("BadRequest"),
            "{theirs}"
        );
        match (case.ours.accepted, outcome == "accepted") {
            (true, true) => both += 1,
            (false, true) => {
                let word = case.ours.code.split(':').next().unwrap_or_default();
                *stricter.entry(word).or_default() += 1;
            }
            (true, false) => {
                let reason = &theirs["reason"];
                writeln!(
                    wrong,
                    "{}: we accept, the reference: {outcome}, {reason}",
                    case.what
                )
                .unwrap();
                if kept.is_none() {
                    let path = std::env::temp_dir().join(format!("fieldgrade-{seed}.zip"));
                    kept = std::fs::copy(&case.file, &path).ok().map(|_| path);
                }
            }
            (false, false) => {}
        }
    }
    assert!(
        wrong.is_empty(),
        "FIELDGRADE_SEED={seed}, the first one is kept as {kept:?}\n{wrong}"
    );
    println!(
        "{} compared, {both} accepted by both, accepted by the reference only: {stricter:?}",
        cases.len()
    );
    (both, stricter.values().sum())
}

#[test]
fn vectors_are_never_accepted_against_the_reference() {
    let files = all_vectors();
    let kits = kits(&files);
    let mut cases = Vec::new();
    for vector in &files {
        let bytes = std::fs::read(&vector.path).unwrap();
        // With its own rules, and with all others.
        for (name, kit) in kits
            .iter()
            .filter(|(name, _)| name.starts_with("ours") == vector.ours)
        {
            cases.push(Case {
                what: format!("{} with {name}", vector.name),
                file: vector.path.clone(),
                kit,
                ours: kit.check(&bytes).into(),
            });
        }
    }
    let (both, stricter) = compare(&cases, 0);
    assert!(both >= 40, "only {both} are accepted at all");
    assert!(stricter >= 40, "only {stricter} show that we are stricter");
}

#[test]
fn changed_bundles_are_never_accepted_against_the_reference() {
    let seed = seed();
    let rounds = std::env::var("FIELDGRADE_ROUNDS").map_or(ROUNDS, |text| text.parse().unwrap());
    let mut random = Random::new(seed);
    let folder = tempfile::tempdir().unwrap();
    let files = all_vectors();
    let vector_kits = kits(&files);
    let (good_files, files): (Vec<_>, Vec<_>) = files
        .into_iter()
        .partition(|file| file.name.contains("good/"));
    let own_kits = reseal::kits(folder.path(), &mut random);
    let mut cases = Vec::new();
    for round in 0..rounds {
        let from = if random.once_in(4) {
            &files
        } else {
            &good_files
        };
        let vector = random.pick(from);
        let original = std::fs::read(&vector.path).unwrap();
        let good = vector.name.contains("good/");
        let mut kit = &vector_kits[&vector.kit];
        let mut changed = original.clone();
        let how = match random.below(4) {
            0 if good => {
                let mut parts = forge::members(&original);
                let how = members::change(&mut parts, &mut random);
                changed = members::write(&parts, !vector.ours);
                how.to_owned()
            }
            1 | 2 if good && !vector.ours => {
                kit = random.pick(&own_kits);
                let (file, how) = reseal::change(forge::members(&original), kit, &mut random);
                changed = file;
                format!("{how}, signed again")
            }
            _ if changed.is_empty() => "nothing".to_owned(),
            _ => bytes::change(&mut changed, &mut random).to_owned(),
        };
        let file = folder.path().join(format!("{round}.zip"));
        std::fs::write(&file, &changed).unwrap();
        let answer = std::panic::catch_unwind(|| kit.check(&changed).into());
        cases.push(Case {
            what: format!("round {round}, {}: {how}", vector.name),
            file,
            kit,
            ours: answer.unwrap_or_else(|_| panic!("FIELDGRADE_SEED={seed}, round {round}: {how}")),
        });
    }
    let (both, _) = compare(&cases, seed);
    assert!(
        both * 30 >= rounds,
        "FIELDGRADE_SEED={seed}: only {both} of {rounds} are accepted at all"
    );
}

/// A paper that nobody can have read must not count as good: forged content, and papers larger than any reader takes.
#[test]
fn papers_too_large_to_read_vouch_for_nothing() {
    let kit = Kit::load(&vectors().join("kits/strict"));
    let original = std::fs::read(vectors().join("good/one-text.zip")).unwrap();
    assert!(kit.check(&original).accepted);
    let names = [
        member::ATTESTATION,
        member::SIGNATURE,
        member::ATTESTATION_DSSE,
        member::SBOM_DSSE,
    ];
    let bloated = |chosen: &[&str]| {
        let mut parts = forge::members(&original);
        for (name, bytes) in &mut parts {
            if chosen.contains(&name.as_str()) {
                bytes.resize(17 << 20, b' ');
            }
        }
        members::write(&parts, false)
    };
    for name in names {
        assert!(!kit.check(&bloated(&[name])).accepted, "{name}");
    }
    assert!(!kit.check(&bloated(&names)).accepted, "all of them");
}
