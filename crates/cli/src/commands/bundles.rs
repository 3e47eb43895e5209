use app::AppError;
use bundle::canon::Object;
use clap::Args;
use vault::SealedBundle;

use super::{Outcome, Run};
use crate::context::Context;
use crate::output::{bytes, sealing::name, time};

/// List the sealed packages of a case
#[derive(Debug, Args)]
pub struct Bundles {
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u64,
    /// Go on after this entry of the record
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    after: u64,
}

impl Run for Bundles {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk_to_read()?;
        let project = context.project_to_read(&desk)?;
        let seals = desk.vault().seals(&project, self.after, self.limit)?;
        let path =
            |seal: &SealedBundle| desk.vault().bundle_path(seal).filter(|path| path.exists());
        let object = |seal: &SealedBundle| {
            Object::new()
                .with("seq", seal.seq)
                .with("kind", seal.kind.as_str())
                .with("number", seal.number)
                .with("state", seal.state.as_str())
                .with("label", seal.label.as_str())
                .with("sealed_utc", seal.ts_utc.as_str())
                .with("documents", seal.documents)
                .with("sha256", seal.bundle_sha256)
                .with("bytes", seal.bytes)
                .with("file", path(seal).map(|path| path.display().to_string()))
        };
        let next = (seals.len() as u64 == self.limit)
            .then(|| seals.last().map(|seal| seal.seq))
            .flatten();
        let value = || {
            Object::new()
                .with("items", seals.iter().map(object).collect::<Vec<_>>())
                .with("next", next)
                .into()
        };
        context.output.show(value, |page| {
            if seals.is_empty() {
                page.line("Nothing is sealed in this case yet.");
            }
            for seal in &seals {
                let label = if seal.label.is_empty() {
                    String::new()
                } else {
                    format!(" \"{}\"", seal.label)
                };
                let state = match seal.state.as_str() {
                    "open" => ", begun and not finished: the next seal finishes it",
                    "canceled" => ", given up",
                    _ => "",
                };
                page.line(&format!(
                    "{}{label}, {}{state}",
                    name(seal),
                    time(&seal.ts_utc)
                ));
                page.field("Documents", &seal.documents.to_string());
                page.some("Size", seal.bytes.map(bytes).as_deref());
                page.some(
                    "SHA-256",
                    seal.bundle_sha256
                        .map(|digest| digest.to_string())
                        .as_deref(),
                );
                let file = path(seal).map(|path| path.display().to_string());
                let gone = (seal.state == "sealed").then_some("not here any more");
                page.some("File", file.as_deref().or(gone));
            }
        })?;
        Ok(Outcome::Done)
    }
}
