//! What the world gives the server: the clock, randomness, the environment, the store.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use frontdesk_core::port::{Clock, Random};
use frontdesk_core::time::Timestamp;
use frontdesk_server::config::Config;
use frontdesk_server::parts::World;
use frontdesk_store::{DataDir, FileBlobs, Options, SqliteStore};

/// The system's clock.
#[derive(Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place where the time comes from")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The system's randomness.
#[derive(Debug)]
pub(crate) struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "this is the one place where randomness comes from")]
    fn fill(&self, bytes: &mut [u8]) {
        // Without randomness no secret can be made: nothing sensible can go on.
        getrandom::fill(bytes).unwrap_or_else(|error| panic!("the system gives no randomness: {error}"));
    }
}

/// A variable of the environment.
#[expect(clippy::disallowed_methods, reason = "this is the one place where the environment is read")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Opens the embedded store in a data directory.
pub(crate) async fn open_world(config: &Config) -> anyhow::Result<(World, DataDir)> {
    if !config.store.url.is_empty() {
        bail!(
            "store.url is {:?}, but this version keeps its data in the data directory: leave store.url empty",
            config.store.url
        );
    }
    let (path, is_demonstration) = (config.data_dir.clone(), config.demo);
    tokio::task::spawn_blocking(move || open_embedded(&path, is_demonstration))
        .await
        .context("the store could not be opened")?
}

fn open_embedded(path: &Path, is_demonstration: bool) -> anyhow::Result<(World, DataDir)> {
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let directory = DataDir::open(path)?;
    let store = SqliteStore::open(directory.clone(), clock.clone(), &*random, Options::default())?;
    let blobs = FileBlobs::open(&directory.files())?;
    let world = World { store: Arc::new(store), blobs: Arc::new(blobs), clock, random, is_demonstration };
    Ok((world, directory))
}
