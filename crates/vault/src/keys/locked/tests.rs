use proptest::prelude::*;
use store::entropy::FixedEntropy;

use super::*;

fn locked() -> (SigningKey, LockedKey) {
    let key = SigningKey::from_seed(&[5; 32]);
    let locked = LockedKey::lock(&key, "grünes Boot", &FixedEntropy::new(1)).unwrap();
    (key, locked)
}

#[test]
fn opens_with_its_passphrase_however_that_was_typed() {
    let (key, locked) = locked();
    let text = locked.to_text();
    assert!(text.starts_with(FIRST_LINE) && !text.contains("PRIVATE"));
    let read = LockedKey::parse(text.as_bytes()).unwrap();
    assert_eq!(read, locked);
    assert_eq!(
        LockedKey::parse(text.replace('\n', "\r\n").as_bytes()).unwrap(),
        locked
    );
    for typed in ["grünes Boot", "gru\u{308}nes Boot"] {
        assert_eq!(read.open(typed).unwrap().seed(), key.seed());
    }
    for wrong in ["gruenes Boot", "grünes Boot ", ""] {
        assert_eq!(read.open(wrong).unwrap_err(), NotOpened::Passphrase);
    }
}

#[test]
fn the_seed_stands_nowhere_in_the_file() {
    let (key, locked) = locked();
    let text = locked.to_text();
    assert!(!text.contains(&STANDARD.encode(key.seed())));
    let again = LockedKey::lock(&key, "grünes Boot", &FixedEntropy::new(2)).unwrap();
    assert_ne!(
        again.ciphertext, locked.ciphertext,
        "a salt and nonce of its own each time"
    );
}

#[test]
fn what_stands_in_clear_cannot_be_exchanged() {
    let (_, locked) = locked();
    let stranger = SigningKey::from_seed(&[6; 32]).public_key();
    let cost = |change: fn(&mut Cost)| {
        let mut other = locked.clone();
        change(&mut other.cost);
        other
    };
    let mut changed = vec![
        cost(|cost| cost.passes = 1),
        cost(|cost| cost.lanes = 1),
        cost(|cost| cost.memory_kib = 64),
    ];
    changed.push(LockedKey {
        public: stranger,
        ..locked.clone()
    });
    changed.push(LockedKey {
        salt: [0; 16],
        ..locked.clone()
    });
    changed.push(LockedKey {
        nonce: [0; 24],
        ..locked.clone()
    });
    let mut flipped = locked.clone();
    flipped.ciphertext[0] ^= 1;
    changed.push(flipped);
    for other in changed {
        assert_eq!(
            other.open("grünes Boot").unwrap_err(),
            NotOpened::Passphrase,
            "{other:?}"
        );
    }
    assert!(locked.open("grünes Boot").is_ok());
}

#[test]
fn costs_beyond_the_limits_are_refused_before_anything_is_computed() {
    let (_, locked) = locked();
    let text = locked.to_text();
    for (from, to) in [
        ("\"memory_kib\":65536", "\"memory_kib\":1048577"),
        ("\"memory_kib\":65536", "\"memory_kib\":8"),
        ("\"memory_kib\":65536", "\"memory_kib\":4294967297"),
        ("\"passes\":3", "\"passes\":21"),
        ("\"passes\":3", "\"passes\":0"),
        ("\"lanes\":4", "\"lanes\":17"),
        ("\"lanes\":4", "\"lanes\":0"),
        ("argon2id", "argon2d"),
        ("xchacha20poly1305", "aes256gcm"),
        ("VERSION 1", "VERSION 2"),
        ("\"passes\":3", "\"passes\":3,\"passes\":3"),
        ("\"passes\":3", "\"passes\":3,\"more\":3"),
    ] {
        let other = text.replace(from, to);
        assert_ne!(other, text, "{from}");
        assert!(LockedKey::parse(other.as_bytes()).is_err(), "{from} → {to}");
    }
    let most = text.replace("\"memory_kib\":65536", "\"memory_kib\":1048576");
    assert!(LockedKey::parse(most.as_bytes()).is_ok());
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = LockedKey::parse(&bytes);
        let mut after = format!("{FIRST_LINE}\n").into_bytes();
        after.extend_from_slice(&bytes);
        prop_assert!(LockedKey::parse(&after).is_err());
    }

    /// Whatever is still read after a byte was changed says something that the limits allow, and writes itself again.
    #[test]
    fn a_changed_byte_is_refused_or_reads_as_what_it_says(at in 0usize..700, byte in any::<u8>()) {
        let (_, locked) = locked_once();
        let mut bytes = locked.to_text().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(read) = LockedKey::parse(&bytes) {
            prop_assert!(read.cost.allowed());
            prop_assert_eq!(LockedKey::parse(read.to_text().as_bytes()).unwrap(), read);
        }
    }

    #[test]
    fn a_file_cut_short_is_refused(keep in 0usize..700) {
        let (_, locked) = locked_once();
        let text = locked.to_text();
        let keep = keep % (text.len() - 1);
        prop_assert!(LockedKey::parse(&text.as_bytes()[..keep]).is_err());
    }
}

/// Locking costs a moment on purpose; the random cases share one.
fn locked_once() -> (SigningKey, LockedKey) {
    static ONCE: std::sync::OnceLock<(SigningKey, LockedKey)> = std::sync::OnceLock::new();
    ONCE.get_or_init(locked).clone()
}
