//! What customers were promised, as clients of the native API see it.

use frontdesk_api::native::feed::{FeedEvent, SlaNotice};
use frontdesk_api::native::sla::{
    SlaClock as WireClock, SlaNews as WireNews, SlaStanding as WireStanding, SlaTarget as WireTarget,
};
use frontdesk_core::conversation::{SlaStanding, TimerRules, sla_clocks};
use frontdesk_core::entry::{Entry, EntryBody, SlaNews, SlaTarget};
use frontdesk_core::port::{ConversationRow, ConversationStatus, StoreError};

use crate::parts::Parts;

/// How it stands with what the customer of a conversation was promised; empty once it is over.
pub async fn promises(parts: &Parts, row: &ConversationRow) -> Result<Vec<WireClock>, StoreError> {
    let directory = parts.directory.load();
    let Some(tenant) = directory.tenant(&row.customer.tenant) else { return Ok(Vec::new()) };
    let Some(channel) = tenant.channels.get(&row.customer.channel) else { return Ok(Vec::new()) };
    if row.status == ConversationStatus::Closed {
        return Ok(Vec::new());
    }
    let Some(view) = parts.store.load(row.log).await? else { return Ok(Vec::new()) };
    let open = view.state.open().filter(|_| view.state.conversations == row.conversation);
    let rules = TimerRules { channel, queues: &tenant.queues, now: parts.clock.now() };
    let clocks = open.map(|conversation| sla_clocks(conversation, &rules)).unwrap_or_default();
    let shown = clocks.into_iter().map(|clock| WireClock {
        target: wire_target(clock.target),
        due: clock.due.map(frontdesk_core::time::Timestamp::as_millis),
        state: wire_standing(clock.standing),
    });
    Ok(shown.collect())
}

/// The event that says that a promise is missed or about to be; `None` for any other entry.
pub(super) fn sla_event(entry: &Entry, conversation_id: &str) -> Option<FeedEvent> {
    let EntryBody::Sla { policy, target, what, due } = &entry.body else { return None };
    let what = match what {
        // Whoever sees the conversation sees its promises.
        SlaNews::Promised => return None,
        SlaNews::Warned => WireNews::Warned,
        SlaNews::Breached => WireNews::Breached,
    };
    Some(FeedEvent::Sla(SlaNotice {
        at: entry.at.as_millis(),
        conversation_id: conversation_id.to_owned(),
        policy: policy.to_string(),
        target: wire_target(*target),
        what,
        due: due.as_millis(),
    }))
}

const fn wire_target(target: SlaTarget) -> WireTarget {
    match target {
        SlaTarget::FirstReply => WireTarget::FirstReply,
        SlaTarget::NextReply => WireTarget::NextReply,
        SlaTarget::Resolution => WireTarget::Resolution,
    }
}

const fn wire_standing(standing: SlaStanding) -> WireStanding {
    match standing {
        SlaStanding::Running => WireStanding::Running,
        SlaStanding::Paused => WireStanding::Paused,
        SlaStanding::Warned => WireStanding::Warned,
        SlaStanding::Breached => WireStanding::Breached,
        SlaStanding::Met => WireStanding::Met,
    }
}
