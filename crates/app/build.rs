//! Writes the program's own bill of materials (CycloneDX 1.5) from Cargo.lock, in canonical JSON: it is pinned by every
//! seal, and the same sources give the same bytes.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lock = Path::new("../../Cargo.lock");
    print_line(&format!("cargo::rerun-if-changed={}", lock.display()))?;
    let text = fs::read_to_string(lock)?;
    let version = env::var("CARGO_PKG_VERSION")?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("bom.cdx.json"), bill(&text, &version))?;
    Ok(())
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

/// Cargo listens on standard output.
fn print_line(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{line}")
}
