//! A bounded number of threads for work that blocks, and a bounded number of those who wait for one.

use std::sync::Arc;

use app::{AppError, Fault};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::problem::Problem;

/// Threads for one kind of work.
#[derive(Debug, Clone)]
pub(crate) struct Pool {
    threads: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Pool {
    /// `threads` work at once; with them at most `places` are let in.
    pub(crate) fn new(threads: usize, places: usize) -> Self {
        Self {
            threads: Arc::new(Semaphore::new(threads)),
            places: Arc::new(Semaphore::new(places)),
        }
    }

    /// Does it on a thread that may block.
    ///
    /// # Errors
    /// `busy` when too many wait already; whatever `work` says.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, Problem> {
        let busy = || Problem::from(Fault::Busy.error());
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| busy())?;
        let thread = Arc::clone(&self.threads).acquire_owned().await;
        let thread = thread.map_err(|_| busy())?;
        // Whoever asked may go away meanwhile; the work is done all the same, and keeps its place until then.
        let done = spawn_blocking(move || {
            let _held = (place, thread);
            work()
        });
        match done.await {
            Ok(result) => result.map_err(Problem::from),
            Err(_) => Err(Fault::Internal.error().into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[tokio::test]
    async fn who_finds_no_place_is_told_to_come_back() {
        let pool = Pool::new(1, 2);
        let (go, wait) = channel::<()>();
        let first = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(move || Ok(wait.recv().is_ok())).await }
        });
        while pool.places.available_permits() == 2 {
            tokio::task::yield_now().await;
        }
        let second = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(|| Ok(())).await }
        });
        while pool.places.available_permits() == 1 {
            tokio::task::yield_now().await;
        }
        let third = pool.run(|| Ok(())).await.unwrap_err();
        assert_eq!((third.code(), third.status().as_u16()), ("busy", 503));
        go.send(()).unwrap();
        assert!(first.await.unwrap().unwrap());
        second.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_panic_is_an_error_and_its_place_is_free_again() {
        let pool = Pool::new(1, 1);
        let failed = pool.run::<()>(|| panic!("meant to")).await.unwrap_err();
        assert_eq!(failed.code(), "internal");
        pool.run(|| Ok(())).await.unwrap();
    }
}
