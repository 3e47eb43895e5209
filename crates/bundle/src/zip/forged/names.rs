use super::*;

#[test]
fn names_that_cannot_stand_side_by_side() {
    let names = |names: &[&str]| {
        let members: Vec<(&[u8], &[u8])> = names
            .iter()
            .map(|name| (name.as_bytes(), [].as_slice()))
            .collect();
        let mut forged = Forged::new(&members);
        forged.settle();
        for item in forged.items.iter_mut().filter(|item| !item.name.is_ascii()) {
            item.headers.local.flags = 1 << 11;
            item.headers.central.local.flags = 1 << 11;
        }
        judgement(&forged.bytes())
    };
    let blob = format!("cas/raw/{}", "ab".repeat(32));
    assert_eq!(names(&["a", "a"]), "duplicate_zip_members");
    assert_eq!(names(&[&blob, &blob]), "duplicate_zip_members");
    assert_eq!(names(&["a", "b", "a"]), "duplicate_zip_members");
    assert_eq!(names(&["A", "a"]), "zip_name_collision");
    assert_eq!(names(&["STRASSE", "straße"]), "zip_name_collision");
    assert_eq!(names(&["STRAẞE", "straße"]), "zip_name_collision");
    assert_eq!(names(&["ſ", "s"]), "zip_name_collision");
    assert_eq!(names(&["é/x", "E\u{301}"]), "zip_name_collision");
    assert_eq!(names(&["e\u{301}", "\u{e9}"]), "zip_name_collision");
    assert_eq!(names(&[&blob.to_uppercase(), &blob]), "zip_name_collision");
    assert_eq!(names(&["a", "a/b"]), "zip_name_collision");
    assert_eq!(names(&["A", "a/b/c"]), "zip_name_collision");
    assert_eq!(names(&[&blob, &format!("{blob}/x")]), "zip_name_collision");
    assert_eq!(names(&["CAS", &blob]), "zip_name_collision");
    assert_eq!(names(&["cas/RAW", &blob]), "zip_name_collision");
    assert_eq!(names(&["a/"]), "zip_directory");
    assert_eq!(names(&["../a"]), "unsafe_zip_member");
    assert_eq!(names(&["a", "ab", "ab-c", "b/a", "c/a", &blob]), "sealed");
    assert_eq!(
        names(&["a", "ab", "b/a", "c/a", &blob.replace("raw", "aux"), &blob]),
        "sealed"
    );
    assert_eq!(names(&["a", &blob, "d/a", "d/b", "e"]), "sealed");
    assert_eq!(names(&["b", "a"]), "a: out of order");
}
