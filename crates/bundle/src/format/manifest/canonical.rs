//! The one form of a manifest that is read, hashed on the way.

use crate::canon::{Dialect, Value, Writer};
use crate::digest::{Hasher, Sha256};

/// Hashes the canonical form of what was read, in pieces. Keys out of order give bytes that match nothing.
#[derive(Default)]
pub(super) struct Emitter {
    buffer: Vec<u8>,
    hasher: Hasher,
    last_keys: Option<String>,
    disordered: bool,
}

impl Emitter {
    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
        // A new object begins: its keys are compared among themselves. The outer object's order is restored by `key`,
        // since "files" is followed only by keys that sort after it in a canonical manifest.
        if bytes == b"{" {
            self.last_keys = None;
        } else if bytes == b"}" {
            self.last_keys = Some("files".to_owned());
        }
    }

    pub(super) fn key(&mut self, key: &str, first: bool) {
        self.disordered |= self.last_keys.as_deref().is_some_and(|last| last >= key);
        if !first {
            self.buffer.push(b',');
        }
        Writer::new(&mut self.buffer, Dialect::Canonical).string(key);
        self.buffer.push(b':');
        self.last_keys = Some(key.to_owned());
        self.flush();
    }

    pub(super) fn value(&mut self, value: &Value) {
        value.write_canonical(&mut self.buffer);
    }

    fn flush(&mut self) {
        if self.buffer.len() > 1 << 16 {
            self.hasher.update(&self.buffer);
            self.buffer.clear();
        }
    }

    pub(super) fn finish(mut self) -> Sha256 {
        self.hasher.update(&self.buffer);
        if self.disordered {
            self.hasher.update(b"keys out of order");
        }
        self.hasher.finish()
    }
}
