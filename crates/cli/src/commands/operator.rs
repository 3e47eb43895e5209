use app::AppError;
use bundle::canon::{Object, Value};
use clap::{Args, Subcommand};
use vault::OperatorChange;

use super::{Outcome, Run};
use crate::context::Context;

/// Say who works here: the name that stands in the record and on the signer's card
#[derive(Debug, Args)]
pub struct Operator {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Show who works here
    Show,
    /// Say who works from here on; another name is another person
    Set(Set),
    /// Nobody is named from here on
    Clear,
}

#[derive(Debug, Args)]
struct Set {
    /// Name or pseudonym; without it the one there is
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Their role
    #[arg(long, value_name = "TEXT")]
    role: Option<String>,
    /// Their organisation
    #[arg(long, value_name = "TEXT")]
    organisation: Option<String>,
    /// How to reach them
    #[arg(long, value_name = "TEXT")]
    contact: Option<String>,
    /// Another name for the same person
    #[arg(long)]
    same_person: bool,
}

impl Run for Operator {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let operator = match self.what.unwrap_or(What::Show) {
            What::Show => context.desk_to_read()?.vault().operator()?,
            What::Set(set) => {
                let desk = context.desk()?;
                let act = context.act(&desk)?;
                let change = OperatorChange {
                    name: set.name.as_deref(),
                    role: set.role.as_deref(),
                    organisation: set.organisation.as_deref(),
                    contact: set.contact.as_deref(),
                    same_person: set.same_person,
                };
                Some(desk.vault().set_operator(&change, &act)?)
            }
            What::Clear => {
                let desk = context.desk()?;
                let act = context.act(&desk)?;
                desk.vault().clear_operator(&act)?;
                None
            }
        };
        let value = || {
            let operator = operator.as_ref().map(|operator| {
                Object::new()
                    .with("id", operator.id.as_str())
                    .with("name", operator.name.as_str())
                    .with("role", operator.role.as_str())
                    .with("organisation", operator.organisation.as_str())
                    .with("contact", operator.contact.as_str())
            });
            let operator = operator.map_or(Value::Null, Value::from);
            Object::new().with("operator", operator).into()
        };
        context.output.show(value, |page| match &operator {
            None => page.line("Nobody is named: the record says \"not stated\"."),
            Some(operator) => {
                page.line(&operator.name);
                page.some("Role", Some(&operator.role));
                page.some("Organisation", Some(&operator.organisation));
                page.some("Contact", Some(&operator.contact));
                page.field("Id", &operator.id);
            }
        })?;
        Ok(Outcome::Done)
    }
}
