use std::collections::BTreeMap;
use std::rc::Rc;

use super::error::short;
use super::{Place, YamlError, YamlErrorKind};
use crate::canon::{Object, Value};

/// How many remarks of one kind are kept.
const MAX_REMARKS: usize = 16;

/// A value with the place where it stands in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub(super) kind: Kind,
    pub(super) place: Place,
    pub(super) extent: Extent,
}

/// What a node is. Aliases share their node.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Date(String),
    List(Vec<Rc<Node>>),
    Map(Map),
    /// A plain `<<`, of use only as a key.
    Merge,
    /// A plain `=`, of use only as a key.
    Equals,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Map {
    pub(super) entries: BTreeMap<String, Rc<Node>>,
    pub(super) twice: Vec<Remark>,
}

/// How large a node is once all aliases are written out.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Extent {
    pub(super) nodes: usize,
    pub(super) bytes: usize,
    pub(super) height: usize,
}

/// Something to know about a file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Where it stands.
    pub place: Place,
    /// The key it stands under, shortened.
    pub key: String,
}

/// What keeps a file from being sealed with, although it can be read; the first few of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// Keys that stand twice in one mapping. The last one was taken.
    pub duplicate_keys: Vec<Remark>,
    /// Numbers with a fraction.
    pub floats: Vec<Remark>,
}

impl Node {
    /// Where the value starts.
    pub fn place(&self) -> Place {
        self.place
    }

    /// The value of a key, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        if let Kind::Map(map) = &self.kind {
            map.entries.get(key).map(AsRef::as_ref)
        } else {
            None
        }
    }

    /// The node at a path of keys and list positions, or the last one on the way that there is.
    pub(in crate::policy) fn closest<'a>(&self, path: impl Iterator<Item = &'a str>) -> &Node {
        let mut node = self;
        for step in path {
            let next = match &node.kind {
                Kind::Map(map) => map.entries.get(step),
                Kind::List(items) => step.parse().ok().and_then(|i: usize| items.get(i)),
                _ => None,
            };
            let Some(next) = next else { break };
            node = next;
        }
        node
    }

    /// Whether this is a mapping.
    pub fn is_mapping(&self) -> bool {
        matches!(self.kind, Kind::Map(_))
    }

    /// Whether this is null, or an empty file.
    pub fn is_null(&self) -> bool {
        self.kind == Kind::Null
    }

    /// The value as it is hashed; fails at a date.
    pub fn to_value(&self) -> Result<Value, YamlError> {
        Ok(match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(b) => Value::Bool(*b),
            Kind::Int(n) => Value::Int(*n),
            Kind::Float(x) => Value::Float(*x),
            Kind::Text(text) => Value::String(text.clone()),
            Kind::Date(text) => return Err(YamlErrorKind::Date(text.clone()).at(self.place)),
            Kind::List(items) => Value::Array(
                items
                    .iter()
                    .map(|item| item.to_value())
                    .collect::<Result<_, _>>()?,
            ),
            Kind::Map(map) => {
                let entries = map
                    .entries
                    .iter()
                    .map(|(key, node)| Ok((key.clone(), node.to_value()?)));
                Value::Object(entries.collect::<Result<Object, YamlError>>()?)
            }
            Kind::Merge | Kind::Equals => return Err(self.not_a_value()),
        })
    }

    /// What there is to know about this value and all below.
    pub fn notes(&self) -> Notes {
        let mut notes = Notes::default();
        self.collect("", &mut notes);
        notes
    }

    fn collect(&self, key: &str, notes: &mut Notes) {
        match &self.kind {
            Kind::Float(_) if notes.floats.len() < MAX_REMARKS => {
                notes.floats.push(Remark {
                    place: self.place,
                    key: short(key),
                });
            }
            Kind::List(items) => items.iter().for_each(|item| item.collect(key, notes)),
            Kind::Map(map) => {
                let room = MAX_REMARKS - notes.duplicate_keys.len();
                notes
                    .duplicate_keys
                    .extend(map.twice.iter().take(room).cloned());
                map.entries
                    .iter()
                    .for_each(|(key, node)| node.collect(key, notes));
            }
            _ => {}
        }
    }

    /// The name of this kind of value, for a key that should have been text.
    pub(super) fn noun(&self) -> &'static str {
        match self.kind {
            Kind::Null | Kind::Merge | Kind::Equals => "empty",
            Kind::Bool(_) => "a truth value (yes, no, on, off, true or false)",
            Kind::Int(_) | Kind::Float(_) => "a number",
            Kind::Text(_) => "text",
            Kind::Date(_) => "a date",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a mapping",
        }
    }

    /// The error for a `<<` or `=` that is not a key.
    pub(super) fn not_a_value(&self) -> YamlError {
        let tag = if self.kind == Kind::Merge {
            "!!merge"
        } else {
            "!!value"
        };
        YamlErrorKind::Tag(tag.to_owned()).at(self.place)
    }
}

impl Extent {
    /// One level above `children`, which may be many.
    pub(super) fn above<'a>(children: impl Iterator<Item = &'a Rc<Node>>) -> Self {
        let start = Self {
            nodes: 1,
            bytes: 0,
            height: 1,
        };
        children.fold(start, |sum, child| Self {
            nodes: sum.nodes.saturating_add(child.extent.nodes),
            bytes: sum.bytes.saturating_add(child.extent.bytes),
            height: sum.height.max(child.extent.height + 1),
        })
    }
}
