//! The two sentences that a person reads: who is to be asked, and what not to rely on.

use bundle::format::{card, member};

use crate::forge::{Forge, forge, key};
use crate::hooks::Members;
use crate::receiver::{Desk, strict};

fn says(desk: &Desk, file: &[u8], parts: &[&str]) {
    let statement = desk.check(file).statement;
    for part in parts {
        assert!(statement.contains(part), "{statement}");
    }
}

/// A line that its own signer put in the wrong place.
fn swapped() -> Forge {
    forge("series-1").lines(|lines| lines.swap(2, 3))
}

fn flipped() -> Vec<u8> {
    let flip = |members: &mut Members| members.get_mut(member::PROVENANCE).unwrap()[9] ^= 1;
    forge("series-1").packed(flip).build()
}

#[test]
fn what_the_signer_did_is_not_called_changed() {
    let wrongly = "was not put together correctly by its sealer";
    says(&strict(), &swapped().build(), &[wrongly, "Signed by"]);
    // Nor if nobody has confirmed the signer yet.
    let unknown = strict().without_keys();
    says(
        &unknown,
        &swapped().build(),
        &[wrongly, "Not yet confirmed"],
    );
}

#[test]
fn what_somebody_else_did_is() {
    let changed = "something was changed. Do not rely on it.";
    says(&strict(), &flipped(), &[changed]);
    says(&strict().without_keys(), &flipped(), &[changed]);
    let nobody = |signature: &mut Vec<u8>| *signature = [b"A".repeat(88), b"\n".to_vec()].concat();
    says(
        &strict(),
        &swapped().signature(nobody).build(),
        &[changed, "The signature does not belong to it"],
    );
}

#[test]
fn a_name_on_a_card_cannot_act_on_a_screen() {
    let who = card::Identity {
        name: "Ada\u{1b}[2K\u{202e}\n".to_owned(),
        ..card::Identity::default()
    };
    let time = "2026-03-01T10:00:00.000000+00:00";
    let card = card::write(&who, "FG_DESK", time, vec![], vec![], &key("alpha"));
    let file = forge("series-1")
        .beside(|members| drop(members.insert(member::CARD.to_owned(), card)))
        .build();
    let statement = strict().check(&file).statement;
    assert!(
        statement.contains("Signed by Ada\u{fffd}[2K\u{fffd}\u{fffd}."),
        "{statement:?}"
    );
}

#[test]
fn a_newer_format_asks_for_a_newer_program() {
    let newer = forge("series-1")
        .fieldgrade(|ours| ours.insert("format", 2_u64))
        .build();
    let report = strict().check(&newer);
    assert!(
        report.statement.contains("a newer program is needed"),
        "{}",
        report.statement
    );
    let failed = report.checks.iter().filter(|check| check.code.is_some());
    assert_eq!(failed.count(), 1);
}
