//! Forms of text told by how they begin.

use serde::de::IgnoredAny;

use super::name::Extension;
use super::{MediaType, mail};

/// First words that tell the form.
const BEGINNINGS: &[(&str, &str)] = &[
    ("%PDF-", "application/pdf"),
    ("%!PS", "application/postscript"),
    ("{\\rtf", "application/rtf"),
    ("BEGIN:VCARD", "text/vcard"),
    ("BEGIN:VCALENDAR", "text/calendar"),
    ("WEBVTT", "text/vtt"),
];

/// XML by its outermost element.
const ROOTS: &[(&str, &str)] = &[
    ("svg", "image/svg+xml"),
    ("html", "application/xhtml+xml"),
    ("gpx", "application/gpx+xml"),
    ("kml", "application/vnd.google-earth.kml+xml"),
];

/// The type of a text that begins like this.
pub(super) fn look(text: &str, extension: &Extension, complete: bool) -> MediaType {
    let start = text.trim_start();
    let beginning = BEGINNINGS.iter().find(|(word, _)| start.starts_with(word));
    beginning
        .map(|(_, kind)| MediaType(kind))
        .or_else(|| markup(start))
        .or_else(|| json(start, complete).map(|kind| extension.content(kind)))
        .or_else(|| letters(text, extension))
        .or_else(|| script(text))
        .or_else(|| extension.text())
        .unwrap_or(MediaType::TEXT)
}

fn letters(text: &str, extension: &Extension) -> Option<MediaType> {
    if mail::is_mailbox(text) {
        return Some(MediaType("application/mbox"));
    }
    // Another program's name for a text that only looks like a mail is worth more.
    let free = extension.text().is_none() || extension.is("txt");
    (free && mail::is_mail(text)).then_some(MediaType("message/rfc822"))
}

fn script(text: &str) -> Option<MediaType> {
    let line = text.lines().next()?.strip_prefix("#!")?;
    let python = line.contains("python");
    Some(MediaType(if python {
        "text/x-python"
    } else {
        "text/x-shellscript"
    }))
}

fn markup(start: &str) -> Option<MediaType> {
    let declared = begins(start, "<?xml");
    let mut rest = start;
    // Past declarations and comments to the first element.
    loop {
        let end = match rest {
            _ if begins(rest, "<!doctype html") => return Some(html(declared)),
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<?") => "?>",
            _ if begins(rest, "<!doctype") => ">",
            _ => break,
        };
        let Some((_, after)) = rest.split_once(end) else {
            break;
        };
        rest = after.trim_start();
    }
    let element = rest.strip_prefix('<').unwrap_or_default();
    let name = element
        .split(|c: char| !c.is_alphanumeric() && !"-_.:".contains(c))
        .next()?;
    let local = name.rsplit(':').next().unwrap_or(name);
    let root = ROOTS
        .iter()
        .find(|(root, _)| *root == local.to_ascii_lowercase());
    match root {
        Some(("html", _)) => Some(html(declared)),
        Some((_, kind)) if declared || element.contains("xmlns") => Some(MediaType(kind)),
        _ if declared => Some(MediaType("application/xml")),
        _ if matches!(local.to_ascii_lowercase().as_str(), "head" | "body") => Some(html(false)),
        _ => None,
    }
}

fn html(declared_xml: bool) -> MediaType {
    MediaType(if declared_xml {
        "application/xhtml+xml"
    } else {
        "text/html"
    })
}

fn begins(text: &str, word: &str) -> bool {
    text.get(..word.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// One object or array, or one a line; a head that is not the whole file may end within.
fn json(start: &str, complete: bool) -> Option<MediaType> {
    if !start.starts_with(['{', '[']) {
        return None;
    }
    let mut values = serde_json::Deserializer::from_str(start).into_iter::<IgnoredAny>();
    let mut whole = 0u64;
    for value in &mut values {
        match value {
            Ok(_) => whole += 1,
            Err(error) if error.is_eof() && !complete => break,
            Err(_) => return None,
        }
    }
    let rest = start.get(values.byte_offset()..).unwrap_or_default();
    let more = whole > 1 || (whole == 1 && !rest.trim().is_empty());
    Some(MediaType(if more {
        "application/x-ndjson"
    } else {
        "application/json"
    }))
}
