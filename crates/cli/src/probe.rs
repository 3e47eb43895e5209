//! Asking from outside whether a server or a worker of this machine is well: what the health check of a container runs,
//! in an image that has no other program to ask with.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::{Duration, SystemTime};

use app::{AppError, Fault, ServerConfig};
use bundle::canon::Object;

use crate::commands::Outcome;
use crate::context::Context;

/// For each step of the conversation. A health check that waits longer is stopped by whoever asked for it.
const PATIENCE: Duration = Duration::from_secs(5);
/// The answer is a line for each part; nothing that is as long as this is one.
const LONGEST: u64 = 64 * 1024;

/// Asks the server that listens at this address whether it is ready.
///
/// # Errors
/// `not_ready` when nothing answers, or when the answer is no.
pub fn server(address: SocketAddr) -> Result<(), AppError> {
    let address = reachable(address);
    let answer = ask(address).map_err(|error| {
        let said = format!("The server does not answer: {error}.");
        Fault::NotReady.error().saying(said).at(address.to_string())
    })?;
    if answer.starts_with("HTTP/1.1 200 ") {
        return Ok(());
    }
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.lines().next().unwrap_or_default();
    Err(Fault::NotReady
        .error()
        .saying(format!(
            "The server says that it cannot work: {status} {body}"
        ))
        .at(address.to_string()))
}

/// Looks whether a worker gave a sign of life within the time after which it is taken for dead.
///
/// # Errors
/// `not_ready` when it did not; `setting_invalid` when nothing says where to look.
pub fn worker(config: &ServerConfig, now: SystemTime) -> Result<(), AppError> {
    let Some(path) = &config.heartbeat_file else {
        return Err(Fault::SettingInvalid
            .error()
            .saying(
                "A worker can be checked by the file of its signs of life alone, and none is set.",
            )
            .at("FG_WORKER_HEARTBEAT_FILE"));
    };
    let silent = |said: String| Fault::NotReady.error().saying(said).in_file(path);
    let written = fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .map_err(|error| silent(format!("The worker has given no sign of life: {error}.")))?;
    // A clock that was set back makes signs of life that lie ahead; those are fresh.
    let age = now.duration_since(written).unwrap_or_default();
    if age > config.lease {
        let seconds = age.as_secs();
        return Err(silent(format!(
            "The worker gave its last sign of life {seconds} seconds ago."
        )));
    }
    Ok(())
}

/// Says that it is well.
pub fn well(context: &Context) -> Result<Outcome, AppError> {
    context.output.show(
        || Object::new().with("ready", true).into(),
        |page| page.line("Ready"),
    )?;
    Ok(Outcome::Done)
}

/// Who listens everywhere is asked over the loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

fn ask(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.take(LONGEST).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_well_while_its_last_sign_is_fresh() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("alive");
        let mut config = ServerConfig::default();
        let code = |config: &ServerConfig, now| worker(config, now).map_err(|error| error.code);
        let now = SystemTime::now();
        assert_eq!(code(&config, now), Err("setting_invalid"));
        config.heartbeat_file = Some(path.clone());
        assert_eq!(code(&config, now), Err("not_ready"), "it never gave a sign");
        fs::write(&path, "now").unwrap();
        assert_eq!(code(&config, now), Ok(()));
        assert_eq!(code(&config, now - Duration::from_hours(1)), Ok(()));
        assert_eq!(code(&config, now + config.lease / 2), Ok(()));
        let late = now + config.lease + Duration::from_secs(5);
        assert_eq!(code(&config, late), Err("not_ready"));
    }

    #[test]
    fn who_listens_everywhere_is_asked_here() {
        let at = |address: &str| reachable(address.parse().unwrap()).to_string();
        assert_eq!(at("0.0.0.0:80"), "127.0.0.1:80");
        assert_eq!(at("[::]:80"), "[::1]:80");
        assert_eq!(at("10.1.2.3:80"), "10.1.2.3:80");
    }
}
