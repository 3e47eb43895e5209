//! Signing in from a browser: a token is shown once, then a cookie.

use std::sync::Arc;

use app::Fault;
use axum::extract::State;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::access::Caller;
use crate::answer::{Given, header};
use crate::guard::{holder, must_be_ours};
use crate::problem::Problem;
use crate::server::Server;

/// What is shown to sign in.
#[derive(Deserialize)]
pub(crate) struct SignIn {
    token: String,
}

/// Begins a session.
pub(crate) async fn begin(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
    Given(shown): Given<SignIn>,
) -> Result<Response, Problem> {
    must_be_ours(&server, &Method::POST, &headers)?;
    let caller = match &server.settings.token {
        Some(_) => holder(&server, &shown.token).await?,
        None => Caller::Local,
    };
    let cookie = server.sessions.begin(caller, is_secure(&server))?;
    set(&cookie)
}

/// Ends the session.
pub(crate) async fn end(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    must_be_ours(&server, &Method::DELETE, &headers)?;
    let cookies = header(&headers, &COOKIE);
    set(&server
        .sessions
        .end(cookies.unwrap_or_default(), is_secure(&server)))
}

/// Behind a proxy that speaks https, the cookie goes over https only.
fn is_secure(server: &Server) -> bool {
    server
        .settings
        .origins
        .iter()
        .any(|origin| origin.starts_with("https://"))
}

fn set(cookie: &str) -> Result<Response, Problem> {
    let value = HeaderValue::from_str(cookie).map_err(|_| Fault::Internal.error())?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, value)]).into_response())
}
