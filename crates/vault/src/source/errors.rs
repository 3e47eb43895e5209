//! Why a file was not captured: a stable code, one sentence, the place, the next step.

use std::fmt;
use std::io;

use bundle::format::text::clean;
use rustix::io::Errno;

use super::place::Place;

/// Why something was not captured, and where it lies.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct SourceError {
    /// Why.
    pub problem: Problem,
    /// What.
    pub place: Place,
}

/// The reasons for which something is not captured.
#[derive(Debug)]
pub enum Problem {
    /// `no_such_file`: there is nothing of the name that was given.
    NoSuchFile,
    /// `permission_denied`: this user may not read it, or may not enter a folder on the way.
    PermissionDenied,
    /// `not_a_file:symlink`: a link is never followed. Its target in exact bytes, as far as it could be read.
    Link {
        /// What the link says, relative to its own folder.
        target: Vec<u8>,
    },
    /// `not_a_file:…`: neither a file nor a folder.
    NotAFile(Special),
    /// `loop`: links on the way that lead back to themselves, or a folder that contains itself.
    Loop,
    /// `own_data`: it belongs to Fieldgrade's own data.
    OwnData,
    /// `changed_while_reading`: at every attempt, something wrote to it.
    Changed(Change),
    /// `vanished`: it was there when its folder was listed, and then no longer.
    Vanished,
    /// `canceled`: whoever asked for it asked to stop.
    Canceled,
    /// `io`: the operating system could not read it.
    Io(io::Error),
    /// `not_stored`: it can be read; whoever took its bytes failed. What they said is inside, unchanged.
    Sink(io::Error),
}

/// What is neither file, folder nor link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Special {
    /// A socket.
    Socket,
    /// A FIFO.
    Fifo,
    /// A block or character device.
    Device,
    /// A file or folder of the kernel's, made up while it is read, as in `/proc`.
    System,
    /// Something of a kind that this program does not know.
    Unknown,
}

/// How a file was seen to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Longer than it was.
    Grew,
    /// Shorter than it was.
    Shrank,
    /// Written to, with the same length.
    Rewritten,
    /// Its rights, names or times were changed, and so perhaps its bytes.
    Touched,
    /// Another file took its name.
    Replaced,
}

impl Problem {
    /// Makes it an error at a place.
    pub(super) fn at(self, place: &Place) -> SourceError {
        SourceError {
            problem: self,
            place: place.clone(),
        }
    }

    /// What an errno means for something that was listed before.
    pub(super) fn of_listed(errno: Errno) -> Self {
        match errno {
            Errno::NOENT | Errno::NOTDIR | Errno::STALE => Self::Vanished,
            Errno::ACCESS | Errno::PERM => Self::PermissionDenied,
            // Opened without following: it, or a folder on the way, has become a link.
            Errno::LOOP => Self::Changed(Change::Replaced),
            Errno::NXIO | Errno::NODEV => Self::NotAFile(Special::Device),
            other => Self::Io(other.into()),
        }
    }

    /// What an errno means for something that was named by a person.
    pub(super) fn of_named(error: io::Error) -> Self {
        match error.raw_os_error().map(Errno::from_raw_os_error) {
            Some(Errno::NOENT | Errno::NOTDIR | Errno::NAMETOOLONG) => Self::NoSuchFile,
            Some(Errno::ACCESS | Errno::PERM) => Self::PermissionDenied,
            Some(Errno::LOOP) => Self::Loop,
            _ => Self::Io(error),
        }
    }
}

impl SourceError {
    /// The stable name, for programs.
    pub const fn code(&self) -> &'static str {
        match self.problem {
            Problem::NoSuchFile => "no_such_file",
            Problem::PermissionDenied => "permission_denied",
            Problem::Link { .. } => "not_a_file:symlink",
            Problem::NotAFile(Special::Socket) => "not_a_file:socket",
            Problem::NotAFile(Special::Fifo) => "not_a_file:fifo",
            Problem::NotAFile(Special::Device) => "not_a_file:device",
            Problem::NotAFile(Special::System) => "not_a_file:system",
            Problem::NotAFile(Special::Unknown) => "not_a_file:unknown",
            Problem::Loop => "loop",
            Problem::OwnData => "own_data",
            Problem::Changed(_) => "changed_while_reading",
            Problem::Vanished => "vanished",
            Problem::Canceled => "canceled",
            Problem::Io(_) => "io",
            Problem::Sink(_) => "not_stored",
        }
    }

    /// What to do about it, in one sentence.
    pub fn next_step(&self) -> &'static str {
        match &self.problem {
            Problem::NoSuchFile => "Check the name and the folder, and name it again.",
            Problem::PermissionDenied => "Ask its owner for the right to read it, or for a copy.",
            Problem::Link { .. } => {
                "Add what it points to; for a folder, a slash after the link's name does that."
            }
            Problem::NotAFile(Special::System) => {
                "Save what it shows into a file, and add that file."
            }
            Problem::NotAFile(Special::Device) => {
                "Make an image of the device with a tool for that, and add the image."
            }
            Problem::NotAFile(_) => "It holds no content of its own; nothing is missing.",
            Problem::Loop => "Add the folder or file that is meant by its own path.",
            Problem::OwnData => "To hand it on, use export or backup.",
            Problem::Changed(_) => {
                "Close the program that writes to it, or make a copy, and add it again."
            }
            Problem::Vanished => "Put it back, and add it again.",
            Problem::Canceled => "Add it again when you want it.",
            Problem::Io(_) => {
                "Check the medium and its cable or network; if it is failing, image it first."
            }
            Problem::Sink(_) => "See to the place where it is kept, then add it again.",
        }
    }

    fn sentence(&self) -> String {
        let at = &self.place;
        match &self.problem {
            Problem::NoSuchFile => {
                let whole = clean(at.absolute().as_os_str().as_encoded_bytes()).text;
                format!("there is no file or folder {whole}")
            }
            Problem::PermissionDenied => format!("{at} may not be read by this user"),
            Problem::Link { target } if target.is_empty() => format!("{at} is a link"),
            Problem::Link { target } => format!("{at} is a link to {}", clean(target).text),
            Problem::NotAFile(special) => format!("{at} is {special}, not a file"),
            Problem::Loop => format!("{at} leads back to itself"),
            Problem::OwnData => format!("{at} belongs to Fieldgrade's own data"),
            Problem::Changed(change) => format!("{at} {change} while it was read"),
            Problem::Vanished => format!("{at} was removed or renamed before it could be read"),
            Problem::Canceled => format!("{at} was not read: canceled"),
            Problem::Io(e) => format!("{at} could not be read: {e}"),
            Problem::Sink(e) => format!("{at} could not be stored: {e}"),
        }
    }
}

impl fmt::Display for Special {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Socket => "a socket",
            Self::Fifo => "a pipe between programs",
            Self::Device => "a device",
            Self::System => "a view into the running system",
            Self::Unknown => "of an unknown kind",
        })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Grew => "grew",
            Self::Shrank => "became shorter",
            Self::Rewritten => "was written to",
            Self::Touched => "was touched",
            Self::Replaced => "was replaced by another",
        })
    }
}
