use std::io::BufRead;

use super::{Dialect, JsonError, JsonErrorKind, Object, Token, Tokens, Writer};

/// How much memory values may still take. The smallest values take hundreds of times what their text does.
#[derive(Debug, Clone)]
pub struct Budget(usize);

impl Default for Budget {
    /// 64 MiB: four times what a member or line of 16 MiB holds if its values are such as people write.
    fn default() -> Self {
        Self(64 << 20)
    }
}

impl Budget {
    /// Takes so many bytes of what is left, for what was just read.
    pub fn take<R: BufRead>(&mut self, tokens: &Tokens<R>, bytes: usize) -> Result<(), JsonError> {
        let left = self.0.checked_sub(bytes);
        self.0 = left.ok_or_else(|| JsonError {
            kind: JsonErrorKind::TooLarge,
            offset: tokens.offset(),
        })?;
        Ok(())
    }
}

/// A JSON value as we read and hash it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer within ±(2^53 − 1).
    Int(i64),
    /// A number written with a fraction or an exponent; never in anything that we seal.
    Float(f64),
    /// Text.
    String(String),
    /// A list.
    Array(Vec<Value>),
    /// Keys and values, sorted by code point.
    Object(Object),
}

impl Value {
    /// Reads one value that fills `bytes`; white space around it is allowed.
    pub fn parse(bytes: &[u8]) -> Result<Self, JsonError> {
        let mut tokens = Tokens::new(bytes);
        let value = Self::read(&mut tokens)?;
        tokens.end()?;
        Ok(value)
    }

    /// Reads the next value from a stream of tokens.
    pub fn read<R: BufRead>(tokens: &mut Tokens<R>) -> Result<Self, JsonError> {
        Self::read_within(tokens, &mut Budget::default())
    }

    /// The same, where several values share one budget.
    pub fn read_within<R: BufRead>(
        tokens: &mut Tokens<R>,
        budget: &mut Budget,
    ) -> Result<Self, JsonError> {
        let token = tokens.next_token()?;
        Self::read_from(token, tokens, budget)
    }

    fn read_from<R: BufRead>(
        token: Token,
        tokens: &mut Tokens<R>,
        budget: &mut Budget,
    ) -> Result<Self, JsonError> {
        Ok(match token {
            Token::Null => Self::Null,
            Token::Bool(b) => Self::Bool(b),
            Token::Int(n) => Self::Int(n),
            Token::Float(x) => Self::Float(x),
            Token::String(text) => {
                budget.take(tokens, text.len() + 32)?;
                Self::String(text)
            }
            Token::BeginArray => {
                let mut items = Vec::new();
                loop {
                    match tokens.next_token()? {
                        Token::EndArray => break Self::Array(items),
                        token => {
                            budget.take(tokens, if items.is_empty() { 128 } else { 64 })?;
                            items.push(Self::read_from(token, tokens, budget)?);
                        }
                    }
                }
            }
            Token::BeginObject => {
                let mut object = Object::new();
                loop {
                    match tokens.next_token()? {
                        Token::Key(key) => {
                            let node = if object.is_empty() { 640 } else { 110 };
                            budget.take(tokens, key.len() + 32 + node)?;
                            let value = Self::read_within(tokens, budget)?;
                            if object.contains(&key) {
                                return Err(tokens.duplicate(key));
                            }
                            object.insert(key, value);
                        }
                        _ => break Self::Object(object),
                    }
                }
            }
            Token::Key(_) | Token::EndArray | Token::EndObject => return Err(tokens.unexpected()),
        })
    }

    /// The canonical bytes, without a final newline.
    pub fn to_canonical(&self) -> Vec<u8> {
        self.to_bytes(Dialect::Canonical)
    }

    /// The canonical bytes in either dialect.
    pub fn to_bytes(&self, dialect: Dialect) -> Vec<u8> {
        let mut out = Vec::new();
        Writer::new(&mut out, dialect).value(self);
        out
    }

    /// Appends the canonical bytes to `out`.
    pub fn write_canonical(&self, out: &mut Vec<u8>) {
        Writer::new(out, Dialect::Canonical).value(self);
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// The integer, if this is one.
    pub fn as_int(&self) -> Option<i64> {
        if let Self::Int(n) = self {
            Some(*n)
        } else {
            None
        }
    }

    /// The object, if this is one.
    pub fn as_object(&self) -> Option<&Object> {
        if let Self::Object(object) = self {
            Some(object)
        } else {
            None
        }
    }

    /// The list, if this is one.
    pub fn as_array(&self) -> Option<&[Value]> {
        if let Self::Array(items) = self {
            Some(items)
        } else {
            None
        }
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Self::Bool(b)
    }
}

impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}

impl From<u64> for Value {
    /// Sizes and counters; what does not fit the range of [`super::MAX_INT`] saturates (no file is that large).
    fn from(n: u64) -> Self {
        Self::Int(
            i64::try_from(n)
                .unwrap_or(super::MAX_INT)
                .min(super::MAX_INT),
        )
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(item: Option<T>) -> Self {
        item.map_or(Self::Null, Into::into)
    }
}
