//! Every reason for which a check fails: a stable word, what it means, what to do.

/// One reason. In a report the word may be followed by a colon and the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The stable word.
    pub word: &'static str,
    /// What it means, in one sentence.
    pub means: &'static str,
    /// What to do about it.
    pub next: &'static str,
}

const ASK: &str = "Ask the sender for the file again and compare its SHA-256 with theirs.";
const SENDER: &str = "Tell the sender: their program put the bundle together wrongly.";
const RULES: &str =
    "Look at your rules; if the sender is in the right, use another policy with --policy.";
const TRUST: &str =
    "Compare the fingerprint with the one the sender gave you by another way, then trust the key.";

macro_rules! codes {
    ($($word:literal $means:literal $next:tt)*) => {
        /// All reasons, in the order of the checks.
        pub const CODES: &[Code] = &[$(Code { word: $word, means: $means, next: $next }),*];
    };
}

codes! {
    // structure
    "zip_malformed" "The file is not a sound ZIP archive." ASK
    "duplicate_zip_members" "A name stands twice in the archive." ASK
    "unsafe_zip_member" "A name in the archive could write outside its folder or deceive the eye." ASK
    // manifest and format
    "missing_manifest" "The list of members is missing." ASK
    "manifest_parse_error" "The list of members is not JSON that can be read in one way only." ASK
    "manifest_invalid" "A field of the manifest is missing, superfluous or of the wrong kind." SENDER
    "manifest_files_not_dict" "The list of members is no list of names and digests." SENDER
    "manifest_version_unsupported" "The manifest is of a version that this program does not know." "Check with a newer program."
    "unsupported_format" "The bundle was made by a newer program." "Check with a newer program."
    // presence
    "missing_attestation" "What was signed is missing." ASK
    "missing_signature" "The signature is missing." ASK
    "missing_cyclonedx_sbom" "The list of the sealing program's parts is missing." ASK
    "missing_cyclonedx_dsse" "The signed statement about that list is missing." ASK
    "missing_dsse_attestation" "The signed build statement is missing." ASK
    "missing_member" "A member that every bundle of this format has is missing." ASK
    "unsafe_manifest_name" "The manifest lists a name that could write outside its folder." SENDER
    "unexpected_zip_member" "The archive holds a member that the manifest does not list." ASK
    "manifest_file_missing" "A member that the manifest lists is not in the archive." ASK
    // digests, names, form
    "hash_mismatch" "The bytes of a member are not the bytes that were sealed." ASK
    "blob_name_mismatch" "A document's bytes do not match the digest that is its name." SENDER
    "not_canonical" "The archive or one of its members is not in the one form that a bundle has." ASK
    // attestation
    "bundle_map_hash_mismatch" "The digest over the list of members is wrong." SENDER
    "attestation_parse_error" "What was signed is not JSON that can be read in one way only." ASK
    "attestation_version_unsupported" "The signature is of a scheme that does not cover everything." "Ask for a bundle sealed with a current program."
    "attestation_bundle_map_hash_mismatch" "What was signed belongs to another list of members." ASK
    "attestation_manifest_hash_mismatch" "What was signed belongs to another manifest." ASK
    "attestation_mismatch" "Manifest, attestation and statements contradict each other." SENDER
    "policy_member_mismatch" "The policy in the bundle is not the one that the manifest names." SENDER
    "sub_hash_mismatch" "A digest in the manifest or attestation is not that of the member." SENDER
    "dsse_attestation_invalid" "The envelope of the build statement is not valid." SENDER
    "dsse_payload_malformed" "The build statement is malformed." SENDER
    "dsse_manifest_digest_mismatch" "The build statement is about another manifest." ASK
    "dsse_sbom_invalid" "The envelope of the SBOM statement is not valid." SENDER
    "dsse_sbom_payload_malformed" "The SBOM statement is malformed." SENDER
    "dsse_sbom_digest_mismatch" "The SBOM statement is about another SBOM." ASK
    "sbom_invalid" "The SBOM is not a CycloneDX document." SENDER
    // signer
    "signer_mismatch" "The key in the manifest is not the key that signed." ASK
    "bad_signature" "The signature does not belong to these bytes and this key." ASK
    "toolchain_not_allowed" "It is not confirmed who signed: the key is not among those you trust." TRUST
    "key_revoked" "The key was revoked, and this bundle was not known here before." "Ask the signer what happened to the key, and for a bundle by their new key."
    "key_expired" "The key was trusted for another period, and this bundle was not known here before." TRUST
    "fingerprint_mismatch" "The fingerprint given is not that of the key that signed." "Compare again, character by character. If it differs, do not rely on this bundle."
    // policy
    "bundle_too_large" "The contents are larger than your rules allow." RULES
    "too_many_files" "There are more members than your rules allow." RULES
    "protected_path" "A member lies under a path that your rules protect." RULES
    "policy_hash_mismatch" "The bundle was sealed under other rules than yours, or under none." RULES
    "allowlist_hash_mismatch" "The bundle was sealed with another list of keys than yours, or with none." RULES
    "meap_eval_failed" "Your rules take nothing in, or not this kind of content." RULES
    "invalid_studspec" "The contract studspec.json breaks its rules." SENDER
    "invalid_tubespec" "The contract tubespec.json breaks its rules." SENDER
    "actor_missing" "Your rules ask for a person in every entry, and one has none." RULES
    "series_incomplete" "Your rules ask for the whole series, and bundles before this one are missing here." "Ask the sender for the bundles named as missing."
    // lines and chain
    "line_malformed" "A line of the record is not an entry." ASK
    "payload_malformed" "An entry of the record has other fields than it should." SENDER
    "chain_broken" "The record of actions is not one unbroken chain." ASK
    "seq_gap" "The entries of the record are not numbered without a gap." ASK
    "event_time_mismatch" "The time shown for an entry is not the one that was hashed." ASK
    "body_mismatch" "A part of an entry is not the one that was hashed." ASK
    "body_not_canonical" "A part of an entry is not in its one form." SENDER
    "body_salt_missing" "A part of an entry lacks its own random salt." SENDER
    "body_missing" "A part of an entry that must travel is missing." ASK
    "ledger_mismatch" "The manifest describes another part of the record than the bundle carries." SENDER
    "delta_malformed" "A line of the proposed changes is not a change." SENDER
    // keys, seal, card
    "key_change_unexplained" "The key of the record changed without a statement by both keys." "Ask the signer why the key changed. Do not rely on this bundle until you know."
    "seal_not_last" "The last entry is not the sealing." SENDER
    "seal_mismatch" "The bundle is not the one that its sealing entry describes." SENDER
    "card_invalid" "The signer's card is not valid." SENDER
    "recipient_not_hidden" "A bundle of the series names a recipient." SENDER
    "excerpt_leak" "The excerpt carries parts of entries that were not chosen." "Do not pass this bundle on, and tell the sender."
    "excerpt_not_sealed" "A chosen item was not sealed in the series before, or was withdrawn." SENDER
    "of_mismatch" "The excerpt is not taken from the bundle that it names." SENDER
    // documents, blobs, delta, tree
    "documents_mismatch" "The list of documents is not the one that the entries give." SENDER
    "tombstone_mismatch" "A withdrawal does not fit the item that it names." SENDER
    "blob_missing" "The bytes of a document are missing." ASK
    "blob_unnamed" "There are bytes that no entry names." ASK
    "size_mismatch" "A document has another size than its entry says." SENDER
    "delta_mismatch" "The proposed changes are not those that the entries give." SENDER
    "frontier_mismatch" "The start of the hash tree does not fit the bundle before." SENDER
    "root_mismatch" "The root of the hash tree is not the one that the entries give." SENDER
    "previous_mismatch" "The bundle does not continue the one that it names." ASK
}

/// The reason for a code as it stands in a report.
pub fn explain(code: &str) -> Option<&'static Code> {
    let word = code.split(':').next().unwrap_or(code);
    let word = if word.starts_with("zip_") {
        "zip_malformed"
    } else {
        word
    };
    CODES.iter().find(|code| code.word == word)
}
