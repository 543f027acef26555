//! What is known of a customer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{AttributeValue, Trust};
use crate::Redacted;

/// Answer of `GET /api/v1/customers`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomerList {
    /// The customers, those seen last at the head.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub customers: Vec<CustomerProfile>,
    /// Where to go on, as `cursor`; absent if there are no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// One person over all channels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomerProfile {
    /// Unique id, which the paths of this API name them by. That of a customer who was merged into another goes on
    /// leading there.
    pub id: String,
    /// Their name: what agents call them, else what they are called on the channel that they first came by.
    #[cfg_attr(feature = "openapi", schema(example = "Ann"))]
    pub name: String,
    /// Their language.
    #[cfg_attr(feature = "openapi", schema(example = "en"))]
    pub locale: String,
    /// The least trust in any of their ids.
    pub trust: Trust,
    /// Their ids, one for each channel or more.
    pub identities: Vec<CustomerIdentity>,
    /// What agents should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub note: Option<Redacted>,
    /// Words to find them by.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub tags: Vec<String>,
    /// What the company keeps of them.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub attributes: BTreeMap<String, AttributeValue>,
    /// When they first did something, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = 1_619_590_480_756_i64))]
    pub first_seen_at: Option<i64>,
    /// When they last did something, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = 1_619_590_480_756_i64))]
    pub last_seen_at: Option<i64>,
    /// That they are kept out; absent if they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<CustomerBlock>,
}

/// A customer's id on one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomerIdentity {
    /// The channel's Configuration ID.
    #[cfg_attr(feature = "openapi", schema(example = "1011577355744904195"))]
    pub channel_id: String,
    /// The customer's id there.
    #[cfg_attr(feature = "openapi", schema(example = "u-77"))]
    pub user_id: String,
    /// Their name there.
    #[cfg_attr(feature = "openapi", schema(example = "Ann"))]
    pub name: String,
    /// Their language there.
    #[cfg_attr(feature = "openapi", schema(example = "en"))]
    pub locale: String,
    /// How it is known that it is them.
    pub trust: Trust,
    /// When they first did something there, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen_at: Option<i64>,
    /// When they last did something there, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<i64>,
    /// The profile that this id brought along, if it was merged into this one: `unmerge` takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<CustomerMerge>,
}

/// That a profile was merged into another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomerMerge {
    /// The customer that was merged.
    pub id: String,
    /// When, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", schema(example = 1_619_590_480_756_i64))]
    pub at: i64,
    /// Who did it.
    #[cfg_attr(feature = "openapi", schema(example = "201"))]
    pub by: String,
}

/// That a customer is kept out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomerBlock {
    /// Why.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "spam"))]
    pub reason: Redacted,
    /// Until when, in milliseconds since 1970; absent for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
    /// Since when, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", schema(example = 1_619_590_480_756_i64))]
    pub at: i64,
    /// Who did it.
    #[cfg_attr(feature = "openapi", schema(example = "201"))]
    pub by: String,
}
