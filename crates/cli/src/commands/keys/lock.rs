use app::AppError;
use clap::Args;
use vault::keys::{KeyFileState, OwnKey};

use super::own_key;
use crate::commands::{Outcome, Run};
use crate::context::Context;
use crate::output::keys::{own_object, write_own};
use crate::passphrase;

/// Lock a key with a passphrase, or change the passphrase
///
/// FG_KEY_PASSPHRASE or FG_KEY_PASSPHRASE_FILE unlocks it, FG_KEY_NEW_PASSPHRASE or FG_KEY_NEW_PASSPHRASE_FILE locks it;
/// what they do not give is asked for on the terminal. For a key that has no passphrase yet, the first pair does too.
#[derive(Debug, Args)]
pub struct Lock {
    /// Its name or fingerprint; without it the key that signs now
    #[arg(value_name = "KEY")]
    key: Option<String>,
}

impl Run for Lock {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk()?;
        let key = own_key(&desk, self.key.as_deref())?;
        let was_locked = desk.vault().key_file_state(&key)? == KeyFileState::Locked;
        let old = passphrase::of_key(&desk, &key)?;
        let new = match (passphrase::new_given()?, &old) {
            (Some(new), _) => new,
            (None, Some(given)) if !was_locked => given.clone(),
            (None, _) => passphrase::new("of the key")?,
        };
        let old = old.as_ref().map(|text| text.as_str());
        desk.vault().lock_key(&key, old, Some(new.as_str()))?;
        let done = if was_locked {
            "The key has another passphrase."
        } else {
            "The key is locked."
        };
        show(context, &key, KeyFileState::Locked, done)?;
        context.output.hint(
            "without the passphrase nobody can use the key: keep it where you will find it again",
        );
        if !was_locked {
            context
                .output
                .hint("backups made before hold the key without a passphrase");
        }
        Ok(Outcome::Done)
    }
}

/// Take the passphrase of a key away
#[derive(Debug, Args)]
pub struct Unlock {
    /// Its name or fingerprint; without it the key that signs now
    #[arg(value_name = "KEY")]
    key: Option<String>,
}

impl Run for Unlock {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk()?;
        let key = own_key(&desk, self.key.as_deref())?;
        let old = passphrase::of_key(&desk, &key)?;
        desk.vault()
            .lock_key(&key, old.as_ref().map(|text| text.as_str()), None)?;
        show(
            context,
            &key,
            KeyFileState::Open,
            "The key has no passphrase: whoever can read its file can sign.",
        )?;
        Ok(Outcome::Done)
    }
}

fn show(context: &Context, key: &OwnKey, file: KeyFileState, done: &str) -> Result<(), AppError> {
    context.output.show(
        || own_object(key, file).into(),
        |page| {
            page.line(done);
            write_own(page, key, file);
        },
    )
}
