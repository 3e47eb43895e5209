//! Who signed: the key that judges, the three signatures, and whether the receiver trusts the key.

use crate::canon::{Object, Value};
use crate::digest::Sha256;
use crate::dsse::{Envelope, EnvelopeError};
use crate::key::{PublicKey, Signature};
use crate::verify::answers::SignerAnswer;
use crate::verify::check::CheckId;
use crate::verify::checks::Checks;
use crate::verify::receiver::{Receiver, TrustedKey};

/// What is signed, as it stands in the bundle.
pub(crate) struct Signed<'a> {
    /// `toolchain_id` of the manifest.
    pub toolchain_id: Option<&'a str>,
    /// The key that the manifest of a bundle of ours names.
    pub claimed: Option<PublicKey>,
    /// The attestation's bytes and fields.
    pub attestation: Option<(&'a [u8], &'a Object)>,
    /// The member `attestation.sig`.
    pub signature: Option<&'a [u8]>,
    /// The envelopes with the prefix of their codes, where they are there and could be read.
    pub envelopes: Vec<(&'static str, &'a Envelope)>,
    /// Digest of the file, for what was recorded before.
    pub bundle_sha256: Sha256,
    /// When the bundle says that it was sealed.
    pub sealed_utc: Option<&'a str>,
}

/// Judges; fails of this check never count as "changed".
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
        (Some(trusted), _) => (Some(trusted.key), trusted.ids()),
        (None, Some(claimed)) => (Some(claimed), vec![claimed.id()]),
        (None, None) => (None, Vec::new()),
    };
    let keyid = key.map(|key| key.id());
    let signature_good = match key {
        Some(key) => signatures(signed, &key, &ids, checks),
        None => true,
    };
    if trusted.is_none() {
        confirm_unlisted(signed, receiver, keyid, checks);
    }
    let answer = if signed.signature.is_none() {
        SignerAnswer::Unsigned
    } else if !signature_good {
        SignerAnswer::BadSignature
    } else if let Some(trusted) = trusted {
        conditions(trusted, signed, receiver, checks)
    } else if key.is_some() && fingerprint_fits(receiver, keyid) {
        SignerAnswer::Trusted
    } else {
        SignerAnswer::Unconfirmed
    };
    if let (Some(given), false) = (receiver.fingerprint, fingerprint_fits(receiver, keyid)) {
        checks.fail(
            CheckId::Signer,
            "fingerprint_mismatch",
            format!("{given} was given"),
        );
        if answer == SignerAnswer::Trusted {
            return (SignerAnswer::Unconfirmed, keyid);
        }
    }
    (answer, keyid)
}

fn confirm_unlisted(
    signed: &Signed<'_>,
    receiver: &Receiver<'_>,
    keyid: Option<Sha256>,
    checks: &mut Checks,
) {
    let name = signed.toolchain_id.unwrap_or("none");
    if signed.claimed.is_some() && fingerprint_fits(receiver, keyid) {
        return;
    }
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

/// Whether a fingerprint was given and is this key's: 64 hex digits, any case, spaces and colons between them allowed.
fn fingerprint_fits(receiver: &Receiver<'_>, keyid: Option<Sha256>) -> bool {
    let Some(given) = receiver.fingerprint else {
        return false;
    };
    let given: String = given
        .chars()
        .filter(|c| !matches!(c, ' ' | ':' | '-'))
        .collect::<String>()
        .to_lowercase();
    keyid.is_some_and(|keyid| keyid.to_string() == given)
}

fn signatures(signed: &Signed<'_>, key: &PublicKey, ids: &[Sha256], checks: &mut Checks) -> bool {
    let mut good = true;
    if let (Some((bytes, attestation)), Some(signature)) = (signed.attestation, signed.signature) {
        let version = attestation
            .get("attestation_version")
            .and_then(Value::as_str);
        if version != Some("2") {
            good = false;
            checks.fail(
                CheckId::Signer,
                "bad_signature",
                "the scheme of the signature does not cover everything",
            );
        } else if !read_signature(signature)
            .is_some_and(|signature| key.verifies(bytes, &signature))
        {
            good = false;
            checks.fail(CheckId::Signer, "bad_signature", "over attestation.json");
        }
    }
    for (prefix, envelope) in &signed.envelopes {
        if let Err(error) = envelope.verify(key, ids) {
            good = false;
            checks.fail(
                CheckId::Signer,
                format!("{prefix}:{error}"),
                envelope_detail(&error),
            );
        }
    }
    good
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

/// Validity and revocation. Never decided by the signer's own clock alone: a bundle recorded here before stays good.
fn conditions(
    trusted: &TrustedKey,
    signed: &Signed<'_>,
    receiver: &Receiver<'_>,
    checks: &mut Checks,
) -> SignerAnswer {
    if receiver.known.recorded(&signed.bundle_sha256) {
        return SignerAnswer::Trusted;
    }
    if trusted.revoked {
        checks.fail(
            CheckId::Signer,
            "key_revoked",
            trusted.toolchain_id.as_str(),
        );
        return SignerAnswer::Revoked;
    }
    let sealed = signed.sealed_utc.unwrap_or_default();
    let early = trusted.from.as_deref().is_some_and(|from| sealed < from);
    let late = trusted
        .until
        .as_deref()
        .is_some_and(|until| sealed >= until);
    if early || late {
        checks.fail(
            CheckId::Signer,
            "key_expired",
            trusted.toolchain_id.as_str(),
        );
        return SignerAnswer::Expired;
    }
    SignerAnswer::Trusted
}
