//! Formats told by fixed bytes near the start.

use super::MediaType;

/// Where the bytes stand, the bytes, the type.
type Row = (usize, &'static [u8], &'static str);

/// With controls, or bytes that no word begins with: certain, whatever comes after.
const CERTAIN: &[Row] = &[
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", "image/jxl"),
    (
        0,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "application/x-ole-storage",
    ),
    (0, b"\x1f\x8b\x08", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"\xfd7zXZ\0", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"\x04\x22\x4d\x18", "application/x-lz4"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"MSCF\0\0\0\0", "application/vnd.ms-cab-compressed"),
    (0, b"SQLite format 3\0", "application/vnd.sqlite3"),
    (0, b"\x7fELF", "application/x-elf"),
    (0, b"\0asm", "application/wasm"),
    (0, b"MThd\0\0\0\x06", "audio/midi"),
    (0, b"#!AMR\n", "audio/amr"),
    (0, b"#!AMR-WB\n", "audio/amr-wb"),
    (0, b"FLV\x01", "video/x-flv"),
    (0, b"\0\0\x01\xba", "video/mpeg"),
    (0, b"\0\0\x01\xb3", "video/mpeg"),
    (
        0,
        b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c",
        "video/x-ms-asf",
    ),
    (0, b"EVF\x09\x0d\x0a\xff\0", "application/x-ewf"),
    (0, b"\xd4\xc3\xb2\xa1", "application/vnd.tcpdump.pcap"),
    (0, b"\xa1\xb2\xc3\xd4", "application/vnd.tcpdump.pcap"),
    (0, b"\x0a\x0d\x0d\x0a", "application/x-pcapng"),
    (0, b"\0\0\x01\0", "image/vnd.microsoft.icon"),
    (0, b"\0\x01\0\0\0", "font/ttf"),
];

/// A text may begin with these too: they count where the bytes are no text.
const OF_BINARY: &[Row] = &[
    (0, b"%PDF-", "application/pdf"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"8BPS", "image/vnd.adobe.photoshop"),
    (0, b"AT&TFORM", "image/vnd.djvu"),
    (0, b"AC10", "image/vnd.dwg"),
    (0, b"LASF", "application/vnd.las"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"!BDN", "application/vnd.ms-outlook-pst"),
    (0, b"wOFF", "font/woff"),
    (0, b"wOF2", "font/woff2"),
    (0, b"OTTO", "font/otf"),
    (0, b"glTF", "model/gltf-binary"),
    (0, b"PAR1", "application/vnd.apache.parquet"),
    (4, b"moov", "video/quicktime"),
    (4, b"mdat", "video/quicktime"),
    (4, b"wide", "video/quicktime"),
    (128, b"DICM", "application/dicom"),
    (257, b"ustar", "application/x-tar"),
    (0, b"%!PS", "application/postscript"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"\xff\xf9", "audio/aac"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xfa", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf2", "audio/mpeg"),
    (0, b"BM", "image/bmp"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
];

/// Forms inside a RIFF or IFF file.
const FORMS: &[(&[u8], &[u8], &str)] = &[
    (b"RIFF", b"WEBP", "image/webp"),
    (b"RIFF", b"WAVE", "audio/wav"),
    (b"RIFF", b"AVI ", "video/x-msvideo"),
    (b"FORM", b"AIFF", "audio/aiff"),
    (b"FORM", b"AIFC", "audio/aiff"),
];

/// The type that the first bytes tell beyond doubt.
pub(super) fn certain(head: &[u8]) -> Option<MediaType> {
    find(CERTAIN, head).or_else(|| matroska(head))
}

/// The type of bytes known not to be text.
pub(super) fn of_binary(head: &[u8]) -> Option<MediaType> {
    let form = || {
        let row = FORMS
            .iter()
            .find(|(outer, inner, _)| at(head, 0, outer) && at(head, 8, inner));
        row.map(|(_, _, kind)| MediaType(kind))
    };
    base_media(head)
        .or_else(form)
        .or_else(|| find(OF_BINARY, head))
        .or_else(|| late_pdf(head))
}

fn find(rows: &[Row], head: &[u8]) -> Option<MediaType> {
    let row = rows
        .iter()
        .find(|(offset, bytes, _)| at(head, *offset, bytes));
    row.map(|(_, _, kind)| MediaType(kind))
}

fn at(head: &[u8], offset: usize, bytes: &[u8]) -> bool {
    head.get(offset..)
        .is_some_and(|rest| rest.starts_with(bytes))
}

/// HEIC, AVIF, MP4, QuickTime and their kin: the brand, then the brands it is compatible with.
fn base_media(head: &[u8]) -> Option<MediaType> {
    let length = u32::from_be_bytes(*head.first_chunk()?);
    let body = head.get(8..).filter(|_| at(head, 4, b"ftyp"))?;
    let length = usize::try_from(length).ok()?.saturating_sub(8);
    let body = body.get(..length).unwrap_or(body);
    let major = body.get(..4)?;
    let has = |brands: &[&[u8]]| body.chunks_exact(4).any(|brand| brands.contains(&brand));
    let kind = match major {
        b"heic" | b"heix" | b"heim" | b"heis" => "image/heic",
        b"hevc" | b"hevx" => "image/heic-sequence",
        b"avif" | b"avis" => "image/avif",
        b"mif1" | b"msf1" if has(&[b"avif", b"avis"]) => "image/avif",
        b"mif1" | b"msf1" if has(&[b"heic", b"heix"]) => "image/heic",
        b"mif1" | b"msf1" => "image/heif",
        b"crx " => "image/x-canon-cr3",
        b"qt  " => "video/quicktime",
        b"M4A " | b"M4B " => "audio/mp4",
        b"M4V " => "video/x-m4v",
        [b'3', b'g', b'p', _] => "video/3gpp",
        [b'3', b'g', b'2', _] => "video/3gpp2",
        _ => "video/mp4",
    };
    Some(MediaType(kind))
}

/// Matroska names its kind in the first element.
fn matroska(head: &[u8]) -> Option<MediaType> {
    let body = head.strip_prefix(b"\x1a\x45\xdf\xa3")?;
    let start = body.get(..64).unwrap_or(body);
    let web = start.windows(4).any(|w| w == b"webm");
    Some(MediaType(if web {
        "video/webm"
    } else {
        "video/x-matroska"
    }))
}

/// Readers accept a PDF that begins within the first kilobyte.
fn late_pdf(head: &[u8]) -> Option<MediaType> {
    let start = head.get(..1024).unwrap_or(head);
    let found = start.windows(5).any(|w| w == b"%PDF-");
    found.then_some(MediaType("application/pdf"))
}
