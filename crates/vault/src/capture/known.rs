//! What is known of what is captured besides its bytes: a file that was found, or one that was sent.

use bundle::canon::Object;
use bundle::format::text::clean;

use crate::source::Facts;
use crate::uploads::{Sent, UploadId};

/// What is known of something besides its bytes.
pub(crate) enum Known {
    /// A file that was found here.
    Found(Facts),
    /// A file that somebody sent: only what they said of it.
    Sent(Sent),
}

/// Where the files of one drop come from. Each stands in the INTAKE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// Files and folders of this machine.
    Files,
    /// Uploads.
    Uploads,
}

impl Known {
    /// Its name, in exact bytes.
    pub fn name(&self) -> &[u8] {
        match self {
            Self::Found(facts) => facts.place.name(),
            Self::Sent(sent) => sent.name().as_bytes(),
        }
    }

    /// Its path from what was dropped, in exact bytes.
    pub fn path(&self) -> &[u8] {
        match self {
            Self::Found(facts) => facts.place.relative(),
            Self::Sent(sent) => sent.path.as_bytes(),
        }
    }

    /// When it was last written to; empty if that is not known.
    pub fn modified(&self) -> &str {
        match self {
            Self::Found(facts) => facts.modified.as_deref().unwrap_or_default(),
            Self::Sent(sent) => &sent.modified_utc,
        }
    }

    /// The upload that it came by.
    pub fn upload(&self) -> Option<&UploadId> {
        match self {
            Self::Found(_) => None,
            Self::Sent(sent) => Some(&sent.id),
        }
    }

    /// The machine body. The path that a file sent had on another machine is not known; where it was spooled is nothing
    /// of its own.
    pub fn machine(&self, owner: Object) -> Object {
        let Self::Found(facts) = self else {
            return owner;
        };
        let path = clean(facts.place.absolute().as_os_str().as_encoded_bytes());
        let mut body = path.add_to(owner, "absolute_path");
        for (key, value) in [
            ("volume_label", &facts.volume.label),
            ("volume_serial", &facts.volume.serial),
        ] {
            if let Some(value) = value {
                body = clean(value).add_to(body, key);
            }
        }
        body
    }
}

impl Arrival {
    /// What an INTAKE says of how its files came here; `first` is the first of them.
    pub fn intake(self, content: Object, first: &Known) -> Object {
        let (kind, times) = match self {
            Self::Files => ("files", vec!["modified"]),
            // A time that a sender tells was not read from a file system.
            Self::Uploads => ("upload", Vec::new()),
        };
        let volume = match first {
            Known::Found(facts) => Some(&facts.volume),
            Known::Sent(_) => None,
        };
        let file_system = volume.and_then(|volume| volume.file_system.as_deref());
        let removable = volume.and_then(|volume| volume.removable);
        content
            .with("source_kind", kind)
            .with("file_system", file_system.unwrap_or("unknown"))
            .with("removable", removable.unwrap_or(false))
            .with("times_read", times)
    }
}
