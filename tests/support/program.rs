//! The real program: where it is, and variants of it that are made only to be tested.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// The program: `FIELDGRADE_BIN`, else built once.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let given = env::var_os("FIELDGRADE_BIN").filter(|given| !given.is_empty());
        given.map_or_else(|| build("plain", &[]), PathBuf::from)
    })
}

/// The program that counts its durable operations and aborts instead of a chosen one.
pub fn crashing() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| build("crash-points", &["--features", "crash-points"]))
}

/// The program that forces nothing to the disk.
pub fn without_fsync() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| build("no-fsync", &["--features", "no-fsync"]))
}

/// The program of another version, with another bill of materials compiled in: its sources are a copy of these.
pub fn of_another_version() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let project = super::tests().parent().unwrap();
        let copy = target().join("variants/other-version-sources");
        fs::create_dir_all(&copy).unwrap();
        for part in ["Cargo.toml", "Cargo.lock", "crates", "tests"] {
            let copied = Command::new("cp")
                .args(["-r", "--preserve=timestamps"])
                .args([&project.join(part), &copy])
                .status();
            assert!(copied.unwrap().success());
        }
        let manifest = copy.join("Cargo.toml");
        let ours = format!("\nversion = \"{}\"\n", env!("CARGO_PKG_VERSION"));
        let text = fs::read_to_string(&manifest).unwrap();
        assert!(text.contains(&ours), "the version stands in the manifest");
        fs::write(&manifest, text.replace(&ours, "\nversion = \"99.0.0\"\n")).unwrap();
        build_in(&copy, "other-version", &["--offline"])
    })
}

/// Builds a variant. What is made on the way is shared with every other build; the finished program gets a folder of
/// its own, so that variants never take each other's place, nor that of the program which other tests run.
fn build(variant: &str, arguments: &[&str]) -> PathBuf {
    let project = super::tests().parent().unwrap();
    build_in(project, variant, &[&["--locked"], arguments].concat())
}

fn build_in(project: &Path, variant: &str, arguments: &[&str]) -> PathBuf {
    let own = target().join("variants").join(variant);
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "-p", "fieldgrade-cli"])
        .args(arguments)
        .env("CARGO_BUILD_BUILD_DIR", target())
        .env("CARGO_TARGET_DIR", &own)
        .current_dir(project)
        .output()
        .expect("cargo is in the path");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    own.join("debug/fieldgrade")
}

/// The folder of what is built.
fn target() -> PathBuf {
    let given = env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    super::tests().parent().unwrap().join(given)
}

/// What a run left.
#[derive(Debug)]
pub struct Ran {
    /// The exit status; none if a signal ended it.
    pub status: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("what the program says is UTF-8");
        Self {
            status: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}

impl Ran {
    /// Demands an exit status.
    #[track_caller]
    pub fn ends(self, status: i32) -> Self {
        assert_eq!(self.status, Some(status), "{self:#?}");
        self
    }

    /// The one JSON document on standard output.
    #[track_caller]
    pub fn document(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// The whole JSON lines on standard output: what was acknowledged. A line cut short by a crash is none.
    pub fn lines(&self) -> Vec<Value> {
        let whole = self.out.split_inclusive('\n');
        let whole = whole.filter(|line| line.ends_with('\n'));
        whole
            .map(|line| serde_json::from_str(line).expect("one JSON document a line"))
            .collect()
    }
}

/// A folder with a data root (not there yet) and a folder of files to capture. Removed at the end.
#[derive(Debug)]
pub struct Room {
    folder: tempfile::TempDir,
}

impl Default for Room {
    fn default() -> Self {
        Self::new()
    }
}

impl Room {
    /// An empty one. Everybody may enter it, since some tests work as somebody else.
    pub fn new() -> Self {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::Builder::new()
            .prefix("fieldgrade-")
            .permissions(fs::Permissions::from_mode(0o755))
            .tempdir()
            .unwrap();
        fs::create_dir(folder.path().join("files")).unwrap();
        Self { folder }
    }

    /// A path in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The data root.
    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// A path in the data root's folder of documents and ledgers.
    pub fn runtime(&self, name: &str) -> PathBuf {
        self.data().join("termite_fieldpack/runtime").join(name)
    }

    /// Where sealed packages lie.
    pub fn bundles(&self) -> PathBuf {
        self.data().join("termite_fieldpack/artifacts/bundles_out")
    }

    /// The file of the bytes with this SHA-256.
    pub fn blob(&self, sha256: &str) -> PathBuf {
        self.runtime("cas/blobs/sha256").join(sha256)
    }

    /// The folder of files to capture.
    pub fn files(&self) -> PathBuf {
        self.path("files")
    }

    /// Writes a file to capture, or any other.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// A command of some variant of the program, at work in this room.
    pub fn command_of(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("FG_DATA_DIR", self.data())
            .env("HOME", self.path("home"))
            .env_remove("FG_KEY_PASSPHRASE")
            .stdin(Stdio::null());
        command
    }

    /// A command of the program.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(program(), arguments)
    }

    /// Runs the program.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.command(arguments).output().unwrap().into()
    }

    /// Starts the program, with its answers in pipes.
    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// What a person sees, with this room written `ROOM` and the program's own words left as they are.
    pub fn hide(&self, text: &str) -> String {
        text.replace(self.folder.path().to_str().unwrap(), "ROOM")
    }
}

/// Sends a signal to a process.
pub fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-s", name, &id]).status();
    assert!(sent.unwrap().success());
}

/// Says past the test harness that a test could not be done here.
pub fn skip(name: &str, reason: &str) {
    use std::io::Write;
    let mut past = std::io::stderr(); // the macros would be caught by the harness
    writeln!(past, "SKIPPED {name}: {reason}").unwrap();
}
