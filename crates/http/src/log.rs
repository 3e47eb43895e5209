//! One line a request on standard error, and what every answer says about itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::server::Server;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Counts of answers, for `/metrics`.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    answered: [AtomicU64; 5],
}

impl Counts {
    /// Answers by the first digit of their status: 1xx to 5xx.
    pub(crate) fn by_class(&self) -> impl Iterator<Item = (usize, u64)> + '_ {
        let counts = self.answered.iter().enumerate();
        counts.map(|(class, count)| (class + 1, count.load(Ordering::Relaxed)))
    }
}

/// What [`Server`] says of a request that was answered.
#[derive(Debug, Clone)]
pub struct Answered {
    /// Its number since the start of the process.
    pub id: String,
    /// The method.
    pub method: String,
    /// The route, with names for what varies: no path holds anything secret.
    pub route: String,
    /// The status.
    pub status: u16,
    /// How long it took until the answer began.
    pub milliseconds: u128,
}

/// Names, counts and tells each request, and puts the security headers on each answer.
pub(crate) async fn layer(
    State(server): State<Arc<Server>>,
    request: Request,
    next: Next,
) -> Response {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    let begun = Instant::now();
    let id = format!("{:x}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let method = request.method().to_string();
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("-", MatchedPath::as_str).to_owned();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    secure(headers);
    let status = response.status().as_u16();
    let class = usize::from(status / 100).saturating_sub(1);
    if let Some(count) = server.counts.answered.get(class) {
        count.fetch_add(1, Ordering::Relaxed);
    }
    (server.settings.told)(&Answered {
        id,
        method,
        route,
        status,
        milliseconds: begun.elapsed().as_millis(),
    });
    response
}

fn secure(headers: &mut HeaderMap) {
    let strict = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, strict),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (CACHE_CONTROL, "no-store"),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
}
