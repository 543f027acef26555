//! Secrets at rest: sealed under a key that is not kept with them, so that a copy of the store alone gives none away.
//!
//! A sealed secret names its key and is bound to its place: moved to another one, it does not open. AES-256-SIV is used, which
//! needs no randomness to be safe.

use std::fmt;

use aes_siv::KeyInit;
use aes_siv::siv::Aes256Siv;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::directory::{Item, is_kept_secret};
use crate::id::TenantId;
use crate::port::Random;

/// What every sealed secret begins with; the key's name and a colon follow.
const BEGINS: &str = "fdsk1:";
/// Characters of a key's name.
const NAME_CHARACTERS: usize = 8;

/// A key that secrets are sealed with. Its debug form shows its name alone, and its memory is overwritten.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct VaultKey {
    #[zeroize(skip)]
    name: String,
    bytes: [u8; Self::BYTES],
}

impl VaultKey {
    /// Bytes of a key.
    pub const BYTES: usize = 64;

    /// A new key.
    pub fn generate(random: &dyn Random) -> Self {
        let mut bytes = Zeroizing::new([0; Self::BYTES]);
        random.fill(bytes.as_mut_slice());
        Self::from_bytes(&bytes)
    }

    /// A key as [`Self::as_bytes`] gave it.
    pub fn from_bytes(bytes: &[u8; Self::BYTES]) -> Self {
        let digest = Sha256::new_with_prefix(b"name of a key\n").chain_update(bytes).finalize();
        let name = hex::encode(digest).chars().take(NAME_CHARACTERS).collect();
        Self { name, bytes: *bytes }
    }

    /// What it is called: 8 hexadecimal digits that tell nothing of it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key itself.
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.bytes
    }

    fn cipher(&self) -> Aes256Siv {
        Aes256Siv::new(&self.bytes.into())
    }
}

impl fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VaultKey").field(&self.name).finish()
    }
}

/// Why a secret does not open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// Its key is not at hand.
    #[error("a secret is sealed with the key {0}, which is not at hand")]
    NoKey(String),
    /// It was changed, or is not where it belongs.
    #[error("a sealed secret is damaged, or does not belong where it is")]
    Damaged,
}

/// Keys that secrets are sealed with. Without any, secrets stay as they are, and sealed ones do not open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vault {
    keys: Vec<VaultKey>,
}

impl Vault {
    /// Seals with the last of these keys, and opens with any.
    pub const fn new(keys: Vec<VaultKey>) -> Self {
        Self { keys }
    }

    /// The keys, the newest last.
    pub fn keys(&self) -> &[VaultKey] {
        &self.keys
    }

    /// Whether a secret is as it would be sealed now.
    pub fn is_current(&self, stored: &[u8]) -> bool {
        key_of(stored).map(|(name, _)| name) == self.keys.last().map(VaultKey::name)
    }

    /// A secret as it is stored at a place.
    pub fn seal(&self, place: &[&[u8]], secret: &[u8]) -> Vec<u8> {
        let Some(key) = self.keys.last() else { return secret.to_vec() };
        // It fails only for more than 126 parts of a place.
        let sealed = key.cipher().encrypt(place, secret).unwrap_or_default();
        [BEGINS.as_bytes(), key.name.as_bytes(), b":", &sealed].concat()
    }

    /// A secret from how it is stored at a place; one that was never sealed is what it is.
    pub fn open(&self, place: &[&[u8]], stored: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let Some((name, sealed)) = key_of(stored) else { return Ok(Zeroizing::new(stored.to_vec())) };
        let key = self.keys.iter().find(|key| key.name == name);
        let key = key.ok_or_else(|| VaultError::NoKey(name.to_owned()))?;
        key.cipher().decrypt(place, sealed).map(Zeroizing::new).map_err(|_| VaultError::Damaged)
    }

    fn seal_text(&self, place: &[&[u8]], secret: &str) -> String {
        let Some(key) = self.keys.last() else { return secret.to_owned() };
        let sealed = key.cipher().encrypt(place, secret.as_bytes()).unwrap_or_default();
        format!("{BEGINS}{}:{}", key.name, URL_SAFE_NO_PAD.encode(sealed))
    }

    fn open_text(&self, place: &[&[u8]], stored: &str) -> Result<String, VaultError> {
        let Some((name, sealed)) = key_of(stored.as_bytes()) else { return Ok(stored.to_owned()) };
        let sealed = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| VaultError::Damaged)?;
        let stored = [BEGINS.as_bytes(), name.as_bytes(), b":", &sealed].concat();
        let opened = self.open(place, &stored)?;
        String::from_utf8(opened.to_vec()).map_err(|_| VaultError::Damaged)
    }

    /// An item of a tenant as it is stored: with its secrets sealed.
    pub fn seal_item(&self, tenant: &TenantId, item: &Item) -> Result<Item, VaultError> {
        if self.keys.is_empty() {
            return Ok(item.clone());
        }
        with_secrets(tenant, item, &mut |place, secret| Ok(self.seal_text(place, secret)))
    }

    /// An item from how it is stored.
    pub fn open_item(&self, tenant: &TenantId, stored: &Item) -> Result<Item, VaultError> {
        with_secrets(tenant, stored, &mut |place, secret| self.open_text(place, secret))
    }

    /// Whether all secrets of a stored item are as they would be sealed now.
    pub fn is_current_item(&self, tenant: &TenantId, stored: &Item) -> Result<bool, VaultError> {
        let mut is_current = true;
        with_secrets(tenant, stored, &mut |_, secret| {
            is_current &= self.is_current(secret.as_bytes());
            Ok(secret.to_owned())
        })?;
        Ok(is_current)
    }
}

/// The name of the key that something is sealed with, and the rest; `None` if it is not sealed.
fn key_of(stored: &[u8]) -> Option<(&str, &[u8])> {
    let (name, rest) = stored.strip_prefix(BEGINS.as_bytes())?.split_at_checked(NAME_CHARACTERS)?;
    let name = std::str::from_utf8(name).ok().filter(|name| name.bytes().all(|b| b.is_ascii_hexdigit()))?;
    Some((name, rest.strip_prefix(b":")?))
}

/// What is done with a secret: its place, and what it is.
type Change<'a> = dyn FnMut(&[&[u8]], &str) -> Result<String, VaultError> + 'a;

/// An item with something done with each of its secrets.
fn with_secrets(tenant: &TenantId, item: &Item, change: &mut Change<'_>) -> Result<Item, VaultError> {
    let mut value = serde_json::to_value(item).map_err(|_| VaultError::Damaged)?;
    let (kind, id) = (item.kind(), item.id().to_owned());
    let mut changed = false;
    if let Some(fields) = value.as_object_mut() {
        each_secret(fields, &mut |name, secret| {
            let place: [&[u8]; 4] =
                [tenant.as_str().as_bytes(), kind.as_bytes(), id.as_bytes(), name.as_bytes()];
            *secret = change(&place, secret)?;
            changed = true;
            Ok(())
        })?;
    }
    if !changed {
        return Ok(item.clone());
    }
    serde_json::from_value(value).map_err(|_| VaultError::Damaged)
}

type Visit<'a> = dyn FnMut(&str, &mut String) -> Result<(), VaultError> + 'a;

fn each_secret(fields: &mut Map<String, Value>, visit: &mut Visit<'_>) -> Result<(), VaultError> {
    for (name, value) in fields {
        let is_secret = is_kept_secret(name);
        match value {
            Value::String(secret) if is_secret && !secret.is_empty() => visit(name, secret)?,
            Value::Object(inner) => each_secret(inner, visit)?,
            Value::Array(list) => {
                for value in list {
                    match value {
                        Value::String(secret) if is_secret && !secret.is_empty() => visit(name, secret)?,
                        Value::Object(inner) => each_secret(inner, visit)?,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn key(byte: u8) -> VaultKey {
        VaultKey::from_bytes(&[byte; VaultKey::BYTES])
    }

    #[test]
    fn a_secret_opens_with_its_key_at_its_place_alone() {
        let vault = Vault::new(vec![key(1)]);
        let sealed = vault.seal(&[b"a", b"b"], b"secret");
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        assert_eq!(vault.open(&[b"a", b"b"], &sealed).unwrap().as_slice(), b"secret");
        assert_eq!(vault.open(&[b"ab"], &sealed), Err(VaultError::Damaged));
        let other = Vault::new(vec![key(2)]);
        assert_eq!(other.open(&[b"a", b"b"], &sealed), Err(VaultError::NoKey(key(1).name().to_owned())));
        assert!(matches!(Vault::default().open(&[b"a", b"b"], &sealed), Err(VaultError::NoKey(_))));
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert_eq!(vault.open(&[b"a", b"b"], &changed), Err(VaultError::Damaged));
    }

    #[test]
    fn old_keys_still_open_and_the_newest_seals() {
        let old = Vault::new(vec![key(1)]);
        let both = Vault::new(vec![key(1), key(2)]);
        let sealed = old.seal(&[], b"secret");
        assert_eq!(both.open(&[], &sealed).unwrap().as_slice(), b"secret");
        assert!(old.is_current(&sealed) && !both.is_current(&sealed));
        assert!(both.is_current(&both.seal(&[], b"secret")));
        assert!(!both.is_current(b"secret") && Vault::default().is_current(b"secret"));
        assert_eq!(both.open(&[], b"secret").unwrap().as_slice(), b"secret", "never sealed");
    }

    #[test]
    fn an_item_keeps_its_secrets_sealed_and_everything_else_as_it_is() {
        let item: Item = serde_json::from_value(json!({ "kind": "channel", "item": {
            "id": "web", "name": "Shop", "identity_key": "identity-secret",
            "push": {
                "base_url": "https://shop.example",
                "verification": { "signature": { "push_key": "push-secret" } },
                "webhook_secrets": ["whsec-1", "whsec-2"],
            },
        } }))
        .unwrap();
        let tenant = TenantId::new("shop").unwrap();
        let vault = Vault::new(vec![key(1)]);
        let sealed = vault.seal_item(&tenant, &item).unwrap();
        let text = serde_json::to_string(&sealed).unwrap();
        for secret in ["identity-secret", "push-secret", "whsec-1", "whsec-2"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        assert!(text.contains("https://shop.example"));
        assert_eq!(vault.open_item(&tenant, &sealed).unwrap(), item);
        assert!(vault.is_current_item(&tenant, &sealed).unwrap());
        assert!(!vault.is_current_item(&tenant, &item).unwrap());
        let elsewhere = TenantId::new("other").unwrap();
        assert_eq!(vault.open_item(&elsewhere, &sealed), Err(VaultError::Damaged));
        assert_eq!(Vault::default().seal_item(&tenant, &item).unwrap(), item);
        assert!(Vault::default().open_item(&tenant, &sealed).is_err());
    }
}
