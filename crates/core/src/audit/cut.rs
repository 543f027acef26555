//! Where the front of a chain was removed because it had been kept for long enough.

use crate::audit::{AnchorKey, Head};
use crate::id::TenantId;

const PURPOSE: &str = "cut";

/// The last record that was removed from the front of a tenant's chain, signed: the record after it still follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Whose chain.
    pub tenant: TenantId,
    /// The epoch of the store in which the chain began.
    pub epoch: u64,
    /// The last record that is gone.
    pub head: Head,
    code: [u8; 32],
}

impl Cut {
    /// Signs a cut.
    pub fn sign(key: &AnchorKey, tenant: TenantId, epoch: u64, head: Head) -> Self {
        let code = key.code(PURPOSE, &tenant, epoch, &head);
        Self { tenant, epoch, head, code }
    }

    /// A cut as stored, genuine or not.
    pub const fn stored(tenant: TenantId, epoch: u64, head: Head, code: [u8; 32]) -> Self {
        Self { tenant, epoch, head, code }
    }

    /// The code as stored.
    pub const fn code(&self) -> &[u8; 32] {
        &self.code
    }

    /// Whether it was signed with this key.
    pub fn is_genuine(&self, key: &AnchorKey) -> bool {
        key.has_signed(PURPOSE, (&self.tenant, self.epoch, &self.head), &self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Anchor;

    #[test]
    fn a_head_that_was_signed_is_no_cut() {
        let (key, tenant) = (AnchorKey::from_bytes([7; 32]), TenantId::new("demo").unwrap());
        let head = Head { number: 3, ..Head::genesis(&tenant, 9) };
        assert!(Cut::sign(&key, tenant.clone(), 9, head).is_genuine(&key));
        assert!(!Cut::sign(&AnchorKey::from_bytes([8; 32]), tenant.clone(), 9, head).is_genuine(&key));
        let anchor = Anchor::sign(&key, tenant.clone(), 9, head);
        assert!(!Cut::stored(tenant, 9, head, anchor.mac()).is_genuine(&key));
    }
}
