//! From what a person named to the files in it, in one fixed order.

use std::collections::VecDeque;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;

use rustix::fs::readlinkat;
use rustix::io::Errno;

use super::arguments::{self, Argument};
use super::errors::{Problem, SourceError, Special};
use super::folder::{self, Cut};
use super::look::{Identity, Kind, Look};
use super::place::Place;

/// Something a [`Walk`] came to.
#[derive(Debug)]
pub enum Found {
    /// A regular file.
    File {
        /// Where.
        place: Place,
        /// How long it is at this moment.
        size: u64,
    },
    /// Something that is not captured, and why.
    Refused(SourceError),
}

impl Found {
    /// Where it lies.
    pub fn place(&self) -> &Place {
        match self {
            Self::File { place, .. } => place,
            Self::Refused(error) => &error.place,
        }
    }
}

/// Goes through files and folders, and says of everything in them what it is.
///
/// - **Order**: by the bytes of the relative path, whatever order the arguments and the folders have them in. A folder
///   that cannot be entered stands where its contents would. Two dropped things of one name come one after the other,
///   by absolute path.
/// - **Links** are named, never followed: neither in folders nor as an argument, where it is too easy to name one
///   without knowing (`ingest *`). Only with a slash behind it (`link/`) an argument means the folder behind the link.
///   Links on the way to an argument are followed: its absolute path is the one without them.
/// - **Once**: an argument that is given twice, or lies in a folder that is given, comes once. Two names of one file
///   (hard links) are two files.
/// - **Excluded**: folders that are never entered, by identity, so no other path leads into them.
/// - An empty folder holds nothing to capture and yields nothing.
/// - **Memory**: the names of one folder, and of each folder above it those still to come. Two descriptors, however deep.
///
/// Folders are looked at while the walk goes on. What comes or goes meanwhile is met or not; what was listed and is then
/// gone is named as `vanished`. A folder whose listing fails half way is named, with what it had listed by then.
pub struct Walk<'a> {
    arguments: VecDeque<Argument>,
    excluded: Vec<Identity>,
    go_on: &'a mut dyn FnMut(u64) -> bool,
    /// How many names were met.
    met: u64,
    levels: Vec<Level>,
    /// The folder of the last level, unless it is gone.
    folder: Option<OwnedFd>,
    waiting: Option<Found>,
}

/// A folder that the walk is in.
struct Level {
    place: Place,
    identity: Identity,
    names: std::vec::IntoIter<Box<[u8]>>,
}

impl<'a> Walk<'a> {
    /// Begins a walk through what was given. Relative paths are seen from the current folder.
    ///
    /// `go_on` gets the number of names met so far, at every entry and for every 1024 names while a folder is listed;
    /// when it says false, the walk ends with an entry `canceled`.
    pub fn new(
        given: &[PathBuf],
        exclude: &[PathBuf],
        go_on: &'a mut dyn FnMut(u64) -> bool,
    ) -> Self {
        let excluded = arguments::identities(exclude);
        Self {
            arguments: arguments::resolve(given, &excluded).into(),
            excluded,
            go_on,
            met: 0,
            levels: Vec::new(),
            folder: None,
            waiting: None,
        }
    }

    /// Goes one step: to the next name, into an argument, or out of a folder.
    fn step(&mut self) -> Option<Found> {
        let Some(level) = self.levels.last_mut() else {
            return match self.arguments.pop_front()? {
                Argument::There(place) => self.begin(&place),
                Argument::Refused(error) => Some(Found::Refused(error)),
            };
        };
        let Some(name) = level.names.next() else {
            self.leave();
            return None;
        };
        let name = name.strip_suffix(b"/").unwrap_or(&name);
        let place = level.place.child(name);
        let within = level.identity.device;
        let visited = match self.folder.take() {
            Some(folder) => {
                let visited = self.visit(&folder, &place, Some(within));
                // Unless it went into the next one.
                self.folder.get_or_insert(folder);
                visited
            }
            None => Err(Problem::Vanished),
        };
        visited.unwrap_or_else(|problem| Some(Found::Refused(problem.at(&place))))
    }

    fn begin(&mut self, place: &Place) -> Option<Found> {
        let (path, _) = place.split();
        let visited = folder::reach(path)
            .map_err(Problem::of_listed)
            .and_then(|folder| {
                if folder::is_system(&folder) {
                    return Err(Problem::NotAFile(Special::System));
                }
                self.visit(&folder, place, None)
            });
        visited.unwrap_or_else(|problem| Some(Found::Refused(problem.at(place))))
    }

    /// Looks at a name in a folder; `within` is the folder's device, if it is known to hold files.
    fn visit(
        &mut self,
        folder: &OwnedFd,
        place: &Place,
        within: Option<u64>,
    ) -> Result<Option<Found>, Problem> {
        self.met += 1;
        let name = place.name();
        let look = Look::at(folder, name).map_err(Problem::of_listed)?;
        if self.excluded.contains(&look.identity) {
            return Err(Problem::OwnData);
        }
        match look.kind {
            Kind::File => Ok(Some(Found::File {
                place: place.clone(),
                size: look.size,
            })),
            Kind::Folder => self.enter(folder, place, within).map(|()| None),
            Kind::Link => Err(Problem::Link {
                target: readlinkat(folder, name, Vec::new())
                    .map(std::ffi::CString::into_bytes)
                    .unwrap_or_default(),
            }),
            Kind::Special(special) => Err(Problem::NotAFile(special)),
        }
    }

    fn enter(
        &mut self,
        above: &OwnedFd,
        place: &Place,
        within: Option<u64>,
    ) -> Result<(), Problem> {
        let folder = folder::enter(above, place.name()).map_err(Problem::of_listed)?;
        let identity = Look::of(&folder).map_err(Problem::of_listed)?.identity;
        if self.excluded.contains(&identity) {
            return Err(Problem::OwnData);
        }
        if self.levels.iter().any(|level| level.identity == identity) {
            return Err(Problem::Loop);
        }
        if within != Some(identity.device) && folder::is_system(&folder) {
            return Err(Problem::NotAFile(Special::System));
        }
        let (met, go_on) = (&mut self.met, &mut self.go_on);
        let listed = folder::list(&folder, &mut |more| go_on(*met + more));
        let problem = match listed.cut_short {
            None => None,
            Some(Cut::Errno(errno)) => Some(Problem::of_listed(errno)),
            Some(Cut::Canceled) => return Err(Problem::Canceled),
        };
        self.waiting = problem.map(|problem| Found::Refused(problem.at(place)));
        self.levels.push(Level {
            place: place.clone(),
            identity,
            names: listed.names.into_iter(),
        });
        self.folder = Some(folder);
        Ok(())
    }

    fn leave(&mut self) {
        self.levels.pop();
        let left = self.folder.take();
        self.folder = self.levels.last().and_then(|level| level.again(left));
    }

    /// The entry that ends a canceled walk.
    fn end(&mut self) -> Option<Found> {
        let level = self.levels.last().map(|level| level.place.clone());
        let place = level.or_else(|| {
            self.arguments
                .front()
                .map(|argument| argument.place().clone())
        })?;
        self.levels.clear();
        self.arguments.clear();
        self.folder = None;
        Some(Found::Refused(Problem::Canceled.at(&place)))
    }

    fn is_over(&self) -> bool {
        self.levels.is_empty() && self.arguments.is_empty()
    }
}

impl Level {
    /// Its folder, coming from a folder in it; by its path where that one was moved meanwhile.
    fn again(&self, from: Option<OwnedFd>) -> Option<OwnedFd> {
        let is_it =
            |folder: &OwnedFd| Look::of(folder).is_ok_and(|look| look.identity == self.identity);
        let above = from.and_then(|from| folder::above(from.as_fd()).ok());
        above.filter(is_it).or_else(|| {
            let path = self.place.absolute().as_os_str().as_encoded_bytes();
            let reached: Result<OwnedFd, Errno> = folder::reach(path);
            reached.ok().filter(is_it)
        })
    }
}

impl Iterator for Walk<'_> {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            if let Some(found) = self.waiting.take() {
                return Some(found);
            }
            if self.is_over() {
                return None;
            }
            if !(self.go_on)(self.met) {
                return self.end();
            }
            if let Some(found) = self.step() {
                if matches!(&found, Found::Refused(error) if matches!(error.problem, Problem::Canceled))
                {
                    self.end();
                }
                return Some(found);
            }
        }
    }
}
