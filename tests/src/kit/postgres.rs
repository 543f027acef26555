//! A PostgreSQL server from Debian's packages, in a temporary folder, for all tests of a process.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use super::citus::Citus;
use super::pgbouncer::PgBouncer;

/// Makes the cluster and runs the server, again whenever it ends, until nobody holds the other end of its input, however
/// this process has ended; then the folder goes.
const RUN: &str = r#"
    "$1/initdb" --pgdata="$2/data" --username=frontdesk --auth=trust --encoding=UTF8 --no-sync \
        --locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US > "$2/initdb.log" 2>&1 || exit 1
    while [ ! -e "$2/over" ]; do
        "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c max_connections=200
        rm -f "$2/data/postmaster.pid"
    done >> "$2/server.log" 2>&1 &
    servers=$!
    cat > /dev/null
    touch "$2/over"
    kill -INT "$(head -n 1 "$2/data/postmaster.pid")"
    wait "$servers"
    rm -rf "$2"
"#;

/// How often it is asked whether the server is up, every 50 ms.
const ASKED: u32 = 1_200;

/// How a server is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// In order, as `pg_ctl stop -m fast` does: connections are ended, what is under way is undone.
    Fast,
    /// At once, as a crash or `pg_ctl stop -m immediate` does: the next start recovers.
    Immediate,
}

impl Ending {
    /// The signal that the server knows it by.
    const fn signal(self) -> &'static str {
        match self {
            Self::Fast => "-INT",
            Self::Immediate => "-QUIT",
        }
    }
}

/// A running server that listens on a socket in its folder, and nowhere else. Text is ordered by a natural language, so
/// that what rests on the order of bytes has to say so.
#[derive(Debug)]
pub struct Postgres {
    folder: PathBuf,
    programs: PathBuf,
    databases: AtomicU32,
    process: Mutex<Child>,
}

static SHARED: OnceLock<Postgres> = OnceLock::new();

impl Postgres {
    /// The server of this process, which is started by whoever asks first. It ends with the process. Blocks until it is up.
    pub fn shared() -> &'static Self {
        SHARED.get_or_init(Self::start)
    }

    /// A server of its own, for whoever ends it in between. It goes when it is dropped.
    pub fn start() -> Self {
        let programs = programs();
        // The shell removes it.
        let folder = tempfile::tempdir().expect("a temporary folder").keep();
        let mut command = Command::new("sh");
        command.args(["-c", RUN, "sh"]).arg(&programs).arg(&folder).current_dir(&folder);
        // The server refuses to run as root.
        if let Some((user, group)) = other_user() {
            std::os::unix::fs::chown(&folder, Some(user), Some(group)).expect("the folder changes hands");
            command.uid(user).gid(group);
        }
        let process = Mutex::new(command.stdin(Stdio::piped()).spawn().expect("a shell"));
        let server = Self { folder, programs, databases: AtomicU32::new(0), process };
        server.wait();
        server
    }

    fn wait(&self) {
        for _ in 0..ASKED {
            if self.run("pg_isready", &["--quiet", "--dbname=postgres"]) {
                return;
            }
            if self.process().try_wait().is_ok_and(|ended| ended.is_some()) {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = |name| std::fs::read_to_string(self.folder.join(name)).unwrap_or_default();
        panic!("PostgreSQL did not start: {}\n{}", log("initdb.log"), log("server.log"));
    }

    fn process(&self) -> MutexGuard<'_, Child> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the server at once, as a crash does, and waits until it is up again. Connections are lost.
    pub fn crash(&self) {
        self.restart(Ending::Immediate);
    }

    /// Ends the server and waits until it is up again. Connections are lost.
    pub fn restart(&self, ending: Ending) {
        let pid = std::fs::read_to_string(self.folder.join("data/postmaster.pid")).expect("its process id");
        let pid = pid.lines().next().expect("a line with it");
        let killed = Command::new("kill").args([ending.signal(), pid]).status();
        assert!(killed.is_ok_and(|status| status.success()), "the server is there");
        let is_there = || std::fs::exists(format!("/proc/{pid}")).unwrap_or(false);
        while is_there() {
            std::thread::sleep(Duration::from_millis(20));
        }
        self.wait();
    }

    /// The socket that it listens on.
    pub fn socket(&self) -> PathBuf {
        self.folder.join(".s.PGSQL.5432")
    }

    /// Runs SQL on a database and waits until it is done.
    pub fn sql(&self, url: &str, sql: &str) {
        let mut command = Command::new(self.programs.join("psql"));
        command.args(["--quiet", "--no-psqlrc", "--command", sql, url]);
        let status = command.stdout(Stdio::null()).status();
        assert!(status.is_ok_and(|status| status.success()), "{sql}");
    }

    /// Runs one of PostgreSQL's programs on the server.
    fn run(&self, program: &str, arguments: &[&str]) -> bool {
        let mut command = Command::new(self.programs.join(program));
        command.arg("--host").arg(&self.folder).arg("--username=frontdesk").args(arguments);
        command.stdout(Stdio::null()).status().is_ok_and(|status| status.success())
    }

    /// The URL of a new and empty database; on a cluster of Citus, if one is at hand.
    pub fn database(&self) -> String {
        if let Some(citus) = Citus::at_hand() {
            return citus.url(&citus.create());
        }
        self.url(&self.create(&[]))
    }

    fn create(&self, arguments: &[&str]) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        assert!(self.run("createdb", &[arguments, &[&name]].concat()), "the database {name} is made");
        name
    }

    /// The folder of its socket.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    fn url(&self, name: &str) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://frontdesk@{folder}/{name}")
    }
}

/// A database of the server of this process, or on a cluster of Citus, if one is at hand. It goes when this is dropped.
#[derive(Debug)]
pub struct Database {
    /// How a store is opened on it.
    pub url: String,
    name: String,
    citus: Option<Citus>,
}

impl Database {
    /// An empty one.
    pub fn empty() -> Self {
        match Citus::at_hand() {
            Some(citus) => {
                let name = citus.create();
                Self { url: citus.url(&name), name, citus: Some(citus) }
            }
            None => Self::create(&[]),
        }
    }

    /// One on the nodes of a cluster, of which Citus knows nothing yet.
    pub fn apart(citus: Citus) -> Self {
        let name = citus.create_apart();
        Self { url: citus.url(&name), name, citus: Some(citus) }
    }

    /// Has Citus know of it.
    pub fn join(&self) {
        self.citus.as_ref().expect("a cluster").join(&self.name);
    }

    /// How it is reached over a pooler.
    pub fn behind(&self, pooler: &PgBouncer) -> String {
        pooler.url(&self.name)
    }

    /// A copy of this one, to which nobody may be connected.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self::create(&["--template", &self.name])
    }

    fn create(arguments: &[&str]) -> Self {
        let server = Postgres::shared();
        let name = server.create(arguments);
        Self { url: server.url(&name), name, citus: None }
    }
}

impl Drop for Database {
    /// Whoever is still connected is turned out. That it may fail is no matter: the whole server goes with the process.
    fn drop(&mut self) {
        if let Some(citus) = &self.citus {
            citus.remove(&self.name);
            return;
        }
        let _ = Postgres::shared().run("dropdb", &["--force", &self.name]);
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut process = self.process();
        drop(process.stdin.take());
        let _ = process.wait();
    }
}

/// Where Debian puts the programs of the newest version that is installed.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .map(|entry| entry.path())
        .filter(|path| path.join("bin/initdb").exists())
        .max_by_key(|path| version(path));
    newest.expect("PostgreSQL is installed (scripts/setup.sh does it)").join("bin")
}

fn version(path: &Path) -> u32 {
    path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok()).unwrap_or(0)
}

/// Whom the server runs as if we are root: `postgres`, or else `nobody`.
pub(super) fn other_user() -> Option<(u32, u32)> {
    let is_root =
        std::fs::metadata("/proc/self").is_ok_and(|data| std::os::unix::fs::MetadataExt::uid(&data) == 0);
    if !is_root {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let find = |name: &str| {
        let fields: Vec<&str> =
            users.lines().find(|line| line.split(':').next() == Some(name))?.split(':').collect();
        Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    };
    find("postgres").or_else(|| find("nobody"))
}
