//! Random YAML: nothing panics, and what is written in flow style reads back.

#![allow(clippy::unwrap_used)]

use bundle::canon::{MAX_INT, Value};
use bundle::policy::yaml;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

/// Writes a value in flow style, text between double quotes.
fn flow(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => quoted(text, out),
        Value::Float(x) => out.push_str(
            &format!("{x:?}")
                .replace('e', ".0e+")
                .replace("+-", "-")
                .replace(".0.0", ".0"),
        ),
        Value::Array(items) => {
            out.push_str("[ ");
            for item in items {
                flow(item, out);
                out.push_str(", ");
            }
            out.push(']');
        }
        Value::Object(object) => {
            out.push_str("{ ");
            for (key, item) in object {
                quoted(key, out);
                out.push_str(": ");
                flow(item, out);
                out.push_str(", ");
            }
            out.push('}');
        }
        other => out.push_str(&String::from_utf8(other.to_canonical()).unwrap()),
    }
}

fn quoted(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            ' '..='~' | '\u{a1}'..='\u{2027}' => out.push(c),
            _ => out.extend([format!("\\U{:08x}", u32::from(c))]),
        }
    }
    out.push('"');
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-MAX_INT..=MAX_INT).prop_map(Value::Int),
        (-1e12..1e12f64).prop_map(Value::Float),
        any::<String>().prop_map(Value::String),
        "[-+0-9._:eExXbno~<=yYTZ ]{0,12}".prop_map(Value::String),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::Array),
            btree_map(any::<String>(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..200)) {
        let _ = yaml::parse(&bytes).map(|node| node.to_value());
    }

    #[test]
    fn arbitrary_yaml_like_text_never_panics(text in "([a-c01.:_-]|[ \n\t#'\"&*!|>%@?,=<\\[\\]{}-]|: |- |\n  |é){0,60}") {
        let _ = yaml::parse(text.as_bytes()).map(|node| (node.to_value(), node.notes()));
    }

    #[test]
    fn what_is_written_in_flow_style_reads_back(value in values()) {
        let mut text = String::new();
        flow(&value, &mut text);
        prop_assert_eq!(yaml::parse(text.as_bytes()).unwrap().to_value().unwrap(), value, "{}", text);
    }
}
