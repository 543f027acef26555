//! What concerns the whole store, in the audit log of every tenant.

use std::collections::BTreeSet;

use frontdesk_core::audit::{Actor, Draft};
use frontdesk_core::directory::Item;
use frontdesk_core::port::{Store, StoreError};

/// Records that somebody did something with the whole store in the chain of every tenant.
pub async fn record_in_every_chain(store: &dyn Store, action: &str, by: &Actor) -> Result<(), StoreError> {
    let mut tenants: BTreeSet<_> = store.audit_heads().await?.into_iter().map(|(tenant, _)| tenant).collect();
    let items = store.items().await?;
    tenants.extend(items.into_iter().filter(|(_, item)| matches!(item, Item::Tenant(_))).map(|(id, _)| id));
    let draft = |tenant| Draft { actor: by.clone(), ..Draft::by_system(tenant, action) };
    store.append_audit(tenants.into_iter().map(draft).collect()).await
}
