//! What a server depends on, part by part.

use store::durable::TempFile;

use crate::desk::Desk;
use crate::error::AppError;
use crate::fault::Fault;

/// Each part by its name, and what is wrong with it.
pub fn parts(desk: &Desk, reserve: u64) -> Vec<(&'static str, Result<(), AppError>)> {
    let vault = desk.vault();
    let record = vault.projects().map(drop).map_err(AppError::from);
    let uploads = upload_file(desk).map(drop);
    let disk = vault
        .root()
        .available(store::Folder::TermiteRuntime)
        .map_err(AppError::from)
        .and_then(|free| {
            if free < reserve {
                return Err(Fault::DiskFull.error());
            }
            Ok(())
        });
    vec![("record", record), ("uploads", uploads), ("disk", disk)]
}

/// A new file in the folder of uploads, which goes when it is dropped.
pub fn upload_file(desk: &Desk) -> Result<TempFile, AppError> {
    let root = desk.vault().root();
    Ok(TempFile::create_in(&root.made(root.uploads())?)?)
}
