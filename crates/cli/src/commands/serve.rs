use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, TcpListener, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use app::{AppError, Fault, Runs, ServerConfig};
use bundle::canon::Object;
use clap::Args;
use http_api::{Answered, Server, Settings, Stop, Token};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::worker::Crew;
use super::{Outcome, Run};
use crate::context::Context;
use crate::output::Output;
use crate::passphrase;
use crate::probe;

/// Serve the HTTP API until it is stopped (Ctrl-C)
#[derive(Debug, Args)]
pub struct Serve {
    /// The address to listen at [default: 127.0.0.1]
    #[arg(long, value_name = "ADDRESS")]
    host: Option<String>,
    /// The port to listen at; 0 takes a free one [default: 8787]
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Carry out runs as well, on threads of this process
    #[arg(long)]
    embedded_worker: bool,
    /// Start nothing: ask the server at this address whether it is ready, and its worker if it has one; status 0 means
    /// yes. For the health check of a container
    #[arg(long)]
    check: bool,
}

impl Run for Serve {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let config = context.config()?;
        let given = config.server();
        if self.check {
            return self.ask(context, given);
        }
        let token = passphrase::api_token(given.token_file.as_deref())?;
        let host = self.host.as_deref().unwrap_or(&given.host);
        let listener = bind(host, self.port.unwrap_or(given.port))?;
        let address = listener.local_addr().map_err(AppError::from)?;
        if token.is_none() && !address.ip().is_loopback() {
            return Err(Fault::TokenMissing.error().at(address.to_string()));
        }
        let runs = Arc::new(Runs::open(Arc::new(context.desk()?))?);
        let workers = (self.embedded_worker || given.embedded_worker)
            .then(|| Crew::start(context, &runs, given))
            .transpose()?;
        let settings = Settings {
            hosts: hosts(address, given),
            origins: origins(address, given),
            token: token.as_ref().map(|token| Token::new(token)),
            max_upload: given.max_upload,
            disk_reserve: config.disk_reserve(),
            told: told(given.json_log, context.global.quiet),
            threads: thread::available_parallelism().map_or(2, usize::from),
        };
        let tidying = Tidying::start(&runs)?;
        let server = Server::new(runs, settings)?;
        let stop = Stop::default();
        stop_on_signals(stop.clone())?;
        let url = given.public_url.clone();
        let url = url.unwrap_or_else(|| format!("http://{address}"));
        context.output.show(
            || Object::new().with("url", url.as_str()).into(),
            |page| page.line(&format!("Serving at {url}")),
        )?;
        if token.is_none() {
            context.output.hint(
                "without FG_API_TOKEN every user and every program of this machine can act here",
            );
        }
        let served = http_api::run(listener, server, stop);
        tidying.stop();
        workers.map_or(Ok(()), Crew::stop)?;
        served.map(|()| Outcome::Done)
    }
}

impl Serve {
    fn ask(&self, context: &Context, given: &ServerConfig) -> Result<Outcome, AppError> {
        let host = self.host.as_deref().unwrap_or(&given.host);
        let addresses = addresses(host, self.port.unwrap_or(given.port))?;
        let address = addresses.first().ok_or_else(|| Fault::NotReady.error())?;
        probe::server(*address)?;
        if (self.embedded_worker || given.embedded_worker) && given.heartbeat_file.is_some() {
            probe::worker(given, SystemTime::now())?;
        }
        probe::well(context)
    }
}

/// A thread that tidies up once an hour.
struct Tidying {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Tidying {
    fn start(runs: &Arc<Runs>) -> Result<Self, AppError> {
        let runs = Arc::clone(runs);
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let work = move || {
            while !stopped.load(Ordering::Acquire) {
                if let Err(error) = runs.tidy() {
                    Output::log(&format!("tidying up: {error}"));
                }
                thread::park_timeout(Duration::from_hours(1));
            }
        };
        let thread = thread::Builder::new()
            .name("tidying".to_owned())
            .spawn(work)?;
        Ok(Self { stop, thread })
    }

    fn stop(self) {
        self.stop.store(true, Ordering::Release);
        self.thread.thread().unpark();
        let _ = self.thread.join();
    }
}

fn bind(host: &str, port: u16) -> Result<TcpListener, AppError> {
    let place = || format!("{host}:{port}");
    TcpListener::bind(addresses(host, port)?.as_slice()).map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => Fault::AddressInUse.error().at(place()),
        _ => AppError::from(error).at(place()),
    })
}

fn addresses(host: &str, port: u16) -> Result<Vec<SocketAddr>, AppError> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let found = (bare, port).to_socket_addrs().map_err(|_| {
        Fault::SettingInvalid
            .error()
            .saying(format!("{host:?} is no address of this machine."))
            .at("--host")
    })?;
    Ok(found.collect())
}

/// What a request may name as its host.
fn hosts(address: SocketAddr, config: &ServerConfig) -> Vec<String> {
    let own = names(address);
    let own = own.map(|name| format!("{name}:{}", address.port()));
    let outside = config
        .public_url
        .as_deref()
        .and_then(|url| url.split_once("://"));
    own.chain(outside.map(|(_, host)| host.to_owned()))
        .collect()
}

/// What browsers may name as the page that a request comes from.
fn origins(address: SocketAddr, config: &ServerConfig) -> Vec<String> {
    let own = names(address);
    let own = own.map(|name| format!("http://{name}:{}", address.port()));
    own.chain(config.public_url.clone()).collect()
}

fn names(address: SocketAddr) -> impl Iterator<Item = String> {
    let ip = match address.ip() {
        IpAddr::V6(ip) => format!("[{ip}]"),
        IpAddr::V4(ip) => ip.to_string(),
    };
    let known = ["127.0.0.1", "localhost", "[::1]"];
    let other = Some(ip).filter(|ip| !known.contains(&ip.as_str()));
    known.into_iter().map(str::to_owned).chain(other)
}

/// Writes a line for each answer; what only asks whether the server lives is not worth one.
fn told(json: bool, quiet: bool) -> Box<dyn Fn(&Answered) + Send + Sync> {
    Box::new(move |answered| {
        let probe = matches!(answered.route.as_str(), "/healthz" | "/readyz" | "/metrics");
        if quiet || (probe && answered.status < 400) {
            return;
        }
        let Answered {
            id,
            method,
            route,
            status,
            milliseconds,
        } = answered;
        let message = format!("request {id}: {method} {route} {status} in {milliseconds} ms");
        let now = store::Clock::now(&store::SystemClock::new()).to_string();
        let line = if json {
            let object = Object::new()
                .with("ts", now)
                .with("level", "info")
                .with("message", message)
                .with("request_id", id.as_str())
                .with("method", method.as_str())
                .with("route", route.as_str())
                .with("status", u64::from(*status))
                .with("ms", u64::try_from(*milliseconds).unwrap_or(u64::MAX));
            String::from_utf8(bundle::canon::Value::from(object).to_canonical()).unwrap_or_default()
        } else {
            format!("{now} {message}")
        };
        Output::log(&line);
    })
}

fn stop_on_signals(stop: Stop) -> Result<(), AppError> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let listen = move || {
        if signals.forever().next().is_some() {
            stop.now();
        }
    };
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(listen)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_answers_to_its_own_names_alone() {
        let config = ServerConfig {
            public_url: Some("https://evidence.example".to_owned()),
            ..ServerConfig::default()
        };
        let at = |address: &str| hosts(address.parse().unwrap(), &config);
        assert_eq!(
            at("127.0.0.1:80"),
            [
                "127.0.0.1:80",
                "localhost:80",
                "[::1]:80",
                "evidence.example"
            ]
        );
        assert!(at("10.1.2.3:8787").contains(&"10.1.2.3:8787".to_owned()));
        let origins = origins("[::1]:9".parse().unwrap(), &config);
        assert!(origins.contains(&"http://[::1]:9".to_owned()));
        assert!(origins.contains(&"https://evidence.example".to_owned()));
    }
}
