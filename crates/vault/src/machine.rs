//! What an act needs from outside: clock, randomness, and what this machine calls itself. Never read in logic.

use std::sync::Arc;

use bundle::canon::Object;
use bundle::format::text::clean;
use store::{Clock, Entropy, SystemClock, SystemEntropy};

/// Clock, randomness and names of this machine and program.
#[derive(Clone)]
pub struct Machine {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The name of this computer; stays in `machine` bodies.
    pub host: String,
    /// The user of the operating system; stays in `machine` bodies.
    pub os_user: String,
    /// Name of the program.
    pub program: &'static str,
    /// Version of the program.
    pub version: &'static str,
    /// The program's own bill of materials, pinned by every seal.
    pub sbom: &'static [u8],
}

impl Machine {
    /// This machine, as it is.
    pub fn this(program: &'static str, version: &'static str, sbom: &'static [u8]) -> Self {
        let here = crate::source::Machine::here();
        let text = |bytes: Vec<u8>| clean(&bytes).text;
        let (host, os_user) = (text(here.host), text(here.os_user));
        Self {
            clock: Arc::new(SystemClock::new()),
            entropy: Arc::new(SystemEntropy),
            host,
            os_user,
            program,
            version,
            sbom,
        }
    }

    pub(crate) fn program_object(&self) -> Object {
        Object::new()
            .with("name", self.program)
            .with("version", self.version)
    }

    pub(crate) fn owner_object(&self) -> Object {
        let text = |text: &str| clean(text.as_bytes()).text;
        Object::new()
            .with("host", text(&self.host))
            .with("os_user", text(&self.os_user))
    }
}
