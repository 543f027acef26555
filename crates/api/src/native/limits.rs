//! What a tenant may have, and what it has.

use serde::{Deserialize, Serialize};

/// The limits of a tenant, and of its apps and customers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LimitsAnswer {
    /// Whether there are limits at all.
    pub enabled: bool,
    /// What the tenant may have in all.
    pub tenant: Vec<TenantLimitState>,
    /// What each customer may do.
    pub customer: CallerLimitValues,
    /// What each app may do, with all of its customers.
    pub app: CallerLimitValues,
    /// As much as comes in so many seconds may come at once.
    pub burst_seconds: u64,
}

/// One of a tenant's limits, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TenantLimitState {
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(example = "customers"))]
    pub name: String,
    /// What it allows; `null` if there is no limit.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 10_000))]
    pub most: Option<u64>,
    /// Where it stands.
    #[cfg_attr(feature = "openapi", schema(example = 417))]
    pub used: u64,
    /// Where it comes from.
    pub source: LimitSource,
}

/// Where a limit comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum LimitSource {
    /// It is granted to this tenant.
    Tenant,
    /// It is that of all tenants for which nothing else was granted.
    Default,
}

/// What a customer, or an app, may do. 0 is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallerLimitValues {
    /// Polls and other reading calls a second.
    pub polls_per_second: u64,
    /// Sends a second.
    pub sends_per_second: u64,
    /// Tokens a second.
    pub tokens_per_second: u64,
    /// Held polls and open streams.
    pub connections: u64,
}
