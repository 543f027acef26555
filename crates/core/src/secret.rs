//! Secrets: how they are made, hashed and compared.

use std::fmt::{self, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::ZeroizeOnDrop;

use crate::port::Random;

/// A generated secret, shown once to whom it belongs. Its debug form says nothing, and its memory is overwritten.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct GeneratedSecret(String);

impl GeneratedSecret {
    /// A new secret of 256 random bits, 43 characters, after a prefix that says what it is.
    pub fn generate(random: &dyn Random, prefix: &str) -> Self {
        let mut bytes = [0; 32];
        random.fill(&mut bytes);
        Self(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The secret itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored of it.
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(&self.0)
    }
}

impl fmt::Debug for GeneratedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GeneratedSecret(…)")
    }
}

/// A secret that must be used again and is therefore kept as it is. Its debug form says nothing, and its memory
/// is overwritten.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct KeptSecret(String);

impl KeptSecret {
    /// Keeps a secret.
    pub const fn new(secret: String) -> Self {
        Self(secret)
    }

    /// Whether there is none yet.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The secret itself, for the one place that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for KeptSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeptSecret(…)")
    }
}

/// SHA-256 of a generated secret. Enough for 256 random bits; passwords need a slow hash instead.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// The hash of a secret.
    pub fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }

    /// A hash as [`Self::as_bytes`] gave it.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// What the secret is called by where it may be shown: a part of the hash, 24 hexadecimal digits.
    pub fn public_id(self) -> String {
        self.0.iter().take(12).fold(String::new(), |mut id, byte| {
            let _ = write!(id, "{byte:02x}");
            id
        })
    }

    /// Whether a text can be what [`Self::public_id`] gives.
    pub fn is_public_id(text: &str) -> bool {
        text.len() == 24 && text.bytes().all(|digit| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit))
    }

    /// The hash as stored.
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }

    /// The hash as bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Compares with a stored hash in hexadecimal; the time taken tells nothing about it.
    pub fn matches_hex(self, stored: &str) -> bool {
        let mut bytes = [0; 32];
        hex::decode_to_slice(stored, &mut bytes).is_ok() && bool::from(self.0.ct_eq(&bytes))
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_matches_its_secret_alone() {
        let stored = SecretHash::of("demo-secret").to_hex();
        assert!(SecretHash::of("demo-secret").matches_hex(&stored));
        assert!(!SecretHash::of("demo-secret ").matches_hex(&stored));
        assert!(!SecretHash::of("demo-secret").matches_hex("not hexadecimal"));
        let public = SecretHash::of("demo-secret").public_id();
        assert!(stored.starts_with(&public) && SecretHash::is_public_id(&public), "{public}");
        assert!(!SecretHash::is_public_id("any") && !SecretHash::is_public_id(&stored));
    }
}
