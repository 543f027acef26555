//! Facts of conversations.

use std::collections::BTreeSet;

use frontdesk_core::id::{ChannelId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Customer, FactPlace, FactQuery, FactRow, FoldedEntries, Purpose};
use frontdesk_core::report::{ConversationFact, difference};
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::error::{Fault, Worked};
use crate::sqlite::pending;
use crate::sqlite::reports::{kept, rebuild, sums};
use crate::sqlite::value::{self, id, limit, number, stored, timestamp, words};
use crate::sqlite::writer::Tx;

pub(super) fn of_log(
    connection: &Connection,
    log: LogId,
    conversations: &BTreeSet<u64>,
) -> Worked<Vec<ConversationFact>> {
    let mut statement = connection
        .prepare_cached("SELECT body FROM conversation_fact WHERE log = ?1 AND conversation = ?2")?;
    let mut facts = Vec::with_capacity(conversations.len());
    for conversation in conversations {
        let body: Option<String> = statement
            .query_row(params![log.as_bytes(), stored(*conversation)], |row| row.get(0))
            .optional()?;
        facts.extend(body.map(|body| parsed(&body)).transpose()?);
    }
    Ok(facts)
}

pub(super) fn parsed(body: &str) -> Worked<ConversationFact> {
    serde_json::from_str(body).map_err(Fault::damaged)
}

/// Keeps facts and sums, and moves the mark.
pub(super) fn keep(tx: &mut Tx<'_>, folded: &FoldedEntries) -> Worked<bool> {
    let Some(owner) = tx.log(folded.log)?.and_then(|snapshot| snapshot.owner.clone()) else {
        return Ok(false);
    };
    if rebuild::is_going_on(tx, &owner.tenant)? {
        return Ok(false);
    }
    tx.begin()?;
    // Where the mark stands is asked first: nothing may fail once the log is staged.
    let stands = tx.first(
        "SELECT after FROM pending WHERE purpose = ?1 AND tenant = ?2 AND channel = ?3 AND log = ?4",
        params![
            Purpose::Reports.as_str(),
            owner.tenant.as_str(),
            owner.channel.as_str(),
            folded.log.as_bytes()
        ],
        |row| number(row, "after"),
    )?;
    if stands != Some(folded.from.0) {
        return Ok(false);
    }
    for fact in &folded.facts {
        put(tx, folded.log, &owner, fact)?;
    }
    sums::add(tx, &owner, &folded.sums)?;
    pending::advance(tx, Purpose::Reports, folded.log, folded.from, folded.through)
}

fn put(tx: &Tx<'_>, log: LogId, owner: &Customer, fact: &ConversationFact) -> Worked<()> {
    let kept = tx.first(
        "SELECT body FROM conversation_fact WHERE log = ?1 AND conversation = ?2 AND kept = 1",
        params![log.as_bytes(), stored(fact.conversation)],
        |row| parsed(row.get_ref("body")?.as_str().map_err(Fault::damaged)?),
    )?;
    if let Some(before) = &kept {
        kept::add(tx, owner, &difference(Some(before), Some(fact)))?;
    }
    tx.execute(
        "INSERT INTO conversation_fact (log, conversation, tenant, channel, ended, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT DO UPDATE SET ended = excluded.ended, body = excluded.body",
        params![
            log.as_bytes(),
            stored(fact.conversation),
            owner.tenant.as_str(),
            owner.channel.as_str(),
            fact.ended.map(|ended| ended.at.as_millis()),
            words(fact)?
        ],
    )?;
    for (place, episode) in (0_i64..).zip(&fact.episodes) {
        let Some((ended, _)) = episode.ended else { continue };
        // Once it is over, nothing makes it end at another time.
        tx.execute(
            "INSERT INTO episode_fact (log, conversation, episode, tenant, ended, kept)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
            params![
                log.as_bytes(),
                stored(fact.conversation),
                place,
                owner.tenant.as_str(),
                ended.as_millis(),
                kept.is_some()
            ],
        )?;
    }
    Ok(())
}

/// Takes the tags from the facts of a log, and from what they add up to.
pub(in crate::sqlite) fn forget_tags(tx: &Tx<'_>, log: LogId, owner: &Customer) -> Worked<()> {
    let mut tagged: Vec<ConversationFact> = Vec::new();
    {
        let mut statement =
            tx.connection().prepare_cached("SELECT body FROM conversation_fact WHERE log = ?1")?;
        let mut rows = statement.query(params![log.as_bytes()])?;
        while let Some(row) = rows.next()? {
            let fact = parsed(row.get_ref("body")?.as_str().map_err(Fault::damaged)?)?;
            if !fact.tags.is_empty() {
                tagged.push(fact);
            }
        }
    }
    for fact in &tagged {
        let left = ConversationFact { tags: BTreeSet::new(), ..fact.clone() };
        put(tx, log, owner, &left)?;
        sums::add(tx, owner, &difference(Some(fact), Some(&left)))?;
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

pub(super) fn conversations(
    connection: &Connection,
    tenant: &TenantId,
    query: &FactQuery,
) -> Worked<Vec<FactRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT fact.log AS place_log, fact.conversation, fact.ended, 0 AS episode, fact.body,
             log.tenant, log.channel, log.user, log.name, log.locale
         FROM conversation_fact AS fact JOIN log ON log.id = fact.log
         WHERE fact.tenant = ?1 AND fact.ended IS NOT NULL
             AND (fact.ended, fact.log, fact.conversation) > (?2, ?3, ?4) AND fact.ended < ?5
             AND fact.channel = coalesce(?6, fact.channel)
         ORDER BY fact.ended, fact.log, fact.conversation LIMIT ?7",
    )?;
    let (ended, log, conversation, _) = start(query);
    statement
        .query_and_then(
            params![
                tenant.as_str(),
                ended.as_millis(),
                log,
                stored(conversation),
                query.to.as_millis(),
                query.channel.as_ref().map(ChannelId::as_str),
                limit(query.limit)
            ],
            from_row,
        )?
        .collect()
}

pub(super) fn episodes(
    connection: &Connection,
    tenant: &TenantId,
    query: &FactQuery,
) -> Worked<Vec<FactRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT place.log AS place_log, place.conversation, place.ended, place.episode, fact.body,
             log.tenant, log.channel, log.user, log.name, log.locale
         FROM episode_fact AS place
         JOIN conversation_fact AS fact ON fact.log = place.log AND fact.conversation = place.conversation
         JOIN log ON log.id = place.log
         WHERE place.tenant = ?1
             AND (place.ended, place.log, place.conversation, place.episode) > (?2, ?3, ?4, ?5)
             AND place.ended < ?6 AND fact.channel = coalesce(?7, fact.channel)
         ORDER BY place.ended, place.log, place.conversation, place.episode LIMIT ?8",
    )?;
    let (ended, log, conversation, episode) = start(query);
    statement
        .query_and_then(
            params![
                tenant.as_str(),
                ended.as_millis(),
                log,
                stored(conversation),
                episode,
                query.to.as_millis(),
                query.channel.as_ref().map(ChannelId::as_str),
                limit(query.limit)
            ],
            from_row,
        )?
        .collect()
}

fn from_row(row: &Row<'_>) -> Worked<FactRow> {
    let body = row.get_ref("body")?;
    Ok(FactRow {
        place: FactPlace {
            ended: timestamp(row, "ended")?,
            log: value::log(row, "place_log")?,
            conversation: number(row, "conversation")?,
            episode: row.get("episode")?,
        },
        customer: Customer {
            tenant: id(row, "tenant")?,
            channel: id(row, "channel")?,
            user: id(row, "user")?,
            name: row.get("name")?,
            locale: row.get("locale")?,
        },
        fact: parsed(body.as_str().map_err(Fault::damaged)?)?,
    })
}
