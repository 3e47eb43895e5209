//! Reading a file from its first byte to its last, once, as it was at one moment.

use std::io;
use std::os::unix::fs::FileExt;
use std::time::Duration;

use rustix::fs::{SeekFrom, seek};
use rustix::io::Errno;

use super::errors::{Change, Problem, SourceError};
use super::look::Look;
use super::open::{Device, SourceFile, kernel_time, open};
use super::place::Place;

/// How often a file that changes under our eyes is read again.
pub const RESTARTS: u32 = 3;

/// The largest piece handed to a [`Sink`], of bytes and of holes: so often `go_on` is asked.
const PIECE: u64 = 1 << 20;

/// Where the bytes of a file go, in their order.
pub trait Sink {
    /// The next bytes: never none, at most a MiB.
    fn data(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// The same for one that wants to keep them without copying: it may leave any other vector in their place.
    fn take(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        self.data(bytes)
    }

    /// So many zero bytes, for which the file takes no room: never none, at most a MiB at once.
    fn hole(&mut self, length: u64) -> io::Result<()>;

    /// The file changed meanwhile: what came so far is not it. The next byte is the first again.
    fn restart(&mut self) -> io::Result<()>;
}

/// How much of a file is bytes, and how much holes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extent {
    /// All of it.
    pub size: u64,
    /// The part that takes no room.
    pub holes: u64,
}

/// A file that was read as a whole.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Where it lies.
    pub place: Place,
    /// How long it was.
    pub extent: Extent,
    /// When it had last been written to: seconds since 1970, and nanoseconds forward from there.
    pub modified: (i64, u32),
    /// What it lies on.
    pub device: Device,
    /// Whether the time of last access stayed as it was.
    pub access_time_kept: bool,
    /// How often it was begun again because it changed.
    pub restarts: u32,
}

/// Opens and reads a file; one that changes meanwhile is read again, up to [`RESTARTS`] times.
///
/// When this returns `Ok`, the sink got, since its last `restart`, exactly what the file held throughout the last
/// reading, as far as the file system tells: size, time of writing and time of change were the same before, during and
/// after it, and its name still leads to it. A write through a shared memory map that began earlier, and attributes that
/// a network file system has cached, are not told by any file system.
///
/// `go_on` gets the bytes done in this attempt, at least every MiB, and ends the reading by saying false.
///
/// # Errors
/// Those of [`open`]; `changed_while_reading`, `vanished`, `io`, `canceled`, and `not_stored` if the sink fails.
pub fn read(
    place: &Place,
    sink: &mut dyn Sink,
    go_on: &mut dyn FnMut(u64) -> bool,
) -> Result<Reading, SourceError> {
    let mut restarts = 0;
    loop {
        let attempt = open(place).and_then(|file| {
            let (look, extent) = file.read_at_once(sink, go_on)?;
            Ok(Reading {
                place: place.clone(),
                extent,
                modified: look.modified,
                device: file.device(),
                access_time_kept: file.access_time_kept(),
                restarts,
            })
        });
        match attempt {
            Err(error) if matches!(error.problem, Problem::Changed(_)) && restarts < RESTARTS => {
                // Whoever writes may be done soon.
                wait(Duration::from_millis(30 << (2 * restarts)), 0, go_on)
                    .map_err(|problem| problem.at(place))?;
                restarts += 1;
                sink.restart().map_err(|e| Problem::Sink(e).at(place))?;
            }
            done => return done,
        }
    }
}

/// Sleeps in short pieces.
fn wait(length: Duration, done: u64, go_on: &mut dyn FnMut(u64) -> bool) -> Result<(), Problem> {
    const STEP: Duration = Duration::from_millis(20);
    let mut left = length;
    while !left.is_zero() {
        ask(done, go_on)?;
        std::thread::sleep(left.min(STEP));
        left = left.saturating_sub(STEP);
    }
    Ok(())
}

fn ask(done: u64, go_on: &mut dyn FnMut(u64) -> bool) -> Result<(), Problem> {
    if go_on(done) {
        Ok(())
    } else {
        Err(Problem::Canceled)
    }
}

impl SourceFile {
    /// Reads all of it, once. What the sink has got is worth nothing unless this returns `Ok`.
    ///
    /// # Errors
    /// `changed_while_reading`, `vanished`, `io`, `canceled`, and `not_stored` if the sink fails.
    pub fn read(
        &self,
        sink: &mut dyn Sink,
        go_on: &mut dyn FnMut(u64) -> bool,
    ) -> Result<Extent, SourceError> {
        self.read_at_once(sink, go_on).map(|(_, extent)| extent)
    }

    fn read_at_once(
        &self,
        sink: &mut dyn Sink,
        go_on: &mut dyn FnMut(u64) -> bool,
    ) -> Result<(Look, Extent), SourceError> {
        let before = self.settle(go_on)?;
        let mut pass = Pass {
            source: self,
            before,
            sparse: before.may_have_holes && self.holes_are_true(),
            extent: Extent::default(),
            data_until: 0,
        };
        pass.run(sink, go_on)?;
        // By its name: that is the same file, unless another took the name.
        match before.change_until(&self.look_by_name()?) {
            Some(change) => Err(Problem::Changed(change).at(&self.place)),
            None => Ok((before, pass.extent)),
        }
    }

    /// Waits until a write would be seen by its stamp: a tick of the kernel's clock, or two seconds on FAT, after the last.
    fn settle(&self, go_on: &mut dyn FnMut(u64) -> bool) -> Result<Look, SourceError> {
        const STEP: Duration = Duration::from_millis(4);
        const TRIES: u32 = 600;
        const CHANGES: u32 = 5;
        let mut look = self.look()?;
        let mut changes = 0;
        for _ in 0..TRIES {
            if !look.is_fresh(kernel_time()) {
                break;
            }
            wait(STEP, 0, go_on).map_err(|problem| problem.at(&self.place))?;
            let now = self.look()?;
            if let Some(change) = look.change_until(&now) {
                changes += 1;
                if changes == CHANGES {
                    return Err(Problem::Changed(change).at(&self.place));
                }
            }
            look = now;
        }
        Ok(look)
    }

    /// That the open file is what it was.
    fn must_be(&self, before: &Look) -> Result<(), SourceError> {
        let change = match before.change_until(&self.look()?) {
            None => return Ok(()),
            // Its name may have been taken away and given to another.
            Some(Change::Touched) => before.change_until(&self.look_by_name()?),
            known => known,
        };
        Err(Problem::Changed(change.unwrap_or(Change::Touched)).at(&self.place))
    }
}

/// One reading of one file.
struct Pass<'a> {
    source: &'a SourceFile,
    before: Look,
    sparse: bool,
    extent: Extent,
    /// Up to here there is no hole.
    data_until: u64,
}

impl Pass<'_> {
    fn run(
        &mut self,
        sink: &mut dyn Sink,
        go_on: &mut dyn FnMut(u64) -> bool,
    ) -> Result<(), SourceError> {
        let size = self.before.size;
        self.advise();
        // One byte more than it has: so its end is seen in the same call.
        let room = size.saturating_add(1).min(PIECE);
        let room = usize::try_from(room).unwrap_or(1 << 20);
        let mut buffer = Vec::new();
        loop {
            self.step(go_on)?;
            buffer.resize(room, 0);
            if self.sparse && self.extent.size == self.data_until && self.data_until < size {
                self.pass_hole(sink, go_on)?;
            }
            let at = self.extent.size;
            // At the end a look beyond it: there should be nothing.
            let until = if self.sparse && at < size {
                self.data_until
            } else {
                u64::MAX
            };
            let want = usize::try_from(until - at).unwrap_or(usize::MAX);
            let want = want.min(buffer.len());
            let piece = buffer.get_mut(..want).unwrap_or_default();
            let got = self
                .source
                .file
                .read_at(piece, at)
                .map_err(|e| self.io(e))?;
            if got == 0 {
                break;
            }
            self.extent.size += got as u64;
            if self.extent.size > size {
                return Err(self.problem(Problem::Changed(Change::Grew)));
            }
            buffer.truncate(got);
            sink.take(&mut buffer)
                .map_err(|e| self.problem(Problem::Sink(e)))?;
        }
        if self.extent.size < size {
            return Err(self.problem(Problem::Changed(Change::Shrank)));
        }
        Ok(())
    }

    /// Passes on the hole here, if there is one, and learns up to where bytes follow.
    fn pass_hole(
        &mut self,
        sink: &mut dyn Sink,
        go_on: &mut dyn FnMut(u64) -> bool,
    ) -> Result<(), SourceError> {
        let size = self.before.size;
        let data_from = match seek(&self.source.file, SeekFrom::Data(self.extent.size)) {
            Ok(at) => at.min(size),
            // No bytes any more.
            Err(Errno::NXIO) => size,
            // A file system that cannot tell: all of it is read.
            Err(_) => {
                self.data_until = size;
                return Ok(());
            }
        };
        while self.extent.size < data_from {
            let length = (data_from - self.extent.size).min(PIECE);
            sink.hole(length)
                .map_err(|e| self.problem(Problem::Sink(e)))?;
            self.extent.size += length;
            self.extent.holes += length;
            self.step(go_on)?;
        }
        let hole_from = seek(&self.source.file, SeekFrom::Hole(data_from));
        // Never behind where we are, whatever it says.
        self.data_until =
            hole_from.map_or(size, |at| if at > data_from { at.min(size) } else { size });
        Ok(())
    }

    /// Between two pieces: whether it is still what it was, and whether to go on.
    fn step(&self, go_on: &mut dyn FnMut(u64) -> bool) -> Result<(), SourceError> {
        self.source.must_be(&self.before)?;
        ask(self.extent.size, go_on).map_err(|problem| self.problem(problem))
    }

    /// Tells the system that all of it will be read, from the first byte to the last.
    fn advise(&self) {
        #[cfg(target_os = "linux")]
        if self.before.size > 128 << 10 {
            use rustix::fs::{Advice, fadvise};
            // Only advice: nothing depends on it.
            let _ = fadvise(&self.source.file, 0, None, Advice::Sequential);
        }
    }

    fn io(&self, error: io::Error) -> SourceError {
        let problem = match error.raw_os_error() {
            Some(code) => Problem::of_listed(Errno::from_raw_os_error(code)),
            None => Problem::Io(error),
        };
        self.problem(problem)
    }

    fn problem(&self, problem: Problem) -> SourceError {
        problem.at(&self.source.place)
    }
}

#[cfg(test)]
mod tests;
