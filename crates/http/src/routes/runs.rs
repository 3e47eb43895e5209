//! Runs: what was asked for and is done by a worker.

use std::collections::BTreeSet;
use std::sync::Arc;

use app::{AppError, CaptureKind, CaptureParams, Fault, SealParams};
use axum::extract::{Request, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use jobs::{ItemLine, LogLine, RunFilter, RunState, Step};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::RunId;
use utoipa::{IntoParams, ToSchema};

use super::capture::{DropForm, Dropped, IntakeFields, Into, RawFile, received};
use super::tus;
use crate::access::Caller;
use crate::answer::{Asked, Cut, Given, InProject, Named, Page, idempotency_key};
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
    pub(super) fn of(run: jobs::Run, steps: Vec<Step>) -> Self {
        let result = run.result.and_then(|text| RawValue::from_string(text).ok());
        let steps = steps.into_iter().map(|step| RunStep {
            name: step.name,
            state: step.state.as_str(),
            done: step.done,
            total: step.total,
        });
        Self {
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
        }
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
    limit: Option<u32>,
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
        let state = state.transpose().map_err(|word| {
            app::Fault::RequestMalformed
                .error()
                .saying(format!("{word:?} is no state of a run."))
        })?;
        let limit = which.limit.unwrap_or(100);
        if !(1..=1000).contains(&limit) {
            return Err(app::Fault::RequestMalformed.error());
        }
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
            let steps = queue.steps(&run.id)?;
            items.push(Run::of(run, steps));
        }
        Ok(Page {
            items,
            next: page.next.map(|next| next.to_string()),
        })
    };
    Ok(Json(pool.run(find).await?))
}

/// A run to be begun.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRun {
    /// `capture` (uploads become items), `pipeline` (they become items, the case is sealed, the package checked) or
    /// `seal`.
    kind: String,
    /// Ids of uploads that have arrived whole, for `capture` and `pipeline`.
    #[serde(default)]
    uploads: Vec<String>,
    /// What is known of the drop.
    #[serde(default)]
    intake: IntakeFields,
    /// A label for the package.
    #[serde(default)]
    label: String,
    /// For `seal`: only these items.
    #[serde(default)]
    #[schema(value_type = Vec<u64>)]
    items: BTreeSet<u64>,
}

/// Begins a run
#[utoipa::path(post, path = "/runs", tag = "runs", request_body = NewRun,
    params(InProject, ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the same run")),
    responses((status = 202, body = Run, headers(("Location" = String, description = "The run"))),
        Problem))]
pub(crate) async fn create(
    State(server): State<Arc<Server>>,
    Extension(caller): Extension<Caller>,
    Asked(asked): Asked<InProject>,
    headers: HeaderMap,
    Given(new): Given<NewRun>,
) -> Result<Response, Problem> {
    let key = idempotency_key(&headers)?;
    let pool = server.queries.clone();
    let ask = move || {
        let act = caller.act(&server.desk)?;
        let project = asked.project(&server.desk)?;
        let NewRun {
            kind,
            uploads,
            intake,
            label,
            items,
        } = new;
        let run = if kind == "seal" {
            let params = SealParams {
                label,
                full: false,
                items,
            };
            server.runs.seal(&project, &params, &act, key)?
        } else {
            let ids = uploads.iter().map(|id| tus::id(id));
            let params = CaptureParams {
                uploads: ids.collect::<Result<_, _>>()?,
                intake: intake.into(),
                label,
            };
            if params.uploads.is_empty() {
                return Err(malformed("A run of this kind needs uploads."));
            }
            server
                .runs
                .capture(capture_kind(&kind)?, &project, &params, &act, key)?
        };
        let steps = server.runs.queue().steps(&run.id)?;
        Ok(Run::of(run, steps))
    };
    Ok(accepted(pool.run(ask).await?))
}

/// What is to be done with files, in which case, and what a body without a form is called.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UploadInto {
    /// The short name of the case; `default` without.
    project: Option<String>,
    /// The name of the file, where the body is the file itself.
    name: Option<String>,
    /// A label for the package.
    #[serde(default)]
    label: String,
    /// `capture` or `pipeline`; `pipeline` without.
    #[param(pattern = "^(capture|pipeline)$")]
    kind: Option<String>,
}

/// Uploads the files of a form (or the body, with ?name=) and begins a run with them
#[utoipa::path(post, path = "/runs/upload", tag = "runs", 
    params(UploadInto, ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the same run")),
    request_body(description = "A form, or the file",
        content((DropForm = "multipart/form-data"), (RawFile = "application/octet-stream"))),
    responses((status = 202, body = Run, headers(("Location" = String, description = "The run"))),
        Problem))]
pub(crate) async fn upload(
    State(server): State<Arc<Server>>,
    Extension(caller): Extension<Caller>,
    Asked(into): Asked<UploadInto>,
    request: Request,
) -> Result<Response, Problem> {
    let UploadInto {
        project,
        name,
        label,
        kind,
    } = into;
    let kind = capture_kind(kind.as_deref().unwrap_or("pipeline"))?;
    let key = idempotency_key(request.headers())?;
    let dropped = received(&server, &caller, Into { project, name }, request).await?;
    let pool = server.queries.clone();
    let ask = move || {
        let act = caller.act(&server.desk)?;
        let Dropped {
            project,
            mut arrived,
            intake,
        } = dropped;
        let params = CaptureParams {
            uploads: arrived.ids().to_vec(),
            intake,
            label,
        };
        let run = server.runs.capture(kind, &project, &params, &act, key)?;
        // A request that is sent again has its run, and that has the files already.
        if CaptureParams::of(&run).uploads == params.uploads {
            arrived.keep();
        }
        let steps = server.runs.queue().steps(&run.id)?;
        Ok(Run::of(run, steps))
    };
    Ok(accepted(pool.run(ask).await?))
}

fn capture_kind(word: &str) -> Result<CaptureKind, AppError> {
    match word {
        "capture" => Ok(CaptureKind::Capture),
        "pipeline" => Ok(CaptureKind::Pipeline),
        other => Err(malformed(&format!("There is no kind of run {other:?}."))),
    }
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
        let steps = server.runs.queue().steps(&run.id)?;
        Ok(Run::of(run, steps))
    };
    Ok(Json(pool.run(find).await?))
}

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
