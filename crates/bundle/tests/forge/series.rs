//! What is known of the bundles before and beside one.

use bundle::Sha256;
use bundle::canon::Value;
use bundle::format::member;
use bundle::verify::{KnownBundle, SeriesAnswer};

use crate::case::Case;
use crate::forge::{forge, unpack, vector};
use crate::receiver::{Desk, lenient};

/// A vector as a receiver recorded it.
pub fn known(name: &str) -> KnownBundle {
    known_file(&vector(name))
}

fn known_file(file: &[u8]) -> KnownBundle {
    let members = unpack(file);
    let manifest = Value::parse(&members[member::MANIFEST]).unwrap();
    let ours = manifest
        .as_object()
        .unwrap()
        .object("fieldgrade")
        .unwrap()
        .clone();
    let ledger = ours.object("ledger").unwrap();
    let digest = |text: &str| text.parse::<Sha256>().unwrap();
    KnownBundle {
        chain: digest(ledger.string("chain").unwrap()),
        number: ours.count("number").ok(),
        manifest_sha256: Sha256::of(&members[member::MANIFEST]),
        bundle_sha256: Sha256::of(file),
        head: digest(ledger.string("head").unwrap()),
        size: ledger.count("size").unwrap(),
        previous_manifest: ours
            .object("previous")
            .ok()
            .map(|previous| digest(previous.string("manifest_sha256").unwrap())),
        signer_keyid: digest(ours.object("signer").unwrap().string("keyid").unwrap()),
        restored: String::from_utf8_lossy(&members[member::PROVENANCE])
            .contains("\"event_type\":\"RESTORED\""),
    }
}

pub fn cases() -> Vec<Case> {
    Vec::new()
}

fn knowing(bundles: Vec<KnownBundle>) -> Desk {
    lenient().with(|desk| desk.memory.bundles = bundles)
}

fn series(file: &[u8], bundles: Vec<KnownBundle>) -> SeriesAnswer {
    let report = knowing(bundles).check(file);
    assert!(report.accepted, "{:?}", report.code);
    let answer = report.subject.series.unwrap();
    let fork = matches!(
        answer,
        SeriesAnswer::Fork | SeriesAnswer::ContinuedFromBackup
    );
    assert_eq!(report.warnings.contains(&"chain_fork".to_owned()), fork);
    answer
}

/// A bundle like the vector, but for its label.
fn rival(name: &str) -> Vec<u8> {
    let mut forge = forge(name);
    "another".clone_into(&mut forge.label);
    forge
        .seal_source(|seal| seal.insert("label", "another"))
        .build()
}

/// The next bundle after a file: an event and a SEAL more.
fn next(name: &str, after: &[u8], restored: bool) -> KnownBundle {
    let before = known_file(after);
    let mut next = known(name);
    next.number = before.number.map(|number| number + 1);
    next.manifest_sha256 = Sha256::of(format!("after {}", before.manifest_sha256).as_bytes());
    next.bundle_sha256 = next.manifest_sha256;
    next.head = next.manifest_sha256;
    next.size = before.size + 2;
    next.previous_manifest = Some(before.manifest_sha256);
    next.restored = restored;
    next
}

#[test]
fn what_is_known_decides() {
    let all = |names: &[&str]| names.iter().map(|name| known(name)).collect::<Vec<_>>();
    assert_eq!(series(&vector("series-2"), vec![]), SeriesAnswer::Unknown);
    assert_eq!(series(&vector("series-1"), vec![]), SeriesAnswer::Complete);
    assert_eq!(
        series(&vector("series-2"), all(&["series-1"])),
        SeriesAnswer::Complete
    );
    assert_eq!(
        series(&vector("series-3"), all(&["series-1"])),
        SeriesAnswer::Missing(vec![2])
    );
    assert_eq!(
        series(&vector("series-3"), all(&["series-2"])),
        SeriesAnswer::Missing(vec![1])
    );
    assert_eq!(
        series(&vector("series-4-full"), vec![]),
        SeriesAnswer::Complete
    );
    assert_eq!(
        series(&vector("series-1"), all(&["series-2", "series-3"])),
        SeriesAnswer::Complete
    );
    assert_eq!(
        series(&vector("excerpt"), all(&["series-2"])),
        SeriesAnswer::Complete
    );
    assert_eq!(
        series(&vector("excerpt"), all(&["series-1"])),
        SeriesAnswer::Unknown
    );
    assert_eq!(
        series(
            &vector("series-2"),
            all(&["series-1", "series-2", "excerpt"])
        ),
        SeriesAnswer::Complete
    );
}

#[test]
fn two_bundles_in_one_place_are_a_fork() {
    let fork = SeriesAnswer::Fork;
    assert_eq!(series(&rival("series-1"), vec![known("series-1")]), fork);
    assert_eq!(
        series(
            &rival("series-2"),
            vec![known("series-1"), known("series-2")]
        ),
        fork
    );
    // The bundle before is another one than the one known under its number.
    let one = known_file(&rival("series-1"));
    assert_eq!(series(&vector("series-2"), vec![one.clone()]), fork);
    assert_eq!(
        series(&vector("series-2"), vec![known("series-1"), one]),
        fork
    );
    // An excerpt of another bundle than the one known under its number.
    let two = known_file(&rival("series-2"));
    assert_eq!(series(&vector("excerpt"), vec![two]), fork);
    // A known bundle may name another one before it under the number of this one.
    let three = next("series-3", &rival("series-2"), false);
    assert_eq!(
        series(&vector("series-2"), vec![known("series-1"), three]),
        SeriesAnswer::Complete
    );
}

#[test]
fn a_restore_on_record_declares_a_fork() {
    let continued = SeriesAnswer::ContinuedFromBackup;
    let lost = {
        let mut forge = forge("restored-2");
        forge.events.retain(|event| event.kind != "RESTORED");
        forge.build()
    };
    let one = known("restored-1");
    // This one says so, or the one that is known.
    assert_eq!(
        series(&vector("restored-2"), vec![one.clone(), known_file(&lost)]),
        continued
    );
    assert_eq!(
        series(&lost, vec![one.clone(), known("restored-2")]),
        continued
    );
    assert_eq!(
        series(
            &lost,
            vec![one.clone(), {
                let mut rival = known_file(&lost);
                rival.manifest_sha256 = Sha256::of(b"rival");
                rival
            }]
        ),
        SeriesAnswer::Fork
    );
    // A restore before the common part declares nothing.
    let mut old = one;
    old.restored = true;
    let mut rival = known_file(&lost);
    rival.manifest_sha256 = Sha256::of(b"rival");
    assert_eq!(series(&lost, vec![old, rival]), SeriesAnswer::Fork);
}

#[test]
fn a_restore_in_a_bundle_before_declares_the_fork_of_those_after() {
    // 1 - 2 - 3 and, after a restore, 1 - 2' - 3': known are all but 3'.
    let lost = known("series-2");
    let mut restored = known_file(&rival("series-2"));
    restored.restored = true;
    let three = next("series-3", &vector("series-2"), false);
    // 3' is the third vector, made to follow 2'.
    let file = after_rival();
    let with = |bundles: Vec<KnownBundle>| series(&file, bundles);
    let one = known("series-1");
    assert_eq!(
        with(vec![
            one.clone(),
            lost.clone(),
            restored.clone(),
            three.clone()
        ]),
        SeriesAnswer::ContinuedFromBackup
    );
    restored.restored = false;
    assert_eq!(with(vec![one, lost, restored, three]), SeriesAnswer::Fork);
}

/// Series-3 as it would be after the rival of series-2.
fn after_rival() -> Vec<u8> {
    let before = rival("series-2");
    let known = known_file(&before);
    let members = unpack(&before);
    let manifest = Value::parse(&members[member::MANIFEST]).unwrap();
    let ledger = manifest
        .as_object()
        .unwrap()
        .object("fieldgrade")
        .unwrap()
        .object("ledger")
        .unwrap()
        .clone();
    let root: Sha256 = ledger.string("root").unwrap().parse().unwrap();
    let mut forge = forge("series-3");
    let mut tree = bundle::merkle::Frontier::new();
    for name in ["series-1"] {
        for line in unpack(&vector(name))[member::PROVENANCE]
            .split(|b| *b == b'\n')
            .filter(|line| !line.is_empty())
        {
            tree.push(&bundle::format::line::Line::parse(line).unwrap().event.hash);
        }
    }
    for line in members[member::PROVENANCE]
        .split(|b| *b == b'\n')
        .filter(|line| !line.is_empty())
    {
        tree.push(&bundle::format::line::Line::parse(line).unwrap().event.hash);
    }
    assert_eq!(tree.root(), root);
    let link = bundle::canon::Object::new()
        .with("number", 2_u64)
        .with("manifest_sha256", known.manifest_sha256)
        .with("bundle_sha256", known.bundle_sha256)
        .with("head", known.head)
        .with("size", known.size);
    let previous = link
        .clone()
        .with("root", root)
        .with("frontier", tree.roots().to_vec());
    let mut ours = forge.manifest.object("fieldgrade").unwrap().clone();
    ours.insert("previous", previous);
    forge.manifest.insert("fieldgrade", ours);
    let sealed = forge.event(16);
    sealed.content.set("seal", known.head);
    sealed.content.set("manifest_sha256", known.manifest_sha256);
    sealed.content.set("bundle_sha256", known.bundle_sha256);
    forge
        .seal_content(move |seal| seal.insert("previous", link))
        .build()
}
