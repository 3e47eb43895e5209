use super::{Value, number::write_float};

/// The two forms that differ only in how text beyond ASCII is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Raw UTF-8: manifest, attestation, events, operations, policy.
    Canonical,
    /// Everything beyond ASCII, and U+007F, as `\uXXXX`: the payload of a DSSE envelope.
    Ascii,
}

/// Writes canonical JSON piece by piece, for objects too large to be built first.
///
/// The caller gives keys in ascending order; nothing here sorts.
#[derive(Debug)]
pub struct Writer<'a> {
    out: &'a mut Vec<u8>,
    dialect: Dialect,
}

impl<'a> Writer<'a> {
    /// A writer that appends to `out`.
    pub fn new(out: &'a mut Vec<u8>, dialect: Dialect) -> Self {
        Self { out, dialect }
    }

    /// Appends a whole value.
    pub fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.out.extend_from_slice(b"null"),
            Value::Bool(true) => self.out.extend_from_slice(b"true"),
            Value::Bool(false) => self.out.extend_from_slice(b"false"),
            Value::Int(n) => self.out.extend_from_slice(n.to_string().as_bytes()),
            Value::Float(x) => write_float(self.out, *x),
            Value::String(text) => self.string(text),
            Value::Array(items) => {
                self.out.push(b'[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        self.out.push(b',');
                    }
                    self.value(item);
                }
                self.out.push(b']');
            }
            Value::Object(object) => {
                self.out.push(b'{');
                for (i, (key, item)) in object.iter().enumerate() {
                    if i > 0 {
                        self.out.push(b',');
                    }
                    self.string(key);
                    self.out.push(b':');
                    self.value(item);
                }
                self.out.push(b'}');
            }
        }
    }

    /// Appends a string with its quotes.
    pub fn string(&mut self, text: &str) {
        self.out.push(b'"');
        let mut rest = text;
        while let Some(at) = rest.bytes().position(|b| self.needs_escape(b)) {
            let (plain, tail) = rest.split_at(at);
            self.out.extend_from_slice(plain.as_bytes());
            let mut chars = tail.chars();
            if let Some(c) = chars.next() {
                self.escape(c);
            }
            rest = chars.as_str();
        }
        self.out.extend_from_slice(rest.as_bytes());
        self.out.push(b'"');
    }

    fn needs_escape(&self, byte: u8) -> bool {
        byte < 0x20
            || byte == b'"'
            || byte == b'\\'
            || (byte >= 0x7F && self.dialect == Dialect::Ascii)
    }

    fn escape(&mut self, c: char) {
        let short: &[u8] = match c {
            '"' => b"\\\"",
            '\\' => b"\\\\",
            '\u{8}' => b"\\b",
            '\u{c}' => b"\\f",
            '\n' => b"\\n",
            '\r' => b"\\r",
            '\t' => b"\\t",
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    self.out
                        .extend_from_slice(format!("\\u{unit:04x}").as_bytes());
                }
                return;
            }
        };
        self.out.extend_from_slice(short);
    }
}
