//! What is in the archive: the manifest, what must be there, and nothing else.

use std::collections::BTreeSet;
use std::io::BufReader;

use crate::ReadAt;
use crate::format::manifest::{self, Manifest, ManifestError};
use crate::format::member;
use crate::policy::Thresholds;
use crate::verify::check::CheckId;
use crate::verify::checks::Checks;
use crate::verify::members::Members;
use crate::zip::{Archive, Name, name_flaw};

/// How much is read at once.
const PIECE: usize = 256 << 10;
/// So many names are kept to be reported, and so many characters of each.
const KEPT: usize = 100;
const SHOWN: usize = 300;

/// Reads the manifest and marks what it lists.
pub(crate) fn manifest<R: ReadAt + ?Sized>(
    archive: &Archive<'_, R>,
    members: &mut Members<'_>,
    checks: &mut Checks,
) -> Option<Manifest> {
    let Some(entry) = members.get(member::MANIFEST) else {
        checks.fail(CheckId::Presence, "missing_manifest", "");
        return None;
    };
    let (mut unsafe_names, mut absent) = (BTreeSet::new(), BTreeSet::new());
    let open = || BufReader::with_capacity(PIECE, archive.reader(entry));
    let shown = |name: &str| name.chars().take(SHOWN).collect::<String>();
    let result = manifest::read(open, &mut |name, digest| {
        // A name that ends in a slash is a folder; none is a member.
        if (name_flaw(name).is_some() || name.ends_with('/')) && unsafe_names.len() < KEPT {
            unsafe_names.insert(shown(name));
        }
        match members.find(&Name::new(name)) {
            Some(index) => members.expect(index, digest),
            None if absent.len() < KEPT => {
                absent.insert(shown(name));
            }
            None => {}
        }
    });
    for name in unsafe_names {
        checks.fail(
            CheckId::Presence,
            format!("unsafe_manifest_name:{name}"),
            "",
        );
    }
    for name in absent {
        checks.fail(
            CheckId::Presence,
            format!("manifest_file_missing:{name}"),
            "",
        );
    }
    match result {
        Ok(manifest) => Some(manifest),
        Err(error) => {
            let code = match &error {
                ManifestError::Parse(_) => "manifest_parse_error",
                ManifestError::Invalid(_) => "manifest_invalid",
                ManifestError::FilesNotAnObject => "manifest_files_not_dict",
            };
            checks.fail(CheckId::Manifest, code, error.to_string());
            None
        }
    }
}

/// Members that a bundle of ours has beside its blobs.
const OURS: [&str; 12] = [
    member::MANIFEST,
    member::ATTESTATION,
    member::SIGNATURE,
    member::SBOM,
    member::SBOM_DSSE,
    member::ATTESTATION_DSSE,
    member::PROVENANCE,
    member::DELTA,
    member::DOCUMENTS,
    member::POLICY,
    member::README,
    member::CARD,
];

/// What must be there is there.
pub(crate) fn required(
    members: &Members<'_>,
    demands: Thresholds,
    ours: bool,
    checks: &mut Checks,
) {
    let needed = |name: &str| {
        ours || match name {
            member::ATTESTATION => true,
            member::SIGNATURE => demands.signature,
            member::SBOM | member::SBOM_DSSE => demands.cyclonedx_sbom,
            member::ATTESTATION_DSSE => demands.dsse_attestations,
            _ => false,
        }
    };
    for name in OURS
        .into_iter()
        .filter(|name| *name != member::MANIFEST && needed(name))
    {
        if members.get(name).is_some() {
            continue;
        }
        match name {
            member::ATTESTATION => checks.fail(CheckId::Presence, "missing_attestation", ""),
            member::SIGNATURE => checks.fail(CheckId::Presence, "missing_signature", ""),
            member::SBOM => checks.fail(CheckId::Presence, "missing_cyclonedx_sbom", ""),
            member::SBOM_DSSE => checks.fail(CheckId::Presence, "missing_cyclonedx_dsse", ""),
            member::ATTESTATION_DSSE => {
                checks.fail(CheckId::Presence, "missing_dsse_attestation", "");
            }
            _ => checks.fail(CheckId::Presence, format!("missing_member:{name}"), ""),
        }
    }
}

/// What is there is listed, once; in a bundle of ours nothing else may stand.
pub(crate) fn nothing_else(members: &Members<'_>, ours: bool, checks: &mut Checks) {
    for (index, entry) in members.entries().iter().enumerate() {
        let known = |text: &str| OURS.contains(&text);
        let (unlisted, foreign) = match &entry.name {
            Name::Blob(..) => (false, false),
            Name::Other(text) => (member::UNLISTED.contains(&&**text), ours && !known(text)),
        };
        if foreign
            || (unlisted && ours && members.is_listed(index))
            || (!unlisted && !members.is_listed(index))
        {
            let name = entry.name.to_string();
            let shown = name.split('\0').next().unwrap_or_default();
            checks.fail(
                CheckId::Presence,
                format!("unexpected_zip_member:{shown}"),
                "",
            );
        }
    }
}
