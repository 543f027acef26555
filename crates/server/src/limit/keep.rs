//! What was had lately, and by whom.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use frontdesk_core::directory::TenantDirectory;
use frontdesk_core::id::{AppKey, TenantId};
use frontdesk_core::limit::{Buckets, Decision, Place, Places, Rate, TenantLimit};
use frontdesk_core::log::LogId;
use frontdesk_core::time::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::config::{CallerLimits, LimitsConfig};
use super::kind::{Excess, Limit};

/// Customers, and addresses, that are remembered for each limit: 24 bytes and a little for each.
const MANY: usize = 65_536;
/// The same of whom there are fewer at a time.
const SOME: usize = 16_384;
/// Apps and tenants.
const FEW: usize = 2_048;
/// When who waits for a place may ask again. Nobody knows when one becomes free.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// Who holds polls and streams open.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Holder {
    Customer(LogId),
    App(AppKey),
    Tenant(TenantId),
}

/// The places that a held poll or an open stream takes, for as long as this lives.
#[derive(Debug)]
pub struct Held {
    _places: [Option<Place<Holder>>; 3],
}

/// A tenant's push requests: as many permits as it may have under way.
#[derive(Debug)]
struct Lanes {
    most: usize,
    permits: Arc<Semaphore>,
}

/// What was had lately, and by whom.
#[derive(Debug)]
pub struct Limits {
    config: LimitsConfig,
    customer_polls: Buckets,
    customer_sends: Buckets,
    customer_tokens: Buckets,
    apps: Buckets,
    tenants: Buckets,
    visitors: Buckets,
    failures: Buckets,
    places: Places<Holder>,
    lanes: Mutex<HashMap<TenantId, Lanes>>,
}

/// What callers do that is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Act {
    /// Reads.
    Poll,
    /// Writes.
    Send,
    /// Asks for a token.
    Token,
}

impl Act {
    const fn of(self, limits: &CallerLimits) -> u64 {
        match self {
            Self::Poll => limits.polls_per_second,
            Self::Send => limits.sends_per_second,
            Self::Token => limits.tokens_per_second,
        }
    }

    const fn of_customers(self) -> Limit {
        match self {
            Self::Poll => Limit::CustomerPolls,
            Self::Send => Limit::CustomerSends,
            Self::Token => Limit::CustomerTokens,
        }
    }

    const fn of_apps(self) -> Limit {
        match self {
            Self::Poll => Limit::AppPolls,
            Self::Send => Limit::AppSends,
            Self::Token => Limit::AppTokens,
        }
    }
}

impl Limits {
    /// Everybody's allowances are full. The seed is random.
    pub fn new(config: LimitsConfig, seed: u64) -> Self {
        let room = |owners: usize| if config.enabled { owners } else { 1 };
        let buckets = |owners: usize, index: u64| Buckets::new(room(owners), seed.wrapping_add(index));
        Self {
            customer_polls: buckets(MANY, 1),
            customer_sends: buckets(MANY, 2),
            customer_tokens: buckets(SOME, 3),
            apps: buckets(FEW, 4),
            tenants: buckets(FEW, 5),
            visitors: buckets(SOME, 6),
            failures: buckets(SOME, 7),
            places: Places::default(),
            lanes: Mutex::default(),
            config,
        }
    }

    /// What the operator set.
    pub const fn config(&self) -> &LimitsConfig {
        &self.config
    }

    /// What a tenant may have; `None` for no limit.
    pub fn of_tenant(&self, tenant: &TenantDirectory, limit: TenantLimit) -> Option<u64> {
        let defaults = &self.config.tenant;
        let own = &tenant.tenant.limits;
        own.in_force(limit, &defaults.default, &defaults.most).filter(|_| self.config.enabled)
    }

    /// A customer does something. With `patience`, one who does it a little too often is let through, to wait for as long
    /// as is returned.
    pub(super) fn customer(
        &self,
        act: Act,
        customer: LogId,
        now: Timestamp,
        patience: Duration,
    ) -> Result<Duration, Excess> {
        let most = act.of(&self.config.customer);
        let buckets = match act {
            Act::Poll => &self.customer_polls,
            Act::Send => &self.customer_sends,
            Act::Token => &self.customer_tokens,
        };
        let allowance = Allowance { buckets, rate: self.config.per_second(most), most };
        allowance.take(act.of_customers(), customer, now, patience)
    }

    /// Something is done with an app's credentials.
    pub(super) fn app(
        &self,
        act: Act,
        app: &AppKey,
        now: Timestamp,
        patience: Duration,
    ) -> Result<Duration, Excess> {
        let most = act.of(&self.config.app);
        let allowance = Allowance { buckets: &self.apps, rate: self.config.per_second(most), most };
        allowance.take(act.of_apps(), (act, app), now, patience)
    }

    /// Somebody of a tenant sends a message.
    pub(super) fn message(&self, tenant: &TenantDirectory, now: Timestamp) -> Result<(), Excess> {
        let limit = TenantLimit::Messages;
        let most = self.of_tenant(tenant, limit).unwrap_or_default();
        let allowance = Allowance { buckets: &self.tenants, rate: self.config.per_second(most), most };
        allowance.take(Limit::Tenant(limit), &tenant.tenant.id, now, Duration::ZERO).map(drop)
    }

    /// How many messages of a tenant count now.
    pub(super) fn messages_now(&self, tenant: &TenantDirectory, now: Timestamp) -> u64 {
        let most = self.of_tenant(tenant, TenantLimit::Messages).unwrap_or_default();
        let Some(rate) = self.config.per_second(most) else { return 0 };
        self.tenants.level(self.tenants.owner(&tenant.tenant.id)).count(rate, now)
    }

    /// A page is opened for a visitor.
    pub(super) fn visitor(&self, household: IpAddr, now: Timestamp) -> Result<(), Excess> {
        let most = self.config.address.visitors_per_minute;
        let allowance = Allowance { buckets: &self.visitors, rate: self.config.per_minute(most), most };
        allowance.take(Limit::AddressVisitors, household, now, Duration::ZERO).map(drop)
    }

    /// Credentials were refused.
    pub(super) fn failure(&self, household: IpAddr, now: Timestamp) -> Result<(), Excess> {
        let most = self.config.address.failures_per_minute;
        let allowance = Allowance { buckets: &self.failures, rate: self.config.per_minute(most), most };
        allowance.take(Limit::AddressFailures, household, now, Duration::ZERO).map(drop)
    }

    /// Whether so many credentials were refused that further ones are not even looked at.
    pub(super) fn may_try(&self, household: IpAddr, now: Timestamp) -> Result<(), Excess> {
        let most = self.config.address.failures_per_minute;
        let Some(rate) = self.config.per_minute(most) else { return Ok(()) };
        let level = self.failures.level(self.failures.owner(household));
        match level.would_wait(rate, now) {
            None => Ok(()),
            wait => {
                let used = level.count(rate, now);
                Err(Excess { limit: Limit::AddressFailures, most, used, wait }.noted())
            }
        }
    }

    /// A customer's poll is held, or a stream opened.
    pub fn hold(&self, tenant: &TenantDirectory, app: &AppKey, customer: LogId) -> Result<Held, Excess> {
        let (customers, apps) = (self.config.customer.connections, self.config.app.connections);
        let customer = self.place(Limit::CustomerConnections, Holder::Customer(customer), customers)?;
        let app = self.place(Limit::AppConnections, Holder::App(app.clone()), apps)?;
        Ok(Held { _places: [customer, app, Some(self.hold_of_tenant(tenant)?)] })
    }

    /// An agent's feed is held.
    pub fn hold_of_agent(&self, tenant: &TenantDirectory) -> Result<Held, Excess> {
        Ok(Held { _places: [None, None, Some(self.hold_of_tenant(tenant)?)] })
    }

    /// Counted without a limit too, for whoever asks.
    fn hold_of_tenant(&self, tenant: &TenantDirectory) -> Result<Place<Holder>, Excess> {
        let limit = TenantLimit::Connections;
        let most = self.of_tenant(tenant, limit).unwrap_or(u64::MAX);
        let holder = Holder::Tenant(tenant.tenant.id.clone());
        self.places.take(holder, most).map_err(|used| too_many(Limit::Tenant(limit), most, used))
    }

    fn place(&self, limit: Limit, holder: Holder, most: u64) -> Result<Option<Place<Holder>>, Excess> {
        if most == 0 || !self.config.enabled {
            return Ok(None);
        }
        self.places.take(holder, most).map(Some).map_err(|used| too_many(limit, most, used))
    }

    /// How many polls and streams of a tenant are open.
    pub(super) fn held_of_tenant(&self, tenant: &TenantId) -> u64 {
        self.places.count(&Holder::Tenant(tenant.clone()))
    }

    /// Waits until a tenant may have one more push request under way, in the order in which its channels ask.
    pub async fn push_lane(&self, tenant: &TenantDirectory) -> Option<OwnedSemaphorePermit> {
        let permits = {
            let most = self.of_tenant(tenant, TenantLimit::PushLanes);
            let most = usize::try_from(most.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
            let most = most.min(Semaphore::MAX_PERMITS);
            let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
            let new = || Lanes { most, permits: Arc::new(Semaphore::new(most)) };
            let known = lanes.entry(tenant.tenant.id.clone()).or_insert_with(new);
            if known.most != most {
                // What is under way ends under the old number.
                *known = new();
            }
            Arc::clone(&known.permits)
        };
        permits.acquire_owned().await.ok()
    }

    /// How many push requests of a tenant are under way.
    pub(super) fn push_lanes_of(&self, tenant: &TenantId) -> u64 {
        let lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let used = lanes.get(tenant).map(|lanes| lanes.most - lanes.permits.available_permits());
        used.unwrap_or_default() as u64
    }
}

fn too_many(limit: Limit, most: u64, used: u64) -> Excess {
    Excess { limit, most, used, wait: Some(ASK_AGAIN) }.noted()
}

/// How often something may be done, and who did it.
struct Allowance<'a> {
    buckets: &'a Buckets,
    rate: Option<Rate>,
    most: u64,
}

impl Allowance<'_> {
    fn take(
        &self,
        limit: Limit,
        owner: impl Hash,
        now: Timestamp,
        patience: Duration,
    ) -> Result<Duration, Excess> {
        let Some(rate) = self.rate else { return Ok(Duration::ZERO) };
        let owner = self.buckets.owner(owner);
        match self.buckets.take(owner, rate, now, patience) {
            Decision::Pass => Ok(Duration::ZERO),
            Decision::Slow(wait) => {
                metrics::counter!("frontdesk_limit_slowed_total", "limit" => limit.name()).increment(1);
                Ok(wait)
            }
            Decision::Refuse(wait) => {
                let used = self.buckets.level(owner).count(rate, now);
                Err(Excess { limit, most: self.most, used, wait: Some(wait) }.noted())
            }
        }
    }
}
