//! What a run is given: canonical JSON in its row.

use std::collections::BTreeSet;

use bundle::canon::{Object, Value};
use vault::Scope;

use crate::seal::SealOptions;

/// What is to be sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SealParams {
    /// A label in people's words.
    pub label: String,
    /// Everything again, numbered on.
    pub full: bool,
    /// Only these items; empty for everything new.
    pub items: BTreeSet<u64>,
}

impl SealParams {
    pub(super) fn to_text(&self) -> String {
        let items: Vec<Value> = self.items.iter().map(|item| Value::from(*item)).collect();
        let object = Object::new()
            .with("label", self.label.as_str())
            .with("full", self.full)
            .with("items", items);
        String::from_utf8(Value::from(object).to_canonical()).unwrap_or_default()
    }

    pub(super) fn from_text(text: &str) -> Self {
        let value = Value::parse(text.as_bytes()).unwrap_or(Value::Null);
        let field = |key: &str| value.as_object().and_then(|object| object.get(key));
        let items = field("items").and_then(Value::as_array).unwrap_or_default();
        let number = |value: &Value| u64::try_from(value.as_int()?).ok();
        Self {
            label: field("label")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            full: field("full") == Some(&Value::Bool(true)),
            items: items.iter().filter_map(number).collect(),
        }
    }

    pub(super) fn options(self) -> SealOptions {
        let scope = match (self.full, self.items.is_empty()) {
            (_, false) => Scope::Items {
                items: self.items,
                recipient: None,
            },
            (true, true) => Scope::Full,
            (false, true) => Scope::New,
        };
        SealOptions {
            scope,
            label: self.label,
            out: None,
            policy: None,
            allowlist: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_keeps_all_that_was_asked_for() {
        let params = SealParams {
            label: "Süd".to_owned(),
            full: true,
            items: BTreeSet::from([3, 17]),
        };
        assert_eq!(SealParams::from_text(&params.to_text()), params);
    }
}
