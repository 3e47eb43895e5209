//! Policies and allowlists: read or refused, and what was read has one hash.
#![no_main]

use bundle::Sha256;
use bundle::canon::Value;
use bundle::policy::{Allowlist, Policy};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(policy) = Policy::from_yaml(data) {
        assert_eq!(policy.hash(), Sha256::of(&policy.canonical()));
        let value = Value::parse(&policy.canonical()).expect("canonical JSON can be read");
        let again = Policy::from_normalised(value).expect("and is the policy");
        assert_eq!(again.hash(), policy.hash());
        assert_eq!(again.mode(), policy.mode());
        assert_eq!(again.thresholds(), policy.thresholds());
    }
    if let Ok(allowlist) = Allowlist::from_yaml(data) {
        for entry in allowlist.entries() {
            assert_eq!(allowlist.get(&entry.id), Some(entry));
        }
    }
});
