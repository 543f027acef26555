//! Devices that signed in to an account before.
//!
//! What a device holds is sealed with the store's key, so that nothing has to be stored of it: whoever has no such
//! thing of an account cannot make one up.

use crate::directory::Agent;
use crate::id::{AgentId, TenantId};
use crate::port::Random;
use crate::seal::Sealer;
use crate::secret::SecretHash;
use crate::time::Timestamp;

/// What it begins with, so that it is recognised where it should not be.
const PREFIX: &str = "fdd_";

/// What a device of an account holds.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownDevice(String);

impl KnownDevice {
    /// For a device that signs in now.
    pub fn make(
        sealer: &Sealer,
        random: &dyn Random,
        (tenant, agent): (&TenantId, &AgentId),
        now: Timestamp,
    ) -> Self {
        let mut plain = [0; 24];
        let (chance, time) = plain.split_at_mut(16);
        random.fill(chance);
        time.copy_from_slice(&now.as_millis().to_be_bytes());
        Self(format!("{PREFIX}{}", sealer.seal_bytes(&purpose(tenant, agent), &plain)))
    }

    /// The text that the device keeps.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for KnownDevice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KnownDevice(…)")
    }
}

/// The device that a text was given to, if it signed in to the account and its sign-ins still count.
pub fn is_known(sealer: &Sealer, tenant: &TenantId, agent: &Agent, text: &str) -> Option<SecretHash> {
    let kept = text.strip_prefix(PREFIX)?;
    let plain: [u8; 24] = sealer.open_bytes(&purpose(tenant, &agent.id), kept)?.try_into().ok()?;
    let (_, time) = plain.split_last_chunk::<8>()?;
    let known_since = Timestamp::from_millis(i64::from_be_bytes(*time));
    agent.keeps_sign_in(known_since).then(|| SecretHash::of(text))
}

fn purpose(tenant: &TenantId, agent: &AgentId) -> Vec<u8> {
    // No id has a line break.
    format!("device\n{tenant}\n{agent}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Zeros;

    impl Random for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    #[test]
    fn a_device_is_known_to_its_account_alone_until_the_sign_ins_end() {
        let sealer = Sealer::new([9; 32]);
        let shop = TenantId::new("shop").unwrap();
        let anna = Agent::new(AgentId::new("anna").unwrap(), "Anna");
        let now = Timestamp::from_millis(1_000);
        let device = KnownDevice::make(&sealer, &Zeros, (&shop, &anna.id), now);
        assert!(is_known(&sealer, &shop, &anna, device.reveal()).is_some());
        let ben = Agent::new(AgentId::new("ben").unwrap(), "Ben");
        assert_eq!(is_known(&sealer, &shop, &ben, device.reveal()), None);
        assert_eq!(is_known(&Sealer::new([8; 32]), &shop, &anna, device.reveal()), None);
        assert_eq!(is_known(&sealer, &shop, &anna, "fdd_made-up"), None);
        let changed = Agent { sign_ins_after: Some(now), ..anna };
        assert_eq!(is_known(&sealer, &shop, &changed, device.reveal()), None);
        assert!(!format!("{device:?}").contains("fdd_"));
    }
}
