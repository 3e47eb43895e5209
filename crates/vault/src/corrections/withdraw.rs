//! Withdrawing an item: hidden from lists and searches, and on request erased.
//!
//! What `erased` lists is what a checker of a bundle then finds missing, whatever folder it lay in. So a digest stands
//! there only if no other item of the case that was not erased has it, as its original or as its text. Where one has, the
//! bytes stay, in the bundles too, until that one is erased as well; the entry of that lists them.
//!
//! Bytes that another case holds stay in the store, and nothing is said of it: here they are erased all the same.

use std::time::Duration;

use bundle::Sha256;
use bundle::canon::{Object, Value};
use bundle::format::body::{Fact, Told as ToldBy};
use bundle::format::event::Event;
use bundle::format::kind::EventType;
use bundle::format::text::clean_lines;

use super::{About, Recorded, reason};
use crate::column::{number, unsigned};
use crate::detail::Told;
use crate::error::{Result, VaultError};
use crate::items::ItemState;
use crate::ledger::Draft;
use crate::project::Project;
use crate::sql;
use crate::vault::{Act, Vault};

/// How long to wait for others who are storing something.
const WAIT: Duration = Duration::from_secs(2);
/// So many items with the same bytes are named.
const NAMED: u64 = 100;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal<'a> {
    /// Why.
    pub reason: &'a str,
    /// The bytes too, and the text read out of them.
    pub erase: bool,
    /// With `erase`: names, paths, captions and notes too. Reasons of withdrawals and holds stay.
    pub names: bool,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// The entry.
    pub recorded: Recorded,
    /// Digests whose bytes are gone, as the entry lists them.
    pub erased: Vec<Sha256>,
    /// Other items of this case that have the same bytes, so that these stay; the first hundred.
    pub kept_for: Vec<u64>,
    /// Why something of it is still there, if it is: the next start removes it.
    pub unfinished: Option<String>,
}

impl Vault {
    /// Withdraws an item, or erases one that was withdrawn before. A closed case takes this too.
    ///
    /// The entry and its rows come first, then the bytes are removed; [`Vault::finish_erasures`] does that again after a
    /// crash in between.
    ///
    /// # Errors
    /// `reason_missing`, `item_held`, `item_withdrawn`, `item_erased`, `item_unknown`, `actor_missing`, `invalid_value`
    /// when names shall go and bytes shall not.
    pub fn withdraw(
        &self,
        project: &Project,
        item: u64,
        withdrawal: &Withdrawal<'_>,
        act: &Act,
    ) -> Result<Withdrawn> {
        let why = clean_lines(reason(withdrawal.reason)?.as_bytes());
        if withdrawal.names && !withdrawal.erase {
            return Err(VaultError::InvalidValue {
                what: "what is to be withdrawn",
                detail: "names are erased only together with the bytes".to_owned(),
            });
        }
        let (recorded, (erased, kept_for)) = self.record_about(project, item, act, |about| {
            must_be_open_to(about, withdrawal)?;
            let gone = if withdrawal.erase {
                erase(about, withdrawal.names)?
            } else {
                set_state(about, ItemState::Withdrawn)?;
                Gone::default()
            };
            let content = about
                .content()
                .with("erase", withdrawal.erase)
                .with("erased", gone.erased.clone())
                .with_some("names", withdrawal.names.then_some(true));
            let source = why.add_to(Object::new(), "reason");
            let draft = Draft::new(EventType::Withdraw, content).source(source);
            Ok((draft, (gone.erased, gone.kept_for)))
        })?;
        // The entry stands; what goes wrong from here on is no reason to say that nothing was done.
        let unfinished = if withdrawal.erase {
            self.finish_now(withdrawal.names)
                .unwrap_or_else(|error| Some(error.to_string()))
        } else {
            None
        };
        Ok(Withdrawn {
            recorded,
            erased,
            kept_for,
            unfinished,
        })
    }
}

impl Vault {
    fn finish_now(&self, names: bool) -> Result<Option<String>> {
        let done = self.remove_erased(WAIT)?;
        if names {
            // What stood in the journal is written over only in the file; while others read, they do this when they end.
            self.db().checkpoint()?;
        }
        let busy = "others were storing or indexing all the time";
        Ok((done.left > 0).then(|| busy.to_owned()))
    }
}

fn must_be_open_to(about: &About<'_, '_>, withdrawal: &Withdrawal<'_>) -> Result<()> {
    let item = about.item.item;
    let told = Told::by(about.history, None);
    match about.item.state {
        _ if withdrawal.erase && told.hold.is_some() => Err(VaultError::ItemHeld(item)),
        ItemState::Withdrawn if !withdrawal.erase => Err(VaultError::ItemWithdrawn(item)),
        ItemState::Erased if !withdrawal.names || told.names_erased => {
            Err(VaultError::ItemErased(item))
        }
        _ => Ok(()),
    }
}

#[derive(Default)]
struct Gone {
    erased: Vec<Sha256>,
    kept_for: Vec<u64>,
}

fn erase(about: &About<'_, '_>, names: bool) -> Result<Gone> {
    let (tx, chain, item) = (about.tx, about.chain, number(about.item.item));
    let mut gone = Gone::default();
    let already = about.item.state == ItemState::Erased;
    for digest in digests_of(about.history).into_iter().filter(|_| !already) {
        let mut statement = tx.prepare_cached(sql::ITEMS_NAMING)?;
        let fields = (chain, digest.as_bytes(), item, number(NAMED));
        let naming = statement.query_map(fields, |row| unsigned(row, 0))?;
        let naming: Vec<u64> = naming.collect::<rusqlite::Result<_>>()?;
        if naming.is_empty() {
            tx.prepare_cached(sql::ERASURE_INSERT)?
                .execute((about.project, digest.as_bytes()))?;
            gone.erased.push(digest);
        } else if digest == about.item.raw_sha256 {
            gone.kept_for = naming;
        }
    }
    // The search index must forget the item too, whatever becomes of its bytes.
    tx.prepare_cached(sql::ERASURE_INSERT)?
        .execute((about.project, [0_u8; 0]))?;
    set_state(about, ItemState::Erased)?;
    if names {
        tx.prepare_cached(sql::EVENT_BODIES_ERASE)?
            .execute((chain, item))?;
        tx.prepare_cached(sql::ITEM_NAMES_ERASE)?
            .execute((chain, item))?;
    }
    Ok(gone)
}

fn set_state(about: &About<'_, '_>, state: ItemState) -> Result<()> {
    let fields = (about.chain, number(about.item.item), state.as_str());
    about.tx.prepare_cached(sql::ITEM_STATE)?.execute(fields)?;
    Ok(())
}

/// The original and every text that was read out of it, each once.
fn digests_of(history: &[Event]) -> Vec<Sha256> {
    let mut digests = Vec::new();
    for event in history {
        let content = event.content.as_deref().map(str::as_bytes);
        let content = content.and_then(|bytes| Value::parse(bytes).ok());
        let content = content.as_ref().and_then(Value::as_object);
        let fact = content.and_then(|content| Fact::read(&event.kind, content).ok().flatten());
        let digest = fact.and_then(|fact| match fact.told_by {
            ToldBy::Capture { .. } => Some(fact.raw_sha256),
            ToldBy::Extract { extract_sha256, .. } => extract_sha256,
            ToldBy::Sighting => None,
        });
        if let Some(digest) = digest.filter(|digest| !digests.contains(digest)) {
            digests.push(digest);
        }
    }
    digests
}
