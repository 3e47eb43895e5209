mod change;
mod lock;
mod own;
mod transport;
mod trust;

use app::{AppError, Desk};
use clap::{Args, Subcommand};
use vault::VaultError;
use vault::keys::OwnKey;

use super::{Outcome, Run};
use crate::context::Context;

/// Signing keys of your own, and the keys of others that you trust
#[derive(Debug, Args)]
pub struct Keys {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    List(own::List),
    Show(own::Show),
    Card(own::Card),
    Rotate(change::Rotate),
    Replace(change::Replace),
    Revoke(change::Revoke),
    Lock(lock::Lock),
    Unlock(lock::Unlock),
    Export(transport::Export),
    Import(transport::Import),
    Trusted(trust::Trusted),
    Trust(trust::Trust),
    Distrust(trust::Distrust),
    Revocation(trust::Revocation),
}

impl Run for Keys {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        match self.what.unwrap_or(What::List(own::List {})) {
            What::List(list) => list.run(context),
            What::Show(show) => show.run(context),
            What::Card(card) => card.run(context),
            What::Rotate(rotate) => rotate.run(context),
            What::Replace(replace) => replace.run(context),
            What::Revoke(revoke) => revoke.run(context),
            What::Lock(lock) => lock.run(context),
            What::Unlock(unlock) => unlock.run(context),
            What::Export(export) => export.run(context),
            What::Import(import) => import.run(context),
            What::Trusted(trusted) => trusted.run(context),
            What::Trust(trust) => trust.run(context),
            What::Distrust(distrust) => distrust.run(context),
            What::Revocation(revocation) => revocation.run(context),
        }
    }
}

/// The own key that was named, or the one that signs now.
fn own_key(desk: &Desk, which: Option<&str>) -> Result<OwnKey, AppError> {
    if let Some(which) = which {
        return Ok(desk.vault().find_own_key(which)?);
    }
    let key = desk.vault().active_key()?;
    Ok(key.ok_or_else(|| VaultError::KeyUnknown("that signs now".to_owned()))?)
}
