//! The HTTP API: the same routes for servers, containers and the window.
//!
//! A route is a few lines: it reads what was asked, hands the work to a pool of threads, and shows what [`app`] answers.
//! Who may, limits, headers and logs are layers around all of them.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod access;
mod answer;
mod arrived;
mod download;
mod events;
mod form;
mod guard;
mod listen;
mod log;
mod openapi;
mod patience;
mod pool;
mod problem;
mod receive;
mod routes;
mod server;
mod session;

pub use access::Token;
pub use listen::{Stop, run};
pub use log::Answered;
pub use openapi::openapi;
pub use server::{Server, Settings};
