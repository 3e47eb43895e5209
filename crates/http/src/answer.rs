//! Lists and parameters, the same for every route.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use app::{AppError, Desk, Fault};
use vault::Project;

use crate::problem::Problem;

/// Entries of a list when nothing else is asked for, and at most.
pub(crate) const ENTRIES: u64 = 100;
const MOST_ENTRIES: u64 = 1000;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Where the next page begins: the `after` of the next request; null on the last page.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page that was asked for with [`Cut::limit`] + 1 entries: the last only says that there are more.
    pub(crate) fn cut<V>(
        mut found: Vec<V>,
        limit: u64,
        cursor: impl Fn(&V) -> String,
        show: impl FnMut(V) -> T,
    ) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(cursor);
        Self {
            items: found.into_iter().map(show).collect(),
            next,
        }
    }
}

/// Which page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Cut {
    /// The `next` of the page before.
    after: Option<String>,
    /// At most so many entries, 1 to 1000; 100 without.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
}

impl Cut {
    pub(crate) fn limit(&self) -> Result<u64, AppError> {
        entries(self.limit, ENTRIES)
    }

    /// A cursor that is a number.
    pub(crate) fn after(&self) -> Result<u64, AppError> {
        let after = self.after.as_deref().unwrap_or("0");
        after
            .parse()
            .ok()
            .filter(|after| i64::try_from(*after).is_ok())
            .ok_or_else(|| {
                Fault::RequestMalformed
                    .error()
                    .saying("`after` is not the `next` of a page.")
            })
    }

    /// A cursor that is a place in a list that begins at 0; none for its beginning.
    pub(crate) fn position(&self) -> Result<Option<i64>, AppError> {
        let after = self.after.as_ref().map(|_| self.after()).transpose()?;
        Ok(after.map(|after| i64::try_from(after).unwrap_or(i64::MAX)))
    }
}

/// Which case, and which page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paged {
    /// The short name of the case; `default` without.
    project: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// At most so many entries, 1 to 1000; 100 without.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
}

impl Paged {
    /// Where it begins, and how many entries it has.
    pub(crate) fn cut(&self) -> Result<(u64, u64), AppError> {
        let cut = Cut {
            after: self.after.clone(),
            limit: self.limit,
        };
        Ok((cut.after()?, cut.limit()?))
    }

    pub(crate) fn project(&self, desk: &Desk) -> Result<Project, AppError> {
        desk.project_to_read(self.project.as_deref())
    }
}

/// Which case.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct InProject {
    /// The short name of the case; `default` without.
    pub project: Option<String>,
}

impl InProject {
    pub(crate) fn project(&self, desk: &Desk) -> Result<Project, AppError> {
        desk.project_to_read(self.project.as_deref())
    }
}

/// What stands in the query of a request.
pub(crate) struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = <Query<T> as FromRequestParts<S>>::from_request_parts(parts, state).await;
        let query = query.map_err(|error: QueryRejection| malformed(&error.body_text()))?;
        Ok(Self(query.0))
    }
}

/// What stands in the path of a request.
pub(crate) struct Named<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = <Path<T> as FromRequestParts<S>>::from_request_parts(parts, state).await;
        let path = path.map_err(|error: PathRejection| malformed(&error.body_text()))?;
        Ok(Self(path.0))
    }
}

/// The JSON document that a request brings.
pub(crate) struct Given<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Given<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let json = Json::<Box<RawValue>>::from_request(request, state).await;
        let json = json.map_err(|error: JsonRejection| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_long("A JSON document"),
            _ => malformed(&error.body_text()),
        })?;
        // An array is no document, although serde would fill a structure from one.
        if !json.get().starts_with('{') {
            return Err(malformed("The body is no JSON object"));
        }
        let given = serde_json::from_str(json.get());
        given
            .map(Self)
            .map_err(|error| malformed(&format!("The body is not what is expected: {error}")))
    }
}

/// What is not a file must fit into memory.
pub(crate) fn too_long(what: &str) -> Problem {
    let error = Fault::BodyTooLarge.error();
    let error = error.saying(format!("{what} has at most 1 MiB."));
    error
        .advising("Send less; large things are sent as files.")
        .into()
}

fn malformed(what: &str) -> Problem {
    Fault::RequestMalformed
        .error()
        .saying(format!("{what}."))
        .into()
}

/// The key with which a client names its request, so that it can be sent again.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, AppError> {
    let Some(key) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = key
        .to_str()
        .ok()
        .filter(|key| (1..=200).contains(&key.len()));
    key.map(|key| Some(key.to_owned())).ok_or_else(|| {
        Fault::RequestMalformed
            .error()
            .saying("An Idempotency-Key has 1 to 200 characters of ASCII.")
    })
}

/// How many entries a page has: as many as are asked for, else as is usual.
pub(crate) fn entries(asked: Option<u64>, usual: u64) -> Result<u64, AppError> {
    match asked.unwrap_or(usual) {
        limit @ 1..=MOST_ENTRIES => Ok(limit),
        _ => Err(Fault::RequestMalformed
            .error()
            .saying("A page has 1 to 1000 entries.")),
    }
}

/// What a header says, if it is there and is text.
pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
