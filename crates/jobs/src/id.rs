//! Ids of runs: 26 letters and digits that sort as the runs were asked for, and that nobody guesses.

/// Digits in which the order of texts is the order of numbers; without i, l, o, u, which people misread.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: usize = 26;

/// An id of that moment (milliseconds since 1970, 48 bits) and these random bits, but later than every id before:
/// two runs of one millisecond, or a clock that was set back, do not change the order.
pub(crate) fn next(now_ms: u64, random: [u8; 16], newest: Option<&str>) -> String {
    let random = u128::from_be_bytes(random);
    let fresh = (u128::from(now_ms) << 80) | (random >> 48);
    let after = newest.and_then(decode).map_or(0, |newest| {
        newest.saturating_add(1 + (random & 0xffff_ffff))
    });
    encode(fresh.max(after))
}

fn encode(id: u128) -> String {
    let digit = |place: usize| {
        let value = usize::try_from((id >> (5 * place)) & 31).unwrap_or(0);
        char::from(DIGITS.get(value).copied().unwrap_or(b'0'))
    };
    (0..LENGTH).rev().map(digit).collect()
}

fn decode(text: &str) -> Option<u128> {
    let mut id = 0_u128;
    for byte in text.bytes() {
        let digit = DIGITS.iter().position(|digit| *digit == byte)?;
        id = id
            .checked_mul(32)?
            .checked_add(u128::try_from(digit).ok()?)?;
    }
    Some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_then_by_turn() {
        let now = 1_760_000_000_000;
        let first = next(now, [7; 16], None);
        assert_eq!(first.len(), LENGTH);
        assert_eq!(decode(&first).map(encode), Some(first.clone()));
        let later = next(now + 1, [0; 16], Some(&first));
        assert!(later > first);
        let same = next(now + 1, [0; 16], Some(&later));
        assert!(same > later);
        let clock_back = next(now - 500_000, [9; 16], Some(&same));
        assert!(clock_back > same);
        assert_ne!(next(now, [1; 16], None), next(now, [2; 16], None));
    }
}
