//! Errors of the native API.

use serde::{Deserialize, Serialize};

use crate::native::config::ConfigProblem;

/// A problem, as RFC 9457 has it, in a body of type `application/problem+json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `about:blank`: `title` says no more than the status, `code` tells problems apart.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schema(required = true, example = "about:blank"))]
    pub kind: String,
    /// The status in words.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "Bad Request"))]
    pub title: String,
    /// The HTTP status.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 400))]
    pub status: u16,
    /// One sentence about this occurrence.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "`status` is missing"))]
    pub detail: String,
    /// Stable symbolic code.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "FIELD_MISSING"))]
    pub code: String,
    /// The field at fault, by its name on the wire; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "status"))]
    pub field: Option<String>,
    /// With `NEWER_MESSAGE`: what colleagues wrote meanwhile, oldest first.
    #[serde(rename = "messageIds", skip_serializing_if = "Vec::is_empty")]
    pub message_ids: Vec<String>,
    /// With `NEWER_MESSAGE`: the number to send again with, once those were looked at.
    #[serde(rename = "lastSeen", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = 17))]
    pub last_seen: Option<u64>,
    /// With `CONFIG_FILE_INVALID`: everything that is wrong with the file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<ConfigProblem>,
    /// With `RATE_LIMITED` and `LIMIT_REACHED`: which limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<ReachedLimit>,
}

/// The limit that a request is too much for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReachedLimit {
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(example = "tenant.agents"))]
    pub name: String,
    /// What it allows.
    #[cfg_attr(feature = "openapi", schema(example = 50))]
    pub most: u64,
    /// Where it stands.
    #[cfg_attr(feature = "openapi", schema(example = 50))]
    pub used: u64,
}

impl Problem {
    /// A problem without a field.
    pub fn new(
        status: u16,
        title: impl Into<String>,
        code: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            kind: "about:blank".to_owned(),
            title: title.into(),
            status,
            detail: detail.into(),
            code: code.into(),
            field: None,
            message_ids: Vec::new(),
            last_seen: None,
            problems: Vec::new(),
            limit: None,
        }
    }

    /// The same problem, with the field at fault.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}
