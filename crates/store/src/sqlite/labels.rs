//! What agents put on conversations, and lists that are filtered by it.

use frontdesk_core::id::{AgentId, DispositionId, TenantId};
use frontdesk_core::labels::{LabelFilter, Labels, Priority};
use frontdesk_core::port::{ConversationFilter, ConversationRow};
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params, params_from_iter};

use crate::error::{Fault, Worked};
use crate::sqlite::conversations::{query, select};
use crate::sqlite::snapshot::Snapshot;
use crate::sqlite::value::{limit, stored, words};
use crate::sqlite::writer::Tx;

/// The columns that stand for a priority: most conversations have none worth an index entry.
fn stored_priority(priority: Priority) -> Option<u8> {
    (priority != Priority::Normal).then_some(priority.rank())
}

/// Replaces what is on a conversation.
pub(super) fn put(
    tx: &Tx<'_>,
    (log, conversation): (&Snapshot, u64),
    labels: &Labels,
    text: &str,
) -> Worked<()> {
    let row = (log.key, stored(conversation));
    tx.execute(
        "UPDATE conversation SET labels = ?3, priority = ?4, disposition = ?5
         WHERE log_key = ?1 AND conversation = ?2",
        params![
            row.0,
            row.1,
            text,
            stored_priority(labels.priority),
            labels.disposition.as_ref().map(DispositionId::as_str),
        ],
    )?;
    tx.execute(
        "DELETE FROM conversation_tag WHERE log_key = ?1 AND conversation = ?2",
        params![row.0, row.1],
    )?;
    for tag in &labels.tags {
        tx.execute(
            "INSERT INTO conversation_tag (log_key, conversation, tag, tenant, opened)
             SELECT log_key, conversation, ?3, tenant, opened FROM conversation
             WHERE log_key = ?1 AND conversation = ?2",
            params![row.0, row.1, tag],
        )?;
    }
    Ok(())
}

/// Notes whom a note mentions; once is enough.
pub(super) fn mention(tx: &Tx<'_>, (log, conversation): (&Snapshot, u64), agents: &[AgentId]) -> Worked<()> {
    for agent in agents {
        tx.execute(
            "INSERT INTO conversation_mention (log_key, conversation, agent) VALUES (?1, ?2, ?3)
             ON CONFLICT DO NOTHING",
            params![log.key, stored(conversation), agent.as_str()],
        )?;
    }
    Ok(())
}

/// What is on a conversation, from its row.
pub(super) fn of_row(row: &Row<'_>) -> Worked<Labels> {
    let text = row.get_ref("labels")?.as_str_or_null().map_err(Fault::damaged)?;
    Ok(text.map(serde_json::from_str).transpose()?.unwrap_or_default())
}

/// Finds those that have a tag from the tag on.
const JOIN_TAG: &str = "JOIN conversation_tag AS tagged
    ON tagged.log_key = conversation.log_key AND tagged.conversation = conversation.conversation";

/// Conversations by what is on them. Those that are over may be many, and are found by the index of something that is
/// asked for; the others are few, and are looked through.
pub(super) fn list(
    connection: &Connection,
    tenant: &TenantId,
    filter: &ConversationFilter,
    labels: &LabelFilter,
    most: usize,
) -> Worked<Vec<ConversationRow>> {
    let mut found = Found { sql: String::from(select!("")), values: vec![text(tenant.as_str())] };
    let by_tag = matches!(filter, ConversationFilter::Ended) && labels.tag.is_some();
    if by_tag {
        found.sql.push_str(JOIN_TAG);
    }
    found.sql.push_str(" WHERE conversation.tenant = ?1");
    let order = within(&mut found, filter)?;
    if let Some(tag) = &labels.tag {
        let condition = if by_tag {
            "tagged.tenant = ?1 AND tagged.tag = $"
        } else {
            "EXISTS (SELECT 1 FROM conversation_tag AS tagged WHERE tagged.log_key = conversation.log_key
                 AND tagged.conversation = conversation.conversation AND tagged.tag = $)"
        };
        found.and(condition, Some(text(tag)));
    }
    match labels.priority.map(stored_priority) {
        Some(Some(rank)) => found.and("conversation.priority = $", Some(Value::Integer(rank.into()))),
        Some(None) => found.and("conversation.priority IS NULL", None),
        None => {}
    }
    if let Some(disposition) = &labels.disposition {
        found.and("conversation.disposition = $", Some(text(disposition.as_str())));
    }
    let Found { sql, mut values } = found;
    values.push(Value::Integer(limit(most)));
    let order = if by_tag { "tagged.opened DESC, tagged.log_key DESC" } else { order };
    query(connection, &format!("{sql} ORDER BY {order} LIMIT ?{}", values.len()), params_from_iter(values))
}

/// A query that grows by conditions.
struct Found {
    sql: String,
    values: Vec<Value>,
}

impl Found {
    /// `$` stands for the value that comes with the condition.
    fn and(&mut self, condition: &str, value: Option<Value>) {
        self.values.extend(value);
        self.sql.push_str(" AND ");
        self.sql.push_str(&condition.replace('$', &format!("?{}", self.values.len())));
    }
}

/// Adds which conversations are looked at, and tells their order.
fn within(found: &mut Found, filter: &ConversationFilter) -> Worked<&'static str> {
    Ok(match filter {
        ConversationFilter::HeldBy(agent) => {
            found.and("conversation.agent = $", Some(text(agent.as_str())));
            "conversation.opened, conversation.log_key"
        }
        ConversationFilter::JoinedBy(agent) => {
            found.and(
                "EXISTS (SELECT 1 FROM participant WHERE participant.log_key = conversation.log_key
                     AND participant.conversation = conversation.conversation AND participant.agent = $)",
                Some(text(agent.as_str())),
            );
            "conversation.opened, conversation.log_key"
        }
        ConversationFilter::Waiting(queues) => {
            let queues = Value::Text(words(queues)?);
            found.and("conversation.queue IN (SELECT value FROM json_each($))", Some(queues));
            "conversation.queued_since, conversation.log_key"
        }
        ConversationFilter::Open => {
            found.and("conversation.ended IS NULL", None);
            "conversation.opened, conversation.log_key"
        }
        ConversationFilter::Ended => {
            found.and("conversation.ended IS NOT NULL", None);
            "conversation.opened DESC, conversation.log_key DESC"
        }
    })
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}
