//! A server of its own for a test, and how much memory it has ever had.

use frontdesk_tests::kit::{App, Customer, Frontdesk, Http, Process};
use tempfile::TempDir;

/// The demonstration, served by the real binary.
pub(super) struct Place {
    pub(super) process: Process,
    pub(super) anybody: Http,
    _folder: TempDir,
}

impl Place {
    /// Without limits of who may do how much.
    pub(super) fn unlimited() -> Self {
        Self::start(|server| server)
    }

    /// The same, with a command line that is changed.
    pub(super) fn start(change: impl Fn(Frontdesk) -> Frontdesk) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let process = change(Frontdesk::serve(folder.path()).argument("--demo")).start();
        Self { anybody: Http::new(&process.url), process, _folder: folder }
    }

    /// With the limits that there are unless an operator says otherwise.
    pub(super) fn limited() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // The demonstration has no limits; a server that finds its data has.
        let seeded = Frontdesk::serve(folder.path()).argument("--demo").start().terminate();
        assert!(seeded.status.success(), "{seeded:?}");
        let process = Frontdesk::serve(folder.path()).start();
        Self { anybody: Http::new(&process.url), process, _folder: folder }
    }

    pub(super) async fn app(&self) -> App {
        App::sign_in(&self.anybody, "demo-app", "demo-secret").await
    }

    pub(super) async fn customer(&self, user: &str) -> Customer {
        self.app().await.customer(user, "en").await
    }

    /// The most memory that it has ever had, in MiB.
    pub(super) fn most_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() >> 10
    }

    /// It stops in order, and nothing went wrong in it.
    pub(super) fn ends_well(self) {
        let finished = self.process.terminate();
        assert!(finished.status.success(), "{finished:?}");
        assert!(!finished.stderr.contains("panicked"), "{}", finished.stderr);
    }
}
