//! The binary as a process of its own.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

/// How long anything that a process must do at last may take. Nothing is measured by it.
const PATIENCE: Duration = Duration::from_mins(1);

/// The `frontdesk` binary beside this test, built if it is missing or older than the sources.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let test = std::env::current_exe().expect("the path of this test");
        // target/<profile>/deps/<test>
        let profile = test.ancestors().nth(2).expect("the folder of the profile");
        let binary = profile.join("frontdesk");
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
        let built = binary.metadata().and_then(|data| data.modified()).ok();
        if built.is_none_or(|built| newest(&sources) > built) {
            build(profile);
        }
        binary
    })
}

fn build(profile: &Path) {
    let name = profile.file_name().and_then(OsStr::to_str).expect("the name of the profile");
    let name = if name == "debug" { "dev" } else { name };
    let target = profile.parent().expect("the target folder");
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--locked", "-p", "frontdesk", "--profile", name, "--manifest-path"])
        .arg(manifest)
        .arg("--target-dir")
        .arg(target)
        .status()
        .expect("cargo runs");
    assert!(status.success(), "the binary could not be built");
}

/// When a file below a folder was last changed.
fn newest(folder: &Path) -> SystemTime {
    let mut newest = SystemTime::UNIX_EPOCH;
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let entry = entry.expect("an entry");
        let changed = if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            self::newest(&entry.path())
        } else {
            entry.metadata().and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
        };
        newest = newest.max(changed);
    }
    newest
}

/// A command line for the binary, with nothing of the environment but what is given.
#[derive(Debug)]
pub struct Frontdesk(Command);

impl Frontdesk {
    /// `frontdesk` with arguments.
    pub fn new<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(arguments: I) -> Self {
        let mut command = Command::new(binary());
        command.env_clear().args(arguments);
        Self(command)
    }

    /// `frontdesk serve` on any free port, without the internal listener.
    pub fn serve(data: &Path) -> Self {
        Self::new(["serve", "--listen", "127.0.0.1:0", "--internal-listen", "off"])
            .argument("--data-dir")
            .argument(data)
    }

    /// One argument more.
    #[must_use]
    pub fn argument(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.0.arg(argument);
        self
    }

    /// Some arguments more.
    #[must_use]
    pub fn arguments<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(mut self, arguments: I) -> Self {
        self.0.args(arguments);
        self
    }

    /// One variable of the environment.
    #[must_use]
    pub fn variable(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// Runs it to its end.
    pub fn run(self) -> Finished {
        self.run_with("")
    }

    /// Runs it to its end with something on its standard input.
    pub fn run_with(mut self, input: &str) -> Finished {
        self.0.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.0.spawn().expect("the binary starts");
        let mut stdin = child.stdin.take().expect("standard input");
        // Whoever reads nothing of it may have ended already.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let Output { status, stdout, stderr } = child.wait_with_output().expect("the binary ends");
        Finished { status, stdout: lossy(&stdout), stderr: lossy(&stderr) }
    }

    /// The same, started by another program, which gets the command line behind its own arguments.
    #[must_use]
    pub fn started_by<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(self, program: &str, arguments: I) -> Self {
        let mut command = Command::new(program);
        command.env_clear().args(arguments).arg(self.0.get_program()).args(self.0.get_args());
        command.envs(self.0.get_envs().filter_map(|(name, value)| Some((name, value?))));
        Self(command)
    }

    /// Starts a server and waits until it says where it listens.
    pub fn start(self) -> Process {
        match self.try_start() {
            Ok(process) => process,
            Err(ended) => panic!("it does not start: {ended:?}"),
        }
    }

    /// Starts a server and waits until it says where it listens, or has ended.
    ///
    /// # Errors
    /// How it ended.
    pub fn try_start(mut self) -> Result<Process, Finished> {
        self.0.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.0.spawn().expect("the binary starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("standard output"));
        let stderr = Collector::start(child.stderr.take().expect("standard error"));
        let mut first = String::new();
        stdout.read_line(&mut first).expect("text on standard output");
        let Some(url) = first.trim_end().strip_prefix("frontdesk listening on ") else {
            drop(child.kill());
            let status = child.wait().expect("the process ends");
            return Err(Finished { status, stdout: first, stderr: stderr.finish() });
        };
        let url = url.to_owned();
        Ok(Process { url, first_line: first, child, stdout: Collector::start(stdout), stderr })
    }
}

/// A command that has ended.
#[derive(Debug)]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

impl Finished {
    /// Its standard output, if it ended well.
    pub fn succeeded(self) -> String {
        assert!(self.status.success(), "{self:?}");
        self.stdout
    }

    /// Its standard error, if it failed in order: with an exit code and without a panic.
    pub fn failed(self) -> String {
        assert!(self.status.code().is_some_and(|code| code != 0), "{self:?}");
        assert!(!self.stderr.contains("panicked"), "{self:?}");
        self.stderr
    }
}

/// A server that runs. It is killed if it is dropped.
#[derive(Debug)]
pub struct Process {
    /// Where it listens.
    pub url: String,
    /// The first line on its standard output.
    pub first_line: String,
    child: Child,
    stdout: Collector,
    stderr: Collector,
}

impl Process {
    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How many lines with a text it has logged so far.
    pub fn logged(&self, text: &str) -> usize {
        self.stderr.so_far().lines().filter(|line| line.contains(text)).count()
    }

    /// Which of some texts stands in the last line logged so far that has one of them.
    pub fn last_logged(&self, texts: &[&str]) -> Option<usize> {
        let log = self.stderr.so_far();
        log.lines().rev().find_map(|line| texts.iter().position(|text| line.contains(text)))
    }

    /// Ends it as a crash would (SIGKILL).
    pub fn kill(mut self) -> Finished {
        self.child.kill().expect("the process is there");
        self.finish()
    }

    /// Asks it to stop (SIGTERM) and waits until it has.
    pub fn terminate(self) -> Finished {
        self.ask_to_stop();
        self.wait()
    }

    /// Asks it to stop (SIGTERM).
    pub fn ask_to_stop(&self) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args(["-TERM", &id]).status().expect("kill runs");
        assert!(status.success(), "the process is there");
    }

    /// Waits until it has ended by itself.
    pub fn wait(mut self) -> Finished {
        let start = Instant::now();
        while self.child.try_wait().expect("the process's state").is_none() {
            assert!(start.elapsed() < PATIENCE, "the server does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
        self.finish()
    }

    /// Asks it to read its certificate again (SIGHUP).
    pub fn hang_up(&self) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args(["-HUP", &id]).status().expect("kill runs");
        assert!(status.success(), "the process is there");
    }

    fn finish(mut self) -> Finished {
        let status = self.child.wait().expect("the process ends");
        let stdout = std::mem::replace(&mut self.stdout, Collector::empty()).finish();
        let stderr = std::mem::replace(&mut self.stderr, Collector::empty()).finish();
        keeps_secrets(&stderr);
        Finished { status, stdout, stderr }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// No server ever logs a secret: every suite that starts one checks that. Generated ones are known by how they begin,
/// tokens are JSON in base64, and the demonstration's are known.
fn keeps_secrets(log: &str) {
    let begins = ["fds_", "fda_", "fdd_", "fdk_", "whsec_", "Bearer ", "eyJ", "PRIVATE KEY", "$argon2"];
    let known = ["demo-secret", "demo-101", "demo-102", "demo-201", "demo-901"];
    for secret in begins.into_iter().chain(known) {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "the server logged a secret");
    }
}

/// Takes what a process writes, so that it never waits for a reader.
#[derive(Debug)]
struct Collector {
    text: Arc<Mutex<Vec<u8>>>,
    thread: Option<JoinHandle<()>>,
}

impl Collector {
    fn start(mut from: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&text);
        let thread = std::thread::spawn(move || {
            let mut buffer = [0; 8 << 10];
            while let Ok(count @ 1..) = from.read(&mut buffer) {
                into.lock().unwrap().extend_from_slice(&buffer[..count]);
            }
        });
        Self { text, thread: Some(thread) }
    }

    fn empty() -> Self {
        Self { text: Arc::default(), thread: None }
    }

    fn finish(mut self) -> String {
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the reader ends with its process");
        }
        self.so_far()
    }

    fn so_far(&self) -> String {
        lossy(&self.text.lock().unwrap())
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
