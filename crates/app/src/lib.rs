//! The one surface of the program: the command line, the server and the desktop call what is here and nothing below it.
//!
//! Each call is one act with one result: a value to show, or an [`AppError`] that names code, place and next step.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod backup;
mod catalogue;
mod config;
mod days;
mod desk;
mod doctor;
mod error;
mod export;
mod fault;
mod file;
mod from;
mod hashes;
mod health;
mod inspect;
mod numbers;
mod rules;
mod runs;
mod seal;
mod selftest;
mod threads;
mod tokens;
mod verify;
mod words;

pub use backup::{adopt_older, backup, check_backup, restore};
pub use catalogue::{Entry, Group, codes, explain};
pub use config::{Complaint, Config, ServerConfig, Set, Setting, Source, settings};
pub use days::{from_day, until_day};
pub use desk::{Desk, SBOM};
pub use doctor::{DISK_RESERVE, doctor};
pub use error::{AppError, ErrorKind};
pub use export::{ExportedItem, export_item, write_new};
pub use fault::Fault;
pub use file::FileReadAt;
pub use hashes::{HashFormat, hashes};
pub use health::{parts, upload_file};
pub use inspect::{
    ArchiveFacts, BlobFacts, DocumentFacts, FoundProblem, Inspection, MemberFacts, Unreadable,
    inspect_file,
};
pub use numbers::{item_label, item_number};
pub use rules::read_rules;
pub use runs::{CaptureKind, CaptureParams, Runs, SealParams, Work};
pub use seal::{SealOptions, Sealed, seal};
pub use selftest::{Tested, selftest};
pub use threads::Threads;
pub use tokens::Role;
pub use verify::{VerifyRequest, check_fingerprint, verify_at, verify_file};
pub use words::words;

pub use bundle::verify::{Progress, Report, Silent};
