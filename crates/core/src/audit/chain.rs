//! Hashes that follow one another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::id::TenantId;

/// The hash of a record, and so of all records before it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChainHash([u8; 32]);

impl ChainHash {
    /// A hash as stored.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The hash as stored.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The hash of the record with this canonical text, after the one with this hash.
    #[must_use]
    pub fn then(self, body: &str) -> Self {
        Self(Sha256::new().chain_update(self.0).chain_update(body.as_bytes()).finalize().into())
    }
}

impl fmt::Display for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for ChainHash {
    type Err = HeadError;

    /// Reads 64 hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, HeadError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| HeadError)?;
        Ok(Self(bytes))
    }
}

impl Serialize for ChainHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ChainHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The hash before the first record of a tenant's chain that began in a store of this epoch.
pub fn genesis(tenant: &TenantId, epoch: u64) -> ChainHash {
    ChainHash(Sha256::digest(format!("frontdesk audit 1\n{tenant}\n{epoch}")).into())
}

/// The last record of a chain, or of a part of it. As text `{number}:{hash}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Its number; 0 before the first record.
    pub number: u64,
    /// Its hash.
    pub hash: ChainHash,
}

impl Head {
    /// The head of a chain without a record.
    pub fn genesis(tenant: &TenantId, epoch: u64) -> Self {
        Self { number: 0, hash: genesis(tenant, epoch) }
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.number, self.hash)
    }
}

/// Why a text is not a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a head is written NUMBER:HASH, with a hash of 64 hexadecimal digits")]
pub struct HeadError;

impl FromStr for Head {
    type Err = HeadError;

    fn from_str(text: &str) -> Result<Self, HeadError> {
        let (number, hash) = text.trim().split_once(':').ok_or(HeadError)?;
        Ok(Self { number: number.parse().map_err(|_| HeadError)?, hash: hash.parse()? })
    }
}

/// A record as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The place where it is kept: that of its number, unless somebody moved it.
    pub number: u64,
    /// Its canonical text.
    pub body: String,
    /// Its hash.
    pub hash: ChainHash,
}
