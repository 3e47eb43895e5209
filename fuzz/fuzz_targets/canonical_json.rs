//! Canonical JSON is a fixed point: what is read of it is written as the same bytes, in both dialects.
#![no_main]

use bundle::canon::{Dialect, Value};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(value) = Value::parse(data) else {
        return;
    };
    for dialect in [Dialect::Canonical, Dialect::Ascii] {
        let bytes = value.to_bytes(dialect);
        assert!(dialect == Dialect::Canonical || bytes.is_ascii());
        let again = Value::parse(&bytes).expect("what we write can be read");
        assert_eq!(again.to_bytes(dialect), bytes);
        assert_eq!(again.to_canonical(), value.to_canonical());
    }
});
