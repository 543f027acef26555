//! Where the bytes of files are stored, as it is configured.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Where the bytes of files are stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FilesConfig {
    /// Empty: a folder, as `store.files` says. Or a bucket of S3-compatible storage: `s3://bucket` or `s3://bucket/prefix`.
    pub url: String,
    /// Where the storage answers; empty: Amazon's, in the region.
    pub endpoint: String,
    /// The region of the bucket; empty: as the environment says.
    pub region: String,
    /// The id of the access key; empty: as the environment or the machine says.
    pub access_key: String,
    /// Its secret.
    pub secret_key: String,
    /// Whether the bucket stands in the paths of an endpoint, and not before its host.
    pub path_style: bool,
    /// How long the storage may take for one file, in milliseconds; 100 to 300,000.
    pub timeout_ms: u64,
}

impl FilesConfig {
    /// The same to be shown: `***` in place of the secret.
    #[must_use]
    pub fn without_secrets(&self) -> Self {
        let shown = if self.secret_key.is_empty() { "" } else { "***" };
        Self { secret_key: shown.to_owned(), ..self.clone() }
    }

    /// How long the storage may take for one file.
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms.clamp(100, 300_000))
    }
}

impl std::fmt::Debug for FilesConfig {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("FilesConfig")
            .field("url", &self.url)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

impl Default for FilesConfig {
    fn default() -> Self {
        Self {
            url: String::new(),
            endpoint: String::new(),
            region: String::new(),
            access_key: String::new(),
            secret_key: String::new(),
            path_style: true,
            timeout_ms: 10_000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_of_an_access_key_is_not_shown() {
        let files = FilesConfig { secret_key: "very-secret".to_owned(), ..FilesConfig::default() };
        assert_eq!(files.without_secrets().secret_key, "***");
        assert!(!format!("{files:?}").contains("very-secret"));
        assert_eq!(FilesConfig::default().without_secrets(), FilesConfig::default());
    }
}
