//! Files of the outside world: found, opened and read exactly as they are, or it is said why not.
//!
//! [`Walk`] goes from what a person named to an ordered sequence of [`Found`] entries, [`read`] passes the bytes of one
//! of them to a [`Sink`], and [`Facts`] is what is known of the file besides its bytes. Nothing here writes to a source,
//! follows a link, or opens anything but a regular file.

mod arguments;
mod errors;
mod facts;
mod folder;
mod look;
mod machine;
mod open;
mod place;
mod read;
mod steps;
mod time;
mod volume;
mod walk;

pub use errors::{Change, Problem, SourceError, Special};
pub use facts::Facts;
pub use machine::Machine;
pub use open::{Device, SourceFile, open};
pub use place::Place;
pub use read::{Extent, RESTARTS, Reading, Sink, read};
pub use steps::NEXT_STEPS;
pub use time::file_time;
pub use volume::{Volume, Volumes};
pub use walk::{Found, Walk};
