//! Random numbers from one seed, for whoever acts and for the queue itself.

use std::sync::atomic::{AtomicU64, Ordering};

use store::{Entropy, Result};

/// SplitMix64, set anew for each seed.
#[derive(Debug, Default)]
pub struct Dice(AtomicU64);

impl Dice {
    pub fn set(&self, seed: u64) {
        self.0.store(seed, Ordering::Relaxed);
    }

    pub fn roll(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let state = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

impl Entropy for Dice {
    fn fill(&self, buffer: &mut [u8]) -> Result<()> {
        for piece in buffer.chunks_mut(8) {
            piece.copy_from_slice(&self.roll().to_le_bytes()[..piece.len()]);
        }
        Ok(())
    }
}
