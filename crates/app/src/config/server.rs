//! The settings of a server.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::file::SettingsFile;
use super::{Set, Setting, chosen, place_of, set};
use crate::error::AppError;
use crate::fault::Fault;

macro_rules! settings {
    ($($name:ident $variable:literal $key:expr, $secret:literal $means:literal;)*) => {
        $(const $name: Setting = Setting {
            variable: $variable,
            key: $key,
            means: $means,
            secret: $secret,
        };)*

        /// All of them.
        pub(super) const SETTINGS: &[Setting] = &[$($name),*];
    };
}

settings! {
    HOST "FG_HOST" Some("host"), false "the address that the server listens at";
    PORT "FG_PORT" Some("port"), false "the port that the server listens at; 0 takes a free one";
    PUBLIC_URL "FG_PUBLIC_URL" Some("public_url"), false "the server's address as browsers use it, behind a proxy";
    API_TOKEN "FG_API_TOKEN" None, true "the administrator's token; without one the server can only be reached from this machine";
    API_TOKEN_FILE "FG_API_TOKEN_FILE" Some("api_token_file"), false "a file with the administrator's token";
    MAX_UPLOAD "FG_MAX_UPLOAD_BYTES" Some("max_upload_bytes"), false "the largest upload in bytes; 0 is no limit";
    UPLOADS "FG_UPLOADS_DIR" Some("uploads_dir"), false "where uploads lie before they are captured";
    ENABLE_WORKER "FG_ENABLE_WORKER" Some("enable_worker"), false "whether the server carries out runs as well: 0 or 1";
    WORKERS "FG_WORKERS" Some("workers"), false "how many runs are carried out at once";
    POLL "FG_WORKER_POLL" Some("worker_poll_s"), false "the longest a worker waits before it looks for runs, in seconds";
    HEARTBEAT "FG_WORKER_HEARTBEAT_INTERVAL_S" Some("worker_heartbeat_interval_s"), false "how often a worker says that it lives, in seconds";
    LEASE "FG_WORKER_HEARTBEAT_MAX_AGE_S" Some("worker_heartbeat_max_age_s"), false "after how many seconds of silence a worker is taken for dead";
    HEARTBEAT_FILE "FG_WORKER_HEARTBEAT_FILE" Some("worker_heartbeat_file"), false "a file that a worker writes with each sign of life, for the health check of a container";
    LOG_FORMAT "FG_LOG_FORMAT" Some("log_format"), false "how the server writes its log: text or json";
}

/// The largest upload unless something else is said: 20 GiB.
const MAX_UPLOAD_BYTES: u64 = 20 << 30;

/// How a server is to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerConfig {
    /// The address to listen at.
    pub host: String,
    /// The port; 0 takes a free one.
    pub port: u16,
    /// The address that browsers use, if it is another: scheme, host and port, without a path.
    pub public_url: Option<String>,
    /// A file with the administrator's token.
    pub token_file: Option<PathBuf>,
    /// The largest upload in bytes; none is no limit.
    pub max_upload: Option<u64>,
    /// Where uploads lie, if not in the data root.
    pub uploads: Option<PathBuf>,
    /// Whether `serve` carries out runs as well.
    pub embedded_worker: bool,
    /// How many runs are carried out at once.
    pub workers: u16,
    /// The longest a worker waits before it looks for runs.
    pub poll: Duration,
    /// How often a worker gives a sign of life.
    pub heartbeat: Duration,
    /// After so long without one it is taken for dead.
    pub lease: Duration,
    /// A file that is written with each sign of life.
    pub heartbeat_file: Option<PathBuf>,
    /// Whether the log is one JSON document a line.
    pub json_log: bool,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 8787,
            public_url: None,
            token_file: None,
            max_upload: Some(MAX_UPLOAD_BYTES),
            uploads: None,
            embedded_worker: false,
            workers: 1,
            poll: Duration::from_secs(1),
            heartbeat: Duration::from_secs(5),
            lease: Duration::from_secs(30),
            heartbeat_file: None,
            json_log: false,
        }
    }
}

impl ServerConfig {
    /// Reads them all, and notes each with where it came from.
    pub(super) fn read(
        variable: &dyn Fn(&Setting) -> Option<OsString>,
        file: &SettingsFile,
        path: &Path,
        sets: &mut Vec<Set>,
    ) -> Result<Self, AppError> {
        let mut config = Self::default();
        for setting in SETTINGS {
            let (text, source) = chosen(setting, variable(setting), file);
            if let Some(text) = &text {
                config.take(setting, text).map_err(|rule| {
                    Fault::SettingInvalid
                        .error()
                        .saying(format!("{text:?} {rule}."))
                        .at(place_of(setting, &source, path))
                })?;
            }
            let shown = if setting.secret {
                text.map(|_| String::new())
            } else {
                text
            };
            sets.push(set(
                setting,
                shown.or_else(|| config.default_of(setting)),
                source,
            ));
        }
        Ok(config)
    }

    fn take(&mut self, setting: &Setting, text: &str) -> Result<(), &'static str> {
        let setting = setting.variable;
        if setting == HOST.variable {
            text.clone_into(&mut self.host);
        } else if setting == PORT.variable {
            self.port = text.parse().map_err(|_| "is no port: 0 to 65535")?;
        } else if setting == PUBLIC_URL.variable {
            self.public_url = Some(origin(text)?);
        } else if setting == API_TOKEN_FILE.variable {
            self.token_file = Some(text.into());
        } else if setting == MAX_UPLOAD.variable {
            let most: u64 = text.parse().map_err(|_| "is not a number of bytes")?;
            self.max_upload = Some(most).filter(|most| *most > 0);
        } else if setting == UPLOADS.variable {
            self.uploads = Some(text.into());
        } else if setting == ENABLE_WORKER.variable {
            self.embedded_worker = match text {
                "1" => true,
                "0" => false,
                _ => return Err("is neither 0 nor 1"),
            };
        } else if setting == WORKERS.variable {
            let workers = text.parse().ok().filter(|count| (1..=64).contains(count));
            self.workers = workers.ok_or("is no number from 1 to 64")?;
        } else if setting == POLL.variable {
            self.poll = seconds(text)?;
        } else if setting == HEARTBEAT.variable {
            self.heartbeat = seconds(text)?;
        } else if setting == LEASE.variable {
            self.lease = seconds(text)?;
        } else if setting == HEARTBEAT_FILE.variable {
            self.heartbeat_file = Some(text.into());
        } else if setting == LOG_FORMAT.variable {
            self.json_log = match text {
                "json" => true,
                "text" => false,
                _ => return Err("is neither text nor json"),
            };
        }
        Ok(())
    }

    fn default_of(&self, setting: &Setting) -> Option<String> {
        match setting.variable {
            "FG_HOST" => Some(self.host.clone()),
            "FG_PORT" => Some(self.port.to_string()),
            "FG_MAX_UPLOAD_BYTES" => Some(self.max_upload.unwrap_or_default().to_string()),
            "FG_ENABLE_WORKER" => Some(u8::from(self.embedded_worker).to_string()),
            "FG_WORKERS" => Some(self.workers.to_string()),
            "FG_WORKER_POLL" => Some(self.poll.as_secs().to_string()),
            "FG_WORKER_HEARTBEAT_INTERVAL_S" => Some(self.heartbeat.as_secs().to_string()),
            "FG_WORKER_HEARTBEAT_MAX_AGE_S" => Some(self.lease.as_secs().to_string()),
            "FG_LOG_FORMAT" => Some(if self.json_log { "json" } else { "text" }.to_owned()),
            _ => None,
        }
    }
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let seconds = text
        .parse()
        .ok()
        .filter(|seconds| (1..=86_400).contains(seconds));
    seconds
        .map(Duration::from_secs)
        .ok_or("is no number of seconds from 1 to 86400")
}

/// Scheme, host and port as a browser's `Origin` header has them.
fn origin(url: &str) -> Result<String, &'static str> {
    const RULE: &str = "is no address like https://evidence.example.org";
    let (scheme, rest) = url.split_once("://").ok_or(RULE)?;
    let host = rest.trim_end_matches('/');
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    if !matches!(scheme, "http" | "https") || host.is_empty() || !host.chars().all(plain) {
        return Err(RULE);
    }
    Ok(format!("{scheme}://{}", host.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outside_address_is_an_origin() {
        assert_eq!(
            origin("https://Evidence.example/"),
            Ok("https://evidence.example".to_owned())
        );
        assert_eq!(
            origin("http://10.0.0.1:8080"),
            Ok("http://10.0.0.1:8080".to_owned())
        );
        for wrong in [
            "evidence.example",
            "ftp://x",
            "https://",
            "https://x/path",
            "https://a b",
        ] {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
    }
}
