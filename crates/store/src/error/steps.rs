//! The codes of this crate: the word, what it means, what to do about it.

/// What each code of this crate means, and what to do about it.
pub const NEXT_STEPS: &[(&str, &str, &str)] = &[
    (
        "io",
        "The operating system refused an operation.",
        "Check the disk and its cable or network, then try again; nothing was acknowledged.",
    ),
    (
        "disk_full",
        "There is no space left, or the quota is used up.",
        "Free some space on that disk, then try again; nothing recorded was lost.",
    ),
    (
        "permission_denied",
        "This user may not do that.",
        "Give this user the right to it, or choose another folder with --data-dir.",
    ),
    (
        "read_only",
        "The place is mounted read-only, or was opened for reading only.",
        "Work on a writable copy; a read-only one can be read and checked.",
    ),
    (
        "database_locked",
        "Another process has been writing to the database for too long.",
        "Try again; if it lasts, end the process that holds the database.",
    ),
    (
        "database_corrupt",
        "The file is damaged or is no database.",
        "Run `fieldgrade doctor`, and restore from a backup if it says so.",
    ),
    (
        "database_newer",
        "A later version of the program has changed the database.",
        "Use the newer version of the program that wrote it.",
    ),
    (
        "database_older",
        "The database must be brought to the present version first, and this opening may not write.",
        "Open it once for writing with this program; a copy is kept beside it.",
    ),
    (
        "database_failed",
        "The database refused for another reason.",
        "Try again; if it stays, report it with this text.",
    ),
    (
        "root_in_use",
        "Other processes hold a folder that is needed alone, or alone a folder that is needed.",
        "Close that program, or wait until it is done, then try again.",
    ),
    (
        "network_filesystem",
        "On this file system only one process may have the database open.",
        "Run one process only (`serve --embedded-worker`), or move the data folder to a local disk.",
    ),
    (
        "reference_root",
        "The database was made by the reference platform.",
        "Run `fieldgrade adopt` to take its evidence over, or choose another folder.",
    ),
    (
        "not_a_data_root",
        "The folder holds something else than data of this program, or nothing.",
        "Check --data-dir, or choose an empty folder for a new one.",
    ),
    (
        "is_a_backup",
        "The folder is a backup, which nothing is ever added to.",
        "Check it with `fieldgrade restore FOLDER --check`, or restore it into an empty folder: `fieldgrade restore FOLDER --data-dir DIR`.",
    ),
    (
        "lease_lost",
        "The run was claimed by somebody else meanwhile.",
        "Nothing to do: another worker goes on with the run.",
    ),
    (
        "blob_missing",
        "Bytes that are on record are not in the store.",
        "Run `fieldgrade doctor`; capturing the same file again brings the bytes back.",
    ),
    (
        "blob_damaged",
        "Bytes in the store are not those on record.",
        "Run `fieldgrade doctor`; capturing the same file again heals the bytes.",
    ),
    (
        "canceled",
        "Whoever asked for it asked to stop.",
        "Start it again when wanted; what was acknowledged stays.",
    ),
];
