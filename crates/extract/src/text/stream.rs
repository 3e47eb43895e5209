//! The decoder that is fed a file in pieces.

use std::fmt;

use super::decoder::Decoder;
use super::encoding::Encoding;
use super::judge::{self, NotText};
use super::{VERSION, WINDOW};

/// Turns the bytes of a text, given in pieces of any size, into UTF-8.
///
/// The text does not depend on where the pieces are cut. Valid UTF-8 comes out byte for byte, without its byte order mark.
/// Besides the output of one piece, less than a megabyte is held.
pub struct TextDecoder {
    state: State,
}

enum State {
    /// The first bytes, not yet enough to judge.
    Start(Vec<u8>),
    /// All was ASCII so far, and this the last byte.
    Ascii(Option<u8>),
    /// The bytes since the first one that is not ASCII, and the one before.
    Window(Option<u8>, Vec<u8>),
    Decided(Encoding, Decoder),
    Refused(NotText),
}

/// What is known at the end of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decoded {
    /// The encoding it was in.
    pub encoding: Encoding,
    /// How many marks U+FFFD were put for bytes that are no text in this encoding.
    pub marks: u64,
}

impl Decoded {
    /// The version of the way it was read.
    pub const fn version(&self) -> &'static str {
        VERSION
    }
}

impl Default for TextDecoder {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for TextDecoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TextDecoder")
    }
}

impl TextDecoder {
    /// Before the first byte.
    pub fn new() -> Self {
        Self {
            state: State::Start(Vec::new()),
        }
    }

    /// Takes in the next piece and appends to `out` what is certain by now. Refuses only before it has given anything.
    pub fn push(&mut self, mut piece: &[u8], out: &mut String) -> Result<(), NotText> {
        while !piece.is_empty() {
            piece = self.step(piece, out)?;
        }
        Ok(())
    }

    /// Appends what was still held back, there being no more bytes.
    pub fn finish(mut self, out: &mut String) -> Result<Decoded, NotText> {
        self.settle(true, out)?;
        match self.state {
            State::Decided(encoding, mut decoder) => {
                decoder.push(&[], true, out);
                let marks = decoder.marks();
                Ok(Decoded { encoding, marks })
            }
            State::Refused(reason) => Err(reason),
            State::Start(_) | State::Ascii(_) | State::Window(..) => Ok(Decoded {
                encoding: Encoding::UTF8,
                marks: 0,
            }),
        }
    }

    /// Uses up some of the piece and gives back the rest.
    fn step<'a>(&mut self, piece: &'a [u8], out: &mut String) -> Result<&'a [u8], NotText> {
        match &mut self.state {
            State::Start(held) => {
                let rest = fill(held, WINDOW, piece);
                let rest = fill(held, judge::enough(held), rest);
                if held.len() >= judge::enough(held) {
                    self.settle(false, out)?;
                }
                Ok(rest)
            }
            State::Ascii(before) => {
                let plain = piece.iter().take_while(|b| judge::is_plain(**b)).count();
                let (plain, rest) = piece.split_at_checked(plain).unwrap_or((piece, &[]));
                *before = plain.last().copied().or(*before);
                // Only ASCII: nothing is replaced here.
                out.push_str(&String::from_utf8_lossy(plain));
                if !rest.is_empty() {
                    self.state = State::Window(*before, Vec::new());
                }
                Ok(rest)
            }
            State::Window(_, held) => {
                let rest = fill(held, WINDOW, piece);
                if held.len() >= WINDOW {
                    self.settle(false, out)?;
                }
                Ok(rest)
            }
            State::Decided(_, decoder) => {
                decoder.push(piece, false, out);
                Ok(&[])
            }
            State::Refused(reason) => Err(*reason),
        }
    }

    /// Judges the bytes held and lets them go.
    fn settle(&mut self, last: bool, out: &mut String) -> Result<(), NotText> {
        let (held, mark, told) = match std::mem::replace(&mut self.state, State::Ascii(None)) {
            State::Start(held) => match judge::start(&held, last) {
                Ok(start) => (held, start.mark, (!start.open).then_some(start.encoding)),
                Err(reason) => {
                    self.state = State::Refused(reason);
                    return Err(reason);
                }
            },
            State::Window(before, held) => {
                let told = judge::told_by(before, &held, last);
                (held, 0, told)
            }
            other => {
                self.state = other;
                return Ok(());
            }
        };
        let mut decoder = Decoder::new(told.unwrap_or(Encoding::UTF8));
        decoder.push(held.get(mark..).unwrap_or_default(), false, out);
        self.state = match told {
            Some(encoding) => State::Decided(encoding, decoder),
            None => State::Ascii(held.last().copied()),
        };
        Ok(())
    }
}

/// Moves bytes from the piece until `held` has `length`; gives back the rest.
fn fill<'a>(held: &mut Vec<u8>, length: usize, piece: &'a [u8]) -> &'a [u8] {
    let missing = length.saturating_sub(held.len()).min(piece.len());
    let (taken, rest) = piece.split_at_checked(missing).unwrap_or((piece, &[]));
    held.extend_from_slice(taken);
    rest
}
