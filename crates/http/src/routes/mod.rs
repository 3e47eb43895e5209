//! The routes, one file a thing. [`described`] is the list of all; [`router`] puts the layers around it.

mod bundles;
mod capture;
mod documents;
mod events;
mod health;
mod ledger;
mod projects;
mod runs;
mod search;
mod session;
mod tus;
mod verify;
mod workers;

use std::sync::Arc;

use app::Fault;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::openapi::{Description, openapi};
use crate::problem::Problem;
use crate::server::Server;
use crate::{guard, log, patience};

/// JSON documents that a client sends are small.
const DOCUMENT: usize = 1 << 20;

/// Everything below `/api/v1` that needs to know who asks.
pub(crate) fn described() -> OpenApiRouter<Arc<Server>> {
    let api = OpenApiRouter::new()
        .routes(routes!(documents::list, capture::capture))
        .routes(routes!(documents::one))
        .routes(routes!(documents::content))
        .routes(routes!(bundles::list, bundles::seal))
        .routes(routes!(bundles::one))
        .routes(routes!(bundles::content))
        .routes(routes!(bundles::report))
        .routes(routes!(verify::verify))
        .routes(routes!(search::search))
        .routes(routes!(ledger::entries))
        .routes(routes!(ledger::check))
        .routes(routes!(projects::list, projects::create))
        .routes(routes!(runs::list, runs::ask::create))
        .routes(routes!(runs::ask::upload))
        .routes(routes!(runs::one))
        .routes(routes!(runs::cancel))
        .routes(routes!(runs::retry))
        .routes(routes!(runs::lines::items))
        .routes(routes!(runs::lines::log))
        .routes(routes!(tus::list, tus::create, tus::offer))
        .routes(routes!(tus::head, tus::append, tus::terminate))
        .routes(routes!(workers::list))
        .routes(routes!(events::events))
        .routes(routes!(health::health));
    OpenApiRouter::with_openapi(Description::openapi()).nest("/api/v1", api)
}

/// The whole server.
pub(crate) fn router(server: Arc<Server>) -> Router {
    let (known, _) = described().split_for_parts();
    let known = known.route_layer(from_fn_with_state(Arc::clone(&server), guard::caller));
    let open = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route(
            "/api/v1/session",
            axum::routing::post(session::begin).delete(session::end),
        )
        .route(
            "/api/v1/openapi.json",
            get(|| async { ([(CONTENT_TYPE, "application/json")], openapi()) }),
        );
    known
        .merge(open)
        .fallback(|| async { Problem::from(Fault::NoSuchRoute) })
        .method_not_allowed_fallback(|| async { Problem::from(Fault::MethodNotAllowed) })
        .layer(DefaultBodyLimit::max(DOCUMENT))
        .layer(from_fn(patience::layer))
        .layer(from_fn_with_state(Arc::clone(&server), guard::host))
        .layer(from_fn_with_state(Arc::clone(&server), log::layer))
        .with_state(server)
}
