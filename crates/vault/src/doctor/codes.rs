//! Everything the doctor can find: the word, how bad it is, what it means, what to do.

use super::Severity::{self, Error, Note, Warning};

/// A line of the catalogue.
pub type Line = (&'static str, Severity, &'static str, &'static str);

/// Everything that can be found. Other words come from an error that was met on the way.
#[rustfmt::skip]
pub const FINDINGS: &[Line] = &[
    ("database_corrupt", Error, "A database is damaged.",
        "Keep this data folder as it is, and restore the last backup into an empty folder with `fieldgrade restore`."),
    ("database_missing", Error, "The database of documents and ledgers is gone, while evidence is there.",
        "Put the database back, or restore the last backup into an empty folder with `fieldgrade restore`."),
    ("ledger_damaged", Error, "The record of actions contradicts itself.",
        "Keep this data folder as it is, and restore the last backup into an empty folder with `fieldgrade restore`."),
    ("ledger_rolled_back", Error, "The database is older than what was already written or sealed.",
        "Put the newer database back. If an older copy was put here on purpose, say so: `fieldgrade restore --here --reason …`."),
    ("head_missing", Note, "Nothing beside the keys remembers how long a record was, so an older copy would not be noticed.",
        "Run `fieldgrade doctor --repair`; it is written anew."),
    ("head_unreadable", Warning, "What remembers how long a record was cannot be read.",
        "Check whether the record is complete, then run `fieldgrade doctor --repair`; it is written anew."),
    ("counters_behind", Error, "The next number of an item or intake is one that is taken.",
        "Run `fieldgrade doctor --repair`; the right number follows from the record."),
    ("item_missing", Error, "An item stands in the record but not in the list of items.",
        "Run `fieldgrade doctor --repair`; the list is made again from the record."),
    ("item_differs", Error, "The list of items says something else of an item than the record.",
        "Run `fieldgrade doctor --repair`; the list is made again from the record, which is what counts."),
    ("item_unbacked", Error, "The list holds an item that nothing in the record speaks of.",
        "Keep this data folder as it is, and restore the last backup into an empty folder with `fieldgrade restore`."),
    ("seal_differs", Error, "The list of sealed packages says something else than the record.",
        "Keep this data folder as it is, and restore the last backup into an empty folder with `fieldgrade restore`."),
    ("blob_missing", Error, "Bytes that the record names are gone.",
        "Run `fieldgrade doctor --repair`, which looks for them in sealed packages; else capture the same file again, or restore a backup."),
    ("blob_damaged", Error, "Bytes are not those that were captured.",
        "Run `fieldgrade doctor --repair`, which looks for them in sealed packages; else capture the same file again, or restore a backup."),
    ("blob_unlisted", Error, "Bytes are there, but the list of bytes does not know them, so that they cannot be sealed.",
        "Run `fieldgrade doctor --repair`; the list is made again from the bytes."),
    ("erased_bytes_remain", Warning, "Bytes that were erased on purpose are still there.",
        "Run `fieldgrade doctor --repair`; they are removed."),
    ("blob_orphan", Note, "Bytes are there that nothing names, as a crash leaves them before anything was acknowledged.",
        "Nothing needs to be done. `fieldgrade doctor --repair` removes those older than a day, if the record is sound."),
    ("foreign_file", Warning, "Something lies in the store that Fieldgrade did not put there.",
        "Look at it, and move it to another place."),
    ("leftover", Note, "Unfinished temporary files were left by a run that was cut short; nothing of them had been acknowledged.",
        "Nothing needs to be done; they are removed by `fieldgrade doctor --repair` or the next capture."),
    ("bundle_missing", Note, "The file of a sealed package is gone; the record can make it again.",
        "Make it again with `fieldgrade reproduce`, or put it back with `fieldgrade doctor --repair`."),
    ("bundle_damaged", Error, "The file of a sealed package is not what was sealed.",
        "Do not hand it on. `fieldgrade doctor --repair` makes it again from the record."),
    ("seal_open", Warning, "Sealing was begun and not finished.",
        "Run `fieldgrade seal`; it finishes what was begun first."),
    ("texts_pending", Note, "The text of some items was not read yet; they are kept, but not found by their words.",
        "Nothing needs to be done; it is read when there is time."),
    ("search_behind", Note, "The search index does not hold everything yet.",
        "Nothing needs to be done; a search brings it up to date."),
    ("key_missing", Error, "The signing key is not in the keys folder.",
        "Put the key file back from a backup. If it is lost for good, run `fieldgrade keys replace --lost`; that is put on record."),
    ("key_invalid", Error, "A key file does not hold the key that it should.",
        "Put the key file back from a backup."),
    ("key_exposed", Warning, "Others on this machine can read a private key.",
        "Run `fieldgrade doctor --repair`; the rights are taken back. If others may have read it, change it with `fieldgrade keys rotate`."),
    ("key_unlocked", Note, "The signing key is not locked with a passphrase: who has this computer can sign.",
        "Lock it with a passphrase: `fieldgrade keys lock`."),
    ("folder_exposed", Warning, "Others on this machine can read or change the data.",
        "Run `fieldgrade doctor --repair`; the rights are taken back."),
    ("disk_reserve", Warning, "The disk is nearly full.",
        "Free some space before the next capture."),
    ("network_filesystem", Warning, "The data lies on a file system where only one process may work with it.",
        "Run one process only, or move the data folder to a local disk."),
    ("read_only", Note, "The data can only be read here; nothing is recorded and nothing can be repaired.",
        "Nothing needs to be done if this is a write-blocked copy."),
    ("clock_went_back", Warning, "The clock of this computer shows an earlier time than an entry of the record.",
        "Set the clock. The order of the record does not depend on it."),
    ("backup_damaged", Error, "A file of a backup is not what it was when the backup was made.",
        "Do not rely on this backup; make a new one in another folder."),
    ("no_backup", Warning, "No backup is on record: this is the only copy.",
        "Make one on another disk with `fieldgrade backup FOLDER`."),
    ("backup_known", Note, "A backup is on record.",
        "Prove it from time to time with `fieldgrade restore FOLDER --check`."),
];

/// The line of a word. A word of no line is a mistake of this program, and a test finds it.
pub(super) fn explain(word: &str) -> Line {
    let line = FINDINGS.iter().find(|(found, ..)| *found == word);
    line.copied().unwrap_or(("internal", Error, "", ""))
}
