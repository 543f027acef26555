//! What background readers still have to do, and the last attempts to push.

use async_trait::async_trait;
use frontdesk_core::id::{ChannelId, TenantId};
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Attempt, MarkedLog, PendingStore, Purpose, StoreError};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::error::{Fault, Worked};
use crate::sqlite::SqliteStore;
use crate::sqlite::snapshot::Snapshot;
use crate::sqlite::value::{self, entry_number, id, limit, number, stored, timestamp};
use crate::sqlite::writer::Tx;

/// How many attempts of each channel are kept.
const ATTEMPTS_KEPT: i64 = 1_000;

/// Marks a log for a reader, unless it is marked: it stood before what is being written now.
pub(super) fn mark(tx: &Tx<'_>, log: LogId, before: &Snapshot, purpose: Purpose) -> Worked<()> {
    let Some(owner) = before.owner.as_deref() else { return Ok(()) };
    tx.execute(
        "INSERT INTO pending (purpose, tenant, channel, log, after) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO NOTHING",
        params![
            purpose.as_str(),
            owner.tenant.as_str(),
            owner.channel.as_str(),
            log.as_bytes(),
            stored(before.tail.number.0)
        ],
    )?;
    Ok(())
}

/// Marks a log for every standing reader that is not known to have a mark there: while one is behind, a commit costs
/// nothing for it.
pub(super) fn mark_standing(tx: &Tx<'_>, log: LogId, before: &Snapshot, after: &mut Snapshot) -> Worked<()> {
    for purpose in Purpose::STANDING {
        if !before.marks.has(purpose) {
            mark(tx, log, before, purpose)?;
            after.marks.add(purpose);
        }
    }
    Ok(())
}

fn marked(
    connection: &Connection,
    purpose: Purpose,
    after: Option<&MarkedLog>,
    most: usize,
) -> Worked<Vec<MarkedLog>> {
    let mut statement = connection.prepare_cached(
        "SELECT tenant, channel, log FROM pending WHERE purpose = ?1 AND (tenant, channel, log) > (?2, ?3, ?4)
         ORDER BY tenant, channel, log LIMIT ?5",
    )?;
    let after = after.map_or(("", "", &[][..]), |after| {
        (after.tenant.as_str(), after.channel.as_str(), &after.log.as_bytes()[..])
    });
    let mut rows = statement.query(params![purpose.as_str(), after.0, after.1, after.2, limit(most)])?;
    let mut logs = Vec::new();
    while let Some(row) = rows.next()? {
        logs.push(MarkedLog {
            tenant: id(row, "tenant")?,
            channel: id(row, "channel")?,
            log: value::log(row, "log")?,
        });
    }
    Ok(logs)
}

fn logs(
    connection: &Connection,
    purpose: Purpose,
    (tenant, channel): (&TenantId, &ChannelId),
    after: Option<LogId>,
    most: usize,
) -> Worked<Vec<LogId>> {
    let mut statement = connection.prepare_cached(
        "SELECT log FROM pending WHERE purpose = ?1 AND tenant = ?2 AND channel = ?3 AND log > ?4
         ORDER BY log LIMIT ?5",
    )?;
    let after = after.as_ref().map_or(&[][..], |log| log.as_bytes());
    let mut rows =
        statement.query(params![purpose.as_str(), tenant.as_str(), channel.as_str(), after, limit(most)])?;
    let mut logs = Vec::new();
    while let Some(row) = rows.next()? {
        logs.push(value::log(row, "log")?);
    }
    Ok(logs)
}

fn place(connection: &Connection, purpose: Purpose, log: LogId) -> Worked<Option<EntryNumber>> {
    let mut statement = connection.prepare_cached(
        "SELECT pending.after FROM log JOIN pending
             ON pending.tenant = log.tenant AND pending.channel = log.channel AND pending.log = log.id
         WHERE log.id = ?1 AND pending.purpose = ?2",
    )?;
    let after: Option<i64> =
        statement.query_row(params![log.as_bytes(), purpose.as_str()], |row| row.get(0)).optional()?;
    after.map(|after| u64::try_from(after).map(EntryNumber).map_err(Fault::damaged)).transpose()
}

/// Moves a reader on, and takes its mark away if nothing is left; `false` if it does not stand at `from`. For readers
/// that write down in the same transaction what they have made of the entries.
pub(super) fn advance(
    tx: &mut Tx<'_>,
    purpose: Purpose,
    log: LogId,
    from: EntryNumber,
    through: EntryNumber,
) -> Worked<bool> {
    let Some(snapshot) = tx.log(log)? else { return Ok(false) };
    let Some(owner) = snapshot.owner.as_deref() else { return Ok(false) };
    let (tenant, channel) = (owner.tenant.as_str(), owner.channel.as_str());
    let is_left = snapshot.tail.heads.of(purpose.audience()) > through;
    let changed = if is_left {
        tx.execute(
            "UPDATE pending SET after = ?6
             WHERE purpose = ?1 AND tenant = ?2 AND channel = ?3 AND log = ?4 AND after = ?5",
            params![purpose.as_str(), tenant, channel, log.as_bytes(), stored(from.0), stored(through.0)],
        )?
    } else {
        tx.execute(
            "DELETE FROM pending
             WHERE purpose = ?1 AND tenant = ?2 AND channel = ?3 AND log = ?4 AND after = ?5",
            params![purpose.as_str(), tenant, channel, log.as_bytes(), stored(from.0)],
        )?
    };
    if !is_left && snapshot.marks.has(purpose) {
        let mut after = Snapshot::clone(&snapshot);
        after.marks.remove(purpose);
        tx.stage(log, after);
    }
    Ok(changed > 0)
}

fn replace(tx: &mut Tx<'_>, purpose: Purpose, log: LogId, after: EntryNumber) -> Worked<bool> {
    let Some(snapshot) = tx.log(log)? else { return Ok(false) };
    let Some(owner) = snapshot.owner.as_deref() else { return Ok(false) };
    if snapshot.tail.heads.of(purpose.audience()) <= after {
        return Ok(false);
    }
    tx.execute(
        "INSERT INTO pending (purpose, tenant, channel, log, after) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET after = excluded.after",
        params![
            purpose.as_str(),
            owner.tenant.as_str(),
            owner.channel.as_str(),
            log.as_bytes(),
            stored(after.0)
        ],
    )?;
    Ok(true)
}

fn logs_of_channel(
    connection: &Connection,
    (tenant, channel): (&TenantId, &ChannelId),
    after: Option<LogId>,
    most: usize,
) -> Worked<Vec<LogId>> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM log WHERE tenant = ?1 AND channel = ?2 AND id > ?3 ORDER BY id LIMIT ?4",
    )?;
    let after = after.as_ref().map_or(&[][..], |log| log.as_bytes());
    let mut rows = statement.query(params![tenant.as_str(), channel.as_str(), after, limit(most)])?;
    let mut logs = Vec::new();
    while let Some(row) = rows.next()? {
        logs.push(value::log(row, "id")?);
    }
    Ok(logs)
}

fn note(tx: &mut Tx<'_>, attempts: &[Attempt]) -> Worked<()> {
    tx.begin()?;
    let mut channels: Vec<(&TenantId, &ChannelId)> = Vec::new();
    for attempt in attempts {
        tx.execute(
            "INSERT INTO push_attempt (tenant, channel, user, at, after, through, attempt, status, error, millis)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                attempt.tenant.as_str(),
                attempt.channel.as_str(),
                attempt.user.as_str(),
                attempt.at.as_millis(),
                stored(attempt.after.0),
                stored(attempt.through.0),
                attempt.nth,
                attempt.status,
                attempt.error,
                stored(attempt.millis)
            ],
        )?;
        let channel = (&attempt.tenant, &attempt.channel);
        if !channels.contains(&channel) {
            channels.push(channel);
        }
    }
    for (tenant, channel) in channels {
        tx.execute(
            "DELETE FROM push_attempt WHERE tenant = ?1 AND channel = ?2 AND id <= (
                 SELECT id FROM push_attempt WHERE tenant = ?1 AND channel = ?2
                 ORDER BY id DESC LIMIT 1 OFFSET ?3)",
            params![tenant.as_str(), channel.as_str(), ATTEMPTS_KEPT],
        )?;
    }
    Ok(())
}

fn attempts(
    connection: &Connection,
    (tenant, channel): (&TenantId, &ChannelId),
    most: usize,
) -> Worked<Vec<Attempt>> {
    let mut statement = connection.prepare_cached(
        "SELECT tenant, channel, user, at, after, through, attempt, status, error, millis FROM push_attempt
         WHERE tenant = ?1 AND channel = ?2 ORDER BY id DESC LIMIT ?3",
    )?;
    let mut rows = statement.query(params![tenant.as_str(), channel.as_str(), limit(most)])?;
    let mut attempts = Vec::new();
    while let Some(row) = rows.next()? {
        attempts.push(Attempt {
            tenant: id(row, "tenant")?,
            channel: id(row, "channel")?,
            user: id(row, "user")?,
            at: timestamp(row, "at")?,
            after: entry_number(row, "after")?,
            through: entry_number(row, "through")?,
            nth: row.get("attempt")?,
            status: row.get("status")?,
            error: row.get("error")?,
            millis: number(row, "millis")?,
        });
    }
    Ok(attempts)
}

#[async_trait]
impl PendingStore for SqliteStore {
    async fn marked_logs(
        &self,
        purpose: Purpose,
        after: Option<MarkedLog>,
        limit: usize,
    ) -> Result<Vec<MarkedLog>, StoreError> {
        self.reading(move |connection| marked(connection, purpose, after.as_ref(), limit)).await
    }

    async fn pending_logs(
        &self,
        purpose: Purpose,
        (tenant, channel): (&TenantId, &ChannelId),
        after: Option<LogId>,
        limit: usize,
    ) -> Result<Vec<LogId>, StoreError> {
        let (tenant, channel) = (tenant.clone(), channel.clone());
        self.of_tenant(&tenant)
            .reading(move |connection| logs(connection, purpose, (&tenant, &channel), after, limit))
            .await
    }

    async fn pending(&self, purpose: Purpose, log: LogId) -> Result<Option<EntryNumber>, StoreError> {
        self.of_log(log).reading(move |connection| place(connection, purpose, log)).await
    }

    async fn move_pending(
        &self,
        purpose: Purpose,
        log: LogId,
        from: EntryNumber,
        through: EntryNumber,
    ) -> Result<bool, StoreError> {
        self.of_log(log).writing(move |tx| advance(tx, purpose, log, from, through)).await
    }

    async fn place_pending(
        &self,
        purpose: Purpose,
        log: LogId,
        after: EntryNumber,
    ) -> Result<bool, StoreError> {
        self.of_log(log).writing(move |tx| replace(tx, purpose, log, after)).await
    }

    async fn drop_pending(
        &self,
        purpose: Purpose,
        (tenant, channel): (&TenantId, &ChannelId),
    ) -> Result<(), StoreError> {
        let (tenant, channel) = (tenant.clone(), channel.clone());
        self.of_tenant(&tenant)
            .writing(move |tx| {
                tx.execute(
                    "DELETE FROM pending WHERE purpose = ?1 AND tenant = ?2 AND channel = ?3",
                    params![purpose.as_str(), tenant.as_str(), channel.as_str()],
                )?;
                Ok(())
            })
            .await
    }

    async fn logs_of_channel(
        &self,
        (tenant, channel): (&TenantId, &ChannelId),
        after: Option<LogId>,
        limit: usize,
    ) -> Result<Vec<LogId>, StoreError> {
        let (tenant, channel) = (tenant.clone(), channel.clone());
        self.of_tenant(&tenant)
            .reading(move |connection| logs_of_channel(connection, (&tenant, &channel), after, limit))
            .await
    }

    async fn note_attempts(&self, attempts: Vec<Attempt>) -> Result<(), StoreError> {
        self.writing(move |tx| note(tx, &attempts)).await
    }

    async fn attempts(
        &self,
        (tenant, channel): (&TenantId, &ChannelId),
        limit: usize,
    ) -> Result<Vec<Attempt>, StoreError> {
        let (tenant, channel) = (tenant.clone(), channel.clone());
        self.of_tenant(&tenant)
            .reading(move |connection| attempts(connection, (&tenant, &channel), limit))
            .await
    }
}
