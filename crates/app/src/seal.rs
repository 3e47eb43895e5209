//! Sealing as a command asks for it: rules and lists from files, a copy that is read back, words for a notebook.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use bundle::Sha256;
use bundle::canon::Object;
use bundle::digest::Hasher;
use bundle::policy::{Allowlist, Policy, yaml::MAX_BYTES};
use store::Watch;
use vault::{Act, Project, Scope, SealRequest, SealedBundle};

use crate::desk::Desk;
use crate::error::AppError;
use crate::fault::Fault;
use crate::file::read_small;
use crate::words::words;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealOptions {
    /// What is sealed.
    pub scope: Scope,
    /// A label.
    pub label: String,
    /// Where a copy goes.
    pub out: Option<PathBuf>,
    /// A file of rules to seal under.
    pub policy: Option<PathBuf>,
    /// A receiver's list of keys.
    pub allowlist: Option<PathBuf>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The package; when there was nothing to seal, the last one.
    pub bundle: Option<SealedBundle>,
    /// Where it lies.
    pub path: Option<PathBuf>,
    /// The copy, once it was read back and is the same.
    pub copy: Option<PathBuf>,
    /// Its digest in words.
    pub words: Option<String>,
    /// Nothing has happened since the last package.
    pub nothing_to_seal: bool,
    /// Packages begun earlier that were finished first.
    pub finished: Vec<SealedBundle>,
    /// What deserves attention.
    pub warnings: Vec<String>,
}

impl Sealed {
    /// As programs read it. `bundle` is the name of the file, which is the same wherever it lies.
    pub fn to_object(&self) -> Object {
        let bundle = self.bundle.as_ref();
        let name = self.path.as_deref().and_then(Path::file_name);
        let finished = self.finished.iter().filter_map(|seal| seal.bundle_sha256);
        Object::new()
            .with(
                "bundle",
                name.map(|name| name.to_string_lossy().into_owned()),
            )
            .with("sha256", bundle.and_then(|bundle| bundle.bundle_sha256))
            .with("number", bundle.and_then(|bundle| bundle.number))
            .with("bytes", bundle.and_then(|bundle| bundle.bytes))
            .with("documents", bundle.map(|bundle| bundle.documents))
            .with("events", bundle.map(|bundle| bundle.seq + 1 - bundle.first))
            .with("chain_head", bundle.map(|bundle| bundle.head))
            .with(
                "manifest_sha256",
                bundle.and_then(|bundle| bundle.manifest_sha256),
            )
            .with("words", self.words.as_deref())
            .with("signer_keyid", bundle.map(|bundle| bundle.keyid))
            .with("nothing_to_seal", self.nothing_to_seal)
            .with("finished_before", finished.collect::<Vec<_>>())
    }
}

/// Seals.
pub fn seal(
    desk: &Desk,
    project: &Project,
    options: &SealOptions,
    passphrase: Option<&str>,
    act: &Act,
    watch: &dyn Watch,
) -> Result<Sealed, AppError> {
    let policy = options.policy.as_deref().map(|path| {
        Policy::from_yaml(&read_small(path, MAX_BYTES)?)
            .map_err(|error| AppError::from(error).in_file(path))
    });
    let policy = policy.transpose()?;
    let allowlist = options.allowlist.as_deref().map(|path| {
        Allowlist::from_yaml(&read_small(path, MAX_BYTES)?)
            .map_err(|error| AppError::from(error).in_file(path))
    });
    let allowlist_hash = allowlist.transpose()?.map(|list| list.hash());
    let request = SealRequest {
        scope: options.scope.clone(),
        label: &options.label,
        policy: policy.as_ref(),
        allowlist_hash,
        passphrase,
    };
    if let Some(out) = options.out.as_deref().filter(|out| out.exists()) {
        return Err(Fault::FileExists.error().in_file(out));
    }
    let outcome = desk.vault().seal(project, &request, act, watch)?;
    let bundle = outcome.bundle;
    let path = bundle
        .as_ref()
        .and_then(|bundle| desk.vault().bundle_path(bundle));
    let digest = bundle.as_ref().and_then(|bundle| bundle.bundle_sha256);
    if let (Some(from), Some(out), Some(digest)) = (&path, &options.out, digest) {
        copy_and_compare(from, out, &digest, watch)?;
    }
    Ok(Sealed {
        words: digest.as_ref().map(words),
        copy: options.out.clone().filter(|_| path.is_some()),
        path,
        bundle,
        nothing_to_seal: outcome.nothing_to_seal,
        finished: outcome.finished,
        warnings: outcome.warnings,
    })
}

/// Copies a file, forces it to the disk, and reads it back from there.
fn copy_and_compare(
    from: &Path,
    to: &Path,
    digest: &Sha256,
    watch: &dyn Watch,
) -> Result<(), AppError> {
    let place = |error: io::Error, path: &Path| AppError::from(error).in_file(path);
    let mut source = File::open(from).map_err(|error| place(error, from))?;
    let mut target = File::options()
        .write(true)
        .create_new(true)
        .open(to)
        .map_err(|error| place(error, to))?;
    let mut piece = vec![0; 1 << 20];
    loop {
        let got = source
            .read(&mut piece)
            .map_err(|error| place(error, from))?;
        if got == 0 {
            break;
        }
        target
            .write_all(piece.get(..got).unwrap_or_default())
            .map_err(|error| place(error, to))?;
        if watch.canceled() {
            return Err(Fault::Canceled.error());
        }
    }
    target.sync_all().map_err(|error| place(error, to))?;
    let mut back = File::open(to).map_err(|error| place(error, to))?;
    let mut hasher = Hasher::new();
    io::copy(&mut back, &mut hasher).map_err(|error| place(error, to))?;
    if hasher.finish() == *digest {
        Ok(())
    } else {
        Err(Fault::CopyDiffers.error().in_file(to))
    }
}
