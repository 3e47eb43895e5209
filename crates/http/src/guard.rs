//! Who may: Host, Origin, token and session, before any route is reached.

use std::sync::Arc;

use app::Fault;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, HeaderName, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::access::{Caller, Secret};
use crate::answer::header;
use crate::problem::Problem;
use crate::server::Server;

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Lets through what names this server as its host. Names of others that lead here (DNS rebinding) are refused.
pub(crate) async fn host(
    State(server): State<Arc<Server>>,
    request: Request,
    next: Next,
) -> Response {
    if is_named(&server, request.headers(), request.uri()) {
        next.run(request).await
    } else {
        Problem::from(Fault::HostUnknown).into_response()
    }
}

fn is_named(server: &Server, headers: &HeaderMap, uri: &Uri) -> bool {
    // All that a request says of it: who stands in between may go by another word than we.
    let named = headers.get_all(HOST).iter();
    let named = named.map(|host| host.to_str().unwrap_or_default());
    let mut named = named
        .chain(uri.authority().map(Authority::as_str))
        .peekable();
    let hosts = &server.settings.hosts;
    let ours = |host: &str| hosts.iter().any(|known| known.eq_ignore_ascii_case(host));
    named.peek().is_some() && named.all(ours)
}

/// Lets through who may, and notes who that is.
pub(crate) async fn caller(
    State(server): State<Arc<Server>>,
    route: MatchedPath,
    mut request: Request,
    next: Next,
) -> Response {
    let caller = known_caller(&server, request.method(), request.headers()).await;
    match caller {
        Ok(caller) if caller.may(request.method(), route.as_str()) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Ok(_) => Problem::from(Fault::Forbidden).into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn known_caller(
    server: &Arc<Server>,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Caller, Problem> {
    // A page of another origin is refused whatever it shows: a browser sends cookies, and on a server without a token
    // nothing at all, without being asked by a person.
    must_be_ours(server, method, headers)?;
    let shown = bearer(headers).or_else(|| header(headers, &API_KEY));
    match (&server.settings.token, shown) {
        // A token that is shown is meant, also where none is needed.
        (_, Some(shown)) => holder(server, shown).await,
        (Some(_), None) => {
            let cookies = header(headers, &COOKIE).unwrap_or_default();
            match server.sessions.caller(cookies) {
                // A session is worth no more than the token that it began with.
                Some(Caller::Named { secret, .. }) => holder(server, &secret.0).await,
                Some(caller) => Ok(caller),
                None => Err(Fault::Unauthenticated.into()),
            }
        }
        (None, None) => Ok(Caller::Local),
    }
}

/// Whose token this is: the administrator's, or a named one that is worth something now.
pub(crate) async fn holder(server: &Arc<Server>, shown: &str) -> Result<Caller, Problem> {
    if server
        .settings
        .token
        .as_ref()
        .is_some_and(|token| token.is(shown))
    {
        return Ok(Caller::SharedToken);
    }
    let (at, secret) = (Arc::clone(server), shown.trim().to_owned());
    let find = move || {
        let found = at.runs.token(&secret)?;
        Ok(found.map(|(name, role)| Caller::Named {
            name,
            role,
            secret: Secret(secret),
        }))
    };
    let found = server.queries.run(find).await?;
    found.ok_or_else(|| Fault::Unauthenticated.into())
}

/// What a browser says of where a request comes from. Programs say nothing of it, and show a token.
pub(crate) fn must_be_ours(
    server: &Server,
    method: &Method,
    headers: &HeaderMap,
) -> Result<(), Fault> {
    let site = header(headers, &FETCH_SITE);
    if matches!(site, Some("same-site" | "cross-site")) {
        return Err(Fault::ForeignOrigin);
    }
    let origin = headers.get(ORIGIN).map(|origin| origin.to_str().ok());
    let ours = |origin: &str| server.settings.origins.iter().any(|ours| ours == origin);
    let with_cookie = headers.contains_key(COOKIE);
    match origin {
        Some(origin) if origin.is_some_and(ours) => Ok(()),
        Some(_) => Err(Fault::ForeignOrigin),
        // A browser names the origin of everything that changes something.
        None if with_cookie && !method.is_safe() => Err(Fault::ForeignOrigin),
        None => Ok(()),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = header(headers, &AUTHORIZATION)?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}
