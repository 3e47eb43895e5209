//! What is known of a drop, as a run keeps it.

use bundle::canon::{Object, Value};
use vault::Intake;

pub(super) fn to_object(intake: &Intake) -> Object {
    let mut object = Object::new();
    for (key, value) in fields(intake) {
        if let Some(value) = value {
            object.insert(key, value.as_str());
        }
    }
    object
}

fn fields(intake: &Intake) -> [(&'static str, &Option<String>); 7] {
    [
        ("from", &intake.from),
        ("where", &intake.place),
        ("when", &intake.when),
        ("how", &intake.how),
        ("authority", &intake.authority),
        ("reference", &intake.reference),
        ("note", &intake.note),
    ]
}

pub(super) fn from_value(value: Option<&Value>) -> Intake {
    let object = value.and_then(Value::as_object);
    let text = |key: &str| {
        let text = object.and_then(|object| object.get(key)?.as_str());
        text.map(str::to_owned)
    };
    Intake {
        from: text("from"),
        place: text("where"),
        when: text("when"),
        how: text("how"),
        authority: text("authority"),
        reference: text("reference"),
        note: text("note"),
    }
}
