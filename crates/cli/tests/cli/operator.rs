//! Who works here.

use serde_json::Value;

use crate::house::House;

#[test]
fn the_operator_is_set_shown_and_cleared() {
    let house = House::new();
    house.seal(&[], "one");
    let set = house.json(&[], &["operator", "set", "Ada", "--role", "inspector"]);
    assert_eq!(set["operator"]["name"], "Ada");
    assert_eq!(house.json(&[], &["operator"])["operator"], set["operator"]);
    let events = house.json(&[], &["ledger"]);
    let last = events["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["type"], "OPERATOR");
    assert_eq!(last["source"]["actor"]["name"], "Ada");
    let card = house.json(&[], &["keys", "card"]);
    assert_eq!(
        (card["name"].as_str(), card["role"].as_str()),
        (Some("Ada"), Some("inspector"))
    );
    let again = house.json(&[], &["operator", "set", "Ada S.", "--same-person"]);
    assert_eq!(again["operator"]["id"], set["operator"]["id"]);
    house.json(&[], &["operator", "clear"]);
    assert_eq!(
        house.json(&[], &["operator", "show"])["operator"],
        Value::Null
    );
    assert_eq!(
        house.refused(&[], &["operator", "set", " "], 1).0,
        "name_invalid"
    );
}
