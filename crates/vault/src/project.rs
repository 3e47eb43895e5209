//! Cases: a random id, a short name to type, a title to read. Nothing crosses from one to another.

use bundle::canon::Object;
use bundle::format::kind::EventType;
use bundle::format::text::clean;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::error::{Result, VaultError};
use crate::keys::active_in;
use crate::ledger::{Draft, Ledger};
use crate::vault::{Act, Vault};
use crate::{hex, sql};

/// The name of the case that exists without being asked for.
pub const DEFAULT: &str = "default";
/// The name of the chain of the organisation.
pub(crate) const HOUSE: &str = "_org";

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Random, 32 hex digits; stands in every manifest.
    pub id: String,
    /// What is typed after `--project`.
    pub name: String,
    /// What is read; empty for the default case until somebody names it.
    pub title: String,
    /// The organisation's own reference.
    pub reference: String,
    /// The organisation's own word for a case.
    pub word: String,
    /// Language of READ-ME-FIRST.txt, `en` or `de`.
    pub language: String,
    /// When it was made.
    pub created_utc: String,
    /// When it was closed.
    pub closed_utc: Option<String>,
}

/// What a new case is called.
#[derive(Debug, Clone, Default)]
pub struct Naming {
    /// See [`Project::title`].
    pub title: String,
    /// See [`Project::reference`].
    pub reference: String,
    /// See [`Project::word`].
    pub word: String,
    /// See [`Project::language`].
    pub language: String,
}

impl Vault {
    /// The case of this name. The default case is made when it is first asked for by somebody who may write.
    pub fn project(&self, name: &str, act: &Act) -> Result<Project> {
        match self.find_project(name)? {
            Some(project) => Ok(project),
            None if name == DEFAULT => self.create_project(DEFAULT, &Naming::default(), act),
            None => Err(VaultError::ProjectUnknown(shown(name))),
        }
    }

    /// The case of this name, if there is one.
    pub fn find_project(&self, name: &str) -> Result<Option<Project>> {
        if name == HOUSE {
            return Ok(None);
        }
        self.db().read(|connection| by_name(connection, name))
    }

    /// All cases in order of names.
    pub fn projects(&self) -> Result<Vec<Project>> {
        self.db().read(|connection| {
            let mut statement = connection.prepare_cached(sql::PROJECT_LIST)?;
            let rows = statement.query_map((), read)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Makes a case and its chain.
    pub fn create_project(&self, name: &str, naming: &Naming, act: &Act) -> Result<Project> {
        check_name(name)?;
        self.make_project(name, naming, act)
    }

    pub(crate) fn make_project(&self, name: &str, naming: &Naming, act: &Act) -> Result<Project> {
        self.active_key_or_new()?;
        let project_id = hex(&self.entropy().bits128()?);
        let random = hex(&self.entropy().bits128()?);
        let text = |text: &str| clean(text.as_bytes()).text;
        let word = if naming.word.is_empty() {
            "case"
        } else {
            naming.word.as_str()
        };
        let language = if naming.language.is_empty() {
            "en"
        } else {
            naming.language.as_str()
        };
        let project = Project {
            id: project_id,
            name: name.to_owned(),
            title: text(&naming.title),
            reference: text(&naming.reference),
            word: text(word),
            language: language.to_owned(),
            created_utc: self.clock().now().to_string(),
            closed_utc: None,
        };
        self.db().write(act.origin(), |tx| {
            if let Some(existing) = by_name(tx, name)? {
                // Two processes that both need the default case: the second one takes the first one's.
                return if name == DEFAULT || name == HOUSE {
                    Ok(existing)
                } else {
                    Err(VaultError::ProjectExists(shown(name)))
                };
            }
            // Asked again: another process may have changed the key, and a chain must begin with the one that signs.
            let key = active_in(tx)?.ok_or(VaultError::KeyChanged)?;
            let mut statement = tx.prepare_cached(sql::PROJECT_INSERT)?;
            let fields = (
                &project.id,
                name,
                &project.title,
                &project.reference,
                &project.word,
                language,
                &project.created_utc,
            );
            statement.execute(fields)?;
            let content = Object::new()
                .with("random", random.as_str())
                .with("project", project.id.as_str())
                .with("keyid", key.public.id())
                .with("public_key", key.public.to_pem())
                .with("program", self.machine().program_object());
            let source = Object::new()
                .with("title", project.title.as_str())
                .with("reference", project.reference.as_str())
                .with("word", project.word.as_str());
            let machine = self.machine().owner_object();
            let mut ledger = Ledger::begin(tx, self, &project.id, &key.toolchain_id)?;
            ledger.append(
                act,
                Draft::new(EventType::Genesis, content)
                    .source(source)
                    .machine(machine),
            )?;
            ledger.end()?;
            tx.changed("project", name, &project.id)?;
            Ok(project.clone())
        })
    }

    /// Changes title, reference or word; what is `None` stays.
    pub fn rename_project(
        &self,
        project: &Project,
        title: Option<&str>,
        reference: Option<&str>,
        word: Option<&str>,
        language: Option<&str>,
        act: &Act,
    ) -> Result<Project> {
        let text = |new: Option<&str>, old: &str| {
            new.map_or(old.to_owned(), |new| clean(new.as_bytes()).text)
        };
        let renamed = Project {
            title: text(title, &project.title),
            reference: text(reference, &project.reference),
            word: text(word, &project.word),
            language: language.unwrap_or(&project.language).to_owned(),
            ..project.clone()
        };
        self.db().write(act.origin(), |tx| {
            let fields = (
                &renamed.id,
                &renamed.title,
                &renamed.reference,
                &renamed.word,
                &renamed.language,
            );
            tx.prepare_cached(sql::PROJECT_UPDATE)?.execute(fields)?;
            let source = Object::new()
                .with("title", renamed.title.as_str())
                .with("reference", renamed.reference.as_str())
                .with("word", renamed.word.as_str());
            let mut ledger = Ledger::resume(tx, self, &renamed.id)?;
            ledger.append(
                act,
                Draft::new(EventType::Project, Object::new()).source(source),
            )?;
            ledger.end()?;
            tx.changed("project", &renamed.name, &renamed.id)?;
            Ok(renamed.clone())
        })
    }

    /// Closes a case: it can be read, checked and handed over, and nothing more is added.
    pub fn close_project(&self, project: &Project, act: &Act) -> Result<()> {
        let now = self.clock().now().to_string();
        self.db().write(act.origin(), |tx| {
            tx.prepare_cached(sql::PROJECT_CLOSE)?
                .execute((&project.id, &now))?;
            let source = Object::new()
                .with("title", project.title.as_str())
                .with("reference", project.reference.as_str())
                .with("word", project.word.as_str());
            let mut ledger = Ledger::resume(tx, self, &project.id)?;
            ledger.append(
                act,
                Draft::new(EventType::Project, Object::new().with("closed", true)).source(source),
            )?;
            ledger.end()?;
            tx.changed("project", &project.name, &project.id)?;
            Ok(())
        })
    }
}

impl Project {
    /// What reads best in a sentence: the title, or the name.
    pub fn shown(&self) -> &str {
        if self.title.is_empty() {
            &self.name
        } else {
            &self.title
        }
    }

    /// What a file name begins with.
    pub(crate) fn file_prefix(&self) -> &str {
        if self.reference.is_empty() {
            &self.word
        } else {
            &self.reference
        }
    }

    pub(crate) fn must_be_open(&self) -> Result<()> {
        if self.closed_utc.is_some() {
            Err(VaultError::ProjectClosed(self.name.clone()))
        } else {
            Ok(())
        }
    }
}

pub(crate) fn by_name(connection: &Connection, name: &str) -> Result<Option<Project>> {
    let mut statement = connection.prepare_cached(sql::PROJECT_BY_NAME)?;
    Ok(statement.query_row((name,), read).optional()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Project> {
    Ok(Project {
        id: row.get(0)?,
        name: row.get(1)?,
        title: row.get(2)?,
        reference: row.get(3)?,
        word: row.get(4)?,
        language: row.get(5)?,
        created_utc: row.get(6)?,
        closed_utc: row.get(7)?,
    })
}

fn check_name(name: &str) -> Result<()> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let rule = if name.is_empty() || name.chars().count() > 64 {
        "it needs 1 to 64 characters"
    } else if name.starts_with(['_', '.', '-']) {
        "it must begin with a letter or digit"
    } else if !name.chars().all(plain) {
        "only letters, digits, - _ and . may stand in it"
    } else {
        return Ok(());
    };
    Err(VaultError::NameInvalid {
        what: "the name of a case",
        given: shown(name),
        rule,
    })
}

/// Something given by a person, short and safe enough for a message.
pub(crate) fn shown(text: &str) -> String {
    let mut short: String = clean(text.as_bytes()).text.chars().take(80).collect();
    if short.chars().count() < text.chars().count() {
        short.push('…');
    }
    short
}
