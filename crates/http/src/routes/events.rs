//! What changed, as it changes.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::unfold;
use serde_json::json;
use store::db::Change;
use tokio::sync::watch;

use crate::answer::{Asked, InProject};
use crate::events::Heard;
use crate::problem::{Problem, ProblemDocument};
use crate::server::Server;

/// A line now and then keeps proxies from closing a quiet connection.
const QUIET: Duration = Duration::from_secs(15);

/// What one listener knows.
struct Listener {
    server: Arc<Server>,
    heard: Heard,
    bell: watch::Receiver<u64>,
    news: VecDeque<(Heard, Change)>,
    reset: bool,
    /// Only what is about this case, by its id.
    project: Option<String>,
}

/// Server-sent events: `event` is the kind of thing that changed (`item`, `ledger`, `bundle`, `upload`, `run`, `worker`,
/// …), `data` its id and case. `reset` says that what was missed is not known any more: look at everything anew
#[utoipa::path(get, path = "/events", tag = "operation",
    params(InProject, ("Last-Event-ID" = Option<String>, Header, description = "Where to go on")),
    responses((status = 200, content_type = "text/event-stream"), (status = "default", body = ProblemDocument)))]
pub(crate) async fn events(
    State(server): State<Arc<Server>>,
    Asked(asked): Asked<InProject>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let last = last.map(|id| Heard::parse(id).ok_or(()));
    let bell = server.bell.listen();
    let at = Arc::clone(&server);
    let begin = move || {
        let project = match &asked.project {
            Some(_) => Some(asked.project(&at.desk)?.id),
            None => None,
        };
        let newest = Heard::all(&at)?;
        let (heard, reset) = match last {
            None => (newest, false),
            Some(Ok(heard)) if heard.is_good(&at)? => (heard, false),
            Some(_) => (newest, true),
        };
        Ok((project, heard, reset))
    };
    let (project, heard, reset) = server.queries.run(begin).await?;
    let listener = Listener {
        bell,
        heard,
        news: VecDeque::new(),
        reset,
        project,
        server,
    };
    let told = unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    });
    Ok(Sse::new(told).keep_alive(KeepAlive::new().interval(QUIET)))
}

impl Listener {
    /// The next event; none when the server ends.
    async fn next(&mut self) -> Option<Event> {
        if std::mem::take(&mut self.reset) {
            return Some(
                Event::default()
                    .event("reset")
                    .id(self.heard.to_string())
                    .data("{}"),
            );
        }
        loop {
            while let Some((heard, change)) = self.news.pop_front() {
                let wanted = self.project.as_deref();
                if wanted
                    .is_none_or(|project| change.project == project || change.project.is_empty())
                {
                    let data = json!({"id": change.id, "project": change.project}).to_string();
                    return Some(
                        Event::default()
                            .event(change.kind)
                            .id(heard.to_string())
                            .data(data),
                    );
                }
            }
            if self.server.bell.is_over() {
                return None;
            }
            let (server, mut heard) = (Arc::clone(&self.server), self.heard);
            let read = move || {
                let news = heard.next(&server)?;
                Ok((heard, news))
            };
            match self.server.queries.run(read).await {
                Ok((heard, news)) if !news.is_empty() => {
                    self.heard = heard;
                    self.news = news;
                }
                // Nothing, or too much to do just now: at the next change there is another look.
                _ => self.bell.changed().await.ok()?,
            }
        }
    }
}
