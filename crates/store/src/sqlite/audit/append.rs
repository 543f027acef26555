//! Adding to a chain.

use frontdesk_core::audit::{Anchor, Draft, Head};
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, params};

use super::heads;
use crate::error::Worked;
use crate::sqlite::value::stored;
use crate::sqlite::writer::Tx;

/// Adds records to their chains, in the transaction of whatever they tell of.
pub(in crate::sqlite) fn append(tx: &mut Tx<'_>, drafts: &[Draft]) -> Worked<()> {
    if drafts.is_empty() {
        return Ok(());
    }
    tx.begin()?;
    let now = tx.now();
    for draft in drafts {
        let anchor = append_at(tx.connection(), draft, now, None)?;
        tx.anchor(anchor);
    }
    Ok(())
}

/// Adds a record to its chain, and gives the head as it is then. `began` is the epoch in which the chain began, where
/// the store's note of it may be gone.
pub(super) fn append_at(
    connection: &Connection,
    draft: &Draft,
    now: Timestamp,
    began: Option<u64>,
) -> Worked<Anchor> {
    let tenant = &draft.tenant;
    let noted = heads::noted(connection, tenant)?;
    let epoch = match (&noted, began) {
        (Some(anchor), _) => anchor.epoch,
        (None, Some(epoch)) => epoch,
        (None, None) => heads::epoch(connection)?,
    };
    let last = heads::last(connection, tenant)?;
    let at = last.map_or(now, |(_, at)| at.max(now));
    // They are the same, unless somebody took records away or changed the note. Then the chain goes on behind whichever
    // is further, so that nothing that shows it is written over.
    let heads = [noted.map(|anchor| anchor.head), last.map(|(head, _)| head)];
    let head = heads.into_iter().flatten().max_by_key(|head| head.number);
    let head = head.unwrap_or_else(|| Head::genesis(tenant, epoch));
    let number = head.number + 1;
    let body = draft.body(number, at);
    let head = Head { number, hash: head.hash.then(&body) };
    connection
        .prepare_cached("INSERT INTO audit (tenant, number, body, hash) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![tenant.as_str(), stored(number), body, head.hash.as_bytes()])?;
    let anchor = Anchor::sign(&heads::key(connection)?, tenant.clone(), epoch, head);
    connection
        .prepare_cached(
            "INSERT INTO audit_head (tenant, epoch, number, hash, mac) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (tenant) DO UPDATE
             SET epoch = excluded.epoch, number = excluded.number, hash = excluded.hash, mac = excluded.mac",
        )?
        .execute(params![
            tenant.as_str(),
            stored(epoch),
            stored(number),
            head.hash.as_bytes(),
            anchor.mac()
        ])?;
    Ok(anchor)
}
