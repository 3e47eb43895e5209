//! Who uses which machine, as far as it says so itself.

use std::fs;

/// The user and the machine. It stays on the machine unless it is disclosed on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// The name of the user in exact bytes, or `uid:` and the number where the machine's own list has no name for it.
    pub os_user: Vec<u8>,
    /// The name of the machine in exact bytes.
    pub host: Vec<u8>,
}

impl Machine {
    /// This machine, and the user whom this process runs for.
    pub fn here() -> Self {
        let uid = rustix::process::getuid().as_raw();
        let known = fs::read("/etc/passwd").unwrap_or_default();
        Self {
            os_user: user_name(&known, uid).unwrap_or_else(|| format!("uid:{uid}").into_bytes()),
            host: rustix::system::uname().nodename().to_bytes().to_vec(),
        }
    }
}

/// The first name of a number in `/etc/passwd`.
fn user_name(passwd: &[u8], uid: u32) -> Option<Vec<u8>> {
    let uid = uid.to_string();
    passwd.split(|byte| *byte == b'\n').find_map(|line| {
        let mut fields = line.split(|byte| *byte == b':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        (fields.nth(1)? == uid.as_bytes()).then(|| name.to_vec())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_by_number() {
        let list =
            b"root:x:0:0:root:/root:/bin/sh\n\n:x:7:\nbroken\nm\xfcller:x:1000:100::/:/bin/sh\n";
        assert_eq!(user_name(list, 0).unwrap(), b"root");
        assert_eq!(user_name(list, 1000).unwrap(), b"m\xfcller");
        assert_eq!(user_name(list, 7), None);
        assert_eq!(user_name(list, 100), None);
        assert!(!Machine::here().host.is_empty());
    }
}
