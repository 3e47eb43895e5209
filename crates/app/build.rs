//! Writes the program's own bill of materials (CycloneDX 1.5) from Cargo.lock, in canonical JSON: it is pinned by every
//! seal, and the same sources give the same bytes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let lock = Path::new("../../Cargo.lock");
    println!("cargo::rerun-if-changed={}", lock.display());
    let text = fs::read_to_string(lock).expect("Cargo.lock stands at the top of the workspace");
    let version = env::var("CARGO_PKG_VERSION").expect("cargo says it");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo says it"));
    fs::write(out.join("bom.cdx.json"), bill(&text, &version))
        .expect("cargo's own folder can be written");
}

fn bill(lock: &str, version: &str) -> String {
    let components: Vec<String> = packages(lock)
        .iter()
        // Our own crates have no source: they are the tool.
        .filter(|package| package.contains_key("source"))
        .map(component)
        .collect();
    format!(
        "{{\"bomFormat\":\"CycloneDX\",\"components\":[{}],\"metadata\":{{\"tools\":[{{\"name\":\"fieldgrade\",\
         \"vendor\":\"Fieldgrade\",\"version\":\"{version}\"}}]}},\"specVersion\":\"1.5\",\"version\":1}}",
        components.join(",")
    )
}

/// Keys and values of each `[[package]]`; names, versions and checksums hold nothing that JSON would escape.
fn packages(lock: &str) -> Vec<BTreeMap<&str, &str>> {
    lock.split("[[package]]")
        .skip(1)
        .map(|block| {
            let pairs = block.lines().filter_map(|line| line.split_once(" = "));
            pairs
                .map(|(key, value)| (key.trim(), value.trim().trim_matches('"')))
                .collect()
        })
        .collect()
}

fn component(package: &BTreeMap<&str, &str>) -> String {
    let field = |key: &str| package.get(key).copied().unwrap_or_default();
    let (name, version) = (field("name"), field("version"));
    let hashes = match field("checksum") {
        "" => String::new(),
        checksum => format!("\"hashes\":[{{\"alg\":\"SHA-256\",\"content\":\"{checksum}\"}}],"),
    };
    format!(
        "{{{hashes}\"name\":\"{name}\",\"purl\":\"pkg:cargo/{name}@{version}\",\"type\":\"library\",\"version\":\"{version}\"}}"
    )
}
