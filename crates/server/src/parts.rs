//! Every long-lived collaborator of the server, in one place.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use frontdesk_core::directory::Directory;
use frontdesk_core::port::{Blobs, Clock, Nodes, Random, Store, StoreError};
use frontdesk_core::seal::Sealer;
use frontdesk_core::time::Timestamp;
use frontdesk_core::token::Signer;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::admin::hash_password;
use crate::audit::Auditor;
use crate::blocks::Blocks;
use crate::config::Settings;
use crate::deliver::PositionWriter;
use crate::deliver::push::Pushers;
use crate::extract::VerifiedCredentials;
use crate::gateway::Desks;
use crate::hub::Hub;
use crate::limit::{Limits, LimitsConfig};
use crate::listen::room::BodyRoom;
use crate::presence::Presence;
use crate::robot::Robots;
use crate::setup::FirstSetUp;
use crate::signin::Failures;
use crate::signin::oidc::Providers;
use crate::waiting::Slots;
use crate::waiting_lists::WaitingLists;
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
    /// The version of what is configured that this node knows.
    directory_version: Mutex<u64>,
    /// Seals public identifiers.
    pub sealer: Sealer,
    /// Signs and reads tokens.
    pub signer: ArcSwap<Signer>,
    /// Customers' credentials that were verified lately.
    pub verified: VerifiedCredentials,
    /// The other nodes on the store.
    pub nodes: Arc<dyn Nodes>,
    /// The number that this node gave itself.
    pub node: u64,
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
    /// Which queues have changed.
    pub waiting_lists: WaitingLists,
    /// Who of the agents is heard of.
    pub presence: Presence,
    /// Desks of the agent gateway.
    pub gateway: Desks,
    /// Customers who are kept out.
    pub blocks: Blocks,
    /// What is remembered for the audit log.
    pub audit: Auditor,
    /// How many passwords are hashed at a time: each takes a core and 19 MiB for a while.
    pub hashing: Arc<Semaphore>,
    /// What large bodies share that are coming in.
    pub bodies: BodyRoom,
    /// How often signing in failed of late.
    pub failures: Failures,
    /// What is known of identity providers.
    pub providers: Providers,
    /// The code for making the first tenant.
    pub setup: FirstSetUp,
    /// What a password is compared with when nobody has the name.
    pub decoy_hash: String,
    /// Whether the shop of the demonstration is shown at `/demo`.
    pub is_demonstration: bool,
    /// Who did how much lately.
    pub limits: Limits,
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
    /// The other nodes on the store.
    pub nodes: Arc<dyn Nodes>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Whether the store has the demonstration in it and the server shows it.
    pub is_demonstration: bool,
    /// Who may do how much.
    pub limits: LimitsConfig,
}

/// A number that nobody guesses.
fn seed(random: &dyn Random) -> u64 {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

impl Parts {
    /// Puts the parts together: reads keys and configuration from the store.
    pub async fn new(
        settings: Settings,
        world: World,
        shutdown: CancellationToken,
    ) -> Result<Self, StoreError> {
        let keys = world.store.keys().await?;
        let configured = world.store.configured().await?;
        let tasks = TaskTracker::new();
        let positions = PositionWriter::start(Arc::clone(&world.store));
        let started = world.clock.now();
        // For both: clients learn of neither.
        let node = seed(&*world.random);
        let blocks = Blocks::default();
        blocks.refresh(&*world.store).await?;
        Ok(Self(Arc::new(Inner {
            settings,
            directory: ArcSwap::from_pointee(Directory::new(configured.items)),
            directory_version: Mutex::new(configured.version),
            sealer: Sealer::new(*keys.sealing),
            signer: ArcSwap::from_pointee(Signer::new(&keys.signing)),
            verified: VerifiedCredentials::default(),
            hub: Hub::new(Arc::clone(&world.nodes)),
            nodes: world.nodes,
            node,
            robots: Robots::default(),
            slots: Slots::default(),
            positions,
            push: Pushers::default(),
            dues: Dues::default(),
            waiting_lists: WaitingLists::default(),
            presence: Presence::default(),
            gateway: Desks::default(),
            limits: Limits::new(world.limits, node),
            blocks,
            audit: Auditor::default(),
            bodies: BodyRoom::default(),
            hashing: Arc::new(Semaphore::new(HASHES_AT_A_TIME)),
            failures: Failures::default(),
            providers: Providers::default(),
            setup: FirstSetUp::default(),
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
        seed(&*self.random) % bound.max(1)
    }

    /// Reads the configuration and the keys again, after they were changed. This is the one way in which a node learns
    /// of a change.
    pub async fn reload(&self) -> Result<(), StoreError> {
        let configured = self.store.configured().await?;
        let keys = self.store.keys().await?;
        {
            let mut known = self.directory_version.lock().unwrap_or_else(PoisonError::into_inner);
            if configured.version < *known {
                // Somebody read later than this, and was faster.
                return Ok(());
            }
            *known = configured.version;
            self.directory.store(Arc::new(Directory::new(configured.items)));
            self.signer.store(Arc::new(Signer::new(&keys.signing)));
        }
        self.verified.forget();
        self.robots.refresh(self).await?;
        self.push.reconfigure(self);
        self.presence.reconsider();
        let directory = self.directory.load();
        self.providers.retain(|tenant, provider| {
            directory.tenant(tenant).is_some_and(|of| of.identity_providers.contains_key(provider))
        });
        // There may be more agents, or more that they can hold.
        self.dues.look_at_everything();
        Ok(())
    }

    /// The version of what is configured that this node knows.
    pub fn directory_version(&self) -> u64 {
        *self.directory_version.lock().unwrap_or_else(PoisonError::into_inner)
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
