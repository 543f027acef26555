//! PgBouncer from Debian's packages, set up as the guide says, in front of the server of all tests.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::postgres::{Postgres, other_user};

/// Where Debian puts it.
const PROGRAM: &str = "/usr/sbin/pgbouncer";
/// Names another one, such as a newer version.
const ANOTHER: &str = "FRONTDESK_TEST_PGBOUNCER";

/// What the guide recommends.
const RECOMMENDED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../packaging/pgbouncer.ini");

/// Runs it, again whenever it ends, until nobody holds the other end of the input, however this process has ended; then the
/// folder goes.
const RUN: &str = r#"
    while [ ! -e "$2/over" ]; do
        rm -f "$2/.s.PGSQL.6432" "$2/pid"
        "$1" "$2/pgbouncer.ini"
        sleep 0.1
    done 2>> "$2/log" &
    loop=$!
    cat > /dev/null
    touch "$2/over"
    kill -KILL "$(cat "$2/pid")"
    wait "$loop"
    rm -rf "$2"
"#;

/// How often it is asked whether it is up, every 20 ms.
const ASKED: u32 = 1_500;

/// What it does about prepared statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prepared {
    /// Nothing: whoever uses one gets that of somebody else, or none.
    Forgotten,
    /// It knows what each of its clients has prepared.
    Tracked,
}

impl Prepared {
    /// What the version that is installed can do; those before 1.21 knew nothing of prepared statements.
    pub fn all() -> Vec<Self> {
        if version() >= (1, 21) { vec![Self::Forgotten, Self::Tracked] } else { vec![Self::Forgotten] }
    }

    fn setting(self) -> Option<&'static str> {
        match self {
            _ if version() < (1, 21) => None,
            Self::Forgotten => Some("max_prepared_statements = 0"),
            Self::Tracked => Some("max_prepared_statements = 200"),
        }
    }
}

/// A running PgBouncer that listens on a socket in its folder, and nowhere else. It goes when it is dropped.
#[derive(Debug)]
pub struct PgBouncer {
    folder: PathBuf,
    process: Mutex<Child>,
}

static SHARED: OnceLock<PgBouncer> = OnceLock::new();

impl PgBouncer {
    /// One for all tests of this process that do not end it in between. It ends with the process. Blocks until it is up.
    pub fn shared() -> &'static Self {
        SHARED.get_or_init(|| Self::start(4, Prepared::Forgotten))
    }

    /// One with at most so many connections to each database. Blocks until it is up.
    pub fn start(connections: u32, prepared: Prepared) -> Self {
        let server = Postgres::shared();
        // The shell removes it.
        let folder = tempfile::tempdir().expect("a temporary folder").keep();
        let settings = settings(&folder, server.folder(), connections, prepared);
        std::fs::write(folder.join("pgbouncer.ini"), settings).expect("its settings are written");
        let mut command = Command::new("sh");
        command.args(["-c", RUN, "sh"]).arg(program()).arg(&folder).current_dir(&folder);
        // It refuses to run as root.
        if let Some((user, group)) = other_user() {
            std::os::unix::fs::chown(&folder, Some(user), Some(group)).expect("the folder changes hands");
            command.uid(user).gid(group);
        }
        let process = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("a shell");
        let pooler = Self { folder, process: Mutex::new(process) };
        pooler.wait(None);
        pooler
    }

    /// Waits until one is up that is not this process.
    fn wait(&self, before: Option<&str>) {
        for _ in 0..ASKED {
            let is_another = self.pid().is_some_and(|pid| Some(pid.as_str()) != before);
            let socket = self.folder.join(".s.PGSQL.6432");
            if is_another && std::os::unix::net::UnixStream::connect(socket).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        panic!("PgBouncer did not start (scripts/setup.sh installs it):\n{log}");
    }

    fn pid(&self) -> Option<String> {
        let pid = std::fs::read_to_string(self.folder.join("pid")).ok()?;
        Some(pid.trim().to_owned()).filter(|pid| !pid.is_empty())
    }

    /// Ends it at once, as a crash does, and waits until it is up again.
    pub fn crash(&self) {
        let pid = self.pid().expect("its process id");
        let killed = Command::new("kill").args(["-KILL", &pid]).status();
        assert!(killed.is_ok_and(|status| status.success()), "it is there");
        self.wait(Some(&pid));
    }

    /// The URL of a database by its name.
    pub fn url(&self, database: &str) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://frontdesk@{folder}:6432/{database}")
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        drop(process.stdin.take());
        let _ = process.wait();
    }
}

/// What the guide recommends, but with all databases of the tests' server, which asks nobody for a password.
fn settings(folder: &Path, server: &Path, connections: u32, prepared: Prepared) -> String {
    let recommended = std::fs::read_to_string(RECOMMENDED).expect("the recommended settings");
    let size = format!("default_pool_size = {connections}");
    let own = [
        ("listen_addr =", "listen_addr =".to_owned()),
        ("auth_type =", "auth_type = any".to_owned()),
        ("auth_file =", format!("pidfile = {}/pid", folder.display())),
        ("default_pool_size =", size),
        ("frontdesk =", format!("* = host={} port=5432 user=frontdesk", server.display())),
    ];
    let mut settings = String::new();
    let mut used = 0;
    for line in recommended.lines() {
        let replaced = own.iter().find(|(begins, _)| line.starts_with(begins));
        used += usize::from(replaced.is_some());
        settings.push_str(replaced.map_or(line, |(_, replaced)| replaced));
        settings.push('\n');
    }
    assert_eq!(used, own.len(), "{RECOMMENDED} has other lines than the tests know");
    let socket = format!("unix_socket_dir = {}\nserver_idle_timeout = 1\n", folder.display());
    settings.push_str(&socket);
    settings.push_str(prepared.setting().unwrap_or_default());
    settings.push('\n');
    settings
}

#[expect(clippy::disallowed_methods, reason = "whoever runs a suite chooses the program")]
fn program() -> PathBuf {
    std::env::var(ANOTHER).unwrap_or_else(|_| PROGRAM.to_owned()).into()
}

/// Major and minor version of the program.
fn version() -> (u32, u32) {
    static VERSION: OnceLock<(u32, u32)> = OnceLock::new();
    *VERSION.get_or_init(|| {
        let said = Command::new(program()).arg("--version").output();
        let said = said.expect("PgBouncer is installed (scripts/setup.sh does it)").stdout;
        let said = String::from_utf8_lossy(&said);
        let version =
            said.lines().next().and_then(|line| line.strip_prefix("PgBouncer ")).unwrap_or_default();
        let mut numbers = version.split('.').map_while(|number| number.parse().ok());
        (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
    })
}
