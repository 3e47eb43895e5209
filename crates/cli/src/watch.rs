//! Long work in the terminal: a bar on standard error, and an end within a second of Ctrl-C.

use std::process;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use app::{AppError, Fault, Progress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::output::{Output, bytes};

/// What is done sooner needs no bar.
const PATIENCE: Duration = Duration::from_millis(300);
/// So long may work take to notice that it should stop; a read from a dead drive never does.
const GRACE: Duration = Duration::from_millis(800);
/// How often a second Ctrl-C is looked for.
const GLANCE: Duration = Duration::from_millis(20);

/// Watches one piece of long work.
pub struct Watch {
    output: Arc<Output>,
    doing: Mutex<&'static str>,
    started: Instant,
    done: AtomicU64,
    total: AtomicU64,
    /// Files that are stored and were said to be.
    stored: AtomicU64,
    canceled: AtomicBool,
    bar: OnceLock<ProgressBar>,
    shows: bool,
}

impl Watch {
    /// Begins, and listens to signals.
    pub fn start(output: &Arc<Output>, doing: &'static str, total: u64, shows: bool) -> Arc<Self> {
        let watch = Arc::new(Self {
            output: Arc::clone(output),
            doing: Mutex::new(doing),
            started: Instant::now(),
            done: AtomicU64::new(0),
            total: AtomicU64::new(total),
            stored: AtomicU64::new(0),
            canceled: AtomicBool::new(false),
            bar: OnceLock::new(),
            shows,
        });
        // Without these the system's own way holds: the process ends at once, which leaves nothing half done either.
        if let Ok(signals) = Signals::new([SIGINT, SIGTERM]) {
            let listening = Arc::clone(&watch);
            let builder = thread::Builder::new().name("signals".to_owned());
            drop(builder.spawn(move || listening.listen(signals)));
        }
        watch
    }

    fn listen(&self, mut signals: Signals) {
        if signals.forever().next().is_none() {
            return;
        }
        self.canceled.store(true, Ordering::Release);
        let asked = Instant::now();
        while asked.elapsed() < GRACE && signals.pending().next().is_none() {
            thread::sleep(GLANCE);
        }
        self.clear();
        let error = Fault::Canceled.error().saying(self.told());
        self.output.error(&error);
        process::exit(i32::from(crate::status(&error)));
    }

    /// Takes the bar away. An error that says that the work was stopped gets told how far it came.
    pub fn finish<T>(&self, result: Result<T, AppError>) -> Result<T, AppError> {
        self.clear();
        result.map_err(|error| match error.code {
            code if code == Fault::Canceled.code() => error.saying(self.told()),
            _ => error,
        })
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }

    /// How far the work came, in a sentence.
    pub fn told(&self) -> String {
        let done = self.done.load(Ordering::Relaxed);
        let part = done
            .saturating_mul(100)
            .checked_div(self.total.load(Ordering::Relaxed))
            .unwrap_or(0);
        let stored = match self.stored.load(Ordering::Relaxed) {
            0 => String::new(),
            1 => "1 file is stored; ".to_owned(),
            stored => format!("{stored} files are stored; "),
        };
        format!(
            "Stopped: {} was not finished; {stored}{} were read, about {} %.",
            self.doing().to_lowercase(),
            bytes(done),
            part.min(99)
        )
    }

    /// Hears that a file is stored and was said to be.
    pub fn stored(&self) {
        self.stored.fetch_add(1, Ordering::Relaxed);
    }

    /// Goes on to the next part of the work.
    pub fn phase(&self, doing: &'static str) {
        *self.doing.lock().unwrap_or_else(PoisonError::into_inner) = doing;
        self.done.store(0, Ordering::Relaxed);
        if let Some(bar) = self.bar.get() {
            // Both at once: nobody sees the new name with the old place, nor the old name begin anew.
            bar.set_draw_target(ProgressDrawTarget::hidden());
            bar.reset();
            bar.set_message(doing);
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    fn doing(&self) -> &'static str {
        *self.doing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn draw(&self, done: u64) {
        if self.shows && self.started.elapsed() > PATIENCE {
            let bar = self.bar();
            bar.set_length(self.total.load(Ordering::Relaxed).max(done));
            bar.set_position(done);
        }
    }

    fn bar(&self) -> &ProgressBar {
        self.bar.get_or_init(|| {
            let bar = ProgressBar::with_draw_target(
                Some(self.total.load(Ordering::Relaxed)),
                ProgressDrawTarget::stderr(),
            );
            // A template that cannot be read leaves the plain bar.
            let template = "{msg} [{bar:30}] {percent:>3} %  {eta} left";
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.with_message(self.doing())
        })
    }
}

impl store::Watch for Watch {
    fn progress(&self, done: u64, total: Option<u64>) {
        if let Some(total) = total {
            self.total.store(total, Ordering::Relaxed);
        }
        self.done.store(done, Ordering::Relaxed);
        self.draw(done);
    }

    fn canceled(&self) -> bool {
        self.canceled.load(Ordering::Acquire)
    }
}

impl Progress for Watch {
    fn advance(&self, bytes: u64) {
        let done = self
            .done
            .fetch_add(bytes, Ordering::Relaxed)
            .saturating_add(bytes);
        self.draw(done);
    }

    fn canceled(&self) -> bool {
        self.canceled.load(Ordering::Acquire)
    }
}
