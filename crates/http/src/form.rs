//! Forms of any size, as they come: files pass through, and what must be held in memory is bounded.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use app::{AppError, Fault};
use axum::body::{Body, Bytes};
use axum::extract::multipart::Field;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use futures_util::{Stream, StreamExt};

use crate::answer::too_long;
use crate::problem::Problem;

/// The parser keeps what it cannot yet tell apart: heads of parts, and what stands before the first. More than this of
/// that is no form; nor may one field, which is not a file, be longer.
const HELD: usize = 1 << 20;

/// A form on its way in.
pub(crate) struct Form {
    parts: Multipart,
    held: Arc<AtomicUsize>,
}

impl Form {
    /// The form that a request brings.
    pub(crate) async fn of(request: Request) -> Result<Self, Problem> {
        let held = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&held);
        let bounded = move |piece: Result<Bytes, axum::Error>| {
            let piece = piece?;
            if count.fetch_add(piece.len(), Ordering::Relaxed) > HELD {
                return Err(axum::Error::new("the head of a part does not end"));
            }
            Ok(piece)
        };
        let mut request =
            request.map(|body| Body::from_stream(body.into_data_stream().map(bounded)));
        // The limit of documents is none for files: those have their own.
        DefaultBodyLimit::disable().apply(&mut request);
        let parts = Multipart::from_request(request, &()).await;
        let parts = parts.map_err(|_| wrong("The form has no boundary."))?;
        Ok(Self { parts, held })
    }

    /// The next part.
    pub(crate) async fn next(&mut self) -> Result<Option<Field<'_>>, Problem> {
        self.held.store(0, Ordering::Relaxed);
        self.parts.next_field().await.map_err(|_| broken())
    }

    /// What counts how much is held, for [`file`] and [`text`].
    pub(crate) fn held(&self) -> Held {
        Held(Arc::clone(&self.held))
    }
}

/// How much of a form is held.
#[derive(Clone)]
pub(crate) struct Held(Arc<AtomicUsize>);

/// The bytes of a file, of any length.
pub(crate) fn file(
    field: Field<'_>,
    held: &Held,
) -> impl Stream<Item = Result<Bytes, impl std::error::Error>> + Unpin {
    let held = held.clone();
    field.inspect(move |_| held.0.store(0, Ordering::Relaxed))
}

/// The text of a field.
pub(crate) async fn text(mut field: Field<'_>, held: &Held) -> Result<String, Problem> {
    let mut text = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|_| broken())? {
        held.0.store(0, Ordering::Relaxed);
        text.extend_from_slice(&piece);
        if text.len() > HELD {
            return Err(too_long("A field of a form that is no file"));
        }
    }
    String::from_utf8(text).map_err(|_| wrong("A field of the form is not UTF-8."))
}

/// What is wrong with a form.
pub(crate) fn wrong(what: &str) -> Problem {
    let error: AppError = Fault::RequestMalformed.error();
    error.saying(what).into()
}

/// What came is not whole.
pub(crate) fn broken() -> Problem {
    wrong("The body broke off, or is not the form of multipart/form-data that it says it is.")
}
