//! Settings: what each is, and where that came from. A flag beats a variable beats the file `fieldgrade.toml`.
//!
//! Only what means something today is here.

mod file;
mod server;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use store::DataRoot;

use crate::doctor::DISK_RESERVE;
use crate::error::AppError;
use crate::fault::Fault;
use file::{Entry, SettingsFile};

pub use file::Complaint;
pub use server::ServerConfig;

/// A setting that can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// The variable.
    pub variable: &'static str,
    /// The key in the file; none if the file cannot say it.
    pub key: Option<&'static str>,
    /// What it is for.
    pub means: &'static str,
    /// Never shown.
    pub secret: bool,
}

const DATA_DIR: Setting = Setting {
    variable: "FG_DATA_DIR",
    key: None,
    means: "where cases, documents and keys are kept",
    secret: false,
};
const RESERVE: Setting = Setting {
    variable: "FG_DISK_RESERVE_BYTES",
    key: Some("disk_reserve_bytes"),
    means: "how many bytes should stay free, so that the record can always be written",
    secret: false,
};
const PASSPHRASE: Setting = Setting {
    variable: "FG_KEY_PASSPHRASE",
    key: None,
    means: "unlocks the signing key",
    secret: true,
};
const PASSPHRASE_FILE: Setting = Setting {
    variable: "FG_KEY_PASSPHRASE_FILE",
    key: Some("key_passphrase_file"),
    means: "a file with the passphrase that unlocks the signing key",
    secret: false,
};

const NEW_PASSPHRASE: Setting = Setting {
    variable: "FG_KEY_NEW_PASSPHRASE",
    key: None,
    means: "locks a signing key anew",
    secret: true,
};
const NEW_PASSPHRASE_FILE: Setting = Setting {
    variable: "FG_KEY_NEW_PASSPHRASE_FILE",
    key: None,
    means: "a file with the passphrase that locks a signing key anew",
    secret: false,
};

const OWN: [Setting; 6] = [
    DATA_DIR,
    RESERVE,
    PASSPHRASE,
    NEW_PASSPHRASE,
    PASSPHRASE_FILE,
    NEW_PASSPHRASE_FILE,
];

/// All settings.
pub fn settings() -> Vec<Setting> {
    OWN.iter().chain(server::SETTINGS).copied().collect()
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The command line.
    Flag,
    /// A variable of the environment.
    Variable,
    /// The settings file, at this line.
    File(usize),
    /// Nobody said anything.
    Default,
}

impl Source {
    /// As it is shown.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Variable => "variable",
            Self::File(_) => "file",
            Self::Default => "default",
        }
    }
}

/// A setting and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    /// The setting.
    pub setting: Setting,
    /// Its value as it may be shown; none if there is none, or if it is secret.
    pub value: Option<String>,
    /// Whether there is a value.
    pub is_set: bool,
    /// Where it came from.
    pub source: Source,
}

/// What all settings are.
#[derive(Debug, Clone)]
pub struct Config {
    data_dir: PathBuf,
    reserve: u64,
    passphrase_file: Option<PathBuf>,
    server: ServerConfig,
    file: PathBuf,
    sets: Vec<Set>,
    complaints: Vec<Complaint>,
}

impl Config {
    /// What holds for this process. `data_dir` is the flag.
    pub fn of_process(data_dir: Option<&Path>) -> Result<Self, AppError> {
        Self::read(data_dir, &|name| std::env::var_os(name))
    }

    /// The same with another environment.
    pub fn read(
        data_dir: Option<&Path>,
        environment: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Self, AppError> {
        let variable =
            |setting: &Setting| environment(setting.variable).filter(|value| !value.is_empty());
        let (data_dir, source) = match (data_dir, variable(&DATA_DIR)) {
            (Some(path), _) => (path.to_owned(), Source::Flag),
            (None, Some(path)) => (PathBuf::from(path), Source::Variable),
            (None, None) => (DataRoot::default_path()?, Source::Default),
        };
        let path = DataRoot::settings_of(&data_dir);
        let file = SettingsFile::read(&path, &settings())?;
        let shown = |path: &Path| path.display().to_string();
        let mut config = Self {
            reserve: DISK_RESERVE,
            passphrase_file: None,
            server: ServerConfig::default(),
            sets: vec![set(&DATA_DIR, Some(shown(&data_dir)), source)],
            complaints: file.complaints.clone(),
            file: path.clone(),
            data_dir,
        };
        let (text, source) = chosen(&RESERVE, variable(&RESERVE), &file);
        if let Some(text) = &text {
            config.reserve = text.parse().map_err(|_| {
                let place = place_of(&RESERVE, &source, &path);
                Fault::SettingInvalid
                    .error()
                    .saying(format!("{text:?} is not a number of bytes."))
                    .at(place)
            })?;
        }
        let reserve = config.reserve.to_string();
        config.sets.push(set(&RESERVE, Some(reserve), source));
        for setting in [&PASSPHRASE, &NEW_PASSPHRASE] {
            // Only whether there is one: nothing here holds a secret.
            let given = variable(setting).map(|_| String::new());
            let source = source_of(given.is_some());
            config.sets.push(set(setting, given, source));
        }
        let (text, source) = chosen(&PASSPHRASE_FILE, variable(&PASSPHRASE_FILE), &file);
        config.passphrase_file = text.as_ref().map(PathBuf::from);
        config.sets.push(set(&PASSPHRASE_FILE, text, source));
        let new = variable(&NEW_PASSPHRASE_FILE);
        let new = new.map(|path| shown(Path::new(&path)));
        let source = source_of(new.is_some());
        config.sets.push(set(&NEW_PASSPHRASE_FILE, new, source));
        config.server = ServerConfig::read(&variable, &file, &path, &mut config.sets)?;
        Ok(config)
    }

    /// Where the data root is.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// How many bytes should stay free on each disk.
    pub const fn disk_reserve(&self) -> u64 {
        self.reserve
    }

    /// How a server is to run.
    pub const fn server(&self) -> &ServerConfig {
        &self.server
    }

    /// The settings file, which need not be there.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// All settings with what they are.
    pub fn sets(&self) -> &[Set] {
        &self.sets
    }

    /// What in the settings file does nothing.
    pub fn complaints(&self) -> &[Complaint] {
        &self.complaints
    }

    /// A file with the passphrase of the signing key.
    pub fn passphrase_file(&self) -> Option<&Path> {
        self.passphrase_file.as_deref()
    }
}

const fn source_of(given: bool) -> Source {
    if given {
        Source::Variable
    } else {
        Source::Default
    }
}

fn set(setting: &Setting, value: Option<String>, source: Source) -> Set {
    Set {
        setting: *setting,
        is_set: value.is_some(),
        value: value.filter(|_| !setting.secret),
        source,
    }
}

/// What the variable says, else what the file says.
fn chosen(
    setting: &Setting,
    variable: Option<OsString>,
    file: &SettingsFile,
) -> (Option<String>, Source) {
    if let Some(value) = variable {
        return (Some(value.to_string_lossy().into_owned()), Source::Variable);
    }
    let entry = setting.key.and_then(|key| file.entries.get(key));
    match entry {
        Some(Entry { value, line }) => (Some(value.clone()), Source::File(*line)),
        None => (None, Source::Default),
    }
}

fn place_of(setting: &Setting, source: &Source, file: &Path) -> String {
    match source {
        Source::File(line) => format!("{}, line {line}", file.display()),
        _ => setting.variable.to_owned(),
    }
}
