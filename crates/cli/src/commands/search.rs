use app::AppError;
use clap::Args;

use super::{Outcome, Run};
use crate::context::Context;
use crate::output::search::Found;

/// Find items by words in their names, captions and texts
#[derive(Debug, Args)]
pub struct Search {
    /// Words that an item must have, in quotation marks for the shell where more than words: '"a phrase" begin* -without'
    #[arg(value_name = "QUERY", required = true)]
    query: Vec<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// Go on where an earlier search ended
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
}

impl Run for Search {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk_to_search()?;
        let project = context.project_to_read(&desk)?;
        let query = self.query.join(" ");
        let result = desk
            .vault()
            .search(&project, &query, self.limit, self.after.as_deref())?;
        let found = Found {
            project: &project,
            result: &result,
        };
        context
            .output
            .show(|| found.object().into(), |page| found.write(page))?;
        for hint in found.hints() {
            context.output.hint(hint);
        }
        Ok(Outcome::Done)
    }
}
