//! Finding in the index.

use std::collections::{BTreeMap, HashMap};

use frontdesk_core::entry::Entry;
use frontdesk_core::id::TenantId;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Found, Hit, SearchPlace, SearchQuery};
use frontdesk_core::search::{findable, tokens};
use futures_util::future::try_join_all;
use tokio_postgres::Row;

use super::index::place_at;
use super::terms::Terms;
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::transaction::Tx;
use crate::postgres::value::{entry_number, limit, log, number, params, stored};
use crate::postgres::{entries, log_row};

/// Which way is shortest depends on how frequent the words are: those of a frequent one are walked along by place, those
/// of rare ones are gathered from the index of words and sorted. The database decides it by the words themselves.
const BY_THE_WORDS: &str = "SET LOCAL plan_cache_mode = force_custom_plan";

/// The places alone, where entries lie elsewhere.
const FIND_PLACES: &str =
    "SELECT found.place, found.number, log.id, log.tenant, log.channel, log.user_id, log.name,
         log.locale
     FROM (
         SELECT place, log, number FROM search_entry
         WHERE tenant = $1 AND place >= $2 AND place < $3 AND words @@ CAST(CAST($4 AS TEXT) AS TSQUERY)
         ORDER BY place DESC LIMIT $5
     ) AS found
     JOIN log_owner AS log ON log.id = found.log
     ORDER BY found.place DESC";

const FIND: &str = "SELECT found.place, log.id, log.tenant, log.channel, log.user_id, log.name, log.locale,
         entry.number, entry.life, entry.at, entry.conversation, entry.body
     FROM (
         SELECT place, log, number FROM search_entry
         WHERE tenant = $1 AND place >= $2 AND place < $3 AND words @@ CAST(CAST($4 AS TEXT) AS TSQUERY)
         ORDER BY place DESC LIMIT $5
     ) AS found
     JOIN log ON log.id = found.log
     JOIN entry ON entry.log = found.log AND entry.number = found.number
     ORDER BY found.place DESC";

/// How many landmarks a stretch has: about a hundred thousand entries of the tenant.
const STRETCH: i64 = 8;

/// Where a stretch that ends at a place begins; `None` if nothing is below it.
async fn begin_of_stretch(view: &Tx, tenant: &TenantId, high: i64) -> Worked<Option<i64>> {
    let sql = "SELECT place FROM search_landmark WHERE tenant = $1 AND place < $2
         ORDER BY place DESC LIMIT 1 OFFSET $3";
    let row = view.first(sql, params![tenant.as_str(), high, STRETCH - 1]).await?;
    row.map(|row| Ok(row.try_get("place")?)).transpose()
}

pub(super) async fn find(view: &Tx, query: &SearchQuery, most: usize) -> Worked<Found> {
    view.run(BY_THE_WORDS).await?;
    let tenant = &query.scope.tenant;
    let wanted = Terms::of(tenant).asked_for(query);
    let lowest = query.after.map_or(i64::MIN, place_at);
    let before = query.before.map_or(i64::MAX, place_at);
    let high = before.min(query.below.map_or(i64::MAX, |place| stored(place.0)));
    let low = begin_of_stretch(view, tenant, high).await?.unwrap_or(lowest).max(lowest);
    // Words of a phrase may stand apart, and what was taken back is not to be found.
    let looked_at = most.saturating_mul(2).saturating_add(32);
    let sql = view.either(FIND, FIND_PLACES);
    let rows = view.query(sql, params![tenant.as_str(), low, high, wanted, limit(looked_at)]).await?;
    let mut elsewhere = if view.is_distributed() { entries_of(view, &rows).await? } else { HashMap::new() };
    let mut hits = Vec::new();
    for row in &rows {
        if hits.len() == most {
            break;
        }
        let entry = if view.is_distributed() {
            // It may have been removed since.
            let Some(entry) = elsewhere.remove(&(log(row, "id")?, entry_number(row, "number")?)) else {
                continue;
            };
            entry
        } else {
            entries::from_row(row)?
        };
        hits.extend(hit(row, entry, query)?);
    }
    let below = if hits.len() == most {
        hits.last().map(|hit: &Hit| hit.place)
    } else if rows.len() == looked_at {
        rows.last().map(|row| number(row, "place")).transpose()?.map(SearchPlace)
    } else {
        (low > lowest).then(|| SearchPlace(low.unsigned_abs()))
    };
    Ok(Found { hits, below })
}

/// The entries at these places, from where each log lies; they are asked for at once.
async fn entries_of(view: &Tx, rows: &[Row]) -> Worked<HashMap<(LogId, EntryNumber), Entry>> {
    const ENTRIES: &str =
        "SELECT number, life, at, conversation, body FROM entry WHERE log = $1 AND number = ANY ($2)";
    let mut wanted: BTreeMap<LogId, Vec<i64>> = BTreeMap::new();
    for row in rows {
        wanted.entry(log(row, "id")?).or_default().push(row.try_get("number")?);
    }
    view.ready(ENTRIES).await?;
    let asking = wanted.into_iter().map(|(log, numbers)| async move {
        Ok::<_, Fault>((log, view.query(ENTRIES, params![log.as_bytes(), numbers]).await?))
    });
    let mut found = HashMap::new();
    for (log, rows) in try_join_all(asking).await? {
        for row in &rows {
            let entry = entries::from_row(row)?;
            found.insert((log, entry.number), entry);
        }
    }
    Ok(found)
}

fn hit(row: &Row, entry: Entry, query: &SearchQuery) -> Worked<Option<Hit>> {
    // Taken back, and the index does not know yet.
    let Some(found) = findable(&entry.body) else { return Ok(None) };
    let tokens = tokens(&found.text);
    if query.phrases.iter().any(|phrase| phrase.found_in(&tokens).is_empty()) {
        return Ok(None);
    }
    Ok(Some(Hit {
        place: SearchPlace(number(row, "place")?),
        log: log(row, "id")?,
        customer: log_row::owner(row)?,
        entry,
    }))
}
