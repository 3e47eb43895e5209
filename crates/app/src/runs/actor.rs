//! Who asked for a run, as its row keeps it: the worker acts in their name.

use bundle::canon::{Object, Value};
use vault::{Actor, By};

const WAYS: [By; 5] = [By::Desktop, By::Cli, By::Token, By::Key, By::Unattended];

pub(super) fn to_text(actor: &Actor) -> String {
    let object = Object::new()
        .with("id", actor.id.as_str())
        .with("name", actor.name.as_str())
        .with("role", actor.role.as_str())
        .with("by", actor.by.as_str());
    String::from_utf8(Value::from(object).to_canonical()).unwrap_or_default()
}

pub(super) fn from_text(text: &str) -> Actor {
    let value = Value::parse(text.as_bytes()).unwrap_or(Value::Null);
    let field = |key: &str| {
        let object = value.as_object();
        object
            .and_then(|object| object.get(key)?.as_str())
            .unwrap_or_default()
    };
    let by = WAYS.into_iter().find(|way| way.as_str() == field("by"));
    Actor {
        id: field("id").to_owned(),
        name: field("name").to_owned(),
        role: field("role").to_owned(),
        by: by.unwrap_or(By::Unattended),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_asked_is_who_acts() {
        let actor = Actor {
            id: "1".to_owned(),
            name: "Anna \"A\" Öl".to_owned(),
            role: "inspector".to_owned(),
            by: By::Token,
        };
        assert_eq!(from_text(&to_text(&actor)), actor);
        assert_eq!(from_text("broken").by, By::Unattended);
    }
}
