use std::io::BufRead;

use super::{JsonError, JsonErrorKind as Kind, MAX_DEPTH};

/// One piece of a JSON text.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    /// `{`
    BeginObject,
    /// `}`
    EndObject,
    /// `[`
    BeginArray,
    /// `]`
    EndArray,
    /// A key of an object.
    Key(String),
    /// A string value.
    String(String),
    /// An integer within ±(2^53 − 1).
    Int(i64),
    /// Any other number.
    Float(f64),
    /// `true` or `false`
    Bool(bool),
    /// `null`
    Null,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    ValueOrEnd,
    KeyOrEnd,
    Key,
    CommaOrEnd,
    End,
}

/// A strict JSON reader over a stream, in constant memory (but for the nesting and one string).
#[derive(Debug)]
pub struct Tokens<R> {
    pub(super) input: R,
    pub(super) offset: u64,
    stack: Vec<u8>,
    expect: Expect,
    pub(super) max_string: usize,
    limit: u64,
}

impl<R: BufRead> Tokens<R> {
    /// The largest string that is read unless [`Tokens::with_max_string`] says otherwise: 64 MiB.
    pub const MAX_STRING: usize = 64 << 20;

    /// Reads from `input`.
    pub fn new(input: R) -> Self {
        Self {
            input,
            offset: 0,
            stack: Vec::new(),
            expect: Expect::Value,
            max_string: Self::MAX_STRING,
            limit: u64::MAX,
        }
    }

    /// Sets the largest string that is read, in bytes.
    #[must_use]
    pub fn with_max_string(mut self, bytes: usize) -> Self {
        self.max_string = bytes;
        self
    }

    /// Lets no token begin more than so many bytes after those read so far; a reader of hostile streams sets this anew for
    /// each part that it holds in memory.
    pub fn allow(&mut self, bytes: u64) {
        self.limit = self.offset.saturating_add(bytes);
    }

    /// The next token; after the last one of the value, an error.
    pub fn next_token(&mut self) -> Result<Token, JsonError> {
        if self.offset > self.limit {
            return Err(self.error(Kind::TooLarge));
        }
        let byte = self.skip_space()?;
        match self.expect {
            Expect::ValueOrEnd if byte == b']' => Ok(self.close(b'[')),
            Expect::Value | Expect::ValueOrEnd => self.value(byte),
            Expect::KeyOrEnd if byte == b'}' => Ok(self.close(b'{')),
            Expect::KeyOrEnd | Expect::Key => self.key(byte),
            Expect::CommaOrEnd => self.comma_or_end(byte),
            Expect::End => Err(self.error(Kind::TrailingData)),
        }
    }

    /// Demands that nothing but white space follows.
    pub fn end(&mut self) -> Result<(), JsonError> {
        if self.expect != Expect::End {
            return Err(self.error(Kind::Truncated));
        }
        match self.skip_space() {
            Err(JsonError {
                kind: Kind::Truncated,
                ..
            }) => Ok(()),
            Err(other) => Err(other),
            Ok(_) => Err(self.error(Kind::TrailingData)),
        }
    }

    /// Bytes read so far.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// An error for a key that stood before in the same object.
    pub fn duplicate(&self, key: String) -> JsonError {
        self.error(Kind::DuplicateKey(key))
    }

    /// An error for a token that is well-formed but not wanted here.
    pub fn unexpected(&self) -> JsonError {
        self.error(Kind::Syntax("something else was expected here"))
    }

    fn value(&mut self, byte: u8) -> Result<Token, JsonError> {
        match byte {
            b'{' => self.open(b'{', Expect::KeyOrEnd, Token::BeginObject),
            b'[' => self.open(b'[', Expect::ValueOrEnd, Token::BeginArray),
            b'"' => {
                self.bump();
                let text = self.string()?;
                self.after_value();
                Ok(Token::String(text))
            }
            b't' => self.word(b"true", Token::Bool(true)),
            b'f' => self.word(b"false", Token::Bool(false)),
            b'n' => self.word(b"null", Token::Null),
            b'-' | b'0'..=b'9' => self.number(),
            _ => Err(self.error(Kind::Syntax("a value was expected"))),
        }
    }

    fn open(&mut self, bracket: u8, expect: Expect, token: Token) -> Result<Token, JsonError> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(self.error(Kind::TooDeep));
        }
        self.bump();
        self.stack.push(bracket);
        self.expect = expect;
        Ok(token)
    }

    fn close(&mut self, bracket: u8) -> Token {
        self.bump();
        self.stack.pop();
        self.after_value();
        if bracket == b'{' {
            Token::EndObject
        } else {
            Token::EndArray
        }
    }

    pub(super) fn after_value(&mut self) {
        self.expect = if self.stack.is_empty() {
            Expect::End
        } else {
            Expect::CommaOrEnd
        };
    }

    fn key(&mut self, byte: u8) -> Result<Token, JsonError> {
        if byte != b'"' {
            return Err(self.error(Kind::Syntax("a key was expected")));
        }
        self.bump();
        let key = self.string()?;
        if self.skip_space()? != b':' {
            return Err(self.error(Kind::Syntax("a colon was expected")));
        }
        self.bump();
        self.expect = Expect::Value;
        Ok(Token::Key(key))
    }

    fn comma_or_end(&mut self, byte: u8) -> Result<Token, JsonError> {
        let inside = self.stack.last().copied().unwrap_or(0);
        match (inside, byte) {
            (b'{', b'}') => Ok(self.close(b'{')),
            (b'[', b']') => Ok(self.close(b'[')),
            (_, b',') => {
                self.bump();
                self.expect = if inside == b'{' {
                    Expect::Key
                } else {
                    Expect::Value
                };
                self.next_token()
            }
            _ => Err(self.error(Kind::Syntax("a comma or an end was expected"))),
        }
    }

    fn word(&mut self, word: &'static [u8], token: Token) -> Result<Token, JsonError> {
        for expected in word {
            if self.peek()? != Some(*expected) {
                return Err(self.error(Kind::Syntax("an unknown word")));
            }
            self.bump();
        }
        self.after_value();
        Ok(token)
    }

    pub(super) fn skip_space(&mut self) -> Result<u8, JsonError> {
        loop {
            match self.peek()? {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.bump(),
                Some(byte) => return Ok(byte),
                None => return Err(self.error(Kind::Truncated)),
            }
        }
    }

    pub(super) fn peek(&mut self) -> Result<Option<u8>, JsonError> {
        Ok(fill(&mut self.input, self.offset)?.first().copied())
    }

    pub(super) fn bump(&mut self) {
        self.consume(1);
    }

    pub(super) fn consume(&mut self, count: usize) {
        self.input.consume(count);
        self.offset += count as u64;
    }

    pub(super) fn error(&self, kind: Kind) -> JsonError {
        JsonError {
            kind,
            offset: self.offset,
        }
    }
}

pub(super) fn fill<R: BufRead>(input: &mut R, offset: u64) -> Result<&[u8], JsonError> {
    input.fill_buf().map_err(|e| JsonError {
        kind: Kind::Io(e.to_string()),
        offset,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canon::Value;

    fn refusal(text: &str) -> Kind {
        Value::parse(text.as_bytes()).unwrap_err().kind
    }

    #[test]
    fn refuses_what_other_readers_read_differently() {
        assert_eq!(refusal(r#"{"a":1,"a":2}"#), Kind::DuplicateKey("a".into()));
        assert_eq!(refusal(r#""\ud800""#), Kind::LoneSurrogate);
        assert_eq!(refusal(r#""\udc00\ud800""#), Kind::LoneSurrogate);
        assert_eq!(refusal("9007199254740992"), Kind::NumberOutOfRange);
        assert_eq!(refusal("1E400"), Kind::NumberOutOfRange);
        assert_eq!(refusal("{} {}"), Kind::TrailingData);
        assert_eq!(refusal(&"[".repeat(65)), Kind::TooDeep);
        assert_eq!(refusal("[1"), Kind::Truncated);
        for text in [
            "NaN",
            "Infinity",
            "01",
            "1.",
            ".5",
            "+1",
            "[1,]",
            "{\"a\":1,}",
            "'a'",
            "\u{feff}1",
            "\"\n\"",
        ] {
            assert!(matches!(refusal(text), Kind::Syntax(_)), "{text}");
        }
        assert_eq!(Value::parse(b"\"\xff\"").unwrap_err().kind, Kind::NotUtf8);
    }

    #[test]
    fn a_stream_in_small_pieces_reads_the_same() {
        let text = r#" { "b" : [ 1 , -0, 2.5e-7 , "x\u00e9\ud83d\ude00\n" ] , "a" : { } } "#;
        let pieces = std::io::BufReader::with_capacity(1, text.as_bytes());
        let mut tokens = Tokens::new(pieces);
        let value = Value::read(&mut tokens).unwrap();
        tokens.end().unwrap();
        assert_eq!(value, Value::parse(text.as_bytes()).unwrap());
        assert_eq!(
            String::from_utf8(value.to_canonical()).unwrap(),
            "{\"a\":{},\"b\":[1,0,2.5e-07,\"xé😀\\n\"]}"
        );
    }
}
