//! What the end of a name can add.

use super::MediaType;

/// The end of a file's name after its last dot, in lower case.
pub(super) struct Extension(String);

/// Forms of text that only the name tells.
const TEXTS: &[(&str, &str)] = &[
    ("css", "text/css"),
    ("csv", "text/csv"),
    ("geojson", "application/geo+json"),
    ("gpx", "application/gpx+xml"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("ics", "text/calendar"),
    ("js", "text/javascript"),
    ("json", "application/json"),
    ("jsonl", "application/x-ndjson"),
    ("kml", "application/vnd.google-earth.kml+xml"),
    ("log", "text/plain"),
    ("markdown", "text/markdown"),
    ("md", "text/markdown"),
    ("mjs", "text/javascript"),
    ("ndjson", "application/x-ndjson"),
    ("py", "text/x-python"),
    ("rst", "text/x-rst"),
    ("sh", "text/x-shellscript"),
    ("sql", "application/sql"),
    ("srt", "application/x-subrip"),
    ("svg", "image/svg+xml"),
    ("tab", "text/tab-separated-values"),
    ("text", "text/plain"),
    ("toml", "application/toml"),
    ("tsv", "text/tab-separated-values"),
    ("txt", "text/plain"),
    ("vcf", "text/vcard"),
    ("vtt", "text/vtt"),
    ("xhtml", "application/xhtml+xml"),
    ("xml", "application/xml"),
    ("yaml", "application/yaml"),
    ("yml", "application/yaml"),
];

/// What a container is if its name says so: the container, the end of the name, the type.
const CONTENTS: &[(&str, &str, &str)] = &[
    ("application/json", "geojson", "application/geo+json"),
    ("application/x-ole-storage", "doc", "application/msword"),
    (
        "application/x-ole-storage",
        "msg",
        "application/vnd.ms-outlook",
    ),
    (
        "application/x-ole-storage",
        "ppt",
        "application/vnd.ms-powerpoint",
    ),
    ("application/x-ole-storage", "vsd", "application/vnd.visio"),
    (
        "application/x-ole-storage",
        "xls",
        "application/vnd.ms-excel",
    ),
    (
        "application/zip",
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ("application/zip", "epub", "application/epub+zip"),
    ("application/zip", "kmz", "application/vnd.google-earth.kmz"),
    (
        "application/zip",
        "odg",
        "application/vnd.oasis.opendocument.graphics",
    ),
    (
        "application/zip",
        "odp",
        "application/vnd.oasis.opendocument.presentation",
    ),
    (
        "application/zip",
        "ods",
        "application/vnd.oasis.opendocument.spreadsheet",
    ),
    (
        "application/zip",
        "odt",
        "application/vnd.oasis.opendocument.text",
    ),
    (
        "application/zip",
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    (
        "application/zip",
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("image/tiff", "arw", "image/x-sony-arw"),
    ("image/tiff", "cr2", "image/x-canon-cr2"),
    ("image/tiff", "dng", "image/x-adobe-dng"),
    ("image/tiff", "nef", "image/x-nikon-nef"),
    ("video/x-ms-asf", "wma", "audio/x-ms-wma"),
    ("video/x-ms-asf", "wmv", "video/x-ms-wmv"),
];

impl Extension {
    pub fn of(name: &str) -> Self {
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let end = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty());
        Self(end.map_or_else(String::new, |(_, end)| end.to_ascii_lowercase()))
    }

    pub fn is(&self, end: &str) -> bool {
        self.0 == end
    }

    /// The type of a text with a name like this.
    pub fn text(&self) -> Option<MediaType> {
        let row = TEXTS.iter().find(|(end, _)| self.is(end));
        row.map(|(_, kind)| MediaType(kind))
    }

    /// The type of a container with a name like this.
    pub fn content(&self, container: MediaType) -> MediaType {
        let row = CONTENTS
            .iter()
            .find(|(outer, end, _)| *outer == container.0 && self.is(end));
        row.map_or(container, |(_, _, kind)| MediaType(kind))
    }
}
