use std::collections::{BTreeMap, btree_map};

use super::Value;

/// A JSON object: keys sorted by code point (which is the order of their UTF-8 bytes).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Object(BTreeMap<String, Value>);

/// A value has not the shape its place demands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {expected}")]
pub struct ShapeError {
    /// The key that is missing, superfluous or wrong.
    pub key: String,
    /// What should have stood there.
    pub expected: &'static str,
}

impl Object {
    /// An empty object.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key; for building values in one expression.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    /// Adds a key if there is a value.
    #[must_use]
    pub fn with_some(self, key: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Adds or replaces a key.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<Value>) {
        self.0.insert(key.into(), value.into());
    }

    /// Removes a key.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        self.0.remove(key)
    }

    /// Whether the key is there.
    pub fn contains(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// Keys and values in canonical order.
    pub fn iter(&self) -> btree_map::Iter<'_, String, Value> {
        self.0.iter()
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Demands exactly these keys.
    pub fn exactly(&self, keys: &[&str]) -> Result<(), ShapeError> {
        for key in keys {
            self.required(key)?;
        }
        match self.0.keys().find(|key| !keys.contains(&key.as_str())) {
            Some(key) => Err(ShapeError {
                key: key.clone(),
                expected: "no such key here",
            }),
            None => Ok(()),
        }
    }

    /// The value of a key that must be there.
    pub fn required(&self, key: &str) -> Result<&Value, ShapeError> {
        self.get(key)
            .ok_or_else(|| wrong(key, "a key that is missing"))
    }

    /// A string that must be there.
    pub fn string(&self, key: &str) -> Result<&str, ShapeError> {
        self.required(key)?
            .as_str()
            .ok_or_else(|| wrong(key, "a string"))
    }

    /// A string or null.
    pub fn opt_string(&self, key: &str) -> Result<Option<&str>, ShapeError> {
        match self.required(key)? {
            Value::Null => Ok(None),
            value => value
                .as_str()
                .map(Some)
                .ok_or_else(|| wrong(key, "a string or null")),
        }
    }

    /// An integer of at least zero that must be there.
    pub fn count(&self, key: &str) -> Result<u64, ShapeError> {
        let number = self.required(key)?.as_int();
        number
            .and_then(|n| u64::try_from(n).ok())
            .ok_or_else(|| wrong(key, "an integer of at least 0"))
    }

    /// An object that must be there.
    pub fn object(&self, key: &str) -> Result<&Object, ShapeError> {
        self.required(key)?
            .as_object()
            .ok_or_else(|| wrong(key, "an object"))
    }

    /// A list that must be there.
    pub fn array(&self, key: &str) -> Result<&[Value], ShapeError> {
        self.required(key)?
            .as_array()
            .ok_or_else(|| wrong(key, "a list"))
    }

    /// A truth value that must be there.
    pub fn boolean(&self, key: &str) -> Result<bool, ShapeError> {
        match self.required(key)? {
            Value::Bool(b) => Ok(*b),
            _ => Err(wrong(key, "true or false")),
        }
    }
}

/// An error for `key`.
pub(crate) fn wrong(key: &str, expected: &'static str) -> ShapeError {
    ShapeError {
        key: key.to_owned(),
        expected,
    }
}

impl<'a> IntoIterator for &'a Object {
    type Item = (&'a String, &'a Value);
    type IntoIter = btree_map::Iter<'a, String, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<(String, Value)> for Object {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(iter: I) -> Self {
        Self(iter.into_iter().collect())
    }
}
