//! Canonical JSON: one byte form for every value that is hashed or signed.
//!
//! Object keys are sorted by Unicode code point, there is no white space, text is raw UTF-8, and only `"`, `\` and
//! U+0000–U+001F are escaped. Reading is strict: no duplicate keys, no lone surrogates, no NaN, integers within
//! ±(2^53 − 1), at most [`MAX_DEPTH`] levels. The format document describes the form under "Canonical JSON".

mod error;
mod number;
mod object;
mod scan;
mod token;
mod value;
mod write;

pub use error::{JsonError, JsonErrorKind};
pub use object::{Object, ShapeError};
pub use token::{Token, Tokens};
pub use value::{Budget, Value};
pub use write::{Dialect, Writer};

/// How deeply arrays and objects may be nested.
pub const MAX_DEPTH: usize = 64;

/// The largest magnitude of an integer, 2^53 − 1: every JSON reader agrees on integers up to here.
pub const MAX_INT: i64 = 9_007_199_254_740_991;
