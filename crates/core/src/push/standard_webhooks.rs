//! The headers of Standard Webhooks (standardwebhooks.com): `webhook-id`, `webhook-timestamp`, `webhook-signature`.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::ZeroizeOnDrop;

use crate::log::{EntryNumber, Life, LogId};
use crate::port::Random;
use crate::secret::KeptSecret;
use crate::time::Timestamp;

/// What a secret begins with.
pub const SECRET_PREFIX: &str = "whsec_";
/// Fewest bytes of a secret.
const MIN_BYTES: usize = 24;
/// Most bytes of a secret.
const MAX_BYTES: usize = 64;

/// A secret that signs. Its memory is overwritten when it is given back.
#[derive(Clone, ZeroizeOnDrop)]
pub struct WebhookSecret(Vec<u8>);

impl WebhookSecret {
    /// Reads a secret: `whsec_` and base64 of 24 to 64 bytes. `None` if it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.strip_prefix(SECRET_PREFIX)?).ok()?;
        (MIN_BYTES..=MAX_BYTES).contains(&bytes.len()).then_some(Self(bytes))
    }

    /// A new secret, as text.
    pub fn generate(random: &dyn Random) -> KeptSecret {
        let mut bytes = [0; 32];
        random.fill(&mut bytes);
        KeptSecret::new(format!("{SECRET_PREFIX}{}", STANDARD.encode(bytes)))
    }

    fn sign(&self, id: &str, seconds: i64, body: &str) -> String {
        // A key of any length is fine for HMAC.
        let code = Hmac::<Sha256>::new_from_slice(&self.0).map(|mut mac| {
            mac.update(format!("{id}.{seconds}.{body}").as_bytes());
            STANDARD.encode(mac.finalize().into_bytes())
        });
        format!("v1,{}", code.unwrap_or_default())
    }
}

impl std::fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

/// The three headers of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookHeaders {
    /// `webhook-id`: the same for every attempt.
    pub id: String,
    /// `webhook-timestamp`: when this attempt was made, in seconds since 1970.
    pub timestamp: String,
    /// `webhook-signature`: one for each secret, separated by spaces.
    pub signature: String,
}

/// Names what is sent of a log after one entry up to another, whose life is given: the same stretch always has the same
/// id, and another one never.
pub fn message_id(log: LogId, after: EntryNumber, (through, life): (EntryNumber, Life)) -> String {
    let mut hasher = Sha256::new();
    hasher.update(log.as_bytes());
    hasher.update(after.0.to_be_bytes());
    hasher.update(through.0.to_be_bytes());
    if !life.is_first() {
        hasher.update(life.0.to_be_bytes());
    }
    format!("msg_{}", URL_SAFE_NO_PAD.encode(&hasher.finalize()[..18]))
}

/// Signs a body with every secret, so that a receiver may know the old one or the new one.
pub fn sign(secrets: &[WebhookSecret], id: &str, at: Timestamp, body: &str) -> WebhookHeaders {
    let seconds = at.as_seconds();
    let signatures: Vec<String> = secrets.iter().map(|secret| secret.sign(id, seconds, body)).collect();
    WebhookHeaders { id: id.to_owned(), timestamp: seconds.to_string(), signature: signatures.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_is_signed_alike() {
        let secret = WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let at = Timestamp::from_millis(1_614_265_330_000);
        let headers = sign(&[secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, "{\"test\": 2432232314}");
        assert_eq!(headers.signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(headers.timestamp, "1614265330");
    }

    #[test]
    fn a_secret_is_base64_of_enough_bytes() {
        for bad in ["", "whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_%"] {
            assert!(WebhookSecret::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_stretch_keeps_its_id() {
        let in_life = |after, through, life| {
            message_id(LogId::from_bytes([1; 16]), EntryNumber(after), (EntryNumber(through), Life(life)))
        };
        let id = |after, through| in_life(after, through, 0);
        assert_eq!(id(1, 2), id(1, 2));
        assert_ne!(id(1, 2), id(1, 3));
        assert_ne!(id(1, 2), in_life(1, 2, 7));
        assert!(id(1, 2).len() < 64 && !id(1, 2).contains('.'));
    }
}
