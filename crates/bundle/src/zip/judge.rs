//! Judging one member: what the directory says, what its own header says, and whether both say the same.

use super::entry::Method;
use super::limits::Limits;
use super::problem::Flaw;
use super::record::{Central, ExtraFlaw, Local, MARKER, Wide};
use super::safe::UTF8;
use super::sealed::Headers;

/// Encrypted, strongly encrypted, encrypted headers.
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
/// The sizes stand behind the data.
const DESCRIPTOR: u16 = 1 << 3;
/// The version that brought ZIP64; later ones brought methods and encryption that no bundle uses.
const NEWEST: u16 = 45;
/// The types of file in a Unix mode that are not special: none given, and an ordinary file.
const FILE_TYPES: [u32; 2] = [0, 0o10];
/// The attributes of DOS for a volume label and a directory.
const DOS_SPECIAL: u32 = 0x18;

/// What was found wrong with one member.
pub(super) type Findings = Vec<(Flaw, String)>;

/// Sizes and place of a member, wherever its headers keep them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Values {
    pub size: u64,
    pub compressed: u64,
    pub offset: u64,
}

/// A local header as far as it could be read.
pub(super) struct LocalRecord {
    pub header: Local,
    pub name: Option<Vec<u8>>,
    pub extra: Option<Vec<u8>>,
}

/// Takes sizes and place from a directory entry.
pub(super) fn values(central: &Central, extra: &[u8], findings: &mut Findings) -> Values {
    let mut values = Values {
        size: central.local.size.into(),
        compressed: central.local.compressed.into(),
        offset: central.offset.into(),
    };
    let (sizes, offset) = (are_wide(&central.local), values.offset == MARKER);
    if let Some(wide) = wide(extra, sizes, offset, findings) {
        if let Some((size, compressed)) = wide.sizes {
            (values.size, values.compressed) = (size, compressed);
        }
        values.offset = wide.offset.unwrap_or(values.offset);
        let needless = sizes && values.size < MARKER && values.compressed < MARKER;
        if needless || (offset && values.offset < MARKER) {
            add(findings, Flaw::Zip64, "a ZIP64 value that nothing needs");
        }
    }
    values
}

/// Judges a directory entry by itself.
pub(super) fn central(
    central: &Central,
    values: &Values,
    limits: &Limits,
    findings: &mut Findings,
) {
    let header = &central.local;
    flags(header.flags, findings);
    match Method::of(header.method) {
        Method::Stored if values.size != values.compressed => {
            let detail = format!(
                "{} bytes stored in {} bytes",
                values.size, values.compressed
            );
            add(findings, Flaw::Size, detail);
        }
        Method::Deflated if is_bomb(values, limits) => {
            let detail = format!("{} bytes out of {}", values.size, values.compressed);
            add(findings, Flaw::Bomb, detail);
        }
        Method::Stored | Method::Deflated => {}
        Method::Other(method) => {
            add(
                findings,
                Flaw::Method,
                format!("compression method {method}"),
            );
        }
    }
    if header.needed & 0xFF > NEWEST {
        let detail = format!("version {} of the format", header.needed & 0xFF);
        add(findings, Flaw::Method, detail);
    }
    if central.disk != 0 {
        add(findings, Flaw::Disk, "on another disk than the first");
    }
    if central.comment_len != 0 {
        add(
            findings,
            Flaw::Comment,
            format!("a comment of {} bytes", central.comment_len),
        );
    }
    // Whatever host the entry claims to come from, a reader may believe the mode.
    if !FILE_TYPES.contains(&(central.external >> 28)) || central.external & DOS_SPECIAL != 0 {
        let detail = format!("attributes {:#010x}", central.external);
        add(findings, Flaw::SpecialFile, detail);
    }
}

/// Compares a member's own header with its directory entry.
pub(super) fn local(
    central: &Central,
    name: &[u8],
    values: &Values,
    local: &LocalRecord,
    findings: &mut Findings,
) {
    let (ours, theirs) = (&local.header, &central.local);
    let fields = [
        ("name", local.name.as_deref() == Some(name)),
        ("flags", ours.flags == theirs.flags),
        ("method", ours.method == theirs.method),
        ("time", ours.time == theirs.time),
        ("date", ours.date == theirs.date),
        ("crc32", ours.crc32 == theirs.crc32),
        ("compressed size", ours.compressed == theirs.compressed),
        ("size", ours.size == theirs.size),
        ("version", same_version(ours, theirs)),
    ];
    for (field, _) in fields.iter().filter(|(_, same)| !same) {
        let detail = format!("the {field} in the member's header differs");
        add(findings, Flaw::HeaderMismatch, detail);
    }
    let sizes = are_wide(ours);
    let Some(extra) = &local.extra else {
        add(
            findings,
            Flaw::Extra,
            format!("an extra field of {} bytes", ours.extra_len),
        );
        return;
    };
    if let Some(Wide {
        sizes: Some(sizes), ..
    }) = wide(extra, sizes, false, findings)
        && sizes != (values.size, values.compressed)
    {
        add(
            findings,
            Flaw::HeaderMismatch,
            "the ZIP64 sizes in the member's header differ",
        );
    }
}

/// The first field in which a member's headers depart from the sealed form.
pub(super) fn deviation(central: &Central, local: &Local, values: &Values) -> Option<&'static str> {
    let sealed = Headers::new(
        central.local.name_len,
        values.size,
        central.local.crc32,
        values.offset,
    );
    let fields = [
        (
            "method",
            central.local.method == sealed.central.local.method,
        ),
        ("flags", central.local.flags == sealed.central.local.flags),
        ("time", central.local.time == sealed.central.local.time),
        ("date", central.local.date == sealed.central.local.date),
        (
            "internal attributes",
            central.internal == sealed.central.internal,
        ),
        (
            "external attributes",
            central.external == sealed.central.external,
        ),
        ("version made by", central.made_by == sealed.central.made_by),
        ("directory entry", *central == sealed.central),
        ("own header", *local == sealed.local),
    ];
    fields
        .into_iter()
        .find_map(|(field, same)| (!same).then_some(field))
}

fn flags(flags: u16, findings: &mut Findings) {
    if flags & ENCRYPTED != 0 {
        add(findings, Flaw::Encrypted, format!("flags {flags:#06x}"));
    }
    if flags & DESCRIPTOR != 0 {
        add(findings, Flaw::Descriptor, format!("flags {flags:#06x}"));
    }
    if flags & !(ENCRYPTED | DESCRIPTOR | UTF8) != 0 {
        add(findings, Flaw::Flags, format!("flags {flags:#06x}"));
    }
}

fn is_bomb(values: &Values, limits: &Limits) -> bool {
    values.size > limits.ratio_from && values.size > values.compressed.saturating_mul(limits.ratio)
}

/// Whether the sizes stand in the extra field: always both of them.
fn are_wide(header: &Local) -> bool {
    u64::from(header.size) == MARKER && u64::from(header.compressed) == MARKER
}

fn wide(extra: &[u8], sizes: bool, offset: bool, findings: &mut Findings) -> Option<Wide> {
    match Wide::parse(extra, sizes, offset) {
        Ok(wide) => Some(wide),
        Err(ExtraFlaw::Foreign) => {
            let detail = format!("an extra field of {} bytes", extra.len());
            add(findings, Flaw::Extra, detail);
            None
        }
        Err(ExtraFlaw::Mismatch) => {
            let detail = "the ZIP64 field is not what the small fields announce";
            add(findings, Flaw::Zip64, detail);
            None
        }
    }
}

/// A header whose place alone is large needs ZIP64 in the directory only, and some writers say so there only.
fn same_version(local: &Local, central: &Local) -> bool {
    let place_alone = central.extra_len == 12;
    local.needed == central.needed || (place_alone && local.needed < central.needed)
}

fn add(findings: &mut Findings, flaw: Flaw, detail: impl Into<String>) {
    findings.push((flaw, detail.into()));
}
