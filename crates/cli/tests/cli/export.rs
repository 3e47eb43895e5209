//! What leaves: originals and lists of digests.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::case::Case;
use crate::program::command;

/// Names that some program or other stumbles over, with what they are called when they leave.
const EVIL: &[(&[u8], &str)] = &[
    (b"plain.txt", "plain.txt"),
    (b"CON", "_CON"),
    (b"nul.tar.gz", "_nul.tar.gz"),
    (b"two\nlines", "two_lines"),
    (b"back\\slash", "back_slash"),
    (b"car\rriage", "car_riage"),
    (b"..\\..\\evil.exe", ".._.._evil.exe"),
    (b"=1+1,\"x\".csv", "=1+1,_x_.csv"),
    (b"caf\xe9.txt", "caf\u{fffd}.txt"),
    ("🏗 Kran 4.jpg".as_bytes(), "🏗 Kran 4.jpg"),
    ("gpj\u{202e}.exe".as_bytes(), "gpj\u{fffd}.exe"),
    (b"\x1b[2J", "\u{fffd}[2J"),
    (b"dots...", "dots"),
    (b"-rf", "-rf"),
    (b" ", "item-15"),
];

fn evil(case: &Case) -> PathBuf {
    let folder = PathBuf::from(case.path("evil"));
    fs::create_dir(&folder).unwrap();
    for (index, (name, _)) in EVIL.iter().enumerate() {
        fs::write(
            folder.join(OsStr::from_bytes(name)),
            format!("file {index}"),
        )
        .unwrap();
    }
    let long = "ü".repeat(127); // 254 bytes
    fs::write(folder.join(format!("{long}x")), "long").unwrap();
    folder
}

/// What the program says of each file that was taken in, by its content.
fn items(case: &Case) -> Vec<Value> {
    let list = case.done(&["documents"]);
    list["items"].as_array().unwrap().clone()
}

#[test]
fn originals_come_back_the_same_under_names_that_do_no_harm() {
    let case = Case::new();
    let folder = evil(&case);
    let taken = case.done(&["ingest", folder.to_str().unwrap()]);
    assert_eq!(taken["captured"], EVIL.len() + 1);
    let out = PathBuf::from(case.path("out"));
    fs::create_dir(&out).unwrap();
    for item in items(&case) {
        let number = item["item"].to_string();
        let exported = case.done(&["export", "item", &number, out.to_str().unwrap()]);
        assert_eq!(exported["sha256"], item["sha256"]);
        assert_eq!(exported["recorded"], true);
        let file = exported["file"].as_str().unwrap();
        assert_eq!(Path::new(file).parent(), Some(out.as_path()));
        let name = Path::new(file).file_name().unwrap().to_str().unwrap();
        assert!(
            name.len() <= 255 && bundle::zip::name_flaw(name).is_none(),
            "{name:?}"
        );
        assert!(!name.contains(['<', '>', ':', '"', '/', '\\', '|', '?', '*']));
        let content = fs::read_to_string(file).unwrap();
        let Some(index) = content.strip_prefix("file ") else {
            continue;
        };
        let (_, safe) = EVIL[index.parse::<usize>().unwrap()];
        if safe.starts_with("item-") {
            assert_eq!(name, format!("item-{number}"));
        } else {
            assert_eq!(name.replace('_', "\u{fffd}"), safe.replace('_', "\u{fffd}"));
        }
    }
    assert_eq!(fs::read_dir(&out).unwrap().count(), EVIL.len() + 1);
    // Again: nothing is overwritten, and nothing is left half done.
    let refused = case.refused(&["export", "item", "1", out.to_str().unwrap()], 3);
    assert_eq!(refused["code"], "file_exists");
    assert_eq!(fs::read_dir(&out).unwrap().count(), EVIL.len() + 1);
    let shown = case.done(&["show", "1"]);
    let acts: Vec<&str> = shown["custody"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["act"].as_str().unwrap())
        .collect();
    assert_eq!(acts, ["obtained", "taken_in", "exported"]);
    // Exporting is no reason to seal again.
    case.seal_and_accept(&[]);
    let target = case.path("one.bin");
    case.done(&["export", "item", "1", &target]);
    assert_eq!(case.done(&["seal"])["nothing_to_seal"], true);
}

#[test]
fn damaged_bytes_do_not_leave() {
    let case = Case::new();
    case.ingest("a.txt", "sound bytes");
    let digest = case.done(&["show", "1"])["sha256"]
        .as_str()
        .unwrap()
        .to_owned();
    let blob = case.path(&format!(
        "data/termite_fieldpack/runtime/cas/blobs/sha256/{digest}"
    ));
    let mut permissions = fs::metadata(&blob).unwrap().permissions();
    #[expect(
        clippy::permissions_set_readonly_false,
        reason = "a file of the test alone"
    )]
    permissions.set_readonly(false);
    fs::set_permissions(&blob, permissions).unwrap();
    fs::write(&blob, "rotten bytes").unwrap();
    let target = case.path("out.txt");
    let refused = case.refused(&["export", "item", "1", &target], 1);
    assert_eq!(refused["code"], "blob_damaged");
    assert!(!Path::new(&target).exists());
    let shown = case.done(&["show", "1"]);
    assert_eq!(
        shown["custody"].as_array().unwrap().len(),
        2,
        "it did not leave"
    );
}

#[test]
fn sha256sum_finds_every_file_in_its_list() {
    let case = Case::new();
    let folder = evil(&case);
    case.done(&["ingest", folder.to_str().unwrap()]);
    let list = case.path("sums");
    case.done(&["export", "hashes", "--out", &list]);
    assert_eq!(
        case.refused(&["export", "hashes", "--out", &list], 3)["code"],
        "file_exists"
    );
    // Paths begin with the folder that was dropped.
    let top = folder.parent().unwrap();
    let check = Command::new("sha256sum")
        .args(["--check", "--strict", "--quiet", &list])
        .current_dir(top)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&check.stderr).into_owned();
    assert!(
        check.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&check.stdout)
    );
    // The same bytes to standard output.
    let data = case.path("data");
    let ran = command(&["--data-dir", &data, "export", "hashes"])
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert_eq!(ran.stdout, fs::read(&list).unwrap());
    let lines = ran.stdout.split(|byte| *byte == b'\n').count() - 1;
    assert_eq!(lines, EVIL.len() + 1);
}

#[test]
fn lists_have_one_line_an_item_and_leave_out_what_was_withdrawn() {
    let case = Case::new();
    let folder = evil(&case);
    case.done(&["ingest", folder.to_str().unwrap()]);
    case.done(&["withdraw", "1", "--reason", "r"]);
    let hashdeep = case.page(&["export", "hashes", "--format", "hashdeep"]);
    let mut lines = hashdeep.lines();
    assert_eq!(lines.next(), Some("%%%% HASHDEEP-1.0"));
    assert_eq!(lines.next(), Some("%%%% size,sha256,filename"));
    let rows: Vec<&str> = lines.filter(|line| !line.starts_with("##")).collect();
    assert_eq!(rows.len(), EVIL.len());
    for row in &rows {
        let fields: Vec<&str> = row.splitn(3, ',').collect();
        assert!(
            fields[0].parse::<u64>().is_ok() && fields[1].len() == 64,
            "{row}"
        );
    }
    let csv = case.page(&["export", "hashes", "--format", "csv"]);
    assert!(csv.starts_with("\u{feff}item,sha256,bytes,path,"));
    assert_eq!(csv.matches("\r\n").count(), EVIL.len() + 1);
    assert_eq!(csv.matches('\n').count(), EVIL.len() + 1);
    assert!(csv.contains(",\"evil/=1+1,\"\"x\"\".csv\","), "{csv}");
}
