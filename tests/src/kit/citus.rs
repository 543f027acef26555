//! Databases on a cluster of Citus, if one is at hand: `FRONTDESK_TEST_CITUS_URL` names a database on its coordinator that
//! has the extension and knows the workers. Each test has databases of one name on all nodes.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

/// The variable that names the cluster.
pub const CITUS: &str = "FRONTDESK_TEST_CITUS_URL";

static MADE: AtomicU32 = AtomicU32::new(0);

/// A cluster.
#[derive(Clone, Debug)]
pub struct Citus {
    url: String,
}

impl Citus {
    /// The one that is at hand.
    pub fn at_hand() -> Option<Self> {
        std::env::var(CITUS).ok().filter(|url| !url.is_empty()).map(|url| Self { url })
    }

    /// Its coordinator, and the database of another name on it.
    pub fn url(&self, database: &str) -> String {
        let (before, query) = self.url.split_once('?').unwrap_or((&self.url, ""));
        let before = before.rsplit_once('/').expect("a URL with a database").0;
        format!("{before}/{database}{}{query}", if query.is_empty() { "" } else { "?" })
    }

    /// A worker's database of a name, by the URL of the coordinator with another address.
    pub fn worker_url(&self, worker: (&str, &str), database: &str) -> String {
        let url = self.url(database);
        let (scheme, rest) = url.split_once("://").expect("a URL");
        let (authority, path) = rest.split_once('/').expect("a URL with a database");
        let user = authority.rsplit_once('@').map(|(user, _)| format!("{user}@")).unwrap_or_default();
        format!("{scheme}://{user}{}:{}/{path}", worker.0, worker.1)
    }

    /// The addresses of its workers.
    pub fn workers(&self) -> Vec<(String, String)> {
        let nodes = "SELECT nodename || ' ' || nodeport FROM pg_dist_node WHERE groupid <> 0 AND noderole = 'primary'";
        let all = ask(&self.url, nodes);
        let address =
            |line: &str| line.split_once(' ').map(|(host, port)| (host.to_owned(), port.to_owned()));
        all.lines().filter_map(address).collect()
    }

    /// A new and empty database on all nodes; gives its name.
    pub fn create(&self) -> String {
        let name = self.create_apart();
        self.join(&name);
        name
    }

    /// The same, of which Citus knows nothing yet. Only one comes about at a time: they are copies of one.
    pub fn create_apart(&self) -> String {
        static ONE: Mutex<()> = Mutex::new(());
        let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("frontdesk_test_{}_{number}", std::process::id());
        for server in self.servers() {
            ask(&server, &format!("CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"));
        }
        name
    }

    /// Has Citus make a cluster of the databases of this name.
    pub fn join(&self, name: &str) {
        let (url, workers) = (self.url(name), self.workers());
        for (host, port) in &workers {
            ask(&self.worker_url((host, port), name), "CREATE EXTENSION citus");
        }
        ask(&url, "CREATE EXTENSION citus");
        let here = ask(
            &self.url,
            "SELECT quote_literal(nodename) || ', ' || nodeport FROM pg_dist_node WHERE groupid = 0",
        );
        ask(&url, &format!("SELECT citus_set_coordinator_host({})", here.trim()));
        for (host, port) in &workers {
            ask(&url, &format!("SELECT citus_add_node('{host}', {port})"));
        }
    }

    /// Where databases are made: the coordinator and the workers.
    fn servers(&self) -> Vec<String> {
        let workers = self.workers();
        let workers = workers.iter().map(|(host, port)| self.worker_url((host, port), "postgres"));
        std::iter::once(self.url.clone()).chain(workers).collect()
    }

    /// Removes a database from all nodes, whoever is connected to it. That it may fail is no matter: it is a test's.
    pub fn remove(&self, name: &str) {
        for server in self.servers() {
            drop(psql(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")));
        }
    }
}

fn psql(url: &str, sql: &str) -> Result<String, String> {
    let mut command = Command::new("psql");
    command.args(["--quiet", "--no-psqlrc", "--tuples-only", "--no-align", "--command", sql, url]);
    let output = command.output().map_err(|error| error.to_string())?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

/// What a database answers, one row a line.
pub fn ask(url: &str, sql: &str) -> String {
    psql(url, sql).unwrap_or_else(|error| panic!("{url} does not do {sql}: {error}"))
}
