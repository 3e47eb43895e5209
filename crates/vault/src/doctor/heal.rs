//! Bytes that are missing or damaged, taken from a sealed package that holds them; and what may be thrown away.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use bundle::zip::{Archive, Limits, Name};
use bundle::{ReadAt, Sha256};
use store::blobs::Recheck;
use store::{BlobKind, Origin, RequestId, UtcTime, Watch};

use super::Patient;
use super::shelf::Shelves;
use crate::column::number;
use crate::error::{Result, VaultError};
use crate::evidence::folder_of;
use crate::sql;
use crate::vault::Vault;

/// What is younger may belong to something that goes on.
pub(super) const GRACE_MICROS: i64 = 24 * 3600 * 1_000_000;

/// Whether a file may be thrown away that nothing names: it is old, and it came after the database was last exchanged.
/// What is older may have been named by the one that was there before.
pub(super) fn is_old(path: &Path, oldest: UtcTime, restored: Option<UtcTime>) -> bool {
    let modified = fs::metadata(path).and_then(|found| found.modified());
    let since = modified
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let Some(micros) = since.and_then(|since| i64::try_from(since.as_micros()).ok()) else {
        return false;
    };
    let modified = UtcTime::from_unix_micros(micros);
    modified < oldest && restored.is_none_or(|restored| modified > restored)
}

impl Patient {
    pub(super) fn heal_blobs(
        &mut self,
        vault: &Vault,
        shelves: &mut Shelves,
        watch: &dyn Watch,
    ) -> Result<()> {
        if !shelves.broken.is_empty() {
            for path in sealed_files(vault)? {
                watch.go_on()?;
                if shelves.broken.is_empty() {
                    break;
                }
                // A package that cannot be read helps nobody; the doctor has told of it.
                if let Ok(file) = FileAt::open(&path) {
                    self.heal_from(vault, shelves, &file, watch)?;
                }
            }
        }
        for ((kind, digest), finding) in std::mem::take(&mut shelves.unlisted) {
            if list_again(vault, kind, digest, watch)? {
                self.mended(finding);
            }
        }
        Ok(())
    }

    fn heal_from(
        &mut self,
        vault: &Vault,
        shelves: &mut Shelves,
        file: &FileAt,
        watch: &dyn Watch,
    ) -> Result<()> {
        let Ok(archive) = Archive::open(file, &Limits::default()) else {
            return Ok(());
        };
        let wanted: Vec<(BlobKind, Sha256)> = shelves.broken.keys().copied().collect();
        for (kind, digest) in wanted {
            let name = Name::Blob(folder_of(kind), digest);
            let Some(entry) = archive.find_name(&name) else {
                continue;
            };
            let mut writer = vault.blobs().begin(kind)?;
            let mut reader = BufReader::with_capacity(1 << 20, archive.reader(entry));
            let filled =
                writer.fill_from(&mut reader, &file.path, Some(entry.size), &Silent(watch));
            watch.go_on()?;
            if filled.is_err() {
                continue;
            }
            let staged = writer.finish()?;
            // Only the very bytes take the place.
            if staged.digest == digest {
                vault.blobs().commit(vec![staged], Recheck::Content)?;
                if let Some(broken) = shelves.broken.remove(&(kind, digest)) {
                    self.mended(broken.finding);
                }
            }
        }
        Ok(())
    }
}

/// Puts bytes that are there and sound back into the list of bytes.
fn list_again(vault: &Vault, kind: BlobKind, digest: Sha256, watch: &dyn Watch) -> Result<bool> {
    let Ok(mut reader) = vault.blobs().open_blob(kind, digest) else {
        return Ok(false);
    };
    let mut sums = crc32fast::Hasher::new();
    let (mut size, mut piece) = (0, vec![0; 256 << 10]);
    loop {
        watch.go_on()?;
        match io::Read::read(&mut reader, &mut piece) {
            Ok(0) => break,
            Ok(got) => {
                sums.update(piece.get(..got).unwrap_or_default());
                size += got as u64;
            }
            Err(_) => return Ok(false), // damaged: told elsewhere
        }
    }
    let origin = Origin::Request {
        id: RequestId::from("doctor"),
    };
    let now = vault.clock().now().to_string();
    let (bytes, crc) = (digest.as_bytes().to_vec(), sums.finalize());
    vault.db().write(&origin, |tx| {
        let fields = (bytes, kind.as_str(), number(size), crc, &now);
        tx.prepare_cached(sql::BLOB_INSERT)?.execute(fields)?;
        Ok::<_, VaultError>(true)
    })
}

/// The files of sealed packages that are there, of all cases, the latest first.
fn sealed_files(vault: &Vault) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for project in vault.projects()? {
        // A case whose record cannot be read has been told of.
        let seals = vault.seals(&project, 0, u64::from(u32::MAX));
        let seals = seals.unwrap_or_default();
        let paths = seals
            .iter()
            .rev()
            .filter_map(|seal| vault.bundle_path(seal));
        files.extend(paths.filter(|path| path.is_file()));
    }
    Ok(files)
}

/// A file to be read at any place.
struct FileAt {
    file: File,
    path: PathBuf,
    size: u64,
}

impl FileAt {
    fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        Ok(Self {
            file,
            path: path.to_owned(),
            size,
        })
    }
}

impl ReadAt for FileAt {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        FileExt::read_exact_at(&self.file, buffer, offset)
    }
}

/// Hands on only that the work is no longer wanted.
pub(crate) struct Silent<'a>(pub &'a dyn Watch);

impl Watch for Silent<'_> {
    fn progress(&self, _: u64, _: Option<u64>) {}

    fn canceled(&self) -> bool {
        self.0.canceled()
    }
}
