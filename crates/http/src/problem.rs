//! Errors as they leave: problem documents of RFC 9457 with our code, and an HTTP status that tells the truth.

use std::collections::BTreeMap;

use app::{AppError, ErrorKind, Fault};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::openapi::{
    Content, Ref, RefOr, Response as Described, ResponseBuilder, ResponsesBuilder,
};
use utoipa::{IntoResponses, ToSchema};

const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request has no result.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    error: AppError,
    status: StatusCode,
}

/// The document.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemDocument {
    /// Always `about:blank`: what is meant stands in `code`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// What the HTTP status means.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// The stable word of the catalogue of errors.
    code: &'static str,
    /// What happened.
    detail: String,
    /// What to do about it.
    next: String,
}

impl Problem {
    /// Another reason, where this code has one here.
    pub(crate) fn instead_of(self, code: &str, other: impl Into<Self>) -> Self {
        if self.error.code == code {
            other.into()
        } else {
            self
        }
    }

    #[cfg(test)]
    pub(crate) const fn code(&self) -> &'static str {
        self.error.code
    }

    #[cfg(test)]
    pub(crate) const fn status(&self) -> StatusCode {
        self.status
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        Self {
            status: status_of(&error),
            error,
        }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        fault.error().into()
    }
}

/// The status of a code; those that are not named follow from whose matter the error is.
fn status_of(error: &AppError) -> StatusCode {
    match error.code {
        "unauthenticated" => StatusCode::UNAUTHORIZED,
        "forbidden" | "foreign_origin" => StatusCode::FORBIDDEN,
        "host_unknown" => StatusCode::MISDIRECTED_REQUEST,
        "no_such_route" | "item_unknown" | "project_unknown" | "seal_unknown" | "run_unknown"
        | "upload_unknown" => StatusCode::NOT_FOUND,
        "tus_version" => StatusCode::PRECONDITION_FAILED,
        "media_type_unsupported" => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        // tus 1.0: the checksum does not fit.
        "upload_checksum" => StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST),
        "upload_broken" | "upload_invalid" => StatusCode::BAD_REQUEST,
        "method_not_allowed" => StatusCode::METHOD_NOT_ALLOWED,
        "item_erased" | "bundle_gone" => StatusCode::GONE,
        "idempotency_conflict"
        | "run_ended"
        | "run_not_ended"
        | "project_exists"
        | "project_closed"
        | "upload_offset"
        | "upload_busy"
        | "upload_unavailable"
        | "upload_length"
        | "upload_lost" => StatusCode::CONFLICT,
        "upload_too_large" | "body_too_large" => StatusCode::PAYLOAD_TOO_LARGE,
        "range_unsatisfiable" => StatusCode::RANGE_NOT_SATISFIABLE,
        "busy" | "database_locked" | "root_in_use" | "key_locked" => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        "disk_full" | "disk_reserve" => StatusCode::INSUFFICIENT_STORAGE,
        _ => match error.kind {
            ErrorKind::Usage => StatusCode::BAD_REQUEST,
            ErrorKind::Refused => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorKind::Environment => StatusCode::INTERNAL_SERVER_ERROR,
        },
    }
}

/// How it stands in the description of a route: what every status means that is not named there.
impl IntoResponses for Problem {
    fn responses() -> BTreeMap<String, RefOr<Described>> {
        let document = Ref::from_schema_name(ProblemDocument::name());
        let problem = ResponseBuilder::new()
            .description("Why there is no result")
            .content(MEDIA_TYPE, Content::new(Some(document)))
            .build();
        ResponsesBuilder::new()
            .response("default", problem)
            .build()
            .into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { error, status } = self;
        let document = ProblemDocument {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            code: error.code,
            detail: error.told_elsewhere(),
            next: error.next,
        };
        let text = serde_json::to_string(&document).unwrap_or_default();
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        (status, headers, text).into_response()
    }
}
