//! This data root as a receiver: its rules, the keys it trusts, and the bundles it knows.

use bundle::Sha256;
use bundle::key::PublicKey;
use bundle::verify::{Known, KnownBundle, TimeAnswer, TrustedKey};

use crate::bundles::of_chain;
use crate::column::unsigned;
use crate::error::{Result, VaultError};
use crate::keys::KeyState;
use crate::sql;
use crate::vault::Vault;

/// What a check of a bundle asks of a data root.
pub struct Receiving<'a> {
    vault: &'a Vault,
    keys: Vec<TrustedKey>,
    now: String,
}

impl Vault {
    /// This data root as a receiver. Having a key makes it ours: own keys are trusted.
    pub fn receiving(&self) -> Result<Receiving<'_>> {
        let own = self.own_keys()?.into_iter().map(|key| TrustedKey {
            revoked: key.state == KeyState::Revoked,
            ..TrustedKey::new(&key.toolchain_id, key.public)
        });
        let others: Vec<TrustedKey> = self.db().read(|connection| {
            let mut statement = connection.prepare_cached(sql::TRUST_LIST)?;
            let rows = statement.query_map((), |row| {
                let pem: String = row.get(2)?;
                let toolchain_id: String = row.get(1)?;
                let revoked: Option<String> = row.get(6)?;
                let key = PublicKey::from_pem(pem.as_bytes()).ok();
                let (from, until) = (row.get(4)?, row.get(5)?);
                Ok(key.map(|key| TrustedKey {
                    from,
                    until,
                    revoked: revoked.is_some(),
                    ..TrustedKey::new(&toolchain_id, key)
                }))
            })?;
            let keys: Vec<Option<TrustedKey>> = rows.collect::<rusqlite::Result<_>>()?;
            Ok::<_, VaultError>(keys.into_iter().flatten().collect())
        })?;
        Ok(Receiving {
            vault: self,
            now: self.clock().now().to_string(),
            keys: own.chain(others).collect(),
        })
    }
}

impl Receiving<'_> {
    /// Where a chain of this data root went on from a backup.
    fn restored(&self, chain: &Sha256) -> Vec<u64> {
        let found = self.vault.db().read(|connection| {
            let mut statement = connection.prepare_cached(sql::EVENTS_RESTORED)?;
            let rows = statement.query_map((chain.as_bytes(),), |row| unsigned(row, 0))?;
            Ok::<_, VaultError>(rows.collect::<rusqlite::Result<_>>()?)
        });
        found.unwrap_or_default()
    }

    /// The trusted keys, own ones first.
    pub fn keys(&self) -> &[TrustedKey] {
        &self.keys
    }

    /// The time here, in the form of events: what ends the period of a key.
    pub fn now(&self) -> &str {
        &self.now
    }
}

impl Known for Receiving<'_> {
    fn of_chain(&self, chain: &Sha256) -> Vec<KnownBundle> {
        let seals = self
            .vault
            .db()
            .read(|connection| of_chain(connection, chain))
            .unwrap_or_default();
        let restored = self.restored(chain);
        let mut previous = None;
        let mut known = Vec::new();
        for seal in seals {
            let (Some(manifest_sha256), Some(bundle_sha256)) =
                (seal.manifest_sha256, seal.bundle_sha256)
            else {
                continue;
            };
            known.push(KnownBundle {
                chain: *chain,
                number: seal.number,
                manifest_sha256,
                bundle_sha256,
                head: seal.head,
                size: seal.seq,
                previous_manifest: if seal.number.is_some() {
                    previous
                } else {
                    None
                },
                signer_keyid: seal.keyid,
                restored: restored
                    .iter()
                    .any(|seq| (seal.first..=seal.seq).contains(seq)),
            });
            if seal.number.is_some() {
                previous = Some(manifest_sha256);
            }
        }
        known
    }

    fn recorded(&self, bundle_sha256: &Sha256) -> bool {
        let count: Result<i64> = self.vault.db().read(|connection| {
            let mut statement = connection.prepare_cached(sql::SEAL_BY_BUNDLE)?;
            Ok(statement.query_row((bundle_sha256.as_bytes(),), |row| row.get(0))?)
        });
        count.is_ok_and(|count| count > 0)
    }

    fn time_of(&self, _: &Sha256) -> TimeAnswer {
        TimeAnswer::DeviceClaim
    }
}
