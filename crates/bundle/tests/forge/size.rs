//! Many hostile lines.
