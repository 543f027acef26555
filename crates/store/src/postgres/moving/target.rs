//! The database that everything goes to.
//!
//! How far the move is stands in a table of its own, and is written in the transaction of the rows that it tells of. The
//! table is made before anything else and goes with the last transaction; as long as it is there, no server opens the
//! database.

use std::time::Duration;

use frontdesk_core::port::{Clock, Purpose};
use tokio_postgres::{Client, Error};

use super::rows::{self, Rows};
use super::tables;
use crate::OpenError;
use crate::moving::{HEADER, Header, MoveError, PROGRESS, Progress, Row, Sum, TABLES, Table};
use crate::postgres::connect::Place;
use crate::postgres::fault::in_full;
use crate::postgres::schema::{self, Alone};
use crate::postgres::{DatabaseFacts, Session, epoch, examine, search};

/// Whoever moves into a database holds this lock.
const LOCK: i64 = 1_178_891_119;
/// How often it is asked whether the lock is free, and how long it is waited in between.
const ASKED: u32 = 150;
const PAUSE: Duration = Duration::from_millis(200);

/// The server notices within half a minute that we are gone, whatever became of us.
const NOTICED_SOON: &str =
    "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3";

/// What is lost in a crash is copied again: nobody waits for the disk.
const BEGIN: &str = "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '30s'; SET LOCAL synchronous_commit = off";
const BEGIN_LAST: &str = "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '30s'; SET LOCAL synchronous_commit = on";

/// What a database holds before anything is copied to it.
pub(crate) enum Found {
    Nothing,
    /// What a move that was not finished had copied.
    Unfinished(Header),
    /// Something else, some of which are these.
    Others(String),
}

/// The database that everything goes to.
pub(crate) struct Target {
    client: Client,
    place: Place,
}

impl Target {
    /// Connects to a database that can take a store.
    pub(crate) async fn connect(url: &str, clock: &dyn Clock) -> Result<Self, MoveError> {
        let facts = examine::examine_database(url, clock).await?;
        let unsuitable =
            |reason: &str| MoveError::Unsuitable { path: facts.path.clone(), reason: reason.to_owned() };
        if facts.version.1 < DatabaseFacts::OLDEST {
            return Err(unsuitable("PostgreSQL 15 or newer is needed"));
        }
        if facts.encoding != "UTF8" {
            return Err(unsuitable(
                "its encoding is not UTF8; make it with createdb --encoding=UTF8 --template=template0",
            ));
        }
        if facts.session != Session::Own {
            return Err(unsuitable(
                "it is reached over a pooler that shares sessions; name the database itself",
            ));
        }
        if facts.is_standby {
            return Err(unsuitable("it is a standby, which only reads"));
        }
        if !facts.may_create {
            return Err(unsuitable("the user may not make tables in it; let that user own the database"));
        }
        let place = Place::parse(url)?;
        let target = Self { client: place.connect().await?, place };
        target.be_the_only_one().await?;
        Ok(target)
    }

    /// Waits until nobody else moves into the database. The lock is the connection's: that of a move that was interrupted
    /// is soon noticed to be gone.
    async fn be_the_only_one(&self) -> Result<(), MoveError> {
        let failed = |error| self.failed(&error);
        self.client.batch_execute(NOTICED_SOON).await.map_err(failed)?;
        for _ in 0..ASKED {
            let row =
                self.client.query_one("SELECT pg_try_advisory_lock($1)", &[&LOCK]).await.map_err(failed)?;
            if row.try_get(0).map_err(failed)? {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(MoveError::NotAlone { path: self.shown() })
    }

    /// The URL without its password.
    pub(crate) fn shown(&self) -> std::path::PathBuf {
        self.place.shown()
    }

    /// Keeps servers that are being started away for as long as it lives.
    pub(crate) async fn alone(&self) -> Result<Alone, OpenError> {
        Alone::at(&self.place).await
    }

    fn failed(&self, error: &Error) -> MoveError {
        MoveError::Target { path: self.shown(), reason: in_full(error) }
    }

    pub(crate) async fn look(&self) -> Result<Found, MoveError> {
        let failed = |error| self.failed(&error);
        if schema::is_half_moved(&self.client).await.map_err(failed)? {
            return Ok(match self.kept::<Header>(HEADER).await? {
                Some(header) => Found::Unfinished(header),
                None => Found::Others(PROGRESS.to_owned()),
            });
        }
        let others = tables::some(&self.client).await.map_err(failed)?;
        Ok(others.map_or(Found::Nothing, Found::Others))
    }

    /// The migrations that this program has.
    pub(crate) fn schema() -> i64 {
        schema::newest_known()
    }

    /// Notes what is going to be copied, before there is anything else.
    pub(crate) async fn note(&self, header: &Header, _alone: &Alone) -> Result<(), MoveError> {
        let failed = |error| self.failed(&error);
        self.client.batch_execute(BEGIN_LAST).await.map_err(failed)?;
        let make =
            format!("CREATE TABLE {PROGRESS} (name TEXT COLLATE \"C\" PRIMARY KEY, body TEXT NOT NULL)");
        self.client.batch_execute(&make).await.map_err(failed)?;
        let insert = format!("INSERT INTO {PROGRESS} (name, body) VALUES ($1, $2)");
        self.client.execute(&insert, &[&HEADER, &words(header)]).await.map_err(failed)?;
        for table in TABLES {
            let nothing = words(&Progress::default());
            self.client.execute(&insert, &[&table.name, &nothing]).await.map_err(failed)?;
        }
        self.client.batch_execute("COMMIT").await.map_err(failed)
    }

    /// Makes the tables, unless they are there, and sees to it that all of them are known.
    pub(crate) async fn prepare(&self, alone: &Alone) -> Result<(), MoveError> {
        schema::migrate(&self.place, alone).await?;
        match tables::unknown(&self.client).await.map_err(|error| self.failed(&error))? {
            Some(what) => Err(MoveError::Unknown { what }),
            None => Ok(()),
        }
    }

    async fn kept<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<Option<T>, MoveError> {
        let sql = format!("SELECT body FROM {PROGRESS} WHERE name = $1");
        let failed = |error| self.failed(&error);
        let row = self.client.query_opt(&sql, &[&name]).await.map_err(failed)?;
        let Some(row) = row else { return Ok(None) };
        let body: String = row.try_get("body").map_err(failed)?;
        // Another version of this program may have written it otherwise.
        serde_json::from_str(&body).map(Some).map_err(|_| MoveError::OtherMove { path: self.shown() })
    }

    /// How far a table is.
    pub(crate) async fn progress(&self, table: &Table) -> Result<Progress, MoveError> {
        self.kept(table.name).await?.ok_or_else(|| MoveError::OtherMove { path: self.shown() })
    }

    /// Writes rows, and how far their table is with them.
    pub(crate) async fn write(
        &self,
        table: &Table,
        rows: &[Row],
        (before, after): (&Progress, &Progress),
    ) -> Result<(), MoveError> {
        let failed = |error| self.failed(&error);
        self.client.batch_execute(BEGIN).await.map_err(failed)?;
        let sql = format!("UPDATE {PROGRESS} SET body = $2 WHERE name = $1 AND body = $3");
        let noted = self.client.execute(&sql, &[&table.name, &words(after), &words(before)]).await;
        if noted.map_err(failed)? == 0 {
            return Err(MoveError::NotAlone { path: self.shown() });
        }
        if !rows.is_empty() {
            rows::write(&self.client, table, rows).await.map_err(failed)?;
        }
        self.client.batch_execute("COMMIT").await.map_err(failed)
    }

    /// Reads again what was copied of a table.
    pub(crate) async fn sum(&self, table: &Table, mut each: impl FnMut(u64)) -> Result<Sum, MoveError> {
        let failed = |error| self.failed(&error);
        self.client.batch_execute(BEGIN).await.map_err(failed)?;
        let mut sum = Sum::default();
        let mut rows = Rows::of(&self.client, table).await.map_err(failed)?;
        loop {
            let some = rows.next().await.map_err(failed)?;
            if some.is_empty() {
                break;
            }
            for row in &some {
                sum.add(row);
            }
            each(sum.rows);
        }
        self.client.batch_execute("COMMIT").await.map_err(failed)?;
        Ok(sum)
    }

    /// Has the database look at what is in its tables; otherwise it would know nothing of that when the first questions come.
    pub(crate) async fn analyze(&self) -> Result<(), MoveError> {
        let names: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
        let analyze =
            format!("SET statement_timeout = 0; ANALYZE {}; RESET statement_timeout", names.join(", "));
        self.client.batch_execute(&analyze).await.map_err(|error| self.failed(&error))
    }

    /// The last transaction: from then on it is a store. Counters go on behind the last number that each had given out.
    pub(crate) async fn finish(&self, counted: &[(&Table, &str, i64)]) -> Result<(), MoveError> {
        let failed = |error| self.failed(&error);
        self.client.batch_execute(BEGIN_LAST).await.map_err(failed)?;
        let (purpose, from) = (Purpose::Search.as_str(), 0_i64);
        self.client.execute(search::MARK_ALL, &[&purpose, &from]).await.map_err(failed)?;
        for (table, column, number) in counted {
            let (next, is_given) = ((*number).max(1), *number > 0);
            let sequence = format!("pg_get_serial_sequence('{}', '{column}')", table.name);
            let go_on = format!("SELECT setval({sequence}, {next}, {is_given})");
            self.client.batch_execute(&go_on).await.map_err(failed)?;
        }
        // The same store in another place: no client has missed anything.
        let place = format!(
            "INSERT INTO store_value (name, value) VALUES ('place', convert_to(({}), 'UTF8'))",
            epoch::PLACE
        );
        self.client.batch_execute(&place).await.map_err(failed)?;
        let last = format!("DROP TABLE {PROGRESS}; COMMIT");
        self.client.batch_execute(&last).await.map_err(failed)
    }
}

fn words<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
