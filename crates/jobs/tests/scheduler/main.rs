//! Workers that crash, stall and wake, clients that cancel and retry, clocks that jump and machines that start again, in
//! an order that a seed decides. After every act the rules of `rules.rs` hold, and in the end every run has ended.
//!
//! `FIELDGRADE_SEED=n` replays one seed, `FIELDGRADE_SEEDS=n` says how many are tried.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

mod dice;
mod rules;
mod worker;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use world::World;

/// Some twenty seconds of two cores.
const SEEDS: u64 = 10_000;

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().expect("a number"))
}

/// A scenario after the other in one database, so that ended runs of the past lie about as they do in life.
fn play_until(next: &AtomicU64, end: u64) {
    let mut world = World::new();
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= end {
            return;
        }
        let played = catch_unwind(AssertUnwindSafe(|| world.play(seed)));
        if let Err(panic) = played {
            next.store(end, Ordering::Relaxed);
            eprintln!(
                "to see this again: FIELDGRADE_SEED={seed}\n{}",
                world.story()
            );
            resume_unwind(panic);
        }
    }
}

#[test]
fn no_order_of_events_breaks_the_rules() {
    let (first, end) = match number("FIELDGRADE_SEED") {
        Some(seed) => (seed, seed + 1),
        None => (0, number("FIELDGRADE_SEEDS").unwrap_or(SEEDS)),
    };
    let next = AtomicU64::new(first);
    let threads = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| play_until(&next, end));
        }
    });
}
