use super::Fields;

const EXTRA_ID: u16 = 0x0001;

/// The values of a ZIP64 extra field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::zip) struct Wide {
    /// Size and compressed size: both or none.
    pub sizes: Option<(u64, u64)>,
    /// Where the local header stands; only in the directory.
    pub offset: Option<u64>,
}

/// Why an extra field cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::zip) enum ExtraFlaw {
    /// It holds something else than one ZIP64 block.
    Foreign,
    /// Its ZIP64 block is not what the 32-bit fields announce.
    Mismatch,
}

impl Wide {
    /// Reads an extra field, knowing which values the 32-bit fields leave to it.
    pub fn parse(extra: &[u8], sizes: bool, offset: bool) -> Result<Self, ExtraFlaw> {
        if extra.is_empty() && !sizes && !offset {
            return Ok(Self::default());
        }
        let from = &mut Fields(extra);
        let (id, len) = (from.u16(), from.u16());
        if extra.is_empty() {
            return Err(ExtraFlaw::Mismatch);
        }
        if id != Some(EXTRA_ID) || len.map(usize::from) != Some(from.0.len()) {
            return Err(ExtraFlaw::Foreign);
        }
        let mut values = || {
            let sizes = if sizes {
                Some((from.u64()?, from.u64()?))
            } else {
                None
            };
            let offset = if offset { Some(from.u64()?) } else { None };
            from.0.is_empty().then_some(Self { sizes, offset })
        };
        values()
            .filter(|wide| usize::from(wide.len()) == extra.len())
            .ok_or(ExtraFlaw::Mismatch)
    }

    /// Its length in bytes.
    pub fn len(&self) -> u16 {
        match (self.sizes.is_some(), self.offset.is_some()) {
            (false, false) => 0,
            (false, true) => 12,
            (true, false) => 20,
            (true, true) => 28,
        }
    }

    /// Appends it; nothing if it holds no value.
    pub fn emit(&self, out: &mut Vec<u8>) {
        if self.len() == 0 {
            return;
        }
        out.extend_from_slice(&EXTRA_ID.to_le_bytes());
        out.extend_from_slice(&(self.len() - 4).to_le_bytes());
        let (size, compressed) = self.sizes.unzip();
        for value in [size, compressed, self.offset].into_iter().flatten() {
            out.extend_from_slice(&value.to_le_bytes());
        }
    }
}
