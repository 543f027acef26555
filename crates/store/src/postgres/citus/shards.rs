//! Which logs lie together.

use std::collections::BTreeMap;

use frontdesk_core::log::LogId;

use crate::postgres::connection::Connection;
use crate::postgres::fault::Worked;
use crate::postgres::value::{self, params};

/// The logs by the shard that they lie in, as numbers of groups: those with the same number are together.
///
/// They may be moved in the meantime, and a shard may be split; then a statement for several of them meets several nodes, and
/// is slower or refused, and tried by itself.
pub(in crate::postgres) async fn by_shard(
    connection: &Connection,
    logs: &[LogId],
) -> Worked<BTreeMap<LogId, i64>> {
    let ids: Vec<&[u8]> = logs.iter().map(|log| log.as_bytes().as_slice()).collect();
    let rows = connection
        .query(
            "SELECT asked.id, get_shard_id_for_distribution_column('log', asked.id) AS shard
             FROM unnest($1::bytea[]) AS asked (id)",
            params![ids],
        )
        .await?;
    rows.iter().map(|row| Ok((value::log(row, "id")?, row.try_get("shard")?))).collect()
}
