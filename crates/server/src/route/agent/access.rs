//! Which conversations an agent may see, and the conversation that a path names.

use axum::extract::{FromRequestParts, RawPathParams};
use frontdesk_core::access::{On, Permission, Rights};
use frontdesk_core::conversation::{LogState, Refusal};
use frontdesk_core::directory::{Agent, TenantDirectory};
use frontdesk_core::id::QueueId;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{ConversationRow, ConversationStatus};
use frontdesk_core::seal::Sealed;
use http::request::Parts as RequestParts;

use crate::audit::{self, Act};
use crate::error::{ApiError, NativeError};
use crate::extract::{AgentCaller, Principal};
use crate::parts::Parts;

/// The part of a path that names a conversation.
const ID: &str = "id";

/// A conversation that the caller may see, by the `{id}` of the path. One that they may not see looks like none.
#[derive(Debug)]
pub struct VisibleConversation {
    /// The caller.
    pub caller: AgentCaller,
    /// The conversation.
    pub row: ConversationRow,
}

/// A conversation that the caller, who may be a program, may read, by the `{id}` of the path.
#[derive(Debug)]
pub struct ReadableConversation {
    /// The caller.
    pub caller: Principal,
    /// The conversation.
    pub row: ConversationRow,
}

/// A conversation that the caller may see and that is still the customer's open one: an older one must not stand for a
/// newer.
#[derive(Debug)]
pub struct OpenConversation {
    /// The caller.
    pub caller: AgentCaller,
    /// The conversation.
    pub row: ConversationRow,
    /// The state of the customer's log.
    pub state: LogState,
}

impl VisibleConversation {
    /// The conversation, if it is still the customer's open one.
    pub async fn open(self, parts: &Parts) -> Result<OpenConversation, ApiError> {
        let Self { caller, row } = self;
        let state = parts.store.load(row.log).await?.ok_or(ApiError::NotFound)?.state;
        if state.is_open(row.conversation) {
            Ok(OpenConversation { caller, row, state })
        } else {
            Err(Refusal::NoSession.into())
        }
    }
}

impl FromRequestParts<Parts> for VisibleConversation {
    type Rejection = NativeError;

    async fn from_request_parts(request: &mut RequestParts, parts: &Parts) -> Result<Self, NativeError> {
        // Either is missing only if router.rs declares another access or path than the handler needs.
        let caller = request.extensions.get::<AgentCaller>().cloned().ok_or(ApiError::Internal)?;
        let row = named(request, parts, Viewer::from(&caller)).await?;
        if let Some(act) = request.extensions.get::<Act>() {
            audit::concerns(parts, act, Some(&caller.agent.id), &row).await?;
        }
        Ok(Self { caller, row })
    }
}

impl FromRequestParts<Parts> for ReadableConversation {
    type Rejection = NativeError;

    async fn from_request_parts(request: &mut RequestParts, parts: &Parts) -> Result<Self, NativeError> {
        let caller = request.extensions.get::<Principal>().cloned().ok_or(ApiError::Internal)?;
        let row = named(request, parts, Viewer::from(&caller)).await?;
        if let Some(act) = request.extensions.get::<Act>() {
            audit::concerns(parts, act, caller.agent().map(|agent| &agent.id), &row).await?;
        }
        Ok(Self { caller, row })
    }
}

impl FromRequestParts<Parts> for OpenConversation {
    type Rejection = NativeError;

    async fn from_request_parts(request: &mut RequestParts, parts: &Parts) -> Result<Self, NativeError> {
        let visible = VisibleConversation::from_request_parts(request, parts).await?;
        Ok(visible.open(parts).await?)
    }
}

/// Somebody who looks.
#[derive(Clone, Copy)]
pub(in crate::route) struct Viewer<'a> {
    tenant: &'a TenantDirectory,
    /// None for a program.
    agent: Option<&'a Agent>,
    rights: &'a Rights,
}

impl<'a> From<&'a AgentCaller> for Viewer<'a> {
    fn from(caller: &'a AgentCaller) -> Self {
        Self { tenant: &caller.tenant, agent: Some(&caller.agent), rights: &caller.rights }
    }
}

impl<'a> From<&'a Principal> for Viewer<'a> {
    fn from(caller: &'a Principal) -> Self {
        Self { tenant: &caller.tenant, agent: caller.agent().map(AsRef::as_ref), rights: &caller.rights }
    }
}

async fn named(
    request: &mut RequestParts,
    parts: &Parts,
    viewer: Viewer<'_>,
) -> Result<ConversationRow, ApiError> {
    let names = RawPathParams::from_request_parts(request, parts).await.map_err(|_| ApiError::NotFound)?;
    let id = names.iter().find_map(|(name, value)| (name == ID).then_some(value));
    visible(parts, viewer, id.ok_or(ApiError::Internal)?).await
}

/// The conversation with this id. One that the viewer may not see looks like none.
pub(in crate::route) async fn visible(
    parts: &Parts,
    viewer: impl Into<Viewer<'_>>,
    id: &str,
) -> Result<ConversationRow, ApiError> {
    let (log, number) = parts.sealer.open(Sealed::Conversation, id).ok_or(ApiError::NotFound)?;
    let row = parts.store.conversation(log, number).await?.ok_or(ApiError::NotFound)?;
    if may_see(viewer, &row) { Ok(row) } else { Err(ApiError::NotFound) }
}

/// Those who may read everything see what lies in their scope; of the rest, agents see what they serve, served, might be
/// given, or are mentioned in. What somebody has or takes part in they see in any case: otherwise the customer would be
/// left with somebody who does not know of them.
pub(in crate::route) fn may_see<'a>(viewer: impl Into<Viewer<'a>>, row: &ConversationRow) -> bool {
    let viewer = viewer.into();
    if row.customer.tenant != viewer.tenant.tenant.id {
        return false;
    }
    if viewer.agent.is_some_and(|agent| is_in(agent, row)) {
        return true;
    }
    let queue = queue_of(viewer.tenant, row);
    let on = On::Channel(&row.customer.channel, queue);
    viewer.rights.may(Permission::ConversationsReadAll, on)
        || viewer.rights.may(Permission::ConversationsRead, on)
            && viewer.agent.is_some_and(|agent| concerns(agent, viewer.tenant, row))
}

/// The queue that a conversation belongs to: that in which it waits or waited last, or would wait.
pub(super) fn queue_of<'a>(tenant: &'a TenantDirectory, row: &'a ConversationRow) -> Option<&'a QueueId> {
    match &row.status {
        ConversationStatus::Queue { queue, .. } => Some(queue),
        ConversationStatus::Robot | ConversationStatus::Agent(_) | ConversationStatus::Closed => {
            row.waited_in.as_ref().or_else(|| tenant.channels.get(&row.customer.channel)?.queue.as_ref())
        }
    }
}

fn is_in(agent: &Agent, row: &ConversationRow) -> bool {
    matches!(&row.status, ConversationStatus::Agent(holder) if *holder == agent.id)
        || row.participants.iter().any(|participant| participant.agent == agent.id)
}

fn concerns(agent: &Agent, tenant: &TenantDirectory, row: &ConversationRow) -> bool {
    let serves = |queue| agent.queues.contains(queue);
    let channel_queue = tenant.channels.get(&row.customer.channel).and_then(|channel| channel.queue.as_ref());
    row.served_by.as_ref() == Some(&agent.id)
        || row.mentioned.contains(&agent.id)
        || matches!(&row.status, ConversationStatus::Queue { queue, .. } if serves(queue))
        || channel_queue.is_some_and(serves)
}

/// Whether somebody may have the files of a log: an agent's own, or a customer's who lies in their scope.
pub(super) async fn may_have_files_of(
    parts: &Parts,
    viewer: impl Into<Viewer<'_>>,
    log: LogId,
) -> Result<bool, ApiError> {
    let viewer = viewer.into();
    let tenant = &viewer.tenant.tenant.id;
    if viewer.tenant.agents.keys().any(|agent| LogId::of_agent(tenant, agent) == log) {
        return Ok(true);
    }
    let Some(view) = parts.store.load(log).await?.filter(|view| view.customer.tenant == *tenant) else {
        return Ok(false);
    };
    if viewer.rights.scope.is_everything() {
        return Ok(true);
    }
    let row = parts.store.conversation(log, view.state.conversations).await?;
    Ok(row.is_some_and(|row| {
        let on = On::Channel(&row.customer.channel, queue_of(viewer.tenant, &row));
        viewer.rights.reaches(on) || viewer.agent.is_some_and(|agent| is_in(agent, &row))
    }))
}
