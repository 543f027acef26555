//! Every long-lived collaborator of the server, in one place.

use std::sync::Arc;

use arc_swap::ArcSwap;
use frontdesk_core::directory::Directory;
use frontdesk_core::port::{Blobs, Clock, Random, Store, StoreError};
use frontdesk_core::seal::Sealer;
use frontdesk_core::time::Timestamp;
use frontdesk_core::token::Signer;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::admin::hash_password;
use crate::config::Settings;
use crate::deliver::PositionWriter;
use crate::deliver::push::Pushers;
use crate::hub::Hub;
use crate::robot::Robots;
use crate::waiting::Slots;
use crate::work::Dues;

const HASHES_AT_A_TIME: usize = 2;

/// Every long-lived collaborator. Cheap to clone.
#[derive(Clone)]
pub struct Parts(Arc<Inner>);

/// What [`Parts`] gives access to.
pub struct Inner {
    /// Settings of this node.
    pub settings: Settings,
    /// Where everything is stored.
    pub store: Arc<dyn Store>,
    /// Where the bytes of files are stored.
    pub blobs: Arc<dyn Blobs>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// What is configured, at this moment.
    pub directory: ArcSwap<Directory>,
    /// Seals public identifiers.
    pub sealer: Sealer,
    /// Signs and reads tokens.
    pub signer: ArcSwap<Signer>,
    /// Who waits for what.
    pub hub: Hub,
    /// The robots' knowledge.
    pub robots: Robots,
    /// How many conversations agents can hold, remembered for a moment.
    pub slots: Slots,
    /// Writes read positions in groups.
    pub positions: PositionWriter,
    /// Sends messages to companies' own servers.
    pub push: Pushers,
    /// Wakes what waits for something to be due in the queues.
    pub dues: Dues,
    /// How many passwords are hashed at a time: each takes a core and 19 MiB for a while.
    pub hashing: Arc<Semaphore>,
    /// What a password is compared with when nobody has the name.
    pub decoy_hash: String,
    /// Whether the shop of the demonstration is shown at `/demo`.
    pub is_demonstration: bool,
    /// When this node started.
    pub started: Timestamp,
    /// Told when the node is to stop.
    pub shutdown: CancellationToken,
    /// Background work, which a stop waits for.
    pub tasks: TaskTracker,
}

/// What [`Parts::new`] is made from.
pub struct World {
    /// Where everything is stored.
    pub store: Arc<dyn Store>,
    /// Where the bytes of files are stored.
    pub blobs: Arc<dyn Blobs>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Whether the store has the demonstration in it and the server shows it.
    pub is_demonstration: bool,
}

impl Parts {
    /// Puts the parts together: reads keys and configuration from the store.
    pub async fn new(
        settings: Settings,
        world: World,
        shutdown: CancellationToken,
    ) -> Result<Self, StoreError> {
        let keys = world.store.keys().await?;
        let directory = Directory::new(world.store.items().await?);
        let tasks = TaskTracker::new();
        let positions = PositionWriter::start(Arc::clone(&world.store));
        let started = world.clock.now();
        Ok(Self(Arc::new(Inner {
            settings,
            directory: ArcSwap::from_pointee(directory),
            sealer: Sealer::new(keys.sealing),
            signer: ArcSwap::from_pointee(Signer::new(&keys.signing)),
            hub: Hub::default(),
            robots: Robots::default(),
            slots: Slots::default(),
            positions,
            push: Pushers::default(),
            dues: Dues::default(),
            hashing: Arc::new(Semaphore::new(HASHES_AT_A_TIME)),
            decoy_hash: hash_password(&*world.random, "nobody has this password")?,
            started,
            shutdown,
            tasks,
            store: world.store,
            blobs: world.blobs,
            clock: world.clock,
            random: world.random,
            is_demonstration: world.is_demonstration,
        })))
    }

    /// A random number below a bound.
    pub fn random_below(&self, bound: u64) -> u64 {
        let mut bytes = [0; 8];
        self.random.fill(&mut bytes);
        u64::from_le_bytes(bytes) % bound.max(1)
    }

    /// Reads the configuration and the keys again, after they were changed.
    pub async fn reload(&self) -> Result<(), StoreError> {
        let items = self.store.items().await?;
        let keys = self.store.keys().await?;
        self.directory.store(Arc::new(Directory::new(items)));
        self.signer.store(Arc::new(Signer::new(&keys.signing)));
        self.robots.forget();
        self.push.reconfigure(self);
        // There may be more agents, or more that they can hold.
        self.dues.look_at_everything();
        Ok(())
    }
}

impl std::ops::Deref for Parts {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").field("settings", &self.settings).finish_non_exhaustive()
    }
}
