//! Who acts: named on purpose, or not stated. Never taken from the operating system.

use bundle::canon::{Object, Value};
use bundle::format::text::clean;

/// How a person acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// In the desktop window.
    Desktop,
    /// On the command line.
    Cli,
    /// Through the API with a token.
    Token,
    /// With a key of their own.
    Key,
    /// Not a person: a service or a watched folder.
    Unattended,
}

impl By {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Cli => "cli",
            Self::Token => "token",
            Self::Key => "key",
            Self::Unattended => "unattended",
        }
    }
}

/// Who acts. Empty means not stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// A random id that stays when the name changes.
    pub id: String,
    /// Name or pseudonym.
    pub name: String,
    /// Role.
    pub role: String,
    /// How.
    pub by: By,
}

impl Actor {
    /// Nobody named.
    pub fn not_stated(by: By) -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            role: String::new(),
            by,
        }
    }

    /// Whether somebody is named.
    pub fn is_stated(&self) -> bool {
        !self.name.is_empty()
    }

    pub(crate) fn to_object(&self) -> Object {
        let text = |text: &str| clean(text.as_bytes()).text;
        Object::new()
            .with("id", text(&self.id))
            .with("name", text(&self.name))
            .with("role", text(&self.role))
            .with("by", self.by.as_str())
    }
}

/// The operator of this data root, as set on purpose: what actor and signer's card say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Operator {
    /// A random id, made when the operator is first set.
    pub id: String,
    /// Name or pseudonym.
    pub name: String,
    /// Role.
    pub role: String,
    /// Organisation.
    pub organisation: String,
    /// How to reach them.
    pub contact: String,
}

impl Operator {
    pub(crate) fn to_text(&self) -> String {
        let object = Object::new()
            .with("id", self.id.as_str())
            .with("name", self.name.as_str())
            .with("role", self.role.as_str())
            .with("organisation", self.organisation.as_str())
            .with("contact", self.contact.as_str());
        String::from_utf8(Value::from(object).to_canonical()).unwrap_or_default()
    }

    pub(crate) fn from_text(text: &str) -> Self {
        let value = Value::parse(text.as_bytes()).unwrap_or(Value::Null);
        let field = |key: &str| {
            let object = value.as_object();
            object
                .and_then(|object| object.get(key))
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        Self {
            id: field("id"),
            name: field("name"),
            role: field("role"),
            organisation: field("organisation"),
            contact: field("contact"),
        }
    }
}
