//! Threads come from outside: this crate only says what can be done at the same time.

/// A piece of work.
pub type Task<'a> = Box<dyn FnOnce() + Send + 'a>;

/// Runs pieces of work, in any order, on as many threads as it has.
pub trait Executor: Sync {
    /// Runs all tasks and returns when the last one is done. Earlier ones should be started first.
    fn run(&self, tasks: Vec<Task<'_>>);
}

/// One after the other, on the caller's thread.
#[derive(Debug, Clone, Copy, Default)]
pub struct InTurn;

impl Executor for InTurn {
    fn run(&self, tasks: Vec<Task<'_>>) {
        for task in tasks {
            task();
        }
    }
}

/// Hears how far a check is, and may stop it.
pub trait Progress: Sync {
    /// So many more bytes were read.
    fn advance(&self, bytes: u64);

    /// Whether to stop; asked at least every MiB.
    fn canceled(&self) -> bool;
}

/// Says nothing and never stops.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn advance(&self, _: u64) {}

    fn canceled(&self) -> bool {
        false
    }
}
