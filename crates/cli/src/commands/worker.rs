use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::SystemTime;

use app::{AppError, Fault, Runs, ServerConfig, Work};
use clap::Args;
use jobs::Stop;
use jobs::worker::Settings;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::{Outcome, Run};
use crate::context::Context;
use crate::output::Output;
use crate::passphrase;
use crate::probe;

/// Carry out runs that a server was asked for, until it is stopped (Ctrl-C)
#[derive(Debug, Args)]
pub struct Worker {
    /// Start nothing: look whether a worker has written FG_WORKER_HEARTBEAT_FILE lately; status 0 means yes. For the
    /// health check of a container
    #[arg(long)]
    check: bool,
}

impl Run for Worker {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let config = context.config()?;
        if self.check {
            probe::worker(config.server(), SystemTime::now())?;
            return probe::well(context);
        }
        let runs = Arc::new(Runs::open(Arc::new(context.desk()?))?);
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        let crew = Crew::start(context, &runs, config.server())?;
        if !context.global.quiet {
            Output::log("Waiting for runs");
        }
        let ended = crew.stop.clone();
        Builder::new().name("signals".to_owned()).spawn(move || {
            if signals.forever().next().is_some() {
                ended.ask();
            }
        })?;
        crew.wait()?;
        Ok(Outcome::Done)
    }
}

/// The worker threads of this process.
pub struct Crew {
    stop: Stop,
    threads: Vec<JoinHandle<Result<(), AppError>>>,
}

impl Crew {
    /// Starts as many as are set.
    pub fn start(
        context: &Context,
        runs: &Arc<Runs>,
        config: &ServerConfig,
    ) -> Result<Self, AppError> {
        let (stop, desk) = (Stop::new(), runs.desk());
        let settings = Settings {
            host: desk.vault().host().to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            lease: config.lease,
            heartbeat: config.heartbeat.min(config.lease / 3),
            poll: config.poll,
            heartbeat_file: config.heartbeat_file.clone(),
            ..Settings::default()
        };
        let quiet = context.global.quiet;
        let mut crew = Self {
            stop,
            threads: Vec::new(),
        };
        for _ in 0..config.workers {
            let runs = Arc::clone(runs);
            let locked = Arc::clone(desk);
            let passphrase = move || {
                let given = passphrase::unasked(&locked)?;
                Ok(given.map(|text| text.to_string()))
            };
            let trouble = move |what: &str| {
                if !quiet {
                    Output::log(&format!("worker: {what}"));
                }
            };
            let work = Work::new(Arc::clone(desk), passphrase, trouble);
            let (settings, stop) = (settings.clone(), crew.stop.clone());
            let work = move || {
                let ended = jobs::worker::run(runs.queue(), &work, &settings, &stop);
                // A server that goes on without it is not told otherwise before its own end.
                ended
                    .map_err(AppError::from)
                    .inspect_err(|error| Output::log(&format!("worker: it has ended: {error}")))
            };
            let thread = Builder::new().name("worker".to_owned()).spawn(work);
            match thread {
                Ok(thread) => crew.threads.push(thread),
                Err(error) => {
                    crew.stop()?;
                    return Err(error.into());
                }
            }
        }
        Ok(crew)
    }

    /// Lets them hand back what they are doing, and waits for that.
    pub fn stop(self) -> Result<(), AppError> {
        self.stop.ask();
        self.wait()
    }

    fn wait(self) -> Result<(), AppError> {
        let mut result = Ok(());
        for thread in self.threads {
            let ended = thread
                .join()
                .unwrap_or_else(|_| Err(Fault::Internal.error()));
            if ended.is_err() {
                // The others cannot do its work.
                self.stop.ask();
            }
            result = result.and(ended);
        }
        result
    }
}
