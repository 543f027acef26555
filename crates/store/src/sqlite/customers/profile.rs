//! Reading profiles.

use frontdesk_core::customer::{Block, Facts, Identity, Merged, Profile, Trust};
use frontdesk_core::id::{AgentId, TenantId, UserId};
use frontdesk_core::log::LogId;
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::error::{Fault, Worked};
use crate::sqlite::value::{id, log, optional_id, optional_timestamp, timestamp};

/// The row of a profile below which a log's hangs, or which is the log's own.
pub(super) fn root_of(connection: &Connection, log: LogId) -> Worked<LogId> {
    let mut statement = connection.prepare_cached("SELECT root FROM profile WHERE log = ?1")?;
    let root = statement.query_row(params![log.as_bytes()], |row| row.get(0)).optional()?;
    Ok(root.map_or(log, LogId::from_bytes))
}

/// The profile that a log is part of; that of a log that nothing is noted of yet is made of the log alone.
pub(super) fn of_log(connection: &Connection, log: LogId, now: Timestamp) -> Worked<Option<Profile>> {
    of_root(connection, root_of(connection, log)?, now)
}

/// The profile with this root.
pub(super) fn of_root(connection: &Connection, root: LogId, now: Timestamp) -> Worked<Option<Profile>> {
    let mut statement = connection.prepare_cached(
        "SELECT log.id, log.tenant, log.channel, log.user, log.name, log.locale, log.signed,
             profile.above, profile.merged_at, profile.merged_by, profile.first_seen, profile.last_seen,
             profile.name AS given, profile.note, profile.attributes,
             profile.blocked_at, profile.blocked_until, profile.blocked_by, profile.blocked_reason,
             (SELECT json_group_array(tag) FROM profile_tag WHERE profile_tag.log = profile.log) AS tags
         FROM log LEFT JOIN profile ON profile.log = log.id
         WHERE log.tenant IS NOT NULL
             AND (log.id = ?1 OR log.log_key IN (SELECT log_key FROM profile WHERE root = ?1))
         ORDER BY log.id <> ?1, profile.merged_at, log.id",
    )?;
    let mut rows = statement.query(params![root.as_bytes()])?;
    let mut profile: Option<Profile> = None;
    while let Some(row) = rows.next()? {
        let (tenant, identity): (TenantId, _) = (id(row, "tenant")?, identity(row)?);
        let profile = profile.get_or_insert_with(|| Profile {
            log: root,
            tenant,
            identities: Vec::new(),
            facts: Facts::default(),
            blocked: None,
        });
        profile.identities.push(identity);
        profile.facts = std::mem::take(&mut profile.facts).or(facts(row)?);
        let block = block(row)?.filter(|block| block.until.is_none_or(|until| until > now));
        profile.blocked = profile.blocked.take().or(block);
    }
    Ok(profile)
}

fn identity(row: &Row<'_>) -> Worked<Identity> {
    let user: UserId = id(row, "user")?;
    let merged = match row.get::<_, Option<[u8; 16]>>("above")? {
        Some(above) => Some(Merged {
            into: LogId::from_bytes(above),
            at: timestamp(row, "merged_at")?,
            by: id(row, "merged_by")?,
        }),
        None => None,
    };
    Ok(Identity {
        log: log(row, "id")?,
        channel: id(row, "channel")?,
        name: row.get("name")?,
        locale: row.get("locale")?,
        trust: Trust::of(&user, row.get("signed")?),
        user,
        first_seen: optional_timestamp(row, "first_seen")?,
        last_seen: optional_timestamp(row, "last_seen")?,
        merged,
    })
}

/// What is known by the row of one log.
pub(super) fn facts(row: &Row<'_>) -> Worked<Facts> {
    let attributes = row.get_ref("attributes")?.as_str_or_null().map_err(Fault::damaged)?;
    Ok(Facts {
        name: row.get("given")?,
        note: row.get("note")?,
        tags: serde_json::from_str(row.get_ref("tags")?.as_str().map_err(Fault::damaged)?)?,
        attributes: attributes.map(serde_json::from_str).transpose()?.unwrap_or_default(),
    })
}

fn block(row: &Row<'_>) -> Worked<Option<Block>> {
    let Some(at) = optional_timestamp(row, "blocked_at")? else { return Ok(None) };
    let by: Option<AgentId> = optional_id(row, "blocked_by")?;
    Ok(Some(Block {
        reason: row.get::<_, Option<String>>("blocked_reason")?.unwrap_or_default(),
        until: optional_timestamp(row, "blocked_until")?,
        at,
        by: by.ok_or_else(|| Fault::damaged("who blocked a customer"))?,
    }))
}
