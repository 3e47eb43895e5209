//! Passphrases and tokens: from the environment, from a file that it names, or typed on the terminal unseen. Never an argument,
//! which every user of the machine could read.

use std::fs::File;
use std::io::{IsTerminal, Read, stderr, stdin};
use std::path::{Path, PathBuf};

use app::{AppError, Config, Desk, Fault};
use vault::keys::{KeyFileState, OwnKey};
use zeroize::Zeroizing;

/// A passphrase; wiped from memory when dropped.
pub type Secret = Zeroizing<String>;

/// Unlocks the signing key.
const PRESENT: &str = "FG_KEY_PASSPHRASE";
/// Locks a key anew.
const NEW: &str = "FG_KEY_NEW_PASSPHRASE";
/// Nobody types more.
const LONGEST: u64 = 4096;

/// The passphrase of the key that signs now: from the environment, or asked for if the key is locked.
pub fn of_present(desk: &Desk) -> Result<Option<Secret>, AppError> {
    match desk.vault().active_key()? {
        Some(key) => of_key(desk, &key),
        None => unasked(desk),
    }
}

/// The passphrase of the key that signs now, where nobody can be asked for it: as the environment gives it, or the file
/// that the settings name.
pub fn unasked(desk: &Desk) -> Result<Option<Secret>, AppError> {
    if let Some(passphrase) = given(PRESENT)? {
        return Ok(Some(passphrase));
    }
    let config = Config::of_process(Some(desk.vault().root().path()))?;
    config.passphrase_file().map_or(Ok(None), from_file)
}

/// The same of any own key.
pub fn of_key(desk: &Desk, key: &OwnKey) -> Result<Option<Secret>, AppError> {
    if let Some(passphrase) = unasked(desk)? {
        return Ok(Some(passphrase));
    }
    let locked = desk.vault().key_file_state(key)? == KeyFileState::Locked;
    if !locked || !can_ask() {
        return Ok(None);
    }
    ask(&format!(
        "Passphrase of the signing key {}: ",
        key.toolchain_id
    ))
    .map(Some)
}

/// The passphrase of a key file that is taken in; asked for only if `locked`.
pub fn of_file(locked: bool) -> Result<Option<Secret>, AppError> {
    match given(PRESENT)? {
        None if locked && can_ask() => ask("Passphrase of the file: ").map(Some),
        given => Ok(given),
    }
}

/// The passphrase of the signing key as the environment gives it, and nobody is asked.
pub fn present_given() -> Result<Option<Secret>, AppError> {
    given(PRESENT)
}

/// The administrator's token of a server, as the environment gives it, or the file that the settings name.
pub fn api_token(file: Option<&Path>) -> Result<Option<Secret>, AppError> {
    match given("FG_API_TOKEN")? {
        Some(token) => Ok(Some(token)),
        None => file.map_or(Ok(None), from_file),
    }
}

/// A new passphrase as the environment gives it, and nobody is asked.
pub fn new_given() -> Result<Option<Secret>, AppError> {
    given(NEW)
}

/// A new passphrase: from the environment, or typed twice.
pub fn new(for_what: &str) -> Result<Secret, AppError> {
    if let Some(passphrase) = given(NEW)? {
        return Ok(passphrase);
    }
    if !can_ask() {
        return Err(Fault::Usage
            .error()
            .saying("No new passphrase was given.")
            .advising(format!(
                "Set {NEW} or {NEW}_FILE, or start it in a terminal."
            )));
    }
    let first = ask(&format!("New passphrase {for_what}: "))?;
    let second = ask("The same again: ")?;
    if first == second {
        Ok(first)
    } else {
        Err(Fault::Usage
            .error()
            .saying("The two passphrases are not the same.")
            .advising("Start again."))
    }
}

/// Whether somebody sits there who can be asked.
fn can_ask() -> bool {
    stdin().is_terminal() && stderr().is_terminal()
}

fn ask(prompt: &str) -> Result<Secret, AppError> {
    let typed = rpassword::prompt_password(prompt);
    Ok(Zeroizing::new(typed.map_err(|error| {
        AppError::from(error).at("the terminal")
    })?))
}

/// What a variable, or the file named by its twin, holds. Empty is the same as not set.
fn given(variable: &str) -> Result<Option<Secret>, AppError> {
    if let Some(value) = std::env::var_os(variable).filter(|value| !value.is_empty()) {
        let text = value
            .into_string()
            .map_err(|_| unreadable(variable.to_owned()))?;
        return Ok(Some(Zeroizing::new(text)));
    }
    let named = std::env::var_os(format!("{variable}_FILE"));
    let Some(path) = named.filter(|path| !path.is_empty()).map(PathBuf::from) else {
        return Ok(None);
    };
    from_file(&path)
}

fn unreadable(place: String) -> AppError {
    Fault::Usage
        .error()
        .saying("A passphrase is not text in UTF-8.")
        .advising("Set it as text in UTF-8.")
        .at(place)
}

fn from_file(path: &Path) -> Result<Option<Secret>, AppError> {
    let failed = |error| AppError::from(error).in_file(path);
    let mut bytes = Zeroizing::new(Vec::with_capacity(
        usize::try_from(LONGEST).unwrap_or_default() + 1,
    ));
    let file = File::open(path).map_err(failed)?;
    file.take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| unreadable(path.display().to_string()))?;
    if bytes.len() as u64 > LONGEST {
        return Err(
            unreadable(path.display().to_string()).saying("The file is too long for a passphrase.")
        );
    }
    // A file that an editor wrote ends with a line end.
    let text = text.trim_end_matches(['\r', '\n']);
    Ok(Some(Zeroizing::new(text.to_owned())).filter(|text| !text.is_empty()))
}
