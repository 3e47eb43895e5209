//! Bytes of a known encoding to UTF-8.

use encoding_rs::{DecoderResult, UTF_8, UTF_16BE, UTF_16LE};

use super::encoding::{Encoding, Form, Order};

/// How many bytes are decoded at once: the reserve of room for the worst case stays small.
const STEP: usize = 16 * 1024;

/// A running decoder that counts the marks it put for bytes that are no text.
pub(super) struct Decoder {
    engine: Engine,
    marks: u64,
}

enum Engine {
    Library(encoding_rs::Decoder),
    Utf32 { order: Order, unit: Vec<u8> },
}

impl Decoder {
    /// For what comes after the byte order mark, if there was one.
    pub fn new(encoding: Encoding) -> Self {
        let library = match encoding.0 {
            Form::Utf8 => UTF_8,
            Form::Utf16(Order::Little) => UTF_16LE,
            Form::Utf16(Order::Big) => UTF_16BE,
            Form::Legacy(encoding) => encoding,
            Form::Utf32(order) => {
                let unit = Vec::with_capacity(4);
                let engine = Engine::Utf32 { order, unit };
                return Self { engine, marks: 0 };
            }
        };
        Self {
            engine: Engine::Library(library.new_decoder_without_bom_handling()),
            marks: 0,
        }
    }

    /// Appends the text of some bytes; with `last` also a mark for a character cut short.
    pub fn push(&mut self, bytes: &[u8], last: bool, out: &mut String) {
        self.marks += match &mut self.engine {
            Engine::Library(decoder) => {
                let mut marks = 0;
                for step in bytes.chunks(STEP) {
                    marks += library(decoder, step, false, out);
                }
                if last {
                    marks += library(decoder, &[], true, out);
                }
                marks
            }
            Engine::Utf32 { order, unit } => utf32(*order, unit, bytes, last, out),
        };
    }

    /// How many marks U+FFFD stand for bytes that are no text.
    pub fn marks(&self) -> u64 {
        self.marks
    }
}

fn library(
    decoder: &mut encoding_rs::Decoder,
    mut bytes: &[u8],
    last: bool,
    out: &mut String,
) -> u64 {
    let mut marks = 0;
    loop {
        let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
        out.reserve(room.unwrap_or(STEP));
        let (result, read) = decoder.decode_to_string_without_replacement(bytes, out, last);
        bytes = bytes.get(read..).unwrap_or_default();
        match result {
            DecoderResult::InputEmpty => return marks,
            DecoderResult::OutputFull => out.reserve(STEP),
            DecoderResult::Malformed(..) => {
                out.push(char::REPLACEMENT_CHARACTER);
                marks += 1;
            }
        }
    }
}

fn utf32(order: Order, unit: &mut Vec<u8>, bytes: &[u8], last: bool, out: &mut String) -> u64 {
    let mut marks = 0;
    let mut put = |c: Option<char>| {
        out.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
        marks += u64::from(c.is_none());
    };
    for &byte in bytes {
        unit.push(byte);
        if let [a, b, c, d] = **unit {
            let value = match order {
                Order::Little => u32::from_le_bytes([a, b, c, d]),
                Order::Big => u32::from_be_bytes([a, b, c, d]),
            };
            put(char::from_u32(value));
            unit.clear();
        }
    }
    if last && !unit.is_empty() {
        put(None);
        unit.clear();
    }
    marks
}
