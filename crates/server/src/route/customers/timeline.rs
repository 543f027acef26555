//! What was said with a customer, over all conversations and channels.

use axum::Json;
use axum::extract::State;
use frontdesk_api::FieldError;
use frontdesk_api::native::customer::{
    CustomerConversation, CustomerConversationList, PageQuery, TimelineAnswer, TimelineMessage,
};
use frontdesk_core::entry::Entry;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{ConversationPlace, Customer, HistoryQuery};
use frontdesk_core::time::Timestamp;

use super::access::VisibleCustomer;
use crate::deliver::native::{conversation_id, conversation_with_last, message_of};
use crate::error::{ApiError, NativeError};
use crate::extract::NativeQuery;
use crate::parts::Parts;
use crate::route::agent::last_ratings;
use crate::route::openapi::native::{BadQuery, NotFound};
use crate::route::openapi::segment::OfCustomer;

const CONVERSATIONS: &[u8] = b"customer's conversations";
const MESSAGES: &[u8] = b"customer's messages";

/// A customer's conversations on all channels, those opened last at the head.
#[utoipa::path(
    get,
    path = "/api/v1/customers/{customer}/conversations",
    operation_id = "listCustomerConversations",
    tag = "Customers",
    params(OfCustomer, PageQuery),
    responses(
        (status = 200, description = "The conversations.", body = CustomerConversationList),
        BadQuery,
        NotFound,
    ),
)]
pub async fn conversations(
    State(parts): State<Parts>,
    VisibleCustomer { caller, profile, .. }: VisibleCustomer,
    NativeQuery(query): NativeQuery<PageQuery>,
) -> Result<Json<CustomerConversationList>, NativeError> {
    let (limit, cursor) = query.check()?;
    let after = cursor.map(|cursor| open(&parts, CONVERSATIONS, cursor)).transpose()?;
    let after = after.map(|(opened, log)| ConversationPlace { opened, log });
    let mut rows = parts.store.conversations_of(profile.log, after, limit + 1).await?;
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| has_more);
    let next = next.map(|row| sealed(&parts, CONVERSATIONS, (row.opened, row.log)));
    let mut conversations = Vec::with_capacity(rows.len());
    for row in &rows {
        conversations.push(CustomerConversation {
            conversation: conversation_with_last(&parts, row, &caller.agent.id).await?,
            ratings: last_ratings(&parts, row).await?,
        });
    }
    Ok(Json(CustomerConversationList { conversations, next }))
}

/// What was said with a customer on all channels, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/customers/{customer}/messages",
    operation_id = "listCustomerMessages",
    tag = "Customers",
    params(OfCustomer, PageQuery),
    responses((status = 200, description = "The messages.", body = TimelineAnswer), BadQuery, NotFound),
)]
pub async fn messages(
    State(parts): State<Parts>,
    VisibleCustomer { profile, .. }: VisibleCustomer,
    NativeQuery(query): NativeQuery<PageQuery>,
) -> Result<Json<TimelineAnswer>, NativeError> {
    let (limit, cursor) = query.check()?;
    let before = cursor.map(|cursor| open(&parts, MESSAGES, cursor)).transpose()?;
    let mut said: Vec<(Customer, LogId, Entry)> = Vec::new();
    for identity in &profile.identities {
        let customer = Customer {
            tenant: profile.tenant.clone(),
            channel: identity.channel.clone(),
            user: identity.user.clone(),
            name: identity.name.clone(),
            locale: identity.locale.clone(),
        };
        let query = HistoryQuery {
            from: None,
            to: before.map(|before| last_moment(before, identity.log)),
            offset: 0,
            limit: u32::try_from(limit + 1).unwrap_or(u32::MAX),
            messages_only: true,
        };
        let entries = parts.store.history(identity.log, query).await?;
        said.extend(entries.into_iter().map(|entry| (customer.clone(), identity.log, entry)));
    }
    said.sort_unstable_by_key(|(_, log, entry)| std::cmp::Reverse((entry.at, *log)));
    let has_more = said.len() > limit;
    said.truncate(limit);
    let next = said.last().filter(|_| has_more);
    let next = next.map(|(_, log, entry)| sealed(&parts, MESSAGES, (entry.at, *log)));
    let messages = said.iter().filter_map(|(customer, log, entry)| {
        Some(TimelineMessage {
            conversation_id: (entry.conversation > 0)
                .then(|| conversation_id(&parts, *log, entry.conversation)),
            channel_id: customer.channel.to_string(),
            message: message_of(&parts, customer, *log, entry)?,
        })
    });
    Ok(Json(TimelineAnswer { messages: messages.collect(), next }))
}

/// Up to when a log is to be read: it has no two entries of one moment, but another may have one of the same.
fn last_moment((at, log): (Timestamp, LogId), of: LogId) -> Timestamp {
    if of < log { at } else { Timestamp::from_millis(at.as_millis() - 1) }
}

fn sealed(parts: &Parts, purpose: &[u8], (at, log): (Timestamp, LogId)) -> String {
    let mut place = at.as_millis().to_be_bytes().to_vec();
    place.extend(log.as_bytes());
    parts.sealer.seal_bytes(purpose, &place)
}

fn open(parts: &Parts, purpose: &[u8], cursor: &str) -> Result<(Timestamp, LogId), ApiError> {
    let place = parts.sealer.open_bytes(purpose, cursor).and_then(|place| {
        let (at, log) = place.split_first_chunk::<8>()?;
        let log = LogId::from_bytes(log.try_into().ok()?);
        Some((Timestamp::from_millis(i64::from_be_bytes(*at)), log))
    });
    place.ok_or_else(|| FieldError::invalid("cursor", "is none of this list").into())
}
