//! Where settings come from.

use super::*;

fn read(root: &Path, variables: &[(&str, &str)]) -> Result<Config, AppError> {
    let variables: Vec<(String, OsString)> = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).into()))
        .collect();
    Config::read(Some(root), &move |name| {
        let found = variables.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone())
    })
}

fn write(root: &Path, text: &str) {
    let path = DataRoot::settings_of(root);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

#[test]
fn a_variable_beats_the_file_beats_the_default() {
    let folder = tempfile::tempdir().unwrap();
    let source = |config: &Config| config.sets()[1].source.clone();
    let config = read(folder.path(), &[]).unwrap();
    assert_eq!(
        (config.disk_reserve(), source(&config)),
        (DISK_RESERVE, Source::Default)
    );
    write(folder.path(), "# ours\ndisk_reserve_bytes = 1_000\n");
    let config = read(folder.path(), &[]).unwrap();
    assert_eq!(
        (config.disk_reserve(), source(&config)),
        (1000, Source::File(2))
    );
    let config = read(folder.path(), &[("FG_DISK_RESERVE_BYTES", "7")]).unwrap();
    assert_eq!(
        (config.disk_reserve(), source(&config)),
        (7, Source::Variable)
    );
    let error = read(folder.path(), &[("FG_DISK_RESERVE_BYTES", "much")]).unwrap_err();
    assert_eq!(
        (error.code, error.place.as_deref()),
        ("setting_invalid", Some("FG_DISK_RESERVE_BYTES"))
    );
}

#[test]
fn a_passphrase_is_never_held_and_a_file_with_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "key_passphrase_file = \"/run/secrets/key\"");
    let config = read(folder.path(), &[("FG_KEY_PASSPHRASE", "hush")]).unwrap();
    assert!(config.sets()[2].is_set && !config.sets()[3].is_set);
    assert!(!format!("{config:?}").contains("hush"));
    assert_eq!(
        config.passphrase_file(),
        Some(Path::new("/run/secrets/key"))
    );
    let variable = [("FG_KEY_PASSPHRASE_FILE", "/elsewhere")];
    let config = read(folder.path(), &variable).unwrap();
    assert_eq!(config.passphrase_file(), Some(Path::new("/elsewhere")));
}

#[test]
fn what_the_file_cannot_say_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "disk_reserve = 5\n\ndata_dir = \"/x\"\nkey_passphrase = \"hush\"\n[server]\nport = 1\n",
    );
    let config = read(folder.path(), &[]).unwrap();
    let told: Vec<(usize, &str)> = config
        .complaints()
        .iter()
        .map(|complaint| (complaint.line, complaint.key.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (1, "disk_reserve"),
            (3, "data_dir"),
            (4, "key_passphrase"),
            (5, "server")
        ]
    );
    assert!(
        config
            .complaints()
            .iter()
            .all(|complaint| !complaint.what.contains("hush"))
    );
    write(folder.path(), "disk_reserve_bytes = [\n");
    let error = read(folder.path(), &[]).unwrap_err();
    assert_eq!(error.code, "config_unreadable");
    assert!(error.place.unwrap().contains("fieldgrade.toml, line "));
    write(folder.path(), "\ndisk_reserve_bytes = true\n");
    let error = read(folder.path(), &[]).unwrap_err();
    assert_eq!(error.code, "setting_invalid");
    assert!(error.place.unwrap().ends_with("fieldgrade.toml, line 2"));
}
