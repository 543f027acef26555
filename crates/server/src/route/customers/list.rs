//! Lists of customers.

use axum::Json;
use axum::extract::State;
use frontdesk_api::FieldError;
use frontdesk_api::native::customer::{CustomerList, CustomerQuery, CustomerWish};
use frontdesk_core::access::{On, Permission};
use frontdesk_core::customer::Profile;
use frontdesk_core::id::{ChannelId, QueueId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{ConversationFilter, CustomerFilter, CustomerPlace};
use frontdesk_core::search::folded;
use frontdesk_core::time::Timestamp;

use super::wire::{core_value, profile};
use crate::error::{ApiError, NativeError};
use crate::extract::{AgentCaller, NativeQuery};
use crate::parts::Parts;
use crate::route::agent::visible as visible_conversation;
use crate::route::openapi::native::{BadQuery, NotFound};

/// What the cursors of this list are sealed for.
const CURSOR: &[u8] = b"customers";
/// Most conversations of an agent whose customers are listed.
const OWN: usize = 500;

/// Customers of the tenant, those seen last at the head.
///
/// Whoever may read every conversation sees all of them; others, and those with a scope, the customers with whom they, or
/// their queues, have to do now.
#[utoipa::path(
    get,
    path = "/api/v1/customers",
    operation_id = "listCustomers",
    tag = "Customers",
    params(CustomerQuery),
    responses((status = 200, description = "The customers.", body = CustomerList), BadQuery, NotFound),
)]
pub async fn list(
    State(parts): State<Parts>,
    caller: AgentCaller,
    NativeQuery(query): NativeQuery<CustomerQuery>,
) -> Result<Json<CustomerList>, NativeError> {
    let wish = query.check()?;
    if let Some(conversation) = wish.conversation {
        let row = visible_conversation(&parts, &caller, conversation).await?;
        let found = parts.store.customer(row.log).await?.ok_or(ApiError::Internal)?;
        return Ok(Json(CustomerList { customers: vec![profile(&parts, &found)], next: None }));
    }
    let mut filter = filter_of(&parts, &wish)?;
    if !caller.may(Permission::ConversationsReadAll, On::Tenant) {
        filter.logs = Some(own(&parts, &caller).await?);
    }
    // One more than wanted tells whether there are more.
    let mut found = parts.store.customers(&caller.tenant.tenant.id, filter, wish.limit + 1).await?;
    let has_more = found.len() > wish.limit;
    found.truncate(wish.limit);
    let next = found.last().filter(|_| has_more).map(|last| cursor_behind(&parts, last));
    Ok(Json(CustomerList { customers: found.iter().map(|found| profile(&parts, found)).collect(), next }))
}

fn filter_of(parts: &Parts, wish: &CustomerWish<'_>) -> Result<CustomerFilter, ApiError> {
    let moment = |millis: u64| Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX));
    let channel = wish.channel.map(ChannelId::new).transpose();
    let after = wish.cursor.map(|cursor| open_cursor(parts, cursor)).transpose()?;
    Ok(CustomerFilter {
        text: wish.text.map(folded),
        user: wish.user.map(str::to_owned),
        channel: channel.map_err(|error| ApiError::field_invalid("channelId", error))?,
        tag: wish.tag.map(str::to_owned),
        attribute: wish.attribute.as_ref().map(|(key, value)| ((*key).to_owned(), core_value(value))),
        seen_from: wish.seen_from.map(moment),
        seen_before: wish.seen_before.map(moment),
        blocked: wish.blocked,
        logs: None,
        after,
    })
}

/// The logs of whoever an agent has to do with.
async fn own(parts: &Parts, caller: &AgentCaller) -> Result<Vec<LogId>, ApiError> {
    let (tenant, me) = (&caller.tenant.tenant.id, &caller.agent.id);
    let mut logs = Vec::new();
    for filter in [
        ConversationFilter::HeldBy(me.clone()),
        ConversationFilter::JoinedBy(me.clone()),
        ConversationFilter::Waiting(queues_of(caller)),
    ] {
        let rows = parts.store.conversations(tenant, filter, OWN).await?;
        logs.extend(rows.into_iter().map(|row| row.log));
    }
    Ok(logs)
}

/// The queues that somebody serves, and those that they oversee.
fn queues_of(caller: &AgentCaller) -> Vec<QueueId> {
    let oversees = |queue: &&QueueId| caller.may(Permission::ConversationsReadAll, On::Queue(queue));
    let watched = caller.tenant.queues.keys().filter(oversees);
    caller.agent.queues.iter().chain(watched).cloned().collect()
}

fn cursor_behind(parts: &Parts, last: &Profile) -> String {
    let seen = last.last_seen().unwrap_or(Timestamp::ZERO).as_millis();
    let mut place = seen.to_be_bytes().to_vec();
    place.extend(last.log.as_bytes());
    parts.sealer.seal_bytes(CURSOR, &place)
}

fn open_cursor(parts: &Parts, cursor: &str) -> Result<CustomerPlace, ApiError> {
    let place = parts.sealer.open_bytes(CURSOR, cursor).and_then(|place| {
        let (seen, log) = place.split_first_chunk::<8>()?;
        let log = LogId::from_bytes(log.try_into().ok()?);
        Some(CustomerPlace { seen: Timestamp::from_millis(i64::from_be_bytes(*seen)), log })
    });
    place.ok_or_else(|| FieldError::invalid("cursor", "is none of this list").into())
}
