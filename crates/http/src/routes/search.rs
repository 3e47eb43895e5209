//! Finding items again.

use std::sync::Arc;

use app::{AppError, item_label};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vault::{Hit, Project, SearchResult};

use crate::answer::{Asked, entries};
use crate::problem::Problem;
use crate::server::Server;

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Query {
    /// Words; an item must have all of them. `corro*` finds what begins so, "two words" a phrase.
    q: String,
    /// The short name of the case; `default` without.
    project: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// At most so many items, 1 to 1000; 20 without.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
}

/// What was found, and what could not be looked at.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Found {
    /// A page of items, best first.
    items: Vec<FoundItem>,
    /// How many items have all the words.
    total: u64,
    /// Where the next page begins; null on the last.
    next: Option<String>,
    /// What cannot be found yet.
    missing: NotYet,
    /// Words that were too many and not looked for.
    ignored: u64,
}

/// An item that was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FoundItem {
    /// Its number.
    item: u64,
    /// The number as people read it.
    label: String,
    /// File name.
    name: String,
    /// Path relative to what was dropped.
    path: String,
    /// `name`, `caption` or `text`.
    #[serde(rename = "where")]
    place: &'static str,
    /// The words in their surroundings.
    snippet: String,
    /// Which code points of the snippet are the words: from, until.
    marks: Vec<[u64; 2]>,
}

/// What a search cannot find yet.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NotYet {
    /// Entries of the record that are not in the index.
    entries: u64,
    /// Items whose text was not read yet.
    unread: u64,
    /// Texts whose bytes are missing or damaged.
    damaged: u64,
}

impl FoundItem {
    fn of(project: &Project, hit: Hit) -> Self {
        let marks = hit.snippet.marks_in_chars().into_iter();
        Self {
            item: hit.item,
            label: item_label(project, hit.item),
            marks: marks
                .map(|mark| [mark.start as u64, mark.end as u64])
                .collect(),
            name: hit.name,
            path: hit.path,
            place: hit.place.as_str(),
            snippet: hit.snippet.text,
        }
    }
}

/// Finds items by words in names, captions and texts
#[utoipa::path(get, path = "/search", tag = "documents", params(Query),
    responses((status = 200, body = Found), Problem))]
pub(crate) async fn search(
    State(server): State<Arc<Server>>,
    Asked(query): Asked<Query>,
) -> Result<Json<Found>, Problem> {
    let pool = server.queries.clone();
    let find = move || {
        let limit = entries(query.limit, 20)?;
        let limit = usize::try_from(limit).unwrap_or(1000);
        let project = server.desk.project_to_read(query.project.as_deref())?;
        let vault = server.desk.vault();
        let result = vault.search(&project, &query.q, limit, query.after.as_deref())?;
        let SearchResult {
            hits,
            total,
            next,
            missing,
            ignored,
            trouble,
        } = result;
        if let Some(trouble) = trouble.filter(|_| hits.is_empty()) {
            return Err(AppError::from(trouble));
        }
        Ok(Found {
            items: hits
                .into_iter()
                .map(|hit| FoundItem::of(&project, hit))
                .collect(),
            total,
            next,
            missing: NotYet {
                entries: missing.entries,
                unread: missing.unread,
                damaged: missing.damaged,
            },
            ignored,
        })
    };
    Ok(Json(pool.run(find).await?))
}
