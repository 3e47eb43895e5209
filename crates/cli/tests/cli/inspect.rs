use crate::program::run;

#[test]
fn a_good_bundle() {
    let ran = run(&["inspect", "ours/good/series-2.zip"]);
    assert_eq!(
        ran.out,
        "\
This is what the file says of itself. Nothing of it was checked.

  Kind            series, no. 2
  Case            Harbour bridge
  Label           spring round, day 2
  Sealed at       2026-03-01 10:01:45 UTC
  Signer's card   Ada Ström, inspector, Harbour Office
  Fingerprint     293c706124888d1bb9a55e74d10ca88dd807b6a4ea3a67873036706d75a49d0f
  Sealer's rules  FG_STRICT
  Entries         7 (no. 9 to 15)
  Changes         6
  Documents       1
  File            18.9 kB
  Members         13 stored, 17.4 kB unpacked
    originals     1, 137 bytes

Documents:
  item 4       137 bytes  text/plain               copy of the note.txt

Technical details:
  Toolchain id    FG_DESK
  Manifest        version 2
  Listed members  8
  SBOM components 1
   397 bytes  stored    READ-ME-FIRST.txt
      1.3 kB  stored    attestation.dsse.json
   781 bytes  stored    attestation.json
    89 bytes  stored    attestation.sig
   674 bytes  stored    documents.jsonl
      1.4 kB  stored    kg_delta.jsonl
      2.4 kB  stored    manifest.json
   697 bytes  stored    policy.json
      7.9 kB  stored    provenance.jsonl
   243 bytes  stored    sbom/bom.cdx.json
   737 bytes  stored    sbom/bom.dsse.json
   516 bytes  stored    signer/card.json
"
    );
    assert_eq!(
        (ran.err.as_str(), ran.status),
        ("hint: fieldgrade verify checks it\n", 0)
    );
}

#[test]
fn a_broken_bundle_is_told_as_far_as_it_can_be_read() {
    let ran = run(&["inspect", "bad/name-control-chars.zip", "--quiet"]);
    assert_eq!(
        ran.out,
        "\
This is what the file says of itself. Nothing of it was checked.

  Kind            a bundle of the reference platform
  Label           vec
  Sealed at       2026-02-03 04:05:06 UTC
  Entries         1
  Changes         7
  File            5.9 kB
  Members         11 deflated, 10.9 kB unpacked
    originals     1, 800 bytes
    texts         1, 800 bytes

Technical details:
  Toolchain id    FIELD_LAPTOP_A
  Manifest        version 2
  Listed members  6
  SBOM components 28
      1.3 kB  deflated  attestation.dsse.json
   772 bytes  deflated  attestation.json
    89 bytes  deflated  attestation.sig
      1 byte  deflated  cas/raw/a\u{fffd}b\u{fffd}[31m
      1.6 kB  deflated  kg_delta.jsonl
      1.2 kB  deflated  manifest.json
   524 bytes  deflated  provenance.jsonl
      2.9 kB  deflated  sbom/bom.cdx.json
   749 bytes  deflated  sbom/bom.dsse.json

Problems of the archive: 1
  unsafe_zip_member cas/raw/a\u{fffd}b\u{fffd}[31m (a control character)
"
    );
    assert_eq!((ran.err.as_str(), ran.status), ("", 1));
}

#[test]
fn a_file_that_is_no_archive() {
    let ran = run(&["inspect", "bad/truncated.zip", "--quiet"]);
    assert_eq!(
        ran.out,
        "\
This is what the file says of itself. Nothing of it was checked.

  File            3.8 kB

Cannot be read:
  archive: no end record: not a ZIP archive, or cut short
"
    );
    assert_eq!((ran.err.as_str(), ran.status), ("", 1));
}

#[test]
fn programs_get_one_document() {
    let ran = run(&["--json", "inspect", "ours/good/series-1.zip"]);
    let document = ran.document();
    assert_eq!(ran.status, 0);
    assert_eq!(document["whole"], true);
    assert_eq!(document["fieldgrade"]["project"]["name"], "Harbour bridge");
    assert_eq!(
        document["documents"]["first"][1]["name"],
        "Notiz – Brücke.txt"
    );

    let ran = run(&["inspect", "bad/manifest-not-json.zip", "--json"]);
    let document = ran.document();
    assert_eq!((ran.status, &document["whole"]), (1, &false.into()));
    assert_eq!(document["unreadable"][0]["part"], "manifest.json");
    assert_eq!(document["entries"], 1);

    let ran = run(&["inspect", "none.zip", "--json"]);
    assert_eq!(
        (ran.status, &ran.document()["error"]["code"]),
        (3, &"no_such_file".into())
    );
}
