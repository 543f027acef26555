//! Facts of conversations.

use std::collections::BTreeSet;

use frontdesk_core::id::{ChannelId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Customer, FactPlace, FactQuery, FactRow, FoldedEntries, Purpose};
use frontdesk_core::report::{ConversationFact, difference};
use frontdesk_core::time::Timestamp;
use tokio_postgres::Row;

use super::{kept, lock, rebuild, sums};
use crate::postgres::connection::Connection;
use crate::postgres::fault::Worked;
use crate::postgres::transaction::Tx;
use crate::postgres::value::{self, json, limit, number, params, small, stored, timestamp, words};
use crate::postgres::{log_row, pending};

pub(super) async fn of_log(
    connection: &Connection,
    log: LogId,
    conversations: &BTreeSet<u64>,
) -> Worked<Vec<ConversationFact>> {
    let conversations: Vec<i64> = conversations.iter().copied().map(stored).collect();
    let rows = connection
        .query(
            "SELECT body FROM conversation_fact WHERE log = $1 AND conversation = ANY ($2)
             ORDER BY conversation",
            params![log.as_bytes(), conversations],
        )
        .await?;
    rows.iter().map(|row| json(row, "body")).collect()
}

/// Keeps facts and sums, and moves the mark.
pub(super) async fn keep(tx: &Tx, folded: &FoldedEntries) -> Worked<bool> {
    let Some(owner) = log_row::lock(tx, folded.log).await?.and_then(|row| row.owner) else {
        return Ok(false);
    };
    lock(tx, &owner.tenant).await?;
    if rebuild::is_going_on(tx, &owner.tenant).await?
        || !pending::advance(tx, Purpose::Reports, folded.log, folded.from, folded.through).await?
    {
        return Ok(false);
    }
    for fact in &folded.facts {
        put(tx, folded.log, &owner, fact).await?;
    }
    if !folded.sums.is_empty() {
        sums::add(tx, &owner, &folded.sums).await?;
    }
    Ok(true)
}

async fn put(tx: &Tx, log: LogId, owner: &Customer, fact: &ConversationFact) -> Worked<()> {
    let kept = kept::fact(tx, log, fact.conversation).await?;
    if let Some(before) = &kept {
        kept::add(tx, owner, &difference(Some(before), Some(fact))).await?;
    }
    tx.execute(
        "INSERT INTO conversation_fact (log, conversation, tenant, channel, ended, body)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (log, conversation) DO UPDATE SET ended = excluded.ended, body = excluded.body",
        params![
            log.as_bytes(),
            stored(fact.conversation),
            owner.tenant.as_str(),
            owner.channel.as_str(),
            fact.ended.map(|ended| ended.at.as_millis()),
            words(fact)?,
        ],
    )
    .await?;
    let ended = (0_i64..).zip(&fact.episodes).filter_map(|(place, episode)| Some((place, episode.ended?.0)));
    let (places, ends): (Vec<i64>, Vec<i64>) = ended.map(|(place, ended)| (place, ended.as_millis())).unzip();
    if places.is_empty() {
        return Ok(());
    }
    // Once it is over, nothing makes it end at another time.
    tx.execute(
        "INSERT INTO episode_fact (log, conversation, episode, tenant, ended, kept)
         SELECT $1, $2, new.episode, $3, new.ended, $6
         FROM unnest($4::bigint[], $5::bigint[]) AS new (episode, ended)
         ON CONFLICT (log, conversation, episode) DO NOTHING",
        params![
            log.as_bytes(),
            stored(fact.conversation),
            owner.tenant.as_str(),
            places,
            ends,
            kept.is_some(),
        ],
    )
    .await?;
    Ok(())
}

/// Takes the tags from the facts of a log, and from what they add up to. The log is locked.
pub(in crate::postgres) async fn forget_tags(tx: &Tx, log: LogId, owner: &Customer) -> Worked<()> {
    lock(tx, &owner.tenant).await?;
    let rows = tx.query("SELECT body FROM conversation_fact WHERE log = $1", params![log.as_bytes()]).await?;
    for row in &rows {
        let fact: ConversationFact = json(row, "body")?;
        if fact.tags.is_empty() {
            continue;
        }
        let left = ConversationFact { tags: BTreeSet::new(), ..fact.clone() };
        put(tx, log, owner, &left).await?;
        sums::add(tx, owner, &difference(Some(&fact), Some(&left))).await?;
    }
    Ok(())
}

/// The beginning of what is wanted: nothing is before a log of no bytes.
fn start(query: &FactQuery) -> (Timestamp, &[u8], u64, u32) {
    match &query.after {
        Some(after) if after.ended >= query.from => {
            (after.ended, after.log.as_bytes(), after.conversation, after.episode)
        }
        _ => (query.from, &[], 0, 0),
    }
}

pub(super) async fn conversations(
    connection: &Connection,
    tenant: &TenantId,
    query: &FactQuery,
) -> Worked<Vec<FactRow>> {
    let (ended, log, conversation, _) = start(query);
    let rows = connection
        .query(
            "SELECT fact.log AS place_log, fact.conversation, fact.ended, CAST(0 AS BIGINT) AS episode, fact.body,
                 log.tenant, log.channel, log.user_id, log.name, log.locale
             FROM conversation_fact AS fact JOIN log_owner AS log ON log.id = fact.log
             WHERE fact.tenant = $1 AND fact.ended IS NOT NULL
                 AND (fact.ended, fact.log, fact.conversation) > ($2, $3, $4) AND fact.ended < $5
                 AND fact.channel = coalesce($6, fact.channel)
             ORDER BY fact.ended, fact.log, fact.conversation LIMIT $7",
            params![
                tenant.as_str(),
                ended.as_millis(),
                log,
                stored(conversation),
                query.to.as_millis(),
                query.channel.as_ref().map(ChannelId::as_str),
                limit(query.limit),
            ],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

pub(super) async fn episodes(
    connection: &Connection,
    tenant: &TenantId,
    query: &FactQuery,
) -> Worked<Vec<FactRow>> {
    let (ended, log, conversation, episode) = start(query);
    let rows = connection
        .query(
            "SELECT place.log AS place_log, place.conversation, place.ended, place.episode, fact.body,
                 log.tenant, log.channel, log.user_id, log.name, log.locale
             FROM episode_fact AS place
             JOIN conversation_fact AS fact ON fact.log = place.log AND fact.conversation = place.conversation
             JOIN log_owner AS log ON log.id = place.log
             WHERE place.tenant = $1
                 AND (place.ended, place.log, place.conversation, place.episode) > ($2, $3, $4, $5)
                 AND place.ended < $6 AND fact.channel = coalesce($7, fact.channel)
             ORDER BY place.ended, place.log, place.conversation, place.episode LIMIT $8",
            params![
                tenant.as_str(),
                ended.as_millis(),
                log,
                stored(conversation),
                i64::from(episode),
                query.to.as_millis(),
                query.channel.as_ref().map(ChannelId::as_str),
                limit(query.limit),
            ],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Worked<FactRow> {
    Ok(FactRow {
        place: FactPlace {
            ended: timestamp(row, "ended")?,
            log: value::log(row, "place_log")?,
            conversation: number(row, "conversation")?,
            episode: small(row, "episode")?,
        },
        customer: log_row::owner(row)?,
        fact: json(row, "body")?,
    })
}
