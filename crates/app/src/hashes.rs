//! The list of originals with their digests, in the forms that other programs read.

use bundle::format::text::clean;
use vault::{Item, Project};

use crate::desk::Desk;
use crate::error::AppError;

/// Items that are read at once.
const PAGE: u64 = 1000;

/// A form of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashFormat {
    /// As `sha256sum` writes it and `sha256sum --check` reads it, with the exact bytes of each path: a backslash, a line
    /// feed and a carriage return are escaped, and such a line begins with a backslash.
    Sha256sum,
    /// As `hashdeep -c sha256` writes it. It has no way to escape anything: what a line cannot hold is shown as U+FFFD.
    Hashdeep,
    /// RFC 4180 with a header and CRLF, for spreadsheets: with a byte order mark, without which these mistake the text for
    /// another encoding, and with an apostrophe before what they would take for a formula. The exact bytes of a path that
    /// cannot be shown as text stand in the last column in base64.
    Csv,
}

/// The list of all items of a case that were not withdrawn.
pub fn hashes(desk: &Desk, project: &Project, format: HashFormat) -> Result<Vec<u8>, AppError> {
    let mut out = match format {
        HashFormat::Sha256sum => Vec::new(),
        HashFormat::Hashdeep => b"%%%% HASHDEEP-1.0\n%%%% size,sha256,filename\n## Invoked from: \n## $ fieldgrade export hashes --format hashdeep\n## \n".to_vec(),
        HashFormat::Csv => "\u{feff}item,sha256,bytes,path,media_type,modified_utc,captured_utc,path_base64\r\n".into(),
    };
    let mut after = 0;
    loop {
        let items = desk.vault().present_items(project, after, PAGE)?;
        let Some(last) = items.last() else {
            return Ok(out);
        };
        after = last.item;
        for item in items {
            let path = desk.vault().path_bytes(project, item.item)?;
            match format {
                HashFormat::Sha256sum => sha256sum(&mut out, &item, &path),
                HashFormat::Hashdeep => {
                    let path = clean(&path).text;
                    let line = format!("{},{},{path}\n", item.size, item.raw_sha256);
                    out.extend_from_slice(line.as_bytes());
                }
                HashFormat::Csv => csv(&mut out, &item, &path),
            }
        }
    }
}

fn sha256sum(out: &mut Vec<u8>, item: &Item, path: &[u8]) {
    if path
        .iter()
        .any(|byte| matches!(byte, b'\\' | b'\n' | b'\r'))
    {
        out.push(b'\\');
    }
    out.extend_from_slice(item.raw_sha256.to_string().as_bytes());
    out.extend_from_slice(b"  ");
    for byte in path {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            other => out.push(*other),
        }
    }
    out.push(b'\n');
}

fn csv(out: &mut Vec<u8>, item: &Item, path: &[u8]) {
    let clean = clean(path);
    let fields = [
        item.item.to_string(),
        item.raw_sha256.to_string(),
        item.size.to_string(),
        clean.text,
        item.media_type.clone(),
        item.modified_utc.clone(),
        item.captured_utc.clone(),
        clean.bytes.unwrap_or_default(),
    ];
    let fields: Vec<String> = fields.iter().map(|field| csv_field(field)).collect();
    out.extend_from_slice(fields.join(",").as_bytes());
    out.extend_from_slice(b"\r\n");
}

fn csv_field(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@']);
    let text = if formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains(['"', ',', '\r', '\n', ' ', '\'']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_must_be_and_run_nothing() {
        for (text, field) in [
            ("a.txt", "a.txt"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=cmd|'/c calc'!A0", "\"'=cmd|'/c calc'!A0\""),
            ("-1", "\"'-1\""),
            ("", ""),
        ] {
            assert_eq!(csv_field(text), field);
        }
    }
}
