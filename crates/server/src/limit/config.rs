//! What the operator sets. 0 is no limit, everywhere.

use frontdesk_core::limit::{Numbers, Rate};
use serde::{Deserialize, Serialize};

use super::address::{Network, ProxyHeader};

/// Who may do how much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Whether there are limits at all.
    pub enabled: bool,
    /// Proxies whose word on where a request comes from is taken: networks such as `10.0.0.0/8`.
    pub trusted_proxies: Vec<Network>,
    /// In which header they say it.
    pub proxy_header: ProxyHeader,
    /// As much as comes in so many seconds may come at once.
    pub burst_seconds: u64,
    /// How long a poll beyond its limit is held before polls are refused, in milliseconds.
    pub poll_slow_ms: u64,
    /// For each customer.
    pub customer: CallerLimits,
    /// For each app, with all of its customers.
    pub app: CallerLimits,
    /// For each address, and only for what needs no credentials.
    pub address: AddressLimits,
    /// For each tenant.
    pub tenant: TenantDefaults,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            trusted_proxies: Vec::new(),
            proxy_header: ProxyHeader::XForwardedFor,
            burst_seconds: 20,
            poll_slow_ms: 2_000,
            customer: CallerLimits {
                polls_per_second: 5,
                sends_per_second: 5,
                tokens_per_second: 1,
                connections: 40,
            },
            app: CallerLimits {
                polls_per_second: 2_000,
                sends_per_second: 1_000,
                tokens_per_second: 200,
                connections: 15_000,
            },
            address: AddressLimits { visitors_per_minute: 300, failures_per_minute: 30, connections: 10_000 },
            tenant: TenantDefaults::default(),
        }
    }
}

impl LimitsConfig {
    /// No limits at all, as the demonstration has it.
    pub fn off() -> Self {
        Self { enabled: false, ..Self::default() }
    }

    pub(super) fn per_second(&self, per_second: u64) -> Option<Rate> {
        Rate::per_second(per_second, self.burst_seconds).filter(|_| self.enabled)
    }

    pub(super) fn per_minute(&self, per_minute: u64) -> Option<Rate> {
        let burst = per_minute.saturating_mul(self.burst_seconds) / 60;
        Rate::per_minute(per_minute, burst.max(1)).filter(|_| self.enabled)
    }

    /// How many connections an address may have. Behind a proxy all come from one.
    pub fn connections_of_an_address(&self) -> Option<u64> {
        let most = self.address.connections;
        (self.enabled && most > 0 && self.trusted_proxies.is_empty()).then_some(most)
    }
}

/// What a customer, or an app, may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallerLimits {
    /// Polls and other reading calls a second.
    pub polls_per_second: u64,
    /// Sends a second.
    pub sends_per_second: u64,
    /// Tokens a second.
    pub tokens_per_second: u64,
    /// Held polls and open streams.
    pub connections: u64,
}

/// What may come from one address without credentials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AddressLimits {
    /// Pages opened for visitors a minute.
    pub visitors_per_minute: u64,
    /// Refused passwords and secrets a minute.
    pub failures_per_minute: u64,
    /// Connections.
    pub connections: u64,
}

/// What tenants may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TenantDefaults {
    /// Those for which nothing else was granted.
    pub default: Numbers,
    /// The most that is ever granted.
    pub most: Numbers,
}

impl Default for TenantDefaults {
    fn default() -> Self {
        let default =
            Numbers { messages_per_second: 2_000, push_lanes: 64, connections: 15_000, ..Numbers::default() };
        Self { default, most: Numbers::default() }
    }
}
