//! What a search found, and what it could not look at.

use app::item_label;
use bundle::canon::{Object, Value};
use vault::{Hit, Project, SearchResult, VaultError, Where};

use super::page::{Page, Tone};

/// A page of hits.
pub struct Found<'a> {
    pub project: &'a Project,
    pub result: &'a SearchResult,
}

impl Found<'_> {
    /// As `search --json` gives it.
    pub fn object(&self) -> Object {
        let result = self.result;
        let missing = Object::new()
            .with("entries", result.missing.entries)
            .with("unread", result.missing.unread)
            .with("damaged", result.missing.damaged);
        let trouble = result.trouble.as_ref().map(|trouble| {
            Object::new()
                .with("code", trouble.code())
                .with("message", trouble.to_string())
                .with("next", trouble.next_step())
        });
        let hits = result.hits.iter().map(|hit| self.hit(hit));
        Object::new()
            .with("items", hits.collect::<Vec<_>>())
            .with("total", result.total)
            .with("next", result.next.as_deref())
            .with("missing", missing)
            .with("ignored", result.ignored)
            .with("trouble", trouble)
    }

    fn hit(&self, hit: &Hit) -> Object {
        let marks = hit.snippet.marks_in_chars().into_iter();
        let marks: Vec<Value> = marks
            .map(|mark| Value::from(vec![mark.start as u64, mark.end as u64]))
            .collect();
        let text = hit.text.map(|text| {
            Object::new()
                .with("chunk", text.chunk)
                .with("start", text.start)
                .with("end", text.end)
        });
        Object::new()
            .with("item", hit.item)
            .with("label", item_label(self.project, hit.item))
            .with("name", hit.name.as_str())
            .with("path", hit.path.as_str())
            .with("where", hit.place.as_str())
            .with("text", text)
            .with("snippet", hit.snippet.text.as_str())
            .with("marks", marks)
            .with("passages", hit.passages)
    }

    /// For people: what was found stands in brackets, with or without colours.
    pub fn write(&self, page: &mut Page) {
        let result = self.result;
        for hit in &result.hits {
            let label = item_label(self.project, hit.item);
            let marked = hit.snippet.marked("[", "]");
            match hit.place {
                Where::Name => page.toned(Tone::Strong, &format!("  {label:>6}  {marked}")),
                place => {
                    page.toned(Tone::Strong, &format!("  {label:>6}  {}", hit.path));
                    let place = match place {
                        Where::Caption => "caption: ",
                        _ => "",
                    };
                    page.line(&format!("          {place}{marked}"));
                }
            }
        }
        let found = match result.total {
            0 => "Nothing was found.".to_owned(),
            total => format!("{} found.", count(total, "item", "items")),
        };
        page.line(&found);
        if let Some(next) = &result.next {
            page.line(&format!("There are more: --after {next}"));
        }
        for line in self.not_looked_at() {
            page.toned(Tone::Open, &line);
        }
    }

    /// What could not be looked at is part of the answer.
    fn not_looked_at(&self) -> Vec<String> {
        let missing = &self.result.missing;
        let mut lines = Vec::new();
        if missing.unread > 0 {
            let texts = count(missing.unread, "item was", "items were");
            lines.push(format!(
                "The text of {texts} not read yet; the next ingest or run does that."
            ));
        }
        if missing.entries > 0 {
            let entries = count(missing.entries, "entry", "entries");
            lines.push(format!(
                "{entries} of the record cannot be found yet; search again in a moment."
            ));
        }
        if missing.damaged > 0 {
            let texts = count(missing.damaged, "item is", "items are");
            lines.push(format!(
                "The text of {texts} missing or damaged; see fieldgrade doctor --read-data."
            ));
        }
        if self.result.ignored > 0 {
            let words = count(self.result.ignored, "word was", "words were");
            lines.push(format!("{words} too many and not looked for."));
        }
        if let Some(trouble) = &self.result.trouble {
            lines.push(format!("The index is not up to date: {}", told(trouble)));
        }
        lines
    }

    /// What may help.
    pub fn hints(&self) -> &'static [&'static str] {
        if self.result.total > 0 || !self.result.missing.is_nothing() {
            &[]
        } else {
            &[
                "an item must have all the words; the beginning of a word is looked for with a star: corro*",
                "texts of PDF, Word, Excel and e-mail files are not read yet; such files are found by their names",
            ]
        }
    }
}

fn told(trouble: &VaultError) -> String {
    format!("{trouble}. {}", trouble.next_step())
}

fn count(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
