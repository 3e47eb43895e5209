//! Reading small records: those that lie close together cost one read, and none is read beyond a bound.

use std::io;

use crate::ReadAt;

/// How much is read at once where more records follow close behind.
pub(super) const AHEAD: usize = 256 << 10;

/// A piece of the source in memory.
pub(super) struct Window<'a, R: ?Sized> {
    source: &'a R,
    /// Nothing at or behind this place is read.
    end: u64,
    start: u64,
    bytes: Vec<u8>,
}

impl<'a, R: ReadAt + ?Sized> Window<'a, R> {
    /// A window on the part of the source that lies before `end`.
    pub fn new(source: &'a R, end: u64) -> Self {
        Self {
            source,
            end,
            start: 0,
            bytes: Vec::new(),
        }
    }

    /// At most `len` bytes at `at`: fewer where the end comes first. If they are not at hand, `ahead` bytes are read.
    pub fn get(&mut self, at: u64, len: usize, ahead: usize) -> io::Result<&[u8]> {
        let len = clip(len, self.end.saturating_sub(at));
        if self.at_hand(at, len).is_none() {
            let ahead = clip(ahead.max(len), self.end.saturating_sub(at));
            // Should the read fail, the window must not claim to hold what it did not get.
            self.start = self.end;
            self.bytes.clear();
            self.bytes.resize(ahead, 0);
            self.source.read_exact_at(&mut self.bytes, at)?;
            self.start = at;
        }
        Ok(self.at_hand(at, len).unwrap_or_default())
    }

    fn at_hand(&self, at: u64, len: usize) -> Option<&[u8]> {
        let skip = usize::try_from(at.checked_sub(self.start)?).ok()?;
        self.bytes.get(skip..skip.checked_add(len)?)
    }
}

fn clip(len: usize, left: u64) -> usize {
    usize::try_from(left).map_or(len, |left| len.min(left))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    struct Counted(Vec<u8>, AtomicUsize);

    impl ReadAt for Counted {
        fn size(&self) -> u64 {
            self.0.size()
        }

        fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
            self.1.fetch_add(1, Ordering::Relaxed);
            self.0.read_exact_at(buffer, offset)
        }
    }

    #[test]
    fn near_records_cost_one_read_and_the_end_is_kept() {
        let source = Counted((0..100).collect(), AtomicUsize::new(0));
        let mut window = Window::new(&source, 90);
        for at in 0..10u8 {
            assert_eq!(window.get(at.into(), 2, 20).unwrap(), [at, at + 1]);
        }
        assert_eq!(source.1.load(Ordering::Relaxed), 1);
        assert_eq!(window.get(88, 10, 10).unwrap(), [88, 89]);
        assert_eq!(window.get(95, 10, 10).unwrap(), [0_u8; 0]);
        assert_eq!(window.get(5, 1, 0).unwrap(), [5]);
    }
}
