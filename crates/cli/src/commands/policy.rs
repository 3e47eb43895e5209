use std::path::PathBuf;

use app::{AppError, read_rules};
use bundle::canon::Object;
use bundle::policy::Policy as Rules;
use clap::{Args, Subcommand};

use super::{Outcome, Run};
use crate::context::Context;

/// The rules of a case: what its packages are sealed under, and what received ones are held against
#[derive(Debug, Args)]
pub struct Policy {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Show the rules as they are written
    Show,
    /// Give the case other rules; it stands in the record
    Set {
        /// A file of rules (YAML, MEAP v1 or the older form)
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Give the case the program's own rules again
    Reset,
}

impl Run for Policy {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        match self.what.unwrap_or(What::Show) {
            What::Show => {
                let desk = context.desk_to_read()?;
                let project = context.project_to_read(&desk)?;
                let rules = desk.vault().policy(&project)?;
                let written = desk.vault().policy_text(&project)?;
                let text = written.as_deref().unwrap_or(Rules::FIELDGRADE_V1_YAML);
                let value = || {
                    object(&rules)
                        .with("own", written.is_some())
                        .with("text", text)
                        .into()
                };
                context.output.show(value, |page| {
                    page.verbatim(text);
                    page.gap();
                    told(page, &rules);
                })?;
            }
            What::Set { file } => {
                let text = read_rules(&file)?;
                change(
                    context,
                    Some(&text),
                    "The case has these rules from now on.",
                )?;
            }
            What::Reset => change(context, None, "The case has the program's own rules again.")?,
        }
        Ok(Outcome::Done)
    }
}

fn change(context: &Context, text: Option<&str>, done: &str) -> Result<(), AppError> {
    let desk = context.desk()?;
    let act = context.act(&desk)?;
    let project = context.project(&desk, &act)?;
    let rules = desk.vault().set_policy(&project, text, &act)?;
    context.output.show(
        || object(&rules).into(),
        |page| {
            page.line(done);
            told(page, &rules);
        },
    )
}

fn told(page: &mut crate::output::Page, rules: &Rules) {
    page.field("Id", rules.id());
    page.field("Hash", &rules.hash().to_string());
}

fn object(rules: &Rules) -> Object {
    Object::new()
        .with("policy_id", rules.id())
        .with("policy_hash", rules.hash())
        .with("mode", rules.mode().as_str())
}
