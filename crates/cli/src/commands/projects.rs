use app::AppError;
use bundle::canon::{Object, Value};
use clap::{Args, Subcommand};
use vault::{Naming, Project};

use super::{Outcome, Run};
use crate::context::Context;

/// Make, name, close and list cases
#[derive(Debug, Args)]
pub struct Projects {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List the cases
    List,
    /// Make a case
    Create {
        /// Its short name, typed after --project
        name: String,
        #[command(flatten)]
        naming: NamingFields,
    },
    /// Give a case another title, reference or word; its short name stays
    Rename {
        /// Its short name
        name: String,
        #[command(flatten)]
        naming: NamingFields,
    },
    /// Close a case: it can be read, checked and handed over, and nothing more is added
    Close {
        /// Its short name
        name: String,
    },
}

#[derive(Debug, Clone, Default, Args)]
struct NamingFields {
    /// The title, as people read it
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Your own reference
    #[arg(long, value_name = "TEXT")]
    reference: Option<String>,
    /// Your own word for a case: inspection, batch, study …
    #[arg(long, value_name = "WORD")]
    word: Option<String>,
    /// The language of READ-ME-FIRST.txt
    #[arg(long, value_name = "LANGUAGE", value_parser = ["en", "de"])]
    language: Option<String>,
}

impl Run for Projects {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        match self.what.unwrap_or(What::List) {
            What::List => list(context),
            What::Create { name, naming } => {
                let desk = context.desk()?;
                let act = context.act(&desk)?;
                let naming = Naming {
                    title: naming.title.unwrap_or_else(|| name.clone()),
                    reference: naming.reference.unwrap_or_default(),
                    word: naming.word.unwrap_or_default(),
                    language: naming.language.unwrap_or_default(),
                };
                let project = desk.vault().create_project(&name, &naming, &act)?;
                show(context, &project, "The case is made.")
            }
            What::Rename { name, naming } => {
                let desk = context.desk()?;
                let act = context.act(&desk)?;
                let project = desk.project(Some(&name), &act)?;
                let NamingFields {
                    title,
                    reference,
                    word,
                    language,
                } = naming;
                let project = desk.vault().rename_project(
                    &project,
                    title.as_deref(),
                    reference.as_deref(),
                    word.as_deref(),
                    language.as_deref(),
                    &act,
                )?;
                show(context, &project, "The case has its new names.")
            }
            What::Close { name } => {
                let desk = context.desk()?;
                let act = context.act(&desk)?;
                let project = desk.project(Some(&name), &act)?;
                desk.vault().close_project(&project, &act)?;
                let project = desk.project(Some(&name), &act)?;
                show(context, &project, "The case is closed.")
            }
        }
    }
}

fn object(project: &Project) -> Object {
    Object::new()
        .with("name", project.name.as_str())
        .with("id", project.id.as_str())
        .with("title", project.title.as_str())
        .with("reference", project.reference.as_str())
        .with("word", project.word.as_str())
        .with("language", project.language.as_str())
        .with("created_utc", project.created_utc.as_str())
        .with("closed_utc", project.closed_utc.as_deref())
}

fn list(context: &Context) -> Result<Outcome, AppError> {
    let desk = context.desk_to_read()?;
    let projects = desk.vault().projects()?;
    let value = || {
        let items: Vec<Object> = projects.iter().map(object).collect();
        Object::new()
            .with("items", items)
            .with("next", Value::Null)
            .into()
    };
    context.output.show(value, |page| {
        for project in &projects {
            let closed = if project.closed_utc.is_some() {
                " (closed)"
            } else {
                ""
            };
            page.line(&format!("  {:<20} {}{closed}", project.name, project.title));
        }
    })?;
    Ok(Outcome::Done)
}

fn show(context: &Context, project: &Project, done: &str) -> Result<Outcome, AppError> {
    context.output.show(
        || object(project).into(),
        |page| {
            page.line(done);
            page.field("Name", &project.name);
            page.some("Title", Some(&project.title));
            page.some("Reference", Some(&project.reference));
            page.field("Id", &project.id);
        },
    )?;
    Ok(Outcome::Done)
}
