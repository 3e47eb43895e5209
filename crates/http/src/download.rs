//! Evidence leaves over HTTP: hashed on its way, the last piece only when the digest agrees, under any file name.

use std::collections::BTreeMap;
use std::io::Read;

use app::{AppError, Fault};
use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH, IF_RANGE, RANGE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bundle::Sha256;
use futures_util::stream::try_unfold;
use utoipa::IntoResponses;
use utoipa::openapi::{
    Content, HeaderBuilder, Object, RefOr, Response as Described, ResponseBuilder,
    ResponsesBuilder, Type,
};

use crate::answer::header;
use crate::pool::Pool;
use crate::problem::Problem;

/// Types that no browser would run; everything else is served as plain bytes.
const HARMLESS: [&str; 5] = [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    PACKAGE,
];
const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";
const PACKAGE: &str = "application/zip";

/// What is read and sent at once, in bytes.
const PIECE: usize = 256 << 10;

/// A file that can be downloaded.
pub(crate) struct Download<R> {
    pub reader: R,
    pub size: u64,
    pub sha256: Sha256,
    pub media_type: String,
    pub name: String,
}

impl<R: Read + Send + 'static> Download<R> {
    /// Answers a request for it, or for a part of it. A browser saves it and never runs it.
    pub(crate) fn answer(self, asked: &HeaderMap, pool: &Pool) -> Result<Response, Problem> {
        let tag = format!("\"{}\"", self.sha256);
        let text = |name: &HeaderName| header(asked, name);
        if text(&IF_NONE_MATCH).is_some_and(|known| known.contains(&tag)) {
            return Ok((StatusCode::NOT_MODIFIED, [(ETAG, value(&tag)?)]).into_response());
        }
        let same = text(&IF_RANGE).is_none_or(|known| known == tag);
        let part = text(&RANGE)
            .filter(|_| same)
            .map(|range| part(range, self.size));
        let (status, from, until) = match part.transpose()?.flatten() {
            Some((from, until)) => (StatusCode::PARTIAL_CONTENT, from, until),
            None => (StatusCode::OK, 0, self.size),
        };
        let mut headers = HeaderMap::new();
        for (name, text) in [
            (ETAG, tag),
            (ACCEPT_RANGES, "bytes".to_owned()),
            (CONTENT_TYPE, served_as(&self.media_type).to_owned()),
            (CONTENT_LENGTH, (until - from).to_string()),
            (CONTENT_DISPOSITION, disposition(&self.name)),
            (CACHE_CONTROL, "private, no-cache".to_owned()),
            (
                CONTENT_SECURITY_POLICY,
                "sandbox; default-src 'none'".to_owned(),
            ),
            // RFC 9530: of the whole, also where a part is sent.
            (HeaderName::from_static("repr-digest"), digest(&self.sha256)),
        ] {
            headers.insert(name, value(&text)?);
        }
        if status == StatusCode::PARTIAL_CONTENT {
            let range = format!("bytes {from}-{}/{}", until - 1, self.size);
            headers.insert(CONTENT_RANGE, value(&range)?);
        }
        let body = body(self.reader, from, until, pool.clone());
        Ok((status, headers, body).into_response())
    }
}

/// Sends the bytes from one place to another. What lies before is read as well, since all of it is hashed.
fn body<R: Read + Send + 'static>(reader: R, from: u64, until: u64, pool: Pool) -> Body {
    let start = (reader, 0_u64);
    Body::from_stream(try_unfold(start, move |(mut reader, mut at)| {
        let pool = pool.clone();
        async move {
            if at >= until {
                return Ok(None);
            }
            let next = move || {
                let mut piece = vec![0; PIECE];
                loop {
                    let got = reader.read(&mut piece).map_err(AppError::from)?;
                    if got == 0 {
                        return Err(Fault::FileChanged.error());
                    }
                    let (begin, end) = (at, at + got as u64);
                    at = end;
                    if end > from {
                        let within = |place: u64| usize::try_from(place - begin).unwrap_or(got);
                        let bytes = piece.get(within(from.max(begin))..within(until.min(end)));
                        let bytes = Bytes::copy_from_slice(bytes.unwrap_or_default());
                        return Ok((bytes, (reader, at)));
                    }
                }
            };
            // An answer that has begun can only be cut short: the client sees that it is not whole.
            let read = pool.run(next).await;
            read.map(Some)
                .map_err(|_| std::io::Error::from(std::io::ErrorKind::InvalidData))
        }
    }))
}

/// The one part that is asked for, as from and until; none for what RFC 9110 lets a server ignore.
fn part(range: &str, size: u64) -> Result<Option<(u64, u64)>, AppError> {
    let Some((first, last)) = range
        .strip_prefix("bytes=")
        .filter(|range| !range.contains(','))
        .and_then(|range| range.split_once('-'))
    else {
        return Ok(None);
    };
    // Digits alone: numbers of Rust may have a sign.
    if !first
        .bytes()
        .chain(last.bytes())
        .all(|c| c.is_ascii_digit())
    {
        return Ok(None);
    }
    let (from, until) = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(from), Ok(last)) if last >= from => (from, last.saturating_add(1).min(size)),
        (Ok(from), Err(_)) if last.is_empty() => (from, size),
        (Err(_), Ok(length)) if first.is_empty() => (size.saturating_sub(length), size),
        _ => return Ok(None),
    };
    if from < until {
        Ok(Some((from, until)))
    } else {
        Err(Fault::RangeUnsatisfiable.error())
    }
}

fn served_as(media_type: &str) -> &str {
    match media_type {
        known if HARMLESS.contains(&known) => known,
        text if text.starts_with("text/plain") => TEXT,
        _ => BYTES,
    }
}

/// How the download of an original stands in the description.
pub(crate) struct Original;
/// How the download of a sealed package does.
pub(crate) struct Package;

impl IntoResponses for Original {
    fn responses() -> BTreeMap<String, RefOr<Described>> {
        described(&[&HARMLESS[..], &["text/plain", BYTES]].concat())
    }
}

impl IntoResponses for Package {
    fn responses() -> BTreeMap<String, RefOr<Described>> {
        described(&[PACKAGE])
    }
}

fn described(types: &[&'static str]) -> BTreeMap<String, RefOr<Described>> {
    let header = |what: &str| {
        HeaderBuilder::new()
            .schema(Some(Object::with_type(Type::String)))
            .description(Some(what))
            .build()
    };
    let tag = header("The SHA-256 of the whole, in quotes");
    let bytes = |what: &str| {
        let answer = ResponseBuilder::new()
            .description(what)
            .header("ETag", tag.clone())
            .header("Repr-Digest", header("The SHA-256 of the whole (RFC 9530)"))
            .header("Content-Disposition", header("Its name"));
        let types = types.iter();
        types.fold(answer, |answer, name| {
            answer.content(*name, Content::default())
        })
    };
    let range = header("Which part");
    ResponsesBuilder::new()
        .response("200", bytes("All of it"))
        .response(
            "206",
            bytes("The part that Range asks for").header("Content-Range", range),
        )
        .response(
            "304",
            ResponseBuilder::new()
                .description("It is what If-None-Match says")
                .header("ETag", tag),
        )
        .build()
        .into()
}

/// RFC 6266 and RFC 8187: a plain name for old clients, the exact one for all others.
fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| match c {
            ' '..='~' if !matches!(c, '"' | '\\' | '%') => c,
            _ => '_',
        })
        .collect();
    let mut exact = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                exact.push(char::from(byte));
            }
            other => exact.push_str(&format!("%{other:02X}")),
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}")
}

fn digest(sha256: &Sha256) -> String {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(sha256.as_bytes());
    format!("sha-256=:{text}:")
}

fn value(text: &str) -> Result<HeaderValue, AppError> {
    HeaderValue::from_str(text).map_err(|_| Fault::Internal.error())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_those_of_the_standard() {
        let known = |range| part(range, 100).unwrap();
        assert_eq!(known("bytes=0-9"), Some((0, 10)));
        assert_eq!(known("bytes=90-"), Some((90, 100)));
        assert_eq!(known("bytes=-5"), Some((95, 100)));
        assert_eq!(known("bytes=-500"), Some((0, 100)));
        assert_eq!(known("bytes=50-5000"), Some((50, 100)));
        for ignored in [
            "bytes=5-4",
            "bytes=+5-6",
            "bytes=a-b",
            "items=1-2",
            "bytes=0-1,5-6",
            "bytes=-",
        ] {
            assert_eq!(known(ignored), None, "{ignored}");
        }
        for beyond in ["bytes=100-", "bytes=-0", "bytes=200-300"] {
            assert_eq!(
                part(beyond, 100).unwrap_err().code,
                "range_unsatisfiable",
                "{beyond}"
            );
        }
        assert_eq!(part("bytes=0-", 0).unwrap_err().code, "range_unsatisfiable");
    }

    #[test]
    fn any_name_can_leave() {
        assert_eq!(
            disposition("Größe \"5\".txt"),
            "attachment; filename=\"Gr__e _5_.txt\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%225%22.txt"
        );
    }

    #[test]
    fn a_browser_never_runs_a_document() {
        assert_eq!(served_as("text/html"), "application/octet-stream");
        assert_eq!(served_as("image/svg+xml"), "application/octet-stream");
        assert_eq!(served_as("text/plain"), "text/plain; charset=utf-8");
    }
}
