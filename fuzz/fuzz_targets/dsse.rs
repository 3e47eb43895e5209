//! An envelope that was read is written and read again as the same one, and nobody's key signed it.
#![no_main]

use bundle::dsse::Envelope;
use bundle::key::{Signer, SigningKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(envelope) = Envelope::parse(data) else {
        return;
    };
    let again = Envelope::parse(&envelope.to_bytes()).expect("what we write can be read");
    assert_eq!(envelope, again);
    let key = SigningKey::from_seed(&[3; 32]).public_key();
    assert!(envelope.verify(&key, &[key.id()]).is_err());
});
