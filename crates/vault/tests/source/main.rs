//! Real files of every kind, read exactly as they are, or it is said why not.

// Whole files of tests: what `clippy.toml` grants to functions that are tests, their helpers need too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod changing;
mod holes;
mod kinds;
mod reading;
mod rights;
mod support;
mod walking;
