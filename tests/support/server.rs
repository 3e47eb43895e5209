//! The server and the worker as processes of their own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::http::{Answer, send};
use super::program::{Room, signal};

/// The token that servers of tests are started with.
pub const TOKEN: &str = "a-token-for-tests";

/// A process that is killed at the end of its test.
#[derive(Debug)]
pub struct Running {
    /// The process.
    pub child: Child,
}

impl Running {
    /// Starts a worker.
    pub fn worker(room: &Room) -> Self {
        let mut command = room.command(&["worker"]);
        command
            .env("FG_WORKER_HEARTBEAT_INTERVAL_S", "1")
            .env("FG_WORKER_HEARTBEAT_MAX_AGE_S", "3");
        Self {
            child: command.stderr(Stdio::null()).spawn().unwrap(),
        }
    }

    /// Ends it at once, as a power cut does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end, and says with which status it did and after how long.
    pub fn terminate(mut self) -> (Option<i32>, Duration) {
        let begun = Instant::now();
        signal(&self.child, "TERM");
        let status = self.child.wait().unwrap();
        (status.code(), begun.elapsed())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that answers.
#[derive(Debug)]
pub struct Server {
    /// Its process.
    pub process: Running,
    /// Where it listens: host and port.
    pub address: String,
}

impl Server {
    /// Starts one at a free port, with [`TOKEN`].
    pub fn start(room: &Room) -> Self {
        Self::with(room, &[], &[("FG_API_TOKEN", TOKEN)])
    }

    /// The same, with a worker inside.
    pub fn working(room: &Room) -> Self {
        Self::with(room, &["--embedded-worker"], &[("FG_API_TOKEN", TOKEN)])
    }

    /// The same with other arguments and variables.
    pub fn with(room: &Room, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let arguments = [&["serve", "--port", "0", "--json"], arguments].concat();
        let mut command = room.command(&arguments);
        command.envs(variables.iter().copied());
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).expect("it says where it serves");
        let url = said["url"].as_str().unwrap();
        Self {
            process: Running { child },
            address: url.strip_prefix("http://").unwrap().to_owned(),
        }
    }

    /// Sends a request with the token.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let bearer = format!("Bearer {TOKEN}");
        let headers = [headers, &[("Authorization", bearer.as_str())]].concat();
        send(&self.address, method, path, &headers, body)
    }

    /// Gets something with the token.
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"")
    }

    /// Posts a JSON document with the token.
    pub fn post(&self, path: &str, document: &str) -> Answer {
        let json = [("Content-Type", "application/json")];
        self.send("POST", path, &json, document.as_bytes())
    }

    /// Waits until a run has ended.
    #[track_caller]
    pub fn ended(&self, run: &Value) -> Value {
        let path = format!("/api/v1/runs/{}", run["id"].as_str().unwrap());
        for _ in 0..600 {
            let run = self.get(&path).is(200).json();
            if !["queued", "running"].contains(&run["state"].as_str().unwrap()) {
                return run;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the run does not end: {}", self.get(&path).json());
    }
}
