//! A key as somebody hands it over: a PEM block, a signer's card, or a package that carries one.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

use bundle::ReadAt;
use bundle::format::card::{self, Card};
use bundle::format::member;
use bundle::key::PublicKey;
use bundle::zip::{Archive, Limits};
use store::StoreError;

use crate::error::{Result, VaultError};

/// Cards grow by a few hundred bytes with every change of key.
const LONGEST: u64 = 1 << 20;
/// What an archive begins with.
const ARCHIVE: &[u8] = b"PK";

/// What was handed over.
pub(super) enum Presented {
    /// The key alone.
    Key(PublicKey),
    /// The key with what its holder says of themselves, signed with it.
    Card(Box<Card>),
}

impl Presented {
    /// Looks into a file.
    pub fn read(path: &Path) -> Result<Self> {
        let failed = |error| StoreError::io("read", path, error);
        let mut file = File::open(path).map_err(failed)?;
        let mut start = Vec::new();
        let two = file.by_ref().take(2).read_to_end(&mut start);
        two.map_err(failed)?;
        let bytes = if start == ARCHIVE {
            card_of(&file, path)?
        } else {
            let most = LONGEST + 1;
            file.take(most - 2)
                .read_to_end(&mut start)
                .map_err(failed)?;
            start
        };
        if bytes.len() as u64 > LONGEST {
            return Err(invalid(path, format!("it is longer than {LONGEST} bytes")));
        }
        if bytes.starts_with(b"{") {
            let card = card::read(&bytes).map_err(|detail| invalid(path, detail))?;
            return Ok(Self::Card(Box::new(card)));
        }
        PublicKey::from_pem(&bytes)
            .map(Self::Key)
            .map_err(|error| super::file::invalid(path, error.to_string()))
    }

    pub fn key(&self) -> &PublicKey {
        match self {
            Self::Key(key) => key,
            Self::Card(card) => &card.key,
        }
    }

    pub fn card(&self) -> Option<&Card> {
        match self {
            Self::Key(_) => None,
            Self::Card(card) => Some(card),
        }
    }
}

/// A file as an archive is read.
struct Opened {
    file: File,
    size: u64,
}

impl ReadAt for Opened {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.file.read_exact_at(buffer, offset)
    }
}

fn card_of(file: &File, path: &Path) -> Result<Vec<u8>> {
    let failed = |error| VaultError::from(StoreError::io("read", path, error));
    let opened = Opened {
        size: file.metadata().map_err(failed)?.len(),
        file: file.try_clone().map_err(failed)?,
    };
    let archive = Archive::open(&opened, &Limits::default())
        .map_err(|refusal| invalid(path, refusal.problem.detail))?;
    if let Some(problem) = archive.problems().first() {
        return Err(invalid(path, problem.detail.clone()));
    }
    let entry = archive.find(member::CARD);
    let entry = entry.ok_or_else(|| invalid(path, "it carries no signer's card".to_owned()))?;
    let mut bytes = Vec::new();
    let mut reader = archive.reader(entry);
    reader
        .by_ref()
        .take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    Ok(bytes)
}

fn invalid(path: &Path, detail: String) -> VaultError {
    VaultError::StatementInvalid {
        path: path.to_owned(),
        detail,
    }
}

/// The statements in a file that was sent: one revocation, or those that a card carries.
pub(super) fn revocations(path: &Path) -> Result<Vec<bundle::canon::Value>> {
    let failed = |error| StoreError::io("read", path, error);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if let Ok(card) = card::read(&bytes) {
        return Ok(card.revocations);
    }
    if bytes.len() as u64 > LONGEST {
        return Err(invalid(path, format!("it is longer than {LONGEST} bytes")));
    }
    let value = bundle::canon::Value::parse(bytes.trim_ascii());
    Ok(vec![
        value.map_err(|error| invalid(path, error.to_string()))?,
    ])
}
