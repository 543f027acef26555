//! Conversations as lists show them: one row each, kept in step with the log's state by the commits that change it.

use frontdesk_core::conversation::LogState;
use frontdesk_core::id::{AgentId, CallId, QueueId, TenantId};
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{ConversationFilter, ConversationRow, ConversationStatus};
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, Params, Row, params};

use crate::error::{Fault, Worked};
use crate::place::{Place, participants, served_by};
use crate::sqlite::labels;
use crate::sqlite::snapshot::{self, Snapshot};
use crate::sqlite::value::{
    entry_number, id, limit, log, number, optional_id, optional_timestamp, stored, timestamp, words,
};
use crate::sqlite::writer::Tx;

/// A change of a log's state, and the entries that came with it.
pub(super) struct Change<'a> {
    pub(super) before: &'a Snapshot,
    pub(super) state: &'a LogState,
    pub(super) first: EntryNumber,
    pub(super) last: EntryNumber,
    /// When the last entry was written.
    pub(super) at: Timestamp,
}

/// Brings the row of the log's newest conversation in step with the state.
pub(super) fn follow(tx: &Tx<'_>, change: &Change<'_>) -> Worked<()> {
    let (old, new) = (&change.before.state, change.state);
    let place = Place::of(new);
    let is_new = new.conversations > old.conversations;
    if is_new {
        insert(tx, change, &place)?;
    } else if place != Place::of(old) {
        move_to(tx, change, &place)?;
    }
    if participants(old) != participants(new) {
        join(tx, change)?;
    }
    if new.open().is_none() && (is_new || old.open().is_some()) {
        end(tx, change)?;
    }
    Ok(())
}

/// Brings those who take part in step with the state, for lists and by agent.
fn join(tx: &Tx<'_>, change: &Change<'_>) -> Worked<()> {
    let Some(owner) = &change.before.owner else { return Ok(()) };
    let (key, conversation) = (change.before.key, stored(change.state.conversations));
    let (before, after) = (participants(&change.before.state), participants(change.state));
    let text = if after.is_empty() { None } else { Some(words(&after)?) };
    tx.execute(
        "UPDATE conversation SET participants = ?3 WHERE log_key = ?1 AND conversation = ?2",
        params![key, conversation, text],
    )?;
    // A conversation has participants only after it was opened, so these are of the same one.
    for gone in before {
        tx.execute(
            "DELETE FROM participant WHERE tenant = ?1 AND agent = ?2 AND log_key = ?3 AND conversation = ?4",
            params![owner.tenant.as_str(), gone.agent.as_str(), key, conversation],
        )?;
    }
    for here in after {
        tx.execute(
            "INSERT INTO participant (tenant, agent, log_key, conversation) VALUES (?1, ?2, ?3, ?4)",
            params![owner.tenant.as_str(), here.agent.as_str(), key, conversation],
        )?;
    }
    Ok(())
}

fn insert(tx: &Tx<'_>, change: &Change<'_>, place: &Place<'_>) -> Worked<()> {
    let Some(owner) = &change.before.owner else { return Ok(()) };
    // One that is over with the commit that opened it was never seen open by anyone.
    let Some(open) = change.state.open() else { return Ok(()) };
    tx.execute(
        "INSERT INTO conversation (log_key, conversation, tenant, call, opened, first_entry, control, queue,
             queued_since, agent, served_by, waited_in)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?8)",
        params![
            change.before.key,
            stored(change.state.conversations),
            owner.tenant.as_str(),
            open.call.as_str(),
            open.opened.as_millis(),
            stored(change.first.0),
            place.control,
            place.queue.map(QueueId::as_str),
            place.since.map(Timestamp::as_millis),
            place.agent.map(AgentId::as_str),
            served_by(change.state),
        ],
    )?;
    Ok(())
}

fn move_to(tx: &Tx<'_>, change: &Change<'_>, place: &Place<'_>) -> Worked<()> {
    tx.execute(
        "UPDATE conversation SET control = ?3, queue = ?4, queued_since = ?5, agent = ?6,
             served_by = coalesce(?7, served_by), waited_in = coalesce(?4, waited_in)
         WHERE log_key = ?1 AND conversation = ?2",
        params![
            change.before.key,
            stored(change.state.conversations),
            place.control,
            place.queue.map(QueueId::as_str),
            place.since.map(Timestamp::as_millis),
            place.agent.map(AgentId::as_str),
            served_by(change.state),
        ],
    )?;
    Ok(())
}

fn end(tx: &Tx<'_>, change: &Change<'_>) -> Worked<()> {
    tx.execute(
        "UPDATE conversation SET ended = ?3, last_entry = ?4 WHERE log_key = ?1 AND conversation = ?2",
        params![
            change.before.key,
            stored(change.state.conversations),
            change.at.as_millis(),
            stored(change.last.0),
        ],
    )?;
    Ok(())
}

/// Entries of a conversation that is over.
pub(super) fn extend(tx: &Tx<'_>, (log, conversation): (&Snapshot, u64), last: EntryNumber) -> Worked<()> {
    tx.execute(
        "UPDATE conversation SET last_entry = ?3
         WHERE log_key = ?1 AND conversation = ?2 AND last_entry IS NOT NULL",
        params![log.key, stored(conversation), stored(last.0)],
    )?;
    Ok(())
}

/// The columns of a conversation and its owner, and where they come from.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT log.id, log.tenant, log.channel, log.user, log.name, log.locale, conversation.conversation,
                 conversation.call, conversation.opened, conversation.ended, conversation.first_entry,
                 conversation.last_entry, conversation.control, conversation.queue, conversation.queued_since,
                 conversation.agent, conversation.served_by, conversation.waited_in, conversation.participants, conversation.labels,
                 (SELECT json_group_array(mention.agent) FROM conversation_mention AS mention
                  WHERE mention.log_key = conversation.log_key
                      AND mention.conversation = conversation.conversation) AS mentioned
             FROM conversation JOIN log ON log.log_key = conversation.log_key ",
            $rest
        )
    };
}

pub(super) use select;

pub(super) fn query(connection: &Connection, sql: &str, params: impl Params) -> Worked<Vec<ConversationRow>> {
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_and_then(params, from_row)?.collect()
}

fn from_row(row: &Row<'_>) -> Worked<ConversationRow> {
    Ok(ConversationRow {
        log: log(row, "id")?,
        customer: snapshot::owner(row)?,
        conversation: number(row, "conversation")?,
        call: id(row, "call")?,
        opened: timestamp(row, "opened")?,
        ended: optional_timestamp(row, "ended")?,
        first: entry_number(row, "first_entry")?,
        last: row
            .get::<_, Option<i64>>("last_entry")?
            .map(|_| entry_number(row, "last_entry"))
            .transpose()?,
        status: status(row)?,
        waited_in: optional_id(row, "waited_in")?,
        served_by: optional_id(row, "served_by")?,
        labels: labels::of_row(row)?,
        mentioned: serde_json::from_str(row.get_ref("mentioned")?.as_str().map_err(Fault::damaged)?)?,
        participants: match row.get_ref("participants")?.as_str_or_null().map_err(Fault::damaged)? {
            Some(text) => serde_json::from_str(text)?,
            None => Vec::new(),
        },
    })
}

fn status(row: &Row<'_>) -> Worked<ConversationStatus> {
    let control: String = row.get("control")?;
    Ok(match control.as_str() {
        "robot" => ConversationStatus::Robot,
        "queue" => {
            ConversationStatus::Queue { queue: id(row, "queue")?, since: timestamp(row, "queued_since")? }
        }
        "agent" => ConversationStatus::Agent(id(row, "agent")?),
        "closed" => ConversationStatus::Closed,
        _ => return Err(Fault::damaged("control of a conversation")),
    })
}

pub(super) fn one(connection: &Connection, log: LogId, conversation: u64) -> Worked<Option<ConversationRow>> {
    let sql = select!(
        "WHERE conversation.log_key = (SELECT log_key FROM log WHERE id = ?1)
             AND conversation.conversation = ?2"
    );
    Ok(query(connection, sql, params![log.as_bytes(), stored(conversation)])?.pop())
}

pub(super) fn by_call(
    connection: &Connection,
    tenant: &TenantId,
    call: &CallId,
) -> Worked<Option<ConversationRow>> {
    let sql = select!("WHERE conversation.tenant = ?1 AND conversation.call = ?2 LIMIT 1");
    Ok(query(connection, sql, params![tenant.as_str(), call.as_str()])?.pop())
}

pub(super) fn list(
    connection: &Connection,
    tenant: &TenantId,
    filter: &ConversationFilter,
    most: usize,
) -> Worked<Vec<ConversationRow>> {
    match filter {
        ConversationFilter::HeldBy(agent) => query(
            connection,
            select!(
                "WHERE conversation.tenant = ?1 AND conversation.agent = ?2
                 ORDER BY conversation.opened, conversation.log_key LIMIT ?3"
            ),
            params![tenant.as_str(), agent.as_str(), limit(most)],
        ),
        ConversationFilter::JoinedBy(agent) => query(
            connection,
            select!(
                "JOIN participant ON participant.log_key = conversation.log_key
                     AND participant.conversation = conversation.conversation
                 WHERE participant.tenant = ?1 AND participant.agent = ?2
                 ORDER BY conversation.opened, conversation.log_key LIMIT ?3"
            ),
            params![tenant.as_str(), agent.as_str(), limit(most)],
        ),
        ConversationFilter::Open => query(
            connection,
            select!(
                "WHERE conversation.tenant = ?1 AND conversation.ended IS NULL
                 ORDER BY conversation.opened, conversation.log_key LIMIT ?2"
            ),
            params![tenant.as_str(), limit(most)],
        ),
        ConversationFilter::Waiting(queues) => waiting(connection, tenant, queues, most),
        ConversationFilter::Ended => query(
            connection,
            select!(
                "WHERE conversation.tenant = ?1 AND conversation.ended IS NOT NULL
                 ORDER BY conversation.opened DESC, conversation.log_key DESC LIMIT ?2"
            ),
            params![tenant.as_str(), limit(most)],
        ),
    }
}

fn waiting(
    connection: &Connection,
    tenant: &TenantId,
    queues: &[QueueId],
    most: usize,
) -> Worked<Vec<ConversationRow>> {
    let mut queues: Vec<&QueueId> = queues.iter().collect();
    queues.sort_unstable();
    queues.dedup();
    let mut all = Vec::new();
    for queue in queues {
        let sql = select!(
            "WHERE conversation.tenant = ?1 AND conversation.queue = ?2
             ORDER BY conversation.queued_since, conversation.log_key LIMIT ?3"
        );
        all.extend(query(connection, sql, params![tenant.as_str(), queue.as_str(), limit(most)])?);
    }
    all.sort_by_key(|row| match row.status {
        ConversationStatus::Queue { since, .. } => since,
        _ => row.opened,
    });
    all.truncate(most);
    Ok(all)
}
