//! Adding to a chain.

use std::collections::BTreeSet;

use frontdesk_core::audit::{Anchor, Draft, Head};
use frontdesk_core::id::TenantId;

use super::heads;
use crate::postgres::fault::Worked;
use crate::postgres::transaction::Tx;
use crate::postgres::value::{params, stored};

/// The heads of chains after something was added to them.
pub(in crate::postgres) type Heads = Vec<(TenantId, Head)>;

/// Says in the server's log where chains end, once that is committed.
pub(in crate::postgres) fn tell(heads: &[(TenantId, Head)]) {
    for (tenant, head) in heads {
        tracing::info!(%tenant, %head, "the audit log ends here");
    }
}

/// Adds records to their chains, in the transaction of whatever they tell of, and gives the heads as they are then.
/// Nobody else adds to these chains until the transaction is over.
pub(in crate::postgres) async fn append(tx: &Tx, drafts: &[Draft]) -> Worked<Heads> {
    // In one order, so that nobody waits for each other.
    let tenants: BTreeSet<&TenantId> = drafts.iter().map(|draft| &draft.tenant).collect();
    for tenant in &tenants {
        lock(tx, tenant).await?;
    }
    for draft in drafts {
        append_one(tx, draft).await?;
    }
    let mut found = Heads::new();
    for tenant in tenants {
        found.extend(heads::noted(tx, tenant).await?.map(|anchor| (tenant.clone(), anchor.head)));
    }
    Ok(found)
}

/// Locks the row of a chain, which is there from then on.
pub(super) async fn lock(tx: &Tx, tenant: &TenantId) -> Worked<()> {
    let epoch = heads::epoch(tx).await?;
    let anchor = Anchor::sign(&heads::key(tx).await?, tenant.clone(), epoch, Head::genesis(tenant, epoch));
    tx.execute(
        "INSERT INTO audit_head (tenant, epoch, number, hash, mac) VALUES ($1, $2, 0, $3, $4)
         ON CONFLICT (tenant) DO NOTHING",
        params![tenant.as_str(), stored(epoch), anchor.head.hash.as_bytes(), anchor.mac()],
    )
    .await?;
    tx.query("SELECT 1 FROM audit_head WHERE tenant = $1 FOR UPDATE", params![tenant.as_str()]).await?;
    Ok(())
}

async fn append_one(tx: &Tx, draft: &Draft) -> Worked<()> {
    let tenant = &draft.tenant;
    let noted = heads::noted(tx, tenant).await?;
    let epoch = match &noted {
        Some(anchor) => anchor.epoch,
        None => heads::epoch(tx).await?,
    };
    let last = heads::last(tx, tenant).await?;
    let now = tx.now().await?;
    let at = last.map_or(now, |(_, at)| at.max(now));
    // They are the same, unless somebody took records away or changed the note. Then the chain goes on behind whichever
    // is further, so that nothing that shows it is written over.
    let ends = [noted.map(|anchor| anchor.head), last.map(|(head, _)| head)];
    let head = ends.into_iter().flatten().max_by_key(|head| head.number);
    let head = head.unwrap_or_else(|| Head::genesis(tenant, epoch));
    let number = head.number + 1;
    let body = draft.body(number, at);
    let head = Head { number, hash: head.hash.then(&body) };
    tx.execute(
        "INSERT INTO audit (tenant, number, body, hash) VALUES ($1, $2, $3, $4)",
        params![tenant.as_str(), stored(number), body, head.hash.as_bytes()],
    )
    .await?;
    let anchor = Anchor::sign(&heads::key(tx).await?, tenant.clone(), epoch, head);
    tx.execute(
        "UPDATE audit_head SET epoch = $2, number = $3, hash = $4, mac = $5 WHERE tenant = $1",
        params![tenant.as_str(), stored(epoch), stored(number), head.hash.as_bytes(), anchor.mac()],
    )
    .await?;
    Ok(())
}
