//! What is in the archive: the manifest, what must be there, and every byte against its digest.

use std::collections::{BTreeSet, HashMap};
use std::io::{BufReader, Read};
use std::sync::Mutex;

use crate::ReadAt;
use crate::digest::{Hasher, Sha256};
use crate::format::manifest::{self, Manifest, ManifestError};
use crate::format::member;
use crate::policy::Thresholds;
use crate::verify::VerifyError;
use crate::verify::executor::{Progress, Task};
use crate::verify::members::{Expected, Members};
use crate::verify::report::{CheckId, Checks};
use crate::zip::{Archive, Entry, MemberError, Name, name_flaw};

/// How much is read at once.
const PIECE: usize = 256 << 10;
/// Members of at most so many bytes are hashed together as one piece of work.
const BATCH: u64 = 8 << 20;
/// So many names are kept to be reported.
const KEPT: usize = 1000;

/// Reads the manifest and marks what it lists.
pub(crate) fn manifest<R: ReadAt + ?Sized>(
    archive: &Archive<'_, R>,
    members: &mut Members<'_>,
    checks: &mut Checks,
) -> Option<Manifest> {
    let Some(entry) = members.get(member::MANIFEST) else {
        checks.fail(CheckId::Presence, "missing_manifest", "");
        return None;
    };
    let (mut unsafe_names, mut absent) = (BTreeSet::new(), BTreeSet::new());
    let open = || BufReader::with_capacity(PIECE, archive.reader(entry));
    let result = manifest::read(open, &mut |name, digest| {
        // A name that ends in a slash is a folder; none is a member.
        if (name_flaw(name).is_some() || name.ends_with('/')) && unsafe_names.len() < KEPT {
            unsafe_names.insert(name.to_owned());
        }
        match members.find(&Name::new(name)) {
            Some(index) => members.expect(index, digest),
            None if absent.len() < KEPT => {
                absent.insert(name.to_owned());
            }
            None => {}
        }
    });
    for name in unsafe_names {
        checks.fail(
            CheckId::Presence,
            format!("unsafe_manifest_name:{name}"),
            "",
        );
    }
    for name in absent {
        checks.fail(
            CheckId::Presence,
            format!("manifest_file_missing:{name}"),
            "",
        );
    }
    match result {
        Ok(manifest) => Some(manifest),
        Err(error) => {
            let code = match &error {
                ManifestError::Parse(_) => "manifest_parse_error",
                ManifestError::Invalid(_) => "manifest_invalid",
                ManifestError::FilesNotAnObject => "manifest_files_not_dict",
            };
            checks.fail(CheckId::Manifest, code, error.to_string());
            None
        }
    }
}

/// Members that a bundle of ours has beside its blobs.
const OURS: [&str; 12] = [
    member::MANIFEST,
    member::ATTESTATION,
    member::SIGNATURE,
    member::SBOM,
    member::SBOM_DSSE,
    member::ATTESTATION_DSSE,
    member::PROVENANCE,
    member::DELTA,
    member::DOCUMENTS,
    member::POLICY,
    member::README,
    member::CARD,
];

/// What must be there is there.
pub(crate) fn required(
    members: &Members<'_>,
    demands: Thresholds,
    ours: bool,
    checks: &mut Checks,
) {
    let needed = |name: &str| {
        ours || match name {
            member::ATTESTATION => true,
            member::SIGNATURE => demands.signature,
            member::SBOM | member::SBOM_DSSE => demands.cyclonedx_sbom,
            member::ATTESTATION_DSSE => demands.dsse_attestations,
            _ => false,
        }
    };
    for name in OURS
        .into_iter()
        .filter(|name| *name != member::MANIFEST && needed(name))
    {
        if members.get(name).is_some() {
            continue;
        }
        match name {
            member::ATTESTATION => checks.fail(CheckId::Presence, "missing_attestation", ""),
            member::SIGNATURE => checks.fail(CheckId::Presence, "missing_signature", ""),
            member::SBOM => checks.fail(CheckId::Presence, "missing_cyclonedx_sbom", ""),
            member::SBOM_DSSE => checks.fail(CheckId::Presence, "missing_cyclonedx_dsse", ""),
            member::ATTESTATION_DSSE => {
                checks.fail(CheckId::Presence, "missing_dsse_attestation", "")
            }
            _ => checks.fail(CheckId::Presence, format!("missing_member:{name}"), ""),
        }
    }
}

/// What is there is listed, once; in a bundle of ours nothing else may stand.
pub(crate) fn nothing_else(members: &Members<'_>, ours: bool, checks: &mut Checks) {
    for (index, entry) in members.entries().iter().enumerate() {
        let known = |text: &str| OURS.contains(&text);
        let (unlisted, foreign) = match &entry.name {
            Name::Blob(..) => (false, false),
            Name::Other(text) => (member::UNLISTED.contains(&&**text), ours && !known(text)),
        };
        if foreign
            || (unlisted && ours && members.is_listed(index))
            || (!unlisted && !members.is_listed(index))
        {
            let name = entry.name.to_string();
            let shown = name.split('\0').next().unwrap_or_default();
            checks.fail(
                CheckId::Presence,
                format!("unexpected_zip_member:{shown}"),
                "",
            );
        }
    }
}

/// Digests of members that are no blobs, and what is wrong with any of them.
#[derive(Default)]
pub(crate) struct Digests {
    pub of: HashMap<String, Sha256>,
    pub checks: Checks,
    pub error: Option<VerifyError>,
}

/// The pieces of work that hash every member.
pub(crate) fn digest_tasks<'t, R: ReadAt + ?Sized>(
    archive: &'t Archive<'_, R>,
    members: &'t Members<'_>,
    ours: bool,
    results: &'t Mutex<Digests>,
    progress: &'t dyn Progress,
) -> Vec<Task<'t>> {
    let mut tasks: Vec<Task<'t>> = Vec::new();
    let entries = members.entries();
    let mut start = 0;
    while start < entries.len() {
        let mut end = start;
        let mut bytes = 0;
        while let Some(entry) = entries
            .get(end)
            .filter(|_| bytes < BATCH && end - start < 512)
        {
            bytes += entry.size + 512;
            end += 1;
        }
        tasks.push(Box::new(move || {
            let mut buffer = vec![0; PIECE];
            for index in start..end {
                if !digest_one(
                    archive,
                    members,
                    index,
                    ours,
                    &mut buffer,
                    results,
                    progress,
                ) {
                    return;
                }
            }
        }));
        start = end;
    }
    tasks
}

fn digest_one<R: ReadAt + ?Sized>(
    archive: &Archive<'_, R>,
    members: &Members<'_>,
    index: usize,
    ours: bool,
    buffer: &mut [u8],
    results: &Mutex<Digests>,
    progress: &dyn Progress,
) -> bool {
    let Some(entry) = members.entries().get(index) else {
        return false;
    };
    let outcome = hash(archive, entry, buffer, progress);
    let Ok(mut results) = results.lock() else {
        return false;
    };
    if results.error.is_some() {
        return false;
    }
    match outcome {
        Err(Stop::Canceled) => {
            results.error = Some(VerifyError::Canceled);
            return false;
        }
        Err(Stop::Member(MemberError::Io(error))) => {
            results.error = Some(VerifyError::Io(error));
            return false;
        }
        Err(Stop::Member(error)) => {
            results.checks.fail(
                CheckId::Digests,
                format!("hash_mismatch:{}", entry.name),
                error.to_string(),
            );
        }
        Ok((digest, crc_ok)) => judge(members, index, entry, digest, crc_ok, ours, &mut results),
    }
    true
}

fn judge(
    members: &Members<'_>,
    index: usize,
    entry: &Entry,
    digest: Sha256,
    crc_ok: bool,
    ours: bool,
    results: &mut Digests,
) {
    let name = &entry.name;
    let checks = &mut results.checks;
    let mut same = true;
    match members.expected(index) {
        Some(Expected::Digest(expected)) if expected != digest => {
            same = false;
            checks.fail(
                CheckId::Digests,
                format!("hash_mismatch:{name}"),
                format!("{expected} was sealed"),
            );
        }
        Some(Expected::NotADigest) => {
            same = false;
            checks.fail(
                CheckId::Digests,
                format!("hash_mismatch:{name}"),
                "the manifest gives no digest",
            );
        }
        _ => {}
    }
    if same && !crc_ok {
        let code = if ours {
            CheckId::OneForm
        } else {
            CheckId::Digests
        };
        let word = if ours {
            "not_canonical"
        } else {
            "zip_crc_mismatch"
        };
        checks.fail(
            code,
            format!("{word}:{name}"),
            "the CRC-32 is not that of the bytes",
        );
    }
    match name {
        Name::Blob(_, own) if *own == digest => {}
        Name::Other(text) if !text.starts_with("cas/") => {
            results.of.insert(text.to_string(), digest);
        }
        _ => checks.fail(
            CheckId::BlobNames,
            format!("blob_name_mismatch:{name}"),
            format!("its digest is {digest}"),
        ),
    }
}

enum Stop {
    Canceled,
    Member(MemberError),
}

fn hash<R: ReadAt + ?Sized>(
    archive: &Archive<'_, R>,
    entry: &Entry,
    buffer: &mut [u8],
    progress: &dyn Progress,
) -> Result<(Sha256, bool), Stop> {
    let mut reader = archive.reader(entry);
    let mut hasher = Hasher::new();
    loop {
        let got = reader
            .read(buffer)
            .map_err(|error| Stop::Member(error.into()))?;
        if got == 0 {
            return Ok((hasher.finish(), reader.crc_ok()));
        }
        hasher.update(buffer.get(..got).unwrap_or_default());
        progress.advance(got as u64);
        if progress.canceled() {
            return Err(Stop::Canceled);
        }
    }
}

/// The digest of the whole file.
pub(crate) fn hash_file<R: ReadAt + ?Sized>(
    source: &R,
    progress: &dyn Progress,
) -> Result<Sha256, VerifyError> {
    let mut hasher = Hasher::new();
    let mut buffer = vec![0; PIECE];
    let (mut offset, size) = (0, source.size());
    while offset < size {
        let want = usize::try_from((size - offset).min(PIECE as u64)).unwrap_or(PIECE);
        let piece = buffer.get_mut(..want).unwrap_or_default();
        source
            .read_exact_at(piece, offset)
            .map_err(VerifyError::Io)?;
        hasher.update(piece);
        offset += want as u64;
        progress.advance(want as u64);
        if progress.canceled() {
            return Err(VerifyError::Canceled);
        }
    }
    Ok(hasher.finish())
}

/// A member that is small by nature, whole; `None` if it is not there. One too large to be read counts as there and
/// empty, which no reader of a paper takes: what cannot be read must vouch for nothing.
pub(crate) fn small<R: ReadAt + ?Sized>(
    archive: &Archive<'_, R>,
    name: &str,
) -> Result<Option<Vec<u8>>, VerifyError> {
    const MOST: u64 = 16 << 20;
    let Some(entry) = archive.find(name).filter(|entry| entry.sound()) else {
        return Ok(None);
    };
    if entry.size > MOST {
        return Ok(Some(Vec::new()));
    }
    let mut bytes = Vec::new();
    match archive.reader(entry).read_to_end(&mut bytes) {
        Ok(_) => Ok(Some(bytes)),
        Err(error) => match MemberError::from(error) {
            MemberError::Io(error) => Err(VerifyError::Io(error)),
            // Damaged data: the digests say so.
            _ => Ok(None),
        },
    }
}
