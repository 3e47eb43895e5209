use std::sync::Arc;

use app::{AppError, Role, Runs, until_day};
use bundle::canon::{Object, Value};
use clap::{Args, Subcommand};
use jobs::AccessToken;

use super::{Outcome, Run};
use crate::context::Context;

/// Access tokens of the server: who may do what, by name
#[derive(Debug, Args)]
pub struct Tokens {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List the tokens; their secrets are not kept
    List,
    /// Make a token; its secret is shown once
    Add {
        /// Who acts with it, as it will stand in the record
        name: String,
        /// What it may: read; capture (also bring files and seal); review; admin (everything)
        #[arg(long, value_parser = ["read", "capture", "review", "admin"])]
        role: String,
        /// It is worth nothing after this day, or from this moment on
        #[arg(long, value_name = "DAY")]
        expires: Option<String>,
    },
    /// Take a token back, for good
    Revoke {
        /// Its name
        name: String,
    },
}

impl Run for Tokens {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let runs = Runs::open(Arc::new(context.desk()?))?;
        match self.what.unwrap_or(What::List) {
            What::List => list(context, &runs)?,
            What::Add {
                name,
                role,
                expires,
            } => {
                let expires = expires.as_deref().map(until_day).transpose()?;
                let act = context.act(runs.desk())?;
                let role = Role::of(&role).unwrap_or(Role::Read);
                let (token, secret) = runs.add_token(&name, role, expires.as_deref(), &act)?;
                let value = || object(&token).with("token", secret.as_str()).into();
                context.output.show(value, |page| {
                    page.line(&format!(
                        "The token of {name}, who may {role}. It is shown this once:"
                    ));
                    page.line(&format!("  {secret}"));
                })?;
            }
            What::Revoke { name } => {
                let act = context.act(runs.desk())?;
                runs.revoke_token(&name, &act)?;
                context.output.show(
                    || Object::new().with("revoked", name.as_str()).into(),
                    |page| page.line(&format!("The token of {name} is worth nothing any more.")),
                )?;
            }
        }
        Ok(Outcome::Done)
    }
}

fn object(token: &AccessToken) -> Object {
    Object::new()
        .with("name", token.name.as_str())
        .with("role", token.role.as_str())
        .with("created_utc", token.created_utc.as_str())
        .with("expires_utc", token.expires_utc.as_deref())
        .with("revoked_utc", token.revoked_utc.as_deref())
}

fn list(context: &Context, runs: &Runs) -> Result<(), AppError> {
    let tokens = runs.queue().tokens()?;
    let value = || {
        let items: Vec<Object> = tokens.iter().map(object).collect();
        Object::new()
            .with("items", items)
            .with("next", Value::Null)
            .into()
    };
    context.output.show(value, |page| {
        if tokens.is_empty() {
            page.line("There are no named tokens.");
        }
        for token in &tokens {
            let end = match (&token.revoked_utc, &token.expires_utc) {
                (Some(_), _) => ", revoked".to_owned(),
                (None, Some(expires)) => format!(", until {expires}"),
                (None, None) => String::new(),
            };
            page.line(&format!("  {:<20} {}{end}", token.name, token.role));
        }
    })
}
