//! Browsers sign in once and then show a cookie. Sessions live as long as the process.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use app::AppError;
use store::{Entropy, SystemEntropy};

use crate::access::Caller;

/// A session that nobody used for so long is over.
const IDLE: Duration = Duration::from_hours(12);
/// More than these are a mistake or an attack: the one unused for longest goes.
const MOST: usize = 1000;

/// Who is signed in. The cookie's name differs from start to start, so that servers on one machine do not overwrite
/// each other's: cookies ignore ports.
#[derive(Debug)]
pub(crate) struct Sessions {
    cookie: String,
    open: Mutex<HashMap<String, (Caller, Instant)>>,
}

impl Sessions {
    /// Nobody is signed in.
    ///
    /// # Errors
    /// `io` when the system has no randomness.
    pub(crate) fn new() -> Result<Self, AppError> {
        Ok(Self {
            cookie: format!("fg_{}", secret()?.get(..16).unwrap_or_default()),
            open: Mutex::default(),
        })
    }

    /// Begins a session and returns what the cookie is set to.
    ///
    /// # Errors
    /// `io` when the system has no randomness.
    pub(crate) fn begin(&self, caller: Caller, secure: bool) -> Result<String, AppError> {
        let id = secret()?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= MOST {
            let oldest = open.iter().min_by_key(|(_, (_, used))| *used);
            if let Some(oldest) = oldest.map(|(id, _)| id.clone()) {
                open.remove(&oldest);
            }
        }
        open.insert(id.clone(), (caller, Instant::now()));
        Ok(self.set(&id, secure, ""))
    }

    /// Who holds the session that a `Cookie` header names.
    pub(crate) fn caller(&self, cookies: &str) -> Option<Caller> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let id = self.id(cookies)?;
        let (caller, used) = open.get_mut(id)?;
        if used.elapsed() > IDLE {
            open.remove(id);
            return None;
        }
        *used = Instant::now();
        Some(caller.clone())
    }

    /// Ends a session and returns what takes the cookie away.
    pub(crate) fn end(&self, cookies: &str, secure: bool) -> String {
        if let Some(id) = self.id(cookies) {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            open.remove(id);
        }
        self.set("", secure, "; Max-Age=0")
    }

    fn id<'a>(&self, cookies: &'a str) -> Option<&'a str> {
        let mut pairs = cookies.split(';').filter_map(|pair| pair.split_once('='));
        pairs.find_map(|(name, value)| (name.trim() == self.cookie).then_some(value.trim()))
    }

    fn set(&self, value: &str, secure: bool, more: &str) -> String {
        let secure = if secure { "; Secure" } else { "" };
        format!(
            "{}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{more}",
            self.cookie
        )
    }
}

/// 256 random bits in hex.
fn secret() -> Result<String, AppError> {
    let bytes = SystemEntropy.bits256()?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_held_by_its_cookie_until_it_ends() {
        let sessions = Sessions::new().unwrap();
        let set = sessions.begin(Caller::SharedToken, true).unwrap();
        assert!(set.ends_with("; Path=/; HttpOnly; SameSite=Strict; Secure"));
        let cookie = set.split(';').next().unwrap();
        let cookies = format!("other=1; {cookie}");
        assert_eq!(sessions.caller(&cookies), Some(Caller::SharedToken));
        assert_eq!(sessions.caller("other=1"), None);
        assert_ne!(Sessions::new().unwrap().cookie, sessions.cookie);
        let gone = sessions.end(&cookies, false);
        assert!(gone.ends_with("Max-Age=0"), "{gone}");
        assert_eq!(sessions.caller(&cookies), None);
    }
}
