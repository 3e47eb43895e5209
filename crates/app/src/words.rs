//! A digest in words, to be written into a notebook or read out over the telephone.

use bip39::Language;
use bundle::Sha256;

/// How many words stand for a digest; each carries eleven bits, so twelve are more than anybody can search through.
const WORDS: usize = 12;

/// The first 132 bits of a digest in words of the BIP-39 English list.
pub fn words(digest: &Sha256) -> String {
    let bits: Vec<bool> = digest
        .as_bytes()
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1))
        .collect();
    let list = Language::English.word_list();
    let word = |bits: &[bool]| {
        let index = bits
            .iter()
            .fold(0_usize, |index, bit| index << 1 | usize::from(*bit));
        list.get(index).copied().unwrap_or_default()
    };
    bits.chunks(11)
        .take(WORDS)
        .map(word)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_digest_has_the_same_twelve_words() {
        let first = words(&Sha256::from_bytes([0; 32]));
        assert_eq!(first, ["abandon"; 12].join(" "));
        let other = words(&Sha256::of(b"a"));
        assert_eq!(other.split(' ').count(), 12);
        assert_ne!(other, words(&Sha256::of(b"b")));
    }
}
