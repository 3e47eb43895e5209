//! Checking a package that somebody sends: the answer of `fieldgrade verify --json`, and nothing is kept.

use std::io::{self, ErrorKind, Read};
use std::sync::Arc;

use app::{Fault, VerifyRequest, check_fingerprint, verify_at};
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use store::durable::TempFile;
use utoipa::{IntoParams, ToSchema};

use super::capture::RawFile;
use crate::answer::{Asked, header};
use crate::problem::Problem;
use crate::receive::{Arriving, read};
use crate::server::Server;

/// How a package is to be checked.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct How {
    /// The case whose rules hold; `default` without.
    project: Option<String>,
    /// The fingerprint of the signer's key, as they gave it by another way.
    fingerprint: Option<String>,
    /// 1: accept a signer who is not confirmed, and say so.
    #[param(value_type = Option<String>, pattern = "^[01]$")]
    any_signer: Option<String>,
}

/// The four answers and every check; docs/bundle-format.md explains each.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportDocument {
    /// `accepted` or `refused`.
    verdict: String,
    /// The first check that failed.
    code: Option<String>,
    /// Whether the bytes are those that were sealed.
    integrity: String,
    /// Whether the signer is known.
    signer: String,
    /// Whether the rules were kept.
    policy: String,
    /// What is proven about time.
    time: String,
    /// All of it in two sentences.
    statement: String,
    /// Digest of the file.
    bundle_sha256: Option<String>,
    /// Each check in its order.
    checks: Vec<CheckDocument>,
}

/// One check.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckDocument {
    /// Which.
    id: String,
    /// `pass`, `fail` or `skipped`.
    status: String,
    /// Why it failed.
    code: Option<String>,
    /// More of that.
    detail: Option<String>,
}

/// A report as the command line gives it, to the byte.
pub(super) fn shown(report: &app::Report) -> Response {
    let mut text = report.to_value().to_canonical();
    text.push(b'\n');
    ([(CONTENT_TYPE, "application/json")], text).into_response()
}

/// Checks a package
#[utoipa::path(post, path = "/verify", tag = "bundles", params(How),
    request_body(description = "The package", content((RawFile = "application/zip"))),
    responses((status = 200, body = ReportDocument), Problem))]
pub(crate) async fn verify(
    State(server): State<Arc<Server>>,
    Asked(how): Asked<How>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    if let Some(fingerprint) = &how.fingerprint {
        check_fingerprint(fingerprint)?;
    }
    let any_signer = match how.any_signer.as_deref() {
        None | Some("0") => false,
        Some("1") => true,
        Some(_) => return Err(Fault::RequestMalformed.into()),
    };
    let file = spooled(&server, &headers, body).await?;
    let bytes = server.bytes.clone();
    let check = move || {
        let project = server.desk.project_to_read(how.project.as_deref());
        let project = match project {
            Ok(project) => Some(project),
            Err(error) if how.project.is_some() => return Err(error),
            Err(_) => None,
        };
        let request = VerifyRequest {
            fingerprint: how.fingerprint,
            any_signer,
            ..VerifyRequest::default()
        };
        verify_at(
            &server.desk,
            project.as_ref(),
            file.path(),
            &request,
            &app::Silent,
        )
    };
    Ok(shown(&bytes.run(check).await?))
}

/// What is sent, in a temporary file that goes when it is dropped.
async fn spooled(
    server: &Arc<Server>,
    headers: &HeaderMap,
    body: Body,
) -> Result<TempFile, Problem> {
    let limit = server.settings.max_upload.unwrap_or(u64::MAX);
    let declared = header(headers, &CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    if declared.is_some_and(|length| length > limit) {
        return Err(Fault::BodyTooLarge.into());
    }
    let at = Arc::clone(server);
    let keep = move |arriving: Arriving| {
        let mut file = app::upload_file(&at.desk)?;
        let length = io::copy(&mut arriving.take(limit.saturating_add(1)), file.file_mut());
        match length {
            Ok(length) if length > limit => Err(Fault::BodyTooLarge.error()),
            Ok(_) => Ok(file),
            // Its sender has gone.
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => {
                Err(Fault::RequestMalformed.error())
            }
            Err(error) => Err(error.into()),
        }
    };
    read(server, body.into_data_stream(), keep).await
}
