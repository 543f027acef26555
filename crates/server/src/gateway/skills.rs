//! Skill queues as desks of the agent gateway know them: by numbers.

use std::sync::Arc;

use frontdesk_api::agentgateway::WEB_CHAT;
use frontdesk_api::agentgateway::skill::{Skill, skill_number};
use frontdesk_core::directory::{Queue, TenantDirectory};
use frontdesk_core::id::QueueId;

/// A skill queue with its number.
pub fn skill(queue: &Queue) -> Skill {
    Skill { name: queue.name.clone(), id: skill_number(queue.id.as_str()), mediatype: WEB_CHAT }
}

/// The queue that a desk names, by its id or by its number.
pub fn named<'a>(tenant: &'a TenantDirectory, name: &str) -> Option<&'a Arc<Queue>> {
    let of_id = QueueId::new(name).ok().and_then(|id| tenant.queues.get(&id));
    of_id.or_else(|| {
        let number: u32 = name.parse().ok()?;
        tenant.queues.values().find(|queue| skill_number(queue.id.as_str()) == number)
    })
}
