//! News of waiting lists in an agent's feed: which of the queues that the agent may look at have changed.
//!
//! It is read from what the node knows ([`crate::waiting_lists`]); no store is asked for it.

use std::sync::Arc;

use frontdesk_api::native::feed::{FeedEvent, QueueChange};
use frontdesk_core::access::{On, Permission, Rights};
use frontdesk_core::entry::Audience;
use frontdesk_core::id::{QueueId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::time::Timestamp;

use crate::error::ApiError;
use crate::extract::AgentCaller;
use crate::hub::Waiter;
use crate::parts::Parts;
use crate::waiting_lists::Standing;

/// How many dots a cursor has that says how far queues were told: before the tickets' place and before this one.
const DOTS: usize = 2;

/// How far an agent's feed has told of queues.
#[derive(Debug)]
pub(super) struct QueueNews {
    tenant: TenantId,
    serves: Vec<QueueId>,
    rights: Arc<Rights>,
    after: Timestamp,
}

impl QueueNews {
    /// From a cursor on, whose rest is given back. A cursor that does not say how far queues were told, or none, begins
    /// now.
    pub(super) fn resume<'a>(
        parts: &Parts,
        caller: &AgentCaller,
        cursor: Option<&'a str>,
    ) -> Result<(Self, Option<&'a str>), ApiError> {
        let tenant = caller.tenant.tenant.id.clone();
        let is_told = cursor.is_some_and(|cursor| cursor.matches('.').count() >= DOTS);
        let (rest, given) = match cursor.filter(|_| is_told).and_then(|cursor| cursor.rsplit_once('.')) {
            Some((rest, given)) => (Some(rest), Some(given)),
            None => (cursor, None),
        };
        let now = parts.waiting_lists.last(&tenant).max(parts.started);
        let after = match given {
            Some(given) => {
                let millis = i64::from_str_radix(given, 16).map_err(|_| ApiError::CursorInvalid)?;
                // A clock that was set back must not keep anybody waiting for it to get there again.
                Timestamp::from_millis(millis).min(now.max(parts.clock.now()))
            }
            None => now,
        };
        let (serves, rights) = (caller.agent.queues.clone(), Arc::clone(&caller.rights));
        let news = Self { tenant, serves, rights, after };
        if after < parts.started {
            let queues = caller.tenant.queues.keys().filter(|queue| news.has(queue));
            parts.waiting_lists.catch_up(&news.tenant, queues.cloned());
        }
        Ok((news, rest))
    }

    /// Has news of queues wake somebody.
    pub(super) fn register(&self, parts: &Parts, waiter: &mut Waiter) {
        waiter.register(parts.hub.watch(LogId::of_waiting_lists(&self.tenant)), Audience::AGENT);
    }

    /// The queues that have changed since.
    pub(super) fn read(&mut self, parts: &Parts) -> Vec<FeedEvent> {
        let changed = parts.waiting_lists.after(&self.tenant, self.after);
        let last = changed.iter().map(|(_, standing)| standing.at).max();
        self.after = last.unwrap_or(self.after);
        changed.iter().filter(|(queue, _)| self.has(queue)).map(|(queue, now)| event(queue, *now)).collect()
    }

    /// A cursor with the place among the changes of queues behind it.
    pub(super) fn seal(&self, cursor: &str) -> String {
        format!("{cursor}.{:x}", self.after.as_millis())
    }

    /// Whether the agent may look at the queue's list: agents at those of their queues, whoever may read everything at
    /// all in their scope.
    fn has(&self, queue: &QueueId) -> bool {
        let on = On::Queue(queue);
        self.rights.may(Permission::ConversationsReadAll, on)
            || self.rights.may(Permission::ConversationsRead, on) && self.serves.contains(queue)
    }
}

fn event(queue: &QueueId, standing: Standing) -> FeedEvent {
    FeedEvent::Queue(QueueChange {
        at: standing.at.as_millis(),
        queue: queue.to_string(),
        waiting: standing.waiting,
        longest_since: standing.longest_since.map(Timestamp::as_millis),
    })
}
