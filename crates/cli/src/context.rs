//! What a command is given besides its own arguments.

use std::io::{IsTerminal, stderr};
use std::sync::Arc;

use app::{AppError, Config, Desk};
use vault::{Act, By, Erasures, Project};

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

    /// The settings.
    pub fn config(&self) -> Result<Config, AppError> {
        Config::of_process(self.global.data_dir.as_deref())
    }

    /// The data root, to work in.
    pub fn desk(&self) -> Result<Desk, AppError> {
        let config = self.config()?;
        let desk = match &config.server().uploads {
            Some(uploads) => Desk::open_with_uploads(config.data_dir(), uploads)?,
            None => Desk::open(config.data_dir())?,
        };
        let tidied = desk.tidied();
        if tidied.files > 0 {
            let what = if tidied.files == 1 { "file" } else { "files" };
            self.output.hint(&format!(
                "{} unfinished temporary {what} of an earlier run that was cut short were removed; nothing of them had been reported as stored",
                tidied.files
            ));
        }
        match desk.erased() {
            Ok(Erasures { removed: 0, .. }) => {}
            Ok(_) => self.output.hint("bytes that were erased before are removed now; an earlier run could not finish that"),
            Err(error) => self.output.hint(&format!("bytes that were erased could not be removed yet: {}", error.message)),
        }
        Ok(desk)
    }

    /// The data root, to look at.
    pub fn desk_to_read(&self) -> Result<Desk, AppError> {
        Desk::open_to_read(self.config()?.data_dir())
    }

    /// The data root, to search in.
    pub fn desk_to_search(&self) -> Result<Desk, AppError> {
        Desk::open_to_search(self.config()?.data_dir())
    }

    /// A new act by whoever is named.
    pub fn act(&self, desk: &Desk) -> Result<Act, AppError> {
        desk.act(self.global.actor.as_deref(), By::Cli)
    }

    /// The case to work in.
    pub fn project(&self, desk: &Desk, act: &Act) -> Result<Project, AppError> {
        desk.project(self.global.project.as_deref(), act)
    }

    /// The case to look at.
    pub fn project_to_read(&self, desk: &Desk) -> Result<Project, AppError> {
        desk.project_to_read(self.global.project.as_deref())
    }

    /// For what may last: shows progress, and hears Ctrl-C from now on. `total` is a guess, in bytes.
    pub fn watch(&self, doing: &'static str, total: u64) -> Arc<Watch> {
        let shows = !self.global.quiet && stderr().is_terminal();
        Watch::start(&self.output, doing, total, shows)
    }
}
