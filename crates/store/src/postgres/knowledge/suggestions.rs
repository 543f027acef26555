use frontdesk_core::id::{AgentId, BaseId, GroupId, TenantId};
use frontdesk_core::knowledge::{AnsweredByAgent, question_key};
use frontdesk_core::port::{Learned, Suggestion, SuggestionState};
use tokio_postgres::Row;

use crate::postgres::connection::Connection;
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::transaction::Tx;
use crate::postgres::value::{id, limit, log, number, optional_id, params, stored, timestamp};

/// How many answers of agents are kept for a base.
const KEPT: i64 = 5_000;

pub(super) async fn take(tx: &Tx, learned: &Learned, answered: &AnsweredByAgent) -> Worked<()> {
    tx.execute(
        "INSERT INTO knowledge_answer (log, number, tenant, base, conversation, at, key, question, answer, language, agent)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
         WHERE EXISTS (SELECT 1 FROM knowledge_base WHERE tenant = $3 AND base = $4)
         ON CONFLICT (log, number) DO UPDATE
         SET at = excluded.at, answer = excluded.answer, agent = excluded.agent",
        params![
            learned.log.as_bytes(),
            stored(answered.number.0),
            learned.tenant.as_str(),
            answered.found.base.as_str(),
            stored(learned.conversation),
            answered.at.as_millis(),
            question_key(&answered.question),
            answered.question,
            answered.answer,
            learned.language,
            answered.agent.as_str(),
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn forget_the_oldest(tx: &Tx, tenant: &TenantId, base: &BaseId) -> Worked<()> {
    tx.execute(
        "DELETE FROM knowledge_answer WHERE (log, number) IN (
             SELECT log, number FROM knowledge_answer WHERE tenant = $1 AND base = $2
             ORDER BY at DESC OFFSET $3)",
        params![tenant.as_str(), base.as_str(), KEPT],
    )
    .await?;
    Ok(())
}

/// Suggestions by key, as their newest answer says it.
macro_rules! select {
    ($where:literal, $rest:literal) => {
        concat!(
            "SELECT * FROM (
                 SELECT a.key, a.question, a.answer, a.language, a.agent, count(*) OVER same AS count,
                     max(a.at) OVER same AS last, a.log, a.conversation, coalesce(d.state, 'open') AS state,
                     d.agent AS decided_by, d.group_,
                     row_number() OVER (PARTITION BY a.key ORDER BY a.at DESC, a.log, a.number) AS nth
                 FROM knowledge_answer AS a
                 LEFT JOIN knowledge_decision AS d ON d.tenant = a.tenant AND d.base = a.base AND d.key = a.key
                 WHERE a.tenant = $1 AND a.base = $2 ",
            $where,
            " WINDOW same AS (PARTITION BY a.key)) AS found WHERE nth = 1 ",
            $rest
        )
    };
}

fn from_row(row: &Row) -> Worked<Suggestion> {
    Ok(Suggestion {
        key: row.try_get("key")?,
        question: row.try_get("question")?,
        answer: row.try_get("answer")?,
        language: row.try_get("language")?,
        agent: id(row, "agent")?,
        count: number(row, "count")?,
        last: timestamp(row, "last")?,
        log: log(row, "log")?,
        conversation: number(row, "conversation")?,
        state: SuggestionState::parse(row.try_get("state")?)
            .ok_or_else(|| Fault::damaged("state of a suggestion"))?,
        by: optional_id(row, "decided_by")?,
        group: optional_id(row, "group_")?,
    })
}

pub(super) async fn list(
    connection: &Connection,
    tenant: &TenantId,
    base: &BaseId,
    state: SuggestionState,
    most: usize,
) -> Worked<Vec<Suggestion>> {
    let sql = select!("AND coalesce(d.state, 'open') = $3", "ORDER BY count DESC, last DESC, key LIMIT $4");
    connection
        .query(sql, params![tenant.as_str(), base.as_str(), state.as_str(), limit(most)])
        .await?
        .iter()
        .map(from_row)
        .collect()
}

pub(super) async fn one(
    connection: &Connection,
    tenant: &TenantId,
    base: &BaseId,
    key: &str,
) -> Worked<Option<Suggestion>> {
    let sql = select!("AND a.key = $3", "");
    let row = connection.first(sql, params![tenant.as_str(), base.as_str(), key]).await?;
    row.map(|row| from_row(&row)).transpose()
}

/// Of several who decide at once, one does: whoever comes later sees what the first has written.
pub(super) async fn judge(
    connection: &Connection,
    (tenant, base, key): (&TenantId, &BaseId, &str),
    from: SuggestionState,
    (to, by, group): &(SuggestionState, AgentId, Option<GroupId>),
) -> Worked<bool> {
    // What nobody has decided about has no row.
    let sql = if from == SuggestionState::Open {
        "INSERT INTO knowledge_decision (tenant, base, key, state, agent, group_)
         SELECT $1, $2, $3, $5, $6, $7
         ON CONFLICT (tenant, base, key) DO UPDATE
         SET state = excluded.state, agent = excluded.agent, group_ = excluded.group_
         WHERE knowledge_decision.state = $4"
    } else {
        "UPDATE knowledge_decision SET state = $5, agent = $6, group_ = $7
         WHERE tenant = $1 AND base = $2 AND key = $3 AND state = $4"
    };
    Ok(connection
        .execute(
            sql,
            params![
                tenant.as_str(),
                base.as_str(),
                key,
                from.as_str(),
                to.as_str(),
                by.as_str(),
                group.as_ref().map(GroupId::as_str),
            ],
        )
        .await?
        > 0)
}
