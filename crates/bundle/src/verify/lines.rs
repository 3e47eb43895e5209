//! Reading the lines of a member one by one, in bounded memory.

use std::io::{BufRead, BufReader, Read};

use crate::ReadAt;
use crate::format::identity::Identity;
use crate::format::line::Line;
use crate::format::member;
use crate::format::seal::Kind;
use crate::verify::blobs::WithdrawnItems;
use crate::verify::check::CheckId;
use crate::verify::checks::Checks;
use crate::verify::executor::Progress;
use crate::verify::foreign::{ForeignChain, delta_line};
use crate::verify::history::{History, Walk, read_seal};
use crate::verify::members::Members;
use crate::verify::receiver::KnownBundle;
use crate::verify::{VerifyError, sealing};
use crate::zip::{Archive, MemberError};

/// The longest line that is read.
const LONGEST: u64 = 16 << 20;

/// Why the lines could not be read to the end.
enum Broken {
    /// Damaged data; the digests say so.
    Damaged,
    /// Longer than [`LONGEST`].
    TooLong,
    /// The last line has no LF.
    NoLineFeed,
}

/// After so many lines that are none, the rest is not looked at: it can change no verdict, and a small file may hold
/// thousands of millions of them.
const GIVEN_UP: u64 = 10_000;

/// Calls `on_line` with each line of a member, without its LF, until it says no. Only LF ends a line.
fn each<R: ReadAt + ?Sized>(
    archive: &Archive<'_, R>,
    name: &str,
    progress: &dyn Progress,
    on_line: &mut dyn FnMut(&[u8]) -> bool,
) -> Result<Result<(), Broken>, VerifyError> {
    let Some(entry) = archive.find(name) else {
        return Ok(Ok(()));
    };
    let mut reader = BufReader::with_capacity(256 << 10, archive.reader(entry));
    let mut line = Vec::new();
    loop {
        line.clear();
        match reader.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
            Ok(0) => return Ok(Ok(())),
            Ok(_) => {}
            Err(error) => match MemberError::from(error) {
                MemberError::Io(error) => return Err(VerifyError::Io(error)),
                _ => return Ok(Err(Broken::Damaged)),
            },
        }
        match line.strip_suffix(b"\n") {
            Some(line) if on_line(line) => {}
            Some(_) => return Ok(Ok(())),
            None if line.len() as u64 == LONGEST => return Ok(Err(Broken::TooLong)),
            None => {
                on_line(&line);
                return Ok(Err(Broken::NoLineFeed));
            }
        }
        if progress.canceled() {
            return Err(VerifyError::Canceled);
        }
    }
}

/// Walks the record of a bundle of ours.
pub(crate) fn walk<R: ReadAt + ?Sized>(
    archive: &Archive<'_, R>,
    identity: &Identity,
    members: &Members<'_>,
    known: &[KnownBundle],
    progress: &dyn Progress,
) -> Result<History, VerifyError> {
    let chosen = match identity.kind {
        Kind::Series => None,
        Kind::Excerpt => Some(chosen_items(archive, progress)?),
    };
    let mut walk = Walk::new(
        identity,
        members,
        chosen,
        sealing::known_key(identity, known),
    );
    let ended = each(archive, member::PROVENANCE, progress, &mut |line| {
        walk.line(line) < GIVEN_UP
    })?;
    let mut history = walk.finish();
    match ended {
        Ok(()) | Err(Broken::Damaged) => {}
        Err(Broken::TooLong) => history.checks.fail(
            CheckId::Lines,
            "line_malformed",
            "an entry is longer than 16 MiB",
        ),
        Err(Broken::NoLineFeed) => {
            history.checks.fail(
                CheckId::Lines,
                "line_malformed",
                "the last entry does not end with a line feed",
            );
        }
    }
    Ok(history)
}

/// The items of an excerpt stand in its last line, and decide what the lines before it may carry.
fn chosen_items<R: ReadAt + ?Sized>(
    archive: &Archive<'_, R>,
    progress: &dyn Progress,
) -> Result<Vec<u64>, VerifyError> {
    let mut last = Vec::new();
    let _ = each(archive, member::PROVENANCE, progress, &mut |line| {
        last.clear();
        last.extend_from_slice(line);
        true
    })?;
    let seal = Line::parse(&last)
        .ok()
        .and_then(|line| read_seal(&line).ok());
    Ok(seal
        .and_then(|(_, wishes)| wishes.items)
        .unwrap_or_default())
}

/// Reads the lines again for what the bundle carries of items that were withdrawn.
pub(crate) fn withdrawn<R: ReadAt + ?Sized>(
    archive: &Archive<'_, R>,
    carried: &mut WithdrawnItems,
) -> Result<(), VerifyError> {
    let _ = each(archive, member::PROVENANCE, &super::Silent, &mut |line| {
        if let Ok(line) = Line::parse(line) {
            carried.event(&line);
        }
        true
    })?;
    Ok(())
}

/// Walks record and changes of a bundle of the reference platform.
pub(crate) fn walk_foreign<R: ReadAt + ?Sized>(
    archive: &Archive<'_, R>,
    checks: &mut Checks,
    progress: &dyn Progress,
) -> Result<(), VerifyError> {
    let mut chain = ForeignChain::default();
    let ended = each(archive, member::PROVENANCE, progress, &mut |line| {
        chain.line(line, checks);
        chain.flawed() < GIVEN_UP
    })?;
    if matches!(ended, Err(Broken::TooLong)) {
        checks.fail(
            CheckId::Lines,
            "line_malformed",
            "an entry is longer than 16 MiB",
        );
    }
    checks.pass(CheckId::Lines, format!("{} entries", chain.lines()));
    let (mut number, mut flawed) = (0, 0);
    let ended = each(archive, member::DELTA, progress, &mut |line| {
        number += 1;
        flawed += u64::from(!delta_line(line, number, checks));
        flawed < GIVEN_UP
    })?;
    if matches!(ended, Err(Broken::TooLong)) {
        checks.fail(
            CheckId::Delta,
            "delta_malformed",
            "a line is longer than 16 MiB",
        );
    }
    Ok(())
}
