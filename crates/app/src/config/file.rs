//! The settings file.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::Setting;
use crate::error::AppError;
use crate::fault::Fault;

/// A line of the file that does nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The line, from 1.
    pub line: usize,
    /// The key.
    pub key: String,
    /// Why it does nothing.
    pub what: &'static str,
}

/// A value in the file, as a variable would give it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub value: String,
    pub line: usize,
}

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct SettingsFile {
    pub entries: BTreeMap<&'static str, Entry>,
    pub complaints: Vec<Complaint>,
}

impl SettingsFile {
    /// Reads the file; one that is not there says nothing.
    pub fn read(path: &Path, settings: &[Setting]) -> Result<Self, AppError> {
        let text = match std::fs::read_to_string(path) {
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                return Ok(Self::default());
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                let error = Fault::ConfigUnreadable.error();
                return Err(error.saying("It is not UTF-8 text.").in_file(path));
            }
            text => text.map_err(|error| AppError::from(error).in_file(path))?,
        };
        let place = |at: usize| format!("{}, line {}", path.display(), line_of(&text, at));
        let table = DeTable::parse(&text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            // The text of the file may hold secrets; what the parser says of it does not.
            let what = crate::from::sentence(error.message());
            Fault::ConfigUnreadable.error().saying(what).at(place(at))
        })?;
        let mut file = Self::default();
        for (key, value) in table.into_inner() {
            let line = line_of(&text, key.span().start);
            let name = key.into_inner();
            let known = settings
                .iter()
                .find_map(|setting| setting.key.filter(|known| *known == name));
            let Some(known) = known else {
                file.complaints.push(Complaint {
                    line,
                    what: unknown(&name),
                    key: name.into_owned(),
                });
                continue;
            };
            let value = match value.into_inner() {
                DeValue::String(text) => text.into_owned(),
                DeValue::Integer(number) => number.to_string(),
                _ => {
                    let error = Fault::SettingInvalid.error();
                    return Err(error
                        .saying(format!(
                            "The value of {known} is neither text nor a number."
                        ))
                        .at(format!("{}, line {line}", path.display())));
                }
            };
            file.entries.insert(known, Entry { value, line });
        }
        file.complaints.sort_by_key(|complaint| complaint.line);
        Ok(file)
    }
}

fn unknown(key: &str) -> &'static str {
    match key {
        "data_dir" => {
            "this file lies in the data folder and cannot say where that is: use --data-dir or FG_DATA_DIR"
        }
        "key_passphrase" => {
            "a secret does not belong into this file: name a file with key_passphrase_file"
        }
        _ => "there is no setting of this name",
    }
}

/// The line of a byte, from 1.
fn line_of(text: &str, at: usize) -> usize {
    1 + text.get(..at).unwrap_or_default().matches('\n').count()
}
