//! Resumable uploads: tus 1.0.0 (<https://tus.io/protocols/resumable-upload>) with creation, creation-with-upload,
//! termination, checksum and expiration.

mod checksum;
mod said;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use app::{AppError, Fault};
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, HeaderName, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;
use vault::{Piece, Sending, Upload, UploadId};

use super::capture::RawFile;
use crate::access::Caller;
use crate::answer::{Asked, InProject, Named, Page, Paged, header};
use crate::problem::Problem;
use crate::receive::{self, room};
use crate::server::Server;
use checksum::{Checked, Checksum};
use said::Said;

const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,creation-with-upload,termination,checksum,expiration";
/// How long an upload is kept to which nothing comes (`Vault::sweep_uploads`).
const KEPT: Duration = Duration::from_hours(24);
const PIECE: &str = "application/offset+octet-stream";

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");

/// An upload that is no item yet.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadDocument {
    /// Its id.
    id: String,
    /// Its name, or path, as the sender gave it.
    path: String,
    /// So many bytes are here.
    offset: u64,
    /// So many it will have.
    length: Option<u64>,
    /// Its digest, once all of it is here.
    sha256: Option<String>,
    /// When it was begun.
    created_utc: String,
    /// The run that it is kept for.
    run: Option<String>,
    /// The item that it has become.
    item: Option<u64>,
}

impl From<Upload> for UploadDocument {
    fn from(upload: Upload) -> Self {
        Self {
            offset: upload.offset(),
            id: upload.id.to_string(),
            path: upload.path,
            length: upload.length,
            sha256: upload.sha256.map(|digest| digest.to_string()),
            created_utc: upload.created_utc,
            run: upload.run_id,
            item: upload.taken.map(|taken| taken.item),
        }
    }
}

/// An id as somebody wrote it.
pub(super) fn id(text: &str) -> Result<UploadId, AppError> {
    let wrong = |_| {
        Fault::RequestMalformed
            .error()
            .saying(format!("{text:?} is no id of an upload."))
    };
    text.parse().map_err(wrong)
}

/// Uploads of a case, oldest first: those on their way, those that are whole, and for a while those that became items
#[utoipa::path(get, path = "/uploads", tag = "uploads", params(Paged),
    responses((status = 200, body = Page<UploadDocument>), Problem))]
pub(crate) async fn list(
    State(server): State<Arc<Server>>,
    Asked(asked): Asked<Paged>,
) -> Result<Json<Page<UploadDocument>>, Problem> {
    let pool = server.queries.clone();
    let find = move || {
        let (after, limit) = asked.cut()?;
        let project = asked.project(&server.desk)?;
        let found = server.desk.vault().uploads(&project, after, limit + 1)?;
        Ok(Page::cut(
            found,
            limit,
            |upload| upload.seq.to_string(),
            UploadDocument::from,
        ))
    };
    Ok(Json(pool.run(find).await?))
}

/// What this server can do (tus)
#[utoipa::path(options, path = "/uploads", tag = "uploads", responses((status = 204)))]
pub(crate) async fn offer(State(server): State<Arc<Server>>) -> Response {
    let most = server.settings.max_upload.map(|most| most.to_string());
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("tus-version", Some(VERSION.to_owned())),
        ("tus-extension", Some(EXTENSIONS.to_owned())),
        ("tus-checksum-algorithm", Some("sha1,sha256".to_owned())),
        ("tus-max-size", most),
    ] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    answer(StatusCode::NO_CONTENT, headers)
}

/// Begins an upload (tus); its body may be the first piece
#[utoipa::path(post, path = "/uploads", tag = "uploads",
    params(InProject, ("Tus-Resumable" = String, Header), ("Upload-Length" = u64, Header),
        ("Upload-Metadata" = Option<String>, Header,
            description = "filename or relativePath, lastModified (ms since 1970), sha256, each in base64")),
    responses((status = 201, headers(("Location" = String))), Problem))]
pub(crate) async fn create(
    State(server): State<Arc<Server>>,
    Extension(caller): Extension<Caller>,
    Asked(asked): Asked<InProject>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    must_speak(&headers)?;
    let length = number(&headers, &LENGTH)?;
    let said = Said::of(&headers)?;
    let first = header(&headers, &CONTENT_TYPE) == Some(PIECE);
    let at = Arc::clone(&server);
    let begin = move || {
        let act = caller.act(&at.desk)?;
        let project = at.desk.project(asked.project.as_deref(), &act)?;
        let sending = Sending {
            path: &said.path,
            length: Some(length),
            modified: said.modified,
            sha256: said.sha256,
            meta: &said.all,
        };
        Ok(at
            .desk
            .vault()
            .begin_upload(&project, &sending, room(&at), &act)?)
    };
    let mut upload = server.queries.run(begin).await?;
    let place = format!("/api/v1/uploads/{}", upload.id);
    if first && !upload.is_whole() {
        upload = piece(&server, upload.id, 0, &headers, body).await?;
    }
    let mut headers = state_now(&upload);
    if let Ok(place) = HeaderValue::from_str(&place) {
        headers.insert(LOCATION, place);
    }
    Ok(answer(StatusCode::CREATED, headers))
}

/// How far an upload is (tus)
#[utoipa::path(head, path = "/uploads/{upload}", tag = "uploads",
    params(("upload" = String, Path), ("Tus-Resumable" = String, Header)),
    responses((status = 200, headers(("Upload-Offset" = u64), ("Upload-Length" = u64))),
        Problem))]
pub(crate) async fn head(
    State(server): State<Arc<Server>>,
    Named(upload): Named<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    must_speak(&headers)?;
    let pool = server.queries.clone();
    let find = move || Ok(server.desk.vault().upload(&id(&upload)?)?);
    let upload = pool.run(find).await?;
    let mut headers = state(&upload);
    for (name, value) in [
        (LENGTH, upload.length.map(|length| length.to_string())),
        (METADATA, Some(upload.meta).filter(|meta| !meta.is_empty())),
    ] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.insert(name, value);
        }
    }
    Ok(answer(StatusCode::OK, headers))
}

/// Sends the next piece of an upload (tus)
#[utoipa::path(patch, path = "/uploads/{upload}", tag = "uploads",
    params(("upload" = String, Path), ("Tus-Resumable" = String, Header), ("Upload-Offset" = u64, Header),
        ("Upload-Checksum" = Option<String>, Header, description = "sha1 or sha256, and the digest in base64")),
    request_body(content((RawFile = "application/offset+octet-stream"))),
    responses((status = 204, headers(("Upload-Offset" = u64))), Problem))]
pub(crate) async fn append(
    State(server): State<Arc<Server>>,
    Named(upload): Named<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    must_speak(&headers)?;
    if header(&headers, &CONTENT_TYPE) != Some(PIECE) {
        return Err(Fault::MediaTypeUnsupported.into());
    }
    let offset = number(&headers, &OFFSET)?;
    let upload = piece(&server, id(&upload)?, offset, &headers, body).await?;
    Ok(answer(StatusCode::NO_CONTENT, state_now(&upload)))
}

/// Throws an upload away (tus)
#[utoipa::path(delete, path = "/uploads/{upload}", tag = "uploads",
    params(("upload" = String, Path), ("Tus-Resumable" = String, Header)),
    responses((status = 204), Problem))]
pub(crate) async fn terminate(
    State(server): State<Arc<Server>>,
    Extension(caller): Extension<Caller>,
    Named(upload): Named<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    must_speak(&headers)?;
    let pool = server.queries.clone();
    let end = move || {
        let act = caller.act(&server.desk)?;
        Ok(server.desk.vault().terminate_upload(&id(&upload)?, &act)?)
    };
    pool.run(end).await?;
    Ok(answer(StatusCode::NO_CONTENT, HeaderMap::new()))
}

async fn piece(
    server: &Arc<Server>,
    id: UploadId,
    offset: u64,
    headers: &HeaderMap,
    body: Body,
) -> Result<Upload, Problem> {
    let body = body.into_data_stream();
    match Checksum::of(headers)? {
        None => receive::append(server, id, Piece::at(offset), body, |from| from).await,
        Some(checksum) => {
            let wrapped = |from| Checked { from, checksum };
            let kept = receive::append(server, id, Piece::whole_at(offset), body, wrapped).await;
            kept.map_err(|problem| problem.instead_of("upload_broken", Fault::UploadChecksum))
        }
    }
}

fn must_speak(headers: &HeaderMap) -> Result<(), AppError> {
    if header(headers, &RESUMABLE) == Some(VERSION) {
        Ok(())
    } else {
        Err(Fault::TusVersion.error())
    }
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64, AppError> {
    let number = header(headers, name).and_then(|text| text.parse::<u64>().ok());
    let number = number.filter(|number| i64::try_from(*number).is_ok());
    number.ok_or_else(|| {
        Fault::RequestMalformed
            .error()
            .saying(format!("The header {name} is missing or no number."))
    })
}

/// Where an upload stands, as headers. It is kept for a day after its last byte.
fn state(upload: &Upload) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(OFFSET, HeaderValue::from(upload.offset()));
    headers
}

/// The same right after something came.
fn state_now(upload: &Upload) -> HeaderMap {
    let mut headers = state(upload);
    let date = httpdate::fmt_http_date(SystemTime::now() + KEPT);
    if let Ok(date) = HeaderValue::from_str(&date) {
        headers.insert(EXPIRES, date);
    }
    headers
}

fn answer(status: StatusCode, mut headers: HeaderMap) -> Response {
    headers.insert(RESUMABLE, HeaderValue::from_static(VERSION));
    (status, headers).into_response()
}
