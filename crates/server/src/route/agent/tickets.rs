//! Messages that customers left: lists, and what agents do with one.

use axum::Json;
use axum::extract::{Path, State};
use frontdesk_api::FieldError;
use frontdesk_api::native::ticket::{
    AnswerTicketRequest, Ticket as WireTicket, TicketList, TicketQuery, TicketState as WireState,
};
use frontdesk_core::access::{On, Permission};
use frontdesk_core::conversation::Command;
use frontdesk_core::entry::{Audience, Entry, EntryBody};
use frontdesk_core::id::QueueId;
use frontdesk_core::log::EntryNumber;
use frontdesk_core::message::{Author, Message};
use frontdesk_core::port::{ReadQuery, TicketFilter};
use frontdesk_core::seal::Sealed;
use frontdesk_core::ticket::{Ticket, TicketChange, TicketId, TicketRefusal, TicketStep};
use sha2::{Digest as _, Sha256};

use crate::deliver::{TicketsSeen, native, ticket_id, ticket_state};
use crate::engine::{RepeatKey, RunError};
use crate::error::{ApiError, NativeError};
use crate::extract::{AgentCaller, NativeJson, NativeQuery, Principal};
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, BadQuery, Conflict, NotFound};
use crate::work::tickets_changed;

/// Messages that customers left to be answered later, those left first at the head.
///
/// Agents see those of their queues, supervisors all.
#[utoipa::path(
    get,
    path = "/api/v1/agent/tickets",
    operation_id = "listTickets",
    tag = "Tickets",
    params(TicketQuery),
    responses((status = 200, description = "The tickets.", body = TicketList), BadQuery),
)]
pub async fn list(
    State(parts): State<Parts>,
    caller: Principal,
    NativeQuery(query): NativeQuery<TicketQuery>,
) -> Result<Json<TicketList>, NativeError> {
    let wish = query.check()?;
    let after = wish.after.map(|id| {
        open_id(&parts, id).ok_or_else(|| ApiError::from(FieldError::invalid("after", "is no ticket")))
    });
    let sees = TicketsSeen::by(&caller);
    let queues = match wish.queue.map(QueueId::new) {
        Some(Ok(queue)) => Some(if sees.has_queue(&queue) { vec![queue] } else { Vec::new() }),
        Some(Err(_)) => Some(Vec::new()),
        None => sees.queues.clone(),
    };
    let filter = TicketFilter { state: wish.state.map(core_state), queues, after: after.transpose()? };
    // One more than wanted tells whether there are more.
    let mut found = parts.store.tickets(&caller.tenant.tenant.id, filter, wish.limit + 1).await?;
    let has_more = found.len() > wish.limit;
    found.truncate(wish.limit);
    let next = found.last().filter(|_| has_more).map(|ticket| ticket_id(&parts, ticket.id));
    let mut tickets = Vec::with_capacity(found.len());
    for ticket in found.iter().filter(|ticket| sees.has(ticket)) {
        tickets.push(shown(&parts, ticket).await?);
    }
    Ok(Json(TicketList { tickets, next }))
}

/// One message that was left, with its text.
#[utoipa::path(
    get,
    path = "/api/v1/agent/tickets/{ticket}",
    operation_id = "readTicket",
    tag = "Tickets",
    params(("ticket" = String, Path, description = "The ticket.")),
    responses((status = 200, description = "The ticket.", body = WireTicket), NotFound),
)]
pub async fn read(
    State(parts): State<Parts>,
    caller: Principal,
    Path(id): Path<String>,
) -> Result<Json<WireTicket>, NativeError> {
    let ticket = visible(&parts, TicketsSeen::by(&caller), &id).await?;
    Ok(Json(with_texts(&parts, &ticket).await?))
}

/// The caller sees to it from now on. Of several who claim it at once, one gets it.
#[utoipa::path(
    post,
    path = "/api/v1/agent/tickets/{ticket}/claim",
    operation_id = "claimTicket",
    tag = "Tickets",
    params(("ticket" = String, Path, description = "The ticket.")),
    responses((status = 200, description = "It is the caller's.", body = WireTicket), NotFound, Conflict),
)]
pub async fn claim(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path(id): Path<String>,
) -> Result<Json<WireTicket>, NativeError> {
    Ok(change(&parts, &caller, &id, TicketStep::Claim).await?)
}

/// Somebody else is to see to it. A supervisor can take it from an agent so.
#[utoipa::path(
    post,
    path = "/api/v1/agent/tickets/{ticket}/release",
    operation_id = "releaseTicket",
    tag = "Tickets",
    params(("ticket" = String, Path, description = "The ticket.")),
    responses((status = 200, description = "It is open again.", body = WireTicket), NotFound, Conflict),
)]
pub async fn release(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path(id): Path<String>,
) -> Result<Json<WireTicket>, NativeError> {
    Ok(change(&parts, &caller, &id, TicketStep::Release).await?)
}

/// It is done with, answered or not.
#[utoipa::path(
    post,
    path = "/api/v1/agent/tickets/{ticket}/close",
    operation_id = "closeTicket",
    tag = "Tickets",
    params(("ticket" = String, Path, description = "The ticket.")),
    responses((status = 200, description = "It is closed.", body = WireTicket), NotFound, Conflict),
)]
pub async fn close(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path(id): Path<String>,
) -> Result<Json<WireTicket>, NativeError> {
    Ok(change(&parts, &caller, &id, TicketStep::Close).await?)
}

/// Answers the customer in the caller's name, whether a conversation is open or not; it opens none.
///
/// The ticket must be the caller's. It is answered once: the same answer sent again is not told again.
#[utoipa::path(
    post,
    path = "/api/v1/agent/tickets/{ticket}/answer",
    operation_id = "answerTicket",
    tag = "Tickets",
    params(("ticket" = String, Path, description = "The ticket.")),
    request_body = AnswerTicketRequest,
    responses(
        (status = 200, description = "The customer is answered.", body = WireTicket),
        BadBody,
        NotFound,
        Conflict,
    ),
)]
pub async fn answer(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path(id): Path<String>,
    NativeJson(request): NativeJson<AnswerTicketRequest>,
) -> Result<Json<WireTicket>, NativeError> {
    let ticket = visible(&parts, TicketsSeen::by(&caller.clone().into()), &id).await?;
    let channel = caller.tenant.channels.get(&ticket.channel).ok_or(ApiError::NotFound)?;
    let text = request.check(channel.text_chars)?.0;
    let repeat = repeat_key(&caller, ticket.id, text);
    // Asked again after the answer was lost.
    let before = parts.store.repeated(ticket.id.log, &repeat.key).await?;
    if before.is_none_or(|before| before.fingerprint != repeat.fingerprint) {
        ticket.may_be_answered_by(&caller.agent.id).map_err(ApiError::from)?;
        let left = entry(&parts, ticket.id.log, ticket.id.number).await?.ok_or(ApiError::NotFound)?;
        let message = Message {
            nickname: Some(caller.agent.nickname.clone()),
            avatar: caller.agent.avatar.clone(),
            ..Message::text(Author::Agent(caller.agent.id.clone()), text)
        };
        let command = Command::AnswerTicket {
            agent: caller.agent.id.clone(),
            ticket: ticket.id.number,
            conversation: left.conversation,
            message,
        };
        match parts.run_once(ticket.id.log, command, Some(repeat)).await {
            Ok(_) => {}
            // Somebody else's answer was faster.
            Err(RunError::KeyReused) => return Err(ApiError::from(TicketRefusal::Done).into()),
            Err(error) => return Err(error.into()),
        }
    }
    let ticket = parts.store.ticket(ticket.id).await?.ok_or(ApiError::NotFound)?;
    Ok(Json(with_texts(&parts, &ticket).await?))
}

/// A ticket is answered once, whoever does it.
fn repeat_key(caller: &AgentCaller, ticket: TicketId, text: &str) -> RepeatKey {
    let mut hasher = Sha256::new();
    let agent = caller.agent.id.as_str();
    hasher.update((agent.len() as u64).to_be_bytes());
    hasher.update(agent);
    hasher.update(caller.tenant.masker.compared_of_agent(text).as_bytes());
    RepeatKey { key: format!("ticket:{}", ticket.number), fingerprint: hasher.finalize().into() }
}

async fn change(
    parts: &Parts,
    caller: &AgentCaller,
    id: &str,
    step: TicketStep,
) -> Result<Json<WireTicket>, ApiError> {
    let ticket = visible(parts, TicketsSeen::by(&caller.clone().into()), id).await?;
    let on = On::Channel(&ticket.channel, ticket.queue.as_ref());
    let is_supervisor = caller.may(Permission::TicketsManage, on);
    let change = TicketChange { agent: caller.agent.id.clone(), is_supervisor, step };
    let after = parts.store.change_ticket(ticket.id, change).await?;
    tickets_changed(parts, &after.tenant, after.changed);
    Ok(Json(with_texts(parts, &after).await?))
}

fn open_id(parts: &Parts, id: &str) -> Option<TicketId> {
    let (log, number) = parts.sealer.open(Sealed::Ticket, id)?;
    Some(TicketId { log, number: EntryNumber(number) })
}

/// The ticket with this id. One that the caller may not see looks like none.
async fn visible(parts: &Parts, sees: TicketsSeen, id: &str) -> Result<Ticket, ApiError> {
    let id = open_id(parts, id).ok_or(ApiError::NotFound)?;
    let ticket = parts.store.ticket(id).await?.ok_or(ApiError::NotFound)?;
    if sees.has(&ticket) { Ok(ticket) } else { Err(ApiError::NotFound) }
}

async fn shown(parts: &Parts, ticket: &Ticket) -> Result<WireTicket, ApiError> {
    let view = parts.store.load(ticket.id.log).await?.ok_or(ApiError::NotFound)?;
    Ok(WireTicket {
        id: ticket_id(parts, ticket.id),
        state: ticket_state(ticket.state),
        queue: ticket.queue.as_ref().map(ToString::to_string),
        agent_id: ticket.agent.as_ref().map(ToString::to_string),
        channel_id: ticket.channel.to_string(),
        customer: native::customer(&view.customer),
        caller: ticket.caller.clone().into(),
        opened_at: ticket.opened.as_millis(),
        changed_at: ticket.changed.as_millis(),
        text: None,
        answer: None,
    })
}

/// With what was left, and what it was answered.
async fn with_texts(parts: &Parts, ticket: &Ticket) -> Result<WireTicket, ApiError> {
    let mut shown = shown(parts, ticket).await?;
    let left = entry(parts, ticket.id.log, ticket.id.number).await?;
    if let Some(EntryBody::LeftMessage { text, .. }) = left.map(|entry| entry.body) {
        shown.text = Some(text.into());
    }
    if let Some(number) = ticket.answer
        && let Some(EntryBody::Said(said)) =
            entry(parts, ticket.id.log, number).await?.map(|entry| entry.body)
    {
        shown.answer = Some(said.content.into());
    }
    Ok(shown)
}

async fn entry(
    parts: &Parts,
    log: frontdesk_core::log::LogId,
    number: EntryNumber,
) -> Result<Option<Entry>, ApiError> {
    let query = ReadQuery {
        after: EntryNumber(number.0.saturating_sub(1)),
        through: number,
        audience: Audience::AGENT,
        limit: 1,
        max_bytes: usize::MAX,
    };
    Ok(parts.store.read(log, query).await?.pop())
}

const fn core_state(state: WireState) -> frontdesk_core::ticket::TicketState {
    use frontdesk_core::ticket::TicketState;
    match state {
        WireState::Open => TicketState::Open,
        WireState::Claimed => TicketState::Claimed,
        WireState::Answered => TicketState::Answered,
        WireState::Closed => TicketState::Closed,
    }
}
