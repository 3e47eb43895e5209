//! Who signed, and whether the receiver trusts them.

use bundle::key::Signer;
use bundle::verify::TrustedKey;

use crate::case::{Case, accepted, all, refused};
use crate::forge::{forge, key, signer_object, vector};
use crate::receiver::{Desk, strict};

const ALPHA: &str = "293c706124888d1bb9a55e74d10ca88dd807b6a4ea3a67873036706d75a49d0f";

/// The signature is wrong; nothing was changed otherwise.
const FORGED: crate::case::Answers = ("intact", "bad_signature", "not_met");
/// The manifest names another signer than the one who signed.
const MISNAMED: crate::case::Answers = ("changed", "bad_signature", "not_checked");
const UNCONFIRMED: crate::case::Answers = ("intact", "unconfirmed", "met");

fn series(desk: Desk) -> (Vec<u8>, Desk) {
    (vector("series-1"), desk)
}

fn alpha(alter: impl Fn(&mut TrustedKey)) -> Desk {
    strict().with(|desk| alter(&mut desk.keys[0]))
}

/// A receiver who recorded the bundle before.
fn recorded(desk: Desk) -> (Vec<u8>, Desk) {
    let (file, mut desk) = series(desk);
    desk.memory.recorded.insert(bundle::Sha256::of(&file));
    (file, desk)
}

fn until(time: &str) -> Desk {
    alpha(|key| key.until = Some(time.to_owned()))
}

pub fn cases() -> Vec<Case> {
    [signatures(), trust(), periods()]
        .into_iter()
        .flatten()
        .collect()
}

fn signatures() -> Vec<Case> {
    vec![
        refused("bad_signature", "signed by another key", FORGED, || {
            let sign = |signature: &mut Vec<u8>| {
                *signature =
                    format!("{}\n", key("beta").sign(b"something").to_base64()).into_bytes();
            };
            forge("series-1").signature(sign).build()
        }),
        refused(
            "bad_signature",
            "no signature in the member",
            FORGED,
            || {
                forge("series-1")
                    .signature(|signature| *signature = [b"A".repeat(88), b"\n".to_vec()].concat())
                    .build()
            },
        ),
        refused(
            "bad_signature",
            "a listed toolchain id, another key",
            FORGED,
            || {
                let mut forge = forge("series-1");
                forge.signer = key("beta");
                forge.build()
            },
        ),
        refused(
            "dsse_attestation_invalid:dsse_bad_signature:",
            "the build statement signed wrongly",
            FORGED,
            || {
                forge("series-1")
                    .build_envelope(crate::envelopes::wrong_signature)
                    .build()
            },
        ),
        refused(
            "dsse_sbom_invalid:dsse_bad_signature:",
            "the SBOM statement signed wrongly",
            FORGED,
            || {
                forge("series-1")
                    .sbom_envelope(crate::envelopes::wrong_signature)
                    .build()
            },
        ),
        refused(
            "dsse_attestation_invalid:dsse_bad_signature:dsse_keyid_mismatch",
            "an envelope by another key",
            FORGED,
            || {
                forge("series-1")
                    .build_envelope(crate::envelopes::other_key)
                    .build()
            },
        ),
        refused(
            "signer_mismatch",
            "a signer in another form",
            MISNAMED,
            || {
                let crlf = |ours: &mut bundle::canon::Object| {
                    let signer = ours.object("signer").unwrap().clone();
                    let pem = signer.string("public_key").unwrap().replace('\n', "\r\n");
                    ours.insert("signer", signer.with("public_key", pem));
                };
                forge("series-1").fieldgrade(crlf).build()
            },
        ),
        refused(
            "signer_mismatch",
            "a key id that is not the key's",
            MISNAMED,
            || {
                let other = signer_object(&key("beta")).get("keyid").cloned();
                let lie = move |ours: &mut bundle::canon::Object| {
                    let signer = ours.object("signer").unwrap().clone();
                    ours.insert("signer", signer.with("keyid", other));
                };
                forge("series-1").fieldgrade(lie).build()
            },
        ),
        refused("signer_mismatch", "no key", MISNAMED, || {
            let lie = |ours: &mut bundle::canon::Object| {
                let signer = ours.object("signer").unwrap().clone();
                ours.insert("signer", signer.with("public_key", "none"));
            };
            forge("series-1").fieldgrade(lie).build()
        }),
        refused(
            "signer_mismatch",
            "a trusted signer under somebody else's name",
            MISNAMED,
            || {
                forge("series-2")
                    .fieldgrade(|ours| ours.insert("signer", signer_object(&key("beta"))))
                    .build()
            },
        ),
    ]
}

fn trust() -> Vec<Case> {
    let any = || strict().without_keys().with(|desk| desk.any_signer = true);
    vec![
        refused(
            "toolchain_not_allowed",
            "nobody is trusted",
            UNCONFIRMED,
            || series(strict().without_keys()),
        ),
        refused(
            "toolchain_not_allowed",
            "the key is trusted under another id",
            UNCONFIRMED,
            || series(alpha(|key| "FG_LAB".clone_into(&mut key.toolchain_id))),
        ),
        Case {
            answers: UNCONFIRMED,
            ..accepted("any signer will do", move || series(any()))
        },
        refused(
            "bad_signature",
            "any signer will do, but sign they must",
            FORGED,
            move || {
                (
                    forge("series-1")
                        .signature(|bytes| *bytes = [b"A".repeat(88), b"\n".to_vec()].concat())
                        .build(),
                    any(),
                )
            },
        ),
        accepted("the fingerprint confirms", || {
            series(strict().without_keys().fingerprint(ALPHA))
        }),
        accepted("a fingerprint in groups", || {
            let groups: Vec<String> = ALPHA
                .as_bytes()
                .chunks(4)
                .map(|group| String::from_utf8(group.to_vec()).unwrap().to_uppercase())
                .collect();
            series(strict().without_keys().fingerprint(&groups.join(" ")))
        }),
        accepted("a fingerprint with colons", || {
            let pairs: Vec<String> = ALPHA
                .as_bytes()
                .chunks(2)
                .map(|pair| String::from_utf8(pair.to_vec()).unwrap())
                .collect();
            series(strict().without_keys().fingerprint(&pairs.join(":")))
        }),
        accepted("a fingerprint of a trusted key", || {
            series(strict().fingerprint(ALPHA))
        }),
        refused(
            "fingerprint_mismatch",
            "another fingerprint than that of a trusted key",
            UNCONFIRMED,
            || series(strict().fingerprint(&ALPHA.replace('2', "3"))),
        ),
        refused(
            "fingerprint_mismatch",
            "another fingerprint",
            UNCONFIRMED,
            || series(strict().without_keys().fingerprint(&ALPHA[1..])),
        ),
        refused(
            "fingerprint_mismatch",
            "any signer, another fingerprint",
            UNCONFIRMED,
            move || series(any().fingerprint("00")),
        ),
        refused(
            "fingerprint_mismatch",
            "no fingerprint in it",
            UNCONFIRMED,
            || series(strict().fingerprint("")),
        ),
    ]
}

fn periods() -> Vec<Case> {
    let (expired, revoked) = (("intact", "expired", "met"), ("intact", "revoked", "met"));
    let other_id = |desk: &mut Desk| {
        let mut key = desk.keys[0].clone();
        "FG_STOLEN".clone_into(&mut key.toolchain_id);
        key.revoked = true;
        desk.keys.push(key);
    };
    vec![
        refused("key_revoked", "a revoked key", revoked, || {
            series(alpha(|key| key.revoked = true))
        }),
        accepted("a revoked key, but recorded before", || {
            recorded(alpha(|key| key.revoked = true))
        }),
        refused(
            "key_revoked",
            "a key revoked under another id",
            revoked,
            move || series(strict().with(other_id)),
        ),
        refused(
            "key_revoked",
            "a revoked key under a new id, any signer",
            revoked,
            || {
                let stolen = |desk: &mut Desk| {
                    "FG_STOLEN".clone_into(&mut desk.keys[0].toolchain_id);
                    desk.keys[0].revoked = true;
                    desk.any_signer = true;
                };
                series(strict().with(stolen))
            },
        ),
        refused(
            "key_revoked",
            "a revoked key under a new id, with its fingerprint",
            revoked,
            || {
                let stolen = |desk: &mut Desk| {
                    "FG_STOLEN".clone_into(&mut desk.keys[0].toolchain_id);
                    desk.keys[0].revoked = true;
                };
                series(strict().with(stolen).fingerprint(ALPHA))
            },
        ),
        refused("key_expired", "sealed after the period", expired, || {
            series(until("2026-01-01T00:00:00.000000+00:00"))
        }),
        refused("key_expired", "sealed before the period", expired, || {
            series(alpha(|key| {
                key.from = Some("2027-01-01T00:00:00.000000+00:00".to_owned());
            }))
        }),
        accepted("sealed after the period, but recorded", || {
            recorded(until("2026-01-01T00:00:00.000000+00:00"))
        }),
        accepted("sealed within the period", || {
            series(alpha(|key| {
                key.from = Some("2026-01-01T00:00:00.000000+00:00".to_owned());
                key.until = Some("2027-01-01T00:00:00.000000+00:00".to_owned());
            }))
        }),
        refused(
            "key_expired",
            "within the period by the signer's clock only",
            expired,
            || {
                let late = |desk: &mut Desk| {
                    desk.now = Some("2027-06-01T00:00:00.000000+00:00".to_owned());
                };
                series(until("2027-01-01T00:00:00.000000+00:00").with(late))
            },
        ),
    ]
}

#[test]
fn answers() {
    all(&cases());
}
