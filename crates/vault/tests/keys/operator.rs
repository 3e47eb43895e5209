use vault::{By, OperatorChange};

use crate::support::{House, card_of, code, content, source, string};

fn set(house: &House, change: &OperatorChange<'_>) -> vault::Operator {
    let act = house.vault.act(None, By::Cli).unwrap();
    house.vault.set_operator(change, &act).unwrap()
}

#[test]
fn another_person_is_said_so_in_every_open_case() {
    let house = House::new();
    let (one, two) = (house.case("default"), house.case("two"));
    let closed = house.case("closed");
    house.vault.close_project(&closed, &house.act).unwrap();
    let ada = set(
        &house,
        &OperatorChange {
            name: Some(" Ada "),
            role: Some("inspector"),
            organisation: Some("Harbour Office"),
            ..OperatorChange::default()
        },
    );
    assert_eq!((ada.name.as_str(), ada.id.len()), ("Ada", 32));
    for case in [&one, &two] {
        let event = house.last(case, "OPERATOR");
        let body = source(&event);
        let actor = body.get("actor").unwrap().as_object().unwrap();
        assert_eq!(
            (string(actor, "name"), string(actor, "id")),
            ("Ada".into(), ada.id.clone())
        );
    }
    assert!(!house.kinds(&closed).contains(&"OPERATOR".to_owned()));
    let events = house.vault.house_events(0, 100).unwrap();
    let last = events.last().unwrap();
    assert_eq!(
        (
            last.kind.as_str(),
            string(&content(last), "setting").as_str()
        ),
        ("SETTING", "operator")
    );
    assert_eq!(string(&source(last), "organisation"), "Harbour Office");

    let first = house.sealed(&one, "one");
    assert_eq!(card_of(&house.bytes(&first)).who.name, "Ada");
    // Another name is another person, and nothing said of the first one sticks to them.
    let bo = set(
        &house,
        &OperatorChange {
            name: Some("Bo"),
            ..OperatorChange::default()
        },
    );
    assert_ne!(bo.id, ada.id);
    assert_eq!((bo.role.as_str(), bo.organisation.as_str()), ("", ""));
    house.capture(&one, "two");
    let second = house.seal(&one);
    assert_eq!(card_of(&house.bytes(&second)).who.name, "Bo");
    house.sound();
}

#[test]
fn the_same_person_keeps_their_id() {
    let house = House::new();
    let case = house.case("default");
    let ada = set(
        &house,
        &OperatorChange {
            name: Some("Ada"),
            ..OperatorChange::default()
        },
    );
    let said = |house: &House| {
        house
            .kinds(&case)
            .iter()
            .filter(|kind| *kind == "OPERATOR")
            .count()
    };
    assert_eq!(said(&house), 1);
    let married = OperatorChange {
        name: Some("Ada S."),
        same_person: true,
        ..OperatorChange::default()
    };
    let renamed = set(&house, &married);
    assert_eq!(
        (renamed.id.as_str(), renamed.name.as_str()),
        (ada.id.as_str(), "Ada S.")
    );
    assert_eq!(said(&house), 2);
    // A telephone number is no other person; saying the same again is nothing.
    set(
        &house,
        &OperatorChange {
            contact: Some("123"),
            ..OperatorChange::default()
        },
    );
    let before = house.vault.house_events(0, 100).unwrap().len();
    set(&house, &married);
    assert_eq!(
        (
            said(&house),
            house.vault.house_events(0, 100).unwrap().len()
        ),
        (2, before)
    );
}

#[test]
fn nobody_can_be_the_operator_again() {
    let house = House::new();
    let case = house.case("default");
    let nameless = house
        .vault
        .set_operator(&OperatorChange::default(), &house.act);
    assert_eq!(code(nameless), "name_invalid");
    set(
        &house,
        &OperatorChange {
            name: Some("Ada"),
            ..OperatorChange::default()
        },
    );
    let act = house.vault.act(None, By::Cli).unwrap();
    house.vault.clear_operator(&act).unwrap();
    assert_eq!(house.vault.operator().unwrap(), None);
    let body = source(&house.last(&case, "OPERATOR"));
    assert_eq!(
        string(body.get("actor").unwrap().as_object().unwrap(), "name"),
        ""
    );
    let kinds = house.kinds(&case);
    house.vault.clear_operator(&act).unwrap();
    assert_eq!(house.kinds(&case), kinds, "nothing to say twice");
}
