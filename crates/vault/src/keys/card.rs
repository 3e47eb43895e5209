//! The signer's card: who holds the key, in their own words, signed by the key itself.

use bundle::Sha256;
use bundle::canon::Value;
use bundle::format::card::{self, Identity};
use bundle::key::SigningKey;

use super::OwnKey;
use super::follow::list_setting;
use crate::error::Result;
use crate::vault::Vault;

impl Vault {
    /// The card of a key as the next package will carry it.
    pub fn signer_card(&self, key: &OwnKey, passphrase: Option<&str>) -> Result<Vec<u8>> {
        if let Some(kept) = self.kept_card(&self.card_inputs(key)?)? {
            return Ok(kept);
        }
        let private = self.signing_key(key, passphrase)?;
        self.card(key, &private)
    }

    /// The signer's card: made anew only when the key, what the operator says of themselves, or what is to be told of
    /// other keys has changed.
    pub(crate) fn card(&self, own: &OwnKey, key: &SigningKey) -> Result<Vec<u8>> {
        let inputs = self.card_inputs(own)?;
        if let Some(kept) = self.kept_card(&inputs)? {
            return Ok(kept);
        }
        let operator = self.operator()?.unwrap_or_default();
        let who = Identity {
            name: operator.name,
            role: operator.role,
            organisation: operator.organisation,
            contact: operator.contact,
        };
        let made = self.clock().now().to_string();
        let (handovers, revocations) = self.statements(own)?;
        let bytes = card::write(&who, &own.toolchain_id, &made, handovers, revocations, key);
        let text = String::from_utf8(bytes.clone()).unwrap_or_default();
        self.set("", "card", &format!("{inputs}\n{text}"))?;
        Ok(bytes)
    }

    fn kept_card(&self, inputs: &str) -> Result<Option<Vec<u8>>> {
        let kept = self.setting("", "card")?;
        let kept = kept.as_deref().and_then(|kept| kept.split_once('\n'));
        Ok(kept
            .filter(|(of, _)| *of == inputs)
            .map(|(_, card)| card.as_bytes().to_vec()))
    }

    /// What a card depends on, besides the moment it is made.
    fn card_inputs(&self, own: &OwnKey) -> Result<String> {
        let operator = self.operator()?.unwrap_or_default();
        let (handovers, revocations) = self.statements(own)?;
        let told = Value::Array(vec![handovers.into(), revocations.into()]).to_canonical();
        Ok(format!(
            "{} {} {}",
            own.public.id(),
            Sha256::of(operator.to_text().as_bytes()),
            Sha256::of(&told)
        ))
    }

    /// What a key's card says of other keys: the handovers that lead to it, and the revocations of others.
    fn statements(&self, own: &OwnKey) -> Result<(Vec<Value>, Vec<Value>)> {
        let (handovers, revocations) = self.db().read(|connection| {
            Ok::<_, crate::VaultError>((
                list_setting(connection, "handovers")?,
                list_setting(connection, "revocations")?,
            ))
        })?;
        let id = Value::from(own.public.id());
        let field = |statement: &Value, key: &str| {
            statement
                .as_object()
                .and_then(|object| object.get(key).cloned())
        };
        // A closed case may still be sealed with an earlier key: what came after it is not its to tell.
        let leads = handovers
            .iter()
            .position(|one| field(one, "new") == Some(id.clone()));
        let handovers = leads.map(|last| handovers.into_iter().take(last + 1).collect());
        let mut revocations = revocations;
        revocations.retain(|one| field(one, "keyid") != Some(id.clone()));
        Ok((handovers.unwrap_or_default(), revocations))
    }
}
