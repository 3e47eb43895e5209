//! Every byte against its digest.

use std::io::Read;
use std::sync::Mutex;

use crate::ReadAt;
use crate::digest::{Hasher, Sha256};
use crate::format::member;
use crate::verify::VerifyError;
use crate::verify::check::CheckId;
use crate::verify::checks::Checks;
use crate::verify::executor::{Progress, Task};
use crate::verify::members::{Expected, Members};
use crate::zip::{Archive, Entry, MemberError, Name};

/// How much is read at once.
const PIECE: usize = 256 << 10;
/// Members of at most so many bytes are hashed together as one piece of work.
const BATCH: u64 = 8 << 20;

/// The digest of the manifest, and what is wrong with any member.
#[derive(Default)]
pub(crate) struct Digests {
    pub manifest: Option<Sha256>,
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
            results.checks.fail_at(
                CheckId::Digests,
                index as u64,
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
            checks.fail_at(
                CheckId::Digests,
                index as u64,
                format!("hash_mismatch:{name}"),
                format!("{expected} was sealed"),
            );
        }
        Some(Expected::NotADigest) => {
            same = false;
            checks.fail_at(
                CheckId::Digests,
                index as u64,
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
        checks.fail_at(
            code,
            index as u64,
            format!("{word}:{name}"),
            "the CRC-32 is not that of the bytes",
        );
    }
    match name {
        Name::Blob(_, own) if *own == digest => {}
        Name::Other(text) if &**text == member::MANIFEST => results.manifest = Some(digest),
        Name::Other(text) if !text.starts_with("cas/") => {}
        _ => checks.fail_at(
            CheckId::BlobNames,
            index as u64,
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
