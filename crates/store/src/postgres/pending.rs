//! What background readers still have to do, and the last attempts to push.

use async_trait::async_trait;
use frontdesk_core::id::{ChannelId, TenantId};
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Attempt, MarkedLog, PendingStore, Purpose, StoreError};

use crate::postgres::PostgresStore;
use crate::postgres::connection::Connection;
use crate::postgres::fault::Worked;
use crate::postgres::log_row::{self, LogRow};
use crate::postgres::transaction::Tx;
use crate::postgres::value::{self, entry_number, id, limit, number, params, small, stored, timestamp};

/// How many attempts of each channel are kept.
const ATTEMPTS_KEPT: i64 = 1_000;

const MARK: &str = "INSERT INTO pending (log, purpose, tenant, channel, after)
     SELECT $1, purpose, $3, $4, $5 FROM unnest($2::text[]) AS new (purpose) ON CONFLICT DO NOTHING";

/// The same on the node of the log, without fetching anything from there.
const MARK_THERE: &str = "INSERT INTO pending (log, purpose, tenant, channel, after)
     SELECT log.id, new.purpose, $3, $4, $5 FROM unnest($2::text[]) AS new (purpose) JOIN log ON log.id = $1
     ON CONFLICT DO NOTHING";

/// Marks a log for readers, unless it is marked: it stood before what is being written now. The log is locked, so that no
/// reader takes its mark away meanwhile.
pub(super) async fn mark(tx: &Tx, before: &LogRow, purposes: &[Purpose]) -> Worked<()> {
    let Some(owner) = before.owner.as_ref().filter(|_| !purposes.is_empty()) else { return Ok(()) };
    let purposes: Vec<&str> = purposes.iter().map(|purpose| purpose.as_str()).collect();
    tx.execute(
        tx.either(MARK, MARK_THERE),
        params![
            before.id.as_bytes(),
            purposes,
            owner.tenant.as_str(),
            owner.channel.as_str(),
            stored(before.tail.number.0),
        ],
    )
    .await?;
    Ok(())
}

async fn marked(
    connection: &Connection,
    purpose: Purpose,
    after: Option<&MarkedLog>,
    most: usize,
) -> Worked<Vec<MarkedLog>> {
    let (tenant, channel, log) = after.map_or(("", "", &[][..]), |after| {
        (after.tenant.as_str(), after.channel.as_str(), &after.log.as_bytes()[..])
    });
    let rows = connection
        .query(
            "SELECT tenant, channel, log FROM pending WHERE purpose = $1 AND (tenant, channel, log) > ($2, $3, $4)
             ORDER BY tenant, channel, log LIMIT $5",
            params![purpose.as_str(), tenant, channel, log, limit(most)],
        )
        .await?;
    let mut logs = Vec::with_capacity(rows.len());
    for row in &rows {
        logs.push(MarkedLog {
            tenant: id(row, "tenant")?,
            channel: id(row, "channel")?,
            log: value::log(row, "log")?,
        });
    }
    Ok(logs)
}

async fn logs(
    connection: &Connection,
    purpose: Purpose,
    (tenant, channel): (&TenantId, &ChannelId),
    after: Option<LogId>,
    most: usize,
) -> Worked<Vec<LogId>> {
    let after = after.as_ref().map_or(&[][..], |log| log.as_bytes());
    let rows = connection
        .query(
            "SELECT log FROM pending WHERE purpose = $1 AND tenant = $2 AND channel = $3 AND log > $4
             ORDER BY log LIMIT $5",
            params![purpose.as_str(), tenant.as_str(), channel.as_str(), after, limit(most)],
        )
        .await?;
    rows.iter().map(|row| value::log(row, "log")).collect()
}

async fn place(connection: &Connection, purpose: Purpose, log: LogId) -> Worked<Option<EntryNumber>> {
    let row = connection
        .first(
            "SELECT after FROM pending WHERE log = $1 AND purpose = $2",
            params![log.as_bytes(), purpose.as_str()],
        )
        .await?;
    row.map(|row| entry_number(&row, "after")).transpose()
}

/// Moves a reader on, and takes its mark away if nothing is left; `false` if it does not stand at `from`. For readers
/// that write down in the same transaction what they have made of the entries.
pub(super) async fn advance(
    tx: &Tx,
    purpose: Purpose,
    log: LogId,
    from: EntryNumber,
    through: EntryNumber,
) -> Worked<bool> {
    let Some(row) = log_row::lock(tx, log).await?.filter(|row| row.owner.is_some()) else {
        return Ok(false);
    };
    let changed = if row.tail.heads.of(purpose.audience()) > through {
        tx.execute(
            "UPDATE pending SET after = $4 WHERE log = $1 AND purpose = $2 AND after = $3",
            params![log.as_bytes(), purpose.as_str(), stored(from.0), stored(through.0)],
        )
        .await?
    } else {
        tx.execute(
            "DELETE FROM pending WHERE log = $1 AND purpose = $2 AND after = $3",
            params![log.as_bytes(), purpose.as_str(), stored(from.0)],
        )
        .await?
    };
    Ok(changed > 0)
}

async fn replace(tx: &Tx, purpose: Purpose, log: LogId, after: EntryNumber) -> Worked<bool> {
    let Some(row) = log_row::lock(tx, log).await? else { return Ok(false) };
    let Some(owner) = &row.owner else { return Ok(false) };
    if row.tail.heads.of(purpose.audience()) <= after {
        return Ok(false);
    }
    tx.execute(
        "INSERT INTO pending (log, purpose, tenant, channel, after) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (log, purpose) DO UPDATE SET after = excluded.after",
        params![
            log.as_bytes(),
            purpose.as_str(),
            owner.tenant.as_str(),
            owner.channel.as_str(),
            stored(after.0)
        ],
    )
    .await?;
    Ok(true)
}

async fn logs_of_channel(
    connection: &Connection,
    (tenant, channel): (&TenantId, &ChannelId),
    after: Option<LogId>,
    most: usize,
) -> Worked<Vec<LogId>> {
    let after = after.as_ref().map_or(&[][..], |log| log.as_bytes());
    let rows = connection
        .query(
            "SELECT id FROM log_owner WHERE tenant = $1 AND channel = $2 AND id > $3 ORDER BY id LIMIT $4",
            params![tenant.as_str(), channel.as_str(), after, limit(most)],
        )
        .await?;
    rows.iter().map(|row| value::log(row, "id")).collect()
}

async fn note(tx: &Tx, attempts: &[Attempt]) -> Worked<()> {
    let mut channels: Vec<(&TenantId, &ChannelId)> = Vec::new();
    for attempt in attempts {
        tx.execute(
            "INSERT INTO push_attempt (tenant, channel, user_id, at, after, through, attempt, status, error, millis)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            params![
                attempt.tenant.as_str(),
                attempt.channel.as_str(),
                attempt.user.as_str(),
                attempt.at.as_millis(),
                stored(attempt.after.0),
                stored(attempt.through.0),
                i64::from(attempt.nth),
                attempt.status.map(i64::from),
                attempt.error,
                stored(attempt.millis),
            ],
        )
        .await?;
        channels.push((&attempt.tenant, &attempt.channel));
    }
    channels.sort_unstable();
    channels.dedup();
    for (tenant, channel) in channels {
        tx.execute(
            "DELETE FROM push_attempt WHERE tenant = $1 AND channel = $2 AND id <= (
                 SELECT id FROM push_attempt WHERE tenant = $1 AND channel = $2
                 ORDER BY id DESC LIMIT 1 OFFSET $3)",
            params![tenant.as_str(), channel.as_str(), ATTEMPTS_KEPT],
        )
        .await?;
    }
    Ok(())
}

async fn attempts(
    connection: &Connection,
    (tenant, channel): (&TenantId, &ChannelId),
    most: usize,
) -> Worked<Vec<Attempt>> {
    let rows = connection
        .query(
            "SELECT tenant, channel, user_id, at, after, through, attempt, status, error, millis FROM push_attempt
             WHERE tenant = $1 AND channel = $2 ORDER BY id DESC LIMIT $3",
            params![tenant.as_str(), channel.as_str(), limit(most)],
        )
        .await?;
    let mut attempts = Vec::with_capacity(rows.len());
    for row in &rows {
        attempts.push(Attempt {
            tenant: id(row, "tenant")?,
            channel: id(row, "channel")?,
            user: id(row, "user_id")?,
            at: timestamp(row, "at")?,
            after: entry_number(row, "after")?,
            through: entry_number(row, "through")?,
            nth: small(row, "attempt")?,
            status: row.try_get::<_, Option<i64>>("status")?.map(|_| small(row, "status")).transpose()?,
            error: row.try_get("error")?,
            millis: number(row, "millis")?,
        });
    }
    Ok(attempts)
}

#[async_trait]
impl PendingStore for PostgresStore {
    async fn marked_logs(
        &self,
        purpose: Purpose,
        after: Option<MarkedLog>,
        limit: usize,
    ) -> Result<Vec<MarkedLog>, StoreError> {
        let after = after.as_ref();
        self.reading(|connection| async move { marked(&connection, purpose, after, limit).await }).await
    }

    async fn pending_logs(
        &self,
        purpose: Purpose,
        channel: (&TenantId, &ChannelId),
        after: Option<LogId>,
        limit: usize,
    ) -> Result<Vec<LogId>, StoreError> {
        self.reading(|connection| async move { logs(&connection, purpose, channel, after, limit).await })
            .await
    }

    async fn pending(&self, purpose: Purpose, log: LogId) -> Result<Option<EntryNumber>, StoreError> {
        self.reading(|connection| async move { place(&connection, purpose, log).await }).await
    }

    async fn move_pending(
        &self,
        purpose: Purpose,
        log: LogId,
        from: EntryNumber,
        through: EntryNumber,
    ) -> Result<bool, StoreError> {
        self.transaction(|tx| async move { advance(&tx, purpose, log, from, through).await }).await
    }

    async fn place_pending(
        &self,
        purpose: Purpose,
        log: LogId,
        after: EntryNumber,
    ) -> Result<bool, StoreError> {
        self.slow_transaction(|tx| async move { replace(&tx, purpose, log, after).await }).await
    }

    async fn drop_pending(
        &self,
        purpose: Purpose,
        (tenant, channel): (&TenantId, &ChannelId),
    ) -> Result<(), StoreError> {
        self.slow_transaction(|tx| async move {
            tx.execute(
                "DELETE FROM pending WHERE purpose = $1 AND tenant = $2 AND channel = $3",
                params![purpose.as_str(), tenant.as_str(), channel.as_str()],
            )
            .await?;
            Ok(())
        })
        .await
    }

    async fn logs_of_channel(
        &self,
        channel: (&TenantId, &ChannelId),
        after: Option<LogId>,
        limit: usize,
    ) -> Result<Vec<LogId>, StoreError> {
        self.reading(|connection| async move { logs_of_channel(&connection, channel, after, limit).await })
            .await
    }

    async fn note_attempts(&self, attempts: Vec<Attempt>) -> Result<(), StoreError> {
        let attempts = &attempts;
        self.transaction(|tx| async move { note(&tx, attempts).await }).await
    }

    async fn attempts(
        &self,
        channel: (&TenantId, &ChannelId),
        limit: usize,
    ) -> Result<Vec<Attempt>, StoreError> {
        self.reading(|connection| async move { attempts(&connection, channel, limit).await }).await
    }
}
