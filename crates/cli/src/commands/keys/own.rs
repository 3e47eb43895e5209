use app::AppError;
use bundle::canon::{Object, Value};
use clap::Args;

use super::own_key;
use crate::commands::{Outcome, Run};
use crate::context::Context;
use crate::output::keys::{own_object, write_own};
use crate::passphrase;

/// List your own keys
#[derive(Debug, Args)]
pub struct List {}

impl Run for List {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk_to_read()?;
        let keys = desk.vault().own_keys()?;
        let files: Vec<_> = keys
            .iter()
            .map(|key| desk.vault().key_file_state(key))
            .collect::<Result<_, _>>()?;
        let both = || keys.iter().zip(&files);
        let value = || {
            let items: Vec<Object> = both().map(|(key, file)| own_object(key, *file)).collect();
            Object::new()
                .with("items", items)
                .with("next", Value::Null)
                .into()
        };
        context.output.show(value, |page| {
            if keys.is_empty() {
                page.line("There is no key yet. One is made with the first case, or taken in with `fieldgrade keys import`.");
            }
            for (key, file) in both() {
                write_own(page, key, *file);
            }
        })?;
        Ok(Outcome::Done)
    }
}

/// Show one of your own keys
#[derive(Debug, Args)]
pub struct Show {
    /// Its name or fingerprint; without it the key that signs now
    #[arg(value_name = "KEY")]
    key: Option<String>,
}

impl Run for Show {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk_to_read()?;
        let key = own_key(&desk, self.key.as_deref())?;
        let file = desk.vault().key_file_state(&key)?;
        let value = || {
            own_object(&key, file)
                .with("public_key", key.public.to_pem())
                .into()
        };
        context.output.show(value, |page| {
            write_own(page, &key, file);
            page.gap();
            page.verbatim(&key.public.to_pem());
        })?;
        Ok(Outcome::Done)
    }
}

/// Print the signer's card that the next package will carry
#[derive(Debug, Args)]
pub struct Card {}

impl Run for Card {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk()?;
        let key = desk.vault().active_key_or_new()?;
        let passphrase = passphrase::of_key(&desk, &key)?;
        let passphrase = passphrase.as_ref().map(|text| text.as_str());
        let card = desk.vault().signer_card(&key, passphrase)?;
        let text = String::from_utf8_lossy(&card);
        let value = || Value::parse(card.trim_ascii()).unwrap_or(Value::Null);
        context.output.show(value, |page| page.verbatim(&text))?;
        Ok(Outcome::Done)
    }
}
