//! What a run is given: canonical JSON in its row.

use std::collections::BTreeSet;

use bundle::canon::{Object, Value};
use jobs::Run;
use vault::{Intake, Scope, UploadId};

use super::intake;
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

/// What is to be captured, and sealed after that if the run is a pipeline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaptureParams {
    /// Uploads, each whole.
    pub uploads: Vec<UploadId>,
    /// What is known of the drop.
    pub intake: Intake,
    /// A label for the package.
    pub label: String,
}

impl CaptureParams {
    /// What a run was given.
    pub fn of(run: &Run) -> Self {
        Self::from_text(&run.params)
    }

    pub(super) fn to_text(&self) -> String {
        let uploads: Vec<Value> = self.uploads.iter().map(|id| id.as_str().into()).collect();
        let object = Object::new()
            .with("uploads", uploads)
            .with("intake", intake::to_object(&self.intake))
            .with("label", self.label.as_str());
        String::from_utf8(Value::from(object).to_canonical()).unwrap_or_default()
    }

    pub(super) fn from_text(text: &str) -> Self {
        let value = Value::parse(text.as_bytes()).unwrap_or(Value::Null);
        let field = |key: &str| value.as_object().and_then(|object| object.get(key));
        let uploads = field("uploads")
            .and_then(Value::as_array)
            .unwrap_or_default();
        let id = |value: &Value| value.as_str()?.parse().ok();
        Self {
            uploads: uploads.iter().filter_map(id).collect(),
            intake: intake::from_value(field("intake")),
            label: field("label")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
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

    #[test]
    fn a_drop_is_kept_with_what_is_known_of_it() {
        let params = CaptureParams {
            uploads: vec!["00112233445566778899aabbccddeeff".parse().unwrap()],
            intake: Intake {
                from: Some("Anna".to_owned()),
                place: Some("Brücke".to_owned()),
                ..Intake::default()
            },
            label: "first".to_owned(),
        };
        assert_eq!(CaptureParams::from_text(&params.to_text()), params);
        assert_eq!(SealParams::from_text(&params.to_text()).label, "first");
    }
}
