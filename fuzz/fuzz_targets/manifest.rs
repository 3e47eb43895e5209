//! A manifest is read the same way each time, and its list hashes to what the list gives.
#![no_main]

use bundle::Sha256;
use bundle::canon::Value;
use bundle::format::manifest::{map_hash, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut files = Vec::new();
    let result = read(|| data, &mut |name, digest| {
        files.push((name.to_owned(), digest.unwrap_or_default().to_owned()))
    });
    let Ok(manifest) = result else {
        return;
    };
    // A list out of order is told twice.
    files.sort();
    files.dedup();
    assert_eq!(files.len() as u64, manifest.listed);
    let pairs = files
        .iter()
        .map(|(name, digest)| (name.as_str(), digest.as_str()));
    assert_eq!(map_hash(pairs), manifest.map_hash);
    // Our other reader agrees that it is JSON, and on the canonical form.
    let value = Value::parse(data).expect("both readers agree");
    let mut canonical = value.to_canonical();
    let same = canonical == data.strip_suffix(b"\n").unwrap_or(data);
    canonical.push(b'\n');
    if same && data.ends_with(b"\n") {
        assert_eq!(manifest.canonical_sha256, Sha256::of(&canonical));
    }
    if manifest.canonical_sha256 == Sha256::of(data) {
        assert_eq!(data, canonical);
    }
});
