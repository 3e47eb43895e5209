//! SHA-256 as a type: bytes inside, 64 lower-case hex digits outside.

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use sha2::digest::common::hazmat::{SerializableState, SerializedState};
use sha2::{Digest, Sha256 as Engine};

use crate::canon::Value;

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// The digest of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Engine::digest(bytes).into())
    }

    /// The digest of pieces joined without anything between them.
    pub fn of_parts(parts: &[&[u8]]) -> Self {
        let mut hasher = Hasher::new();
        for part in parts {
            hasher.update(part);
        }
        hasher.finish()
    }

    /// A digest from its 32 bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first eight hex digits, for names and screens; never for comparing.
    pub fn short(&self) -> String {
        self.to_string().chars().take(8).collect()
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0u8; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            if let [high, low] = pair {
                *high = DIGITS.get(usize::from(byte >> 4)).copied().unwrap_or(b'?');
                *low = DIGITS.get(usize::from(byte & 15)).copied().unwrap_or(b'?');
            }
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256({self})")
    }
}

/// Text that is not 64 lower-case hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not 64 lower-case hex digits")]
pub struct NotADigest;

impl FromStr for Sha256 {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        let nibble = |b: u8| match b {
            b'0'..=b'9' => Ok(b - b'0'),
            b'a'..=b'f' => Ok(b - b'a' + 10),
            _ => Err(NotADigest),
        };
        let mut bytes = [0u8; 32];
        if text.len() != 64 {
            return Err(NotADigest);
        }
        for (out, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            if let [high, low] = pair {
                *out = (nibble(*high)? << 4) | nibble(*low)?;
            }
        }
        Ok(Self(bytes))
    }
}

impl From<Sha256> for Value {
    fn from(digest: Sha256) -> Self {
        Self::String(digest.to_string())
    }
}

/// The form of a written state: to be raised when the library writes them in another.
const STATE: u8 = 1;

/// A running SHA-256.
#[derive(Clone, Default)]
pub struct Hasher(Engine);

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hasher")
    }
}

impl Hasher {
    /// Over nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all bytes taken in.
    pub fn finish(self) -> Sha256 {
        Sha256(self.0.finalize().into())
    }

    /// Where it stands, so that another process can go on without reading anything twice. It tells what the last bytes
    /// were; it belongs where they may lie.
    pub fn state(&self) -> Vec<u8> {
        let mut state = vec![STATE];
        state.extend_from_slice(&self.0.serialize());
        state
    }

    /// Goes on from there; none if that is no state that this version writes.
    pub fn resume(state: &[u8]) -> Option<Self> {
        let (STATE, state) = state.split_first().map(|(form, rest)| (*form, rest))? else {
            return None;
        };
        let state = SerializedState::<Engine>::try_from(state).ok()?;
        Engine::deserialize(&state).ok().map(Self)
    }
}

impl Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bytes_agree() {
        let digest = Sha256::of(b"");
        let text = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(digest.to_string(), text);
        assert_eq!(text.parse::<Sha256>().unwrap(), digest);
        assert!(text.to_uppercase().parse::<Sha256>().is_err());
        assert!("e3".parse::<Sha256>().is_err());
        assert_eq!(Sha256::of_parts(&[b"a", b"b"]), Sha256::of(b"ab"));
    }
    #[test]
    fn it_goes_on_from_anywhere() {
        let bytes: Vec<u8> = (0..300_u32).map(|n| n.to_le_bytes()[0] ^ 0x5a).collect();
        for cut in 0..=bytes.len() {
            let (before, after) = bytes.split_at(cut);
            let mut first = Hasher::new();
            first.update(before);
            let mut second = Hasher::resume(&first.state()).unwrap();
            second.update(after);
            assert_eq!(second.finish(), Sha256::of(&bytes), "cut at {cut}");
        }
    }

    #[test]
    fn what_is_no_state_is_none() {
        let mut hasher = Hasher::new();
        hasher.update(b"abc");
        let state = hasher.state();
        // The text of it must not change under rows that are there: 32 bytes, eight for the blocks, 64 for the rest.
        assert_eq!((state.len(), state[0]), (105, STATE));
        let mut other = state.clone();
        other[0] += 1;
        for bad in [&other[..], &state[..104], &[], &[STATE]] {
            assert!(Hasher::resume(bad).is_none());
        }
    }
}
