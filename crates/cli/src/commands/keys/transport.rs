use std::path::{Path, PathBuf};

use app::AppError;
use bundle::canon::Object;
use clap::Args;
use vault::keys::{KeyFileState, PrivateExport, Rotation};

use super::own_key;
use crate::commands::{Outcome, Run};
use crate::context::Context;
use crate::output::keys::{own_object, write_own};
use crate::passphrase;

/// Write a key for others: its public half with the signer's card
#[derive(Debug, Args)]
pub struct Export {
    /// A folder for the public half and what belongs to it; with --private, a new file
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// Its name or fingerprint; without it the key that signs now
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// The private half, locked with a passphrase of its own: for another machine of yours, or to be kept safe
    #[arg(long)]
    private: bool,
}

impl Run for Export {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk()?;
        let key = own_key(&desk, self.key.as_deref())?;
        let passphrase = passphrase::of_key(&desk, &key)?;
        let passphrase = passphrase.as_ref().map(|text| text.as_str());
        if self.private {
            let wrapped = passphrase::new("of the copy")?;
            let how = PrivateExport {
                passphrase,
                wrapped_with: wrapped.as_str(),
            };
            desk.vault().export_private_key(&key, &self.out, &how)?;
            let place = self.out.display().to_string();
            let value = || {
                Object::new()
                    .with("toolchain_id", key.toolchain_id.as_str())
                    .with("fingerprint", key.public.id())
                    .with("private", place.as_str())
                    .into()
            };
            context.output.show(value, |page| {
                page.line("The private half is written, locked with its passphrase.");
                page.field("File", &place);
            })?;
            return Ok(Outcome::Done);
        }
        let exported = desk.vault().export_key(&key, &self.out, passphrase)?;
        let text = |path: &Option<PathBuf>| path.as_deref().map(place_of);
        let (public, card) = (place_of(&exported.public), text(&exported.card));
        let revocation = text(&exported.revocation);
        let value = || {
            Object::new()
                .with("toolchain_id", key.toolchain_id.as_str())
                .with("fingerprint", key.public.id())
                .with("public", public.as_str())
                .with("card", card.as_deref())
                .with("revocation", revocation.as_deref())
                .into()
        };
        context.output.show(value, |page| {
            page.line("Written for others:");
            page.field("Key", &public);
            page.some("Card", card.as_deref());
            page.some("Revocation", revocation.as_deref());
        })?;
        context
            .output
            .hint("give the fingerprint by another way than the files: `fieldgrade keys show`");
        Ok(Outcome::Done)
    }
}

fn place_of(path: &Path) -> String {
    path.display().to_string()
}

/// Take in a private key as the signing key: as the first one, or as a change of key
#[derive(Debug, Args)]
pub struct Import {
    /// A private key in PEM form (PKCS#8), or one written by `keys export --private`
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The name under which it signs, if it is the first key
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Why, as it will stand in the record if another key signed before
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
}

impl Run for Import {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk()?;
        let act = context.act(&desk)?;
        let locked = vault::keys::is_locked_file(&self.file)?;
        let of_file = passphrase::of_file(locked)?;
        let present = match desk.vault().active_key()? {
            Some(key) => passphrase::of_key(&desk, &key)?,
            None => None,
        };
        // What was locked where it came from is locked here as well.
        let new = match passphrase::new_given()? {
            None if locked => of_file.clone(),
            given => given,
        };
        let import = vault::keys::Import {
            file_passphrase: of_file.as_ref().map(|text| text.as_str()),
            toolchain_id: self.name.as_deref(),
            rotation: Rotation {
                reason: &self.reason,
                passphrase: present.as_ref().map(|text| text.as_str()),
                new_passphrase: new.as_ref().map(|text| text.as_str()),
            },
        };
        let key = desk.vault().import_key(&self.file, &import, &act)?;
        let file = desk.vault().key_file_state(&key)?;
        context.output.show(
            || own_object(&key, file).into(),
            |page| {
                page.line("The key is taken in and signs from here on.");
                write_own(page, &key, file);
            },
        )?;
        context
            .output
            .hint("the file that it came from still lies where it was");
        if file == KeyFileState::Open {
            context
                .output
                .hint("`fieldgrade keys lock` protects it with a passphrase");
        }
        Ok(Outcome::Done)
    }
}
