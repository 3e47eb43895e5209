//! What people and programs see of `fieldgrade`, through the real program.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod config;
mod docs;
mod doctor;
mod inspect;
mod program;
mod stop;
mod streams;
mod usage;
mod vectors;
mod verify;
