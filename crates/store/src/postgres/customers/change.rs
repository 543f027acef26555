//! Profiles as they come about and change.

use frontdesk_core::customer::{Block, FactsPatch, Profile};
use frontdesk_core::id::AgentId;
use frontdesk_core::labels::Patch;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Customer, CustomerError};
use frontdesk_core::search::folded;
use frontdesk_core::time::Timestamp;

use super::profile::{facts, of_roots, root_of};
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::log_row;
use crate::postgres::transaction::Tx;
use crate::postgres::value::{params, words};

/// A customer is there, and did something in this span.
pub(in crate::postgres) async fn appeared(
    tx: &Tx,
    log: LogId,
    owner: &Customer,
    seen: Option<(Timestamp, Timestamp)>,
) -> Worked<()> {
    let (first, last) = (seen.map(|seen| seen.0.as_millis()), seen.map(|seen| seen.1.as_millis()));
    // `least` and `greatest` look at what there is.
    tx.execute(
        "INSERT INTO profile (log, root, tenant, channel, user_id, folded, first_seen, last_seen)
         VALUES ($1, $1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (log) DO UPDATE SET user_id = excluded.user_id, folded = excluded.folded,
             first_seen = least(profile.first_seen, excluded.first_seen),
             last_seen = greatest(profile.last_seen, excluded.last_seen)",
        params![
            log.as_bytes(),
            owner.tenant.as_str(),
            owner.channel.as_str(),
            owner.user.as_str(),
            folded(&format!("{}\n{}", owner.name, owner.user)),
            first,
            last,
        ],
    )
    .await?;
    if let Some(last) = last {
        tx.execute(
            "UPDATE profile SET active = greatest(active, $2)
             WHERE log = (SELECT part.root FROM profile AS part WHERE part.log = $1)",
            params![log.as_bytes(), last],
        )
        .await?;
    }
    Ok(())
}

/// The root of a customer's profile, which is there from now on; `None` if nobody registered the log. Nobody else changes
/// profiles of the tenant until the transaction is over.
pub(super) async fn root(tx: &Tx, log: LogId) -> Worked<Option<LogId>> {
    const SEED: i64 = 8_370_093;
    let Some(owner) = log_row::read(tx, log).await?.and_then(|row| row.owner) else { return Ok(None) };
    let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, $2))";
    tx.query(sql, params![owner.tenant.as_str(), SEED]).await?;
    appeared(tx, log, &owner, None).await?;
    Ok(Some(root_of(tx, log).await?))
}

/// The profile as it is now.
pub(super) async fn now(tx: &Tx, root: LogId) -> Worked<Profile> {
    let found = of_roots(tx, &[root]).await?.pop();
    found.ok_or_else(|| Fault::damaged("a profile without its log"))
}

/// Changes what the root says. What is set to nothing is cleared in the whole profile: otherwise what was known of the
/// merged would come to light again.
pub(super) async fn change(
    tx: &Tx,
    log: LogId,
    patch: &FactsPatch,
) -> Worked<Result<Profile, CustomerError>> {
    let Some(root) = root(tx, log).await? else { return Ok(Err(CustomerError::NoCustomer)) };
    let before = now(tx, root).await?;
    let Some(after) = before.facts.patched(patch) else { return Ok(Err(CustomerError::TooManyAttributes)) };
    let members = before.identities.iter().map(|identity| identity.log).filter(|log| *log != root);
    for member in members {
        clear(tx, member, patch).await?;
    }
    let attributes = if after.attributes.is_empty() { None } else { Some(words(&after.attributes)?) };
    tx.execute(
        "UPDATE profile SET name = $2, folded_name = $3, note = $4, attributes = $5 WHERE log = $1",
        params![root.as_bytes(), after.name, after.name.as_deref().map(folded), after.note, attributes],
    )
    .await?;
    tx.execute("DELETE FROM profile_tag WHERE log = $1", params![root.as_bytes()]).await?;
    let tags: Vec<&str> = after.tags.iter().map(String::as_str).collect();
    tx.execute(
        "INSERT INTO profile_tag (log, tag, tenant) SELECT $1, tag, $3 FROM unnest($2::text[]) AS new (tag)",
        params![root.as_bytes(), tags, before.tenant.as_str()],
    )
    .await?;
    Ok(Ok(now(tx, root).await?))
}

/// Clears in a merged profile what a change of the whole is about.
async fn clear(tx: &Tx, member: LogId, patch: &FactsPatch) -> Worked<()> {
    let row = tx
        .first(
            "SELECT name AS given, note, attributes,
                 ARRAY(SELECT tag FROM profile_tag WHERE profile_tag.log = profile.log) AS tags
             FROM profile WHERE log = $1",
            params![member.as_bytes()],
        )
        .await?;
    let Some(row) = row else { return Ok(()) };
    let mut own = facts(&row)?;
    match &patch.attributes {
        Patch::Keep => {}
        Patch::Clear => own.attributes.clear(),
        Patch::Set(changes) => own.attributes.retain(|key, _| !changes.contains_key(key)),
    }
    let name = own.name.filter(|_| patch.name.is_keep());
    let note = own.note.filter(|_| patch.note.is_keep());
    tx.execute(
        "UPDATE profile SET name = $2, folded_name = $3, note = $4, attributes = $5 WHERE log = $1",
        params![member.as_bytes(), name, name.as_deref().map(folded), note, words(&own.attributes)?],
    )
    .await?;
    if !patch.tags.is_keep() {
        tx.execute("DELETE FROM profile_tag WHERE log = $1", params![member.as_bytes()]).await?;
    }
    Ok(())
}

/// Keeps a person out, by the root; lets them in by all rows.
pub(super) async fn block(
    tx: &Tx,
    log: LogId,
    block: Option<&Block>,
) -> Worked<Result<Profile, CustomerError>> {
    let Some(root) = root(tx, log).await? else { return Ok(Err(CustomerError::NoCustomer)) };
    tx.execute(
        "UPDATE profile SET blocked_at = NULL, blocked_until = NULL, blocked_by = NULL, blocked_reason = NULL
         WHERE root = $1 AND blocked_at IS NOT NULL",
        params![root.as_bytes()],
    )
    .await?;
    if let Some(block) = block {
        tx.execute(
            "UPDATE profile SET blocked_at = $2, blocked_until = $3, blocked_by = $4, blocked_reason = $5
             WHERE log = $1",
            params![
                root.as_bytes(),
                block.at.as_millis(),
                block.until.map(Timestamp::as_millis),
                AgentId::as_str(&block.by),
                block.reason,
            ],
        )
        .await?;
    }
    Ok(Ok(now(tx, root).await?))
}
