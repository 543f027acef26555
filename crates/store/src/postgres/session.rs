//! Whether a connection leads to a session of its own, or to a pooler that has each transaction run in whichever session
//! is free, as PgBouncer's transaction mode does.
//!
//! Settings, prepared statements, locks that outlast a transaction and listening live in sessions. Over such a pooler a
//! statement that was prepared may be another node's of the same name, so that nothing is taken for granted: only what
//! was seen to be kept is relied on.

use tokio_postgres::{Client, Error};

use crate::OpenError;
use crate::postgres::connect::Place;
use crate::postgres::fault::in_full;

/// What lies at the other end of connections to a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    /// A session of the connection's own.
    Own,
    /// A pooler that shares sessions, and has what each of its clients has prepared at hand wherever it is used.
    Tracked,
    /// A pooler that shares sessions, and of which nothing is known.
    Shared,
}

/// How a transaction is begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begin {
    /// Each statement sees what was committed before it began.
    Committed,
    /// Every statement sees the same, and nothing is written.
    Snapshot,
}

/// The settings of a session, each behind a word that says for how long it holds.
///
/// No statement of ours takes long, and nobody may hold a lock for others to wait for: a node that was cut off while it held
/// one loses it, and whoever waits for it is told so before they give up themselves.
macro_rules! settings {
    ($set:literal) => {
        concat!(
            $set,
            " statement_timeout = '30s'; ",
            $set,
            " lock_timeout = '4s'; ",
            $set,
            " idle_in_transaction_session_timeout = '4s'; ",
            $set,
            " synchronous_commit = 'on'"
        )
    };
}

/// For a session of one's own. Of a node that vanished, the database keeps no connection for long.
pub(super) const SETTINGS: &str = concat!(
    settings!("SET"),
    "; SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"
);

/// The setting by which a session that was begun for this connection is known. A pooler refuses it or leaves it out.
const MARK: &str = "frontdesk.session=own";
const IS_MARKED: &str = "SELECT coalesce(current_setting('frontdesk.session', TRUE) = 'own', FALSE)";

/// A statement that nobody prepares but to see what becomes of it.
const PROBE: &str = "SELECT 1 AS frontdesk_probe";
/// PgBouncer gives statements names of its own if it keeps track of them.
const IS_TRACKED: &str = "SELECT count(*) > 0 FROM pg_prepared_statements
    WHERE statement = 'SELECT 1 AS frontdesk_probe' AND starts_with(name, 'PGBOUNCER_')";

/// How often it is looked whether two connections share a session.
const LOOKS: u32 = 3;

impl Session {
    /// What the connections of a place lead to.
    pub(super) async fn of(place: &Place) -> Result<Self, OpenError> {
        let marked = place.with_setting(MARK);
        let mut is_refused = false;
        // Once more, as a connection may also fail by chance.
        for _ in 0..2 {
            match marked.connect().await {
                Ok(client) if is(&client, IS_MARKED).await.unwrap_or(false) => return Ok(Self::Own),
                Ok(_) => break,
                Err(_) if is_refused => break,
                Err(_) => is_refused = true,
            }
            drop(place.connect().await?);
        }
        let client = place.connect().await?;
        // Whatever goes wrong, nothing is known then.
        Ok(if tracks(&client).await.unwrap_or(false) { Self::Tracked } else { Self::Shared })
    }

    /// Whether a setting holds for as long as the connection.
    pub(super) const fn keeps_settings(self) -> bool {
        matches!(self, Self::Own)
    }

    /// Whether a statement that was prepared over a connection is there when it is used.
    pub(super) const fn keeps_statements(self) -> bool {
        matches!(self, Self::Own | Self::Tracked)
    }

    /// The beginning of a transaction, with the settings that the session does not have.
    pub(super) const fn begin(self, begin: Begin) -> &'static str {
        match (begin, self.keeps_settings()) {
            (Begin::Committed, true) => "BEGIN ISOLATION LEVEL READ COMMITTED",
            (Begin::Committed, false) => {
                concat!("BEGIN ISOLATION LEVEL READ COMMITTED; ", settings!("SET LOCAL"))
            }
            (Begin::Snapshot, true) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            (Begin::Snapshot, false) => {
                concat!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ", settings!("SET LOCAL"))
            }
        }
    }
}

/// Whether two connections of a place are seen to share a session.
pub(super) async fn is_shared(place: &Place) -> Result<bool, OpenError> {
    let (one, other) = (place.connect().await?, place.connect().await?);
    let failed = |error: Error| place.failed(in_full(&error));
    for _ in 0..LOOKS {
        let before = process(&one).await.map_err(failed)?;
        let others = process(&other).await.map_err(failed)?;
        let after = process(&one).await.map_err(failed)?;
        if before == others || before != after {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn process(client: &Client) -> Result<i32, Error> {
    client.query_typed_one("SELECT pg_backend_pid()", &[]).await?.try_get(0)
}

async fn is(client: &Client, sql: &str) -> Result<bool, Error> {
    client.query_typed_one(sql, &[]).await?.try_get(0)
}

/// In a transaction, so that all of it meets one session.
async fn tracks(client: &Client) -> Result<bool, Error> {
    client.batch_execute("BEGIN").await?;
    let statement = client.prepare(PROBE).await?;
    let tracked = is(client, IS_TRACKED).await?;
    // It is closed where it was prepared.
    drop(statement);
    client.batch_execute("ROLLBACK").await?;
    Ok(tracked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_a_session_does_not_keep_go_with_each_transaction() {
        for begin in [Begin::Committed, Begin::Snapshot] {
            let (own, shared) = (Session::Own.begin(begin), Session::Shared.begin(begin));
            assert!(!own.contains("SET") && shared.starts_with(own), "{shared}");
            assert!(shared.contains("; SET LOCAL lock_timeout = '4s'"), "{shared}");
            assert_eq!(shared, Session::Tracked.begin(begin));
        }
        assert!(SETTINGS.contains("SET lock_timeout = '4s'") && !SETTINGS.contains("LOCAL"));
    }
}
