//! What a sender says of a file: the header `Upload-Metadata`.

use app::{AppError, Fault};
use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bundle::Sha256;

use super::METADATA;
use crate::answer::header;

/// What the sender said of the file.
pub(super) struct Said {
    pub path: String,
    pub modified: Option<(i64, u32)>,
    pub sha256: Option<Sha256>,
    /// All of it, as it came.
    pub all: String,
}

impl Said {
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, AppError> {
        let wrong = |what: &str| Fault::RequestMalformed.error().saying(what);
        let all = header(headers, &METADATA).unwrap_or_default().to_owned();
        let mut said = Self {
            path: String::new(),
            modified: None,
            sha256: None,
            all: all.clone(),
        };
        let mut name = String::new();
        for pair in all
            .split(',')
            .map(str::trim)
            .filter(|pair| !pair.is_empty())
        {
            let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
            let value = STANDARD.decode(value).ok();
            let value = value.and_then(|bytes| String::from_utf8(bytes).ok());
            let value = value.ok_or_else(|| wrong("Upload-Metadata is not UTF-8 in base64."))?;
            match key {
                "relativePath" => said.path = value,
                "filename" | "name" => name = value,
                "lastModified" => {
                    let millis: i64 = value
                        .parse()
                        .map_err(|_| wrong("lastModified is no number of milliseconds."))?;
                    let below = millis.rem_euclid(1000).unsigned_abs() * 1_000_000;
                    let nanos = u32::try_from(below).unwrap_or_default();
                    said.modified = Some((millis.div_euclid(1000), nanos));
                }
                "sha256" => {
                    let digest = value
                        .parse()
                        .map_err(|_| wrong("sha256 is no digest in hex."))?;
                    said.sha256 = Some(digest);
                }
                _ => {}
            }
        }
        if matches!(said.path.as_str(), "" | "null") {
            said.path = name;
        }
        if said.path.is_empty() {
            return Err(wrong("Upload-Metadata has no filename."));
        }
        Ok(said)
    }
}
