//! What people and programs see of `fieldgrade`, through the real program.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod backup;
mod case;
mod config;
mod corrections;
mod docs;
mod doctor;
mod export;
mod house;
mod inspect;
mod keys;
mod operator;
mod policy;
mod program;
mod search;
mod selftest;
mod stop;
mod streams;
mod usage;
mod vectors;
mod verify;
