//! What agents put on conversations, and lists that are filtered by it.

use frontdesk_core::id::{AgentId, DispositionId, QueueId, TenantId};
use frontdesk_core::labels::{LabelFilter, Labels, Priority};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{ConversationFilter, ConversationRow};
use tokio_postgres::types::ToSql;

use crate::postgres::connection::Connection;
use crate::postgres::conversations::{query, select};
use crate::postgres::fault::Worked;
use crate::postgres::transaction::Tx;
use crate::postgres::value::{limit, params, stored};

/// The columns that stand for a priority: most conversations have none worth an index entry.
fn stored_priority(priority: Priority) -> Option<i64> {
    (priority != Priority::Normal).then(|| i64::from(priority.rank()))
}

/// Replaces what is on a conversation.
pub(super) async fn put(
    tx: &Tx,
    (log, conversation): (LogId, u64),
    labels: &Labels,
    text: &str,
) -> Worked<()> {
    let disposition = labels.disposition.as_ref().map(DispositionId::as_str);
    tx.execute(
        "UPDATE conversation SET labels = $3, priority = $4, disposition = $5
         WHERE log = $1 AND conversation = $2",
        params![log.as_bytes(), stored(conversation), text, stored_priority(labels.priority), disposition],
    )
    .await?;
    tx.execute(
        "DELETE FROM conversation_tag WHERE log = $1 AND conversation = $2",
        params![log.as_bytes(), stored(conversation)],
    )
    .await?;
    let tags: Vec<&str> = labels.tags.iter().map(String::as_str).collect();
    tx.execute(
        "INSERT INTO conversation_tag (log, conversation, tag, tenant, opened)
         SELECT conversation.log, conversation.conversation, new.tag, conversation.tenant, conversation.opened
         FROM conversation CROSS JOIN unnest($3::text[]) AS new (tag)
         WHERE conversation.log = $1 AND conversation.conversation = $2",
        params![log.as_bytes(), stored(conversation), tags],
    )
    .await?;
    Ok(())
}

/// Notes whom a note mentions; once is enough.
pub(super) async fn mention(tx: &Tx, (log, conversation): (LogId, u64), agents: &[AgentId]) -> Worked<()> {
    if agents.is_empty() {
        return Ok(());
    }
    let agents: Vec<&str> = agents.iter().map(AgentId::as_str).collect();
    tx.execute(
        "INSERT INTO conversation_mention (log, conversation, agent)
         SELECT $1, $2, agent FROM unnest($3::text[]) AS new (agent) ON CONFLICT DO NOTHING",
        params![log.as_bytes(), stored(conversation), agents],
    )
    .await?;
    Ok(())
}

/// Finds those that have a tag from the tag on.
const JOIN_TAG: &str = "JOIN conversation_tag AS tagged
    ON tagged.log = conversation.log AND tagged.conversation = conversation.conversation";

/// Conversations by what is on them. Those that are over may be many, and are found by the index of something that is
/// asked for; the others are few, and are looked through.
pub(super) async fn list(
    connection: &Connection,
    tenant: &TenantId,
    filter: &ConversationFilter,
    labels: &LabelFilter,
    most: usize,
) -> Worked<Vec<ConversationRow>> {
    let mut found =
        Found { sql: String::from(select!("")), values: vec![Box::new(tenant.as_str().to_owned())] };
    let by_tag = matches!(filter, ConversationFilter::Ended) && labels.tag.is_some();
    if by_tag {
        found.sql.push_str(JOIN_TAG);
    }
    found.sql.push_str(" WHERE conversation.tenant = $1");
    let order = within(&mut found, filter);
    if let Some(tag) = &labels.tag {
        let condition = if by_tag {
            "tagged.tenant = $1 AND tagged.tag = ?"
        } else {
            "EXISTS (SELECT 1 FROM conversation_tag AS tagged WHERE tagged.log = conversation.log
                 AND tagged.conversation = conversation.conversation AND tagged.tag = ?)"
        };
        found.and(condition, tag.clone());
    }
    match labels.priority.map(stored_priority) {
        Some(Some(rank)) => found.and("conversation.priority = ?", rank),
        Some(None) => found.sql.push_str(" AND conversation.priority IS NULL"),
        None => {}
    }
    if let Some(disposition) = &labels.disposition {
        found.and("conversation.disposition = ?", disposition.as_str().to_owned());
    }
    let Found { sql, mut values } = found;
    values.push(Box::new(limit(most)));
    let order = if by_tag { "tagged.opened DESC, tagged.log DESC" } else { order };
    let sql = format!("{sql} ORDER BY {order} LIMIT ${}", values.len());
    let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| &**value as _).collect();
    query(connection, &sql, &values).await
}

/// A query that grows by conditions.
struct Found {
    sql: String,
    values: Vec<Box<dyn ToSql + Send + Sync>>,
}

impl Found {
    /// `?` stands for the value that comes with the condition.
    fn and(&mut self, condition: &str, value: impl ToSql + Send + Sync + 'static) {
        self.values.push(Box::new(value));
        self.sql.push_str(" AND ");
        self.sql.push_str(&condition.replace('?', &format!("${}", self.values.len())));
    }
}

/// Adds which conversations are looked at, and tells their order.
fn within(found: &mut Found, filter: &ConversationFilter) -> &'static str {
    match filter {
        ConversationFilter::HeldBy(agent) => {
            found.and("conversation.agent = ?", agent.as_str().to_owned());
            "conversation.opened, conversation.log"
        }
        ConversationFilter::JoinedBy(agent) => {
            found.and(
                "EXISTS (SELECT 1 FROM participant WHERE participant.log = conversation.log
                     AND participant.conversation = conversation.conversation AND participant.agent = ?)",
                agent.as_str().to_owned(),
            );
            "conversation.opened, conversation.log"
        }
        ConversationFilter::Waiting(queues) => {
            let queues: Vec<String> = queues.iter().map(|queue| QueueId::as_str(queue).to_owned()).collect();
            found.and("conversation.queue = ANY (?)", queues);
            "conversation.queued_since, conversation.log"
        }
        ConversationFilter::Open => {
            found.sql.push_str(" AND conversation.ended IS NULL");
            "conversation.opened, conversation.log"
        }
        ConversationFilter::Ended => {
            found.sql.push_str(" AND conversation.ended IS NOT NULL");
            "conversation.opened DESC, conversation.log DESC"
        }
    }
}
