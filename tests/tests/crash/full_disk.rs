//! A disk without room, under load: what cannot be written is refused readably, what was written is still served, and
//! nothing that was acknowledged is lost, also when the server is killed then.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::lives::Lives;
use super::senders::Senders;

/// A file system of its own in memory, which can be filled to the last byte.
struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// Only whoever may mount has one.
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", "size=48m", "frontdesk-small-disk"]).arg(folder.path());
        let mounted = command.stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        mounted.then_some(Self { folder })
    }

    /// Takes all the room that is left.
    fn fill(&self) {
        let mut ballast = File::options().create(true).append(true).open(self.ballast()).unwrap();
        let mut size = 1 << 20;
        while size > 0 {
            if ballast.write_all(&vec![0; size]).is_err() {
                size /= 2;
            }
        }
    }

    fn free(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }

    fn ballast(&self) -> std::path::PathBuf {
        self.folder.path().join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("--lazy").arg(self.folder.path()).status();
        assert!(unmounted.is_ok_and(|status| status.success()), "the small disk stays");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_and_loses_nothing() {
    let Some(disk) = SmallDisk::mount() else {
        println!("not run: only whoever may mount has a small disk");
        return;
    };
    let mut lives = Lives::begin_in(disk.folder.path().join("data")).await;
    let senders = Senders::start(&lives, 8).await;
    senders.are_heard(100).await;

    disk.fill();
    senders.are_refused(200).await;
    senders.can_read(&lives).await;
    disk.free();
    // By itself.
    senders.are_heard(100).await;

    disk.fill();
    senders.are_refused(50).await;
    lives.kill();
    // It starts and refuses, or says why it cannot start; it never begins anew.
    match lives.try_restart().await {
        Ok(()) => {
            senders.can_read(&lives).await;
            lives.kill();
        }
        Err(ended) => println!("without room: {}", ended.failed()),
    }
    disk.free();
    lives.restart().await;
    senders.are_heard(100).await;
    println!("acknowledged {}, refused {}", senders.acknowledged(), senders.refused());
    let faults = senders.finish(&lives).await;
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    lives.terminate().await;
}

/// Sets how large a file may become that a process writes.
fn limit_files(process: u32, bytes: &str) {
    let mut command = Command::new("prlimit");
    command.args(["--pid", &process.to_string(), &format!("--fsize={bytes}:unlimited")]);
    assert!(command.status().unwrap().success(), "prlimit works");
}

/// The same without any right to mount: nothing can be written at all, for whatever reason.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_takes_nothing_refuses_and_loses_nothing() {
    let mut lives = Lives::begin().await;
    let senders = Senders::start(&lives, 8).await;
    for _ in 0..3 {
        senders.are_heard(100).await;
        limit_files(lives.id(), "0");
        senders.are_refused(50).await;
        senders.can_read(&lives).await;
        limit_files(lives.id(), "unlimited");
        senders.are_heard(100).await;
        limit_files(lives.id(), "0");
        senders.are_refused(50).await;
        lives.kill();
        lives.restart().await;
    }
    senders.are_heard(100).await;
    println!("acknowledged {}, refused {}", senders.acknowledged(), senders.refused());
    let faults = senders.finish(&lives).await;
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    lives.terminate().await;
    assert!(is_database(&lives.data().join("frontdesk.db")), "it is where it was");
}

fn is_database(file: &Path) -> bool {
    std::fs::read(file).is_ok_and(|bytes| bytes.starts_with(b"SQLite format 3"))
}
