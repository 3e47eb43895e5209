//! UTF-16 without a byte order mark: which order makes it text, if any.

use super::encoding::Order;
use super::judge::is_control;

/// The order in which the bytes are text, told by the spaces, line ends and ASCII letters that every text has; `last` if
/// they are the whole file, which then has no half a unit.
pub(super) fn order(sample: &[u8], last: bool) -> Option<Order> {
    if last && !sample.len().is_multiple_of(2) {
        return None;
    }
    let little = ascii_share(sample, u16::from_le_bytes);
    let big = ascii_share(sample, u16::from_be_bytes);
    match (little, big) {
        (Some(l), Some(b)) if l == b => None,
        (Some(l), b) if l > b.unwrap_or(0) => Some(Order::Little),
        (_, Some(_)) => Some(Order::Big),
        _ => None,
    }
}

/// How many characters are ASCII, or nothing if this cannot be text.
fn ascii_share(sample: &[u8], read: fn([u8; 2]) -> u16) -> Option<u64> {
    let units = sample.chunks_exact(2).filter_map(|pair| match pair {
        [first, second] => Some(read([*first, *second])),
        _ => None,
    });
    let (mut all, mut ascii, mut usual) = (0u64, 0, 0);
    let mut unpaired = false;
    for unit in char::decode_utf16(units) {
        // Only the last one may be half a pair: the sample can end in its middle.
        if unpaired {
            return None;
        }
        all += 1;
        match unit {
            Ok(c) if is_control(c) => return None,
            Ok(c) => {
                ascii += u64::from(c.is_ascii());
                usual += u64::from(is_usual(c));
            }
            Err(_) => unpaired = true,
        }
    }
    (ascii > 0 && (all - usual) * 32 <= all).then_some(ascii)
}

/// The blocks of living scripts, punctuation and symbols.
fn is_usual(c: char) -> bool {
    matches!(u32::from(c),
        0..=0x6ff | 0x900..=0xe7f | 0x10a0..=0x11ff | 0x1e00..=0x27bf | 0x3000..=0x9fff | 0xac00..=0xd7a3
        | 0xf900..=0xfaff | 0xfe30..=0xfe4f | 0xfeff | 0xff00..=0xffef | 0x1_f000..=0x1_faff | 0x2_0000..=0x3_ffff)
}
