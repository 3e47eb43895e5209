//! The rules of a case: what its packages are sealed under, and what received ones are held against.

use bundle::canon::Object;
use bundle::format::kind::EventType;
use bundle::policy::Policy;

use crate::error::{Result, VaultError};
use crate::ledger::{Draft, Ledger};
use crate::project::Project;
use crate::sql;
use crate::vault::{Act, Vault};

/// The key of the setting.
const KEY: &str = "policy";

impl Vault {
    /// The rules of a case; a new one has the program's own.
    pub fn policy(&self, project: &Project) -> Result<Policy> {
        match self.setting(&project.id, KEY)? {
            None => Ok(Policy::fieldgrade_v1()),
            Some(text) => read(&text),
        }
    }

    /// The rules of a case as they were written; none if it has the program's own.
    pub fn policy_text(&self, project: &Project) -> Result<Option<String>> {
        self.setting(&project.id, KEY)
    }

    /// Gives a case other rules, from YAML; without any, it has the program's own again. It stands in the record.
    ///
    /// # Errors
    /// `project_closed`; `policy_unreadable`, `policy_wrong_type`, `policy_not_sealable` with the place.
    pub fn set_policy(&self, project: &Project, yaml: Option<&str>, act: &Act) -> Result<Policy> {
        project.must_be_open()?;
        let policy = match yaml {
            Some(text) => read(text)?,
            None => Policy::fieldgrade_v1(),
        };
        policy.sealable().map_err(named)?;
        self.db().write(act.origin(), |tx| {
            match yaml {
                Some(text) => {
                    tx.prepare_cached(sql::SETTING_SET)?
                        .execute((&project.id, KEY, text))?
                }
                None => tx
                    .prepare_cached(sql::SETTING_DELETE)?
                    .execute((&project.id, KEY))?,
            };
            let content = Object::new()
                .with("policy_id", policy.id())
                .with("policy_hash", policy.hash())
                .with("mode", policy.mode().as_str());
            let mut ledger = Ledger::resume(tx, self, &project.id)?;
            ledger.append(act, Draft::new(EventType::Policy, content))?;
            ledger.end()?;
            tx.changed("policy", &project.name, &project.id)?;
            Ok::<_, VaultError>(())
        })?;
        Ok(policy)
    }
}

fn read(text: &str) -> Result<Policy> {
    Policy::from_yaml(text.as_bytes()).map_err(named)
}

fn named(error: bundle::policy::PolicyError) -> VaultError {
    VaultError::Policy {
        path: "the case's policy".into(),
        error,
    }
}
