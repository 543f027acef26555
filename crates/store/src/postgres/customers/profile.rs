//! Reading profiles.

use std::collections::HashMap;

use frontdesk_core::customer::{Block, Facts, Identity, Merged, Profile, Trust};
use frontdesk_core::id::{AgentId, UserId};
use frontdesk_core::log::LogId;
use frontdesk_core::time::Timestamp;
use tokio_postgres::Row;

use crate::postgres::connection::Connection;
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::transaction::Tx;
use crate::postgres::value::{id, log, optional_id, optional_json, optional_timestamp, params, timestamp};

/// The row of a profile below which a log's hangs, or which is the log's own.
pub(super) async fn root_of(connection: &Connection, of: LogId) -> Worked<LogId> {
    let sql = "SELECT root FROM profile WHERE log = $1";
    let row = connection.first(sql, params![of.as_bytes()]).await?;
    row.map_or(Ok(of), |row| log(&row, "root"))
}

/// The profile that a log is part of; that of a log that nothing is noted of yet is made of the log alone.
pub(super) async fn of_log(view: &Tx, log: LogId) -> Worked<Option<Profile>> {
    let root = root_of(view, log).await?;
    Ok(of_roots(view, &[root]).await?.pop())
}

/// The profiles with these roots, in their order; of a root that is no customer's log there is none.
pub(super) async fn of_roots(view: &Tx, roots: &[LogId]) -> Worked<Vec<Profile>> {
    let wanted: Vec<&[u8]> = roots.iter().map(|root| &root.as_bytes()[..]).collect();
    let now = view.now().await?;
    let rows = view
        .query(
            "SELECT coalesce(profile.root, log.id) AS root, log.id, log.tenant, log.channel, log.user_id, log.name,
                 log.locale, log.signed, profile.above, profile.merged_at, profile.merged_by, profile.first_seen,
                 profile.last_seen, profile.name AS given, profile.note, profile.attributes,
                 profile.blocked_at, profile.blocked_until, profile.blocked_by, profile.blocked_reason,
                 ARRAY(SELECT tag FROM profile_tag WHERE profile_tag.log = log.id ORDER BY tag) AS tags
             FROM log_owner AS log LEFT JOIN profile ON profile.log = log.id
             WHERE log.id IN (
                 SELECT unnest($1::bytea[]) UNION SELECT part.log FROM profile AS part WHERE part.root = ANY ($1))
             ORDER BY log.id <> coalesce(profile.root, log.id), profile.merged_at NULLS FIRST, log.id",
            params![wanted],
        )
        .await?;
    let mut found: HashMap<LogId, Profile> = HashMap::new();
    for row in &rows {
        add(&mut found, row, now)?;
    }
    Ok(roots.iter().filter_map(|root| found.remove(root)).collect())
}

/// Takes in the row of one log; the root's comes first.
fn add(found: &mut HashMap<LogId, Profile>, row: &Row, now: Timestamp) -> Worked<()> {
    let root = log(row, "root")?;
    let profile = match found.entry(root) {
        std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
        std::collections::hash_map::Entry::Vacant(new) => new.insert(Profile {
            log: root,
            tenant: id(row, "tenant")?,
            identities: Vec::new(),
            facts: Facts::default(),
            blocked: None,
        }),
    };
    profile.identities.push(identity(row)?);
    profile.facts = std::mem::take(&mut profile.facts).or(facts(row)?);
    let block = block(row)?.filter(|block| block.until.is_none_or(|until| until > now));
    profile.blocked = profile.blocked.take().or(block);
    Ok(())
}

fn identity(row: &Row) -> Worked<Identity> {
    let user: UserId = id(row, "user_id")?;
    let merged = match row.try_get::<_, Option<&[u8]>>("above")? {
        Some(_) => Some(Merged {
            into: log(row, "above")?,
            at: timestamp(row, "merged_at")?,
            by: id(row, "merged_by")?,
        }),
        None => None,
    };
    Ok(Identity {
        log: log(row, "id")?,
        channel: id(row, "channel")?,
        name: row.try_get("name")?,
        locale: row.try_get("locale")?,
        trust: Trust::of(&user, row.try_get("signed")?),
        user,
        first_seen: optional_timestamp(row, "first_seen")?,
        last_seen: optional_timestamp(row, "last_seen")?,
        merged,
    })
}

/// What is known by the row of one log.
pub(super) fn facts(row: &Row) -> Worked<Facts> {
    let tags: Vec<String> = row.try_get("tags")?;
    Ok(Facts {
        name: row.try_get("given")?,
        note: row.try_get("note")?,
        tags: tags.into_iter().collect(),
        attributes: optional_json(row, "attributes")?.unwrap_or_default(),
    })
}

fn block(row: &Row) -> Worked<Option<Block>> {
    let Some(at) = optional_timestamp(row, "blocked_at")? else { return Ok(None) };
    let by: Option<AgentId> = optional_id(row, "blocked_by")?;
    Ok(Some(Block {
        reason: row.try_get::<_, Option<String>>("blocked_reason")?.unwrap_or_default(),
        until: optional_timestamp(row, "blocked_until")?,
        at,
        by: by.ok_or_else(|| Fault::damaged("who blocked a customer"))?,
    }))
}
