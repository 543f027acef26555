//! What a tenant has in all.

use frontdesk_api::native::limits::{LimitSource, TenantLimitState};
use frontdesk_core::directory::TenantDirectory;
use frontdesk_core::limit::TenantLimit;
use frontdesk_core::log::LogId;
use frontdesk_core::port::StoreError;

use super::kind::{Excess, Limit};
use crate::error::ApiError;
use crate::parts::Parts;

impl Parts {
    /// Refuses a customer who is new if the tenant has as many as it may.
    pub async fn admit_customer(&self, tenant: &TenantDirectory, customer: LogId) -> Result<(), ApiError> {
        let limit = TenantLimit::Customers;
        let Some(most) = self.limits.of_tenant(tenant, limit) else { return Ok(()) };
        let used = self.store.usage(&tenant.tenant.id).await?.customers;
        if used < most || self.store.load(customer).await?.is_some() {
            return Ok(());
        }
        Err(reached(limit, most, used).into())
    }

    /// Refuses what would be stored if the tenant stores as much as it may.
    pub async fn has_storage(&self, tenant: &TenantDirectory) -> Result<(), ApiError> {
        let limit = TenantLimit::StorageBytes;
        let Some(most) = self.limits.of_tenant(tenant, limit) else { return Ok(()) };
        let used = self.store.usage(&tenant.tenant.id).await?.bytes();
        if used < most { Ok(()) } else { Err(reached(limit, most, used).into()) }
    }

    /// Refuses so many more items of a kind if the tenant would then have more than it may.
    pub fn has_room_for(&self, tenant: &TenantDirectory, kind: &str, more: usize) -> Result<(), ApiError> {
        let (limit, used) = match kind {
            "agent" => (TenantLimit::Agents, tenant.agents.len()),
            "channel" => (TenantLimit::Channels, tenant.channels.len()),
            _ => return Ok(()),
        };
        let Some(most) = self.limits.of_tenant(tenant, limit) else { return Ok(()) };
        let (used, more) = (used as u64, more as u64);
        if more == 0 || used.saturating_add(more) <= most {
            Ok(())
        } else {
            Err(reached(limit, most, used).into())
        }
    }

    /// Each limit of a tenant, with where it stands.
    pub async fn tenant_limits(&self, tenant: &TenantDirectory) -> Result<Vec<TenantLimitState>, StoreError> {
        let id = &tenant.tenant.id;
        let usage = self.store.usage(id).await?;
        let used = |limit: TenantLimit| match limit {
            TenantLimit::Messages => self.limits.messages_now(tenant, self.clock.now()),
            TenantLimit::Customers => usage.customers,
            TenantLimit::StorageBytes => usage.bytes(),
            TenantLimit::Agents => tenant.agents.len() as u64,
            TenantLimit::Channels => tenant.channels.len() as u64,
            TenantLimit::PushLanes => self.limits.push_lanes_of(id),
            TenantLimit::Connections => self.limits.held_of_tenant(id),
        };
        let state = |limit: TenantLimit| TenantLimitState {
            name: limit.name().to_owned(),
            most: self.limits.of_tenant(tenant, limit),
            used: used(limit),
            source: if tenant.tenant.limits.names(limit) {
                LimitSource::Tenant
            } else {
                LimitSource::Default
            },
        };
        Ok(TenantLimit::ALL.into_iter().map(state).collect())
    }
}

fn reached(limit: TenantLimit, most: u64, used: u64) -> Excess {
    Excess { limit: Limit::Tenant(limit), most, used, wait: None }.noted()
}
