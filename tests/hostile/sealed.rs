//! Bundles that are put together as the format demands, and are large or strange.

use support::sealer::Sealer;

use crate::check::check;

/// Documents of the large bundle, unless `FIELDGRADE_DOCUMENTS` says otherwise: a million take minutes without
/// optimisation, so a tenth of them is sealed, and a tenth of the memory above the floor is allowed.
const DOCUMENTS: u64 = 100_000;
/// What a check of a bundle of a million documents may take, in MiB.
const FOR_A_MILLION: u64 = 256;
/// What every check takes, in MiB.
const FLOOR: u64 = 12;

#[test]
fn a_bundle_of_a_million_documents_is_checked_in_little_memory() {
    let documents = std::env::var("FIELDGRADE_DOCUMENTS").map_or(DOCUMENTS, |n| n.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let mut sealer = Sealer::new(folder.path());
    for item in 1..=documents {
        sealer.capture(item, format!("document {item}").as_bytes());
    }
    let file = folder.path().join("bundle.zip");
    sealer.seal(&file);
    let checked = check("sealed", &file);
    assert!(checked.accepted, "{checked:?}");
    let most = FLOOR + (FOR_A_MILLION - FLOOR) * documents / 1_000_000;
    assert!(checked.peak <= most, "{checked:?}, at most {most} MiB");
}
