//! Trying out this program on this machine, in a data root of its own beside the real one, on the same disk.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bundle::Sha256;
use bundle::verify::{Integrity, Report, SignerAnswer, Silent};
use store::durable::{self, Placed};
use store::{Clock, Entropy, Filesystem, SystemClock, SystemEntropy, Unwatched};
use vault::{By, Intake, Scope, SealRequest};

use crate::config::Config;
use crate::desk::Desk;
use crate::error::AppError;
use crate::fault::Fault;
use crate::verify::{VerifyRequest, verify_at};

/// How many files are captured.
const FILES: u32 = 40;

/// Something that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tested {
    /// What it is, in words.
    pub what: &'static str,
    /// What came of it, in words; else why it is not good.
    pub result: Result<String, String>,
}

/// Tries out the machine and the program. The data root itself is not touched; what is made is removed.
pub fn selftest(config: &Config) -> Result<Vec<Tested>, AppError> {
    let place = Place::beside(config.data_dir())?;
    let mut tested = vec![
        try_it("the clock", clock),
        try_it("random numbers", random),
        try_it("the file system", || file_system(&place.0)),
    ];
    match Sealed::make(&place.0) {
        Err(error) => tested.push(failed("capturing and sealing", &error)),
        Ok((sealed, told)) => {
            let good = |what, result| Tested { what, result };
            tested.push(good("capturing and sealing", Ok(told)));
            tested.push(try_it("checking a package", || sealed.checks()));
            tested.push(try_it("refusing a changed package", || {
                sealed.refuses_changes()
            }));
            tested.push(try_it("making a package again", || sealed.reproduces()));
            tested.push(try_it("the record", || sealed.ledger()));
        }
    }
    Ok(tested)
}

fn try_it(what: &'static str, test: impl FnOnce() -> Result<String, AppError>) -> Tested {
    match test() {
        Ok(told) => Tested {
            what,
            result: Ok(told),
        },
        Err(error) => failed(what, &error),
    }
}

fn failed(what: &'static str, error: &AppError) -> Tested {
    Tested {
        what,
        result: Err(error.to_string()),
    }
}

fn wrong(what: impl Into<String>) -> AppError {
    Fault::Internal.error().saying(what)
}

/// A folder of its own, removed at the end.
struct Place(PathBuf);

impl Place {
    /// Beside the data root, so that it lies on the same disk; as near as there is a folder to write in.
    fn beside(data_dir: &Path) -> Result<Self, AppError> {
        let absolute = std::path::absolute(data_dir)?;
        let name = format!(".fieldgrade-selftest-{}", std::process::id());
        let inside = absolute.join("termite_fieldpack");
        let candidates = inside.ancestors().filter(|path| path.is_dir());
        for folder in candidates {
            let path = folder.join(&name);
            if fs::create_dir(&path).is_ok() {
                return Ok(Self(path));
            }
        }
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).map_err(|error| AppError::from(error).in_file(&path))?;
        Ok(Self(path))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Read-only files are removed like others; what stays is named and small.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn clock() -> Result<String, AppError> {
    let clock = SystemClock::new();
    let (first, before) = (clock.now(), clock.monotonic_ms());
    std::thread::sleep(Duration::from_millis(20));
    let (second, after) = (clock.now(), clock.monotonic_ms());
    if after < before + 10 {
        return Err(wrong("The clock that never jumps stands still."));
    }
    if second <= first {
        return Err(wrong("The wall clock goes backwards."));
    }
    let year = second.to_string();
    let year = year.get(..4).unwrap_or_default().to_owned();
    if year.as_str() < "2024" {
        return Err(wrong(format!("The wall clock shows the year {year}.")));
    }
    let reading = clock.reading();
    Ok(format!(
        "{second}, zone {}, kept right by a time service: {}",
        reading.zone,
        reading.sync.as_str()
    ))
}

fn random() -> Result<String, AppError> {
    let (a, b) = (SystemEntropy.bits256()?, SystemEntropy.bits256()?);
    let ones: u32 = a.iter().chain(&b).map(|byte| byte.count_ones()).sum();
    // Outside of these bounds about once in 10^20 runs.
    if a == b || !(150..=362).contains(&ones) {
        return Err(wrong("The operating system's random numbers are none."));
    }
    Ok("different each time".to_owned())
}

/// What the store relies on: exclusive names, renames at once, forcing to the disk, modes.
fn file_system(folder: &Path) -> Result<String, AppError> {
    let path = folder.join("one");
    let first = durable::write_new(&path, b"one")?;
    let second = durable::write_new(&path, b"two")?;
    let kept = fs::read(&path)?;
    if (first, second, kept.as_slice()) != (Placed::New, Placed::Exists, b"one".as_slice()) {
        return Err(wrong("A name can be taken twice."));
    }
    durable::write_over(&path, b"three")?;
    if fs::read(&path)? != b"three" {
        return Err(wrong("A rename does not take the other's place."));
    }
    let mode = fs::metadata(&path)?.permissions().mode() & 0o777;
    durable::sync_folder(folder)?;
    let kind = Filesystem::of(folder)?;
    let lock = folder.join("lock");
    let held = store::lock::FileLock::try_take(&lock)?;
    let locks = held.is_some() && store::lock::FileLock::try_take(&lock)?.is_none();
    if !locks {
        return Err(wrong("A lock can be held twice."));
    }
    let modes = if mode == 0o600 {
        ""
    } else {
        "; it does not keep rights, so others may read the data"
    };
    Ok(format!(
        "{kind}: names, renames, locks and forcing to the disk work{modes}"
    ))
}

/// A small case, captured and sealed.
struct Sealed {
    desk: Desk,
    folder: PathBuf,
    project: vault::Project,
    bundle: vault::SealedBundle,
    file: PathBuf,
}

impl Sealed {
    fn make(folder: &Path) -> Result<(Self, String), AppError> {
        let drop = folder.join("drop");
        fs::create_dir(&drop)?;
        for number in 0..FILES {
            let text = format!("file {number} of the self-test\n").repeat(number as usize);
            fs::write(drop.join(format!("{number}.txt")), text)?;
        }
        let desk = Desk::open(&folder.join("root"))?;
        let act = desk.act(Some("self-test"), By::Cli)?;
        let project = desk.project(None, &act)?;
        let vault = desk.vault();
        let intake = Intake::default();
        let mut nobody = |_: &vault::ItemOutcome| {};
        let report = vault.capture(&project, &[drop], &intake, &act, &Unwatched, &mut nobody)?;
        if report.captured + report.duplicates != u64::from(FILES) {
            return Err(wrong(format!(
                "{} of {FILES} files were captured.",
                report.captured
            )));
        }
        let request = SealRequest {
            label: "self-test",
            ..SealRequest::of(Scope::New)
        };
        let sealed = vault.seal(&project, &request, &act, &Unwatched)?;
        let bundle = sealed.bundle.ok_or_else(|| wrong("Nothing was sealed."))?;
        let file = vault.bundle_path(&bundle);
        let file = file.ok_or_else(|| wrong("The package has no file."))?;
        let told = format!(
            "{FILES} files, one package of {} bytes",
            bundle.bytes.unwrap_or(0)
        );
        let folder = folder.to_owned();
        Ok((
            Self {
                desk,
                folder,
                project,
                bundle,
                file,
            },
            told,
        ))
    }

    fn report(&self, path: &Path) -> Result<Report, AppError> {
        let request = VerifyRequest::default();
        verify_at(&self.desk, Some(&self.project), path, &request, &Silent)
    }

    fn checks(&self) -> Result<String, AppError> {
        let report = self.report(&self.file)?;
        let good = (report.integrity, report.signer) == (Integrity::Intact, SignerAnswer::Trusted);
        if report.accepted && good {
            Ok(format!("{} checks, accepted", report.checks.len()))
        } else {
            let code = report.code.unwrap_or_default();
            Err(wrong(format!("A good package was refused: {code}.")))
        }
    }

    /// One bit changed at several places: in the middle of a member, in a signature, in the directory at the end.
    fn refuses_changes(&self) -> Result<String, AppError> {
        let bytes = fs::read(&self.file)?;
        let copy = self.folder.join("changed.zip");
        let places = [0, bytes.len() / 3, bytes.len() / 2, bytes.len() - 30];
        for place in places {
            let mut changed = bytes.clone();
            if let Some(byte) = changed.get_mut(place) {
                *byte ^= 1;
            }
            fs::write(&copy, &changed)?;
            let report = self.report(&copy)?;
            if report.accepted || report.integrity == Integrity::Intact {
                return Err(wrong(format!(
                    "A package with byte {place} changed was accepted."
                )));
            }
        }
        Ok(format!("{} changes of one bit, all refused", places.len()))
    }

    fn reproduces(&self) -> Result<String, AppError> {
        let made = self
            .desk
            .vault()
            .reproduce(&self.project, &self.bundle, None, &Unwatched)?;
        let lies = Sha256::of(&fs::read(&self.file)?);
        if made.sha256 == lies {
            Ok("the same bytes".to_owned())
        } else {
            Err(wrong("Made again, it has other bytes."))
        }
    }

    fn ledger(&self) -> Result<String, AppError> {
        let check = self.desk.vault().verify_ledger(&self.project, &Unwatched)?;
        match check.findings.first() {
            None => Ok(format!("{} entries, one unbroken chain", check.entries)),
            Some((seq, what)) => Err(wrong(format!("Entry {seq}: {what}."))),
        }
    }
}
