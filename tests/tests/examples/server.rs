//! A demonstration as its own process, in a folder that looks like the repository after `make run`.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use frontdesk_tests::kit::binary;
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
        std::fs::create_dir_all(&release).unwrap();
        symlink(binary(), release.join("frontdesk")).unwrap();
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--internal-listen", "127.0.0.1:0"])
            .current_dir(folder.path())
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

    /// `bash` in the server's folder, strict, with `frontdesk` on its path and nothing on its standard input. What
    /// hangs ends after some minutes.
    pub(super) fn bash(&self, script: &Path) -> Command {
        let mut path = OsString::from(binary().parent().unwrap());
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let mut command = Command::new("timeout");
        command.args(["300", "bash", "-euo", "pipefail"]).arg(script);
        command.current_dir(self.folder.path()).env("PATH", path).stdin(Stdio::null());
        command
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
