//! How much a reader takes on, whatever an archive claims.

/// The reader's own limits. A policy may be stricter; it is asked later.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The most entries.
    pub entries: u64,
    /// The most bytes of names that are not names of blobs, all together.
    pub name_bytes: u64,
    /// The largest directory, in bytes.
    pub directory: u64,
    /// How many times larger than its data a deflated member may claim to be…
    pub ratio: u64,
    /// …if it claims more bytes than this: small files of one repeated byte are no attack.
    pub ratio_from: u64,
}

impl Limits {
    /// The limit on entries, which are numbered with 32 bits.
    pub(super) fn most_entries(&self) -> u64 {
        self.entries.min(u32::MAX.into())
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 5_000_000,
            name_bytes: 32 << 20,
            directory: 1 << 30,
            ratio: 250,
            ratio_from: 1 << 20,
        }
    }
}
