//! The hash tree of RFC 6962 §2.1 over the events of a chain: a leaf is the 32 bytes of an event hash.

use crate::digest::Sha256;

fn leaf(event_hash: &Sha256) -> Sha256 {
    Sha256::of_parts(&[&[0], event_hash.as_bytes()])
}

fn node(left: &Sha256, right: &Sha256) -> Sha256 {
    Sha256::of_parts(&[&[1], left.as_bytes(), right.as_bytes()])
}

/// The roots of the full subtrees of a tree, largest first: all that is needed to go on from here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    roots: Vec<Sha256>,
}

/// A frontier whose number of roots does not fit its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tree of {size} leaves has {expected} full subtrees, not {found}")]
pub struct FrontierMismatch {
    size: u64,
    expected: u32,
    found: usize,
}

impl Frontier {
    /// The empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// A tree of `size` leaves from the roots of its full subtrees.
    pub fn from_parts(size: u64, roots: Vec<Sha256>) -> Result<Self, FrontierMismatch> {
        let expected = size.count_ones();
        if usize::try_from(expected) != Ok(roots.len()) {
            return Err(FrontierMismatch {
                size,
                expected,
                found: roots.len(),
            });
        }
        Ok(Self { size, roots })
    }

    /// Adds the next event.
    pub fn push(&mut self, event_hash: &Sha256) {
        let mut root = leaf(event_hash);
        // Each trailing one bit of the size is a full subtree of the same height as the new one: join them.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                root = node(&left, &root);
            }
        }
        self.roots.push(root);
        self.size += 1;
    }

    /// How many events the tree holds.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the full subtrees, largest first.
    pub fn roots(&self) -> &[Sha256] {
        &self.roots
    }

    /// The root of the tree; of the empty tree, the digest of nothing.
    pub fn root(&self) -> Sha256 {
        let mut roots = self.roots.iter().rev();
        let Some(last) = roots.next() else {
            return Sha256::of(b"");
        };
        roots.fold(*last, |right, left| node(left, &right))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition as RFC 6962 §2.1 writes it, for comparison.
    fn defined(leaves: &[Sha256]) -> Sha256 {
        match leaves {
            [] => Sha256::of(b""),
            [one] => leaf(one),
            many => {
                let k = many.len().next_power_of_two() / 2;
                let (left, right) = many.split_at(k);
                node(&defined(left), &defined(right))
            }
        }
    }

    #[test]
    fn the_root_is_the_one_of_the_definition() {
        let leaves: Vec<Sha256> = (0u8..70).map(|n| Sha256::of(&[n])).collect();
        let mut tree = Frontier::new();
        for n in 0..leaves.len() {
            assert_eq!(tree.root(), defined(&leaves[..n]), "{n} leaves");
            let again = Frontier::from_parts(tree.size(), tree.roots().to_vec()).unwrap();
            assert_eq!(again, tree);
            tree.push(&leaves[n]);
        }
        assert!(Frontier::from_parts(3, vec![leaves[0]]).is_err());
    }
}
