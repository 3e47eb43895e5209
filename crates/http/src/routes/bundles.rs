//! Sealed packages of a case.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use app::{AppError, Fault, SealParams, VerifyRequest, verify_at};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Extension, Json};
use bundle::Sha256;
use serde::{Deserialize, Serialize};
use store::hashed::Hashed;
use utoipa::ToSchema;
use vault::{Project, SealedBundle};

use super::runs::{Run, accepted};
use super::verify::{ReportDocument, shown};
use crate::access::Caller;
use crate::answer::{Asked, Given, InProject, Named, Page, Paged, idempotency_key};
use crate::download::{Download, Package};
use crate::problem::Problem;
use crate::server::Server;

/// A sealed package.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Bundle {
    /// The entry of the record that pins it.
    seq: u64,
    /// `series` or `excerpt`.
    kind: String,
    /// Its number in the series; null for an excerpt.
    number: Option<u64>,
    /// `sealed`, `open` (begun and not finished) or `canceled`.
    state: String,
    /// Its label.
    label: String,
    /// When it was sealed, by this server's clock.
    sealed_utc: String,
    /// How many documents are in it.
    documents: u64,
    /// Its SHA-256; null before it is sealed.
    sha256: Option<String>,
    /// Size; null before it is sealed.
    bytes: Option<u64>,
    /// The name of its file; null when it is not here.
    file: Option<String>,
}

impl Bundle {
    fn of(server: &Server, seal: SealedBundle) -> Self {
        let here = path(server, &seal).is_some();
        Self {
            seq: seal.seq,
            kind: seal.kind,
            number: seal.number,
            state: seal.state,
            label: seal.label,
            sealed_utc: seal.ts_utc,
            documents: seal.documents,
            sha256: seal.bundle_sha256.map(|digest| digest.to_string()),
            bytes: seal.bytes,
            file: seal.file_name.filter(|_| here),
        }
    }
}

fn path(server: &Server, seal: &SealedBundle) -> Option<PathBuf> {
    let path = server.desk.vault().bundle_path(seal);
    path.filter(|path| path.exists())
}

/// A package by its digest or number, and its file, which must be here.
fn found(
    server: &Server,
    project: &Project,
    which: &str,
) -> Result<(SealedBundle, Sha256, PathBuf), AppError> {
    let seal = server.desk.vault().sealed(project, which)?;
    let path = path(server, &seal);
    match (seal.bundle_sha256, path) {
        (Some(digest), Some(path)) => Ok((seal, digest, path)),
        _ => Err(Fault::BundleGone.error()),
    }
}

/// The sealed packages of a case, in their order
#[utoipa::path(get, path = "/bundles", tag = "bundles", params(Paged),
    responses((status = 200, body = Page<Bundle>), Problem))]
pub(crate) async fn list(
    State(server): State<Arc<Server>>,
    Asked(asked): Asked<Paged>,
) -> Result<Json<Page<Bundle>>, Problem> {
    let pool = server.queries.clone();
    let find = move || {
        let (after, limit) = asked.cut()?;
        let project = asked.project(&server.desk)?;
        let seals = server.desk.vault().seals(&project, after, limit + 1)?;
        let show = |seal| Bundle::of(&server, seal);
        Ok(Page::cut(seals, limit, |seal| seal.seq.to_string(), show))
    };
    Ok(Json(pool.run(find).await?))
}

/// What is to be sealed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SealRequest {
    /// A label in people's words.
    label: String,
    /// Everything again, numbered on.
    full: bool,
    /// Only these items; everything new without.
    #[schema(value_type = Vec<u64>)]
    items: BTreeSet<u64>,
}

/// Seals what is new in a case, as a run
#[utoipa::path(post, path = "/bundles", tag = "bundles", request_body = SealRequest,
    params(InProject, ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the same run")),
    responses((status = 202, body = Run, headers(("Location" = String, description = "The run"))),
        Problem))]
pub(crate) async fn seal(
    State(server): State<Arc<Server>>,
    Extension(caller): Extension<Caller>,
    Asked(asked): Asked<InProject>,
    headers: HeaderMap,
    Given(request): Given<SealRequest>,
) -> Result<Response, Problem> {
    let key = idempotency_key(&headers)?;
    let pool = server.queries.clone();
    let ask = move || {
        let act = caller.act(&server.desk)?;
        let project = asked.project(&server.desk)?;
        let SealRequest { label, full, items } = request;
        let params = SealParams { label, full, items };
        let run = server.runs.seal(&project, &params, &act, key)?;
        Run::of(run, server.runs.queue())
    };
    Ok(accepted(pool.run(ask).await?))
}

/// One sealed package
#[utoipa::path(get, path = "/bundles/{bundle}", tag = "bundles",
    params(("bundle" = String, Path, description = "Its SHA-256 or number"), InProject),
    responses((status = 200, body = Bundle), Problem))]
pub(crate) async fn one(
    State(server): State<Arc<Server>>,
    Named(which): Named<String>,
    Asked(asked): Asked<InProject>,
) -> Result<Json<Bundle>, Problem> {
    let pool = server.queries.clone();
    let find = move || {
        let project = asked.project(&server.desk)?;
        let seal = server.desk.vault().sealed(&project, &which)?;
        Ok(Bundle::of(&server, seal))
    };
    Ok(Json(pool.run(find).await?))
}

/// The file of a sealed package
#[utoipa::path(get, path = "/bundles/{bundle}/content", tag = "bundles",
    params(("bundle" = String, Path, description = "Its SHA-256 or number"), InProject),
    responses(Package, Problem))]
pub(crate) async fn content(
    State(server): State<Arc<Server>>,
    Named(which): Named<String>,
    Asked(asked): Asked<InProject>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let bytes = server.bytes.clone();
    let open = move || {
        let project = asked.project(&server.desk)?;
        let (seal, sha256, path) = found(&server, &project, &which)?;
        let at = |error| AppError::from(error).in_file(&path);
        let reader = File::open(&path).and_then(|file| Hashed::new(file, sha256));
        let reader = reader.map_err(at)?;
        Ok(Download {
            size: reader.size(),
            reader,
            sha256,
            media_type: "application/zip".to_owned(),
            name: seal.file_name.unwrap_or_default(),
        })
    };
    bytes.run(open).await?.answer(&headers, &bytes)
}

/// Checks a sealed package anew, with the rules and keys of this server
#[utoipa::path(get, path = "/bundles/{bundle}/report", tag = "bundles",
    params(("bundle" = String, Path, description = "Its SHA-256 or number"), InProject),
    responses((status = 200, body = ReportDocument), Problem))]
pub(crate) async fn report(
    State(server): State<Arc<Server>>,
    Named(which): Named<String>,
    Asked(asked): Asked<InProject>,
) -> Result<Response, Problem> {
    let bytes = server.bytes.clone();
    let check = move || {
        let project = asked.project(&server.desk)?;
        let (_, _, path) = found(&server, &project, &which)?;
        let request = VerifyRequest::default();
        verify_at(&server.desk, Some(&project), &path, &request, &app::Silent)
    };
    Ok(shown(&bytes.run(check).await?))
}
