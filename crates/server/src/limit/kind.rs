//! What is limited, and what is said to who wants more.

use std::time::Duration;

use frontdesk_core::limit::TenantLimit;

/// A limit. The names are stable; metrics have them as labels, and there are no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Polls and other reading calls of a customer.
    CustomerPolls,
    /// What a customer sends.
    CustomerSends,
    /// Tokens that an app asks for, for one customer.
    CustomerTokens,
    /// Held polls and open streams of a customer.
    CustomerConnections,
    /// Polls and other reading calls with an app's credentials, of all customers.
    AppPolls,
    /// What is sent with an app's credentials.
    AppSends,
    /// Tokens that an app asks for.
    AppTokens,
    /// Held polls and open streams with an app's credentials.
    AppConnections,
    /// Pages opened for visitors, from one address.
    AddressVisitors,
    /// Credentials that were refused where they are exchanged for a token, from one address.
    AddressFailures,
    /// Connections from one address.
    AddressConnections,
    /// One of a tenant's.
    Tenant(TenantLimit),
}

impl Limit {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CustomerPolls => "customer.polls_per_second",
            Self::CustomerSends => "customer.sends_per_second",
            Self::CustomerTokens => "customer.tokens_per_second",
            Self::CustomerConnections => "customer.connections",
            Self::AppPolls => "app.polls_per_second",
            Self::AppSends => "app.sends_per_second",
            Self::AppTokens => "app.tokens_per_second",
            Self::AppConnections => "app.connections",
            Self::AddressVisitors => "address.visitors_per_minute",
            Self::AddressFailures => "address.failures_per_minute",
            Self::AddressConnections => "address.connections",
            Self::Tenant(TenantLimit::Messages) => "tenant.messages_per_second",
            Self::Tenant(TenantLimit::Customers) => "tenant.customers",
            Self::Tenant(TenantLimit::StorageBytes) => "tenant.storage_bytes",
            Self::Tenant(TenantLimit::Agents) => "tenant.agents",
            Self::Tenant(TenantLimit::Channels) => "tenant.channels",
            Self::Tenant(TenantLimit::PushLanes) => "tenant.push_lanes",
            Self::Tenant(TenantLimit::Connections) => "tenant.connections",
        }
    }
}

/// More was wanted than a limit allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Excess {
    /// Which limit.
    pub limit: Limit,
    /// What it allows.
    pub most: u64,
    /// Where it stands.
    pub used: u64,
    /// After how long it may be tried again, where waiting helps.
    pub wait: Option<Duration>,
}

impl Excess {
    /// Notes a refusal, and is what to say about it.
    pub(super) fn noted(self) -> Self {
        metrics::counter!("frontdesk_limit_refusals_total", "limit" => self.limit.name()).increment(1);
        self
    }

    /// The stable code: whether waiting helps or not.
    pub const fn code(&self) -> &'static str {
        if self.wait.is_some() { "RATE_LIMITED" } else { "LIMIT_REACHED" }
    }

    /// Whole seconds after which it may be tried again, at least one.
    pub fn retry_after(&self) -> Option<u64> {
        self.wait
            .map(|wait| wait.as_millis().div_ceil(1_000).max(1))
            .and_then(|wait| u64::try_from(wait).ok())
    }
}

impl std::error::Error for Excess {}

impl std::fmt::Display for Excess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { limit, most, used, .. } = self;
        write!(f, "The limit `{}` is {most}, and it stands at {used}.", limit.name())?;
        match self.retry_after() {
            Some(seconds) => write!(f, " Try again in {seconds} s."),
            None => f.write_str(" Waiting does not help."),
        }
    }
}
