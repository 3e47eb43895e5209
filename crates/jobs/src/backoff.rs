//! How long a run waits before it is tried again.

use store::{Entropy, StoreError};

/// The wait after the first attempt, before it is shortened at random.
const FIRST_MS: u64 = 1_000;
/// No wait is longer.
pub(crate) const LONGEST_MS: u64 = 600_000;

/// The wait after so many attempts: doubled each time, and between half and all of that at random, so that runs which
/// failed together do not come back together.
pub(crate) fn delay_ms(attempts: u32, entropy: &dyn Entropy) -> Result<u64, StoreError> {
    let doubled = FIRST_MS.saturating_mul(1_u64 << attempts.saturating_sub(1).min(20));
    let half = doubled.min(LONGEST_MS) / 2;
    let mut bytes = [0; 8];
    entropy.fill(&mut bytes)?;
    Ok(half + u64::from_be_bytes(bytes) % (half + 1))
}

#[cfg(test)]
mod tests {
    use store::entropy::FixedEntropy;

    use super::*;

    #[test]
    fn waits_double_are_spread_and_end_somewhere() {
        let entropy = FixedEntropy::new(1);
        for (attempts, most) in [(1, 1_000), (2, 2_000), (5, 16_000), (30, LONGEST_MS)] {
            let waits: Vec<u64> = (0..50)
                .map(|_| delay_ms(attempts, &entropy).unwrap())
                .collect();
            assert!(waits.iter().all(|wait| (most / 2..=most).contains(wait)));
            assert!(waits.iter().max() > waits.iter().min());
        }
    }
}
