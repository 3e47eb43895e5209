//! Holds: while one stands, nothing of an item is erased.

use bundle::canon::Object;
use bundle::format::kind::EventType;
use bundle::format::text::clean_lines;

use super::{Recorded, reason};
use crate::detail::Told;
use crate::error::{Result, VaultError};
use crate::items::ItemState;
use crate::ledger::Draft;
use crate::project::Project;
use crate::vault::{Act, Vault};

impl Vault {
    /// Puts an item on hold, or lifts the hold (`set` is false). A closed case takes this too.
    ///
    /// # Errors
    /// `reason_missing`, `hold_unchanged` when it stands so already, `item_erased`, `item_unknown`, `actor_missing`.
    pub fn hold(
        &self,
        project: &Project,
        item: u64,
        set: bool,
        why: &str,
        act: &Act,
    ) -> Result<Recorded> {
        let reason = clean_lines(reason(why)?.as_bytes());
        let (recorded, ()) = self.record_about(project, item, act, |about| {
            if about.item.state == ItemState::Erased {
                return Err(VaultError::ItemErased(item));
            }
            if Told::by(about.history, None).hold.is_some() == set {
                return Err(VaultError::HoldUnchanged { item, held: set });
            }
            let content = about.content().with("set", set);
            let source = reason.add_to(Object::new(), "reason");
            Ok((Draft::new(EventType::Hold, content).source(source), ()))
        })?;
        Ok(recorded)
    }
}
