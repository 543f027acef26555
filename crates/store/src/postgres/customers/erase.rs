//! Forgetting customers.
//!
//! A person is forgotten with every log that their profile joins. Entries stay where they are, so that numbers, reports
//! and other people's places stay right; nothing is left in them that says anything of the customer.

use frontdesk_core::customer::Profile;
use frontdesk_core::entry::EntryBody;
use frontdesk_core::id::UserId;
use frontdesk_core::labels::Labels;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{CustomerError, Forgotten, Purpose};
use tokio_postgres::Row;

use super::change::{now, root};
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::files::drop_files;
use crate::postgres::log_row::{self, LogRow};
use crate::postgres::owners;
use crate::postgres::reports::forget_tags;
use crate::postgres::search::take_out_log;
use crate::postgres::transaction::Tx;
use crate::postgres::usage::Change;
use crate::postgres::value::{self, entry_number, json, params, stored, words};

/// Forgets a person in the search index, and the profile.
pub(super) async fn forget(tx: &Tx, log: LogId) -> Worked<Result<Forgotten, CustomerError>> {
    let Some(root) = root(tx, log).await? else { return Ok(Err(CustomerError::NoCustomer)) };
    let profile = now(tx, root).await?;
    let mut forgotten = Forgotten::default();
    for identity in &profile.identities {
        forgotten.logs += 1;
        forgotten.indexed += take_out_log(tx, &profile.tenant, identity.log).await?;
    }
    forget_profile(tx, &profile, &mut forgotten).await?;
    Ok(Ok(forgotten))
}

/// Erases a person.
pub(super) async fn erase(tx: &Tx, log: LogId) -> Worked<Result<Forgotten, CustomerError>> {
    let Some(root) = root(tx, log).await? else { return Ok(Err(CustomerError::NoCustomer)) };
    let profile = now(tx, root).await?;
    let mut known = Vec::new();
    for identity in &profile.identities {
        let Some(log) = log_row::lock(tx, identity.log).await? else { continue };
        if log.state.open().is_some() {
            return Ok(Err(CustomerError::Open));
        }
        known.push(log);
    }
    let mut forgotten = Forgotten::default();
    for log in &known {
        forgotten.logs += 1;
        forgotten.indexed += take_out_log(tx, &profile.tenant, log.id).await?;
        let (entries, before, after) = erase_entries(tx, log.id).await?;
        forgotten.entries += entries;
        forgotten.labelled += erase_labels(tx, log.id).await?;
        erase_beside(tx, log, &mut forgotten).await?;
        let freed = erase_files(tx, log.id, &mut forgotten).await?;
        if let Some(owner) = &log.owner {
            tx.count(&owner.tenant, Change::entries(before, after));
            tx.count(&owner.tenant, Change::files(freed, 0));
        }
    }
    // Whoever locks logs locks the numbers after them.
    for log in &known {
        if let Some(owner) = &log.owner {
            forget_tags(tx, log.id, owner).await?;
        }
    }
    forget_profile(tx, &profile, &mut forgotten).await?;
    for log in &known {
        rename(tx, log.id).await?;
    }
    Ok(Ok(forgotten))
}

/// How many entries were changed, and how many bytes they had and have. In pages, so that a long log is not held in memory.
async fn erase_entries(tx: &Tx, log: LogId) -> Worked<(u64, u64, u64)> {
    const PAGE: i64 = 500;
    let (mut after, mut erased) = (EntryNumber::START, 0);
    let (mut bytes_before, mut bytes_after) = (0, 0);
    loop {
        let rows = tx
            .query(
                "SELECT number, body FROM entry WHERE log = $1 AND number > $2 ORDER BY number LIMIT $3",
                params![log.as_bytes(), stored(after.0), PAGE],
            )
            .await?;
        let Some(last) = rows.last() else { return Ok((erased, bytes_before, bytes_after)) };
        after = entry_number(last, "number")?;
        let (mut numbers, mut bodies) = (Vec::new(), Vec::new());
        for row in &rows {
            let body: EntryBody = json(row, "body")?;
            if let Some(left) = body.erased() {
                let left = words(&left)?;
                bytes_before += row.try_get::<_, &str>("body")?.len() as u64;
                bytes_after += left.len() as u64;
                numbers.push(stored(entry_number(row, "number")?.0));
                bodies.push(left);
            }
        }
        erased += tx
            .execute(
                "UPDATE entry SET body = new.body
                 FROM unnest($2::bigint[], $3::text[]) AS new (number, body)
                 WHERE entry.log = $1 AND entry.number = new.number",
                params![log.as_bytes(), numbers, bodies],
            )
            .await?;
    }
}

/// How urgent it was and how it ended stay.
async fn erase_labels(tx: &Tx, log: LogId) -> Worked<u64> {
    let sql = "SELECT conversation, labels FROM conversation WHERE log = $1 AND labels IS NOT NULL";
    let rows = tx.query(sql, params![log.as_bytes()]).await?;
    for row in &rows {
        let conversation: i64 = row.try_get("conversation")?;
        let labels: Labels = json(row, "labels")?;
        let left = Labels { priority: labels.priority, disposition: labels.disposition, ..Labels::default() };
        tx.execute(
            "UPDATE conversation SET labels = $3 WHERE log = $1 AND conversation = $2",
            params![log.as_bytes(), conversation, words(&left)?],
        )
        .await?;
    }
    tx.execute("DELETE FROM conversation_tag WHERE log = $1", params![log.as_bytes()]).await?;
    Ok(rows.len() as u64)
}

/// What is kept beside the log.
async fn erase_beside(tx: &Tx, log: &LogRow, forgotten: &mut Forgotten) -> Worked<()> {
    forgotten.tickets += tx.execute("DELETE FROM ticket WHERE log = $1", params![log.id.as_bytes()]).await?;
    for sql in [
        "DELETE FROM idempotency WHERE log = $1",
        "DELETE FROM reader_position WHERE log = $1",
        "DELETE FROM seen WHERE log = $1",
        "DELETE FROM reader_claim WHERE log = $1",
        // What editors of the robots' knowledge learned from their words.
        "DELETE FROM knowledge_question WHERE log = $1",
        "DELETE FROM knowledge_answer WHERE log = $1",
    ] {
        forgotten.traces += tx.execute(sql, params![log.id.as_bytes()]).await?;
    }
    let Some(owner) = &log.owner else { return Ok(()) };
    forgotten.deliveries += tx
        .execute(
            "DELETE FROM push_attempt WHERE tenant = $1 AND channel = $2 AND user_id = $3",
            params![owner.tenant.as_str(), owner.channel.as_str(), owner.user.as_str()],
        )
        .await?;
    // Whoever has read the log for the index and not written it yet finds the mark gone, and writes nothing.
    tx.execute(
        "DELETE FROM pending WHERE log = $1 AND purpose = $2",
        params![log.id.as_bytes(), Purpose::Search.as_str()],
    )
    .await?;
    forgotten.deliveries += tx
        .execute(
            "DELETE FROM pending WHERE log = $1 AND purpose = $2",
            params![log.id.as_bytes(), Purpose::Push.as_str()],
        )
        .await?;
    Ok(())
}

/// The customer's files, and those of others that nobody else may fetch; how many bytes that frees.
async fn erase_files(tx: &Tx, log: LogId, forgotten: &mut Forgotten) -> Worked<u64> {
    let rows = tx
        .query(
            "SELECT log, number FROM file WHERE log = $1
             UNION SELECT shared.log, shared.number FROM file_share AS shared
             WHERE shared.reader = $1 AND NOT EXISTS (
                 SELECT 1 FROM file_share AS other WHERE other.log = shared.log
                     AND other.number = shared.number AND other.reader <> $1
             )",
            params![log.as_bytes()],
        )
        .await?;
    let file = |row: &Row| Ok((value::log(row, "log")?, row.try_get::<_, i64>("number")?.cast_unsigned()));
    let files: Vec<(LogId, u64)> = rows.iter().map(file).collect::<Worked<_>>()?;
    let (freed, blobs) = drop_files(tx, &files).await?;
    forgotten.files += blobs.len() as u64;
    forgotten.blobs.extend(blobs);
    tx.execute("DELETE FROM file_share WHERE reader = $1", params![log.as_bytes()]).await?;
    Ok(freed)
}

async fn forget_profile(tx: &Tx, profile: &Profile, forgotten: &mut Forgotten) -> Worked<()> {
    for identity in &profile.identities {
        let log = identity.log.as_bytes();
        tx.execute("DELETE FROM profile_tag WHERE log = $1", params![log]).await?;
        forgotten.profiles += tx.execute("DELETE FROM profile WHERE log = $1", params![log]).await?;
    }
    Ok(())
}

/// Takes name and id from the log. Should the customer come again, they bring both.
async fn rename(tx: &Tx, log: LogId) -> Worked<()> {
    let user = UserId::new(&format!("erased-{log}")).map_err(Fault::damaged)?;
    tx.execute(
        "UPDATE log SET user_id = $2, name = '', locale = '', signed = FALSE WHERE id = $1",
        params![log.as_bytes(), user.as_str()],
    )
    .await?;
    owners::erase(tx, log, user.as_str()).await
}
