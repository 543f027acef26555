//! What the world gives the server: the clock, randomness, the environment, the store.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use frontdesk_core::port::{Clock, Nodes, OnlyNode, Random};
use frontdesk_core::time::Timestamp;
use frontdesk_core::vault::Vault;
use frontdesk_server::config::Config;
use frontdesk_server::limit::LimitsConfig;
use frontdesk_server::parts::World;
use frontdesk_store::{
    Alone, Bucket, BucketOptions, DataDir, FileBlobs, KeyFile, OpenError, Options, PostgresNodes,
    PostgresOptions, PostgresStore, SqliteStore,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

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

/// How many files a server has open at most beside its connections: the store's, those of customers, connections to
/// others; and what is refused is still open while it is told.
pub(crate) const FILES_BESIDE_CONNECTIONS: u64 = 768;

/// How many connections may be open at a time where so many files may be.
pub(crate) fn connections_within(files: u64) -> u64 {
    files - FILES_BESIDE_CONNECTIONS.min(files / 2)
}

/// How many files this process may have open, after asking for as many as it can be given; `None` if there is no bound.
pub(crate) fn open_files() -> Option<u64> {
    let before = getrlimit(Resource::Nofile);
    let most = Rlimit { current: before.maximum, maximum: before.maximum };
    if setrlimit(Resource::Nofile, most).is_ok() { before.maximum } else { before.current }
}

/// A variable of the environment.
#[expect(clippy::disallowed_methods, reason = "this is the one place where the environment is read")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Opens the store: the embedded one in the data directory, or the database that the configuration names.
pub(crate) async fn open_world(config: &Config) -> anyhow::Result<(World, DataDir)> {
    let limits = if config.demo { LimitsConfig::off() } else { config.limits.clone() };
    if is_database(config)? {
        return open_database(config, limits).await;
    }
    let config = config.clone();
    tokio::task::spawn_blocking(move || open_embedded(&config, limits))
        .await
        .context("the store could not be opened")?
}

/// The other nodes on the store, for a server.
pub(crate) async fn join(config: &Config) -> anyhow::Result<Arc<dyn Nodes>> {
    if !is_database(config)? {
        return Ok(Arc::new(OnlyNode));
    }
    let store = &config.store;
    let url = if store.listen_url.is_empty() { &store.url } else { &store.listen_url };
    Ok(Arc::new(PostgresNodes::join(url, &store.url, &SystemRandom).await?))
}

/// Keeps other nodes from the same until it is dropped; `None` where there can be no others.
pub(crate) async fn alone(config: &Config) -> anyhow::Result<Option<Alone>> {
    if is_database(config)? { Ok(Some(Alone::on(&config.store.url).await?)) } else { Ok(None) }
}

/// Whether the store is a database of its own, and not a file in the data directory.
pub(crate) fn is_database(config: &Config) -> anyhow::Result<bool> {
    let url = &config.store.url;
    if !url.is_empty() && !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        bail!("store.url must be empty, for a file in the data directory, or begin with postgres://");
    }
    if url.is_empty() && !config.store.files.as_os_str().is_empty() {
        bail!(
            "store.files is for a database (store.url); the embedded store keeps its files beside it, in the data directory"
        );
    }
    Ok(!url.is_empty())
}

/// Files, the admin socket and the lock of the node still live in the data directory.
async fn open_database(config: &Config, limits: LimitsConfig) -> anyhow::Result<(World, DataDir)> {
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let directory = DataDir::open(&config.data_dir)?;
    let files = files(config, &directory);
    let blobs = Arc::new(FileBlobs::open(&files)?.with_bucket(bucket(config)?));
    let keys = keys(config, &directory)?;
    let options = PostgresOptions {
        connections: config.store.connections,
        files: Some(files),
        vault: keys.vault(),
        ..PostgresOptions::default()
    };
    let store = PostgresStore::open(&config.store.url, &*random, options).await;
    let store = Arc::new(store.map_err(|error| keys.refused(error))?);
    let nodes = Arc::new(OnlyNode);
    let world = World { store, blobs, nodes, clock, random, is_demonstration: config.demo, limits };
    Ok((world, directory))
}

/// The bucket that new files go into, if the configuration names one. It is not asked anything.
pub(crate) fn bucket(config: &Config) -> anyhow::Result<Option<Bucket>> {
    let files = &config.files;
    if files.url.is_empty() {
        return Ok(None);
    }
    let options = BucketOptions {
        url: files.url.clone(),
        endpoint: files.endpoint.clone(),
        region: files.region.clone(),
        access_key: files.access_key.clone(),
        secret_key: files.secret_key.clone(),
        path_style: files.path_style,
        timeout: files.timeout(),
    };
    Ok(Some(Bucket::open(&options, variable)?))
}

/// Where the bytes of files are that no bucket has.
fn files(config: &Config, directory: &DataDir) -> PathBuf {
    if config.store.files.as_os_str().is_empty() { directory.files() } else { config.store.files.clone() }
}

fn open_embedded(config: &Config, limits: LimitsConfig) -> anyhow::Result<(World, DataDir)> {
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let directory = DataDir::open(&config.data_dir)?;
    let keys = keys(config, &directory)?;
    let store = SqliteStore::open_sealed(
        directory.clone(),
        clock.clone(),
        &*random,
        Options::default(),
        keys.vault(),
    );
    let store = store.map_err(|error| keys.refused(error))?;
    let blobs = FileBlobs::open(&directory.files())?.with_bucket(bucket(config)?);
    let (store, blobs) = (Arc::new(store), Arc::new(blobs));
    let is_demonstration = config.demo;
    let world = World { store, blobs, nodes: Arc::new(OnlyNode), clock, random, is_demonstration, limits };
    Ok((world, directory))
}

/// The keys that secrets are sealed with.
#[derive(Default)]
struct Keys {
    file: Option<KeyFile>,
    /// It was made just now.
    is_new: bool,
}

/// Reads the key file, or makes it. It must not lie where a copy of the store would have it too.
fn keys(config: &Config, directory: &DataDir) -> anyhow::Result<Keys> {
    let path = &config.store.key_file;
    if path.as_os_str().is_empty() {
        return Ok(Keys::default());
    }
    let path = std::path::absolute(path).context("store.key_file names no file")?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    let folder = folder.canonicalize().with_context(|| format!("store.key_file: {}", folder.display()))?;
    let data = directory.path().canonicalize().context("the data directory")?;
    if folder.starts_with(data) {
        bail!("store.key_file must lie outside of the data directory: whoever copies that would have both");
    }
    if let Some(file) = KeyFile::read(&path)? {
        return Ok(Keys { file: Some(file), is_new: false });
    }
    let file = KeyFile::create(&path, &SystemRandom)?;
    Ok(Keys { file: Some(file), is_new: true })
}

/// The keys of a key file that is there; none is made.
pub(crate) fn known_keys(config: &Config) -> anyhow::Result<Vault> {
    let path = &config.store.key_file;
    if path.as_os_str().is_empty() {
        return Ok(Vault::default());
    }
    let file = KeyFile::read(path)?;
    let file = file.with_context(|| format!("there is no key file {}", path.display()))?;
    Ok(file.vault().clone())
}

impl Keys {
    fn vault(&self) -> Vault {
        self.file.as_ref().map(|file| file.vault().clone()).unwrap_or_default()
    }

    /// A store that was sealed before needs the keys of then: a file that was made for it only leads astray. Whatever else
    /// went wrong, secrets may have been sealed with the new key already.
    fn refused(&self, error: OpenError) -> anyhow::Error {
        if let (Some(file), true, OpenError::Sealed { .. }) = (&self.file, self.is_new, &error) {
            let _ = std::fs::remove_file(file.path());
        }
        error.into()
    }
}

#[cfg(test)]
mod tests {
    use frontdesk_core::vault::VaultError;

    use super::*;

    #[test]
    fn a_new_key_file_goes_only_if_nothing_can_be_sealed_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("frontdesk.key");
        let keys = Keys { file: Some(KeyFile::create(&path, &SystemRandom).unwrap()), is_new: true };
        keys.refused(OpenError::Failed { path: PathBuf::new(), reason: "the disk is full".to_owned() });
        assert!(path.exists());
        keys.refused(OpenError::Sealed { path: PathBuf::new(), source: VaultError::Damaged });
        assert!(!path.exists());
    }
}
