//! Canonical JSON is byte for byte what Python writes, in both dialects.

use std::fmt::Write as _;

use bundle::canon::{Dialect, MAX_INT, Object, Value};
use support::python;
use support::random::{Random, seed};

/// How many values are compared.
const ROUNDS: usize = 6_000;

/// Reads a value a line, writes it in both dialects, as hex so that no line end is in the way.
const PROGRAM: &str = r#"
import json, sys
for line in sys.stdin.buffer:
    value = json.loads(bytes.fromhex(line.decode("ascii")).decode("utf-8"))
    for ascii in (False, True):
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=ascii)
        sys.stdout.write(text.encode("utf-8").hex() + "\n")
"#;

/// Characters at the edges of every rule: controls, quotes, separators, combining and bidi marks, ends of planes.
const EDGES: [char; 28] = [
    '"',
    '\\',
    '/',
    '\u{7f}',
    '\u{80}',
    '\u{85}',
    '\u{9f}',
    '\u{a0}',
    'é',
    'e',
    '\u{301}',
    '\u{7ff}',
    '\u{800}',
    '\u{200b}',
    '\u{2028}',
    '\u{2029}',
    '\u{202e}',
    '\u{d7ff}',
    '\u{e000}',
    '\u{feff}',
    '\u{ff61}',
    '\u{fffd}',
    '\u{fffe}',
    '\u{ffff}',
    '\u{10000}',
    '\u{1f600}',
    '\u{e0001}',
    '\u{10ffff}',
];

fn character(random: &mut Random) -> char {
    match random.below(4) {
        0 => char::from(u8::try_from(random.below(0x20)).unwrap()),
        1 => random.one_of(&EDGES),
        2 => char::from(u8::try_from(0x20 + random.below(0x5f)).unwrap()),
        _ => loop {
            let code = u32::try_from(random.below(0x11_0000)).unwrap();
            if let Some(c) = char::from_u32(code) {
                break c;
            }
        },
    }
}

fn text(random: &mut Random) -> String {
    let len = random.below(12);
    (0..len).map(|_| character(random)).collect()
}

fn float(random: &mut Random) -> f64 {
    let exponent = i32::try_from(random.below(40)).unwrap() - 20;
    let value = match random.below(7) {
        // Any bit pattern, subnormal numbers among them.
        0 => f64::from_bits(random.bits()),
        1 => f64::from_bits(random.bits() & 0x800F_FFFF_FFFF_FFFF),
        2 => f64::from_bits(random.bits() & 0xFFF0_0000_0000_0000),
        // Where neighbours are a fraction with few digits apart: ties between two decimals.
        3 => f64::from_bits(0x4300_0000_0000_0000 | (random.bits() % (1 << 55))),
        4 => 10f64.powi(exponent),
        5 => f64::from_bits(10f64.powi(exponent).to_bits() + random.bits() % 3),
        _ => f64::from(u32::try_from(random.below(100_000)).unwrap()) / 64.0 * 10f64.powi(exponent),
    };
    if value.is_finite() { value } else { -0.0 }
}

fn integer(random: &mut Random) -> i64 {
    let edges = [0, -1, MAX_INT, -MAX_INT, MAX_INT - 1, 1 << 31, 1 << 32];
    if random.once_in(2) {
        random.one_of(&edges)
    } else {
        i64::try_from(random.bits() % (1 << 53)).unwrap() * random.one_of(&[1, -1])
    }
}

fn value(random: &mut Random, depth: usize) -> Value {
    let kinds = if depth == 0 { 5 } else { 7 };
    match random.below(kinds) {
        0 => random.one_of(&[true, false]).into(),
        1 => Value::Null,
        2 => integer(random).into(),
        3 => Value::Float(float(random)),
        4 => text(random).into(),
        5 => {
            let len = random.below(5);
            Value::Array((0..len).map(|_| value(random, depth - 1)).collect())
        }
        _ => {
            let len = random.below(8);
            let pair = |_| (text(random), value(random, depth - 1));
            (0..len).map(pair).collect::<Object>().into()
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A spelling of a value that is not canonical: other escapes, white space, keys in the order they come.
fn spelled(value: &Value, random: &mut Random, out: &mut String) {
    let space = random.one_of(&["", " ", "\t", "\n", "\r\n"]);
    out.push_str(space);
    match value {
        Value::String(text) => spelled_text(text, random, out),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                spelled(item, random, out);
            }
            out.push(']');
        }
        Value::Object(object) => {
            out.push('{');
            let mut items: Vec<_> = object.iter().collect();
            items.reverse();
            for (i, (key, item)) in items.into_iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                spelled_text(key, random, out);
                out.push_str(space);
                out.push(':');
                spelled(item, random, out);
            }
            out.push('}');
        }
        Value::Float(x) if random.once_in(2) => {
            let _ = write!(out, "{x:E}");
            // `1E5` is a float to every reader of JSON.
        }
        other => out.push_str(std::str::from_utf8(&other.to_canonical()).unwrap()),
    }
    out.push_str(space);
}

fn spelled_text(text: &str, random: &mut Random, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        if c < ' ' || matches!(c, '"' | '\\') || random.once_in(4) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04X}");
            }
        } else {
            out.push(c);
        }
    }
    out.push('"');
}

#[test]
fn python_writes_the_same_bytes() {
    let seed = seed();
    let mut random = Random::new(seed);
    let mut values = vec![
        Value::String((0..0x20u8).map(char::from).collect()),
        Value::String(EDGES.iter().collect()),
        // Order by code point, not by UTF-16 unit.
        Object::new()
            .with("\u{ff61}", 1_i64)
            .with("\u{1f600}", 2_i64)
            .with("", Value::Null)
            .into(),
    ];
    values.extend((0..ROUNDS).map(|_| value(&mut random, 4)));
    let mut input = String::new();
    for value in &values {
        let mut text = String::new();
        spelled(value, &mut random, &mut text);
        // What we read of the spelling is the value.
        let read = Value::parse(text.as_bytes());
        assert_eq!(read.as_ref(), Ok(value), "FIELDGRADE_SEED={seed} {text}");
        writeln!(input, "{}", hex(text.as_bytes())).unwrap();
    }
    let output = python::code(PROGRAM, input);
    let lines: Vec<&str> = output.lines().collect();
    assert_eq!(lines.len(), values.len() * 2);
    for (value, pair) in values.iter().zip(lines.chunks(2)) {
        for (dialect, theirs) in [Dialect::Canonical, Dialect::Ascii].into_iter().zip(pair) {
            let ours = value.to_bytes(dialect);
            let shown = String::from_utf8_lossy(&ours);
            assert_eq!(
                hex(&ours),
                *theirs,
                "FIELDGRADE_SEED={seed} {dialect:?} {shown}"
            );
            assert_eq!(
                Value::parse(&ours).as_ref(),
                Ok(value),
                "FIELDGRADE_SEED={seed} {shown}"
            );
        }
    }
}
