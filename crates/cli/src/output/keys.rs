//! Keys as people and programs see them.

use app::words;
use bundle::canon::Object;
use bundle::key::PublicKey;
use vault::keys::{KeyFileState, KeyState, OwnKey, TrustedEntry};

use super::{Page, time};

/// A fingerprint in groups of four, as it is read out and compared.
pub fn grouped(key: &PublicKey) -> String {
    let digits = key.id().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

pub fn own_object(key: &OwnKey, file: KeyFileState) -> Object {
    Object::new()
        .with("toolchain_id", key.toolchain_id.as_str())
        .with("fingerprint", key.public.id())
        .with("words", words(&key.public.id()))
        .with("state", key.state.as_str())
        .with("file", key.file_name.as_str())
        .with("file_state", file.as_str())
        .with("created_utc", key.created_utc.as_str())
        .with("ended_utc", key.ended_utc.as_deref())
}

pub fn write_own(page: &mut Page, key: &OwnKey, file: KeyFileState) {
    let state = match key.state {
        KeyState::Active => "signs now",
        KeyState::Rotated => "another key followed it",
        KeyState::Replaced => "lost and replaced",
        KeyState::Revoked => "revoked",
    };
    page.line(&format!("{}, {state}", key.toolchain_id));
    page.field("Fingerprint", &grouped(&key.public));
    page.field("In words", &words(&key.public.id()));
    page.field(
        "Key file",
        match file {
            KeyFileState::Open => "there, without a passphrase",
            KeyFileState::Locked => "there, locked with a passphrase",
            KeyFileState::Missing => "not there",
            KeyFileState::Unusable => "there, but it is not this key",
        },
    );
    page.field("Since", &time(&key.created_utc));
    page.some("Until", key.ended_utc.as_deref().map(time).as_deref());
}

pub fn trusted_object(entry: &TrustedEntry) -> Object {
    Object::new()
        .with("toolchain_id", entry.toolchain_id.as_str())
        .with("fingerprint", entry.public.id())
        .with("words", words(&entry.public.id()))
        .with("name", entry.name.as_str())
        .with("from", entry.from.as_deref())
        .with("until", entry.until.as_deref())
        .with("revoked_utc", entry.revoked.as_deref())
        .with("added_utc", entry.added_utc.as_str())
}

pub fn write_trusted(page: &mut Page, entry: &TrustedEntry) {
    let name = if entry.name.is_empty() {
        "holder not named"
    } else {
        &entry.name
    };
    let state = if entry.revoked.is_some() {
        ", revoked by its holder: not trusted any more"
    } else {
        ""
    };
    page.line(&format!("{}, {name}{state}", entry.toolchain_id));
    page.field("Fingerprint", &grouped(&entry.public));
    page.some("Trusted from", entry.from.as_deref().map(time).as_deref());
    page.some("Trusted until", entry.until.as_deref().map(time).as_deref());
    page.some("Revoked", entry.revoked.as_deref().map(time).as_deref());
    page.field("On the list", &time(&entry.added_utc));
}
