//! Randomness as an argument, so that logic can be tested and nothing draws it in secret.

use std::sync::atomic::{AtomicU64, Ordering};

use bundle::Sha256;

use crate::error::{Result, StoreError};

/// A source of random bytes.
pub trait Entropy: Send + Sync {
    /// Fills the whole buffer.
    ///
    /// # Errors
    /// `io` when the operating system gives none.
    fn fill(&self, buffer: &mut [u8]) -> Result<()>;

    /// 128 bits: an id or a salt.
    ///
    /// # Errors
    /// As [`Entropy::fill`].
    fn bits128(&self) -> Result<[u8; 16]> {
        let mut bytes = [0; 16];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// 256 bits: a key or a secret.
    ///
    /// # Errors
    /// As [`Entropy::fill`].
    fn bits256(&self) -> Result<[u8; 32]> {
        let mut bytes = [0; 32];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) -> Result<()> {
        getrandom::fill(buffer).map_err(|error| {
            StoreError::io(
                "draw random bytes from",
                "the operating system",
                std::io::Error::other(error),
            )
        })
    }
}

/// The same bytes in every run, for tests: SHA-256 of a seed and a counter.
#[derive(Debug, Default)]
pub struct FixedEntropy {
    seed: u64,
    drawn: AtomicU64,
}

impl FixedEntropy {
    /// A sequence of its own for each seed.
    pub const fn new(seed: u64) -> Self {
        Self {
            seed,
            drawn: AtomicU64::new(0),
        }
    }
}

impl Entropy for FixedEntropy {
    fn fill(&self, buffer: &mut [u8]) -> Result<()> {
        for piece in buffer.chunks_mut(32) {
            let count = self.drawn.fetch_add(1, Ordering::Relaxed);
            let digest = Sha256::of_parts(&[&self.seed.to_be_bytes(), &count.to_be_bytes()]);
            for (to, from) in piece.iter_mut().zip(digest.as_bytes()) {
                *to = *from;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_repeats_and_system_does_not() {
        let (a, b) = (FixedEntropy::new(7), FixedEntropy::new(7));
        assert_eq!(a.bits256().unwrap(), b.bits256().unwrap());
        assert_ne!(a.bits128().unwrap(), a.bits128().unwrap());
        assert_ne!(
            SystemEntropy.bits128().unwrap(),
            SystemEntropy.bits128().unwrap()
        );
    }
}
