//! Bodies that stop coming: who sends nothing for long has gone, whatever the connection says, and nobody waits longer.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::stream::{Stream, StreamExt, try_unfold};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_mins(1);

/// Ends every body that says nothing for [`PATIENCE`]; to its reader it broke off.
pub(crate) async fn layer(request: Request, next: Next) -> Response {
    let patient =
        |body: Body| Body::from_stream(patient(Box::pin(body.into_data_stream()), PATIENCE));
    next.run(request.map(patient)).await
}

fn patient(
    body: impl Stream<Item = Result<Bytes, axum::Error>> + Unpin,
    patience: Duration,
) -> impl Stream<Item = Result<Bytes, axum::Error>> {
    try_unfold(body, move |mut body| async move {
        let piece = timeout(patience, body.next()).await;
        let piece = piece.map_err(axum::Error::new)?.transpose()?;
        Ok(piece.map(|piece| (piece, body)))
    })
}

#[cfg(test)]
mod tests {
    use futures_util::stream::{iter, pending};

    use super::*;

    #[tokio::test]
    async fn a_body_that_stops_coming_has_broken_off() {
        let said = || iter([Ok(Bytes::from_static(b"half"))]);
        let body = patient(said().chain(pending()), Duration::from_millis(20));
        let mut body = std::pin::pin!(body);
        assert_eq!(body.next().await.unwrap().unwrap(), "half");
        assert!(body.next().await.unwrap().is_err());
        let mut whole = std::pin::pin!(patient(said(), Duration::from_millis(20)));
        assert_eq!(whole.next().await.unwrap().unwrap(), "half");
        assert!(whole.next().await.is_none());
    }
}
