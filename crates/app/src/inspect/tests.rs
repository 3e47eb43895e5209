use super::*;
use bundle::verify::Silent;
use bundle::zip::ArchiveWriter;
use std::fs;
use std::path::PathBuf;

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors")
}

/// Of every vector, good or broken, something is told or it is named what cannot be.
#[test]
fn every_vector_can_be_looked_into() {
    let mut seen = 0;
    for folder in ["good", "bad", "ours/good"] {
        for file in fs::read_dir(vectors().join(folder)).unwrap() {
            let path = file.unwrap().path();
            let inspection = inspect_file(&path, &Silent).unwrap();
            let told = inspection.manifest.is_some() || !inspection.unreadable.is_empty();
            assert!(told, "{}: {inspection:?}", path.display());
            assert!(
                folder == "bad" || inspection.whole(),
                "{}: {inspection:?}",
                path.display()
            );
            let text = inspection.to_value().to_canonical();
            assert!(Value::parse(&text).is_ok(), "{}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 150, "{seen}");
}

#[test]
fn counts_and_names_come_from_the_members() {
    let path = vectors().join("ours/good/series-1.zip");
    let inspection = inspect_file(&path, &Silent).unwrap();
    assert_eq!(inspection.label.as_deref(), Some("spring round, day 1"));
    assert_eq!(inspection.policy_id.as_deref(), Some("FG_STRICT"));
    assert_eq!(
        (inspection.entries, inspection.documents),
        (Some(8), Some(3))
    );
    assert_eq!(
        (inspection.changes, inspection.sbom_components),
        (Some(13), Some(1))
    );
    let names: Vec<_> = inspection
        .first_documents
        .iter()
        .map(|d| d.name.as_deref())
        .collect();
    assert_eq!(
        names,
        [
            Some("IMG_0001.JPG"),
            Some("Notiz – Brücke.txt"),
            Some("readings.csv")
        ]
    );
    let archive = inspection.archive.unwrap();
    assert_eq!(
        (archive.members, archive.stored, archive.deflated),
        (17, 17, 0)
    );
    assert_eq!(
        (archive.raw.count, archive.extract.count, archive.aux.count),
        (3, 2, 0)
    );
}

/// An archive of these members.
fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = ArchiveWriter::new(&mut out);
    for (name, bytes) in members {
        let crc = crc32fast::hash(bytes);
        writer.start(name, bytes.len() as u64, crc).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap();
    out
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_told() {
    let long = format!(
        "{{\"content\":{{\"item\":2,\"x\":\"{}\"}}}}",
        "y".repeat(2 << 20)
    );
    let documents =
        format!("{{\"content\":{{\"item\":1}}}}\n{long}\n[]\n{{\"content\":{{\"item\":4}}}}");
    let bytes = zip(&[
        ("attestation.json", b"{\"label\":7}"),
        ("documents.jsonl", documents.as_bytes()),
        ("manifest.json", b"{\"files\":[]}"),
        ("policy.json", &b" ".repeat(2 << 20)),
        ("provenance.jsonl", b"a\nb\n\nc"),
        ("sbom/bom.cdx.json", b"{\"components\":[1,2}"),
    ]);
    let inspection = inspect(&bytes, &Silent).unwrap();
    let parts: Vec<_> = inspection
        .unreadable
        .iter()
        .map(|flaw| flaw.part.as_str())
        .collect();
    assert_eq!(
        parts,
        [
            "manifest.json",
            "policy.json",
            "sbom/bom.cdx.json",
            "documents.jsonl"
        ]
    );
    assert_eq!(
        (inspection.entries, inspection.documents),
        (Some(4), Some(4))
    );
    let items: Vec<_> = inspection.first_documents.iter().map(|d| d.item).collect();
    assert_eq!(items, [Some(1), Some(4)]);
    assert!(!inspection.whole());
}

/// Whatever a manifest claims to be, no more of it is read than its members explain.
#[test]
fn a_huge_manifest_is_not_read() {
    let huge = format!("{{\"x\":[{}1]}}", "1,".repeat(1 << 20));
    let inspection = inspect(&zip(&[("manifest.json", huge.as_bytes())]), &Silent).unwrap();
    assert_eq!(inspection.manifest, None);
    assert_eq!(
        inspection.unreadable[0].why,
        "far larger than its members explain"
    );
}

#[test]
fn looking_can_be_stopped() {
    struct Stop;
    impl Progress for Stop {
        fn advance(&self, _: u64) {}
        fn canceled(&self) -> bool {
            true
        }
    }
    let path = vectors().join("ours/good/series-1.zip");
    let error = inspect_file(&path, &Stop).unwrap_err();
    assert_eq!(error.code, "canceled");
    assert_eq!(error.place, Some(path.display().to_string()));
}
