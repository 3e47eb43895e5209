use super::*;
use crate::canon::Value;

fn value(text: &str) -> Value {
    parse(text.as_bytes()).unwrap().to_value().unwrap()
}

fn error(text: &[u8]) -> YamlError {
    parse(text).and_then(|node| node.to_value()).unwrap_err()
}

/// What PyYAML 6.0.3 makes of plain words: the result, a bar, the words.
const WORDS: &str = r"
true | yes Yes YES on On ON true True TRUE
text | yEs tRue y n Y N nULL none None 08 09 0o10 0b 0b12 0x 0xG 0X10 _1 1-1 +-1 1:60 1:300 0:30
text | 01:30 1:60.5 1:30.5e+3 -.5 +.5 1.5e3 1e3 1e+3 .5e1 ._5 5_e+3 1.2.3 .iNF -.nan inf nan
text | 2024-5-1 2024-05-1 24-05-01 2024-05-01T10:20 2024-05-01Z 2024-05-01T10:20:30+1:3
text | 2024-05-01T10:20:30+123 2024-05-01T <<< == <= abc 1a a1 1.2a 0x1.8 e3 . .. ... -- + -a +a
text | 1,2 1/2 $1 v1.0 MERGE ①
false | no No NO off Off OFF false False FALSE
null | ~ null Null NULL
0 | 0 -0 +0 00 0_
1 | 1 +1 01
-1 | -1 -0b1
7 | 007 0_7
8 | 010
-8 | -010
5 | 0b101
error | 0b_ 0x_ << =
31 | 0x1F
255 | 0xfF
-16 | -0x10
1000 | 1_000
10 | 1__0_
9007199254740991 | 9007199254740991 0x1fffffffffffff
-9007199254740991 | -9007199254740991
out of range | 9007199254740992 123456789012345678901234567890 0x20000000000000
90 | 1:30
63 | 1:3
685230 | 190:20:30
-90 | -1:30
630 | 1_0:30
3723 | 1:2:3
90.5 | 1:30.5
30.5 | 0:30.5
3723.25 | 1:2:3.25
-90.0 | -1:30.
1.0 | 1.0 1.
0.5 | .5
-0.5 | -0.5
1.5 | +1.5 1._5
1500.0 | 1.5e+3
0.0015 | 1.5e-3
5.0 | .5e+1
10.25 | 1_0.2_5
0.1 | 0.1
-0.0 | -0.0
not finite | 1.0e+400 .inf .Inf .INF -.inf +.INF .nan .NaN .NAN
1.7976931348623157e+308 | 1.7976931348623157e+308
5e-324 | 5.0e-324
1000.0 | 1.e+3
date | 2024-05-01 2024-13-45 2024-05-01T10:20:30 2024-05-01t10:20:30Z 2024-5-1T1:20:30.5+01:30
date | 2024-05-01T10:20:30.+1
";

/// The same for words with blanks in them.
const PHRASES: [(&str, &str); 7] = [
    ("2024-05-01 10:20:30", "date"),
    ("2024-05-01  10:20:30 Z", "date"),
    ("2024-05-01 \t10:20:30\t+1", "date"),
    ("2024-05-01T 10:20:30", "text"),
    ("2024-05-01 10:20:3", "text"),
    ("1 000", "text"),
    ("yes sir", "text"),
];

fn check_word(word: &str, expected: &str) {
    // In a list, so that no word can be taken for a part of the document's frame.
    let found = match parse(format!("- {word}\n").as_bytes()).and_then(|node| node.to_value()) {
        Ok(list) => match list.as_array() {
            Some([Value::String(text)]) if text == word => "text".to_owned(),
            Some([item]) => String::from_utf8(item.to_canonical()).unwrap(),
            _ => format!("{list:?}"),
        },
        Err(e) => match e.kind {
            YamlErrorKind::Date(_) => "date".to_owned(),
            YamlErrorKind::NotFinite(_) => "not finite".to_owned(),
            YamlErrorKind::IntOutOfRange(_) => "out of range".to_owned(),
            YamlErrorKind::Malformed(_) | YamlErrorKind::Tag(_) => "error".to_owned(),
            _ => e.to_string(),
        },
    };
    assert_eq!(found, expected, "{word:?}");
}

#[test]
fn plain_words_mean_what_they_mean_to_pyyaml() {
    for line in WORDS.trim().lines() {
        let (expected, words) = line.split_once(" | ").unwrap();
        words.split(' ').for_each(|word| check_word(word, expected));
    }
    for (word, expected) in PHRASES {
        check_word(word, expected);
    }
    assert_eq!(value("-"), Value::Array(vec![Value::Null]));
}

#[test]
fn quotes_and_tags_decide_before_the_form() {
    let cases = [
        ("'yes'", r#""yes""#),
        ("\"010\"", r#""010""#),
        ("|\n  1.5\n", r#""1.5\n""#),
        ("!!str 010", r#""010""#),
        ("!!int '010'", "8"),
        ("!!float 1", "1.0"),
        ("!!bool \"on\"", "true"),
        ("!!null ''", "null"),
        ("!!seq [1]", "[1]"),
        ("!!map {=: 1}", r#"{"=":1}"#),
    ];
    for (text, expected) in cases {
        assert_eq!(
            String::from_utf8(value(text).to_canonical()).unwrap(),
            expected,
            "{text}"
        );
    }
}

#[test]
fn anchors_aliases_and_merges_are_written_out() {
    let text =
        "base: &b {x: 1, y: 2}\nother: &o {y: 3, z: 4}\nboth:\n  <<: [*b, *o]\n  x: 9\ncopy: *b\n";
    let expected = r#"{"base":{"x":1,"y":2},"both":{"x":9,"y":2,"z":4},"copy":{"x":1,"y":2},"other":{"y":3,"z":4}}"#;
    assert_eq!(
        String::from_utf8(value(text).to_canonical()).unwrap(),
        expected
    );
    assert_eq!(value("'<<': 1"), value("{\"<<\": 1}"));
}

#[test]
fn empty_files_line_ends_and_a_mark_in_front_make_no_difference() {
    for text in ["", "# nothing\n", "---\n", "\u{feff}", "~"] {
        assert_eq!(value(text), Value::Null, "{text:?}");
    }
    let unix = value("a: 1\nb: |\n  x\n  y\n");
    assert_eq!(value("\u{feff}a: 1\r\nb: |\r\n  x\r\n  y\r\n"), unix);
    // As PyYAML: without a line break at the end, the block has none either.
    assert_eq!(value("a: |\n  x"), value("a: x"));
    assert_eq!(value("a: |\n  x\n# end"), value("a: \"x\\n\""));
}

#[test]
fn notes_tell_what_must_not_be_sealed() {
    let notes = parse(b"a: 1\nb: {c: 1.5, a: [2.5]}\na: 2\n")
        .unwrap()
        .notes();
    let at = |line, column, key: &str| Remark {
        place: Place { line, column },
        key: key.into(),
    };
    assert_eq!(notes.duplicate_keys, [at(3, 1, "a")]);
    assert_eq!(notes.floats, [at(2, 17, "a"), at(2, 8, "c")]);
    assert_eq!(value("a: 1\na: 2\n"), value("a: 2"));
    assert_eq!(parse(b"a: '1.5'\n").unwrap().notes(), Notes::default());
}

#[test]
fn refusals_tell_the_place_the_reason_and_the_way_out() {
    let cases: [(&[u8], &str, &str); 14] = [
        (
            b"a:\n  day: 2024-05-01\n",
            "line 2, column 8: \"2024-05-01\" is read as a date, which cannot be hashed",
            "Put it between quotes: \"2024-05-01\".",
        ),
        (
            b"a: [.inf]",
            "line 1, column 5: the number .inf is not finite",
            "Use a finite number, or put it between quotes.",
        ),
        (
            b"a: 9007199254740992",
            "line 1, column 4: the integer 9007199254740992 is beyond \u{b1}9007199254740991",
            "Use a smaller number, or put it between quotes.",
        ),
        (
            b"a: 1\nyes: 2",
            "line 2, column 1: the key is a truth value (yes, no, on, off, true or false), not text",
            "Put the key between quotes.",
        ),
        (
            b"? [a]\n: 2",
            "line 1, column 3: the key is a list, not text",
            "Put the key between quotes.",
        ),
        (
            b"a: !!binary aGk=",
            "line 1, column 13: the tag \"!!binary\" is not supported",
            "Remove the tag, or put the value between quotes.",
        ),
        (
            b"a: !own x",
            "line 1, column 9: the tag \"!own\" is not supported",
            "Remove the tag, or put the value between quotes.",
        ),
        (
            b"a: &a [*a]",
            "line 1, column 8: the alias names a value that contains it",
            "Write the value out in place of the alias.",
        ),
        (
            b"<<: 1",
            "line 1, column 5: `<<` does not name a mapping",
            "Give `<<` a mapping, or a list of mappings.",
        ),
        (
            b"a: 1\n---\nb: 2\n",
            "line 2, column 1: a second document starts here",
            "Keep one document and remove the `---` between them.",
        ),
        (
            b"a: 1\nb: \xff",
            "line 2, column 4: the text is not UTF-8",
            "Save the file as UTF-8.",
        ),
        (
            "é: a\u{2028}b".as_bytes(),
            "line 1, column 5: the character U+2028 may not stand here",
            "Remove the character, or write it as \"\\u2028\" between double quotes.",
        ),
        (
            b"a: [?b]",
            "line 1, column 5: \"?b\" is read differently by different programs",
            "Put the value between quotes, or use letters and digits.",
        ),
        (
            b"a:\n  b: 1\n c: 2\n",
            "line 3, column 2: this is not YAML: while parsing a block mapping, did not find expected key",
            "Compare the indentation, quotes and brackets with the lines around it.",
        ),
    ];
    for (text, message, next_step) in cases {
        let e = error(text);
        assert_eq!(
            (e.to_string().as_str(), e.next_step().as_str()),
            (message, next_step)
        );
    }
}

#[test]
fn limits_hold_once_aliases_are_written_out() {
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..10 {
        let before = format!("*a{}, ", i - 1).repeat(10);
        let before = before.trim_end_matches(", ");
        laughs.extend([format!("a{i}: &a{i} [{before}]\n")]);
    }
    assert_eq!(error(laughs.as_bytes()).kind, YamlErrorKind::TooManyValues);

    let long = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(500_000),
        "*a, ".repeat(1000)
    );
    assert_eq!(error(long.as_bytes()).kind, YamlErrorKind::TooManyValues);
    let merges = format!(
        "a: &a {{k: {}}}\nb: {{{}}}\n",
        "x".repeat(500_000),
        "<<: *a, ".repeat(1000)
    );
    assert_eq!(error(merges.as_bytes()).kind, YamlErrorKind::TooManyValues);
    assert_eq!(
        error("- \n".repeat(100_001).as_bytes()).kind,
        YamlErrorKind::TooManyValues
    );

    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert!(parse(nested(64).as_bytes()).is_ok());
    assert_eq!(error(nested(65).as_bytes()).kind, YamlErrorKind::TooDeep);
    assert!(parse(&b"[".repeat(MAX_BYTES)).is_err());
    assert!(parse(&b"- ".repeat(MAX_BYTES / 2)).is_err());
    assert!(parse(&b"? ".repeat(MAX_BYTES / 2)).is_err());
    let aliased = format!(
        "a: &a {}\nb: {}*a{}\n",
        nested(40),
        "[".repeat(30),
        "]".repeat(30)
    );
    assert_eq!(error(aliased.as_bytes()).kind, YamlErrorKind::TooDeep);
    assert_eq!(
        error(&vec![b'x'; MAX_BYTES + 1]).kind,
        YamlErrorKind::TooLarge
    );
}
