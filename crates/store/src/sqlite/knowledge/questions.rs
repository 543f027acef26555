use frontdesk_core::id::{AgentId, BaseId, GroupId, TenantId};
use frontdesk_core::knowledge::{AskedInVain, question_key};
use frontdesk_core::port::{BadlyRated, Judged, Learned, Unanswered, UnansweredFilter, Verdict};
use frontdesk_core::robot::{Hit, Trace};
use rusqlite::{Connection, Row, params};

use super::suggestions;
use crate::error::{Fault, Worked};
use crate::sqlite::value::{entry_number, id, limit, log, number, optional_id, stored, timestamp, words};
use crate::sqlite::writer::Tx;

/// How many questions are kept of a base.
const KEPT: i64 = 20_000;

pub(super) fn learn(tx: &mut Tx<'_>, learned: &Learned) -> Worked<()> {
    tx.begin()?;
    let mut bases: Vec<&BaseId> = Vec::new();
    for asked in &learned.lessons.asked {
        take(tx, learned, asked)?;
        bases.push(&asked.found.base);
    }
    if let Some(answered) = &learned.lessons.answered {
        suggestions::take(tx, learned, answered)?;
        bases.push(&answered.found.base);
    }
    bases.dedup();
    // Now and then is enough.
    if tx.now().as_millis() % 16 == 0 {
        for base in bases {
            forget_the_oldest(tx, &learned.tenant, base)?;
            suggestions::forget_the_oldest(tx, &learned.tenant, base)?;
        }
    }
    Ok(())
}

fn take(tx: &Tx<'_>, learned: &Learned, asked: &AskedInVain) -> Worked<()> {
    if !asked.is_noteworthy() {
        tx.execute(
            "DELETE FROM knowledge_question WHERE log = ?1 AND number = ?2",
            params![learned.log.as_bytes(), stored(asked.number.0)],
        )?;
        return Ok(());
    }
    tx.execute(
        "INSERT INTO knowledge_question (log, number, tenant, base, conversation, turn, at, key, text, language, hit,
             version, candidates, wanted_agent, rated_badly, comment)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16
         WHERE EXISTS (SELECT 1 FROM knowledge_base WHERE tenant = ?3 AND base = ?4)
         ON CONFLICT (log, number) DO UPDATE SET wanted_agent = excluded.wanted_agent,
             rated_badly = excluded.rated_badly, comment = excluded.comment WHERE ?17",
        params![
            learned.log.as_bytes(),
            stored(asked.number.0),
            learned.tenant.as_str(),
            asked.found.base.as_str(),
            stored(learned.conversation),
            asked.turn,
            asked.at.as_millis(),
            question_key(&asked.text),
            asked.text,
            learned.language,
            asked.found.hit.as_str(),
            stored(asked.found.version),
            words(&asked.found.candidates)?,
            asked.wanted_agent,
            asked.rated_badly,
            asked.comment,
            learned.whole
        ],
    )?;
    Ok(())
}

fn forget_the_oldest(tx: &Tx<'_>, tenant: &TenantId, base: &BaseId) -> Worked<()> {
    tx.execute(
        "DELETE FROM knowledge_question WHERE (log, number) IN (
             SELECT log, number FROM knowledge_question WHERE tenant = ?1 AND base = ?2
             ORDER BY at DESC LIMIT -1 OFFSET ?3)",
        params![tenant.as_str(), base.as_str(), KEPT],
    )?;
    Ok(())
}

/// Questions by key: `max(at)` makes the other columns those of the one that was asked last.
macro_rules! select {
    ($where:literal, $rest:literal) => {
        concat!(
            "SELECT q.key, q.text, q.language, count(*) AS count, sum(q.wanted_agent) AS wanted_agent,
                 min(q.at) AS first, max(q.at) AS last, q.log, q.conversation, q.hit, q.candidates,
                 v.verdict, v.agent, v.group_
             FROM knowledge_question AS q
             LEFT JOIN knowledge_verdict AS v ON v.tenant = q.tenant AND v.base = q.base AND v.key = q.key
             WHERE q.tenant = ?1 AND q.base = ?2 AND (q.hit <> 'clear' OR q.wanted_agent = 1) ",
            $where,
            " GROUP BY q.key ",
            $rest
        )
    };
}

fn from_row(row: &Row<'_>) -> Worked<Unanswered> {
    let candidates = row.get_ref("candidates")?.as_str().map_err(Fault::damaged)?;
    let judged = match row.get::<_, Option<String>>("verdict")? {
        Some(verdict) => Some(Judged {
            verdict: Verdict::parse(&verdict).ok_or_else(|| Fault::damaged("a verdict"))?,
            by: id(row, "agent")?,
            group: optional_id(row, "group_")?,
        }),
        None => None,
    };
    Ok(Unanswered {
        key: row.get("key")?,
        text: row.get("text")?,
        language: row.get("language")?,
        count: number(row, "count")?,
        wanted_agent: number(row, "wanted_agent")?,
        first: timestamp(row, "first")?,
        last: timestamp(row, "last")?,
        log: log(row, "log")?,
        conversation: number(row, "conversation")?,
        hit: hit(row)?,
        candidates: serde_json::from_str(candidates)?,
        judged,
    })
}

fn hit(row: &Row<'_>) -> Worked<Hit> {
    let name: String = row.get("hit")?;
    Hit::parse(&name).ok_or_else(|| Fault::damaged("how well a group fitted"))
}

pub(super) fn list(
    connection: &Connection,
    tenant: &TenantId,
    base: &BaseId,
    filter: &UnansweredFilter,
) -> Worked<Vec<Unanswered>> {
    let mut statement = connection.prepare_cached(select!(
        "AND v.verdict IS ?3 AND q.at >= ?4
         AND (?5 IS NULL OR q.language = ?5 OR substr(q.language, 1, length(?5) + 1) IN (?5 || '_', ?5 || '-'))",
        "HAVING count(*) >= ?6 ORDER BY count DESC, last DESC, q.key LIMIT ?7"
    ))?;
    statement
        .query_and_then(
            params![
                tenant.as_str(),
                base.as_str(),
                filter.verdict.map(Verdict::as_str),
                filter.since.map_or(i64::MIN, frontdesk_core::time::Timestamp::as_millis),
                filter.language,
                stored(filter.least),
                limit(filter.limit)
            ],
            from_row,
        )?
        .collect()
}

pub(super) fn one(
    connection: &Connection,
    tenant: &TenantId,
    base: &BaseId,
    key: &str,
) -> Worked<Option<Unanswered>> {
    let mut statement = connection.prepare_cached(select!("AND q.key = ?3", ""))?;
    let mut rows = statement.query(params![tenant.as_str(), base.as_str(), key])?;
    rows.next()?.map(from_row).transpose()
}

pub(super) fn judge(
    tx: &Tx<'_>,
    tenant: &TenantId,
    base: &BaseId,
    key: &str,
    judged: Option<&Judged>,
) -> Worked<()> {
    match judged {
        Some(judged) => tx.execute(
            "INSERT INTO knowledge_verdict (tenant, base, key, verdict, agent, group_) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (tenant, base, key) DO UPDATE
             SET verdict = excluded.verdict, agent = excluded.agent, group_ = excluded.group_",
            params![
                tenant.as_str(),
                base.as_str(),
                key,
                judged.verdict.as_str(),
                AgentId::as_str(&judged.by),
                judged.group.as_ref().map(GroupId::as_str)
            ],
        )?,
        None => tx.execute(
            "DELETE FROM knowledge_verdict WHERE tenant = ?1 AND base = ?2 AND key = ?3",
            params![tenant.as_str(), base.as_str(), key],
        )?,
    };
    Ok(())
}

pub(super) fn badly_rated(
    connection: &Connection,
    tenant: &TenantId,
    base: &BaseId,
    most: usize,
) -> Worked<Vec<BadlyRated>> {
    let mut statement = connection.prepare_cached(
        "SELECT log, number, conversation, turn, at, text, language, hit, version, candidates, wanted_agent, comment
         FROM knowledge_question WHERE tenant = ?1 AND base = ?2 AND rated_badly = 1
         ORDER BY at DESC LIMIT ?3",
    )?;
    let mut rows = statement.query(params![tenant.as_str(), base.as_str(), limit(most)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let candidates = row.get_ref("candidates")?.as_str().map_err(Fault::damaged)?;
        found.push(BadlyRated {
            log: log(row, "log")?,
            conversation: number(row, "conversation")?,
            language: row.get("language")?,
            asked: AskedInVain {
                number: entry_number(row, "number")?,
                turn: row.get("turn")?,
                at: timestamp(row, "at")?,
                text: row.get("text")?,
                found: Trace {
                    base: base.clone(),
                    version: number(row, "version")?,
                    hit: hit(row)?,
                    candidates: serde_json::from_str(candidates)?,
                },
                wanted_agent: row.get("wanted_agent")?,
                rated_badly: true,
                comment: row.get("comment")?,
            },
        });
    }
    Ok(found)
}
