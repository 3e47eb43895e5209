//! Runs: what was asked for and is done by a worker.

pub(super) mod ask;
pub(super) mod lines;

use std::sync::Arc;

use app::{AppError, Fault};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use jobs::{Queue, RunFilter, RunState};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::RunId;
use utoipa::{IntoParams, ToSchema};

use crate::answer::{Asked, ENTRIES, Named, Page, entries};
use crate::problem::Problem;
use crate::server::Server;

/// A run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Run {
    /// Its id; ids sort as runs were asked for.
    id: String,
    /// What is done: `capture`, `pipeline` or `seal`.
    kind: String,
    /// Its case.
    project: String,
    /// What people call it.
    label: String,
    /// `queued`, `running`, `succeeded`, `failed` or `canceled`.
    state: &'static str,
    /// Its steps; empty before a worker has begun it.
    steps: Vec<RunStep>,
    /// How often it was begun.
    attempts: u32,
    /// When it was asked for.
    created_utc: String,
    /// When a worker began it.
    started_utc: Option<String>,
    /// When it ended.
    finished_utc: Option<String>,
    /// What it has made, once it has succeeded; of `seal` that is the answer of `fieldgrade seal --json`.
    #[schema(value_type = Option<Object>)]
    result: Option<Box<RawValue>>,
    /// Why it failed, or why its last attempt did.
    error: Option<RunError>,
}

/// A step of a run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunStep {
    /// Its name.
    name: String,
    /// `pending`, `running`, `done`, `failed` or `canceled`.
    state: &'static str,
    /// So much is done.
    done: u64,
    /// So much is to be done; null where that is not known.
    total: Option<u64>,
}

/// Why a run failed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunError {
    /// The stable word of the catalogue of errors.
    code: String,
    /// What happened.
    message: String,
    /// Whether trying again may help.
    retryable: bool,
}

impl Run {
    /// A run with its steps as they stand now.
    pub(super) fn of(run: jobs::Run, queue: &Queue) -> Result<Self, AppError> {
        let steps = queue.steps(&run.id)?;
        let result = run.result.and_then(|text| RawValue::from_string(text).ok());
        let steps = steps.into_iter().map(|step| RunStep {
            name: step.name,
            state: step.state.as_str(),
            done: step.done,
            total: step.total,
        });
        Ok(Self {
            id: run.id.to_string(),
            kind: run.kind,
            project: run.project,
            label: run.label,
            state: run.state.as_str(),
            steps: steps.collect(),
            attempts: run.attempts,
            created_utc: run.created_utc,
            started_utc: run.started_utc,
            finished_utc: run.finished_utc,
            result,
            error: run.error_code.map(|code| RunError {
                code,
                message: run.error_detail.unwrap_or_default(),
                retryable: run.retryable,
            }),
        })
    }
}

/// What answers to whoever asked for a run.
pub(super) fn accepted(run: Run) -> Response {
    let place = format!("/api/v1/runs/{}", run.id);
    (StatusCode::ACCEPTED, [(LOCATION, place)], Json(run)).into_response()
}

/// Which runs.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Those of this case only.
    project: Option<String>,
    /// Those that stand so only.
    state: Option<String>,
    /// Those of this kind only.
    kind: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// At most so many, 1 to 1000; 100 without.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
}

/// Runs, those asked for last first
#[utoipa::path(get, path = "/runs", tag = "runs", params(Which),
    responses((status = 200, body = Page<Run>), Problem))]
pub(crate) async fn list(
    State(server): State<Arc<Server>>,
    Asked(which): Asked<Which>,
) -> Result<Json<Page<Run>>, Problem> {
    let pool = server.queries.clone();
    let find = move || {
        let state = which
            .state
            .as_deref()
            .map(|word| RunState::of(word).ok_or(word));
        let state = state
            .transpose()
            .map_err(|word| malformed(&format!("{word:?} is no state of a run.")))?;
        let limit = entries(which.limit, ENTRIES)?;
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let filter = RunFilter {
            project: which.project,
            state,
            kind: which.kind,
        };
        let after = which.after.as_deref().map(RunId::from);
        let queue = server.runs.queue();
        let page = queue.runs(&filter, after.as_ref(), limit)?;
        let mut items = Vec::with_capacity(page.items.len());
        for run in page.items {
            items.push(Run::of(run, queue)?);
        }
        Ok(Page {
            items,
            next: page.next.map(|next| next.to_string()),
        })
    };
    Ok(Json(pool.run(find).await?))
}

fn malformed(what: &str) -> AppError {
    Fault::RequestMalformed.error().saying(what)
}

/// One run
#[utoipa::path(get, path = "/runs/{run}", tag = "runs",
    params(("run" = String, Path, description = "Its id")),
    responses((status = 200, body = Run), Problem))]
pub(crate) async fn one(
    State(server): State<Arc<Server>>,
    Named(run): Named<String>,
) -> Result<Json<Run>, Problem> {
    with(&server, run, |server, id| {
        Ok(server.runs.queue().run(id)?)
    })
    .await
}

/// Asks for a run to be stopped; what it did stays done
#[utoipa::path(post, path = "/runs/{run}/cancel", tag = "runs",
    params(("run" = String, Path, description = "Its id")),
    responses((status = 200, body = Run), Problem))]
pub(crate) async fn cancel(
    State(server): State<Arc<Server>>,
    Named(run): Named<String>,
) -> Result<Json<Run>, Problem> {
    with(&server, run, |server, id| {
        Ok(server.runs.queue().cancel(id)?)
    })
    .await
}

/// Tries a run again that failed or was canceled; steps that are done are not done again
#[utoipa::path(post, path = "/runs/{run}/retry", tag = "runs",
    params(("run" = String, Path, description = "Its id")),
    responses((status = 200, body = Run), Problem))]
pub(crate) async fn retry(
    State(server): State<Arc<Server>>,
    Named(run): Named<String>,
) -> Result<Json<Run>, Problem> {
    with(&server, run, |server, id| {
        Ok(server.runs.queue().retry(id)?)
    })
    .await
}

async fn with(
    server: &Arc<Server>,
    run: String,
    act: fn(&Server, &RunId) -> Result<jobs::Run, AppError>,
) -> Result<Json<Run>, Problem> {
    let server = Arc::clone(server);
    let pool = server.queries.clone();
    let find = move || {
        let run = act(&server, &RunId::from(run.as_str()))?;
        Run::of(run, server.runs.queue())
    };
    Ok(Json(pool.run(find).await?))
}
