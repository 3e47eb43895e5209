//! Connections: accepted, served, and ended in good order.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use app::AppError;
use hyper::server::conn::http1::Builder;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::events::watch as watch_changes;
use crate::routes::router;
use crate::server::Server;

/// Who has said so little for so long is no client.
const HEADERS_WITHIN: Duration = Duration::from_secs(15);
/// At the end, so long for answers that are under way.
const GRACE: Duration = Duration::from_secs(8);
/// When no connection can be accepted (too many files open), the next try.
const PAUSE: Duration = Duration::from_millis(50);

/// Ends [`run`] from anywhere.
#[derive(Debug, Clone)]
pub struct Stop(watch::Sender<bool>);

impl Default for Stop {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Stop {
    /// No new connection is taken; answers under way have a few seconds.
    pub fn now(&self) {
        self.0.send_replace(true);
    }
}

/// Serves connections until [`Stop::now`], on threads of its own.
///
/// # Errors
/// `io` when the socket cannot be used or no threads can be had; what the databases say.
pub fn run(
    listener: std::net::TcpListener,
    server: Arc<Server>,
    stop: Stop,
) -> Result<(), AppError> {
    let threads = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_io()
        .enable_time()
        .build()?;
    watch_changes(&server)?;
    let served = threads.block_on(listen(listener, server, stop));
    // Work that outlives its client is bytes on their way to the disk; it may take the rest of the time.
    threads.shutdown_timeout(Duration::from_secs(1));
    Ok(served?)
}

async fn listen(
    listener: std::net::TcpListener,
    server: Arc<Server>,
    stop: Stop,
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let bell = Arc::clone(&server);
    let listener = TcpListener::from_std(listener)?;
    let service = TowerToHyperService::new(router(server));
    let mut builder = Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .max_buf_size(64 << 10);
    let graceful = GracefulShutdown::new();
    let mut stopped = stop.0.subscribe();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let _ = stream.set_nodelay(true);
                    let connection = builder.serve_connection(TokioIo::new(stream), service.clone());
                    let watched = graceful.watch(connection);
                    // How a connection ends is its client's matter.
                    tokio::spawn(async move { drop(watched.await) });
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            },
            _ = stopped.wait_for(|stop| *stop) => break,
        }
    }
    drop(listener);
    // Whoever is told of changes would be so for ever.
    bell.bell.end();
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    Ok(())
}
