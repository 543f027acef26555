//! Guids: what a desk of the agent gateway signs in with (`cec_07_0005`).

use frontdesk_api::Secret;
use frontdesk_core::port::Random;

/// The gateway's name, which every Guid ends with.
pub const SERVER_NAME: &str = "AgentGateway1";
/// Where the groups of a UUID end.
const DASHES: [usize; 4] = [8, 13, 18, 23];
const UUID_LENGTH: usize = 36;

/// A new Guid: a random UUID and the gateway's name.
pub fn generate(random: &dyn Random) -> Secret {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    // Version 4, variant 1 (RFC 9562): 122 bits are left to chance.
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = hex::encode(bytes);
    let groups = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    Secret::from(format!("{}.{SERVER_NAME}", groups.join("-")))
}

/// Whether a text has the form of a Guid. An agent's token of the native API has not.
pub fn is_one(text: &str) -> bool {
    let Some((uuid, name)) = text.split_once('.') else { return false };
    let fits = |(at, letter): (usize, u8)| {
        if DASHES.contains(&at) { letter == b'-' } else { matches!(letter, b'0'..=b'9' | b'a'..=b'f') }
    };
    name == SERVER_NAME && uuid.len() == UUID_LENGTH && uuid.bytes().enumerate().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Ones;

    impl Random for Ones {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0xff);
        }
    }

    #[test]
    fn a_guid_is_a_uuid_of_version_4_and_the_gateways_name() {
        let guid = generate(&Ones);
        assert_eq!(guid.expose(), "ffffffff-ffff-4fff-bfff-ffffffffffff.AgentGateway1");
        assert!(is_one(guid.expose()));
        for other in
            ["", "fda_token", "x.AgentGateway1", "ffffffff-ffff-4fff-bfff-ffffffffffff.AgentGateway2"]
        {
            assert!(!is_one(other), "{other}");
        }
    }
}
