//! What a customer who starts to wait asks for.

use std::time::Duration;

use frontdesk_core::conversation::LogState;
use frontdesk_core::id::{AgentId, QueueId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{LogView, QueueItem, StoreError};
use frontdesk_core::time::Timestamp;

use crate::parts::Parts;

/// Where and since when a customer waits, as decided.
pub(super) struct Wait<'a> {
    pub(super) log: LogId,
    pub(super) queue: &'a QueueId,
    pub(super) fence: u64,
    pub(super) since: Timestamp,
    pub(super) avoid: Option<&'a AgentId>,
}

/// The customer as the queue knows them.
pub(super) async fn item(parts: &Parts, view: &LogView, wait: Wait<'_>) -> Result<QueueItem, StoreError> {
    let customer = &view.customer;
    let weight = {
        let directory = parts.directory.load();
        directory.channel(&customer.tenant, &customer.channel).map_or(1, |channel| channel.weight)
    };
    let Wait { log, queue, fence, avoid, .. } = wait;
    let since = match wait.since {
        Timestamp::ZERO => before_all(parts, view, queue).await?,
        since => since,
    };
    let prefer = preferred(parts, view, &Wait { since, ..wait }).await?;
    let item = QueueItem::new(customer.tenant.clone(), queue.clone(), log, fence, since);
    Ok(QueueItem {
        avoid: avoid.cloned(),
        conversation: view.state.conversations,
        priority: view.state.open().map_or(0, |conversation| conversation.priority.rank()),
        weight: weight.max(1),
        locale: customer.locale.clone(),
        prefer,
        ..item
    })
}

/// An age with which the customer comes before everybody who waits there, whatever their own.
async fn before_all(parts: &Parts, view: &LogView, queue: &QueueId) -> Result<Timestamp, StoreError> {
    let waiting = parts.store.waiting(&view.customer.tenant, queue, usize::MAX).await?;
    let oldest = waiting.iter().map(|item| Timestamp::from_millis(item.since.as_millis() - 1)).min();
    let own = view.state.open().map_or_else(|| parts.clock.now(), |conversation| conversation.opened);
    Ok(oldest.map_or(own, |oldest| oldest.min(own)))
}

/// The agent who served the customer last, if the queue prefers them, it was not long ago, and they did not pass the
/// customer on just now; and until when they are waited for.
async fn preferred(
    parts: &Parts,
    view: &LogView,
    wait: &Wait<'_>,
) -> Result<Option<(AgentId, Timestamp)>, StoreError> {
    let sticky = {
        let directory = parts.directory.load();
        let tenant = directory.tenant(&view.customer.tenant);
        tenant.and_then(|tenant| tenant.queues.get(wait.queue)).and_then(|queue| queue.sticky)
    };
    let (Some(sticky), Some(served)) = (sticky, &view.state.last_served) else { return Ok(None) };
    if wait.avoid == Some(&served.agent) {
        return Ok(None);
    }
    let ended = last_ended(parts, wait.log, &view.state, served.conversation).await?;
    let is_recent = ended.is_none_or(|ended| wait.since.since(ended) <= Duration::from_secs(sticky.within));
    Ok(is_recent.then(|| (served.agent.clone(), wait.since.plus(Duration::from_secs(sticky.wait)))))
}

/// When that conversation ended; `None` if it goes on.
async fn last_ended(
    parts: &Parts,
    log: LogId,
    state: &LogState,
    conversation: u64,
) -> Result<Option<Timestamp>, StoreError> {
    if state.open().is_some() && state.conversations == conversation {
        return Ok(None);
    }
    let row = parts.store.conversation(log, conversation).await?;
    // What is no longer known of was long ago.
    Ok(Some(row.and_then(|row| row.ended).unwrap_or_default()))
}
