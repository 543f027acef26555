//! Files as agents send and receive them: `POST /api/v1/files` and `GET /api/v1/files/{key}`.

use serde::{Deserialize, Serialize};

/// Longest file name, in characters.
pub const MAX_FILE_NAME_CHARACTERS: usize = 255;

/// A stored file: answer of `POST /api/v1/files`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoredFile {
    /// The key, for a message's content and for `GET /api/v1/files/{key}`.
    pub key: String,
    /// The name it was sent under, if any; at most 255 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "invoice.pdf"))]
    pub file_name: Option<String>,
    /// The type that its bytes show, such as `pdf`.
    #[cfg_attr(feature = "openapi", schema(example = "pdf"))]
    pub file_type: String,
    /// Its size in bytes.
    #[cfg_attr(feature = "openapi", schema(example = 26_964))]
    pub file_size: u64,
}
