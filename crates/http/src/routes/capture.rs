//! Capturing what a request brings, at once: the answer is the acknowledgement.

mod fields;

use std::sync::Arc;

use app::AppError;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use futures_util::Stream;
use serde::{Deserialize, Serialize};
use store::Unwatched;
use utoipa::{IntoParams, ToSchema};
use vault::{CaptureReport, Intake, ItemOutcome, Piece, Project, Sending, Upload};

pub(super) use fields::{DropForm, IntakeFields, RawFile};

use crate::access::Caller;
use crate::answer::{Asked, header};
use crate::arrived::Arrived;
use crate::form::{self, Form};
use crate::problem::Problem;
use crate::receive::{append, room};
use crate::server::Server;

/// What became of a drop: the answer of `fieldgrade ingest --json`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Acknowledged {
    /// The number of the intake; null when nothing was captured.
    intake: Option<u64>,
    /// Each file.
    documents: Vec<CapturedFile>,
    /// How many are new.
    captured: u64,
    /// How many have bytes that were there already; they are items all the same.
    duplicates: u64,
    /// How many could not be captured.
    failed: u64,
}

/// What became of a file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CapturedFile {
    /// The number of the item.
    item: Option<u64>,
    /// Hash of the entry that captured it.
    id: Option<String>,
    /// Its path, safe to show.
    path: String,
    /// Digest of its bytes.
    sha256: Option<String>,
    /// Size.
    bytes: Option<u64>,
    /// `captured`, `duplicate` or `failed`.
    status: &'static str,
    /// The first item with the same bytes.
    same_as: Option<u64>,
    /// Why it failed.
    error: Option<CaptureError>,
}

/// Why a file could not be captured.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaptureError {
    /// The stable word.
    code: &'static str,
    /// What happened.
    message: String,
    /// What to do about it.
    next: &'static str,
}

impl Acknowledged {
    fn of(report: &CaptureReport, outcomes: Vec<ItemOutcome>) -> Self {
        Self {
            intake: report.intake,
            documents: outcomes.into_iter().map(CapturedFile::from).collect(),
            captured: report.captured,
            duplicates: report.duplicates,
            failed: report.failed,
        }
    }
}

impl From<ItemOutcome> for CapturedFile {
    fn from(outcome: ItemOutcome) -> Self {
        Self {
            item: outcome.item,
            id: outcome.id.map(|id| id.to_string()),
            path: outcome.path,
            sha256: outcome.sha256.map(|digest| digest.to_string()),
            bytes: outcome.bytes,
            status: outcome.status.as_str(),
            same_as: outcome.same_as,
            error: outcome.error.map(|error| CaptureError {
                code: error.code,
                message: error.message,
                next: error.next,
            }),
        }
    }
}

/// Into which case, and what a body without a form is called.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Into {
    /// The short name of the case; `default` without.
    pub project: Option<String>,
    /// The name of the file, where the body is the file itself.
    pub name: Option<String>,
}

/// Captures a file (the body, with ?name=) or the files of a form (`file`, repeated), at once
#[utoipa::path(post, path = "/documents", tag = "documents", params(Into),
    request_body(description = "The file, or a form",
        content((DropForm = "multipart/form-data"), (RawFile = "application/octet-stream"))),
    responses((status = 201, body = Acknowledged), Problem))]
pub(crate) async fn capture(
    State(server): State<Arc<Server>>,
    Extension(caller): Extension<Caller>,
    Asked(into): Asked<Into>,
    request: Request,
) -> Result<(StatusCode, Json<Acknowledged>), Problem> {
    let drop = received(&server, &caller, into, request).await?;
    let bytes = server.bytes.clone();
    let capture = move || {
        let act = caller.act(&server.desk)?;
        let vault = server.desk.vault();
        let Dropped {
            project,
            arrived,
            intake,
        } = drop;
        let mut outcomes = Vec::new();
        let mut hear = |outcome: &ItemOutcome| outcomes.push(outcome.clone());
        let report = vault.capture_uploads(
            &project,
            arrived.ids(),
            &intake,
            &act,
            &Unwatched,
            &mut hear,
        )?;
        Ok(Acknowledged::of(&report, outcomes))
    };
    Ok((StatusCode::CREATED, Json(bytes.run(capture).await?)))
}

/// Files that have arrived, and what is known of them.
pub(super) struct Dropped {
    pub project: Project,
    pub arrived: Arrived,
    pub intake: Intake,
}

/// Receives the files of a request as uploads, each whole.
pub(super) async fn received(
    server: &Arc<Server>,
    caller: &Caller,
    into: Into,
    request: Request,
) -> Result<Dropped, Problem> {
    let Into { project, name } = into;
    let (at, acting) = (Arc::clone(server), caller.clone());
    let find = move || {
        let act = acting.act(&at.desk)?;
        at.desk.project(project.as_deref(), &act)
    };
    let project = server.queries.run(find).await?;
    let headers = request.headers();
    if header(headers, &CONTENT_TYPE).is_some_and(is_form) {
        return form_of(server, caller, project, request).await;
    }
    let name = name.ok_or_else(|| {
        form::wrong("A body that is the file itself needs ?name= with the name of the file.")
    })?;
    let length = length(headers);
    let mut arrived = Arrived::new(server, caller.clone());
    let (upload, one) = begun(server, caller, &project, name, length).await?;
    arrived.add(one);
    whole(server, upload, request.into_body().into_data_stream()).await?;
    Ok(Dropped {
        project,
        arrived,
        intake: Intake::default(),
    })
}

fn is_form(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("multipart/form-data")
}

fn length(headers: &HeaderMap) -> Option<u64> {
    header(headers, &CONTENT_LENGTH)?.parse().ok()
}

async fn form_of(
    server: &Arc<Server>,
    caller: &Caller,
    project: Project,
    request: Request,
) -> Result<Dropped, Problem> {
    let mut form = Form::of(request).await?;
    let mut intake = IntakeFields::default();
    let mut arrived = Arrived::new(server, caller.clone());
    let held = form.held();
    while let Some(field) = form.next().await? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let path = field.file_name().unwrap_or_default().to_owned();
            let (upload, one) = begun(server, caller, &project, path, None).await?;
            arrived.add(one);
            whole(server, upload, form::file(field, &held)).await?;
        } else {
            let value = form::text(field, &held).await?;
            if !intake.take(&name, value) {
                return Err(form::wrong(&format!("The form has no field {name:?}.")));
            }
        }
    }
    if arrived.ids().is_empty() {
        return Err(form::wrong("The form has no `file`."));
    }
    Ok(Dropped {
        project,
        arrived,
        intake: intake.into(),
    })
}

async fn begun(
    server: &Arc<Server>,
    caller: &Caller,
    project: &Project,
    path: String,
    length: Option<u64>,
) -> Result<(Upload, Arrived), Problem> {
    let (at, project, caller) = (Arc::clone(server), project.clone(), caller.clone());
    let begin = move || {
        let act = caller.act(&at.desk)?;
        let sending = Sending {
            path: &path,
            length,
            ..Sending::default()
        };
        let upload = at
            .desk
            .vault()
            .begin_upload(&project, &sending, room(&at), &act)?;
        let one = Arrived::one(&at, caller, upload.id.clone());
        Ok((upload, one))
    };
    server.queries.run(begin).await
}

/// Receives all of an upload whose length may not be known before.
async fn whole<E>(
    server: &Arc<Server>,
    upload: Upload,
    body: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> Result<(), Problem> {
    if upload.is_whole() {
        return Ok(());
    }
    let known = upload.length.is_some();
    let upload = append(server, upload.id, Piece::at(0), body, |from| from).await;
    // Nothing of it is kept: nobody could go on with it.
    let upload = upload.map_err(|problem| problem.instead_of("upload_broken", form::broken()))?;
    let (id, offset) = (upload.id.clone(), upload.offset());
    if !known {
        let at = Arc::clone(server);
        let declare = move || {
            let declared = at.desk.vault().declare_length(&id, offset, room(&at));
            declared.map_err(AppError::from)
        };
        server.bytes.run(declare).await?;
    }
    Ok(())
}
