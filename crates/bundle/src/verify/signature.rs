//! Who signed: the key that judges, the three signatures, and whether the receiver trusts the key.

use crate::canon::Object;
use crate::digest::Sha256;
use crate::dsse::{Envelope, EnvelopeError};
use crate::key::{PublicKey, Signature};
use crate::verify::answers::SignerAnswer;
use crate::verify::check::CheckId;
use crate::verify::checks::Checks;
use crate::verify::papers::Small;
use crate::verify::receiver::{Receiver, TrustedKey};

/// What is signed, as it stands in the bundle.
pub(crate) struct Signed<'a> {
    /// `toolchain_id` of the manifest.
    pub toolchain_id: Option<&'a str>,
    /// The key that the manifest of a bundle of ours names.
    pub claimed: Option<PublicKey>,
    /// Whether the manifest names a signer in a way that cannot be.
    pub misnamed: bool,
    /// The attestation's bytes.
    pub attestation: &'a Small,
    /// Its fields, if it could be read.
    pub fields: Option<&'a Object>,
    /// The member `attestation.sig`.
    pub signature: &'a Small,
    /// The envelopes with the prefix of their codes, where they are there and could be read.
    pub envelopes: Vec<(&'static str, &'a Envelope)>,
    /// Digest of the file, for what was recorded before.
    pub bundle_sha256: Sha256,
    /// When the bundle says that it was sealed.
    pub sealed_utc: Option<&'a str>,
}

/// Judges; fails of this check never count as "changed", except that of a manifest that names somebody else.
pub(crate) fn judge(
    signed: &Signed<'_>,
    receiver: &Receiver<'_>,
    checks: &mut Checks,
) -> (SignerAnswer, Option<Sha256>) {
    let listed: Vec<&TrustedKey> = receiver
        .keys
        .iter()
        .filter(|key| Some(key.toolchain_id.as_str()) == signed.toolchain_id)
        .collect();
    // The key listed for the toolchain id judges; where several are (after a change of key), the one that fits.
    let trusted = listed
        .iter()
        .find(|key| Some(key.key) == signed.claimed)
        .or(listed.first())
        .copied();
    let (key, ids) = match (trusted, signed.claimed) {
        // A bundle of ours has one form, and so one spelling of the key's id.
        (Some(trusted), Some(_)) => (Some(trusted.key), vec![trusted.key.id()]),
        (Some(trusted), None) => (Some(trusted.key), trusted.ids()),
        (None, Some(claimed)) => (Some(claimed), vec![claimed.id()]),
        (None, None) => (None, Vec::new()),
    };
    let keyid = key.map(|key| key.id());
    let signature = key.map_or(Outcome::NotChecked, |key| {
        signatures(signed, &key, &ids, checks)
    });
    let other = signed.claimed.is_some() && signed.claimed != key;
    if other && signature == Outcome::Good {
        let detail = "the manifest names another key than the one that signed";
        checks.fail(CheckId::Signer, "signer_mismatch", detail);
    }
    let fingerprint = receiver.fingerprint.map(|given| fits(given, keyid));
    if fingerprint == Some(false) {
        let detail = format!("{} was given", receiver.fingerprint.unwrap_or_default());
        checks.fail(CheckId::Signer, "fingerprint_mismatch", detail);
    }
    let confirmed = trusted.is_some() || (fingerprint == Some(true) && signed.claimed.is_some());
    if !confirmed {
        unconfirmed(signed, receiver, keyid, checks);
    }
    let answer = match signature {
        _ if matches!(signed.signature, Small::Absent) => SignerAnswer::Unsigned,
        Outcome::Bad => SignerAnswer::BadSignature,
        Outcome::Good if other || signed.misnamed => SignerAnswer::BadSignature,
        Outcome::NotChecked if key.is_some() => SignerAnswer::NotChecked,
        Outcome::NotChecked => SignerAnswer::Unconfirmed,
        Outcome::Good => match conditions(key, trusted, signed, receiver, checks) {
            SignerAnswer::Trusted if !confirmed || fingerprint == Some(false) => {
                SignerAnswer::Unconfirmed
            }
            answer => answer,
        },
    };
    (answer, keyid)
}

fn unconfirmed(
    signed: &Signed<'_>,
    receiver: &Receiver<'_>,
    keyid: Option<Sha256>,
    checks: &mut Checks,
) {
    let name = signed.toolchain_id.unwrap_or("none");
    let detail = match keyid {
        Some(keyid) => format!("{name}, key {keyid}"),
        None => name.to_owned(),
    };
    if receiver.any_signer && signed.claimed.is_some() {
        checks.pass(
            CheckId::Signer,
            format!("not confirmed, and accepted because any signer was asked for: {detail}"),
        );
    } else {
        checks.fail(CheckId::Signer, "toolchain_not_allowed", detail);
    }
}

/// Whether a fingerprint is this key's: 64 hex digits, any case, spaces, colons and hyphens between them allowed.
fn fits(given: &str, keyid: Option<Sha256>) -> bool {
    let given: String = given
        .chars()
        .filter(|c| !matches!(c, ' ' | ':' | '-'))
        .collect::<String>()
        .to_lowercase();
    keyid.is_some_and(|keyid| keyid.to_string() == given)
}

/// What became of the signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Good,
    Bad,
    /// There is nothing that could be verified, or no key to do it with.
    NotChecked,
}

fn signatures(
    signed: &Signed<'_>,
    key: &PublicKey,
    ids: &[Sha256],
    checks: &mut Checks,
) -> Outcome {
    let mut outcome = Outcome::Good;
    let mut bad = |code: String, detail: &str| {
        checks.fail(CheckId::Signer, code, detail);
        outcome = Outcome::Bad;
    };
    let version = |fields: &Object| fields.get("attestation_version") == Some(&"2".into());
    let bytes = signed.attestation.bytes();
    match (bytes, signed.signature) {
        (_, Small::Absent) | (None, _) => {}
        _ if !signed.fields.is_none_or(version) => {
            let detail = "the scheme of the signature does not cover everything";
            bad("bad_signature".to_owned(), detail);
        }
        (Some(bytes), signature) => {
            let signature = signature.bytes().and_then(read_signature);
            if !signature.is_some_and(|signature| key.verifies(bytes, &signature)) {
                bad("bad_signature".to_owned(), "over attestation.json");
            }
        }
    }
    for (prefix, envelope) in &signed.envelopes {
        if let Err(error) = envelope.verify(key, ids) {
            bad(format!("{prefix}:{error}"), envelope_detail(&error));
        }
    }
    if outcome == Outcome::Good && bytes.is_none() {
        Outcome::NotChecked
    } else {
        outcome
    }
}

fn envelope_detail(error: &EnvelopeError) -> &'static str {
    match error {
        EnvelopeError::OtherKey => "signed by another key",
        _ => "the signature of the envelope is wrong",
    }
}

/// 88 characters of strict base64 and LF.
fn read_signature(member: &[u8]) -> Option<Signature> {
    let text = std::str::from_utf8(member.strip_suffix(b"\n").unwrap_or(member)).ok()?;
    Signature::from_base64(text).ok()
}

/// Validity and revocation of a key whose signature is good. The signer's own clock can speak against a bundle, never for
/// it: once a key is revoked or its period is over, only what was recorded here before stays good.
fn conditions(
    key: Option<PublicKey>,
    trusted: Option<&TrustedKey>,
    signed: &Signed<'_>,
    receiver: &Receiver<'_>,
    checks: &mut Checks,
) -> SignerAnswer {
    if receiver.known.recorded(&signed.bundle_sha256) {
        return SignerAnswer::Trusted;
    }
    // A key is revoked under whatever toolchain id a bundle names it.
    let revoked = receiver
        .keys
        .iter()
        .find(|other| other.revoked && Some(other.key) == key);
    if let Some(revoked) = revoked {
        let detail = revoked.toolchain_id.as_str();
        checks.fail(CheckId::Signer, "key_revoked", detail);
        return SignerAnswer::Revoked;
    }
    let Some(trusted) = trusted else {
        return SignerAnswer::Trusted;
    };
    let sealed = signed.sealed_utc.unwrap_or_default();
    let early = trusted.from.as_deref().is_some_and(|from| sealed < from);
    let over = |until: &str| sealed >= until || receiver.now.is_some_and(|now| now >= until);
    if early || trusted.until.as_deref().is_some_and(over) {
        let detail = trusted.toolchain_id.as_str();
        checks.fail(CheckId::Signer, "key_expired", detail);
        return SignerAnswer::Expired;
    }
    SignerAnswer::Trusted
}
