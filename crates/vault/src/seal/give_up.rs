//! A seal that was begun and can never be finished, since bytes that it pinned were erased meanwhile: it is given up, its
//! number is taken again, and sealing goes on.

use bundle::canon::Object;
use bundle::format::kind::EventType;

use crate::bundles::SealedBundle;
use crate::column::number;
use crate::error::{Result, VaultError};
use crate::ledger::{Draft, Ledger};
use crate::project::Project;
use crate::sql;
use crate::vault::{Act, Vault};

impl Vault {
    /// The package of a seal; none if it had to be given up, which is put on record and told.
    pub(super) fn or_give_up(
        &self,
        project: &Project,
        open: &SealedBundle,
        written: Result<SealedBundle>,
        act: &Act,
        warnings: &mut Vec<String>,
    ) -> Result<Option<SealedBundle>> {
        let error = match written {
            Ok(bundle) => return Ok(Some(bundle)),
            Err(error) => self.explain(project, open, error),
        };
        let VaultError::Withdrawn(items) = &error else {
            return Err(error);
        };
        warnings.push(format!(
            "a package that was begun was given up: item(s) {} of it were erased before it was written",
            items.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
        ));
        self.db().write(act.origin(), |tx| {
            let mut ledger = Ledger::resume(tx, self, &project.id)?;
            let fields = (ledger.chain().id, number(open.seq));
            // Another process may have given it up as well: it is said once.
            if tx.prepare_cached(sql::SEAL_CANCELED)?.execute(fields)? == 1 {
                let content = Object::new().with("seal", open.head);
                ledger.append(act, Draft::new(EventType::SealCanceled, content))?;
                ledger.end()?;
            }
            Ok::<_, VaultError>(())
        })?;
        self.remember_head(project)?;
        Ok(None)
    }
}
