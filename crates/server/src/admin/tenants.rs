//! Taking a tenant away.

use frontdesk_core::id::TenantId;
use frontdesk_core::port::{ConversationFilter, ItemChanges, StoreError};

use super::command::AdminError;
use super::items::find;
use super::means::Means;
use super::record::removed;

/// How often it is decided anew because something else was changed meanwhile.
const TRIES: usize = 16;

/// Takes a tenant away with everything configured of it. What was said stays stored, but nobody gets at it. Once a
/// customer has had a conversation, this needs `force`.
pub(super) async fn remove_tenant(
    means: Means<'_>,
    tenant: &TenantId,
    force: bool,
) -> Result<(), AdminError> {
    for filter in [ConversationFilter::Open, ConversationFilter::Ended] {
        if !force && !means.store.conversations(tenant, filter, 1).await?.is_empty() {
            return Err(AdminError::InUse("conversations".to_owned()));
        }
    }
    for _ in 0..TRIES {
        let seen = means.store.configured().await?;
        let own = seen.items.iter().filter(|(owner, _)| owner == tenant);
        let remove: Vec<_> =
            own.map(|(_, item)| (tenant.clone(), item.kind(), item.id().to_owned())).collect();
        let whole = find(&seen.items, tenant, "tenant", tenant.as_str());
        let audit = whole.map(|item| removed(means.act, tenant, item)).into_iter().collect();
        let changes = ItemChanges { remove, audit, version: Some(seen.version), ..ItemChanges::default() };
        if means.store.change_items(changes).await? {
            means.act.recorded();
            return Ok(());
        }
    }
    Err(StoreError::Busy.into())
}
