//! What a command is given besides its own arguments.

use std::io::{IsTerminal, stderr};
use std::sync::Arc;

use crate::args::Global;
use crate::output::Output;
use crate::watch::Watch;

/// The surroundings of one command.
pub struct Context {
    /// What was said for every command.
    pub global: Global,
    /// Where answers, problems and hints go.
    pub output: Arc<Output>,
}

impl Context {
    pub fn new(global: Global) -> Self {
        let output = Arc::new(Output::new(global.json, global.quiet));
        Self { global, output }
    }

    /// For what may last: shows progress, and hears Ctrl-C from now on. `total` is a guess, in bytes.
    pub fn watch(&self, doing: &'static str, total: u64) -> Arc<Watch> {
        let shows = !self.global.quiet && stderr().is_terminal();
        Watch::start(&self.output, doing, total, shows)
    }
}
