//! What a run did with each thing, and its log.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jobs::{ItemLine, LogLine};
use serde::Serialize;
use store::RunId;
use utoipa::ToSchema;

use crate::answer::{Asked, Cut, Named, Page};
use crate::problem::Problem;
use crate::server::Server;

/// What a run did with one of the things it was given.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunItem {
    /// Its place among them.
    position: i64,
    /// What people call it.
    name: String,
    /// What became of it.
    state: String,
    /// Why, if it was not taken.
    reason: Option<String>,
    /// The item that it has become.
    item: Option<String>,
}

impl From<ItemLine> for RunItem {
    fn from(line: ItemLine) -> Self {
        let ItemLine {
            position,
            name,
            state,
            reason,
            item,
        } = line;
        Self {
            position,
            name,
            state,
            reason,
            item,
        }
    }
}

/// What a run did with each of the things it was given
#[utoipa::path(get, path = "/runs/{run}/items", tag = "runs",
    params(("run" = String, Path, description = "Its id"), Cut),
    responses((status = 200, body = Page<RunItem>), Problem))]
pub(crate) async fn items(
    State(server): State<Arc<Server>>,
    Named(run): Named<String>,
    Asked(asked): Asked<Cut>,
) -> Result<Json<Page<RunItem>>, Problem> {
    let pool = server.queries.clone();
    let find = move || {
        let (after, limit) = (asked.position()?, asked.limit()?);
        let run = server.runs.queue().run(&RunId::from(run.as_str()))?;
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let page = server.runs.queue().items(&run.id, None, after, limit)?;
        Ok(Page {
            items: page.items.into_iter().map(RunItem::from).collect(),
            next: page.next.map(|next| next.to_string()),
        })
    };
    Ok(Json(pool.run(find).await?))
}

/// A line of a run's log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunLogLine {
    /// Its number.
    seq: i64,
    /// The step that wrote it.
    step: String,
    /// `info`, `warning` or `error`.
    level: &'static str,
    /// What it says.
    text: String,
    /// When.
    ts_utc: String,
}

impl From<LogLine> for RunLogLine {
    fn from(line: LogLine) -> Self {
        Self {
            seq: line.seq,
            step: line.step,
            level: line.level.as_str(),
            text: line.text,
            ts_utc: line.ts_utc,
        }
    }
}

/// The log of a run, oldest line first
#[utoipa::path(get, path = "/runs/{run}/log", tag = "runs",
    params(("run" = String, Path, description = "Its id"), Cut),
    responses((status = 200, body = Page<RunLogLine>), Problem))]
pub(crate) async fn log(
    State(server): State<Arc<Server>>,
    Named(run): Named<String>,
    Asked(asked): Asked<Cut>,
) -> Result<Json<Page<RunLogLine>>, Problem> {
    let pool = server.queries.clone();
    let find = move || {
        let (after, limit) = (asked.after()?, asked.limit()?);
        let run = server.runs.queue().run(&RunId::from(run.as_str()))?;
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        let page = server.runs.queue().log_after(&run.id, after, limit)?;
        Ok(Page {
            items: page.items.into_iter().map(RunLogLine::from).collect(),
            next: page.next.map(|next| next.to_string()),
        })
    };
    Ok(Json(pool.run(find).await?))
}
