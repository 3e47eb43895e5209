use std::sync::Mutex;

use bundle::Sha256;
use bundle::verify::{Known, KnownBundle, Nothing, Report, SeriesAnswer, TimeAnswer};
use serde_json::Value;

use crate::corpus::{Kit, folder, json};

fn kit_of(index: &Value, bundle: &str) -> Kit {
    let files = index["files"].as_array().unwrap();
    let file = files.iter().find(|file| file["name"] == bundle).unwrap();
    Kit::load(&format!("ours/kits/{}", file["kit"].as_str().unwrap()))
}

fn compare(report: &Report, expect: &Value, wrong: &mut Vec<String>, name: &str) {
    let value: Value = serde_json::from_slice(&report.to_value().to_canonical()).unwrap();
    for key in ["verdict", "code", "integrity", "signer", "policy", "time"] {
        if value[key] != expect[key] {
            wrong.push(format!(
                "{name}: {key} is {} (code {}), not {}",
                value[key], value["code"], expect[key]
            ));
        }
    }
}

#[test]
fn every_bundle_of_ours_gets_the_answers_of_the_index() {
    let index = json("ours/index.json");
    let mut wrong = Vec::new();
    for file in index["files"].as_array().unwrap() {
        let name = file["name"].as_str().unwrap();
        let bytes = std::fs::read(folder().join("ours").join(name)).unwrap();
        let report = kit_of(&index, name).check(&bytes, &Nothing);
        compare(&report, &file["expect"], &mut wrong, name);
        let withdrawn: Vec<u64> = file["withdrawn"]
            .as_array()
            .unwrap()
            .iter()
            .map(|n| n.as_u64().unwrap())
            .collect();
        if report.subject.withdrawn != withdrawn
            || report.subject.documents != file["documents"].as_u64()
        {
            wrong.push(format!("{name}: {:?}", report.subject));
        }
        if report
            .subject
            .manifest_sha256
            .map(|d| d.to_string())
            .as_deref()
            != file["manifest_sha256"].as_str()
        {
            wrong.push(format!("{name}: manifest digest"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A receiver that records every bundle that it accepted.
#[derive(Default)]
struct Recorded(Mutex<Vec<KnownBundle>>);

impl Known for Recorded {
    fn of_chain(&self, chain: &Sha256) -> Vec<KnownBundle> {
        self.0
            .lock()
            .unwrap()
            .iter()
            .filter(|known| known.chain == *chain)
            .cloned()
            .collect()
    }

    fn recorded(&self, bundle_sha256: &Sha256) -> bool {
        self.0
            .lock()
            .unwrap()
            .iter()
            .any(|known| known.bundle_sha256 == *bundle_sha256)
    }

    fn time_of(&self, _: &Sha256) -> TimeAnswer {
        TimeAnswer::DeviceClaim
    }
}

impl Recorded {
    fn record(&self, file: &Value, bytes: &[u8], report: &Report, previous: Option<Sha256>) {
        let digest = |value: &Value| value.as_str().unwrap().parse().unwrap();
        self.0.lock().unwrap().push(KnownBundle {
            chain: digest(&file["ledger"]["chain"]),
            number: file["number"].as_u64(),
            manifest_sha256: report.subject.manifest_sha256.unwrap(),
            bundle_sha256: Sha256::of(bytes),
            head: digest(&file["ledger"]["head"]),
            size: file["ledger"]["size"].as_u64().unwrap(),
            previous_manifest: previous,
            signer_keyid: report.signer_keyid.unwrap(),
            restored: false,
        });
    }
}

#[test]
fn a_series_received_in_turn_is_complete_and_one_with_a_gap_names_it() {
    let index = json("ours/index.json");
    let mut wrong = Vec::new();
    let file = |name: &str| {
        index["files"]
            .as_array()
            .unwrap()
            .iter()
            .find(|f| f["name"] == name)
            .unwrap()
            .clone()
    };
    for (sequence, steps) in index["sequences"].as_object().unwrap() {
        let known = Recorded::default();
        let mut previous = None;
        for step in steps.as_array().unwrap() {
            let name = step["bundle"].as_str().unwrap();
            let bytes = std::fs::read(folder().join("ours").join(name)).unwrap();
            let report = kit_of(&index, name).check(&bytes, &known);
            compare(&report, step, &mut wrong, &format!("{sequence}: {name}"));
            if report.subject.series != Some(SeriesAnswer::Complete) {
                wrong.push(format!("{sequence}: {name}: {:?}", report.subject.series));
            }
            known.record(&file(name), &bytes, &report, previous);
            previous = report.subject.manifest_sha256;
        }
    }
    let known = Recorded::default();
    for (name, series) in [
        ("good/series-1.zip", SeriesAnswer::Complete),
        ("good/series-3.zip", SeriesAnswer::Missing(vec![2])),
    ] {
        let bytes = std::fs::read(folder().join("ours").join(name)).unwrap();
        let report = kit_of(&index, name).check(&bytes, &known);
        assert_eq!(report.subject.series, Some(series), "{name}");
        known.record(&file(name), &bytes, &report, None);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every single byte of a bundle, flipped: refused, each time, and never as intact and trusted at once.
#[test]
fn any_flipped_byte_is_refused() {
    let kit = Kit::load("ours/kits/strict");
    let good = std::fs::read(folder().join("ours/good/rotated-1.zip")).unwrap();
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let accepted = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for worker in 0..workers {
            let (kit, good, accepted) = (&kit, &good, &accepted);
            scope.spawn(move || {
                let mut file = good.clone();
                for place in (worker..good.len()).step_by(workers) {
                    file[place] ^= 0x01;
                    if kit.check(&file, &Nothing).accepted {
                        accepted.lock().unwrap().push(place);
                    }
                    file[place] = good[place];
                }
            });
        }
    });
    assert_eq!(accepted.into_inner().unwrap(), Vec::<usize>::new());
    assert!(kit.check(&good, &Nothing).accepted);
}
