//! The feed as acknowledged polls.

use std::time::Duration;

use frontdesk_api::messaging::poll::PollQuery;
use frontdesk_api::named::Named as _;

use super::network::Ask;

/// The query of a poll, held for up to `wait`.
pub(super) fn query(ask: &Ask, wait: Duration, limit: usize) -> PollQuery {
    PollQuery {
        wait: Some(wait.as_secs().to_string().into()),
        limit: Some(limit.to_string().into()),
        ..wish(ask)
    }
}

/// What polls and Server-sent events ask for alike.
pub(super) fn wish(ask: &Ask) -> PollQuery {
    let events: Vec<_> = ask.events.iter().map(|class| class.as_str()).collect();
    PollQuery {
        is_need_read: ask.is_need_read.then(|| "true".into()),
        cursor: Some(ask.cursor.as_str().into()),
        device_id: ask.device_id.as_deref().map(Into::into),
        events: (!events.is_empty()).then(|| events.join(",").into()),
        ..PollQuery::default()
    }
}
