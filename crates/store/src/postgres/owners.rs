//! Whose logs are, for lists: a view of the logs, or a table of its own where those lie on several nodes.

use frontdesk_core::log::LogId;
use frontdesk_core::port::Customer;

use crate::postgres::fault::Worked;
use crate::postgres::transaction::Tx;
use crate::postgres::value::params;

/// Writes whose a log is, in the transaction that writes it to the log.
pub(super) async fn put(tx: &Tx, customer: &Customer) -> Worked<()> {
    if !tx.is_distributed() {
        return Ok(());
    }
    tx.execute(
        "INSERT INTO log_owner (id, tenant, channel, user_id, name, locale) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, locale = excluded.locale, user_id = excluded.user_id",
        params![
            customer.log().as_bytes(),
            customer.tenant.as_str(),
            customer.channel.as_str(),
            customer.user.as_str(),
            customer.name,
            customer.locale,
        ],
    )
    .await?;
    Ok(())
}

/// Notes that a page brought a signature.
pub(super) async fn sign(tx: &Tx, log: LogId) -> Worked<()> {
    if tx.is_distributed() {
        let sql = "UPDATE log_owner SET signed = TRUE WHERE id = $1 AND NOT signed";
        tx.execute(sql, params![log.as_bytes()]).await?;
    }
    Ok(())
}

/// Takes name and id away.
pub(super) async fn erase(tx: &Tx, log: LogId, erased: &str) -> Worked<()> {
    if tx.is_distributed() {
        let sql = "UPDATE log_owner SET user_id = $2, name = '', locale = '', signed = FALSE WHERE id = $1";
        tx.execute(sql, params![log.as_bytes(), erased]).await?;
    }
    Ok(())
}
