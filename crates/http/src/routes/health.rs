//! Whether the server lives and can work.

use std::fmt::Write;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::server::Server;

/// Alive: nothing else is asked.
pub(crate) async fn alive() -> Json<serde_json::Value> {
    Json(serde_json::json!({"status": "ok"}))
}

/// Whether the server can work.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok` or `failing`.
    status: &'static str,
    /// Each part with its state.
    parts: Vec<Part>,
}

/// A part that everything depends on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Part {
    /// Its name: `record`, `evidence`, `disk`.
    name: &'static str,
    /// `ok`, or the code of what is wrong with it.
    state: &'static str,
}

/// Ready to work: a load balancer or a container's health check asks this. Names the part that fails, and no more.
pub(crate) async fn ready(State(server): State<Arc<Server>>) -> Response {
    match look(server).await {
        Ok(health) if health.status == "ok" => Json(health).into_response(),
        Ok(health) => (StatusCode::SERVICE_UNAVAILABLE, Json(health)).into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// Whether the server can work, part by part
#[utoipa::path(get, path = "/health", tag = "operation",
    responses((status = 200, body = Health), Problem))]
pub(crate) async fn health(State(server): State<Arc<Server>>) -> Result<Json<Health>, Problem> {
    Ok(Json(look(server).await?))
}

async fn look(server: Arc<Server>) -> Result<Health, Problem> {
    let pool = server.queries.clone();
    let look = move || {
        let parts: Vec<Part> = app::parts(&server.desk, server.settings.disk_reserve)
            .into_iter()
            .map(|(name, state)| Part {
                name,
                state: state.map_or_else(|error| error.code, |()| "ok"),
            })
            .collect();
        let good = parts.iter().all(|part| part.state == "ok");
        Ok(Health {
            status: if good { "ok" } else { "failing" },
            parts,
        })
    };
    pool.run(look).await
}

/// Counts in the text format of Prometheus.
pub(crate) async fn metrics(State(server): State<Arc<Server>>) -> impl IntoResponse {
    let mut text = String::from(
        "# HELP fieldgrade_requests_total Requests answered, by class of status.\n\
         # TYPE fieldgrade_requests_total counter\n",
    );
    for (class, count) in server.counts.by_class() {
        let _ = writeln!(
            text,
            "fieldgrade_requests_total{{class=\"{class}xx\"}} {count}"
        );
    }
    let _ = write!(
        text,
        "# HELP fieldgrade_uptime_seconds Seconds since the server started.\n\
         # TYPE fieldgrade_uptime_seconds gauge\n\
         fieldgrade_uptime_seconds {}\n",
        server.started.elapsed().as_secs()
    );
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text)
}
