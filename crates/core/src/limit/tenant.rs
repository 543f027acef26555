//! What a tenant may have in all.

use serde::{Deserialize, Serialize};

/// Something that is limited for each tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TenantLimit {
    /// Messages a second, of customers and of agents.
    Messages,
    /// Customers that are known.
    Customers,
    /// Bytes that are stored: what was written to customers' logs, and files.
    StorageBytes,
    /// Agents, supervisors and administrators.
    Agents,
    /// Channels.
    Channels,
    /// Push requests under way at the same time.
    PushLanes,
    /// Held polls and open streams, of customers and of agents.
    Connections,
}

impl TenantLimit {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Messages,
        Self::Customers,
        Self::StorageBytes,
        Self::Agents,
        Self::Channels,
        Self::PushLanes,
        Self::Connections,
    ];

    /// What it is called in answers, metrics and configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Messages => "messages_per_second",
            Self::Customers => "customers",
            Self::StorageBytes => "storage_bytes",
            Self::Agents => "agents",
            Self::Channels => "channels",
            Self::PushLanes => "push_lanes",
            Self::Connections => "connections",
        }
    }
}

/// What the operator grants one tenant. Without a value, the operator's default for all tenants counts; 0 is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TenantLimits {
    /// Messages a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages_per_second: Option<u64>,
    /// Customers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customers: Option<u64>,
    /// Bytes that are stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_bytes: Option<u64>,
    /// Agents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agents: Option<u64>,
    /// Channels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channels: Option<u64>,
    /// Push requests under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push_lanes: Option<u64>,
    /// Held polls and open streams.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connections: Option<u64>,
}

impl TenantLimits {
    /// Whether everything is left to the operator's default.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    const fn of(&self, limit: TenantLimit) -> Option<u64> {
        match limit {
            TenantLimit::Messages => self.messages_per_second,
            TenantLimit::Customers => self.customers,
            TenantLimit::StorageBytes => self.storage_bytes,
            TenantLimit::Agents => self.agents,
            TenantLimit::Channels => self.channels,
            TenantLimit::PushLanes => self.push_lanes,
            TenantLimit::Connections => self.connections,
        }
    }

    /// Whether a limit is granted to this tenant.
    pub const fn names(&self, limit: TenantLimit) -> bool {
        self.of(limit).is_some()
    }

    /// What counts: the tenant's own value, else the default, and never more than the most. `None` for no limit.
    pub fn in_force(&self, limit: TenantLimit, default: &Numbers, most: &Numbers) -> Option<u64> {
        let positive = |number: u64| (number > 0).then_some(number);
        let wanted = positive(self.of(limit).unwrap_or_else(|| default.of(limit)));
        let most = positive(most.of(limit));
        match (wanted, most) {
            (Some(wanted), Some(most)) => Some(wanted.min(most)),
            (Some(one), None) | (None, Some(one)) => Some(one),
            (None, None) => None,
        }
    }
}

/// A number for each limit of tenants; 0 is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Numbers {
    /// Messages a second.
    pub messages_per_second: u64,
    /// Customers.
    pub customers: u64,
    /// Bytes that are stored.
    pub storage_bytes: u64,
    /// Agents.
    pub agents: u64,
    /// Channels.
    pub channels: u64,
    /// Push requests under way.
    pub push_lanes: u64,
    /// Held polls and open streams.
    pub connections: u64,
}

impl Numbers {
    const fn of(&self, limit: TenantLimit) -> u64 {
        match limit {
            TenantLimit::Messages => self.messages_per_second,
            TenantLimit::Customers => self.customers,
            TenantLimit::StorageBytes => self.storage_bytes,
            TenantLimit::Agents => self.agents,
            TenantLimit::Channels => self.channels,
            TenantLimit::PushLanes => self.push_lanes,
            TenantLimit::Connections => self.connections,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenants_own_value_counts_then_the_default_and_never_more_than_the_most() {
        let of = |own: Option<u64>, default: u64, most: u64| {
            let own = TenantLimits { agents: own, ..TenantLimits::default() };
            let numbers = |agents: u64| Numbers { agents, ..Numbers::default() };
            own.in_force(TenantLimit::Agents, &numbers(default), &numbers(most))
        };
        assert_eq!(of(None, 10, 0), Some(10));
        assert_eq!(of(Some(20), 10, 0), Some(20));
        assert_eq!(of(Some(20), 10, 15), Some(15));
        assert_eq!(of(Some(0), 10, 0), None);
        assert_eq!(of(Some(0), 10, 15), Some(15));
        assert_eq!(of(None, 0, 0), None);
    }

    #[test]
    fn every_limit_is_configured_under_its_name() {
        for limit in TenantLimit::ALL {
            let own: TenantLimits = serde_json::from_value(serde_json::json!({ limit.name(): 7 })).unwrap();
            assert_eq!(own.of(limit), Some(7), "{}", limit.name());
            let numbers: Numbers = serde_json::from_value(serde_json::json!({ limit.name(): 7 })).unwrap();
            assert_eq!(numbers.of(limit), 7, "{}", limit.name());
        }
        assert!(serde_json::from_str::<TenantLimits>(r#"{"agent": 1}"#).is_err());
    }
}
