//! The threads that checks run on.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use bundle::verify::{Executor, Task};

/// Runs tasks in order on several threads. A task that panics stops neither the others nor the process; what the tasks
/// were for has failed all the same, so ask [`Threads::panicked`] before believing a result.
#[derive(Debug)]
pub struct Threads {
    most: usize,
    panicked: AtomicBool,
}

impl Threads {
    /// As many threads as there are cores for this process.
    pub fn available() -> Self {
        Self::new(thread::available_parallelism().map_or(1, usize::from))
    }

    /// At most so many threads, the caller's included.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            panicked: AtomicBool::new(false),
        }
    }

    /// Whether a task panicked.
    pub fn panicked(&self) -> bool {
        self.panicked.load(Ordering::Acquire)
    }

    fn work(&self, queue: &Mutex<VecDeque<Task<'_>>>) {
        loop {
            // The lock is gone before the task runs; nothing panics while it is held.
            let task = queue.lock().ok().and_then(|mut queue| queue.pop_front());
            let Some(task) = task else { return };
            if catch_unwind(AssertUnwindSafe(task)).is_err() {
                self.panicked.store(true, Ordering::Release);
            }
        }
    }
}

impl Executor for Threads {
    fn run(&self, tasks: Vec<Task<'_>>) {
        let others = self.most.min(tasks.len()).saturating_sub(1);
        let queue = Mutex::new(VecDeque::from(tasks));
        thread::scope(|scope| {
            for _ in 0..others {
                let builder = thread::Builder::new().name("check".to_owned());
                // Where the system gives no thread, those that there are do the work.
                if builder.spawn_scoped(scope, || self.work(&queue)).is_err() {
                    break;
                }
            }
            self.work(&queue);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;
    use std::sync::atomic::AtomicUsize;

    #[test]
    fn tasks_run_side_by_side_and_all_of_them() {
        let done = AtomicUsize::new(0);
        let both = Barrier::new(2);
        let mut tasks: Vec<Task<'_>> = Vec::new();
        for _ in 0..2 {
            // Each waits for the other: on one thread this would never end.
            tasks.push(Box::new(|| {
                both.wait();
            }));
        }
        for _ in 0..100 {
            tasks.push(Box::new(|| {
                done.fetch_add(1, Ordering::Relaxed);
            }));
        }
        let threads = Threads::new(2);
        threads.run(tasks);
        assert_eq!(done.into_inner(), 100);
        assert!(!threads.panicked());
    }

    #[test]
    fn tasks_start_in_order() {
        let order = Mutex::new(Vec::new());
        let note = |n: i32| order.lock().unwrap().push(n);
        let task = |n| -> Task<'_> { Box::new(move || note(n)) };
        Threads::new(1).run((0..10).map(task).collect());
        assert_eq!(order.into_inner().unwrap(), (0..10).collect::<Vec<_>>());
    }

    #[test]
    fn a_panic_costs_one_task_and_is_told() {
        for most in [1, 2] {
            let done = AtomicUsize::new(0);
            let mut tasks: Vec<Task<'_>> = vec![Box::new(|| panic!("meant to"))];
            for _ in 0..10 {
                tasks.push(Box::new(|| {
                    done.fetch_add(1, Ordering::Relaxed);
                }));
            }
            let threads = Threads::new(most);
            threads.run(tasks);
            assert_eq!(done.into_inner(), 10);
            assert!(threads.panicked());
        }
    }
}
