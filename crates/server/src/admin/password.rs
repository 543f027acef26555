//! How passwords are stored.

use argon2::Argon2;
use argon2::password_hash::PasswordHasher;
use frontdesk_core::port::{Random, StoreError};

/// Bytes of a salt, as RFC 9106 recommends.
const SALT_BYTES: usize = 16;

/// The Argon2id hash of a password, in PHC format.
pub fn hash_password(random: &dyn Random, password: &str) -> Result<String, StoreError> {
    let mut salt = [0; SALT_BYTES];
    random.fill(&mut salt);
    Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|error| StoreError::Failed(format!("a password could not be hashed: {error}")))
}
