//! A whole server in this process.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::audit::{Actor, ActorKind};
use frontdesk_core::directory::{Agent as ConfiguredAgent, Channel, Item, Queue};
use frontdesk_core::entry::EntryBody;
use frontdesk_core::id::{AgentId, ChannelId, QueueId, TenantId, UserId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::HistoryQuery;
use frontdesk_core::port::OnProgress;
use frontdesk_server::Listeners;
use frontdesk_server::admin::{self, AdminAnswer, AdminCommand, AdminError, Means, NewChannel};
use frontdesk_server::audit::Act;
use frontdesk_server::config::Settings;
use frontdesk_server::limit::LimitsConfig;
use frontdesk_server::parts::{Parts, World};
use frontdesk_store::{Bucket, BucketOptions};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::callers::{Agent, App, Customer, Http};
use super::kept::Kept;
use super::pgbouncer::PgBouncer;
use super::store::CountingStore;
use super::wait::eventually;
use super::world::{SeededRandom, TestClock};

/// The demonstration's web channel.
pub const CHANNEL: &str = "1011577355744904195";

/// How a server is set up.
#[derive(Clone, Debug, Default)]
pub struct ServerOptions {
    /// Settings of the node; held polls are short unless set.
    pub settings: Option<Settings>,
    /// Seed of its randomness.
    pub seed: u64,
    /// It has the demonstration's data but does not show the shop.
    pub hides_shop: bool,
    /// Who may do how much; without, there are no limits, as in the demonstration.
    pub limits: Option<LimitsConfig>,
    /// Its clock; a new one unless set.
    pub clock: Option<Arc<TestClock>>,
    /// The bucket that it keeps files in; without, they lie in its folder.
    pub bucket: Option<BucketOptions>,
}

/// A server with the demonstration in it. It stops when it is dropped.
pub struct Server {
    /// Where it listens, such as `http://127.0.0.1:4711`.
    pub url: String,
    /// Its clock.
    pub clock: Arc<TestClock>,
    /// What it stores with: counts, and fails when told to.
    pub store: Arc<CountingStore>,
    /// Its parts, to look behind the interface and to configure.
    pub parts: Parts,
    options: ServerOptions,
    shutdown: CancellationToken,
    running: Option<JoinHandle<()>>,
    kept: Option<Kept>,
}

impl Server {
    /// Starts a server on an empty folder.
    pub async fn start() -> Self {
        Self::start_with(ServerOptions::default()).await
    }

    /// Starts a server on an empty folder.
    pub async fn start_with(options: ServerOptions) -> Self {
        Self::open(Kept::seeded().await, options).await
    }

    /// Starts a server that has these settings.
    pub async fn start_set(settings: Settings) -> Self {
        Self::start_with(ServerOptions { settings: Some(settings), ..ServerOptions::default() }).await
    }

    /// Starts a server on a database of its own, whatever the suite runs on; others can join it.
    pub async fn start_on_database(options: ServerOptions) -> Self {
        Self::open(Kept::seeded_database().await, options).await
    }

    /// The same behind a pooler.
    pub async fn start_behind(pooler: &Arc<PgBouncer>, options: ServerOptions) -> Self {
        Self::open(Kept::seeded_database().await.behind(Arc::clone(pooler)), options).await
    }

    /// The files below its folder in whose bytes a text stands, by their names: of the database, what is beside it, and what
    /// was uploaded. On PostgreSQL the database's own files are not among them.
    pub fn files_with(&self, text: &str) -> Vec<String> {
        let folder = self.kept.as_ref().expect("a server that runs").folder();
        let mut found = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for file in std::fs::read_dir(folder).expect("a folder").filter_map(Result::ok) {
                let path = file.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(bytes) = std::fs::read(&path)
                    && bytes.windows(text.len()).any(|window| window == text.as_bytes())
                {
                    found.push(path.display().to_string());
                }
            }
        }
        found
    }

    /// Whether everything that it stores is in files below its folder.
    pub fn is_embedded(&self) -> bool {
        self.kept.as_ref().is_some_and(|kept| kept.database_url().is_none())
    }

    /// The URL of its database, if it was started on one.
    pub fn database_url(&self) -> &str {
        self.kept.as_ref().and_then(Kept::database_url).expect("a database")
    }

    /// The URL by which it reads and writes, if a pooler stands in front of its database.
    pub fn pooled_url(&self) -> String {
        self.kept.as_ref().and_then(Kept::pooled_url).expect("a pooler")
    }

    /// Starts another node on the same database and with the same clock.
    pub async fn join(&self) -> Self {
        let kept = self.kept.as_ref().expect("a server that runs").share();
        let clock = Some(Arc::clone(&self.clock));
        // Each node has its own randomness.
        Self::open(kept, ServerOptions { seed: self.options.seed + 1_000, clock, ..self.options.clone() })
            .await
    }

    /// Stops the server and starts another on the same folder, with the same clock and with fresh randomness.
    pub async fn restart(mut self) -> Self {
        self.stop().await;
        let kept = self.kept.take().expect("what a stopped server kept");
        let clock = Some(Arc::clone(&self.clock));
        let options = ServerOptions { seed: self.options.seed + 1, clock, ..self.options.clone() };
        // The data directory is held as long as any part of the server is there.
        drop(self);
        Self::open(kept, options).await
    }

    /// The same, with another bucket for files, or none.
    pub async fn restart_with_bucket(mut self, bucket: Option<BucketOptions>) -> Self {
        self.options.bucket = bucket;
        self.restart().await
    }

    /// Starts a server without the demonstration, on a folder in which there may be files already.
    pub async fn start_on(folder: TempDir, options: ServerOptions) -> Self {
        Self::open(Kept::within(folder).await, options).await
    }

    async fn open(kept: Kept, options: ServerOptions) -> Self {
        let clock = options.clock.clone().unwrap_or_default();
        let random = Arc::new(SeededRandom::new(options.seed));
        let (store, blobs, nodes) = kept.open(clock.clone(), &random).await;
        let store = Arc::new(CountingStore::new(store));
        let bucket =
            options.bucket.as_ref().map(|options| Bucket::open(options, |_| None).expect("a bucket"));
        let world = World {
            store: store.clone(),
            blobs: Arc::new(blobs.with_bucket(bucket)),
            nodes,
            clock: clock.clone(),
            random,
            is_demonstration: !options.hides_shop,
            limits: options.limits.clone().unwrap_or_else(LimitsConfig::off),
        };
        let settings =
            options.settings.clone().unwrap_or(Settings { poll_hold_ms: 300, ..Settings::default() });
        let shutdown = CancellationToken::new();
        let parts = Parts::new(settings, world, shutdown.clone()).await.expect("parts");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let listeners = Listeners { public: listener.into(), internal: None, max_connections: None };
        let running = tokio::task::spawn(frontdesk_server::serve(parts.clone(), listeners));
        let (running, kept) = (Some(running), Some(kept));
        Self { url, clock, store, parts, options, shutdown, running, kept }
    }

    /// Stops the server and waits until it has.
    pub async fn stop(&mut self) {
        self.shutdown.cancel();
        if let Some(running) = self.running.take() {
            running.await.expect("the server stops in order");
        }
    }

    /// Asks the server to stop and does not wait for it.
    pub fn begin_stop(&self) {
        self.shutdown.cancel();
    }

    /// Somebody without credentials.
    pub fn anybody(&self) -> Http {
        Http::new(&self.url)
    }

    /// The demonstration's back end.
    pub async fn app(&self) -> App {
        App::sign_in(&self.anybody(), "demo-app", "demo-secret").await
    }

    /// A customer of the demonstration who speaks English.
    pub async fn customer(&self, user: &str) -> Customer {
        self.app().await.customer(user, "en").await
    }

    /// A signed-in agent of the demonstration.
    pub async fn agent(&self, agent: &str) -> Agent {
        Agent::sign_in(&self.anybody(), "demo", agent, &format!("demo-{agent}")).await
    }

    /// A signed-in agent of the demonstration who takes customers.
    pub async fn online(&self, agent: &str) -> Agent {
        let signed_in = self.agent(agent).await;
        signed_in.declare("online").await;
        signed_in
    }

    /// Carries out what an operator asks for.
    pub async fn admin(&self, command: AdminCommand) -> Result<AdminAnswer, AdminError> {
        let act = Act::by(Actor::new(ActorKind::Operator, "test"));
        let answer = admin::run(Means::in_server(&self.parts, &act), command, quiet()).await;
        self.parts.reload().await.expect("reloaded");
        answer
    }

    /// Waits until the timers have been looked at once more. That they have been is seen by others whose time is up: the
    /// second ends in a later round than the first, which began after the clock was moved. Takes 4 s on the clock.
    pub async fn timers_have_run(&self) {
        for sentinel in ["sentinel-1", "sentinel-2"] {
            let brief = NewChannel { id: "brief".into(), session_silence: Some(1), ..NewChannel::default() };
            let brief = NewChannel { robot: Some("shop-robot".into()), ..brief };
            let put = AdminCommand::PutChannel { tenant: "demo".into(), channel: brief };
            self.admin(put).await.expect("a channel");
            let customer = self.app().await.customer_of("brief", sentinel, "en").await;
            let send = async |control: &str| {
                let mut body = customer.message(control, "");
                body["to"] = "brief".into();
                customer.call("send", body).await
            };
            assert_eq!(send("CONNECT").await.code(), "0");
            self.clock.advance(Duration::from_secs(2));
            eventually("a round of timers", async || (send("INPUT").await.code() == "5").then_some(())).await;
        }
    }

    /// Everything in the log of a customer of the demonstration, oldest first.
    pub async fn stored(&self, user: &str) -> Vec<EntryBody> {
        let (tenant, channel) =
            (TenantId::new("demo").expect("an id"), ChannelId::new(CHANNEL).expect("an id"));
        let log = LogId::of_customer(&tenant, &channel, &UserId::new(user).expect("an id"));
        let everything = HistoryQuery { from: None, to: None, offset: 0, limit: 1_000, messages_only: false };
        let entries = self.parts.store.history(log, everything).await.expect("the log");
        entries.into_iter().rev().map(|entry| entry.body).collect()
    }

    /// Changes a queue of the demonstration, or makes it.
    pub async fn change_queue(&self, id: &str, change: impl FnOnce(&mut Queue)) {
        let (tenant, id) = (TenantId::new("demo").expect("an id"), QueueId::new(id).expect("an id"));
        let known =
            self.parts.directory.load().tenant(&tenant).and_then(|tenant| tenant.queues.get(&id).cloned());
        let mut queue =
            known.map_or_else(|| Queue::new(id.clone(), id.as_str()), |queue| Queue::clone(&queue));
        change(&mut queue);
        self.parts.store.put_items(vec![(tenant, Item::Queue(queue))], Vec::new()).await.expect("stored");
        self.parts.reload().await.expect("reloaded");
    }

    /// Changes an agent of the demonstration, or hires them for support; a new one signs in with [`Self::hired`].
    pub async fn change_agent(&self, id: &str, change: impl FnOnce(&mut ConfiguredAgent)) {
        let (tenant, id) = (TenantId::new("demo").expect("an id"), AgentId::new(id).expect("an id"));
        let directory = self.parts.directory.load_full();
        let model = AgentId::new("101").expect("an id");
        let known = directory.agent(&tenant, &id).or_else(|| directory.agent(&tenant, &model));
        let known = ConfiguredAgent::clone(known.expect("agent 101"));
        let mut agent = ConfiguredAgent { id: id.clone(), ..known };
        change(&mut agent);
        self.parts.store.put_items(vec![(tenant, Item::Agent(agent))], Vec::new()).await.expect("stored");
        self.parts.reload().await.expect("reloaded");
    }

    /// An agent who was hired by [`Self::change_agent`], and takes customers.
    pub async fn hired(&self, agent: &str) -> Agent {
        let hired = Agent::sign_in(&self.anybody(), "demo", agent, "demo-101").await;
        hired.declare("online").await;
        hired
    }

    /// Makes a channel of the demonstration without a robot, whose customers wait in this queue at once.
    pub async fn add_channel(&self, id: &str, queue: &str) {
        let tenant = TenantId::new("demo").expect("an id");
        let queue = Some(QueueId::new(queue).expect("an id"));
        let channel = Channel { queue, ..Channel::new(ChannelId::new(id).expect("an id"), id) };
        self.parts.store.put_items(vec![(tenant, Item::Channel(channel))], Vec::new()).await.expect("stored");
        self.parts.reload().await.expect("reloaded");
    }

    /// Changes the demonstration's channel.
    pub async fn change_channel(&self, change: impl FnOnce(&mut Channel)) {
        let tenant = TenantId::new("demo").expect("an id");
        let id = ChannelId::new(CHANNEL).expect("an id");
        let mut channel =
            Channel::clone(self.parts.directory.load().channel(&tenant, &id).expect("the channel"));
        change(&mut channel);
        self.parts.store.put_items(vec![(tenant, Item::Channel(channel))], Vec::new()).await.expect("stored");
        self.parts.reload().await.expect("reloaded");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// Nobody looks at how far it is.
pub fn quiet() -> OnProgress {
    Arc::new(|_| ControlFlow::Continue(()))
}
