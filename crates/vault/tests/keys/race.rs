use vault::keys::{KeyState, Rotation};

use crate::support::House;

#[test]
fn two_processes_that_change_the_key_end_with_one_change() {
    let house = House::new();
    let case = house.case("default");
    house.sealed(&case, "one");
    let others: Vec<_> = (0..4).map(|_| house.again()).collect();
    let act = house.act.clone();
    let results: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> = others
            .iter()
            .map(|vault| scope.spawn(|| vault.rotate_key(&Rotation::default(), &act)))
            .collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let done = results.iter().filter(|result| result.is_ok()).count();
    for result in results {
        if let Err(error) = result {
            assert_eq!(error.code(), "key_changed");
        }
    }
    assert!(done >= 1);
    let keys = house.vault.own_keys().unwrap();
    assert_eq!(keys.len(), 1 + done);
    assert_eq!(
        keys.iter()
            .filter(|key| key.state == KeyState::Active)
            .count(),
        1
    );
    let rotations = house
        .kinds(&case)
        .iter()
        .filter(|kind| *kind == "KEY_ROTATED")
        .count();
    assert_eq!(rotations, done);
    let bundle = house.sealed(&case, "two");
    assert!(house.check(&house.bytes(&bundle)).accepted);
    house.sound();
}

#[test]
fn sealing_while_the_key_changes_gives_packages_that_verify() {
    let house = House::new();
    let case = house.case("default");
    house.capture(&case, "start");
    let other = house.again();
    let sealed = std::thread::scope(|scope| {
        let changing = scope.spawn(|| {
            for _ in 0..6 {
                other.rotate_key(&Rotation::default(), &house.act).unwrap();
            }
        });
        let mut sealed = Vec::new();
        while !changing.is_finished() {
            sealed.push(house.seal(&case));
        }
        changing.join().unwrap();
        house.capture(&case, "end");
        sealed.push(house.seal(&case));
        sealed
    });
    for bundle in sealed {
        let report = house.check(&house.bytes(&bundle));
        assert!(report.accepted, "{:#?}", report.checks);
    }
    house.sound();
}
