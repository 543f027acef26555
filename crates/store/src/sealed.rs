//! The store's secrets as they are stored: sealed, where there is a key for it.

use frontdesk_core::directory::Item;
use frontdesk_core::id::TenantId;
use frontdesk_core::port::{ItemChanges, StoreError, StoreKeys};
use frontdesk_core::token::SigningKey;
use frontdesk_core::vault::{Vault, VaultError};

/// The place of the key that seals identifiers, for the vault.
const SEALING: &[&[u8]] = &[b"sealing_key"];

/// The store's keys as they are stored.
pub(crate) struct StoredKeys {
    pub(crate) sealing: Vec<u8>,
    /// By their ids, the newest last.
    pub(crate) signing: Vec<(String, Vec<u8>)>,
}

/// What must be written for everything to be sealed with the newest key.
#[derive(Default)]
pub(crate) struct Resealed {
    pub(crate) sealing: Option<Vec<u8>>,
    pub(crate) signing: Vec<(String, Vec<u8>)>,
    pub(crate) items: Vec<(TenantId, Item)>,
}

impl Resealed {
    pub(crate) const fn is_empty(&self) -> bool {
        self.sealing.is_none() && self.signing.is_empty() && self.items.is_empty()
    }
}

fn signing_place(id: &str) -> [&[u8]; 2] {
    [b"signing_key", id.as_bytes()]
}

pub(crate) fn seal_signing(vault: &Vault, key: &SigningKey) -> Vec<u8> {
    vault.seal(&signing_place(&key.id), &key.bytes)
}

pub(crate) fn open_keys(vault: &Vault, stored: &StoredKeys) -> Result<StoreKeys, VaultError> {
    let bytes = |place: &[&[u8]], stored: &[u8]| -> Result<[u8; 32], VaultError> {
        vault.open(place, stored)?.as_slice().try_into().map_err(|_| VaultError::Damaged)
    };
    let signing = stored
        .signing
        .iter()
        .map(|(id, key)| Ok(SigningKey { id: id.clone(), bytes: bytes(&signing_place(id), key)? }));
    Ok(StoreKeys {
        sealing: bytes(SEALING, &stored.sealing)?.into(),
        signing: signing.collect::<Result<_, _>>()?,
    })
}

pub(crate) fn open_items(
    vault: &Vault,
    stored: Vec<(TenantId, Item)>,
) -> Result<Vec<(TenantId, Item)>, StoreError> {
    let opened = stored.into_iter().map(|(tenant, item)| {
        let item = vault.open_item(&tenant, &item)?;
        Ok((tenant, item))
    });
    opened.collect::<Result<_, VaultError>>().map_err(|error| failed(&error))
}

pub(crate) fn seal_changes(vault: &Vault, changes: ItemChanges) -> Result<ItemChanges, StoreError> {
    let put = changes.put.iter().map(|(tenant, item)| Ok((tenant.clone(), vault.seal_item(tenant, item)?)));
    let put = put.collect::<Result<_, VaultError>>().map_err(|error| failed(&error))?;
    Ok(ItemChanges { put, ..changes })
}

/// What is not sealed with the newest key. Everything is opened, so that a store whose keys are not at hand is not used.
pub(crate) fn resealed(
    vault: &Vault,
    keys: &StoredKeys,
    items: &[(TenantId, Item)],
) -> Result<Resealed, VaultError> {
    let opened = open_keys(vault, keys)?;
    let mut resealed = Resealed::default();
    if !vault.is_current(&keys.sealing) {
        resealed.sealing = Some(vault.seal(SEALING, opened.sealing.as_slice()));
    }
    for ((id, stored), key) in keys.signing.iter().zip(&opened.signing) {
        if !vault.is_current(stored) {
            resealed.signing.push((id.clone(), seal_signing(vault, key)));
        }
    }
    for (tenant, item) in items {
        let opened = vault.open_item(tenant, item)?;
        if !vault.is_current_item(tenant, item)? {
            resealed.items.push((tenant.clone(), vault.seal_item(tenant, &opened)?));
        }
    }
    Ok(resealed)
}

pub(crate) fn failed(error: &VaultError) -> StoreError {
    StoreError::Failed(error.to_string())
}
