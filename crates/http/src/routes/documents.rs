//! Items of a case.

use std::sync::Arc;

use app::item_number;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use vault::Item;

use crate::answer::{Asked, InProject, Named, Page, Paged};
use crate::download::{Download, Original};
use crate::problem::Problem;
use crate::server::Server;

/// An item: one act of capture.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Document {
    /// Its number in the case.
    item: u64,
    /// Hash of the entry that captured it: its id everywhere.
    id: String,
    /// The intake that it came with.
    intake: u64,
    /// File name, safe to show.
    name: String,
    /// Path relative to what was dropped, safe to show.
    path: String,
    /// Digest of its bytes.
    sha256: String,
    /// Size.
    bytes: u64,
    /// The type detected from the content.
    media_type: String,
    /// When the file had last been changed; empty if that is not known.
    modified_utc: String,
    /// When it was captured, by this server's clock.
    captured_utc: String,
    /// `present`, `withdrawn` or `erased`.
    state: &'static str,
    /// Whether its text was read: `pending`, `done`, `none` or `failed`.
    text: String,
}

impl From<Item> for Document {
    fn from(item: Item) -> Self {
        Self {
            item: item.item,
            id: item.capture.to_string(),
            intake: item.intake,
            name: item.name,
            path: item.path,
            sha256: item.raw_sha256.to_string(),
            bytes: item.size,
            media_type: item.media_type,
            modified_utc: item.modified_utc,
            captured_utc: item.captured_utc,
            state: item.state.as_str(),
            text: item.extract_state,
        }
    }
}

/// The items of a case, in the order of their numbers
#[utoipa::path(get, path = "/documents", tag = "documents", params(Paged),
    responses((status = 200, body = Page<Document>), Problem))]
pub(crate) async fn list(
    State(server): State<Arc<Server>>,
    Asked(asked): Asked<Paged>,
) -> Result<Json<Page<Document>>, Problem> {
    let pool = server.queries.clone();
    let find = move || {
        let (after, limit) = asked.cut()?;
        let project = asked.project(&server.desk)?;
        let found = server.desk.vault().items(&project, after, limit + 1)?;
        Ok(Page::cut(
            found,
            limit,
            |item| item.item.to_string(),
            Document::from,
        ))
    };
    Ok(Json(pool.run(find).await?))
}

/// One item
#[utoipa::path(get, path = "/documents/{item}", tag = "documents",
    params(("item" = String, Path, description = "Its number"), InProject),
    responses((status = 200, body = Document), Problem))]
pub(crate) async fn one(
    State(server): State<Arc<Server>>,
    Named(item): Named<String>,
    Asked(asked): Asked<InProject>,
) -> Result<Json<Document>, Problem> {
    let pool = server.queries.clone();
    let find = move || {
        let project = asked.project(&server.desk)?;
        let item = item_number(&project, &item)?;
        Ok(server.desk.vault().item(&project, item)?.into())
    };
    Ok(Json(pool.run(find).await?))
}

/// The original of an item, exactly as it was captured
#[utoipa::path(get, path = "/documents/{item}/content", tag = "documents",
    params(("item" = String, Path, description = "Its number"), InProject),
    responses(Original, Problem))]
pub(crate) async fn content(
    State(server): State<Arc<Server>>,
    Named(item): Named<String>,
    Asked(asked): Asked<InProject>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let bytes = server.bytes.clone();
    let open = move || {
        let project = asked.project(&server.desk)?;
        let vault = server.desk.vault();
        let item = vault.item(&project, item_number(&project, &item)?)?;
        let reader = vault.original(&project, &item)?;
        Ok(Download {
            size: reader.size(),
            reader,
            sha256: item.raw_sha256,
            media_type: item.media_type,
            name: item.name,
        })
    };
    bytes.run(open).await?.answer(&headers, &bytes)
}
