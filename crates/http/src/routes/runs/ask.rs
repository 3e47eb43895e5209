//! Asking for runs.

use std::collections::BTreeSet;
use std::sync::Arc;

use app::{AppError, CaptureKind, CaptureParams, SealParams};
use axum::Extension;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{Run, accepted, malformed};
use crate::access::Caller;
use crate::answer::{Asked, Given, InProject, idempotency_key};
use crate::problem::Problem;
use crate::routes::capture::{DropForm, Dropped, IntakeFields, Into, RawFile, received};
use crate::routes::tus;
use crate::server::Server;

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
        Run::of(run, server.runs.queue())
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
        Run::of(run, server.runs.queue())
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
