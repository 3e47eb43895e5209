//! An item that was found, as it is shown.

use rusqlite::{Connection, OptionalExtension};

use super::find::Match;
use super::snippet::Snippet;
use super::sql;
use super::words::{CLOSE, OPEN};
use crate::column::unsigned;
use crate::error::Result;
use crate::project::Project;

/// Where in an item something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// In its name or path.
    Name,
    /// In a caption or note.
    Caption,
    /// In its text.
    Text,
}

impl Where {
    /// As it is shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Caption => "caption",
            Self::Text => "text",
        }
    }
}

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextPlace {
    /// Its number, from 0.
    pub chunk: u64,
    /// Where it starts in the text, in code points.
    pub start: u64,
    /// Where it ends.
    pub end: u64,
}

/// An item that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Its number.
    pub item: u64,
    /// Its file name.
    pub name: String,
    /// Its path relative to what was dropped.
    pub path: String,
    /// Where the best passage stands.
    pub place: Where,
    /// Which piece of the text that is.
    pub text: Option<TextPlace>,
    /// The best passage, shortened, with what was found.
    pub snippet: Snippet,
    /// How many passages of the item have one of the words.
    pub passages: u64,
    /// How many of the words the best passage lacks: the fewer the better.
    pub lacking: u8,
}

/// The hit as it is shown.
pub(super) fn hit(
    connection: &Connection,
    project: &Project,
    any: &str,
    found: &Match,
) -> Result<Option<Hit>> {
    let mut statement = connection.prepare_cached(sql::DOCUMENT_GET)?;
    let document: Option<(String, String)> = statement
        .query_row((&project.id, found.rank.item), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let mut statement = connection.prepare_cached(sql::PASSAGE_GET)?;
    let passage = statement
        .query_row((found.best, &project.id), |row| {
            let kind: String = row.get(0)?;
            let place = match kind.as_str() {
                "name" => Where::Name,
                "caption" => Where::Caption,
                _ => Where::Text,
            };
            let text = row.get::<_, Option<i64>>(1)?.map(|_| {
                Ok::<_, rusqlite::Error>(TextPlace {
                    chunk: unsigned(row, 1)?,
                    start: unsigned(row, 2)?,
                    end: unsigned(row, 3)?,
                })
            });
            Ok((place, text.transpose()?))
        })
        .optional()?;
    let (Some((name, path)), Some((place, text))) = (document, passage) else {
        return Ok(None);
    };
    let mut statement = connection.prepare_cached(sql::WORDS_MARK)?;
    let marks = (any, found.best, OPEN.to_string(), CLOSE.to_string());
    let marked: Option<String> = statement.query_row(marks, |row| row.get(0)).optional()?;
    Ok(Some(Hit {
        item: u64::try_from(found.rank.item).unwrap_or_default(),
        name,
        path,
        place,
        text,
        snippet: Snippet::of(&marked.unwrap_or_default()),
        passages: found.passages,
        lacking: found.rank.lacking,
    }))
}
