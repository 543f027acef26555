//! Opening and closing a desk, and giving it a new Guid.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use frontdesk_api::Secret;
use frontdesk_api::agentgateway::Retcode;
use frontdesk_api::agentgateway::event::{EventContent, EventType, SignInContent};
use frontdesk_api::agentgateway::sign_in::SignIn;
use frontdesk_core::access::Rights;
use frontdesk_core::directory::{Agent, TenantDirectory};
use frontdesk_core::port::{AgentSession, Declaration, DeskChange, GatewayDesk, StoreError};
use frontdesk_core::routing::AgentStatus;
use frontdesk_core::secret::SecretHash;
use frontdesk_core::time::Timestamp;
use tokio::sync::Notify;

use super::desk::Turn;
use super::{Desk, GatewayError, State, guid};
use crate::deliver::{AgentFeed, HeldPoll};
use crate::error::ApiError;
use crate::extract::AgentCaller;
use crate::parts::Parts;
use crate::presence;
use crate::work::match_agent;

/// A desk that does not poll for so long counts as gone: its agent may sign in anew (`cec_07_1202`).
const SILENCE: Duration = Duration::from_mins(2);

/// A desk that was opened.
#[derive(Debug)]
pub struct Opened {
    /// What it signs in with.
    pub guid: Secret,
    /// When.
    pub at: Timestamp,
}

/// Opens an agent's desk. Another one that is open stays so, and this is refused, unless it is to be taken over.
pub async fn open(
    parts: &Parts,
    (tenant, agent): (Arc<TenantDirectory>, Arc<Agent>),
    wish: &SignIn<'_>,
    takes_over: bool,
) -> Result<Opened, GatewayError> {
    let now = parts.clock.now();
    let (tenant_id, agent_id) = (tenant.tenant.id.clone(), agent.id.clone());
    let desk = parts.gateway.named(&tenant_id, &agent_id);
    if !takes_over
        && let Some(before) = parts.store.gateway_desk(&tenant_id, &agent_id).await?
        && is_open(parts, &desk, &before, now).await?
    {
        return Err(GatewayError::new(Retcode::AlreadySignedIn, "The agent is signed in already."));
    }
    let (guid, session) = new_guid(parts, &tenant, &agent, now).await?;
    let caller = AgentCaller {
        rights: Arc::new(Rights::of_agent(&tenant, &agent)),
        tenant,
        agent,
        session,
        by_cookie: false,
        must_enrol: false,
    };
    presence::saw(parts, &caller);
    let row = GatewayDesk {
        sessions: vec![session],
        cursor: None,
        auto_answer: wish.auto_answer,
        auto_idle: wish.auto_idle,
        in_wrap_up: wish.in_wrap_up,
        most_calls: None,
        opened: now,
    };
    // Whoever else signs in at this moment does the same: only the last one's Guid is honoured.
    parts.store.put_gateway_desk(&tenant_id, &agent_id, row).await?;
    desk.begin(parts, &caller, now, wish.in_wrap_up).await?;
    let status = if wish.in_wrap_up { AgentStatus::Busy } else { AgentStatus::Online };
    let declaration = Declaration { status, reason: None, heard: Some(now) };
    parts.store.declare(&tenant_id, &agent_id, declaration).await?;
    match_agent(parts, &tenant_id, &agent_id).await?;
    Ok(Opened { guid, at: now })
}

/// Closes the caller's desk and signs the agent out.
pub async fn close(parts: &Parts, caller: &AgentCaller) -> Result<(), GatewayError> {
    let (tenant, agent, now) = (&caller.tenant.tenant.id, &caller.agent.id, parts.clock.now());
    let row = parts.store.gateway_desk(tenant, agent).await?;
    let declaration = Declaration { status: AgentStatus::Offline, reason: None, heard: Some(now) };
    parts.store.declare(tenant, agent, declaration).await?;
    parts.store.remove_gateway_desk(tenant, agent).await?;
    let opened = row.as_ref().map_or(now, |row| row.opened);
    if let Some(row) = row {
        close_sessions(parts, &row).await?;
    }
    parts.store.close_session(caller.session).await?;
    // Only a poll that is held can still hear it.
    let desk = parts.gateway.of(caller);
    desk.wants(None);
    desk.knows(Some(State::SignedOut));
    desk.tell([desk.event(EventType::ShutdownService, signed_in_since(opened), now)]);
    // Customers may have waited for the agent alone.
    match_agent(parts, tenant, agent).await?;
    Ok(())
}

/// A new Guid for the caller's desk. The present one is honoured as before.
pub async fn renew(parts: &Parts, caller: &AgentCaller) -> Result<Secret, GatewayError> {
    let now = parts.clock.now();
    let (guid, session) = new_guid(parts, &caller.tenant, &caller.agent, now).await?;
    let (tenant, agent) = (&caller.tenant.tenant.id, &caller.agent.id);
    if parts.store.change_gateway_desk(tenant, agent, DeskChange::AddSession(session)).await? {
        Ok(guid)
    } else {
        // It was closed meanwhile.
        parts.store.close_session(session).await?;
        Err(ApiError::Unauthorized.into())
    }
}

/// Once a desk is known to have its newest Guid, the older ones are honoured no longer. Those that are renewed all the
/// time run out by themselves, so that requests that are under way with one of them succeed.
pub async fn settle_guid(parts: &Parts, caller: &AgentCaller) -> Result<(), StoreError> {
    if parts.settings.agent_gateway_guid_seconds > 0 {
        return Ok(());
    }
    let (tenant, agent) = (&caller.tenant.tenant.id, &caller.agent.id);
    let Some(row) = parts.store.gateway_desk(tenant, agent).await? else { return Ok(()) };
    if row.sessions.first() != Some(&caller.session) || row.sessions.len() == 1 {
        return Ok(());
    }
    for older in &row.sessions[1..] {
        parts.store.close_session(*older).await?;
    }
    parts.store.change_gateway_desk(tenant, agent, DeskChange::OnlySession(caller.session)).await?;
    Ok(())
}

pub(super) fn signed_in_since(opened: Timestamp) -> EventContent {
    EventContent::SignIn(SignInContent { login_time: opened.as_millis().to_string() })
}

impl Desk {
    /// The desk begins anew: its agent has just signed in.
    async fn begin(
        &self,
        parts: &Parts,
        caller: &AgentCaller,
        now: Timestamp,
        in_wrap_up: bool,
    ) -> Result<(), GatewayError> {
        let mut told = self.seize().await;
        // What happens from here on is told. What the agent has already comes with it.
        let feed = AgentFeed::resume(parts, caller, None).await?.without_queues();
        let answer = feed.next(Duration::ZERO).await?;
        drop(self.take_own());
        self.wants(None);
        let (state, event) =
            if in_wrap_up { (State::WrapUp, EventType::Work) } else { (State::Free, EventType::Ready) };
        self.knows(Some(state));
        let signed_in = self.event(EventType::InService, signed_in_since(now), now);
        told.pending = VecDeque::from([signed_in, self.event(event, EventContent::Nothing, now)]);
        told.pending.extend(self.translate(parts, answer.events).await?);
        (told.cursor, told.is_ahead, told.is_attached) = (Some(answer.cursor), true, true);
        Ok(())
    }

    /// The desk begins anew without its agent having signed in: what is pending is dropped, and what the agent has is
    /// told from its beginning.
    pub async fn restart(&self) {
        let mut told = self.seize().await;
        drop(self.take_own());
        told.pending.clear();
        (told.cursor, told.is_ahead, told.is_attached) = (None, false, true);
    }

    /// The turn, which a poll that is held gives up for it.
    async fn seize(&self) -> Turn {
        let poll = HeldPoll::new(Arc::new(Notify::new()));
        self.reader.hold(&poll);
        let turn = self.turn().await;
        self.reader.release(&poll);
        turn
    }
}

/// Whether a desk is still there: one of its Guids is honoured, and it polled lately.
async fn is_open(
    parts: &Parts,
    desk: &Desk,
    before: &GatewayDesk,
    now: Timestamp,
) -> Result<bool, StoreError> {
    // Whoever polled before the node started is given the time to do it again.
    let heard = desk.last_poll().max(before.opened).max(parts.started);
    if now.since(heard) >= SILENCE {
        return Ok(false);
    }
    for session in &before.sessions {
        if parts.store.session(*session).await?.is_some_and(|session| now < session.expires) {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn new_guid(
    parts: &Parts,
    tenant: &TenantDirectory,
    agent: &Agent,
    now: Timestamp,
) -> Result<(Secret, SecretHash), StoreError> {
    let settings = &parts.settings;
    let life = match settings.agent_gateway_guid_seconds {
        0 => settings.agent_session_seconds,
        seconds => seconds.saturating_mul(2),
    };
    let guid = guid::generate(&*parts.random);
    let hash = SecretHash::of(guid.expose());
    let expires = now.plus(Duration::from_secs(life));
    let session = AgentSession::new(tenant.tenant.id.clone(), agent.id.clone(), now, expires);
    parts.store.open_session(hash, session).await?;
    Ok((guid, hash))
}

async fn close_sessions(parts: &Parts, desk: &GatewayDesk) -> Result<(), StoreError> {
    for session in &desk.sessions {
        parts.store.close_session(*session).await?;
    }
    Ok(())
}
