//! Facts of conversations that were removed: they are never made anew, and neither is what they add up to. The numbers
//! of the tenant are locked.

use std::collections::HashMap;

use frontdesk_core::id::TenantId;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Customer, Removal};
use frontdesk_core::report::{Contributions, ConversationFact, Measures, difference};

use super::lock;
use super::sums::{self, Place, Places};
use crate::postgres::connection::Connection;
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::transaction::Tx;
use crate::postgres::value::{json, limit, params, stored};

/// A fact that is kept.
pub(super) async fn fact(
    connection: &Connection,
    log: LogId,
    conversation: u64,
) -> Worked<Option<ConversationFact>> {
    let sql = "SELECT body FROM conversation_fact WHERE log = $1 AND conversation = $2 AND kept";
    let row = connection.first(sql, params![log.as_bytes(), stored(conversation)]).await?;
    row.map(|row| json(&row, "body")).transpose()
}

/// Conversations are removed: their facts stay as they are from now on.
pub(in crate::postgres) async fn keep_facts(
    tx: &Tx,
    owner: &Customer,
    log: LogId,
    conversations: &[i64],
) -> Worked<()> {
    let rows = tx
        .query(
            "UPDATE conversation_fact SET kept = TRUE
             WHERE log = $1 AND conversation = ANY ($2) AND NOT kept RETURNING body",
            params![log.as_bytes(), conversations],
        )
        .await?;
    let mut sums = Contributions::new();
    for row in &rows {
        for (key, measures) in difference(None, Some(&json(row, "body")?)) {
            sums.entry(key).or_default().merge(&measures);
        }
    }
    add(tx, owner, &sums).await?;
    tx.execute(
        "UPDATE episode_fact SET kept = TRUE WHERE log = $1 AND conversation = ANY ($2) AND NOT kept",
        params![log.as_bytes(), conversations],
    )
    .await?;
    Ok(())
}

/// Adds to what kept facts add up to.
pub(super) async fn add(tx: &Tx, owner: &Customer, sums: &Contributions) -> Worked<()> {
    let mut all: HashMap<Place<'_>, Measures> = HashMap::with_capacity(sums.len());
    for (key, measures) in sums {
        all.entry(Place::of(owner, key)).or_default().merge(measures);
    }
    let places: Places<'_> = all.keys().copied().collect();
    let rows = tx
        .query(
            "SELECT kept.subject, kept.start, kept.channel, kept.name, kept.agent, kept.body
             FROM unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[])
                 AS wanted (subject, start, channel, name, agent)
             JOIN report_kept AS kept ON kept.tenant = $1 AND kept.subject = wanted.subject
                 AND kept.start = wanted.start AND kept.channel = wanted.channel
                 AND kept.name = wanted.name AND kept.agent = wanted.agent",
            params![
                owner.tenant.as_str(),
                places.subjects,
                places.starts,
                places.channels,
                places.names,
                places.agents,
            ],
        )
        .await?;
    for row in &rows {
        if let Some(sum) = all.get_mut(&Place::read(row)?) {
            sum.merge_encoded(row.try_get("body")?).map_err(Fault::damaged)?;
        }
    }
    let places: Places<'_> = all.keys().copied().collect();
    let bodies: Vec<Vec<u8>> = all.values().map(Measures::encode).collect();
    tx.execute(
        "INSERT INTO report_kept (tenant, subject, start, channel, name, agent, body)
         SELECT $1, new.subject, new.start, new.channel, new.name, new.agent, new.body
         FROM unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bytea[])
             AS new (subject, start, channel, name, agent, body)
         ON CONFLICT (tenant, subject, start, channel, name, agent) DO UPDATE SET body = excluded.body",
        params![
            owner.tenant.as_str(),
            places.subjects,
            places.starts,
            places.channels,
            places.names,
            places.agents,
            bodies,
        ],
    )
    .await?;
    Ok(())
}

/// Adds the next rows of it to sums that are being made anew. Gives the last one; `None` if there was none left.
pub(super) async fn restore(tx: &Tx, tenant: &TenantId, after: i64, most: usize) -> Worked<Option<i64>> {
    let rows = tx
        .query(
            "SELECT id, subject, start, channel, name, agent, body FROM report_kept
             WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3",
            params![tenant.as_str(), after, limit(most)],
        )
        .await?;
    let Some(last) = rows.last() else { return Ok(None) };
    let mut quarters = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut sum = Measures::default();
        sum.merge_encoded(row.try_get("body")?).map_err(Fault::damaged)?;
        quarters.push((Place::read(row)?, sum));
    }
    sums::add_at(tx, tenant, quarters.iter().map(|(place, sum)| (*place, sum))).await?;
    Ok(Some(last.try_get("id")?))
}

/// Removes kept facts that were over before a moment; how many.
pub(in crate::postgres) async fn remove_kept(tx: &Tx, removal: &Removal) -> Worked<u64> {
    lock(tx, &removal.tenant).await?;
    tx.execute(
        "WITH old AS (
             SELECT log, conversation FROM conversation_fact
             WHERE tenant = $1 AND kept AND ended < $2 ORDER BY ended LIMIT $3
         ), gone AS (
             DELETE FROM episode_fact AS episode USING old
             WHERE episode.log = old.log AND episode.conversation = old.conversation
         )
         DELETE FROM conversation_fact AS fact USING old
         WHERE fact.log = old.log AND fact.conversation = old.conversation",
        params![removal.tenant.as_str(), removal.before.as_millis(), limit(removal.limit)],
    )
    .await
}
