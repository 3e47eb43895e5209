//! From the ledger and the blobs of one chain our sealer makes the bundles that another sealer made, byte for byte.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its vectors has nothing to say"
)]

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use bundle::Sha256;
use bundle::format::event::Event;
use bundle::format::line::Line;
use bundle::key::{Signer, SigningKey};
use bundle::merkle::Frontier;
use bundle::seal::{Evidence, Plan, SealError, Signing, write};
use bundle::verify::Silent;
use bundle::zip::{Archive, Folder, Limits};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/ours")
}

/// A ledger and its blobs in memory.
struct Chain {
    events: Vec<Event>,
    blobs: HashMap<(Folder, Sha256), Vec<u8>>,
}

impl Chain {
    fn load(bundles: &[&str]) -> Self {
        let ledger = std::fs::read(folder().join("main-ledger.jsonl")).unwrap();
        let events = ledger
            .strip_suffix(b"\n")
            .unwrap()
            .split(|byte| *byte == b'\n');
        let events = events
            .map(|line| Line::parse(line).unwrap().event)
            .collect();
        let mut blobs = HashMap::new();
        for name in bundles {
            let file = std::fs::read(folder().join("good").join(name)).unwrap();
            let archive = Archive::open(&file, &Limits::default()).unwrap();
            for entry in archive.entries() {
                let mut bytes = Vec::new();
                std::io::Read::read_to_end(&mut archive.reader(entry), &mut bytes).unwrap();
                let key = entry
                    .name
                    .blob()
                    .unwrap_or((Folder::Aux, Sha256::of(&bytes)));
                blobs.insert(key, bytes);
            }
        }
        Self { events, blobs }
    }
}

impl Evidence for Chain {
    fn events(
        &self,
        first: u64,
        last: u64,
        on_event: &mut dyn FnMut(Event) -> Result<(), SealError>,
    ) -> Result<(), SealError> {
        let wanted = |event: &&Event| (first..=last).contains(&event.payload.seq);
        self.events
            .iter()
            .filter(wanted)
            .try_for_each(|event| on_event(event.clone()))
    }

    fn tree_at(&self, size: u64) -> Result<Frontier, SealError> {
        let mut tree = Frontier::new();
        self.events
            .iter()
            .take(usize::try_from(size).unwrap())
            .for_each(|event| tree.push(&event.hash));
        Ok(tree)
    }

    fn project(&self, _: u64) -> Result<(String, String), SealError> {
        Ok((
            "a72985080b96946b3b82cf325e04fb68".to_owned(),
            "Harbour bridge".to_owned(),
        ))
    }

    fn blob(&self, folder: Folder, digest: &Sha256) -> Result<(u64, u32), SealError> {
        let bytes = &self.blobs[&(folder, *digest)];
        Ok((bytes.len() as u64, crc32fast::hash(bytes)))
    }

    fn copy_blob(
        &self,
        folder: Folder,
        digest: &Sha256,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), SealError>,
    ) -> Result<(), SealError> {
        self.blobs[&(folder, *digest)]
            .chunks(100)
            .try_for_each(sink)
    }
}

#[test]
fn the_five_bundles_of_one_chain_come_out_byte_for_byte_and_again_without_the_key() {
    let bundles = [
        "series-1.zip",
        "series-2.zip",
        "excerpt.zip",
        "series-3.zip",
        "series-4-full.zip",
    ];
    let chain = Chain::load(&bundles);
    let key = SigningKey::from_seed(Sha256::of(b"fieldgrade-record-vectors:alpha").as_bytes());
    for (name, seq) in bundles.iter().zip([8, 15, 17, 23, 25]) {
        let expected = std::fs::read(folder().join("good").join(name)).unwrap();
        let plan = Plan::new(&chain, seq).unwrap();
        let mut file = Vec::new();
        let written = write(&plan, &chain, &Signing::Key(&key), &mut file, &Silent).unwrap();
        assert!(file == expected, "{name} differs");
        assert_eq!(written.bytes, expected.len() as u64);

        let kept = Signing::Kept(key.public_key(), &written.signatures);
        let mut again = Vec::new();
        assert_eq!(
            write(&plan, &chain, &kept, &mut again, &Silent).unwrap(),
            written
        );
        assert!(again == expected, "{name} differs when reproduced");
    }
}

#[test]
fn kept_signatures_do_not_fit_another_seal() {
    let chain = Chain::load(&["series-1.zip", "series-2.zip"]);
    let key = SigningKey::from_seed(Sha256::of(b"fieldgrade-record-vectors:alpha").as_bytes());
    let first = write(
        &Plan::new(&chain, 8).unwrap(),
        &chain,
        &Signing::Key(&key),
        Vec::new(),
        &Silent,
    )
    .unwrap();
    let kept = Signing::Kept(key.public_key(), &first.signatures);
    let other = write(
        &Plan::new(&chain, 15).unwrap(),
        &chain,
        &kept,
        Vec::new(),
        &Silent,
    );
    assert!(matches!(other, Err(SealError::Signature(_))), "{other:?}");
}
