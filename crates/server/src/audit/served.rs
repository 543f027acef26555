//! Who served a conversation: reading it is part of their work.

use frontdesk_core::audit::Outcome;
use frontdesk_core::entry::{Audience, EntryBody};
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{ConversationRow, ConversationStatus, FileRecord, ReadQuery, StoreError};

use super::Act;
use super::rules::When;
use crate::parts::Parts;

/// Most entries that are read at a time.
const PAGE: usize = 1_000;

/// The act concerns this conversation. It need not be recorded if it is part of the agent's work with it; a program has no
/// such work.
pub(crate) async fn concerns(
    parts: &Parts,
    act: &Act,
    agent: Option<&AgentId>,
    row: &ConversationRow,
) -> Result<(), StoreError> {
    let Some(agent) = agent else { return Ok(()) };
    let is_work = match act.when() {
        When::Always | When::Tallied => false,
        When::Guest => {
            let invited =
                |guest: &AgentId| row.participants.iter().any(|one| one.agent == *guest && one.by.is_some());
            has(row, agent) || invited(agent)
        }
        When::Stranger => was_read(parts, act) || served(parts, row, agent).await?,
    };
    if is_work {
        act.dismiss();
    }
    Ok(())
}

/// The act concerns this file: one of the caller's own, one of a customer's, or a colleague's.
pub(crate) async fn concerns_file(
    parts: &Parts,
    act: &Act,
    (tenant, agent): (&TenantId, Option<&AgentId>),
    file: &FileRecord,
) -> Result<(), StoreError> {
    let Some(agent) = agent else { return Ok(()) };
    let is_own = file.log == LogId::of_agent(tenant, agent);
    if is_own || was_read(parts, act) {
        act.dismiss();
        return Ok(());
    }
    let Some(view) = parts.store.load(file.log).await? else { return Ok(()) };
    // The conversation in which it was sent.
    for number in (1..=view.state.conversations).rev() {
        let Some(row) = parts.store.conversation(file.log, number).await? else { continue };
        if row.opened <= file.at {
            if served(parts, &row, agent).await? {
                act.dismiss();
            }
            return Ok(());
        }
    }
    Ok(())
}

fn was_read(parts: &Parts, act: &Act) -> bool {
    let draft = act.draft(Outcome::Done);
    draft.is_none_or(|draft| parts.audit.reads.is_recorded(&draft, parts.clock.now()))
}

fn has(row: &ConversationRow, agent: &AgentId) -> bool {
    matches!(&row.status, ConversationStatus::Agent(holder) if holder == agent)
}

/// Whether an agent has or had the conversation, or takes or took part in it.
async fn served(parts: &Parts, row: &ConversationRow, agent: &AgentId) -> Result<bool, StoreError> {
    let takes_part = row.participants.iter().any(|participant| participant.agent == *agent);
    if has(row, agent) || row.served_by.as_ref() == Some(agent) || takes_part {
        return Ok(true);
    }
    let mut after = EntryNumber(row.first.0.saturating_sub(1));
    loop {
        let query = ReadQuery {
            after,
            through: row.last.unwrap_or(EntryNumber::END),
            audience: Audience::ALL,
            limit: PAGE,
            max_bytes: usize::MAX,
        };
        let page = parts.store.read(row.log, query).await?;
        let shows = page
            .iter()
            .filter(|entry| entry.conversation == row.conversation)
            .any(|entry| shows_part(&entry.body, agent));
        if shows {
            return Ok(true);
        }
        match page.last() {
            Some(last) if page.len() == PAGE => after = last.number,
            _ => return Ok(false),
        }
    }
}

fn shows_part(body: &EntryBody, who: &AgentId) -> bool {
    match body {
        EntryBody::Assigned { agent, .. }
        | EntryBody::TakenOver { agent, .. }
        | EntryBody::Joined { agent, .. } => agent == who,
        _ => false,
    }
}
