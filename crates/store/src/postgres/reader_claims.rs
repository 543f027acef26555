//! Which of several nodes answers a customer's classic polls just now.

use std::time::Duration;

use frontdesk_core::port::ReaderClaim;

use crate::postgres::fault::Worked;
use crate::postgres::transaction::Tx;
use crate::postgres::value::params;

/// Takes the right, or has it for longer. The database's clock counts, so that those of the nodes may differ.
pub(super) async fn claim(tx: &Tx, claim: ReaderClaim, lasts: Duration) -> Worked<bool> {
    let now = tx.now().await?;
    let taken = tx
        .execute(
            "INSERT INTO reader_claim (log, node, number, expires) VALUES ($1, $2, $3, $4)
             ON CONFLICT (log) DO UPDATE
             SET node = excluded.node, number = excluded.number, expires = excluded.expires
             WHERE reader_claim.node = excluded.node OR reader_claim.expires <= $5",
            params![
                claim.log.as_bytes(),
                claim.node.cast_signed(),
                claim.number.cast_signed(),
                now.plus(lasts).as_millis(),
                now.as_millis()
            ],
        )
        .await?;
    Ok(taken == 1)
}

const RELEASE: &str =
    "DELETE FROM reader_claim USING unnest($1::bytea[], $2::bigint[], $3::bigint[]) AS done (log, node, number)
     WHERE reader_claim.log = done.log AND reader_claim.node = done.node AND reader_claim.number = done.number";

/// The same, asking the nodes of these logs alone.
const RELEASE_THERE: &str =
    "DELETE FROM reader_claim USING unnest($1::bytea[], $2::bigint[], $3::bigint[]) AS done (log, node, number)
     WHERE reader_claim.log = done.log AND reader_claim.log = ANY ($1)
         AND reader_claim.node = done.node AND reader_claim.number = done.number";

pub(super) async fn release(tx: &Tx, claims: &[ReaderClaim]) -> Worked<()> {
    let logs: Vec<&[u8]> = claims.iter().map(|claim| claim.log.as_bytes().as_slice()).collect();
    let nodes: Vec<i64> = claims.iter().map(|claim| claim.node.cast_signed()).collect();
    let numbers: Vec<i64> = claims.iter().map(|claim| claim.number.cast_signed()).collect();
    tx.execute(tx.either(RELEASE, RELEASE_THERE), params![logs, nodes, numbers]).await?;
    Ok(())
}
