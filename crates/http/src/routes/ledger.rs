//! The record of actions of a case.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use bundle::format::event::Event;
use serde::Serialize;
use serde_json::value::RawValue;
use store::Unwatched;
use utoipa::ToSchema;

use crate::answer::{Asked, InProject, Page, Paged};
use crate::problem::Problem;
use crate::server::Server;

/// An entry of the record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Entry {
    /// Its place.
    seq: u64,
    /// When it was written, by this server's clock.
    ts_utc: String,
    /// What kind of act.
    #[serde(rename = "type")]
    kind: String,
    /// Its hash.
    hash: String,
    /// The hash of the entry before; null for the first.
    prev: Option<String>,
    /// What was done.
    #[schema(value_type = Object)]
    content: Option<Box<RawValue>>,
    /// Names, notes, and who did it; null when erased.
    #[schema(value_type = Option<Object>)]
    source: Option<Box<RawValue>>,
}

impl From<Event> for Entry {
    fn from(event: Event) -> Self {
        let body = |text: Option<String>| text.and_then(|text| RawValue::from_string(text).ok());
        Self {
            seq: event.payload.seq,
            ts_utc: event.payload.ts_utc,
            kind: event.kind.as_str().to_owned(),
            hash: event.hash.to_string(),
            prev: event.prev.map(|prev| prev.to_string()),
            content: body(event.content),
            source: body(event.source),
        }
    }
}

/// The entries of the record, oldest first
#[utoipa::path(get, path = "/ledger", tag = "record", params(Paged),
    responses((status = 200, body = Page<Entry>), Problem))]
pub(crate) async fn entries(
    State(server): State<Arc<Server>>,
    Asked(asked): Asked<Paged>,
) -> Result<Json<Page<Entry>>, Problem> {
    let pool = server.queries.clone();
    let find = move || {
        let (after, limit) = asked.cut()?;
        let project = asked.project(&server.desk)?;
        let events = server.desk.vault().events(&project, after, limit + 1)?;
        let cursor = |event: &Event| event.payload.seq.to_string();
        Ok(Page::cut(events, limit, cursor, Entry::from))
    };
    Ok(Json(pool.run(find).await?))
}

/// What a check of the record found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Checked {
    /// How many entries there are.
    entries: u64,
    /// Hash of the last; null when there is none.
    head: Option<String>,
    /// What is wrong; empty when it is one unbroken chain.
    findings: Vec<Finding>,
}

/// Something wrong with an entry.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Finding {
    /// Which entry.
    seq: u64,
    /// What.
    finding: String,
}

/// Checks every entry and the chain
#[utoipa::path(get, path = "/ledger/verify", tag = "record", params(InProject),
    responses((status = 200, body = Checked), Problem))]
pub(crate) async fn check(
    State(server): State<Arc<Server>>,
    Asked(asked): Asked<InProject>,
) -> Result<Json<Checked>, Problem> {
    let pool = server.bytes.clone();
    let check = move || {
        let project = asked.project(&server.desk)?;
        let check = server.desk.vault().verify_ledger(&project, &Unwatched)?;
        let findings = check.findings.into_iter();
        Ok(Checked {
            entries: check.entries,
            head: check.head.map(|head| head.to_string()),
            findings: findings
                .map(|(seq, finding)| Finding { seq, finding })
                .collect(),
        })
    };
    Ok(Json(pool.run(check).await?))
}
