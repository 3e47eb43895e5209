//! StudSpec and TubeSpec: the two contracts that a bundle may carry at its root.
//!
//! Unknown keys are free. At verification the reference counts warnings as issues; whoever calls decides by
//! [`Issue::severity`].

use crate::canon::{Object, Value};

/// Something in a contract that its rules do not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Where, as a JSON pointer; `/` for the contract as a whole.
    pub path: String,
    /// How bad.
    pub severity: Severity,
    /// What should have been there.
    pub what: &'static str,
}

/// How bad an [`Issue`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The contract is wrong.
    Error,
    /// The contract is unusual.
    Warn,
}

/// What is wrong with `studspec.json`.
pub fn studspec_issues(spec: &Value) -> Vec<Issue> {
    let mut check = Check::default();
    let Some(spec) = spec.as_object() else {
        check.error("/", "an object");
        return check.issues;
    };
    check.demand(
        "/",
        text(spec, "studspec") == Some("1.0"),
        "`studspec` \"1.0\"",
    );
    check.demand(
        "/memite_id",
        text(spec, "memite_id").is_some_and(is_memite_id),
        "3 to 256 letters, digits and ._:/-",
    );
    check.demand(
        "/kind",
        text(spec, "kind").is_some_and(|kind| KINDS.contains(&kind)),
        "a known kind",
    );
    let io = section(spec, "io");
    check.ports(&io, "inputs");
    if check.ports(&io, "outputs") == Some(0) {
        check.warn("/io/outputs", "at least one output");
    }
    let limits = section(spec, "constraints");
    let known = ["strict", "bounded", "best_effort"];
    let determinism = text(&limits, "determinism").is_some_and(|word| known.contains(&word));
    check.demand(
        "/constraints/determinism",
        determinism,
        "strict, bounded or best_effort",
    );
    for key in ["max_ram_mb", "max_disk_mb", "max_latency_ms"] {
        let fits = limits
            .get(key)
            .is_none_or(|n| n.as_int().is_some_and(|n| n >= 0));
        check.demand(
            &format!("/constraints/{key}"),
            fits,
            "an integer of at least 0",
        );
    }
    let network = limits
        .get("network")
        .is_none_or(|network| network.as_str().is_some());
    check.demand("/constraints/network", network, "a string");
    check.issues
}

/// What is wrong with `tubespec.json`.
pub fn tubespec_issues(spec: &Value) -> Vec<Issue> {
    let none = Object::new();
    let mut check = Check::default();
    let Some(spec) = spec.as_object() else {
        check.error("/", "an object");
        return check.issues;
    };
    check.demand(
        "/",
        text(spec, "tubespec") == Some("1.0"),
        "`tubespec` \"1.0\"",
    );
    match spec.get("runtime").and_then(Value::as_object) {
        None => check.error("/runtime", "an object"),
        Some(runtime) => {
            check.demand(
                "/runtime/python",
                filled(runtime, "python").is_some(),
                "text",
            );
            for key in ["platform", "cpu_arch", "os", "accelerator"] {
                let fits = runtime
                    .get(key)
                    .is_none_or(|value| value.is_null() || value.as_str().is_some());
                check.demand(&format!("/runtime/{key}"), fits, "a string or null");
            }
        }
    }
    for (path, item) in check.list(spec, "deps") {
        match item.as_str() {
            None | Some("") => check.error(&path, "text"),
            Some(dep) if dep.contains(char::is_whitespace) => {
                check.warn(&path, "a name without white space");
            }
            Some(_) => {}
        }
    }
    for (path, item) in check.list(spec, "tools") {
        let tool = item.as_object().unwrap_or(&none);
        check.demand(&format!("{path}/id"), filled(tool, "id").is_some(), "text");
        let key = text(tool, "allowlist_key").is_some();
        check.demand(&format!("{path}/allowlist_key"), key, "a string");
    }
    check.issues
}

const KINDS: [&str; 7] = [
    "frontend",
    "backend",
    "db",
    "filler",
    "evaluator",
    "tool",
    "pipeline",
];

#[derive(Default)]
struct Check {
    issues: Vec<Issue>,
}

impl Check {
    fn error(&mut self, path: &str, what: &'static str) {
        self.issues.push(Issue {
            path: path.to_owned(),
            severity: Severity::Error,
            what,
        });
    }

    fn warn(&mut self, path: &str, what: &'static str) {
        self.issues.push(Issue {
            path: path.to_owned(),
            severity: Severity::Warn,
            what,
        });
    }

    fn demand(&mut self, path: &str, fits: bool, what: &'static str) {
        if !fits {
            self.error(path, what);
        }
    }

    /// The items of an optional list, each with its path.
    fn list<'a>(&mut self, spec: &'a Object, key: &str) -> Vec<(String, &'a Value)> {
        match spec.get(key) {
            None => Vec::new(),
            Some(Value::Array(items)) => numbered(&format!("/{key}"), items),
            Some(_) => {
                self.error(&format!("/{key}"), "a list");
                Vec::new()
            }
        }
    }

    /// Checks one of the two lists of ports; how many there are.
    fn ports(&mut self, io: &Object, key: &str) -> Option<usize> {
        let none = Object::new();
        let path = format!("/io/{key}");
        let Some(Value::Array(ports)) = io.get(key) else {
            self.error(&path, "a list");
            return None;
        };
        for (path, port) in numbered(&path, ports) {
            let port = port.as_object().unwrap_or(&none);
            self.demand(
                &format!("{path}/name"),
                filled(port, "name").is_some(),
                "text",
            );
            let path = format!("{path}/schema");
            match filled(port, "schema") {
                None => self.error(&path, "text"),
                Some(schema) if !is_schema(schema) => {
                    self.warn(&path, "ldna://<media>/<name>@X.Y.Z");
                }
                Some(_) => {}
            }
        }
        Some(ports.len())
    }
}

/// The object at a key; anything else counts as an empty one, so that what is missing in it is told.
fn section(spec: &Object, key: &str) -> Object {
    spec.get(key)
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default()
}

fn numbered<'a>(path: &str, items: &'a [Value]) -> Vec<(String, &'a Value)> {
    items
        .iter()
        .enumerate()
        .map(|(i, item)| (format!("{path}/{i}"), item))
        .collect()
}

fn text<'a>(object: &'a Object, key: &str) -> Option<&'a str> {
    object.get(key).and_then(Value::as_str)
}

/// A string that is not empty.
fn filled<'a>(object: &'a Object, key: &str) -> Option<&'a str> {
    text(object, key).filter(|text| !text.is_empty())
}

fn is_memite_id(id: &str) -> bool {
    (3..=256).contains(&id.len())
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._:/-".contains(&b))
        && !id.contains("..")
        && !id.contains("//")
}

/// `ldna://<media>/<name>@X.Y.Z`
fn is_schema(text: &str) -> bool {
    let Some((name, version)) = text
        .strip_prefix("ldna://")
        .and_then(|rest| rest.split_once('@'))
    else {
        return false;
    };
    let number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let named = name
        .split_once('/')
        .is_some_and(|(media, name)| !media.is_empty() && !name.is_empty());
    named && version.split('.').count() == 3 && version.split('.').all(number)
}
