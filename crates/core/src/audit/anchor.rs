//! Heads that whoever has no key of the store cannot make.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::audit::Head;
use crate::id::TenantId;

const PURPOSE: &str = "anchor";

/// The key that signs anchors and cuts. Its debug form says nothing.
#[derive(Clone, Copy)]
pub struct AnchorKey([u8; 32]);

impl AnchorKey {
    /// The key as stored.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(super) fn code(&self, purpose: &str, tenant: &TenantId, epoch: u64, head: &Head) -> [u8; 32] {
        // A key of any length is fine for HMAC.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return [0; 32] };
        mac.update(format!("frontdesk audit {purpose} 1\n{tenant}\n{epoch}\n{head}").as_bytes());
        mac.finalize().into_bytes().into()
    }

    pub(super) fn has_signed(
        &self,
        purpose: &str,
        (tenant, epoch, head): (&TenantId, u64, &Head),
        code: &[u8; 32],
    ) -> bool {
        bool::from(self.code(purpose, tenant, epoch, head).ct_eq(code))
    }
}

impl std::fmt::Debug for AnchorKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AnchorKey(…)")
    }
}

/// The head of a tenant's chain, signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// Whose chain.
    pub tenant: TenantId,
    /// The epoch of the store in which the chain began.
    pub epoch: u64,
    /// Its head.
    pub head: Head,
    /// HMAC-SHA256 of the above, in hexadecimal.
    mac: String,
}

impl Anchor {
    /// Signs a head.
    pub fn sign(key: &AnchorKey, tenant: TenantId, epoch: u64, head: Head) -> Self {
        let mac = hex::encode(key.code(PURPOSE, &tenant, epoch, &head));
        Self { tenant, epoch, head, mac }
    }

    /// An anchor as stored, genuine or not.
    pub fn stored(tenant: TenantId, epoch: u64, head: Head, mac: [u8; 32]) -> Self {
        Self { tenant, epoch, head, mac: hex::encode(mac) }
    }

    /// The code as stored.
    pub fn mac(&self) -> [u8; 32] {
        let mut mac = [0; 32];
        // One that cannot be read fits nothing.
        let _ = hex::decode_to_slice(&self.mac, &mut mac);
        mac
    }

    /// Whether it was signed with this key.
    pub fn is_genuine(&self, key: &AnchorKey) -> bool {
        key.has_signed(PURPOSE, (&self.tenant, self.epoch, &self.head), &self.mac())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_fits_its_key_and_head_alone() {
        let (key, tenant) = (AnchorKey::from_bytes([7; 32]), TenantId::new("demo").unwrap());
        let head = Head { number: 3, ..Head::genesis(&tenant, 9) };
        let anchor = Anchor::sign(&key, tenant.clone(), 9, head);
        assert!(anchor.is_genuine(&key));
        assert!(!anchor.is_genuine(&AnchorKey::from_bytes([8; 32])));
        let moved = Anchor::stored(tenant, 9, Head { number: 4, ..head }, anchor.mac());
        assert!(!moved.is_genuine(&key));
    }
}
