//! The operator: the person who works on this data root, as they are named on purpose.

use bundle::canon::Object;
use bundle::format::kind::EventType;
use bundle::format::text::clean;

use crate::error::{Result, VaultError};
use crate::hex;
use crate::house::Entry;
use crate::keys::open_chains;
use crate::ledger::{Draft, Ledger};
use crate::person::{Actor, Operator};
use crate::project::{HOUSE, shown};
use crate::sql;
use crate::vault::{Act, Vault};

/// What the operator is to be. What is `None` stays as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct OperatorChange<'a> {
    /// Name or pseudonym.
    pub name: Option<&'a str>,
    /// Role.
    pub role: Option<&'a str>,
    /// Organisation.
    pub organisation: Option<&'a str>,
    /// How to reach them.
    pub contact: Option<&'a str>,
    /// Another name for the same person: without this, another name is another person.
    pub same_person: bool,
}

impl Vault {
    /// Sets the operator. Another person is said so in the record of every open case.
    pub fn set_operator(&self, change: &OperatorChange<'_>, act: &Act) -> Result<Operator> {
        let before = self.operator()?;
        let kept = before.clone().unwrap_or_default();
        let text = |new: Option<&str>, old: &str| {
            new.map_or(old.to_owned(), |new| clean(new.trim().as_bytes()).text)
        };
        let name = text(change.name, &kept.name);
        if name.is_empty() || name.chars().count() > 200 {
            return Err(VaultError::NameInvalid {
                what: "the name of the operator",
                given: shown(&name),
                rule: "it needs 1 to 200 characters",
            });
        }
        let another = before.is_none() || (name != kept.name && !change.same_person);
        // Nothing said of the one before holds for another person.
        let kept = if another { Operator::default() } else { kept };
        let operator = Operator {
            id: if another {
                hex(&self.entropy().bits128()?)
            } else {
                kept.id.clone()
            },
            name,
            role: text(change.role, &kept.role),
            organisation: text(change.organisation, &kept.organisation),
            contact: text(change.contact, &kept.contact),
        };
        if before.as_ref() != Some(&operator) {
            let actor = Actor {
                id: operator.id.clone(),
                name: operator.name.clone(),
                role: operator.role.clone(),
                by: act.actor().by,
            };
            let told = !before.is_some_and(|before| {
                (&before.id, &before.name, &before.role)
                    == (&operator.id, &operator.name, &operator.role)
            });
            self.change_operator(Some(&operator), &act.by(actor), told)?;
        }
        Ok(operator)
    }

    /// Takes the operator away: entries say "not stated" from here on.
    pub fn clear_operator(&self, act: &Act) -> Result<()> {
        if self.operator()?.is_some() {
            let nobody = Actor::not_stated(act.actor().by);
            self.change_operator(None, &act.by(nobody), true)?;
        }
        Ok(())
    }

    fn change_operator(&self, operator: Option<&Operator>, act: &Act, told: bool) -> Result<()> {
        self.house(act)?;
        self.db().write(act.origin(), |tx| {
            match operator {
                Some(operator) => tx.prepare_cached(sql::SETTING_SET)?.execute((
                    "",
                    "operator",
                    operator.to_text(),
                ))?,
                None => tx
                    .prepare_cached(sql::SETTING_DELETE)?
                    .execute(("", "operator"))?,
            };
            let chains = open_chains(tx)?;
            for (project_id, _) in chains.iter().filter(|(_, name)| told && name != HOUSE) {
                let mut ledger = Ledger::resume(tx, self, project_id)?;
                ledger.append(act, Draft::new(EventType::Operator, Object::new()))?;
                ledger.end()?;
            }
            let said = operator.cloned().unwrap_or_default();
            let content = Object::new()
                .with("setting", "operator")
                .with("cleared", operator.is_none());
            let source = Object::new()
                .with("id", said.id)
                .with("name", said.name)
                .with("role", said.role)
                .with("organisation", said.organisation)
                .with("contact", said.contact);
            self.append_in_house(tx, act, Entry::new(EventType::Setting, content, source))?;
            tx.changed("operator", "", "")?;
            Ok(())
        })
    }
}
