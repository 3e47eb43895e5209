//! Which events and items a bundle has, and which bundle comes before it.

use bundle::format::seal::{Kind, Link, Of};
use bundle::format::text::clean;

use super::Scope;
use crate::bundles::SealedBundle;
use crate::column::{number, unsigned};
use crate::error::{Result, VaultError};
use crate::items::ItemState;
use crate::ledger::Chain;
use crate::project::Project;
use crate::sql;
use crate::vault::Vault;

pub(super) struct Range {
    pub kind: Kind,
    pub number: Option<u64>,
    pub first: u64,
    pub previous: Option<Link>,
    pub of: Option<Of>,
    pub documents: u64,
    pub recipient: Option<String>,
    pub items: Option<Vec<u64>>,
}

impl Vault {
    /// Which events and items, and what came before.
    pub(super) fn range(
        &self,
        project: &Project,
        chain: &Chain,
        scope: &Scope,
        latest: Option<&SealedBundle>,
    ) -> Result<Range> {
        let link = latest.and_then(link_of);
        let Scope::Items { items, recipient } = scope else {
            let first = match (scope, &link) {
                (Scope::New, Some(link)) => link.size + 1,
                _ => 1,
            };
            let documents = self.db().read(|connection| {
                let mut statement = connection.prepare_cached(sql::CAPTURES_RANGE)?;
                let last = number(chain.tree.size());
                Ok::<_, VaultError>(
                    statement.query_row((chain.id, number(first), last), |row| unsigned(row, 0))?,
                )
            })?;
            let number = link.as_ref().map_or(1, |link| link.number + 1);
            return Ok(Range {
                kind: Kind::Series,
                number: Some(number),
                first,
                previous: link,
                of: None,
                documents,
                recipient: None,
                items: None,
            });
        };
        let sealed_to = link.as_ref().map_or(0, |link| link.size);
        for item in items {
            let found = self.item(project, *item)?;
            match found.state {
                ItemState::Present if found.seq <= sealed_to => {}
                ItemState::Present => return Err(VaultError::SealFirst(*item)),
                _ => return Err(VaultError::ItemWithdrawn(*item)),
            }
        }
        let root = latest.map(|seal| seal.root);
        let of = link.zip(root).map(|(link, root)| Of { link, root });
        Ok(Range {
            kind: Kind::Excerpt,
            number: None,
            first: 1,
            previous: None,
            of,
            documents: items.len() as u64,
            recipient: recipient.as_ref().map(|name| clean(name.as_bytes()).text),
            items: Some(items.iter().copied().collect()),
        })
    }
}

fn link_of(seal: &SealedBundle) -> Option<Link> {
    Some(Link {
        number: seal.number?,
        manifest_sha256: seal.manifest_sha256?,
        bundle_sha256: seal.bundle_sha256?,
        head: seal.head,
        size: seal.seq,
    })
}
