//! Profiles as they come about and change.

use frontdesk_core::customer::{Block, FactsPatch, Profile};
use frontdesk_core::id::AgentId;
use frontdesk_core::labels::Patch;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Customer, CustomerError};
use frontdesk_core::search::folded;
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::profile::{facts, of_root, root_of};
use crate::error::{Fault, Worked};
use crate::sqlite::snapshot::Snapshot;
use crate::sqlite::value::words;
use crate::sqlite::writer::Tx;

pub(super) fn is_signed(connection: &Connection, log: LogId) -> Worked<bool> {
    let mut statement = connection.prepare_cached("SELECT signed FROM log WHERE id = ?1")?;
    Ok(statement.query_row(params![log.as_bytes()], |row| row.get(0)).optional()?.unwrap_or_default())
}

pub(super) fn note_signed(tx: &Tx<'_>, log: LogId) -> Worked<()> {
    tx.execute("UPDATE log SET signed = 1 WHERE id = ?1", params![log.as_bytes()])?;
    Ok(())
}

/// A customer is there, and did something in this span.
pub(in crate::sqlite) fn appeared(
    tx: &Tx<'_>,
    log: LogId,
    known: &Snapshot,
    seen: Option<(Timestamp, Timestamp)>,
) -> Worked<()> {
    let Some(owner) = known.owner.as_deref() else { return Ok(()) };
    let (first, last) = (seen.map(|seen| seen.0.as_millis()), seen.map(|seen| seen.1.as_millis()));
    tx.execute(
        "INSERT INTO profile (log, log_key, root, tenant, channel, user, folded, first_seen, last_seen)
         VALUES (?1, ?2, ?1, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (log) DO UPDATE SET user = excluded.user, folded = excluded.folded,
             first_seen = min(coalesce(first_seen, excluded.first_seen), coalesce(excluded.first_seen, first_seen)),
             last_seen = max(coalesce(last_seen, excluded.last_seen), coalesce(excluded.last_seen, last_seen))",
        params![
            log.as_bytes(),
            known.key,
            owner.tenant.as_str(),
            owner.channel.as_str(),
            owner.user.as_str(),
            folded_of(owner),
            first,
            last
        ],
    )?;
    if let Some(last) = last {
        tx.execute(
            "UPDATE profile SET active = max(active, ?2)
             WHERE log = (SELECT root FROM profile WHERE log = ?1)",
            params![log.as_bytes(), last],
        )?;
    }
    Ok(())
}

fn folded_of(owner: &Customer) -> String {
    folded(&format!("{}\n{}", owner.name, owner.user))
}

/// The root of a customer's profile, which is there from now on; `None` if nobody registered the log.
pub(super) fn root(tx: &mut Tx<'_>, log: LogId) -> Worked<Option<LogId>> {
    let Some(known) = tx.log(log)?.filter(|known| known.owner.is_some()) else { return Ok(None) };
    tx.begin()?;
    appeared(tx, log, &known, None)?;
    Ok(Some(root_of(tx.connection(), log)?))
}

/// The profile as it is now.
pub(super) fn now(tx: &Tx<'_>, root: LogId) -> Worked<Profile> {
    of_root(tx.connection(), root, tx.now())?.ok_or_else(|| Fault::damaged("a profile without its log"))
}

/// Changes what the root says. What is set to nothing is cleared in the whole profile: otherwise what was known of the
/// merged would come to light again.
pub(super) fn change(
    tx: &mut Tx<'_>,
    log: LogId,
    patch: &FactsPatch,
) -> Worked<Result<Profile, CustomerError>> {
    let Some(root) = root(tx, log)? else { return Ok(Err(CustomerError::NoCustomer)) };
    let before = now(tx, root)?;
    let Some(after) = before.facts.patched(patch) else { return Ok(Err(CustomerError::TooManyAttributes)) };
    let members = before.identities.iter().map(|identity| identity.log).filter(|log| *log != root);
    for member in members {
        clear(tx, member, patch)?;
    }
    let attributes =
        if after.attributes.is_empty() { None } else { Some(words(&after.attributes).map_err(Fault)?) };
    tx.execute(
        "UPDATE profile SET name = ?2, folded_name = ?3, note = ?4, attributes = ?5 WHERE log = ?1",
        params![root.as_bytes(), after.name, after.name.as_deref().map(folded), after.note, attributes],
    )?;
    tx.execute("DELETE FROM profile_tag WHERE log = ?1", params![root.as_bytes()])?;
    for tag in &after.tags {
        tx.execute(
            "INSERT INTO profile_tag (log, tag, tenant) VALUES (?1, ?2, ?3)",
            params![root.as_bytes(), tag, before.tenant.as_str()],
        )?;
    }
    Ok(Ok(now(tx, root)?))
}

/// Clears in a merged profile what a change of the whole is about.
fn clear(tx: &Tx<'_>, member: LogId, patch: &FactsPatch) -> Worked<()> {
    let own = tx.first(
        "SELECT name AS given, note, attributes,
             (SELECT json_group_array(tag) FROM profile_tag WHERE profile_tag.log = profile.log) AS tags
         FROM profile WHERE log = ?1",
        params![member.as_bytes()],
        facts,
    )?;
    let Some(mut own) = own else { return Ok(()) };
    match &patch.attributes {
        Patch::Keep => {}
        Patch::Clear => own.attributes.clear(),
        Patch::Set(changes) => own.attributes.retain(|key, _| !changes.contains_key(key)),
    }
    let name = own.name.filter(|_| patch.name.is_keep());
    let note = own.note.filter(|_| patch.note.is_keep());
    let attributes = words(&own.attributes).map_err(Fault)?;
    tx.execute(
        "UPDATE profile SET name = ?2, folded_name = ?3, note = ?4, attributes = ?5 WHERE log = ?1",
        params![member.as_bytes(), name, name.as_deref().map(folded), note, attributes],
    )?;
    if !patch.tags.is_keep() {
        tx.execute("DELETE FROM profile_tag WHERE log = ?1", params![member.as_bytes()])?;
    }
    Ok(())
}

/// Keeps a person out, by the root; lets them in by all rows.
pub(super) fn block(
    tx: &mut Tx<'_>,
    log: LogId,
    block: Option<&Block>,
) -> Worked<Result<Profile, CustomerError>> {
    let Some(root) = root(tx, log)? else { return Ok(Err(CustomerError::NoCustomer)) };
    tx.execute(
        "UPDATE profile SET blocked_at = NULL, blocked_until = NULL, blocked_by = NULL, blocked_reason = NULL
         WHERE root = ?1 AND blocked_at IS NOT NULL",
        params![root.as_bytes()],
    )?;
    if let Some(block) = block {
        tx.execute(
            "UPDATE profile SET blocked_at = ?2, blocked_until = ?3, blocked_by = ?4, blocked_reason = ?5
             WHERE log = ?1",
            params![
                root.as_bytes(),
                block.at.as_millis(),
                block.until.map(Timestamp::as_millis),
                AgentId::as_str(&block.by),
                block.reason
            ],
        )?;
    }
    Ok(Ok(now(tx, root)?))
}
