//! A demonstration as its own process, in a folder that looks like the repository after `make run`.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::symlink;
use std::process::{Child, ChildStdout, Command, Stdio};

use frontdesk_tests::kit::{Finished, binary};
use tempfile::TempDir;

/// The address that pages show.
const PUBLIC: &str = "http://127.0.0.1:8080";
/// The internal address that pages show.
const INTERNAL: &str = "http://127.0.0.1:9090";
/// What the program is called from that folder.
const PROGRAM: &str = "./target/release/frontdesk";

/// A running demonstration. It is killed when it is dropped.
pub(super) struct Demo {
    /// Everything that it printed.
    pub(super) printed: String,
    pub(super) folder: TempDir,
    url: String,
    internal: String,
    child: Child,
    /// Kept open: who writes to a closed pipe fails.
    _stdout: BufReader<ChildStdout>,
}

impl Demo {
    /// Starts one on an empty data directory and waits until it is ready.
    pub(super) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let release = folder.path().join("target/release");
        fs::create_dir_all(&release).unwrap();
        symlink(binary(), release.join("frontdesk")).unwrap();
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--internal-listen", "127.0.0.1:0"])
            .current_dir(folder.path())
            .env_clear()
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut printed = String::new();
        // The last of the lines is the session's poll.
        while !printed.contains("receiverId=ann") {
            assert_ne!(stdout.read_line(&mut printed).unwrap(), 0, "it ended after {printed:?}");
        }
        let address = |line: usize| {
            let line = printed.lines().nth(line).unwrap();
            line.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned()
        };
        let (url, internal) = (address(0), address(1));
        Self { printed, folder, url, internal, child, _stdout: stdout }
    }

    /// The text of a page with this server's addresses in place of those that pages show.
    pub(super) fn localise(&self, text: &str) -> String {
        text.replace(PUBLIC, &self.url).replace(INTERNAL, &self.internal)
    }

    /// Text that the server printed, as a page would show it.
    pub(super) fn globalise(&self, text: &str) -> String {
        text.replace(&self.url, PUBLIC)
    }

    /// Runs a script with a strict `bash` in the server's folder, with `frontdesk` on its path and nothing on its standard
    /// input. What hangs ends after some minutes.
    pub(super) fn run(&self, script: &str) -> Finished {
        let folder = self.folder.path();
        fs::write(folder.join("script.sh"), script).unwrap();
        let mut path = OsString::from(binary().parent().unwrap());
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        // Into files: whatever the script leaves running would keep a pipe open.
        let (stdout, stderr) = (folder.join("stdout"), folder.join("stderr"));
        let status = Command::new("timeout")
            .args(["300", "bash", "-euo", "pipefail", "script.sh"])
            .current_dir(folder)
            .env("PATH", path)
            .stdin(Stdio::null())
            .stdout(File::create(&stdout).unwrap())
            .stderr(File::create(&stderr).unwrap())
            .status()
            .unwrap();
        let read = |path| fs::read_to_string(path).unwrap();
        Finished { status, stdout: read(stdout), stderr: read(stderr) }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
