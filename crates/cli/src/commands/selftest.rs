use app::{AppError, Tested};
use bundle::canon::Object;
use clap::Args;

use super::{Outcome, Run};
use crate::context::Context;
use crate::output::Tone;

/// Try out the program on this machine, in a data folder of its own that is removed afterwards
#[derive(Debug, Args)]
pub struct Selftest {}

impl Run for Selftest {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let tested = app::selftest(&context.config()?)?;
        let good = tested.iter().all(|tested| tested.result.is_ok());
        let object = |tested: &Tested| {
            Object::new()
                .with("what", tested.what)
                .with("good", tested.result.is_ok())
                .with("told", tested.result.clone().unwrap_or_else(|why| why))
        };
        let value = || {
            Object::new()
                .with("good", good)
                .with("tested", tested.iter().map(object).collect::<Vec<_>>())
                .into()
        };
        context.output.show(value, |page| {
            for tested in &tested {
                match &tested.result {
                    Ok(told) => page.line(&format!("  good  {}: {told}", tested.what)),
                    Err(why) => page.toned(Tone::Bad, &format!("  bad   {}: {why}", tested.what)),
                }
            }
            if good {
                page.toned(Tone::Good, "Everything works here.");
            } else {
                page.toned(Tone::Bad, "Do not use it here before this is resolved.");
            }
        })?;
        Ok(if good {
            Outcome::Done
        } else {
            Outcome::Refused
        })
    }
}
