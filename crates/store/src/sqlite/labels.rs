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

/// Conversations by what is on them. Those that are over may be many, and are found by an index of the rarest thing
/// that is asked for; the others are few.
pub(super) fn list(
    connection: &Connection,
    tenant: &TenantId,
    filter: &ConversationFilter,
    labels: &LabelFilter,
    most: usize,
) -> Worked<Vec<ConversationRow>> {
    let mut sql = String::from(select!("WHERE conversation.tenant = ?1"));
    let mut values = vec![text(tenant.as_str())];
    // `$` stands for the value that comes with the condition.
    let mut and = |condition: &str, value: Option<Value>| {
        values.extend(value);
        sql.push_str(" AND ");
        sql.push_str(&condition.replace('$', &format!("?{}", values.len())));
    };
    let order = match filter {
        ConversationFilter::HeldBy(agent) => {
            and("conversation.agent = $", Some(text(agent.as_str())));
            "conversation.opened, conversation.log_key"
        }
        ConversationFilter::Waiting(queues) => {
            and("conversation.queue IN (SELECT value FROM json_each($))", Some(Value::Text(words(queues)?)));
            "conversation.queued_since, conversation.log_key"
        }
        ConversationFilter::Open => {
            and("conversation.ended IS NULL", None);
            "conversation.opened, conversation.log_key"
        }
        ConversationFilter::Ended => {
            and("conversation.ended IS NOT NULL", None);
            "conversation.opened DESC, conversation.log_key DESC"
        }
    };
    if let Some(tag) = &labels.tag {
        // One subselect that stands for itself lets SQLite begin with the index of tags.
        and(
            "(conversation.log_key, conversation.conversation) IN (
                 SELECT tagged.log_key, tagged.conversation FROM conversation_tag AS tagged
                 WHERE tagged.tenant = ?1 AND tagged.tag = $)",
            Some(text(tag)),
        );
    }
    match labels.priority.map(stored_priority) {
        Some(Some(rank)) => and("conversation.priority = $", Some(Value::Integer(rank.into()))),
        Some(None) => and("conversation.priority IS NULL", None),
        None => {}
    }
    if let Some(disposition) = &labels.disposition {
        and("conversation.disposition = $", Some(text(disposition.as_str())));
    }
    values.push(Value::Integer(limit(most)));
    let sql = format!("{sql} ORDER BY {order} LIMIT ?{}", values.len());
    query(connection, &sql, params_from_iter(values))
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}
