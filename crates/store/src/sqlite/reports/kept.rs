//! Facts of conversations that were removed: they are never made anew, and neither is what they add up to.

use frontdesk_core::id::TenantId;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Customer, Removal};
use frontdesk_core::report::{Contributions, Measures, difference};
use rusqlite::params;

use crate::error::{Fault, Worked};
use crate::sqlite::reports::facts::parsed;
use crate::sqlite::reports::sums::{self, Place};
use crate::sqlite::value::{self, limit, number, stored};
use crate::sqlite::writer::Tx;

/// A conversation is removed: its fact stays as it is from now on.
pub(in crate::sqlite) fn keep_fact(
    tx: &Tx<'_>,
    owner: &Customer,
    log: LogId,
    conversation: u64,
) -> Worked<()> {
    let place = params![log.as_bytes(), stored(conversation)];
    let fact = tx.first(
        "SELECT body FROM conversation_fact WHERE log = ?1 AND conversation = ?2 AND kept = 0",
        place,
        |row| parsed(row.get_ref("body")?.as_str().map_err(Fault::damaged)?),
    )?;
    let Some(fact) = fact else { return Ok(()) };
    add(tx, owner, &difference(None, Some(&fact)))?;
    tx.execute("UPDATE conversation_fact SET kept = 1 WHERE log = ?1 AND conversation = ?2", place)?;
    tx.execute("UPDATE episode_fact SET kept = 1 WHERE log = ?1 AND conversation = ?2", place)?;
    Ok(())
}

/// Adds to what kept facts add up to.
pub(super) fn add(tx: &Tx<'_>, owner: &Customer, sums: &Contributions) -> Worked<()> {
    for (key, measures) in sums {
        let Place { tenant, subject, channel, name, agent, quarter } = Place::of(owner, key);
        let before: Option<Vec<u8>> = tx.first(
            "SELECT body FROM report_kept WHERE tenant = ?1 AND subject = ?2 AND start = ?3 AND channel = ?4
                 AND name = ?5 AND agent = ?6",
            params![tenant, subject, quarter, channel, name, agent],
            |row| Ok(row.get("body")?),
        )?;
        let mut sum = measures.clone();
        if let Some(before) = before {
            sum.merge_encoded(&before).map_err(Fault::damaged)?;
        }
        if sum.is_empty() {
            tx.execute(
                "DELETE FROM report_kept WHERE tenant = ?1 AND subject = ?2 AND start = ?3 AND channel = ?4
                     AND name = ?5 AND agent = ?6",
                params![tenant, subject, quarter, channel, name, agent],
            )?;
            continue;
        }
        tx.execute(
            "INSERT INTO report_kept (tenant, subject, start, channel, name, agent, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET body = excluded.body",
            params![tenant, subject, quarter, channel, name, agent, sum.encode()],
        )?;
    }
    Ok(())
}

/// Adds the next rows of it to sums that are being made anew. Gives the last one; `None` if there was none left.
pub(super) fn restore(tx: &Tx<'_>, tenant: &TenantId, after: i64, most: usize) -> Worked<Option<i64>> {
    let mut statement = tx.connection().prepare_cached(
        "SELECT id, subject, start, channel, name, agent, body FROM report_kept
         WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
    )?;
    let mut rows = statement.query(params![tenant.as_str(), after, limit(most)])?;
    let mut last = None;
    while let Some(row) = rows.next()? {
        let text = |column| row.get_ref(column)?.as_str().map_err(Fault::damaged);
        let mut sum = Measures::default();
        sum.merge_encoded(row.get_ref("body")?.as_blob().map_err(Fault::damaged)?).map_err(Fault::damaged)?;
        let place = Place {
            tenant: tenant.as_str(),
            subject: text("subject")?,
            channel: text("channel")?,
            name: text("name")?,
            agent: text("agent")?,
            quarter: row.get("start")?,
        };
        sums::add_at(tx, place, &sum)?;
        last = Some(row.get("id")?);
    }
    Ok(last)
}

/// Removes kept facts that were over before a moment; how many.
pub(in crate::sqlite) fn remove_kept(tx: &Tx<'_>, removal: &Removal) -> Worked<usize> {
    let mut old = Vec::new();
    {
        let mut statement = tx.connection().prepare_cached(
            "SELECT log, conversation FROM conversation_fact
             WHERE tenant = ?1 AND kept = 1 AND ended < ?2 ORDER BY ended LIMIT ?3",
        )?;
        let mut rows = statement.query(params![
            removal.tenant.as_str(),
            removal.before.as_millis(),
            limit(removal.limit)
        ])?;
        while let Some(row) = rows.next()? {
            old.push((value::log(row, "log")?, number(row, "conversation")?));
        }
    }
    for (log, conversation) in &old {
        let place = params![log.as_bytes(), stored(*conversation)];
        tx.execute("DELETE FROM episode_fact WHERE log = ?1 AND conversation = ?2", place)?;
        tx.execute("DELETE FROM conversation_fact WHERE log = ?1 AND conversation = ?2", place)?;
    }
    Ok(old.len())
}
