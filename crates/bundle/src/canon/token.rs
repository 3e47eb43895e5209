use std::io::BufRead;

use super::{JsonError, JsonErrorKind as Kind, MAX_DEPTH, MAX_INT};

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
    input: R,
    offset: u64,
    stack: Vec<u8>,
    expect: Expect,
    max_string: usize,
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
        }
    }

    /// Sets the largest string that is read, in bytes.
    #[must_use]
    pub fn with_max_string(mut self, bytes: usize) -> Self {
        self.max_string = bytes;
        self
    }

    /// The next token; after the last one of the value, an error.
    pub fn next_token(&mut self) -> Result<Token, JsonError> {
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

    fn after_value(&mut self) {
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

    fn number(&mut self) -> Result<Token, JsonError> {
        let mut text = String::new();
        let mut float = false;
        while let Some(byte @ (b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')) = self.peek()? {
            float |= matches!(byte, b'.' | b'e' | b'E');
            text.push(char::from(byte));
            // No number that we accept has more digits than this, whatever its form.
            if text.len() > 1100 {
                return Err(self.error(Kind::NumberOutOfRange));
            }
            self.bump();
        }
        if !is_number(&text) {
            return Err(self.error(Kind::Syntax("not a number")));
        }
        let token = if float {
            text.parse()
                .ok()
                .filter(|x: &f64| x.is_finite())
                .map(Token::Float)
        } else {
            text.parse()
                .ok()
                .filter(|n: &i64| (-MAX_INT..=MAX_INT).contains(n))
                .map(Token::Int)
        };
        self.after_value();
        token.ok_or_else(|| self.error(Kind::NumberOutOfRange))
    }

    /// The rest of a string whose opening quote is read.
    fn string(&mut self) -> Result<String, JsonError> {
        let mut bytes = Vec::new();
        loop {
            let buffer = fill(&mut self.input, self.offset)?;
            let plain = buffer
                .iter()
                .position(|b| *b < 0x20 || *b == b'"' || *b == b'\\')
                .unwrap_or(buffer.len());
            let (text, rest) = buffer.split_at(plain);
            let stop = rest.first().copied();
            if bytes.len() + plain > self.max_string {
                return Err(self.error(Kind::StringTooLong));
            }
            if buffer.is_empty() {
                return Err(self.error(Kind::Truncated));
            }
            bytes.extend_from_slice(text);
            self.consume(plain);
            match stop {
                None => {}
                Some(b'"') => {
                    self.bump();
                    return String::from_utf8(bytes).map_err(|_| self.error(Kind::NotUtf8));
                }
                Some(b'\\') => {
                    self.bump();
                    let c = self.escape()?;
                    bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                Some(_) => return Err(self.error(Kind::Syntax("a control character in a string"))),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let byte = self.take()?;
        Ok(match byte {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.hex4()?;
                if !(0xD800..0xE000).contains(&first) {
                    return char::from_u32(first).ok_or_else(|| self.error(Kind::LoneSurrogate));
                }
                if first >= 0xDC00 || self.take()? != b'\\' || self.take()? != b'u' {
                    return Err(self.error(Kind::LoneSurrogate));
                }
                let second = self.hex4()?;
                if !(0xDC00..0xE000).contains(&second) {
                    return Err(self.error(Kind::LoneSurrogate));
                }
                let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                return char::from_u32(code).ok_or_else(|| self.error(Kind::LoneSurrogate));
            }
            _ => return Err(self.error(Kind::Syntax("an unknown escape"))),
        })
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = char::from(self.take()?).to_digit(16);
            code = code * 16
                + digit.ok_or_else(|| self.error(Kind::Syntax("four hex digits were expected")))?;
        }
        Ok(code)
    }

    fn take(&mut self) -> Result<u8, JsonError> {
        let byte = self.peek()?.ok_or_else(|| self.error(Kind::Truncated))?;
        self.bump();
        Ok(byte)
    }

    fn skip_space(&mut self) -> Result<u8, JsonError> {
        loop {
            match self.peek()? {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.bump(),
                Some(byte) => return Ok(byte),
                None => return Err(self.error(Kind::Truncated)),
            }
        }
    }

    fn peek(&mut self) -> Result<Option<u8>, JsonError> {
        Ok(fill(&mut self.input, self.offset)?.first().copied())
    }

    fn bump(&mut self) {
        self.consume(1);
    }

    fn consume(&mut self, count: usize) {
        self.input.consume(count);
        self.offset += count as u64;
    }

    fn error(&self, kind: Kind) -> JsonError {
        JsonError {
            kind,
            offset: self.offset,
        }
    }
}

fn fill<R: BufRead>(input: &mut R, offset: u64) -> Result<&[u8], JsonError> {
    input.fill_buf().map_err(|e| JsonError {
        kind: Kind::Io(e.to_string()),
        offset,
    })
}

/// The grammar of RFC 8259 §6: no leading zeros, digits on both sides of the point.
fn is_number(text: &str) -> bool {
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((m, e)) => (m, Some(e.strip_prefix(['+', '-']).unwrap_or(e))),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((w, f)) => (w, Some(f)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
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
