use bundle::canon::Object;
use vault::{By, HouseEvent};

use crate::support::{House, code, content, source, string};

#[test]
fn the_house_has_a_record_that_is_no_case() {
    let house = House::new();
    assert!(house.vault.house_events(0, 10).unwrap().is_empty());
    let body = Object::new().with("bytes", 12_i64);
    let words = Object::new().with("place", "drive B");
    let record = |event| {
        house
            .vault
            .record_in_house(event, body.clone(), words.clone(), &house.act)
            .unwrap();
    };
    for event in [
        HouseEvent::Backup,
        HouseEvent::Restore,
        HouseEvent::Token,
        HouseEvent::Setting,
        HouseEvent::Trust,
    ] {
        record(event);
    }
    let events = house.vault.house_events(0, 10).unwrap();
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(
        kinds,
        ["GENESIS", "BACKUP", "RESTORE", "TOKEN", "SETTING", "TRUST"]
    );
    assert_eq!(string(&source(&events[1]), "place"), "drive B");
    assert!(content(&events[1]).contains("clock"));
    house.sound();

    assert!(house.vault.projects().unwrap().is_empty());
    assert_eq!(house.vault.find_project("_org").unwrap(), None);
    assert_eq!(
        code(house.vault.project("_org", &house.act)),
        "project_unknown"
    );
    let made = house
        .vault
        .create_project("_org", &vault::Naming::default(), &house.act);
    assert_eq!(code(made), "name_invalid");
}

#[test]
fn two_processes_make_one_record() {
    let house = House::new();
    let others: Vec<_> = (0..4).map(|_| house.again()).collect();
    std::thread::scope(|scope| {
        for vault in &others {
            scope.spawn(|| {
                let act = vault.act(None, By::Cli).unwrap();
                vault
                    .record_in_house(HouseEvent::Backup, Object::new(), Object::new(), &act)
                    .unwrap();
            });
        }
    });
    assert_eq!(house.vault.house_events(0, 10).unwrap().len(), 5);
    assert_eq!(house.vault.own_keys().unwrap().len(), 1);
    house.sound();
}
