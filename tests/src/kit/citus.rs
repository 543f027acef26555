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

    /// A new and empty database on all nodes; gives its name. Only one comes about at a time: they are copies of one.
    pub fn create(&self) -> String {
        static ONE: Mutex<()> = Mutex::new(());
        let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        let name = format!("frontdesk_test_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let workers = self.workers();
        for (host, port) in &workers {
            self.make(
                &self.worker_url((host, port), "postgres"),
                &self.worker_url((host, port), &name),
                &name,
            );
        }
        let url = self.url(&name);
        self.make(&self.url, &url, &name);
        let here =
            ask(&self.url, "SELECT nodename || ''', ' || nodeport FROM pg_dist_node WHERE groupid = 0");
        run(&url, &format!("SELECT citus_set_coordinator_host('{})", here.trim()));
        for (host, port) in &workers {
            run(&url, &format!("SELECT citus_add_node('{host}', {port})"));
        }
        name
    }

    fn make(&self, server: &str, url: &str, name: &str) {
        run(server, &format!("CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"));
        run(url, "CREATE EXTENSION citus");
    }

    /// Removes a database from all nodes, whoever is connected to it.
    pub fn remove(&self, name: &str) {
        let workers =
            self.workers().into_iter().map(|(host, port)| self.worker_url((&host, &port), "postgres"));
        for server in std::iter::once(self.url.clone()).chain(workers) {
            let _ = psql(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
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

fn run(url: &str, sql: &str) {
    ask(url, sql);
}

/// What a database answers, one row a line.
pub fn ask(url: &str, sql: &str) -> String {
    psql(url, sql).unwrap_or_else(|error| panic!("{url} does not do {sql}: {error}"))
}
