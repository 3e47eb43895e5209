//! Files that lie outside of the store and are whole: on the same mount they move in, from another they are copied.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use bundle::Sha256;

use super::writer::{MODE, Staged};
use super::{BlobKind, Blobs};
use crate::durable::{Placed, TempFile};
use crate::error::{Result, StoreError};
use crate::spool::Whole;
use crate::watch::Watch;

impl Blobs {
    /// Whether files can be moved from a folder into the store. Tried out, since the same disk may be mounted twice.
    ///
    /// # Errors
    /// `io`, `disk_full`, `permission_denied`, `read_only`.
    pub fn can_move_from(&self, folder: &Path) -> Result<bool> {
        self.must_write("write to")?;
        let mut probe = TempFile::create_in(folder)?;
        let Some(name) = probe.path().file_name() else {
            return Ok(false);
        };
        let target = self.tmp().join(name);
        match probe.place_new(&target) {
            Ok(Placed::New) => {
                let gone = fs::remove_file(&target);
                gone.map_err(|error| StoreError::io("remove", target, error))?;
                Ok(true)
            }
            Ok(Placed::Exists) => Ok(true),
            Err(StoreError::Io { source, .. })
                if source.kind() == io::ErrorKind::CrossesDevices =>
            {
                Ok(false)
            }
            Err(other) => Err(other),
        }
    }

    /// A whole file on its way in by its name alone: not a byte is read, so the sums are those that whoever wrote it
    /// computed. Until it is committed it stays where it is, whatever happens.
    ///
    /// # Errors
    /// `io`, `permission_denied`, `read_only`.
    pub fn adopt(
        &self,
        kind: BlobKind,
        whole: Whole,
        digest: Sha256,
        crc32: u32,
    ) -> Result<Staged> {
        self.must_write("write to")?;
        let Whole { file, path, size } = whole;
        let fail = |error| StoreError::io("change the mode of", &path, error);
        let mode = file.metadata().map_err(fail)?.permissions().mode();
        // What the umask took when it was made stays taken.
        let mode = fs::Permissions::from_mode(mode & MODE);
        file.set_permissions(mode).map_err(fail)?;
        Ok(Staged {
            kind,
            digest,
            size,
            crc32,
            temp: TempFile::of_kept(file, path),
        })
    }

    /// The same by copying, hashed again on the way.
    ///
    /// # Errors
    /// `io`, `disk_full`, `permission_denied`, `read_only`, `canceled`.
    pub fn adopt_copy(&self, kind: BlobKind, whole: &Whole, watch: &dyn Watch) -> Result<Staged> {
        let mut writer = self.begin(kind)?;
        let mut file = &whole.file;
        writer.fill_from(&mut file, &whole.path, Some(whole.size), watch)?;
        writer.finish()
    }
}
