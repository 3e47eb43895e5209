//! What a verifier has to take: less source, more machine, keys and types that it does not know.

use bundle::canon::{Object, Value};

use crate::case::{Case, accepted, all};
use crate::draft::{Body, Draft};
use crate::forge::{forge, vector};
use crate::receiver::lenient;

pub fn cases() -> Vec<Case> {
    vec![
        accepted("names hidden", || {
            forge("series-1").at(4, |event| event.source.hide()).build()
        }),
        accepted("all names hidden", || {
            let mut forge = forge("series-1");
            let last = forge.events.len() - 1;
            forge.events[..last]
                .iter_mut()
                .for_each(|event| event.source.hide());
            forge.build()
        }),
        accepted("what machine it came from", || {
            let machine = Object::new()
                .with("salt", "9".repeat(32))
                .with("host", "field laptop");
            forge("series-1")
                .at(4, |event| event.machine = Body::Open(machine))
                .build()
        }),
        accepted("keys that nobody knows", || {
            let more = |event: &mut Draft| {
                event
                    .content
                    .set("later", vec![Value::Float(0.5), Value::Null]);
                event.source.set("raw_sha256", "0".repeat(64));
            };
            forge("series-1").at(4, more).build()
        }),
        accepted("an event of a type that nobody knows", || {
            let review = |events: &mut Vec<Draft>| {
                let content = Object::new()
                    .with("salt", "8".repeat(32))
                    .with("item", "none")
                    .with("raw_sha256", 5_u64);
                let event = Draft::new("REVIEW", &events[3], content, None);
                events.push(event);
            };
            forge("series-1").events(review).build()
        }),
        accepted("a clock that goes back", || {
            forge("series-1")
                .at(4, |event| {
                    "2001-01-01T00:00:00.000000+00:00".clone_into(&mut event.ts_utc);
                })
                .build()
        }),
        accepted("in an increment the title is the signer's word", || {
            let retitled = |ours: &mut Object| {
                let project = ours.object("project").unwrap().clone();
                ours.insert("project", project.with("name", "Harbour tunnel"));
            };
            forge("series-3").fieldgrade(retitled).build()
        }),
        accepted("the second bundle of a series", || vector("series-2")),
        accepted("the third", || vector("series-3")),
        accepted("the whole", || vector("series-4-full")),
        accepted("names that were cleaned", || (vector("names"), lenient())),
        accepted("a sealing given up", || (vector("events-only"), lenient())),
        accepted("a chain that goes on from a backup", || {
            (vector("restored-2"), lenient())
        }),
        accepted("an event more in an increment", || {
            forge("series-2")
                .events(|events| events.push(events[3].again('7')))
                .build()
        }),
    ]
}

#[test]
fn answers() {
    all(&cases());
}
