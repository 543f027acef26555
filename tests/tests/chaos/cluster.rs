//! Several servers on one database, each behind lines that can be cut.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use frontdesk_tests::kit::{Agent, App, Ending, Finished, Frontdesk, Http, Postgres, Process, Wire};
use tempfile::TempDir;
use tokio::sync::{Mutex as AsyncMutex, MutexGuard};
use tokio::task::spawn_blocking;

/// How long anything that must happen at last may take. Nothing is measured by it.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);
/// How often it is looked whether something has happened.
const LOOK: Duration = Duration::from_millis(50);

/// What a server logs when it begins to do what one does for all, and when it cannot be sure of it any more.
const LEAD: [&str; 2] =
    ["this node does what one does for all", "the connection to the other nodes was lost"];

/// Of the tests of this suite one runs at a time: each has several servers and a database.
pub(super) async fn alone() -> MutexGuard<'static, ()> {
    static ALONE: AsyncMutex<()> = AsyncMutex::const_new(());
    ALONE.lock().await
}

/// Where the servers listen. One that is down has the address of before.
#[derive(Clone, Debug)]
pub(super) struct Addresses(Arc<Mutex<Vec<String>>>);

impl Addresses {
    /// The address of one of them; any number will do.
    pub(super) fn of(&self, number: usize) -> String {
        let all = self.0.lock().unwrap();
        all[number % all.len()].clone()
    }

    pub(super) fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

/// A server, and its ways to the database.
pub(super) struct Node {
    folder: PathBuf,
    /// Over which it reads and writes.
    pub(super) queries: Wire,
    /// Over which it hears the others, and leads.
    pub(super) listening: Wire,
    process: Option<Process>,
}

/// The servers on one database.
pub(super) struct Cluster {
    pub(super) nodes: Vec<Node>,
    pub(super) addresses: Addresses,
    postgres: Arc<Postgres>,
    database: String,
    folder: TempDir,
}

impl Cluster {
    /// Starts a database and so many servers on it, all at the same moment, while it is still empty.
    pub(super) async fn start(count: usize) -> Self {
        let (postgres, database) = spawn_blocking(|| {
            let postgres = Postgres::start();
            let url = postgres.database();
            let name = url.rsplit('/').next().unwrap().to_owned();
            (Arc::new(postgres), name)
        })
        .await
        .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut nodes = Vec::new();
        for number in 0..count {
            let (queries, listening) =
                (Wire::start(postgres.socket()).await, Wire::start(postgres.socket()).await);
            let folder = folder.path().join(format!("node-{number}"));
            nodes.push(Node { folder, queries, listening, process: None });
        }
        let addresses = Addresses(Arc::new(Mutex::new(vec![String::new(); count])));
        let mut cluster = Self { nodes, addresses, postgres, database, folder };
        let starting: Vec<_> = (0..count).map(|number| cluster.serve(number)).collect();
        let starting: Vec<_> =
            starting.into_iter().map(|serve| spawn_blocking(move || serve.try_start())).collect();
        for (number, process) in starting.into_iter().enumerate() {
            let process = process.await.unwrap();
            cluster.runs(number, process.unwrap_or_else(|ended| panic!("it does not start: {ended:?}")));
        }
        cluster
    }

    fn serve(&self, number: usize) -> Frontdesk {
        let node = &self.nodes[number];
        let url = |wire: &Wire| format!("postgres://frontdesk@{}/{}", wire.address, self.database);
        Frontdesk::serve(&node.folder)
            .argument("--demo")
            .variable("FRONTDESK_STORE_URL", url(&node.queries))
            .variable("FRONTDESK_STORE_LISTEN_URL", url(&node.listening))
            .variable("FRONTDESK_STORE_CONNECTIONS", "10")
            .variable("FRONTDESK_STORE_FILES", self.folder.path().join("files"))
    }

    fn runs(&mut self, number: usize, process: Process) {
        self.addresses.0.lock().unwrap()[number].clone_from(&process.url);
        self.nodes[number].process = Some(process);
    }

    pub(super) fn count(&self) -> usize {
        self.nodes.len()
    }

    /// Somebody without credentials.
    pub(super) fn anybody(&self) -> Http {
        Http::new(&self.addresses.of(0))
    }

    /// The demonstration's back end, for an hour.
    pub(super) async fn app(&self) -> App {
        let anybody = self.anybody().with("x-token-expire", "3600");
        App::sign_in(&anybody, "demo-app", "demo-secret").await
    }

    /// A signed-in person of the demonstration.
    pub(super) async fn person(&self, name: &str) -> Agent {
        Agent::sign_in(&self.anybody(), "demo", name, &format!("demo-{name}")).await
    }

    /// Kills a server.
    pub(super) fn kill(&mut self, number: usize) {
        let finished = self.nodes[number].process.take().expect("a server that runs").kill();
        has_not_panicked(&finished);
        assert_eq!(finished.status.code(), None, "it ended before it was killed: {finished:?}");
    }

    /// Starts a server again. What watches over servers tries until it runs, as the database may be starting.
    pub(super) async fn restart(&mut self, number: usize) {
        let begun = Instant::now();
        loop {
            let serve = self.serve(number);
            match spawn_blocking(move || serve.try_start()).await.unwrap() {
                Ok(process) => return self.runs(number, process),
                Err(finished) => {
                    has_not_panicked(&finished);
                    assert!(begun.elapsed() < PATIENCE, "it does not start again: {finished:?}");
                    tokio::time::sleep(LOOK).await;
                }
            }
        }
    }

    /// Ends the database, and waits until it is up again.
    pub(super) async fn restart_database(&self, ending: Ending) {
        let postgres = Arc::clone(&self.postgres);
        spawn_blocking(move || postgres.restart(ending)).await.unwrap();
    }

    /// Whether a server leads, as far as it has said.
    fn leads(&self, number: usize) -> bool {
        self.nodes[number].process.as_ref().is_some_and(|process| process.last_logged(&LEAD) == Some(0))
    }

    /// Waits until a server leads that is none of these; which, and how long it took.
    pub(super) async fn led_by_other_than(&self, gone: Option<usize>) -> (usize, Duration) {
        let begun = Instant::now();
        loop {
            let leader = (0..self.count()).find(|number| Some(*number) != gone && self.leads(*number));
            if let Some(leader) = leader {
                return (leader, begun.elapsed());
            }
            assert!(begun.elapsed() < PATIENCE, "nobody leads");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Stops all servers in order.
    pub(super) async fn stop(mut self) {
        for number in 0..self.count() {
            let process = self.nodes[number].process.take().expect("a server that runs");
            let finished = spawn_blocking(move || process.terminate()).await.unwrap();
            has_not_panicked(&finished);
            assert!(finished.status.success(), "{finished:?}");
        }
    }
}

fn has_not_panicked(finished: &Finished) {
    assert!(!finished.stderr.contains("panicked"), "{finished:?}");
}
