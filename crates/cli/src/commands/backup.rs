use std::path::PathBuf;

use app::AppError;
use bundle::canon::Object;
use clap::Args;

use super::{Outcome, Run};
use crate::context::Context;
use crate::output::{Tone, bytes};

/// Copy everything into a folder on another disk, while others may go on working; only what is new is copied
#[derive(Debug, Args)]
pub struct Backup {
    /// The folder; an earlier backup of the same data in it is brought up to date
    #[arg(value_name = "FOLDER")]
    to: PathBuf,
    /// The signing keys too; each must be locked with a passphrase
    #[arg(long)]
    with_keys: bool,
}

impl Run for Backup {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let config = context.config()?;
        let watch = context.watch("Copying", 0);
        let actor = context.global.actor.as_deref();
        let made = app::backup(&config, &self.to, self.with_keys, actor, &*watch);
        let made = watch.finish(made)?;
        let path = made.path.display().to_string();
        let value = || {
            Object::new()
                .with("backup", path.as_str())
                .with("manifest_sha256", made.manifest_sha256)
                .with("entries", made.entries)
                .with("items", made.items)
                .with("copied", made.copied)
                .with("copied_bytes", made.copied_bytes)
                .with("kept", made.kept)
                .with("bundles", made.bundles)
                .with("with_keys", made.with_keys)
                .with("problems", made.problems.clone())
                .with("recorded", made.unrecorded.is_none())
                .into()
        };
        context.output.show(value, |page| {
            for problem in &made.problems {
                page.toned(Tone::Bad, &format!("Not good: {problem}."));
            }
            let whole = made.problems.is_empty();
            let (tone, line) = if whole {
                (
                    Tone::Good,
                    "The backup is complete, and what was copied was read back.",
                )
            } else {
                (
                    Tone::Bad,
                    "The backup is not complete, or what it is a backup of is damaged; what was copied was read back.",
                )
            };
            page.toned(tone, line);
            page.field("Folder", &path);
            page.field("Entries", &made.entries.to_string());
            page.field("Items", &made.items.to_string());
            page.field(
                "Copied",
                &format!(
                    "{} files ({}); {} were there",
                    made.copied,
                    bytes(made.copied_bytes),
                    made.kept
                ),
            );
            page.field("Packages", &made.bundles.to_string());
            let keys = if made.with_keys {
                "in it, locked with their passphrases"
            } else {
                "not in it: keep them elsewhere, or use --with-keys"
            };
            page.field("Signing keys", keys);
            page.some(
                "SHA-256",
                made.manifest_sha256
                    .map(|digest| digest.to_string())
                    .as_deref(),
            );
        })?;
        if let Some(why) = &made.unrecorded {
            context
                .output
                .hint(&format!("the backup is not on record: {why}"));
        }
        context.output.hint(&format!(
            "prove it with `fieldgrade restore {path} --check`"
        ));
        Ok(if made.problems.is_empty() {
            Outcome::Done
        } else {
            Outcome::Refused
        })
    }
}
