//! From checks to answers: the report.

use crate::digest::Sha256;
use crate::verify::answers::{
    self, Integrity, PolicyAnswer, SeriesAnswer, SignerAnswer, TimeAnswer,
};
use crate::verify::check::{CheckId, Status};
use crate::verify::checks::Checks;
use crate::verify::receiver::Receiver;
use crate::verify::report::{Report, Subject};

/// A report where nothing but the file itself could be looked at.
pub(crate) fn unjudged(
    bundle_sha256: Sha256,
    subject: Subject,
    checks: Checks,
    receiver: &Receiver<'_>,
) -> Report {
    let answers = (
        SignerAnswer::NotChecked,
        PolicyAnswer::NotChecked,
        TimeAnswer::NotChecked,
    );
    report(
        bundle_sha256,
        subject,
        checks,
        receiver,
        answers,
        None,
        None,
    )
}

pub(crate) fn policy_answer(
    checks: &Checks,
    signer: SignerAnswer,
    has_key: bool,
    receiver: &Receiver<'_>,
) -> PolicyAnswer {
    let demands = receiver.policy.thresholds();
    let required = demands.signature || demands.dsse_attestations;
    let unsigned = matches!(signer, SignerAnswer::BadSignature)
        || (signer == SignerAnswer::Unsigned && demands.signature);
    if answers::integrity(checks) != Integrity::Intact {
        PolicyAnswer::NotChecked
    } else if checks.failed(CheckId::Policy) || (required && unsigned) {
        PolicyAnswer::NotMet
    } else if required && !has_key {
        PolicyAnswer::NotChecked
    } else {
        PolicyAnswer::Met
    }
}

pub(crate) fn report(
    bundle_sha256: Sha256,
    subject: Subject,
    checks: Checks,
    receiver: &Receiver<'_>,
    (signer, policy, time): (SignerAnswer, PolicyAnswer, TimeAnswer),
    toolchain_id: Option<String>,
    signer_keyid: Option<Sha256>,
) -> Report {
    let integrity = answers::integrity(&checks);
    let signed_well_enough = match signer {
        SignerAnswer::Trusted => true,
        SignerAnswer::Unconfirmed => receiver.any_signer && signer_keyid.is_some(),
        SignerAnswer::Unsigned => {
            !receiver.policy.thresholds().signature && !checks.failed(CheckId::Signer)
        }
        _ => false,
    };
    let accepted = integrity == Integrity::Intact
        && policy == PolicyAnswer::Met
        && signed_well_enough
        && !checks.failed(CheckId::Signer);
    let mut warnings = Vec::new();
    if matches!(
        subject.series,
        Some(SeriesAnswer::Fork | SeriesAnswer::ContinuedFromBackup)
    ) {
        warnings.push("chain_fork".to_owned());
    }
    let first_doubt = answers::first_doubt(&checks);
    let statement = answers::statement(integrity, signer, policy, &subject, first_doubt);
    let list = checks.finish("an earlier check failed");
    let first_failure = list.iter().find(|check| check.status == Status::Fail);
    Report {
        accepted,
        code: first_failure.and_then(|check| check.code.clone()),
        subject,
        integrity,
        signer,
        policy,
        time,
        statement,
        bundle_sha256,
        toolchain_id,
        signer_keyid,
        policy_id: receiver.policy.id().to_owned(),
        mode: receiver.policy.mode().as_str(),
        warnings,
        checks: list,
    }
}
