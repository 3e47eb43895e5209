//! Where a file lies, and what it is called seen from what was dropped.

use std::ffi::OsStr;
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use bundle::format::text::clean;

/// A place in the file system, in exact bytes: an absolute path without links, of which the end is the relative path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    absolute: Vec<u8>,
    /// Where the relative path begins.
    relative_at: usize,
}

impl Place {
    /// What was dropped itself: its relative path is its name.
    pub(super) fn dropped(mut absolute: Vec<u8>) -> Self {
        while absolute.len() > 1 && absolute.ends_with(b"/") {
            absolute.pop();
        }
        let relative_at = absolute
            .iter()
            .rposition(|byte| *byte == b'/')
            .map_or(0, |slash| slash + 1);
        Self {
            absolute,
            relative_at,
        }
    }

    /// Something in this folder.
    pub(super) fn child(&self, name: &[u8]) -> Self {
        let mut absolute = Vec::with_capacity(self.absolute.len() + 1 + name.len());
        absolute.extend_from_slice(&self.absolute);
        if !absolute.ends_with(b"/") {
            absolute.push(b'/');
        }
        absolute.extend_from_slice(name);
        Self {
            absolute,
            relative_at: self.relative_at,
        }
    }

    /// The absolute path.
    pub fn absolute(&self) -> &Path {
        Path::new(OsStr::from_bytes(&self.absolute))
    }

    /// The path from what was dropped, `/`-separated: its first segment is the name of the dropped file or folder. For
    /// the folder `/`, which has no name, it begins with what lies in it.
    pub fn relative(&self) -> &[u8] {
        self.absolute.get(self.relative_at..).unwrap_or_default()
    }

    /// The file's own name; empty for the folder `/`.
    pub fn name(&self) -> &[u8] {
        self.split().1
    }

    /// The path of the folder, and the name in it.
    pub(super) fn split(&self) -> (&[u8], &[u8]) {
        let slash = self.absolute.iter().rposition(|byte| *byte == b'/');
        let (folder, name) = self.absolute.split_at(slash.map_or(0, |slash| slash + 1));
        let folder = match folder {
            b"/" => folder,
            longer => longer.strip_suffix(b"/").unwrap_or(longer),
        };
        (folder, name)
    }
}

/// The relative path, safe to print on a line; the absolute one where there is none.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = match self.relative() {
            [] => &self.absolute,
            relative => relative,
        };
        f.write_str(&clean(shown).text)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({})", self.absolute.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_exact_and_shown_safely() {
        let folder = Place::dropped(b"/srv/drop".to_vec());
        assert_eq!(folder.relative(), b"drop");
        let file = folder.child(b"caf\xe9\n.txt");
        assert_eq!(
            file.absolute().as_os_str().as_bytes(),
            b"/srv/drop/caf\xe9\n.txt"
        );
        assert_eq!(file.relative(), b"drop/caf\xe9\n.txt");
        assert_eq!(file.name(), b"caf\xe9\n.txt");
        assert_eq!(file.split().0, b"/srv/drop");
        assert_eq!(file.to_string(), "drop/caf\u{fffd}\u{fffd}.txt");
    }

    #[test]
    fn the_root_has_no_name() {
        let root = Place::dropped(b"/".to_vec());
        assert_eq!((root.relative(), root.name()), (&b""[..], &b""[..]));
        assert_eq!(root.to_string(), "/");
        assert_eq!(root.child(b"etc").relative(), b"etc");
        assert_eq!(root.child(b"etc").split(), (&b"/"[..], &b"etc"[..]));
    }
}
