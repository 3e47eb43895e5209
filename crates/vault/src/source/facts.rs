//! What is known of a file besides its bytes.

use std::sync::Arc;

use super::place::Place;
use super::read::Reading;
use super::time::file_time;
use super::volume::{Volume, Volumes};

/// What is known of a file besides its bytes. Names are exact bytes: a body gets them through
/// [`bundle::format::text::clean`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Its name, its path from what was dropped, and its absolute path.
    pub place: Place,
    /// How many bytes were read.
    pub size: u64,
    /// When it was last written to, nine digits, UTC; none where the file system's answer is outside of the years 0 to 9999.
    pub modified: Option<String>,
    /// What it lies on.
    pub volume: Arc<Volume>,
}

impl Facts {
    /// What is known of a file that was just read.
    pub fn of(reading: &Reading, volumes: &mut Volumes) -> Self {
        let (seconds, nanoseconds) = reading.modified;
        Self {
            place: reading.place.clone(),
            size: reading.extent.size,
            modified: file_time(seconds, nanoseconds),
            volume: volumes.of(&reading.device),
        }
    }
}
