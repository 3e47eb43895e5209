//! Numbers and strings, byte by byte.

use std::io::BufRead;

use super::token::{Token, Tokens, fill};
use super::{JsonError, JsonErrorKind as Kind, MAX_INT};

impl<R: BufRead> Tokens<R> {
    pub(super) fn number(&mut self) -> Result<Token, JsonError> {
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
    pub(super) fn string(&mut self) -> Result<String, JsonError> {
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
