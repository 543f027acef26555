//! Finding in the index.

use std::collections::HashMap;

use frontdesk_core::log::LogId;
use frontdesk_core::port::{Found, Hit, SearchPlace, SearchQuery};
use frontdesk_core::search::findable;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::index::place_at;
use super::terms::Terms;
use crate::error::Worked;
use crate::sqlite::value::{log, number, stored};
use crate::sqlite::{entries, snapshot};

/// The index gives its rows backwards by itself, and they are taken only as far as they are wanted: how much there is to
/// be found costs nothing. The joins are crossed so that nothing else is walked along. The tenant is looked at again:
/// terms name it in a few letters.
pub(super) const FIND: &str =
    "SELECT found.rowid AS place, log.id, log.tenant, log.channel, log.user, log.name, log.locale,
         entry.number, entry.life, entry.at, entry.conversation, entry.body
     FROM search_text AS found
     CROSS JOIN search_entry ON search_entry.id = found.rowid
     CROSS JOIN log ON log.log_key = search_entry.log_key
     CROSS JOIN entry ON entry.log_key = search_entry.log_key AND entry.number = search_entry.number
     WHERE found.words MATCH ?1 AND found.rowid >= ?2 AND found.rowid < ?3 AND log.tenant = ?4
     ORDER BY found.rowid DESC";

/// The keys of the logs that a query names.
fn keys(connection: &Connection, query: &SearchQuery) -> Worked<HashMap<LogId, i64>> {
    let reach = query.scope.reach.iter().flat_map(|reach| &reach.conversations);
    let named = reach.chain(&query.conversation).map(|(log, _)| *log).chain(query.logs.iter().copied());
    let mut statement = connection.prepare_cached("SELECT log_key FROM log WHERE id = ?1")?;
    let mut keys = HashMap::new();
    for log in named {
        if let Some(key) = statement.query_row(params![log.as_bytes()], |row| row.get(0)).optional()? {
            keys.insert(log, key);
        }
    }
    Ok(keys)
}

/// The search in FTS5's language, and between which places.
pub(super) fn asked(connection: &Connection, query: &SearchQuery) -> Worked<(String, i64, i64)> {
    let wanted = Terms::of(&query.scope.tenant).of_query(query, &keys(connection, query)?);
    let low = query.after.map_or(i64::MIN, place_at);
    let before = query.before.map_or(i64::MAX, place_at);
    let below = query.below.map_or(i64::MAX, |place| stored(place.0));
    Ok((wanted, low, before.min(below)))
}

/// How many landmarks a stretch has: about a million entries of all tenants.
const STRETCH: i64 = 16;

/// Where a stretch that ends at a place begins; `None` if nothing is below it.
fn begin_of_stretch(connection: &Connection, high: i64) -> Worked<Option<i64>> {
    let mut statement = connection
        .prepare_cached("SELECT id FROM search_landmark WHERE id < ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2")?;
    Ok(statement.query_row(params![high, STRETCH - 1], |row| row.get(0)).optional()?)
}

pub(super) fn find(connection: &Connection, query: &SearchQuery, limit: usize) -> Worked<Found> {
    // One view of the index and the logs.
    let view = connection.unchecked_transaction()?;
    let (wanted, lowest, high) = asked(&view, query)?;
    // Whatever begins with something is gathered from the whole index before the first is given: once is enough.
    let is_gathered = query.phrases.iter().any(|phrase| phrase.is_prefix);
    let begin = if is_gathered { None } else { begin_of_stretch(&view, high)? };
    let low = begin.unwrap_or(lowest).max(lowest);
    let mut statement = view.prepare_cached(FIND)?;
    let mut rows = statement.query(params![wanted, low, high, query.scope.tenant.as_str()])?;
    let mut hits = Vec::new();
    while hits.len() < limit {
        let Some(row) = rows.next()? else {
            let below = (low > lowest).then(|| SearchPlace(low.unsigned_abs()));
            return Ok(Found { hits, below });
        };
        let entry = entries::from_row(row)?;
        // Taken back, and the index does not know yet.
        if findable(&entry.body).is_none() {
            continue;
        }
        hits.push(Hit {
            place: SearchPlace(number(row, "place")?),
            log: log(row, "id")?,
            customer: snapshot::owner(row)?,
            entry,
        });
    }
    let below = hits.last().map(|hit| hit.place);
    Ok(Found { hits, below })
}
