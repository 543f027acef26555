use frontdesk_core::id::{AgentId, BaseId, GroupId, TenantId};
use frontdesk_core::knowledge::{AskedInVain, question_key};
use frontdesk_core::port::{BadlyRated, Judged, Learned, Unanswered, UnansweredFilter, Verdict};
use frontdesk_core::robot::{Hit, Trace};
use frontdesk_core::time::Timestamp;
use tokio_postgres::Row;

use super::suggestions;
use crate::postgres::connection::Connection;
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::transaction::Tx;
use crate::postgres::value::{
    entry_number, id, json, limit, log, number, optional_id, params, small, stored, timestamp, words,
};

/// How many questions are kept of a base.
const KEPT: i64 = 20_000;

pub(super) async fn learn(tx: &Tx, learned: &Learned) -> Worked<()> {
    let mut bases: Vec<&BaseId> = Vec::new();
    for asked in &learned.lessons.asked {
        take(tx, learned, asked).await?;
        bases.push(&asked.found.base);
    }
    if let Some(answered) = &learned.lessons.answered {
        suggestions::take(tx, learned, answered).await?;
        bases.push(&answered.found.base);
    }
    bases.dedup();
    // Now and then is enough.
    if tx.now().await?.as_millis() % 16 == 0 {
        for base in bases {
            forget_the_oldest(tx, &learned.tenant, base).await?;
            suggestions::forget_the_oldest(tx, &learned.tenant, base).await?;
        }
    }
    Ok(())
}

async fn take(tx: &Tx, learned: &Learned, asked: &AskedInVain) -> Worked<()> {
    if !asked.is_noteworthy() {
        tx.execute(
            "DELETE FROM knowledge_question WHERE log = $1 AND number = $2",
            params![learned.log.as_bytes(), stored(asked.number.0)],
        )
        .await?;
        return Ok(());
    }
    tx.execute(
        "INSERT INTO knowledge_question (log, number, tenant, base, conversation, turn, at, key, text, language, hit,
             version, candidates, wanted_agent, rated_badly, comment)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16
         WHERE EXISTS (SELECT 1 FROM knowledge_base WHERE tenant = $3 AND base = $4)
         ON CONFLICT (log, number) DO UPDATE SET wanted_agent = excluded.wanted_agent,
             rated_badly = excluded.rated_badly, comment = excluded.comment WHERE $17",
        params![
            learned.log.as_bytes(),
            stored(asked.number.0),
            learned.tenant.as_str(),
            asked.found.base.as_str(),
            stored(learned.conversation),
            i64::from(asked.turn),
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
            learned.whole,
        ],
    )
    .await?;
    Ok(())
}

async fn forget_the_oldest(tx: &Tx, tenant: &TenantId, base: &BaseId) -> Worked<()> {
    tx.execute(
        "DELETE FROM knowledge_question WHERE (log, number) IN (
             SELECT log, number FROM knowledge_question WHERE tenant = $1 AND base = $2
             ORDER BY at DESC OFFSET $3)",
        params![tenant.as_str(), base.as_str(), KEPT],
    )
    .await?;
    Ok(())
}

/// Questions by key, as they were asked last.
macro_rules! select {
    ($where:literal, $rest:literal) => {
        concat!(
            "SELECT * FROM (
                 SELECT q.key, q.text, q.language, count(*) OVER same AS count,
                     count(*) FILTER (WHERE q.wanted_agent) OVER same AS wanted_agent,
                     min(q.at) OVER same AS first, max(q.at) OVER same AS last, q.log, q.conversation, q.hit,
                     q.candidates, v.verdict, v.agent, v.group_,
                     row_number() OVER (PARTITION BY q.key ORDER BY q.at DESC, q.log, q.number) AS nth
                 FROM knowledge_question AS q
                 LEFT JOIN knowledge_verdict AS v ON v.tenant = q.tenant AND v.base = q.base AND v.key = q.key
                 WHERE q.tenant = $1 AND q.base = $2 AND (q.hit <> 'clear' OR q.wanted_agent) ",
            $where,
            " WINDOW same AS (PARTITION BY q.key)) AS found WHERE nth = 1 ",
            $rest
        )
    };
}

fn from_row(row: &Row) -> Worked<Unanswered> {
    let judged = match row.try_get::<_, Option<&str>>("verdict")? {
        Some(verdict) => Some(Judged {
            verdict: Verdict::parse(verdict).ok_or_else(|| Fault::damaged("a verdict"))?,
            by: id(row, "agent")?,
            group: optional_id(row, "group_")?,
        }),
        None => None,
    };
    Ok(Unanswered {
        key: row.try_get("key")?,
        text: row.try_get("text")?,
        language: row.try_get("language")?,
        count: number(row, "count")?,
        wanted_agent: number(row, "wanted_agent")?,
        first: timestamp(row, "first")?,
        last: timestamp(row, "last")?,
        log: log(row, "log")?,
        conversation: number(row, "conversation")?,
        hit: hit(row)?,
        candidates: json(row, "candidates")?,
        judged,
    })
}

fn hit(row: &Row) -> Worked<Hit> {
    Hit::parse(row.try_get("hit")?).ok_or_else(|| Fault::damaged("how well a group fitted"))
}

pub(super) async fn list(
    connection: &Connection,
    tenant: &TenantId,
    base: &BaseId,
    filter: &UnansweredFilter,
) -> Worked<Vec<Unanswered>> {
    let sql = select!(
        "AND v.verdict IS NOT DISTINCT FROM $3 AND q.at >= $4
         AND (CAST($5 AS TEXT) IS NULL OR q.language = $5
             OR substr(q.language, 1, length($5) + 1) IN ($5 || '_', $5 || '-'))",
        "AND count >= $6 ORDER BY count DESC, last DESC, key LIMIT $7"
    );
    connection
        .query(
            sql,
            params![
                tenant.as_str(),
                base.as_str(),
                filter.verdict.map(Verdict::as_str),
                filter.since.map_or(i64::MIN, Timestamp::as_millis),
                filter.language,
                stored(filter.least),
                limit(filter.limit),
            ],
        )
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
) -> Worked<Option<Unanswered>> {
    let sql = select!("AND q.key = $3", "");
    let row = connection.first(sql, params![tenant.as_str(), base.as_str(), key]).await?;
    row.map(|row| from_row(&row)).transpose()
}

pub(super) async fn judge(
    connection: &Connection,
    tenant: &TenantId,
    base: &BaseId,
    key: &str,
    judged: Option<&Judged>,
) -> Worked<()> {
    match judged {
        Some(judged) => {
            connection
                .execute(
                    "INSERT INTO knowledge_verdict (tenant, base, key, verdict, agent, group_)
                     VALUES ($1, $2, $3, $4, $5, $6)
                     ON CONFLICT (tenant, base, key) DO UPDATE
                     SET verdict = excluded.verdict, agent = excluded.agent, group_ = excluded.group_",
                    params![
                        tenant.as_str(),
                        base.as_str(),
                        key,
                        judged.verdict.as_str(),
                        AgentId::as_str(&judged.by),
                        judged.group.as_ref().map(GroupId::as_str),
                    ],
                )
                .await?
        }
        None => {
            connection
                .execute(
                    "DELETE FROM knowledge_verdict WHERE tenant = $1 AND base = $2 AND key = $3",
                    params![tenant.as_str(), base.as_str(), key],
                )
                .await?
        }
    };
    Ok(())
}

pub(super) async fn badly_rated(
    connection: &Connection,
    tenant: &TenantId,
    base: &BaseId,
    most: usize,
) -> Worked<Vec<BadlyRated>> {
    let rows = connection
        .query(
            "SELECT log, number, conversation, turn, at, text, language, hit, version, candidates, wanted_agent, comment
             FROM knowledge_question WHERE tenant = $1 AND base = $2 AND rated_badly
             ORDER BY at DESC LIMIT $3",
            params![tenant.as_str(), base.as_str(), limit(most)],
        )
        .await?;
    rows.iter().map(|row| badly_rated_of(row, base)).collect()
}

fn badly_rated_of(row: &Row, base: &BaseId) -> Worked<BadlyRated> {
    Ok(BadlyRated {
        log: log(row, "log")?,
        conversation: number(row, "conversation")?,
        language: row.try_get("language")?,
        asked: AskedInVain {
            number: entry_number(row, "number")?,
            turn: small(row, "turn")?,
            at: timestamp(row, "at")?,
            text: row.try_get("text")?,
            found: Trace {
                base: base.clone(),
                version: number(row, "version")?,
                hit: hit(row)?,
                candidates: json(row, "candidates")?,
            },
            wanted_agent: row.try_get("wanted_agent")?,
            rated_badly: true,
            comment: row.try_get("comment")?,
        },
    })
}
