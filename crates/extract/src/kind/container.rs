//! What a ZIP archive holds, as far as its first bytes show.

use super::MediaType;
use super::name::Extension;

const ZIP: MediaType = MediaType("application/zip");

/// Types that a document names itself, in a first member `mimetype`.
const NAMED: &[&str] = &[
    "application/epub+zip",
    "application/vnd.oasis.opendocument.graphics",
    "application/vnd.oasis.opendocument.presentation",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.text",
];

/// Folders that only one kind of document has.
const FOLDERS: &[(&str, &str)] = &[
    (
        "word/",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    (
        "xl/",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    (
        "ppt/",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
];

/// The type more closely, where the type is that of a container.
pub(super) fn look(kind: MediaType, head: &[u8], extension: &Extension) -> MediaType {
    let inside = if kind == ZIP { document(head) } else { None };
    inside.unwrap_or_else(|| extension.content(kind))
}

fn document(head: &[u8]) -> Option<MediaType> {
    let mut office = false;
    let mut found = None;
    for member in (Members { rest: head }) {
        if member.name == b"mimetype" {
            let named = NAMED
                .iter()
                .find(|kind| member.data.starts_with(kind.as_bytes()));
            return named.map(|kind| MediaType(kind));
        }
        office |= member.name == b"[Content_Types].xml" || member.name.starts_with(b"_rels/");
        let folder = FOLDERS
            .iter()
            .find(|(folder, _)| member.name.starts_with(folder.as_bytes()));
        found = found.or(folder.map(|(_, kind)| MediaType(kind)));
    }
    found.filter(|_| office)
}

/// The members whose headers stand in the first bytes.
struct Members<'a> {
    rest: &'a [u8],
}

struct Member<'a> {
    name: &'a [u8],
    /// The content as stored, at most as far as the head goes.
    data: &'a [u8],
}

impl<'a> Iterator for Members<'a> {
    type Item = Member<'a>;

    fn next(&mut self) -> Option<Member<'a>> {
        let header: &[u8; 30] = self.rest.first_chunk()?;
        if !header.starts_with(b"PK\x03\x04") {
            return None;
        }
        let [.., s0, s1, s2, s3, _, _, _, _, n0, n1, e0, e1] = *header;
        let stored = usize::try_from(u32::from_le_bytes([s0, s1, s2, s3])).ok()?;
        let name_length = usize::from(u16::from_le_bytes([n0, n1]));
        let extra = usize::from(u16::from_le_bytes([e0, e1]));
        let name = self.rest.get(30..30 + name_length)?;
        let data = self
            .rest
            .get(30 + name_length + extra..)
            .unwrap_or_default();
        self.rest = match data.get(stored..) {
            Some(next) if next.starts_with(b"PK") => next,
            // The size stands after the content: the next header is found by its mark.
            _ if stored == 0 => {
                let next = data.windows(4).position(|w| w == b"PK\x03\x04");
                next.and_then(|at| data.get(at..)).unwrap_or_default()
            }
            _ => &[],
        };
        Some(Member { name, data })
    }
}
