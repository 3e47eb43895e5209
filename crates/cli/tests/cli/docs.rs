//! The pages of the documentation that are made from the program are those that the program makes now.

use crate::program::{project, run};

#[test]
fn the_pages_are_current() {
    let bless = std::env::var_os("FIELDGRADE_BLESS").is_some_and(|value| value == "1");
    for (page, name) in [
        ("cli", "cli.md"),
        ("errors", "errors.md"),
        ("openapi", "openapi.json"),
    ] {
        let made = run(&["docs", page]).out;
        assert!(made.lines().count() > 20, "{made}");
        let path = project().join("docs").join(name);
        if bless {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &made).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == made,
            "docs/{name} is stale: FIELDGRADE_BLESS=1 cargo test -p fieldgrade-cli writes it anew"
        );
    }
}

/// Whatever a vector is refused for stands in the catalogue.
#[test]
fn every_code_that_comes_up_is_explained() {
    let errors = run(&["docs", "errors"]).out;
    for folder in ["bad", "good"] {
        for file in std::fs::read_dir(project().join("tests/vectors").join(folder)).unwrap() {
            let path = file.unwrap().path();
            let document = run(&["verify", path.to_str().unwrap(), "--json"]).document();
            for check in document["checks"].as_array().unwrap() {
                let Some(code) = check["code"].as_str() else {
                    continue;
                };
                let word = code.split(':').next().unwrap();
                assert!(
                    errors.contains(&format!("\n### {word}\n")),
                    "{}: {code}",
                    path.display()
                );
            }
        }
    }
}
