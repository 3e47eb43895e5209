use std::path::PathBuf;

use app::{AppError, Desk, HashFormat};
use bundle::Sha256;
use bundle::canon::Object;
use clap::{Args, Subcommand, ValueEnum};
use vault::{Act, Project};

use super::{Outcome, Run};
use crate::context::Context;
use crate::output::{bytes, plain};

/// Write what leaves: an original, or the list of all digests
#[derive(Debug, Args)]
pub struct Export {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The original of an item, read back and compared; nothing is overwritten
    Item {
        /// Number of the item
        item: String,
        /// A file, or a folder in which it gets its own name
        #[arg(value_name = "FILE|DIR")]
        to: PathBuf,
    },
    /// The paths and digests of all items
    Hashes {
        /// The form
        #[arg(long, value_name = "FORM", default_value = "sha256sum")]
        format: Form,
        /// Into a new file; without this to standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    /// For `sha256sum --check`
    Sha256sum,
    /// For `hashdeep -a -k`
    Hashdeep,
    /// For spreadsheets
    Csv,
}

impl Run for Export {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        match self.what {
            What::Item { item, to } => export_item(context, &item, &to),
            What::Hashes { format, out } => export_hashes(context, format, out),
        }
    }
}

/// To work in, so that it is put on record; where nothing can be written, to look at.
fn open(context: &Context) -> Result<(Desk, Project, Option<Act>), AppError> {
    match context.desk() {
        Ok(desk) => {
            let act = context.act(&desk)?;
            let project = context.project(&desk, &act)?;
            Ok((desk, project, Some(act)))
        }
        Err(error) if error.code == "read_only" => {
            let desk = context.desk_to_read()?;
            let project = context.project_to_read(&desk)?;
            context
                .output
                .hint("the data folder can only be read: nothing is recorded");
            Ok((desk, project, None))
        }
        Err(error) => Err(error),
    }
}

fn export_item(context: &Context, item: &str, to: &std::path::Path) -> Result<Outcome, AppError> {
    let (desk, project, act) = open(context)?;
    let number = app::item_number(&project, item)?;
    let size = desk.vault().item(&project, number)?.size;
    let watch = context.watch("Writing", size.saturating_mul(2));
    let exported = app::export_item(&desk, &project, number, to, act.as_ref(), &*watch);
    let exported = watch.finish(exported)?;
    let file = exported.path.display().to_string();
    let value = || {
        Object::new()
            .with("item", number)
            .with("file", file.as_str())
            .with("sha256", exported.item.raw_sha256)
            .with("bytes", exported.item.size)
            .with("recorded", exported.recorded)
            .into()
    };
    context.output.show(value, |page| {
        page.line(&format!(
            "Item {number} is written, read back and the same ({}).",
            bytes(exported.item.size)
        ));
        page.field("File", &file);
        page.field("SHA-256", &exported.item.raw_sha256.to_string());
    })?;
    if exported.item.state == vault::ItemState::Withdrawn {
        context
            .output
            .hint("this item was withdrawn; `fieldgrade show` says why");
    }
    Ok(Outcome::Done)
}

fn export_hashes(
    context: &Context,
    format: Form,
    out: Option<PathBuf>,
) -> Result<Outcome, AppError> {
    let desk = context.desk_to_read()?;
    let project = context.project_to_read(&desk)?;
    let format = match format {
        Form::Sha256sum => HashFormat::Sha256sum,
        Form::Hashdeep => HashFormat::Hashdeep,
        Form::Csv => HashFormat::Csv,
    };
    let list = app::hashes(&desk, &project, format)?;
    let Some(path) = out else {
        if context.global.json {
            let text = String::from_utf8_lossy(&list).into_owned();
            let value = || Object::new().with("text", text.as_str()).into();
            context.output.show(value, |_| {})?;
        } else {
            plain(&list)?;
        }
        return Ok(Outcome::Done);
    };
    app::write_new(&path, &list, &store::Unwatched)?;
    let file = path.display().to_string();
    let digest = Sha256::of(&list);
    let value = || {
        Object::new()
            .with("file", file.as_str())
            .with("sha256", digest)
            .with("bytes", list.len() as u64)
            .into()
    };
    context.output.show(value, |page| {
        page.line("The list is written.");
        page.field("File", &file);
        page.field("SHA-256", &digest.to_string());
    })?;
    Ok(Outcome::Done)
}
