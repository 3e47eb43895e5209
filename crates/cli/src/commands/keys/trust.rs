use std::path::PathBuf;

use app::{AppError, from_day, until_day};
use bundle::canon::{Object, Value};
use clap::Args;
use vault::keys::TrustedEntry;

use crate::commands::{Outcome, Run};
use crate::context::Context;
use crate::output::keys::{trusted_object, write_trusted};

/// List the keys of others that you trust
#[derive(Debug, Args)]
pub struct Trusted {}

impl Run for Trusted {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk_to_read()?;
        let entries = desk.vault().trusted_keys()?;
        let value = || {
            Object::new()
                .with("items", objects(&entries))
                .with("next", Value::Null)
                .into()
        };
        context.output.show(value, |page| {
            if entries.is_empty() {
                page.line("You trust no keys of others yet.");
            }
            for entry in &entries {
                write_trusted(page, entry);
            }
        })?;
        Ok(Outcome::Done)
    }
}

/// Trust somebody's key
#[derive(Debug, Args)]
pub struct Trust {
    /// Their key in PEM form, their signer's card, or a package that they sealed
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The fingerprint that they gave you by another way; it must be the key's
    #[arg(long, value_name = "FINGERPRINT")]
    fingerprint: Option<String>,
    /// The name under which the key signs, if the file does not say it
    #[arg(long, value_name = "NAME")]
    toolchain_id: Option<String>,
    /// Whose it is, in your words
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Trusted from this day or time on
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// Trusted until this day, which counts in full, or this time
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
}

impl Run for Trust {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let from = self.from.as_deref().map(from_day).transpose();
        let from = from.map_err(|error| error.at("--from"))?;
        let until = self.until.as_deref().map(until_day).transpose();
        let until = until.map_err(|error| error.at("--until"))?;
        if let Some(fingerprint) = &self.fingerprint {
            app::check_fingerprint(fingerprint)?;
        }
        let desk = context.desk()?;
        let act = context.act(&desk)?;
        let trust = vault::keys::Trust {
            fingerprint: self.fingerprint.as_deref(),
            toolchain_id: self.toolchain_id.as_deref(),
            name: self.name.as_deref(),
            from: from.as_deref(),
            until: until.as_deref(),
        };
        let added = desk.vault().trust_key(&self.file, &trust, &act)?;
        let value = || {
            let revoked: Vec<Value> = added.revoked.iter().map(|id| id.as_str().into()).collect();
            trusted_object(&added.entry)
                .with("introduced_by", added.introduced_by.as_deref())
                .with("revoked", revoked)
                .into()
        };
        context.output.show(value, |page| {
            page.line("The key is trusted from here on.");
            write_trusted(page, &added.entry);
            page.some("Introduced by", added.introduced_by.as_deref());
            for revoked in &added.revoked {
                page.line(&format!("Its card proves that the key {revoked} was revoked: it is not trusted any more."));
            }
        })?;
        if self.fingerprint.is_none() && added.introduced_by.is_none() {
            context.output.hint(
                "nobody has confirmed the key: ask its holder, by telephone or face to face, for the fingerprint, and compare it",
            );
        }
        Ok(Outcome::Done)
    }
}

/// Take trust in a key back
#[derive(Debug, Args)]
pub struct Distrust {
    /// Its name or fingerprint
    #[arg(value_name = "KEY")]
    key: String,
    /// Why, for your own record
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
}

impl Run for Distrust {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk()?;
        let act = context.act(&desk)?;
        let entry = desk.vault().find_trusted_key(&self.key)?;
        desk.vault().distrust_key(&entry, &self.reason, &act)?;
        context.output.show(
            || trusted_object(&entry).into(),
            |page| {
                page.line(&format!(
                    "The key {} is not trusted any more.",
                    entry.toolchain_id
                ));
            },
        )?;
        Ok(Outcome::Done)
    }
}

/// Take over a revocation that the holder of a trusted key sent
#[derive(Debug, Args)]
pub struct Revocation {
    /// The statement, or a signer's card that carries some
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Run for Revocation {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk()?;
        let act = context.act(&desk)?;
        let taken = desk.vault().take_revocation(&self.file, &act)?;
        let value = || {
            Object::new()
                .with("revoked", objects(&taken.revoked))
                .into()
        };
        context.output.show(value, |page| {
            if taken.revoked.is_empty() {
                page.line("Nothing new: what it says was known before.");
            }
            for entry in &taken.revoked {
                write_trusted(page, entry);
            }
        })?;
        Ok(Outcome::Done)
    }
}

fn objects(entries: &[TrustedEntry]) -> Vec<Object> {
    entries.iter().map(trusted_object).collect()
}
