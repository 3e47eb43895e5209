use std::path::PathBuf;

use app::AppError;
use bundle::canon::{Object, Value};
use clap::Args;
use vault::keys::{Replacement, Revocation, Rotated, Rotation};

use super::own_key;
use crate::commands::{Outcome, Run};
use crate::context::Context;
use crate::output::keys::{own_object, write_own};
use crate::passphrase;
use vault::keys::KeyFileState;

/// Change the signing key: both keys sign the handover, in every open case
#[derive(Debug, Args)]
pub struct Rotate {
    /// Why, as it will stand in the record
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
}

impl Run for Rotate {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk()?;
        let act = context.act(&desk)?;
        let old = desk.vault().active_key_or_new()?;
        let locked = desk.vault().key_file_state(&old)? == KeyFileState::Locked;
        let passphrase = passphrase::of_key(&desk, &old)?;
        // A key that was locked is followed by one that is locked as well.
        let new_passphrase = match passphrase::new_given()? {
            None if locked => passphrase.clone(),
            given => given,
        };
        let rotation = Rotation {
            reason: &self.reason,
            passphrase: passphrase.as_ref().map(|text| text.as_str()),
            new_passphrase: new_passphrase.as_ref().map(|text| text.as_str()),
        };
        let rotated = desk.vault().rotate_key(&rotation, &act)?;
        let file = desk.vault().key_file_state(&rotated.new)?;
        show(
            context,
            &rotated,
            file,
            "The signing key is changed. Both keys signed the handover.",
        )?;
        context.output.hint(
            "whoever trusts the key before can trust this one by its card: `fieldgrade keys export FOLDER` writes it",
        );
        Ok(Outcome::Done)
    }
}

/// Go on with a new key after the one before was lost or revoked; nobody's trust passes on
#[derive(Debug, Args)]
pub struct Replace {
    /// You say that the key is lost for good
    #[arg(long)]
    lost: bool,
    /// Why, as it will stand in the record
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    /// Lock the new key with a passphrase
    #[arg(long)]
    lock: bool,
}

impl Run for Replace {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk()?;
        let act = context.act(&desk)?;
        let passphrase = passphrase::present_given()?;
        let new_passphrase = if self.lock {
            Some(passphrase::new("of the new key")?)
        } else {
            passphrase::new_given()?
        };
        let replacement = Replacement {
            reason: &self.reason,
            lost: self.lost,
            passphrase: passphrase.as_ref().map(|text| text.as_str()),
            new_passphrase: new_passphrase.as_ref().map(|text| text.as_str()),
        };
        let replaced = desk.vault().replace_key(&replacement, &act)?;
        let file = desk.vault().key_file_state(&replaced.new)?;
        show(
            context,
            &replaced,
            file,
            "A new key signs from here on. The record says that the one before is gone.",
        )?;
        context.output.hint(
            "nobody trusts the new key yet: give its fingerprint to the receivers of your packages, by telephone or face to face",
        );
        Ok(Outcome::Done)
    }
}

fn show(
    context: &Context,
    rotated: &Rotated,
    file: KeyFileState,
    done: &str,
) -> Result<(), AppError> {
    let value = || {
        Object::new()
            .with("old", rotated.old.toolchain_id.as_str())
            .with("new", own_object(&rotated.new, file))
            .with("projects", texts(&rotated.cases))
            .into()
    };
    context.output.show(value, |page| {
        page.line(done);
        write_own(page, &rotated.new, file);
        page.some("In the cases", Some(&rotated.cases.join(", ")));
    })
}

/// Revoke one of your own keys for good
#[derive(Debug, Args)]
pub struct Revoke {
    /// Its name or fingerprint
    #[arg(value_name = "KEY")]
    key: String,
    /// Why, as it will stand in the record
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// You say that the key is not at hand; then nothing proves the revocation to others
    #[arg(long)]
    lost: bool,
    /// A copy of the statement that you send to whoever trusts the key
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Run for Revoke {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk()?;
        let act = context.act(&desk)?;
        let key = own_key(&desk, Some(&self.key))?;
        if let Some(out) = self.out.as_deref().filter(|out| out.exists()) {
            return Err(app::Fault::FileExists.error().in_file(out));
        }
        let passphrase = if self.lost {
            passphrase::present_given()?
        } else {
            passphrase::of_key(&desk, &key)?
        };
        let how = Revocation {
            reason: &self.reason,
            passphrase: passphrase.as_ref().map(|text| text.as_str()),
            lost: self.lost,
        };
        let revoked = desk.vault().revoke_key(&key, &how, &act)?;
        let statement = match &self.out {
            None => revoked.statement.clone(),
            Some(out) => {
                desk.vault().export_revocation(&revoked.key, out)?;
                out.clone()
            }
        };
        let place = statement.display().to_string();
        let value = || {
            Object::new()
                .with("toolchain_id", revoked.key.toolchain_id.as_str())
                .with("fingerprint", revoked.key.public.id())
                .with("statement", place.as_str())
                .with("signed", revoked.signed)
                .with("projects", texts(&revoked.cases))
                .into()
        };
        context.output.show(value, |page| {
            page.line(&format!(
                "The key {} is revoked. It signs nothing any more.",
                revoked.key.toolchain_id
            ));
            page.field("Statement", &place);
            page.some("In the cases", Some(&revoked.cases.join(", ")));
        })?;
        context.output.hint(if revoked.signed {
            "send the statement to whoever trusts the key; it proves itself"
        } else {
            "the key did not sign the statement, so it proves nothing: tell whoever trusts the key yourself"
        });
        if desk.vault().active_key()?.is_none() {
            context
                .output
                .hint("make a new key with `fieldgrade keys replace` before you seal again");
        }
        Ok(Outcome::Done)
    }
}

fn texts(list: &[String]) -> Vec<Value> {
    list.iter().map(|text| text.as_str().into()).collect()
}
