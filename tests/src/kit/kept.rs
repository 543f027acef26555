//! What a server of the tests keeps its data in: a folder, and beside it a database where the suites run on PostgreSQL.

use std::path::Path;
use std::sync::Arc;

use frontdesk_core::port::{Nodes, OnlyNode, Store};
use frontdesk_store::{
    DataDir, FileBlobs, Options, PostgresNodes, PostgresOptions, PostgresStore, SqliteStore,
};
use tempfile::TempDir;

use super::pgbouncer::PgBouncer;
use super::postgres::Database;
use super::template;
use super::world::{SeededRandom, TestClock};

/// How many connections a server has to the database; a test program has several servers at a time.
const CONNECTIONS: usize = 8;

/// Whether `FRONTDESK_TEST_STORE` wants the suites to run on PostgreSQL.
#[expect(clippy::disallowed_methods, reason = "whoever runs a suite chooses the store")]
fn is_on_postgres() -> bool {
    match std::env::var("FRONTDESK_TEST_STORE").as_deref() {
        Ok("postgres") => true,
        Ok("" | "sqlite") | Err(_) => false,
        Ok(other) => panic!("FRONTDESK_TEST_STORE is {other}, and not sqlite or postgres"),
    }
}

#[derive(Debug)]
pub(super) struct Kept {
    folder: Arc<TempDir>,
    database: Option<Arc<Database>>,
    /// What stands in front of the database.
    pooler: Option<Arc<PgBouncer>>,
}

impl Kept {
    /// The demonstration's data.
    pub(super) async fn seeded() -> Self {
        if is_on_postgres() {
            return Self::seeded_database().await;
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        template::fill(folder.path()).await;
        Self { folder: Arc::new(folder), database: None, pooler: None }
    }

    /// The demonstration's data in a database.
    pub(super) async fn seeded_database() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let database = Some(Arc::new(template::database().await));
        Self { folder: Arc::new(folder), database, pooler: None }
    }

    /// The same, behind a pooler.
    pub(super) fn behind(self, pooler: Arc<PgBouncer>) -> Self {
        Self { pooler: Some(pooler), ..self }
    }

    /// Where its files lie.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn database_url(&self) -> Option<&str> {
        self.database.as_ref().map(|database| database.url.as_str())
    }

    pub(super) fn pooled_url(&self) -> Option<String> {
        Some(self.database.as_ref()?.behind(self.pooler.as_deref()?))
    }

    /// What another server keeps its data in as well; they are nodes of one database.
    pub(super) fn share(&self) -> Self {
        let (database, pooler) = (self.database.clone(), self.pooler.clone());
        Self { folder: Arc::clone(&self.folder), database, pooler }
    }

    /// Whatever is in the folder, or an empty database beside it.
    pub(super) async fn within(folder: TempDir) -> Self {
        let database =
            if is_on_postgres() { Some(Arc::new(template::blocking(Database::empty).await)) } else { None };
        Self { folder: Arc::new(folder), database, pooler: None }
    }

    pub(super) async fn open(
        &self,
        clock: Arc<TestClock>,
        random: &SeededRandom,
    ) -> (Arc<dyn Store>, FileBlobs, Arc<dyn Nodes>) {
        let files = |folder: &Path| FileBlobs::open(folder).expect("the folder of files");
        let Some(database) = &self.database else {
            let directory = DataDir::open(self.folder.path()).expect("the data directory");
            let blobs = files(&directory.files());
            let store = SqliteStore::open(directory, clock, random, Options::default()).expect("a store");
            return (Arc::new(store), blobs, Arc::new(OnlyNode));
        };
        let options =
            PostgresOptions { connections: CONNECTIONS, clock: Some(clock), ..PostgresOptions::default() };
        let url = self.pooled_url().unwrap_or_else(|| database.url.clone());
        let store = PostgresStore::open(&url, random, options).await.expect("a store");
        let nodes = PostgresNodes::join(&database.url, &url, random).await.expect("the other nodes");
        (Arc::new(store), files(&self.folder.path().join("files")), Arc::new(nodes))
    }
}
