//! Conversations as lists show them: one row each, kept in step with the log's state by the commits that change it.

use frontdesk_core::conversation::LogState;
use frontdesk_core::id::{AgentId, CallId, QueueId, TenantId};
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{ConversationFilter, ConversationRow, ConversationStatus};
use frontdesk_core::time::Timestamp;
use tokio_postgres::Row;

use crate::place::{Place, participants, served_by};
use crate::postgres::connection::{Connection, Values};
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::log_row::{self, LogRow};
use crate::postgres::transaction::Tx;
use crate::postgres::value::{
    entry_number, id, limit, log, number, optional_entry_number, optional_id, optional_json,
    optional_timestamp, params, stored, timestamp, words,
};

/// A change of a log's state, and the entries that came with it.
pub(super) struct Step<'a> {
    pub(super) before: &'a LogRow,
    pub(super) state: &'a LogState,
    pub(super) first: EntryNumber,
    pub(super) last: EntryNumber,
    /// When the last entry was written.
    pub(super) at: Timestamp,
}

/// Brings the row of the log's newest conversation in step with the state.
pub(super) async fn follow(tx: &Tx, step: &Step<'_>) -> Worked<()> {
    let (old, new) = (&step.before.state, step.state);
    let is_new = new.conversations > old.conversations;
    if is_new {
        insert(tx, step).await?;
    } else if Place::of(new) != Place::of(old) {
        move_on(tx, step).await?;
    }
    if participants(old) != participants(new) {
        join(tx, step).await?;
    }
    if new.open().is_none() && (is_new || old.open().is_some()) {
        end(tx, step).await?;
    }
    Ok(())
}

/// Brings those who take part in step with the state, for lists and by agent.
async fn join(tx: &Tx, step: &Step<'_>) -> Worked<()> {
    let Some(owner) = &step.before.owner else { return Ok(()) };
    let (log, conversation) = (step.before.id, stored(step.state.conversations));
    let here = participants(step.state);
    let text = if here.is_empty() { None } else { Some(words(&here)?) };
    tx.execute(
        "UPDATE conversation SET participants = $3 WHERE log = $1 AND conversation = $2",
        params![log.as_bytes(), conversation, text],
    )
    .await?;
    // A conversation has participants only after it was opened, so these are of the same one.
    tx.execute(
        "DELETE FROM participant WHERE log = $1 AND conversation = $2",
        params![log.as_bytes(), conversation],
    )
    .await?;
    let agents: Vec<&str> = here.iter().map(|participant| participant.agent.as_str()).collect();
    tx.execute(
        "INSERT INTO participant (log, conversation, tenant, agent)
         SELECT $1, $2, $3, agent FROM unnest($4::text[]) AS here (agent)",
        params![log.as_bytes(), conversation, owner.tenant.as_str(), agents],
    )
    .await?;
    Ok(())
}

async fn insert(tx: &Tx, step: &Step<'_>) -> Worked<()> {
    let Some(owner) = &step.before.owner else { return Ok(()) };
    // One that is over with the commit that opened it was never seen open by anyone.
    let Some(open) = step.state.open() else { return Ok(()) };
    let place = Place::of(step.state);
    tx.execute(
        "INSERT INTO conversation (log, conversation, tenant, call, opened, first_entry, control, queue,
             queued_since, agent, served_by, waited_in)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $8)",
        params![
            step.before.id.as_bytes(),
            stored(step.state.conversations),
            owner.tenant.as_str(),
            open.call.as_str(),
            open.opened.as_millis(),
            stored(step.first.0),
            place.control,
            place.queue.map(QueueId::as_str),
            place.since.map(Timestamp::as_millis),
            place.agent.map(AgentId::as_str),
            served_by(step.state),
        ],
    )
    .await?;
    Ok(())
}

async fn move_on(tx: &Tx, step: &Step<'_>) -> Worked<()> {
    let place = Place::of(step.state);
    tx.execute(
        "UPDATE conversation SET control = $3, queue = $4, queued_since = $5, agent = $6,
             served_by = coalesce($7, served_by), waited_in = coalesce($4, waited_in)
         WHERE log = $1 AND conversation = $2",
        params![
            step.before.id.as_bytes(),
            stored(step.state.conversations),
            place.control,
            place.queue.map(QueueId::as_str),
            place.since.map(Timestamp::as_millis),
            place.agent.map(AgentId::as_str),
            served_by(step.state),
        ],
    )
    .await?;
    Ok(())
}

async fn end(tx: &Tx, step: &Step<'_>) -> Worked<()> {
    tx.execute(
        "UPDATE conversation SET ended = $3, last_entry = $4 WHERE log = $1 AND conversation = $2",
        params![
            step.before.id.as_bytes(),
            stored(step.state.conversations),
            step.at.as_millis(),
            stored(step.last.0),
        ],
    )
    .await?;
    Ok(())
}

/// Entries of a conversation that is over.
pub(super) async fn extend(tx: &Tx, (log, conversation): (LogId, u64), last: EntryNumber) -> Worked<()> {
    tx.execute(
        "UPDATE conversation SET last_entry = $3
         WHERE log = $1 AND conversation = $2 AND last_entry IS NOT NULL",
        params![log.as_bytes(), stored(conversation), stored(last.0)],
    )
    .await?;
    Ok(())
}

/// The columns of a conversation and its owner, and where they come from.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT log.id, log.tenant, log.channel, log.user_id, log.name, log.locale, conversation.conversation,
                 conversation.call, conversation.opened, conversation.ended, conversation.first_entry,
                 conversation.last_entry, conversation.control, conversation.queue, conversation.queued_since,
                 conversation.agent, conversation.served_by, conversation.waited_in, conversation.participants,
                 conversation.labels,
                 ARRAY(SELECT mention.agent FROM conversation_mention AS mention
                       WHERE mention.log = conversation.log
                           AND mention.conversation = conversation.conversation ORDER BY mention.agent) AS mentioned
             FROM conversation JOIN log_owner AS log ON log.id = conversation.log ",
            $rest
        )
    };
}

pub(super) use select;

pub(super) async fn query(
    connection: &Connection,
    sql: &str,
    values: Values<'_>,
) -> Worked<Vec<ConversationRow>> {
    connection.query(sql, values).await?.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Worked<ConversationRow> {
    let mentioned: Vec<&str> = row.try_get("mentioned")?;
    Ok(ConversationRow {
        log: log(row, "id")?,
        customer: log_row::owner(row)?,
        conversation: number(row, "conversation")?,
        call: id(row, "call")?,
        opened: timestamp(row, "opened")?,
        ended: optional_timestamp(row, "ended")?,
        first: entry_number(row, "first_entry")?,
        last: optional_entry_number(row, "last_entry")?,
        status: status(row)?,
        waited_in: optional_id(row, "waited_in")?,
        served_by: optional_id(row, "served_by")?,
        labels: optional_json(row, "labels")?.unwrap_or_default(),
        mentioned: mentioned
            .into_iter()
            .map(|agent| agent.parse().map_err(|_| Fault::damaged("who is mentioned")))
            .collect::<Worked<_>>()?,
        participants: optional_json(row, "participants")?.unwrap_or_default(),
    })
}

fn status(row: &Row) -> Worked<ConversationStatus> {
    Ok(match row.try_get("control")? {
        "robot" => ConversationStatus::Robot,
        "queue" => {
            ConversationStatus::Queue { queue: id(row, "queue")?, since: timestamp(row, "queued_since")? }
        }
        "agent" => ConversationStatus::Agent(id(row, "agent")?),
        "closed" => ConversationStatus::Closed,
        _ => return Err(Fault::damaged("control of a conversation")),
    })
}

pub(super) async fn one(
    connection: &Connection,
    log: LogId,
    conversation: u64,
) -> Worked<Option<ConversationRow>> {
    let sql = select!("WHERE conversation.log = $1 AND conversation.conversation = $2");
    Ok(query(connection, sql, params![log.as_bytes(), stored(conversation)]).await?.pop())
}

pub(super) async fn by_call(
    connection: &Connection,
    tenant: &TenantId,
    call: &CallId,
) -> Worked<Option<ConversationRow>> {
    let sql = select!("WHERE conversation.tenant = $1 AND conversation.call = $2 LIMIT 1");
    Ok(query(connection, sql, params![tenant.as_str(), call.as_str()]).await?.pop())
}

pub(super) async fn list(
    connection: &Connection,
    tenant: &TenantId,
    filter: &ConversationFilter,
    most: usize,
) -> Worked<Vec<ConversationRow>> {
    let (tenant, most) = (tenant.as_str(), limit(most));
    match filter {
        ConversationFilter::HeldBy(agent) => {
            let sql = select!(
                "WHERE conversation.tenant = $1 AND conversation.agent = $2
                 ORDER BY conversation.opened, conversation.log LIMIT $3"
            );
            query(connection, sql, params![tenant, agent.as_str(), most]).await
        }
        ConversationFilter::JoinedBy(agent) => {
            let sql = select!(
                "JOIN participant ON participant.log = conversation.log
                     AND participant.conversation = conversation.conversation
                 WHERE participant.tenant = $1 AND participant.agent = $2
                 ORDER BY conversation.opened, conversation.log LIMIT $3"
            );
            query(connection, sql, params![tenant, agent.as_str(), most]).await
        }
        ConversationFilter::Open => {
            let sql = select!(
                "WHERE conversation.tenant = $1 AND conversation.ended IS NULL
                 ORDER BY conversation.opened, conversation.log LIMIT $2"
            );
            query(connection, sql, params![tenant, most]).await
        }
        ConversationFilter::Waiting(queues) => {
            let queues: Vec<&str> = queues.iter().map(QueueId::as_str).collect();
            let sql = select!(
                "WHERE conversation.tenant = $1 AND conversation.queue = ANY ($2)
                 ORDER BY conversation.queued_since, conversation.log LIMIT $3"
            );
            query(connection, sql, params![tenant, queues, most]).await
        }
        ConversationFilter::Ended => {
            let sql = select!(
                "WHERE conversation.tenant = $1 AND conversation.ended IS NOT NULL
                 ORDER BY conversation.opened DESC, conversation.log DESC LIMIT $2"
            );
            query(connection, sql, params![tenant, most]).await
        }
    }
}
