//! A text in overlapping pieces, each small enough to be shown as what a search found.

use std::io::{self, ErrorKind, Read};

/// How many bytes are read at once.
const STEP: usize = 16 * 1024;

/// How a text is cut. All counts are Unicode code points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunking {
    size: usize,
    overlap: usize,
    minimum: usize,
}

impl Default for Chunking {
    /// Windows of 1,400 that share 200 with the next; the shortest piece is kept, or a short note could not be found.
    fn default() -> Self {
        Self::new(1400, 200, 1)
    }
}

impl Chunking {
    /// Windows of `size`, at least one, that share `overlap` with the next; pieces shorter than `minimum` are dropped, as
    /// are empty ones. An overlap that leaves no step forward is taken as half the size.
    pub const fn new(size: usize, overlap: usize, minimum: usize) -> Self {
        let size = if size == 0 { 1 } else { size };
        Self {
            size,
            overlap: if overlap < size { overlap } else { size / 2 },
            minimum: if minimum == 0 { 1 } else { minimum },
        }
    }
}

/// One piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Its number among the pieces kept, from 0.
    pub index: u64,
    /// Where its window starts in the text, in code points.
    pub start: u64,
    /// Where its window ends.
    pub end: u64,
    /// What stands in the window, without the white space at both ends.
    pub text: String,
}

/// The pieces of a UTF-8 text that is read as they are asked for.
///
/// Held are one window and one read. After an error, the reader's or `InvalidData` for what is not UTF-8, it ends.
#[derive(Debug)]
pub struct Chunks<R> {
    source: Option<R>,
    rule: Chunking,
    /// Bytes of a character cut by the last read.
    cut: Vec<u8>,
    /// What is read and not passed yet, and its code points.
    held: String,
    chars: usize,
    start: u64,
    index: u64,
    done: bool,
}

impl<R: Read> Chunks<R> {
    /// Of all that the reader gives.
    pub fn new(source: R, rule: Chunking) -> Self {
        Self {
            source: Some(source),
            rule,
            cut: Vec::new(),
            held: String::new(),
            chars: 0,
            start: 0,
            index: 0,
            done: false,
        }
    }

    /// Reads until more than one window is held, or all.
    fn fill(&mut self) -> io::Result<()> {
        if self.chars > self.rule.size || self.source.is_none() {
            return Ok(());
        }
        let mut buffer = vec![0; STEP];
        while self.chars <= self.rule.size {
            let Some(source) = &mut self.source else {
                break;
            };
            let read = match source.read(&mut buffer) {
                Ok(0) if self.cut.is_empty() => {
                    self.source = None;
                    break;
                }
                Ok(0) => return Err(not_utf8()),
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            self.cut
                .extend_from_slice(buffer.get(..read).unwrap_or_default());
            let text = sound(&self.cut)?;
            self.chars += text.chars().count();
            self.held.push_str(text);
            let length = text.len();
            self.cut.drain(..length);
        }
        Ok(())
    }

    /// The next window, kept or not, and the step to the one after it.
    fn window(&mut self) -> io::Result<Option<Chunk>> {
        self.fill()?;
        let length = self.chars.min(self.rule.size);
        let end = self.start + length as u64;
        let window = self
            .held
            .get(..bytes_of(&self.held, length))
            .unwrap_or_default();
        let text = window.trim_matches(is_space);
        let kept = (text.chars().nth(self.rule.minimum - 1).is_some()).then(|| Chunk {
            index: self.index,
            start: self.start,
            end,
            text: text.to_owned(),
        });
        self.index += u64::from(kept.is_some());
        if self.chars <= self.rule.size {
            self.done = true;
        } else {
            let step = length - self.rule.overlap;
            self.held.drain(..bytes_of(&self.held, step));
            self.chars -= step;
            self.start += step as u64;
        }
        Ok(kept)
    }
}

impl<R: Read> Iterator for Chunks<R> {
    type Item = io::Result<Chunk>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.done {
            match self.window() {
                Ok(Some(chunk)) => return Some(Ok(chunk)),
                Ok(None) => {}
                Err(error) => {
                    self.done = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

/// How many bytes the first `count` characters take.
fn bytes_of(text: &str, count: usize) -> usize {
    text.char_indices()
        .nth(count)
        .map_or(text.len(), |(at, _)| at)
}

/// The whole characters at the start; only the last one may be cut.
fn sound(bytes: &[u8]) -> io::Result<&str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) if error.error_len().is_some() => Err(not_utf8()),
        Err(error) => {
            let whole = bytes.get(..error.valid_up_to()).unwrap_or_default();
            std::str::from_utf8(whole).map_err(|_| not_utf8())
        }
    }
}

fn not_utf8() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "the text is not UTF-8")
}

/// White space as the reference strips it: that of Unicode and the four separators of teleprinters.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}
