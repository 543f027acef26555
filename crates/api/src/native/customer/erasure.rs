//! What the erasure of a customer reports.

use serde::{Deserialize, Serialize};

/// What was erased of a customer, in counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErasureReport {
    /// The customer, by the id that they had.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub id: String,
    /// When, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 1_619_590_480_756_i64))]
    pub at: i64,
    /// By whom.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "901"))]
    pub by: String,
    /// Ids on channels that were forgotten.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub identities: u64,
    /// Entries of logs whose contents were erased.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub messages: u64,
    /// Messages that were taken out of the search index.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub indexed: u64,
    /// Files that were erased.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub files: u64,
    /// Tickets that were erased.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub tickets: u64,
    /// Notes of deliveries to a web hook that were erased.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub deliveries: u64,
    /// Places of devices and keys of repeated requests that were erased.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub traces: u64,
    /// Conversations from which tags and attributes were taken.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub labelled: u64,
    /// What holds the customer's data still, and until when.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub remains: Vec<String>,
}
