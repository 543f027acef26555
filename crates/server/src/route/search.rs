//! Searching what was said.

use std::collections::HashMap;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use frontdesk_api::FieldError;
use frontdesk_api::native::search::{ResultKind, SearchAnswer, SearchQuery as WireQuery, SearchResult};
use frontdesk_core::access::{On, Permission};
use frontdesk_core::entry::EntryBody;
use frontdesk_core::id::{AgentId, ChannelId, QueueId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{ConversationFilter, Hit, Reach, SearchPlace, SearchQuery, SearchScope};
use frontdesk_core::seal::Sealed;
use frontdesk_core::search::{Phrase, Query, findable, snippet};

use tokio::time::Instant;

use crate::deliver::native;
use crate::error::{ApiError, NativeError};
use crate::extract::{AgentCaller, NativeQuery};
use crate::parts::Parts;
use crate::route::agent::may_see;
use crate::route::customers::{customer_id, visible_logs};
use crate::route::openapi::native::BadQuery;

/// What the cursors of searches are sealed for.
const CURSOR: &[u8] = b"search";
/// How much of a text is shown, in characters.
const SHOWN: usize = 200;
/// How long is looked further when little was found yet.
const PATIENCE: Duration = Duration::from_millis(150);
/// Most waiting conversations that an agent finds things in because they wait.
const WAITING: usize = 100;

/// Finds what was said, newest first: messages, notes, whispers and messages that were left.
///
/// Whoever may read every conversation finds everything in their scope, others what is said in conversations that they may
/// see.
#[utoipa::path(
    get,
    path = "/api/v1/search",
    operation_id = "search",
    tag = "Customers",
    params(WireQuery),
    responses((status = 200, description = "What was found.", body = SearchAnswer), BadQuery),
)]
pub async fn search(
    State(parts): State<Parts>,
    caller: AgentCaller,
    NativeQuery(query): NativeQuery<WireQuery>,
) -> Result<Json<SearchAnswer>, NativeError> {
    let wish = query.check()?;
    let asked = Query::parse(wish.text.0).map_err(|error| FieldError::invalid("q", error.to_string()))?;
    let phrases = asked.phrases.clone();
    let mut wanted = wanted(&parts, &caller, asked).await?;
    if let Some(customer) = wish.customer {
        wanted.logs = match visible_logs(&parts, &caller, customer).await {
            Ok(logs) => logs,
            Err(ApiError::NotFound) => {
                return Err(FieldError::invalid("customer", "names no customer").into());
            }
            Err(error) => return Err(error.into()),
        };
    }
    wanted.below = wish.cursor.map(|cursor| open_cursor(&parts, cursor)).transpose()?;
    let (found, below) = find(&parts, &caller, wanted, wish.limit).await?;
    let results = found.iter().filter_map(|hit| shown(&parts, hit, &phrases));
    let next = below.map(|place| parts.sealer.seal_bytes(CURSOR, &place.0.to_be_bytes()));
    Ok(Json(SearchAnswer { results: results.collect(), has_more: next.is_some(), next }))
}

/// What may be seen of what is found, and where to go on if there may be more.
async fn find(
    parts: &Parts,
    caller: &AgentCaller,
    mut wanted: SearchQuery,
    limit: usize,
) -> Result<(Vec<Hit>, Option<SearchPlace>), ApiError> {
    let until = Instant::now() + PATIENCE;
    let mut seen: HashMap<(LogId, u64), bool> = HashMap::new();
    let mut found: Vec<Hit> = Vec::new();
    loop {
        // One more than wanted tells whether there are more.
        let page = parts.store.search(wanted.clone(), limit + 1).await?;
        for hit in page.hits {
            let conversation = (hit.log, hit.entry.conversation);
            let may = match seen.get(&conversation) {
                Some(may) => *may,
                None => may_find(parts, caller, &hit).await?,
            };
            seen.insert(conversation, may);
            if may && found.len() == limit {
                return Ok((found, wanted.below));
            }
            wanted.below = Some(hit.place);
            if may {
                found.push(hit);
            }
        }
        wanted.below = page.below;
        if page.below.is_none() || Instant::now() >= until {
            return Ok((found, page.below));
        }
    }
}

/// The index knows roughly who may see what; the conversation itself knows exactly.
async fn may_find(parts: &Parts, caller: &AgentCaller, hit: &Hit) -> Result<bool, ApiError> {
    if hit.customer.tenant != caller.tenant.tenant.id {
        return Ok(false);
    }
    if caller.may(Permission::ConversationsReadAll, On::Tenant) {
        return Ok(true);
    }
    if hit.entry.conversation == 0 {
        let channel = &hit.customer.channel;
        let queue = caller.tenant.channels.get(channel).and_then(|channel| channel.queue.as_ref());
        let oversees = caller.may(Permission::ConversationsReadAll, On::Channel(channel, queue));
        return Ok(oversees || serves(caller).contains(channel));
    }
    let row = parts.store.conversation(hit.log, hit.entry.conversation).await?;
    Ok(row.is_some_and(|row| may_see(caller, &row)))
}

/// The channels whose customers wait in a queue that the caller serves.
fn serves(caller: &AgentCaller) -> Vec<ChannelId> {
    let channels = caller.tenant.channels.values();
    let served = |queue: &QueueId| caller.agent.queues.contains(queue);
    let channels = channels.filter(|channel| channel.queue.as_ref().is_some_and(served));
    channels.map(|channel| channel.id.clone()).collect()
}

async fn scope(parts: &Parts, caller: &AgentCaller) -> Result<SearchScope, ApiError> {
    let tenant = caller.tenant.tenant.id.clone();
    let within = &caller.rights.scope.channels;
    let channels = (!within.is_empty()).then(|| within.clone());
    let mut scope = SearchScope { tenant, channels, queues: None, reach: None };
    if !caller.may(Permission::ConversationsReadAll, On::Anything) {
        let waiting = ConversationFilter::Waiting(caller.agent.queues.clone());
        let waiting = parts.store.conversations(&scope.tenant, waiting, WAITING).await?;
        scope.reach = Some(Reach {
            agent: caller.agent.id.clone(),
            channels: serves(caller),
            conversations: waiting.into_iter().map(|row| (row.log, row.conversation)).collect(),
        });
    }
    Ok(scope)
}

async fn wanted(parts: &Parts, caller: &AgentCaller, asked: Query) -> Result<SearchQuery, ApiError> {
    let unknown = |what: &str| FieldError::invalid("q", format!("has a `{what}:` that names none"));
    let conversation = match asked.conversation {
        Some(id) => Some(parts.sealer.open(Sealed::Conversation, &id).ok_or_else(|| unknown("in"))?),
        None => None,
    };
    let named = |what: &str, error: frontdesk_core::id::IdError| {
        ApiError::field_invalid("q", format!("has a `{what}:` that {error}"))
    };
    Ok(SearchQuery {
        scope: scope(parts, caller).await?,
        phrases: asked.phrases,
        from: asked.from,
        channel: asked.channel.as_deref().map(ChannelId::new).transpose().map_err(|e| named("channel", e))?,
        queue: asked.queue.as_deref().map(QueueId::new).transpose().map_err(|e| named("queue", e))?,
        agent: asked.agent.as_deref().map(AgentId::new).transpose().map_err(|e| named("agent", e))?,
        conversation,
        logs: Vec::new(),
        before: asked.before,
        after: asked.after,
        below: None,
    })
}

fn open_cursor(parts: &Parts, cursor: &str) -> Result<SearchPlace, ApiError> {
    let place = parts.sealer.open_bytes(CURSOR, cursor).and_then(|place| place.try_into().ok());
    let place = place.map(|place| SearchPlace(u64::from_be_bytes(place)));
    place.ok_or_else(|| FieldError::invalid("cursor", "is none of a search").into())
}

fn shown(parts: &Parts, hit: &Hit, phrases: &[Phrase]) -> Option<SearchResult> {
    let text = findable(&hit.entry.body)?.text;
    let snippet = snippet(&text, phrases, SHOWN);
    let kind = match &hit.entry.body {
        EntryBody::Note(_) => ResultKind::Note,
        EntryBody::Whispered(_) => ResultKind::Whisper,
        EntryBody::LeftMessage { .. } => ResultKind::LeftMessage,
        _ => ResultKind::Message,
    };
    let conversation = hit.entry.conversation;
    Some(SearchResult {
        conversation_id: (conversation > 0).then(|| native::conversation_id(parts, hit.log, conversation)),
        customer_id: customer_id(parts, hit.log),
        customer: native::customer(&hit.customer),
        channel_id: hit.customer.channel.to_string(),
        kind,
        message: native::message_of(parts, &hit.customer, hit.log, &hit.entry),
        seq: hit.entry.number.0,
        at: hit.entry.at.as_millis(),
        snippet: snippet.text.into(),
        highlights: snippet.ranges,
    })
}
