use crate::program::run;

#[test]
fn a_command_line_that_is_not_understood() {
    for (arguments, expected) in [
        (
            &["verify"][..],
            "\
error[usage]: The following required arguments were not provided: <BUNDLE>.
  next: Write it as: fieldgrade verify <BUNDLE>
",
        ),
        (
            &["verfy", "x"],
            "\
error[usage]: Unrecognized subcommand 'verfy'.
  next: Write it as: fieldgrade [OPTIONS] <COMMAND>
hint: a similar subcommand exists: 'verify'
",
        ),
        (
            &["verify", "x", "--polic\u{1b}y", "y"],
            "\
error[usage]: Unexpected argument '--polic\u{fffd}y' found.
  next: Write it as: fieldgrade verify --policy <FILE> <BUNDLE>
hint: a similar argument exists: '--policy'
",
        ),
    ] {
        let ran = run(arguments);
        assert_eq!(ran.err, expected);
        assert_eq!((ran.out.as_str(), ran.status), ("", 2));
    }
}

#[test]
fn programs_get_a_document_for_it() {
    for arguments in [
        &["--json"][..],
        &["verify", "--json"],
        &["--json", "frob"],
        &["verify", "a", "b", "--json"],
    ] {
        let ran = run(arguments);
        let document = ran.document();
        assert_eq!(
            (ran.status, &document["error"]["code"]),
            (2, &"usage".into())
        );
        assert!(document["error"]["place"].is_null());
    }
}

#[test]
fn help_and_version_are_answers() {
    for arguments in [
        &["--help"][..],
        &["verify", "--help"],
        &["--version"],
        &["-V"],
    ] {
        let ran = run(arguments);
        assert_eq!((ran.err.as_str(), ran.status), ("", 0), "{arguments:?}");
        assert!(!ran.out.is_empty());
    }
    let version = format!("fieldgrade {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(run(&["--version"]).out, version);
    let ran = run(&[]);
    assert_eq!((ran.out.as_str(), ran.status), ("", 2));
    assert!(
        ran.err.contains("Usage: fieldgrade [OPTIONS] <COMMAND>"),
        "{}",
        ran.err
    );
    assert!(!ran.err.contains("docs"), "{}", ran.err);
}

#[test]
fn completions_name_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let ran = run(&["completions", shell]);
        assert_eq!((ran.err.as_str(), ran.status), ("", 0));
        assert!(
            ran.out.contains("verify") && ran.out.contains("allowlist"),
            "{}",
            ran.out
        );
    }
    let document = run(&["completions", "bash", "--json"]).document();
    assert_eq!(document["shell"], "bash");
}
