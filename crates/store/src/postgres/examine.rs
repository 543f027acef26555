//! Looking at a database from outside: nothing in it is changed, and no lock is taken.

use std::path::PathBuf;
use std::time::Duration;

use frontdesk_core::port::{Clock, Random};
use frontdesk_core::time::Timestamp;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Row};

use crate::OpenError;
use crate::postgres::citus::{self, Cluster};
use crate::postgres::connect::Place;
use crate::postgres::fault::in_full;
use crate::postgres::schema;
use crate::postgres::session::{Session, is_shared};

/// How long it is waited for a notification.
const HEARING: Duration = Duration::from_secs(3);

/// How often the clocks are compared; the quickest answer counts.
const COMPARED: u32 = 3;

/// The channel on which it is tried whether notifications arrive.
const CHANNEL: &str = "frontdesk_doctor";

/// `max_connections` without those that are kept for others; what a role or database may have is -1 for no limit. Whose
/// connections they are is known by the name that all of ours have.
const ASKED: &str = "SELECT current_setting('server_version') AS version,
        CAST(current_setting('server_version_num') AS INTEGER) AS number,
        pg_encoding_to_char(d.encoding) AS encoding,
        pg_is_in_recovery() AS standby,
        coalesce(has_schema_privilege(current_schema(), 'CREATE'), FALSE) AS may_create,
        CAST(current_setting('max_connections') AS BIGINT)
            - CAST(current_setting('superuser_reserved_connections') AS BIGINT)
            - CAST(coalesce(current_setting('reserved_connections', TRUE), '0') AS BIGINT) AS of_server,
        CAST(d.datconnlimit AS BIGINT) AS of_database,
        CAST((SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user) AS BIGINT) AS of_role,
        (SELECT count(*) FROM pg_stat_activity
            WHERE usesysid IS NOT NULL AND datid IS NOT NULL AND pid <> pg_backend_pid()
                AND application_name <> current_setting('application_name')) AS others,
        (SELECT count(*) FROM pg_stat_activity
            WHERE usesysid IS NOT NULL AND datid IS NOT NULL AND pid <> pg_backend_pid()
                AND application_name = current_setting('application_name')) AS ours
    FROM pg_database d WHERE d.datname = current_database()";

/// What a database is like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseFacts {
    /// Its URL without the password.
    pub path: PathBuf,
    /// The version of the server in words, and as a number: 150004 is 15.4.
    pub version: (String, i32),
    /// The name of its encoding, such as `UTF8`.
    pub encoding: String,
    /// Whether it is a standby, which only reads.
    pub is_standby: bool,
    /// What connections to it lead to.
    pub session: Session,
    /// Whether tables may be made in it.
    pub may_create: bool,
    /// The newest migration that was applied to it; `None` if it has no tables of ours yet.
    pub schema: Option<i64>,
    /// The newest migration that this program knows.
    pub known: i64,
    /// The newest migration that a program must know to work with its tables; 0 if any program may.
    pub oldest: i64,
    /// Whether a store was being moved into it, and not to the end.
    pub is_half_moved: bool,
    /// How far its clock is ahead of this machine's, in milliseconds; negative if it is behind.
    pub ahead_millis: i64,
    /// How far off that may be, in milliseconds.
    pub ahead_within: i64,
    /// How many connections may be open to it at the same time, by all of its limits.
    pub most_connections: i64,
    /// How many connections Frontdesk's servers have open, all of them together.
    pub ours: i64,
    /// How many connections others have open.
    pub others: i64,
    /// What Citus has made of it; `None` if it is not there.
    pub cluster: Option<Cluster>,
}

impl DatabaseFacts {
    /// The oldest version of PostgreSQL that will do, as a number: 15.
    pub const OLDEST: i32 = 150_000;
}

/// Looks at the database with this URL. Fails if it cannot be reached or does not answer.
pub async fn examine_database(url: &str, clock: &dyn Clock) -> Result<DatabaseFacts, OpenError> {
    let place = Place::parse(url)?;
    let client = place.connect().await?;
    let facts = examine(&place, &client, clock).await.map_err(|error| place.failed(in_full(&error)))?;
    // After connections were counted: this opens some.
    let session = Session::of(&place).await?;
    Ok(DatabaseFacts { session, ..facts })
}

async fn examine(
    place: &Place,
    client: &Client,
    clock: &dyn Clock,
) -> Result<DatabaseFacts, tokio_postgres::Error> {
    let row = client.query_typed_one(ASKED, &[]).await?;
    let (ahead_millis, ahead_within) = compare_clocks(client, clock).await?;
    Ok(DatabaseFacts {
        path: place.shown(),
        version: (row.try_get("version")?, row.try_get("number")?),
        encoding: row.try_get("encoding")?,
        is_standby: row.try_get("standby")?,
        session: Session::Shared,
        may_create: row.try_get("may_create")?,
        schema: schema::newest_applied(client).await?,
        known: schema::newest_known(),
        oldest: schema::oldest_allowed(client).await?,
        is_half_moved: schema::is_half_moved(client).await?,
        ahead_millis,
        ahead_within,
        most_connections: most_connections(&row)?,
        ours: row.try_get("ours")?,
        others: row.try_get("others")?,
        cluster: citus::look(client).await?,
    })
}

fn most_connections(row: &Row) -> Result<i64, tokio_postgres::Error> {
    let mut most: i64 = row.try_get("of_server")?;
    for limit in ["of_database", "of_role"] {
        let limit: Option<i64> = row.try_get(limit)?;
        most = limit.filter(|limit| *limit >= 0).map_or(most, |limit| limit.min(most));
    }
    Ok(most)
}

/// How far the database's clock is ahead, and half of the time that asking took.
async fn compare_clocks(client: &Client, clock: &dyn Clock) -> Result<(i64, i64), tokio_postgres::Error> {
    let asked = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)";
    let mut best: Option<(i64, i64)> = None;
    for _ in 0..COMPARED {
        let before = clock.now();
        let there: i64 = client.query_typed_one(asked, &[]).await?.try_get(0)?;
        let after = clock.now();
        let within = half_of(before, after);
        if best.is_none_or(|(_, found)| within < found) {
            best = Some((there.saturating_sub(before.as_millis()).saturating_sub(within), within));
        }
    }
    Ok(best.unwrap_or_default())
}

fn half_of(before: Timestamp, after: Timestamp) -> i64 {
    i64::try_from(after.since(before).as_millis()).unwrap_or(i64::MAX) / 2
}

/// Whether what is told over the database with one URL is heard over that with another, as several nodes need it. Fails
/// if one of the two cannot be reached.
pub async fn hears(url: &str, listen_url: &str, random: &dyn Random) -> Result<bool, OpenError> {
    let ear = Place::parse(listen_url)?;
    // Over a shared session something may be heard by chance.
    if is_shared(&ear).await? {
        return Ok(false);
    }
    let (listening, mut payloads) = ear.connect_listening().await?;
    let refused = |place: &Place, error: &tokio_postgres::Error| place.failed(in_full(error));
    listening.batch_execute(&format!("LISTEN {CHANNEL}")).await.map_err(|error| refused(&ear, &error))?;
    let mouth = Place::parse(url)?;
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    let word = hex::encode(bytes);
    let telling = mouth.connect().await?;
    telling
        .execute_typed("SELECT pg_notify($1, $2)", &[(&CHANNEL, Type::TEXT), (&word, Type::TEXT)])
        .await
        .map_err(|error| refused(&mouth, &error))?;
    let heard = async {
        while let Some(payload) = payloads.recv().await {
            if payload == word {
                return true;
            }
        }
        false
    };
    Ok(tokio::time::timeout(HEARING, heard).await.unwrap_or(false))
}
