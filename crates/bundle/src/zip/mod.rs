//! The archive around a bundle: read strictly and once, written in one form only.
//!
//! [`Archive::open`] judges end record, directory and every member's header before a single byte of a member is believed:
//! a file has one reading or none. Members are contiguous from the first byte to the directory, both headers of a member
//! say the same, and nothing stands anywhere that no digest covers. What the reference writes (deflated, other modes) is
//! read; [`Archive::canonical_deviation`] says where an archive departs from the form that [`ArchiveWriter`] writes.

mod collide;
mod cp437;
mod directory;
mod entry;
#[cfg(test)]
mod forged;
mod inflate;
mod judge;
mod limits;
mod member;
mod name;
mod place;
mod problem;
mod reader;
mod record;
mod safe;
mod sealed;
mod window;
mod writer;

pub(crate) use collide::position;
pub use entry::{Entry, Method};
pub use limits::Limits;
pub use member::{MemberError, MemberReader};
pub use name::{Folder, Name};
pub use problem::{Problem, Unreadable, catalogue};
pub use reader::Archive;
pub(crate) use safe::is_device;
pub use safe::name_flaw;
pub use writer::{ArchiveWriter, WriteError};
