use app::AppError;
use bundle::canon::{Object, Value};
use clap::Args;
use vault::{Hit, SearchResult};

use super::{Outcome, Run};
use crate::context::Context;
use crate::output::Tone;

/// Find items by words in their names, captions and texts
#[derive(Debug, Args)]
pub struct Search {
    /// Words that an item must have; "a phrase", begin*, -without
    #[arg(value_name = "QUERY", required = true, allow_hyphen_values = true)]
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
        // Looking leaves no entry, but a search catches up with the record: it needs to write the index.
        let desk = context.desk()?;
        let project = context.project_to_read(&desk)?;
        let query = self.query.join(" ");
        let found = desk
            .vault()
            .search(&project, &query, self.limit, self.after.as_deref())?;
        let value = || {
            let missing = Object::new()
                .with("entries", found.missing.entries)
                .with("unread", found.missing.unread)
                .with("damaged", found.missing.damaged);
            Object::new()
                .with("items", found.hits.iter().map(object).collect::<Vec<_>>())
                .with("total", found.total)
                .with("next", found.next.as_deref())
                .with("missing", missing)
                .into()
        };
        context.output.show(value, |page| {
            for hit in &found.hits {
                page.toned(Tone::Strong, &format!("  {:>5}  {}", hit.item, hit.path));
                page.line(&format!("         {}", hit.snippet.marked("[", "]")));
            }
            let items = |count: u64| {
                if count == 1 {
                    "1 item".to_owned()
                } else {
                    format!("{count} items")
                }
            };
            page.line(&format!("{} found.", items(found.total)));
            if let Some(next) = &found.next {
                page.line(&format!("There are more: --after {next}"));
            }
        })?;
        hints(context, &found);
        Ok(Outcome::Done)
    }
}

fn object(hit: &Hit) -> Object {
    let marks = hit.snippet.marks_in_chars().into_iter();
    let marks: Vec<Value> = marks
        .map(|mark| Value::from(vec![mark.start as u64, mark.end as u64]))
        .collect();
    Object::new()
        .with("item", hit.item)
        .with("name", hit.name.as_str())
        .with("path", hit.path.as_str())
        .with("where", hit.place.as_str())
        .with("snippet", hit.snippet.text.as_str())
        .with("marks", marks)
        .with("passages", hit.passages)
}

/// What the answer does not say by itself.
fn hints(context: &Context, found: &SearchResult) {
    let missing = &found.missing;
    if missing.unread > 0 || missing.entries > 0 {
        context.output.hint(&format!(
            "{} texts and {} entries are not searchable yet; `fieldgrade ingest` and `run` read them, and so does the next search, bit by bit",
            missing.unread, missing.entries
        ));
    }
    if missing.damaged > 0 {
        context.output.hint(&format!(
            "{} texts could not be looked at, since their bytes are missing or damaged; see `fieldgrade doctor --read-data`",
            missing.damaged
        ));
    }
    if found.ignored > 0 {
        context
            .output
            .hint("the query has more words than are looked for; the last ones were left out");
    }
    if let Some(trouble) = &found.trouble {
        context.output.hint(&format!(
            "the index could not be brought up to date: {trouble}"
        ));
    }
    if found.total == 0 && missing.is_nothing() {
        context.output.hint("texts of PDF, Word, Excel and e-mail files are not read yet; such files are found by their names");
    }
}
