use frontdesk_core::id::{AgentId, BaseId, GroupId, TenantId};
use frontdesk_core::knowledge::{AnsweredByAgent, question_key};
use frontdesk_core::port::{Learned, Suggestion, SuggestionState};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::error::{Fault, Worked};
use crate::sqlite::value::{id, limit, log, number, optional_id, stored, timestamp};
use crate::sqlite::writer::Tx;

/// How many answers of agents are kept for a base.
const KEPT: i64 = 5_000;

pub(super) fn take(tx: &Tx<'_>, learned: &Learned, answered: &AnsweredByAgent) -> Worked<()> {
    tx.execute(
        "INSERT INTO knowledge_answer (log, number, tenant, base, conversation, at, key, question, answer, language, agent)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11
         WHERE EXISTS (SELECT 1 FROM knowledge_base WHERE tenant = ?3 AND base = ?4)
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
            answered.agent.as_str()
        ],
    )?;
    Ok(())
}

pub(super) fn forget_the_oldest(tx: &Tx<'_>, tenant: &TenantId, base: &BaseId) -> Worked<()> {
    tx.execute(
        "DELETE FROM knowledge_answer WHERE (log, number) IN (
             SELECT log, number FROM knowledge_answer WHERE tenant = ?1 AND base = ?2
             ORDER BY at DESC LIMIT -1 OFFSET ?3)",
        params![tenant.as_str(), base.as_str(), KEPT],
    )?;
    Ok(())
}

/// Suggestions by key: `max(at)` makes the other columns those of the newest answer.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT a.key, a.question, a.answer, a.language, a.agent, count(*) AS count, max(a.at) AS last, a.log,
                 a.conversation, coalesce(d.state, 'open') AS state, d.agent AS decided_by, d.group_
             FROM knowledge_answer AS a
             LEFT JOIN knowledge_decision AS d ON d.tenant = a.tenant AND d.base = a.base AND d.key = a.key
             WHERE a.tenant = ?1 AND a.base = ?2 ",
            $rest
        )
    };
}

fn from_row(row: &Row<'_>) -> Worked<Suggestion> {
    let state: String = row.get("state")?;
    Ok(Suggestion {
        key: row.get("key")?,
        question: row.get("question")?,
        answer: row.get("answer")?,
        language: row.get("language")?,
        agent: id(row, "agent")?,
        count: number(row, "count")?,
        last: timestamp(row, "last")?,
        log: log(row, "log")?,
        conversation: number(row, "conversation")?,
        state: SuggestionState::parse(&state).ok_or_else(|| Fault::damaged("state of a suggestion"))?,
        by: optional_id(row, "decided_by")?,
        group: optional_id(row, "group_")?,
    })
}

pub(super) fn list(
    connection: &Connection,
    tenant: &TenantId,
    base: &BaseId,
    state: SuggestionState,
    most: usize,
) -> Worked<Vec<Suggestion>> {
    let mut statement = connection.prepare_cached(select!(
        "AND coalesce(d.state, 'open') = ?3 GROUP BY a.key ORDER BY count DESC, last DESC, a.key LIMIT ?4"
    ))?;
    statement
        .query_and_then(params![tenant.as_str(), base.as_str(), state.as_str(), limit(most)], from_row)?
        .collect()
}

pub(super) fn one(
    connection: &Connection,
    tenant: &TenantId,
    base: &BaseId,
    key: &str,
) -> Worked<Option<Suggestion>> {
    let mut statement = connection.prepare_cached(select!("AND a.key = ?3 GROUP BY a.key"))?;
    let mut rows = statement.query(params![tenant.as_str(), base.as_str(), key])?;
    rows.next()?.map(from_row).transpose()
}

pub(super) fn judge(
    tx: &mut Tx<'_>,
    (tenant, base, key): (&TenantId, &BaseId, &str),
    from: SuggestionState,
    (to, by, group): &(SuggestionState, AgentId, Option<GroupId>),
) -> Worked<bool> {
    let found: Option<String> = tx
        .connection()
        .prepare_cached("SELECT state FROM knowledge_decision WHERE tenant = ?1 AND base = ?2 AND key = ?3")?
        .query_row(params![tenant.as_str(), base.as_str(), key], |row| row.get(0))
        .optional()?;
    if found.as_deref().unwrap_or(SuggestionState::Open.as_str()) != from.as_str() {
        return Ok(false);
    }
    tx.execute(
        "INSERT INTO knowledge_decision (tenant, base, key, state, agent, group_) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (tenant, base, key) DO UPDATE
         SET state = excluded.state, agent = excluded.agent, group_ = excluded.group_",
        params![
            tenant.as_str(),
            base.as_str(),
            key,
            to.as_str(),
            by.as_str(),
            group.as_ref().map(GroupId::as_str)
        ],
    )?;
    Ok(true)
}
