//! Forgetting customers.
//!
//! A person is forgotten with every log that their profile joins. Entries stay where they are, so that numbers, reports
//! and other people's places stay right; nothing is left in them that says anything of the customer.

use std::sync::Arc;

use frontdesk_core::customer::Profile;
use frontdesk_core::entry::EntryBody;
use frontdesk_core::id::UserId;
use frontdesk_core::labels::Labels;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Customer, CustomerError, Forgotten, Purpose};
use rusqlite::{Connection, params};

use super::change::{now, root};
use crate::error::{Fault, Worked};
use crate::sqlite::files::drop_file;
use crate::sqlite::recent::Recent;
use crate::sqlite::reports::forget_tags;
use crate::sqlite::search::take_out;
use crate::sqlite::snapshot::Snapshot;
use crate::sqlite::usage::Change;
use crate::sqlite::value::{entry_number, number, stored, timestamp, words};
use crate::sqlite::writer::Tx;

/// Forgets a person in the search index, and the profile.
pub(super) fn forget(tx: &mut Tx<'_>, log: LogId) -> Worked<Result<Forgotten, CustomerError>> {
    let Some(root) = root(tx, log)? else { return Ok(Err(CustomerError::NoCustomer)) };
    let profile = now(tx, root)?;
    let mut forgotten = Forgotten::default();
    for identity in &profile.identities {
        let Some(key) = tx.key(identity.log)? else { continue };
        forgotten.logs += 1;
        forgotten.indexed += unindex(tx, key)?;
    }
    forget_profile(tx, &profile, &mut forgotten)?;
    Ok(Ok(forgotten))
}

/// Erases a person.
pub(super) fn erase(tx: &mut Tx<'_>, log: LogId) -> Worked<Result<Forgotten, CustomerError>> {
    let Some(root) = root(tx, log)? else { return Ok(Err(CustomerError::NoCustomer)) };
    let profile = now(tx, root)?;
    let mut known = Vec::new();
    for identity in &profile.identities {
        let Some(log) = tx.log(identity.log)? else { continue };
        if log.state.open().is_some() {
            return Ok(Err(CustomerError::Open));
        }
        known.push((identity.log, log));
    }
    let mut forgotten = Forgotten::default();
    for (log, known) in &known {
        forgotten.logs += 1;
        forgotten.indexed += unindex(tx, known.key)?;
        let tenant = known.owner.as_ref().map(|owner| owner.tenant.clone());
        let (entries, before, after) = erase_entries(tx, known.key)?;
        forgotten.entries += entries;
        erase_beside(tx, *log, known, &mut forgotten)?;
        let freed = erase_files(tx, *log, &mut forgotten)?;
        if let Some(owner) = known.owner.as_deref() {
            forget_tags(tx, *log, owner)?;
        }
        if let Some(tenant) = tenant {
            tx.count(&tenant, Change::entries(before, after));
            tx.count(&tenant, Change::files(freed, 0));
        }
    }
    forget_profile(tx, &profile, &mut forgotten)?;
    tx.execute(
        "INSERT INTO store_value (name, value) VALUES ('to_scrub', x'01')
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [],
    )?;
    for (log, known) in known {
        if let Some(after) = rename(tx, log, &known)? {
            tx.stage(log, after);
        }
    }
    Ok(Ok(forgotten))
}

/// Entries of a log in pages, so that a long one is not held in memory.
fn each_entry(tx: &Tx<'_>, key: i64, mut visit: impl FnMut(&rusqlite::Row<'_>) -> Worked<()>) -> Worked<()> {
    const PAGE: i64 = 500;
    let mut after = EntryNumber::START;
    loop {
        let mut statement = tx.connection().prepare_cached(
            "SELECT number, at, body FROM entry WHERE log_key = ?1 AND number > ?2 ORDER BY number LIMIT ?3",
        )?;
        let mut rows = statement.query(params![key, stored(after.0), PAGE])?;
        let mut is_last = true;
        while let Some(row) = rows.next()? {
            visit(row)?;
            after = entry_number(row, "number")?;
            is_last = false;
        }
        if is_last {
            return Ok(());
        }
    }
}

fn unindex(tx: &Tx<'_>, key: i64) -> Worked<u64> {
    let mut entries = Vec::new();
    each_entry(tx, key, |row| {
        entries.push((entry_number(row, "number")?, timestamp(row, "at")?));
        Ok(())
    })?;
    let mut gone = 0;
    for (number, at) in entries {
        gone += u64::from(take_out(tx, key, number, at)?);
    }
    Ok(gone)
}

/// How many were changed, and how many bytes they had and have.
fn erase_entries(tx: &Tx<'_>, key: i64) -> Worked<(u64, u64, u64)> {
    let mut changed = Vec::new();
    let (mut before, mut after) = (0, 0);
    each_entry(tx, key, |row| {
        let stored = row.get_ref("body")?.as_str().map_err(Fault::damaged)?;
        let body: EntryBody = serde_json::from_str(stored)?;
        if let Some(erased) = body.erased() {
            let text = words(&erased).map_err(Fault)?;
            before += stored.len() as u64;
            after += text.len() as u64;
            changed.push((entry_number(row, "number")?, text));
        }
        Ok(())
    })?;
    for (number, text) in &changed {
        tx.execute(
            "UPDATE entry SET body = ?3 WHERE log_key = ?1 AND number = ?2",
            params![key, stored(number.0), text],
        )?;
    }
    Ok((changed.len() as u64, before, after))
}

/// What is kept beside the log.
fn erase_beside(tx: &Tx<'_>, log: LogId, known: &Snapshot, forgotten: &mut Forgotten) -> Worked<()> {
    let key = known.key;
    let count = |changed: usize| u64::try_from(changed).unwrap_or_default();
    forgotten.tickets += count(tx.execute("DELETE FROM ticket WHERE log = ?1", params![log.as_bytes()])?);
    let mut labelled = Vec::new();
    {
        let mut statement = tx.connection().prepare_cached(
            "SELECT conversation, labels FROM conversation WHERE log_key = ?1 AND labels IS NOT NULL",
        )?;
        let mut rows = statement.query(params![key])?;
        while let Some(row) = rows.next()? {
            let labels: Labels =
                serde_json::from_str(row.get_ref("labels")?.as_str().map_err(Fault::damaged)?)?;
            let left =
                Labels { priority: labels.priority, disposition: labels.disposition, ..Labels::default() };
            labelled.push((number(row, "conversation")?, words(&left).map_err(Fault)?));
        }
    }
    forgotten.labelled += labelled.len() as u64;
    for (conversation, labels) in labelled {
        tx.execute(
            "UPDATE conversation SET labels = ?3 WHERE log_key = ?1 AND conversation = ?2",
            params![key, stored(conversation), labels],
        )?;
    }
    tx.execute("DELETE FROM conversation_tag WHERE log_key = ?1", params![key])?;
    for sql in [
        // From day to day: a log's keys lie among those of all others of each day.
        "DELETE FROM idempotency WHERE log_key = ?1 AND day IN (
             WITH RECURSIVE known (day) AS (
                 SELECT min(day) FROM idempotency
                 UNION ALL SELECT (SELECT min(day) FROM idempotency WHERE day > known.day) FROM known
                 WHERE known.day IS NOT NULL
             )
             SELECT day FROM known)",
        "DELETE FROM position WHERE log_key = ?1",
        "DELETE FROM seen WHERE log_key = ?1",
    ] {
        forgotten.traces += count(tx.execute(sql, params![key])?);
    }
    // What editors of the robots' knowledge learned from their words.
    for sql in
        ["DELETE FROM knowledge_question WHERE log = ?1", "DELETE FROM knowledge_answer WHERE log = ?1"]
    {
        forgotten.traces += count(tx.execute(sql, params![log.as_bytes()])?);
    }
    let Some(owner) = known.owner.as_deref() else { return Ok(()) };
    let of_channel = (owner.tenant.as_str(), owner.channel.as_str());
    forgotten.deliveries += count(tx.execute(
        "DELETE FROM push_attempt WHERE tenant = ?1 AND channel = ?2 AND user = ?3",
        params![of_channel.0, of_channel.1, owner.user.as_str()],
    )?);
    // Whoever has read the log for the index and not written it yet finds the mark gone, and writes nothing.
    tx.execute(
        "DELETE FROM pending WHERE purpose = ?1 AND tenant = ?2 AND channel = ?3 AND log = ?4",
        params![Purpose::Search.as_str(), of_channel.0, of_channel.1, log.as_bytes()],
    )?;
    forgotten.deliveries += count(tx.execute(
        "DELETE FROM pending WHERE purpose = ?1 AND tenant = ?2 AND channel = ?3 AND log = ?4",
        params![Purpose::Push.as_str(), of_channel.0, of_channel.1, log.as_bytes()],
    )?);
    Ok(())
}

/// The customer's files, and those of others that nobody else may fetch; how many bytes that frees.
fn erase_files(tx: &Tx<'_>, log: LogId, forgotten: &mut Forgotten) -> Worked<u64> {
    let mut freed = 0;
    let mut files: Vec<(LogId, u64)> = Vec::new();
    {
        let mut statement = tx.connection().prepare_cached(
            "SELECT log, number FROM file WHERE log = ?1
             UNION SELECT shared.log, shared.number FROM file_share AS shared
             WHERE shared.reader = ?1 AND NOT EXISTS (
                 SELECT 1 FROM file_share AS other WHERE other.log = shared.log
                     AND other.number = shared.number AND other.reader <> ?1
             )",
        )?;
        let mut rows = statement.query(params![log.as_bytes()])?;
        while let Some(row) = rows.next()? {
            files.push((LogId::from_bytes(row.get("log")?), row.get::<_, i64>("number")?.cast_unsigned()));
        }
    }
    for (of, number) in files {
        if let Some((size, blob)) = drop_file(tx, of, number)? {
            freed += size;
            forgotten.files += 1;
            forgotten.blobs.push(blob);
        }
    }
    tx.execute("DELETE FROM file_share WHERE reader = ?1", params![log.as_bytes()])?;
    Ok(freed)
}

fn forget_profile(tx: &Tx<'_>, profile: &Profile, forgotten: &mut Forgotten) -> Worked<()> {
    for identity in &profile.identities {
        let log = identity.log.as_bytes();
        tx.execute("DELETE FROM profile_tag WHERE log = ?1", params![log])?;
        let gone = tx.execute("DELETE FROM profile WHERE log = ?1", params![log])?;
        forgotten.profiles += u64::try_from(gone).unwrap_or_default();
    }
    Ok(())
}

/// Takes name and id from the log. Should the customer come again, they bring both.
fn rename(tx: &Tx<'_>, log: LogId, known: &Snapshot) -> Worked<Option<Snapshot>> {
    let Some(owner) = known.owner.as_deref() else { return Ok(None) };
    let user = UserId::new(&format!("erased-{log}")).map_err(Fault::damaged)?;
    tx.execute(
        "UPDATE log SET user = ?2, name = '', locale = '', signed = 0 WHERE log_key = ?1",
        params![known.key, user.as_str()],
    )?;
    let nobody = Customer { user, name: String::new(), locale: String::new(), ..owner.clone() };
    let mut after = Snapshot { owner: Some(Arc::new(nobody)), recent: Recent::default(), ..known.clone() };
    after.marks.remove(Purpose::Search);
    Ok(Some(after))
}

pub(super) fn blobs(connection: &Connection, most: usize) -> Worked<Vec<String>> {
    let mut statement = connection.prepare_cached("SELECT name FROM erased_blob ORDER BY name LIMIT ?1")?;
    let names = statement.query_map(params![crate::sqlite::value::limit(most)], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

pub(super) fn finish(tx: &mut Tx<'_>, blobs: &[String]) -> Worked<()> {
    tx.begin()?;
    for name in blobs {
        tx.execute("DELETE FROM erased_blob WHERE name = ?1", params![name])?;
    }
    Ok(())
}

/// How many pages of the index one portion of its merge may write.
const PORTION: i64 = 200;

/// Whether something is left to be done for what was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scrub {
    /// Nothing.
    Nothing,
    /// More of this.
    More,
    /// What is overwritten in the database still stands in the write-ahead log.
    Log,
}

/// A portion of it. What is deleted is overwritten at once (`secure_delete`); the search index alone keeps the words of what
/// was taken out until the parts that it consists of are merged.
pub(super) fn scrub(tx: &mut Tx<'_>) -> Worked<Scrub> {
    let stage = tx.first("SELECT value FROM store_value WHERE name = 'to_scrub'", [], |row| {
        Ok(row.get_ref("value")?.as_blob().map_err(Fault::damaged)?.first().copied())
    })?;
    let Some(stage) = stage.flatten() else { return Ok(Scrub::Nothing) };
    if stage == LOG {
        return Ok(Scrub::Log);
    }
    tx.begin()?;
    // The first time the parts are put in line to be merged, then it goes on from where it is: otherwise what is written
    // meanwhile would make it begin again and again.
    let pages = if stage == BEGIN { -PORTION } else { PORTION };
    let before = tx.connection().total_changes();
    tx.execute("INSERT INTO search_text (search_text, rank) VALUES ('merge', ?1)", params![pages])?;
    // As FTS5 says itself: a merge that had nothing to do changes one row at most.
    let is_merged = stage != BEGIN && tx.connection().total_changes() - before < 2;
    let next = if is_merged { LOG } else { MERGING };
    tx.execute("UPDATE store_value SET value = ?1 WHERE name = 'to_scrub'", params![[next]])?;
    Ok(if is_merged { Scrub::Log } else { Scrub::More })
}

const BEGIN: u8 = 1;
const MERGING: u8 = 2;
const LOG: u8 = 3;

/// The write-ahead log is empty. Should somebody have been erased meanwhile, it begins anew.
pub(super) fn scrubbed(tx: &mut Tx<'_>) -> Worked<()> {
    tx.execute("DELETE FROM store_value WHERE name = 'to_scrub' AND value = ?1", params![[LOG]])?;
    Ok(())
}
