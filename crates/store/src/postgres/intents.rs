//! What must follow commits elsewhere.

use frontdesk_core::conversation::Intent;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::PendingIntent;
use frontdesk_core::time::Timestamp;
use futures_util::future::try_join_all;

use crate::postgres::connection::Connection;
use crate::postgres::fault::Worked;
use crate::postgres::log_row::LogRow;
use crate::postgres::transaction::Tx;
use crate::postgres::value::{self, entry_number, json, limit, number, params, stored};

/// How many times as many are looked at as are taken.
const CANDIDATES: usize = 32;

/// Stores intents with the commit that they came with; gives their ids, in their order.
pub(super) async fn store(
    tx: &Tx,
    log: &LogRow,
    (first, now): (EntryNumber, Timestamp),
    intents: &[(Intent, String)],
) -> Worked<Vec<u64>> {
    let Some(owner) = log.owner.as_ref().filter(|_| !intents.is_empty()) else { return Ok(Vec::new()) };
    if tx.is_distributed() {
        // Ids are given out by the coordinator, for one row at a time.
        let asking = intents.iter().map(|(_, text)| async move {
            tx.first(
                "INSERT INTO intent (log, tenant, number, stored, body) VALUES ($1, $2, $3, $4, $5) RETURNING id",
                params![log.id.as_bytes(), owner.tenant.as_str(), stored(first.0), now.as_millis(), text],
            )
            .await
        });
        let rows = try_join_all(asking).await?;
        return rows.iter().flatten().map(|row| number(row, "id")).collect();
    }
    let bodies: Vec<&str> = intents.iter().map(|(_, text)| text.as_str()).collect();
    let rows = tx
        .query(
            "INSERT INTO intent (log, tenant, number, stored, body)
             SELECT $1, $2, $3, $4, body FROM unnest($5::text[]) WITH ORDINALITY AS new (body, nth) ORDER BY nth
             RETURNING id",
            params![log.id.as_bytes(), owner.tenant.as_str(), stored(first.0), now.as_millis(), bodies],
        )
        .await?;
    rows.iter().map(|row| number(row, "id")).collect()
}

pub(super) async fn pending(
    connection: &Connection,
    before: Timestamp,
    most: usize,
) -> Worked<Vec<PendingIntent>> {
    // The oldest, tenant by tenant in turns, so that nobody waits behind all of another's.
    let rows = connection
        .query(
            "SELECT id, log, number, body FROM (
                 SELECT id, log, number, body, row_number() OVER (PARTITION BY tenant ORDER BY id) AS turn
                 FROM (SELECT * FROM intent WHERE stored < $1 ORDER BY id LIMIT $3) AS oldest
             ) AS ranked ORDER BY turn, id LIMIT $2",
            params![before.as_millis(), limit(most), limit(most.saturating_mul(CANDIDATES))],
        )
        .await?;
    let mut pending = Vec::with_capacity(rows.len());
    for row in &rows {
        let id = number(row, "id")?;
        match json(row, "body") {
            Ok(intent) => {
                let (log, number) = (value::log(row, "log")?, entry_number(row, "number")?);
                pending.push(PendingIntent { id, log, number, intent });
            }
            // A node of a newer version may know what it is; the others must not wait for that.
            Err(fault) => tracing::warn!(id, error = %fault.error, "what follows a commit is not understood"),
        }
    }
    Ok(pending)
}

pub(super) async fn finish(connection: &Connection, log: LogId, id: u64) -> Worked<()> {
    connection
        .execute("DELETE FROM intent WHERE log = $1 AND id = $2", params![log.as_bytes(), stored(id)])
        .await?;
    Ok(())
}
