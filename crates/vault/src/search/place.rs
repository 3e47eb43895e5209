//! Where a passage stands: its case, its item, its place in the item, in one number that SQLite orders by.

use std::ops::RangeInclusive;

/// Bits of the item's number and of the place in the item; the case has what is left of 63.
const ITEM_BITS: u32 = 24;
const PLACE_BITS: u32 = 24;

/// Places in an item: the name, then captions, then the pieces of the text.
const CAPTIONS: i64 = 1;
const TEXT: i64 = 1 << 12;
const END: i64 = 1 << PLACE_BITS;

/// The greatest number of a case that fits.
pub(super) const MAX_CASE: i64 = (1 << (63 - ITEM_BITS - PLACE_BITS)) - 1;
/// The greatest number of an item that fits.
pub(super) const MAX_ITEM: u64 = (1 << ITEM_BITS) - 1;

/// The item of a passage.
pub(super) const fn item_of(id: i64) -> i64 {
    (id >> PLACE_BITS) & ((1 << ITEM_BITS) - 1)
}

/// Whether a passage is a name (0), a caption (1) or of the text (2).
pub(super) const fn class_of(id: i64) -> u8 {
    match id & (END - 1) {
        0 => 0,
        place if place < TEXT => 1,
        _ => 2,
    }
}

/// The numbers of one case.
pub(super) const fn of_case(case: i64) -> RangeInclusive<i64> {
    let first = case << (ITEM_BITS + PLACE_BITS);
    first..=first + ((1 << (ITEM_BITS + PLACE_BITS)) - 1)
}

/// The numbers of one item.
#[derive(Debug, Clone, Copy)]
pub(super) struct OfItem(i64);

impl OfItem {
    pub(super) const fn new(case: i64, item: i64) -> Self {
        Self(((case << ITEM_BITS) | item) << PLACE_BITS)
    }

    pub(super) const fn all(self) -> RangeInclusive<i64> {
        self.0..=self.0 + (END - 1)
    }

    pub(super) const fn name(self) -> i64 {
        self.0
    }

    pub(super) const fn captions(self) -> RangeInclusive<i64> {
        self.0 + CAPTIONS..=self.0 + (TEXT - 1)
    }

    pub(super) const fn texts(self) -> RangeInclusive<i64> {
        self.0 + TEXT..=self.0 + (END - 1)
    }

    /// The piece of the text with this number; none once the places are used up, after some twenty billion characters.
    pub(super) fn text(self, chunk: u64) -> Option<i64> {
        let place = i64::try_from(chunk).ok()?.checked_add(TEXT)?;
        (place < END).then_some(self.0 + place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_ordered_by_case_item_and_place() {
        let item = OfItem::new(3, 7);
        assert_eq!(item_of(item.name()), 7);
        let classes = [
            item.name(),
            *item.captions().start(),
            item.text(0).unwrap(),
            *item.texts().end(),
        ];
        assert!(classes.is_sorted());
        assert_eq!(classes.map(class_of), [0, 1, 2, 2]);
        assert_eq!(item.text(u64::MAX), None);
        assert_eq!(OfItem::new(3, 8).name(), *item.all().end() + 1);
        let last = OfItem::new(MAX_CASE, i64::try_from(MAX_ITEM).unwrap());
        assert_eq!(*last.all().end(), i64::MAX);
        assert_eq!(of_case(MAX_CASE).end(), last.all().end());
        assert!(of_case(3).contains(&item.name()) && !of_case(4).contains(&item.name()));
    }
}
