//! Who carries out runs.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jobs::WorkerInfo;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::Page;
use crate::problem::Problem;
use crate::server::Server;

/// A worker, as last heard of.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Worker {
    /// Its id.
    id: String,
    /// Its computer.
    host: String,
    /// The version of its program.
    version: String,
    /// Since when.
    since_utc: String,
    /// When it was last heard of.
    seen_utc: String,
    /// The run that it works on.
    doing: Option<String>,
    /// Whether it was heard of in time.
    alive: bool,
}

impl From<WorkerInfo> for Worker {
    fn from(info: WorkerInfo) -> Self {
        Self {
            id: info.id,
            host: info.host,
            version: info.version,
            since_utc: info.since_utc,
            seen_utc: info.seen_utc,
            doing: info.doing,
            alive: info.alive,
        }
    }
}

/// The workers
#[utoipa::path(get, path = "/workers", tag = "runs", operation_id = "workers",
    responses((status = 200, body = Page<Worker>), Problem))]
pub(crate) async fn list(State(server): State<Arc<Server>>) -> Result<Json<Page<Worker>>, Problem> {
    let pool = server.queries.clone();
    let find = move || {
        let workers = server.runs.queue().workers()?;
        Ok(Page {
            items: workers.into_iter().map(Worker::from).collect(),
            next: None,
        })
    };
    Ok(Json(pool.run(find).await?))
}
