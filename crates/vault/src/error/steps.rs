//! The codes of this crate: the word, what it means, what to do about it.

/// What each code of this crate means, and what to do about it. Those of the store stand in [`store::NEXT_STEPS`].
pub const NEXT_STEPS: &[(&str, &str, &str)] = &[
    (
        "key_at_hand",
        "The signing key is not lost.",
        "Change it with `fieldgrade keys rotate`: then whoever trusts it can trust the new one.",
    ),
    (
        "key_exists",
        "The key is one of this data folder's own already.",
        "See the own keys with `fieldgrade keys list`; they need not be trusted or taken in.",
    ),
    (
        "key_changed",
        "Another process has changed the signing key meanwhile.",
        "See what it is now with `fieldgrade keys list`, and start again if it is still needed.",
    ),
    (
        "key_other",
        "The file holds another key than the fingerprint says.",
        "Do not trust it. Ask its holder by telephone or face to face which file and which fingerprint are right.",
    ),
    (
        "trust_revoked",
        "The key was revoked by its holder and is never trusted again.",
        "Ask its holder for their new key; see the list with `fieldgrade keys trusted`.",
    ),
    (
        "statement_invalid",
        "A signer's card or a revocation that proves nothing.",
        "Ask whoever sent it for the file again, and give it as it came.",
    ),
    (
        "file_exists",
        "There is a file of this name already; it is not overwritten.",
        "Choose another name, or move the file away.",
    ),
    (
        "project_unknown",
        "No case has this name.",
        "See the names with `fieldgrade projects list`, or make it with `fieldgrade projects create NAME`.",
    ),
    (
        "project_exists",
        "The name is taken.",
        "Choose another name.",
    ),
    (
        "project_closed",
        "The case is closed; nothing more can be added.",
        "Use another case with --project.",
    ),
    (
        "name_invalid",
        "A name that cannot be used.",
        "Choose a name of 1 to 64 letters, digits, - and _.",
    ),
    (
        "item_unknown",
        "No item has this number in this case.",
        "See the numbers with `fieldgrade documents`; another case is chosen with --project.",
    ),
    (
        "item_withdrawn",
        "The item was withdrawn.",
        "See why with `fieldgrade show ITEM`.",
    ),
    (
        "item_erased",
        "The item was withdrawn and its bytes were erased.",
        "See why with `fieldgrade show ITEM`; capturing the file again makes a new item.",
    ),
    (
        "reason_missing",
        "What corrects, withdraws or holds something needs a reason.",
        "Give it with --reason; it stands in the record.",
    ),
    (
        "caption_exists",
        "An item has one caption, and this one has it already.",
        "Correct it with `fieldgrade amend ITEM caption=… --reason …`, or add a note.",
    ),
    (
        "nothing_to_amend",
        "Nothing of the kind was said about the item, so that there is nothing to correct.",
        "See what stands with `fieldgrade show ITEM`; say it with `fieldgrade annotate ITEM`.",
    ),
    (
        "note_ambiguous",
        "The item has several notes, and it is not said which one is meant.",
        "Name the entry that says it: `fieldgrade amend ITEM note:ENTRY=…`.",
    ),
    (
        "hold_unchanged",
        "The item is on hold already, or is not on hold.",
        "See since when and why with `fieldgrade show ITEM`.",
    ),
    (
        "item_held",
        "A hold forbids erasing the item.",
        "Lift the hold first, with a reason: `fieldgrade hold ITEM --lift --reason …`.",
    ),
    (
        "seal_unknown",
        "There is no such sealed package in this case.",
        "See them with `fieldgrade bundles`.",
    ),
    (
        "seal_first",
        "An item of an excerpt must be in a sealed package of the series.",
        "Run `fieldgrade seal` first, then make the excerpt.",
    ),
    (
        "would_exceed_policy",
        "The package would not meet the rules that it would be sealed under.",
        "Seal fewer items, or under other rules with --policy.",
    ),
    (
        "withdrawn",
        "A package cannot be made again, since bytes that it holds were erased.",
        "Copies handed out before still hold them; nothing can be done here.",
    ),
    (
        "not_reproduced",
        "Making a package again gave other bytes.",
        "Run `fieldgrade doctor --read-data` and `fieldgrade ledger --verify`; keep this data folder as it is and report the case.",
    ),
    (
        "seal_failed",
        "The package could not be put together from the record.",
        "Run `fieldgrade doctor --read-data`; it names what is damaged.",
    ),
    (
        "key_missing",
        "The signing key is not in the keys folder.",
        "Put the key file back from a backup. If it is lost for good, run `fieldgrade keys replace --lost`, which is put on record.",
    ),
    (
        "key_locked",
        "The signing key is locked with a passphrase.",
        "Give it when asked, or set FG_KEY_PASSPHRASE or FG_KEY_PASSPHRASE_FILE.",
    ),
    (
        "passphrase_wrong",
        "That is not the passphrase of the signing key.",
        "Try again. Without the passphrase the key cannot be used; a backup of the key may have another one.",
    ),
    (
        "key_revoked",
        "The signing key was revoked and signs nothing any more.",
        "Make a new one with `fieldgrade keys replace`.",
    ),
    (
        "key_invalid",
        "A key file that is no Ed25519 key, or another one than it should be.",
        "Give a key in PEM form, PRIVATE KEY (PKCS#8) or PUBLIC KEY, or one that `fieldgrade keys export` has written. A damaged key file comes back from a backup.",
    ),
    (
        "key_unknown",
        "No key has this fingerprint.",
        "See the keys with `fieldgrade keys list`.",
    ),
    (
        "ledger_damaged",
        "The record of actions contradicts itself.",
        "Restore it from a backup with `fieldgrade restore`; `fieldgrade doctor` lists what is damaged.",
    ),
    (
        "ledger_rolled_back",
        "The database is older than what was already written or sealed.",
        "Put the newer database back. If an older copy was put here on purpose, say so: `fieldgrade restore --here --reason …`; that is put on record.",
    ),
    (
        "actor_missing",
        "The rules of the case ask who acts.",
        "Name yourself with `fieldgrade operator set NAME`, or for one command with --actor.",
    ),
    (
        "query_empty",
        "There is nothing to look for.",
        "Give at least one letter or digit.",
    ),
    (
        "invalid_value",
        "Something given is not what it should be.",
        "See the help of the command with --help.",
    ),
    (
        "backup_damaged",
        "A backup, or a part of it, is not what it was when it was made.",
        "Make a new backup in another folder; `fieldgrade restore FOLDER --check` names everything that is damaged.",
    ),
    (
        "backup_other",
        "The folder holds the backup of other data, or of newer data than is here.",
        "Choose another folder. If the data here are older than the backup, restore the backup instead.",
    ),
    (
        "backup_inside",
        "A backup inside the data folder is lost with it.",
        "Choose a folder on another disk.",
    ),
    (
        "backup_differs",
        "What was written was read back and is not the same.",
        "Do not use this medium; make the backup on another one.",
    ),
    (
        "keys_unlocked",
        "A private key leaves only locked with a passphrase.",
        "Lock it with `fieldgrade keys lock`, or make the backup without --with-keys.",
    ),
    (
        "root_not_empty",
        "A backup is restored into an empty data folder only.",
        "Choose an empty folder with --data-dir.",
    ),
    (
        "upload_unknown",
        "There is no such upload, or not any more: one that nothing comes to is thrown away after a day.",
        "Send the file again as a new upload.",
    ),
    (
        "upload_invalid",
        "What was said of a file before it is sent cannot be recorded.",
        "Give its name, or its path from the folder that is sent, without empty parts or dots alone.",
    ),
    (
        "upload_offset",
        "The next bytes of an upload must begin where those that were acknowledged end.",
        "Ask how far the upload is, and go on from there.",
    ),
    (
        "upload_busy",
        "Somebody else is sending to the upload, or is taking it.",
        "Wait until the other request has ended, then ask how far the upload is and go on from there.",
    ),
    (
        "upload_too_large",
        "The file has more bytes than one upload may have.",
        "Capture it on the machine itself with `fieldgrade ingest`, or raise FG_MAX_UPLOAD_BYTES.",
    ),
    (
        "upload_length",
        "The upload is not as long as was said.",
        "Send the file as a new upload; if it is still being written to, wait until that has ended.",
    ),
    (
        "upload_digest",
        "What arrived is not what the sender says to have sent; nothing of it was kept.",
        "Send the file again from its beginning.",
    ),
    (
        "upload_broken",
        "The sender stopped before the end of what was announced.",
        "Ask how far the upload is, and go on from there.",
    ),
    (
        "upload_lost",
        "Bytes that had arrived are not there any more, or are not what arrived.",
        "Send the file again as a new upload; run `fieldgrade doctor`, since somebody or the disk has removed them.",
    ),
    (
        "upload_unavailable",
        "Some of the uploads that were named cannot be used; none of them was.",
        "Leave out those that are named, or wait until they have arrived.",
    ),
    (
        "disk_reserve",
        "Less space is free than what is kept free so that the record can always be written.",
        "Free some space on that disk, or lower FG_DISK_RESERVE_BYTES; what arrived is kept.",
    ),
];
