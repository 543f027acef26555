//! The machine: the folders, the room on their disks, and how many files may be open.

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use frontdesk_server::config::Config;
use frontdesk_server::listen::Limits;
use frontdesk_store::DataDir;
use rustix::fs::{Access, StatVfs, access, statvfs};

use super::finding::Finding;
use super::server::Running;
use crate::boot::{FILES_BESIDE_CONNECTIONS, connections_within};

/// With less room than this on its disk, a store is about to stop.
const TOO_LITTLE: u64 = 256 << 20;
/// With less room than this it is time to look.
const LITTLE: u64 = 2 << 30;
/// The longest path of a socket, in bytes, on Linux.
const LONGEST_SOCKET: usize = 107;

/// A size as people say it.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..0x10_0000 => format!("{} KiB", bytes.div_ceil(1 << 10)),
        0x10_0000..0x4000_0000 => format!("{} MiB", bytes >> 20),
        _ => format!("{}.{} GiB", bytes >> 30, ((bytes % (1 << 30)) * 10) >> 30),
    }
}

/// The data directory, and the folder of files if it is another.
pub(super) fn data_directory(config: &Config) -> Vec<Finding> {
    let mut findings = vec![folder("data directory", &config.data_dir)];
    let socket = DataDir::admin_socket_of(&config.data_dir);
    if socket.as_os_str().as_bytes().len() > LONGEST_SOCKET {
        findings.push(Finding::wrong(
            "admin socket",
            format!("{} is too long for the name of a socket", socket.display()),
            format!(
                "choose a data directory whose path has at most {} bytes",
                LONGEST_SOCKET - "/admin.sock".len()
            ),
        ));
    }
    if !config.store.files.as_os_str().is_empty() {
        findings.push(folder("files", &config.store.files));
    }
    findings
}

fn folder(check: &'static str, path: &Path) -> Finding {
    let shown = path.display();
    let user = "run this command as the user that the server runs as; if it says the same then, give that user the folder \
                (chown), and see that the disk is not mounted read-only";
    if !path.exists() {
        let parent = nearest(path);
        return match access(&parent, Access::WRITE_OK | Access::EXEC_OK) {
            Ok(()) => Finding::well(check, format!("{shown} is not there yet; the first start makes it")),
            Err(error) => Finding::wrong(
                check,
                format!("{shown} is not there and cannot be made in {}: {error}", parent.display()),
                user,
            ),
        };
    }
    if !path.is_dir() {
        return Finding::wrong(
            check,
            format!("{shown} is not a folder"),
            "name another one, or move it away",
        );
    }
    if let Err(error) = access(path, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK) {
        return Finding::wrong(check, format!("{shown} cannot be used: {error}"), user);
    }
    let mode = fs::metadata(path).map_or(0, |data| data.permissions().mode() & 0o777);
    if check != "files" && mode & 0o077 != 0 {
        return Finding::warning(
            check,
            format!(
                "{shown} is open to others (mode {mode:03o}); whoever can read it can read every conversation"
            ),
            format!("chmod 700 {shown}"),
        );
    }
    Finding::well(check, shown.to_string())
}

/// The path itself, or what there is of it.
fn nearest(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    path.ancestors().find(|folder| folder.exists()).unwrap_or_else(|| Path::new("/")).to_path_buf()
}

/// The room on the disks.
pub(super) fn disk(config: &Config) -> Vec<Finding> {
    let mut folders = vec![&config.data_dir];
    if !config.store.files.as_os_str().is_empty() {
        folders.push(&config.store.files);
    }
    folders.into_iter().map(|folder| room(folder)).collect()
}

fn room(folder: &Path) -> Finding {
    let shown = folder.display();
    match statvfs(nearest(folder)) {
        Ok(disk) => room_of(&shown.to_string(), &disk),
        Err(error) => Finding::warning(
            "disk",
            format!("how much room there is for {shown} cannot be told: {error}"),
            "look with df",
        ),
    }
}

fn room_of(shown: &str, disk: &StatVfs) -> Finding {
    let check = "disk";
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let all = disk.f_blocks.saturating_mul(disk.f_frsize);
    let found = format!("{} of {} free for {shown}", size(free), size(all));
    let advice = "make room, or a larger disk: nothing is acknowledged any more once it is full. What a tenant need not keep \
                  can go by itself (retention)";
    // Some file systems do not count their files.
    let no_more_files = disk.f_files > 0 && disk.f_favail < 1_000;
    if free < TOO_LITTLE || no_more_files {
        let files = if no_more_files { ", and room for hardly any more files" } else { "" };
        Finding::wrong(check, format!("{found}{files}"), advice)
    } else if free < LITTLE {
        Finding::warning(check, found, advice)
    } else {
        Finding::well(check, found)
    }
}

/// How many files the server may have open; each connection is one. Of a server that runs its own limit counts, and not
/// that of whoever asks.
pub(super) fn open_files(running: Option<Running>) -> Finding {
    let pid = running.and_then(|running| running.pid);
    let of_server = pid.and_then(|pid| limit_of(&format!("/proc/{pid}/limits")));
    let whose = if of_server.is_some() { "the server may" } else { "a server started from here may" };
    match of_server.or_else(|| limit_of("/proc/self/limits")) {
        Some(most) => judged(most, whose),
        None => Finding::well("open files", "this system does not tell how many there may be"),
    }
}

fn judged(most: u64, whose: &str) -> Finding {
    let check = "open files";
    let connections = u64::from(Limits::default().max_connections);
    let needed = connections + FILES_BESIDE_CONNECTIONS;
    if most >= needed {
        return Finding::well(check, format!("{whose} open {most}"));
    }
    Finding::warning(
        check,
        format!(
            "{whose} open {most}, which is enough for about {} of {connections} connections at a time",
            connections_within(most)
        ),
        format!("start it with LimitNOFILE={needed} or more (systemd), or after `ulimit -n {needed}`"),
    )
}

fn limit_of(path: &str) -> Option<u64> {
    soft_limit(&fs::read_to_string(path).ok()?)
}

/// The soft limit of open files in what `/proc` says.
fn soft_limit(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(u64::MAX),
        number => number.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_in_the_largest_unit() {
        let said = [0, 1, 1 << 20, (1 << 30) - 1, 3 << 29].map(size);
        assert_eq!(said, ["0 KiB", "1 KiB", "1 MiB", "1023 MiB", "1.5 GiB"]);
    }

    #[test]
    fn the_soft_limit_is_read() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
                      Max processes             96000                96000                processes \n\
                      Max open files            1024                 1048576              files     \n";
        assert_eq!(soft_limit(limits), Some(1_024));
        assert_eq!(soft_limit("Max open files   unlimited   unlimited   files"), Some(u64::MAX));
        assert_eq!(soft_limit(""), None);
    }

    #[test]
    fn a_disk_is_judged_by_its_room_for_bytes_and_files() {
        let state = |bytes: u64, files, left| {
            let disk = StatVfs {
                f_bsize: 4_096,
                f_frsize: 4_096,
                f_blocks: 100 << 20,
                f_bfree: bytes / 4_096,
                f_bavail: bytes / 4_096,
                f_files: files,
                f_ffree: left,
                f_favail: left,
                f_fsid: 0,
                f_flag: rustix::fs::StatVfsMountFlags::empty(),
                f_namemax: 255,
            };
            serde_json::to_value(room_of("/data", &disk)).unwrap()["state"].as_str().unwrap().to_owned()
        };
        assert_eq!(state(3 << 30, 1_000_000, 500_000), "well");
        assert_eq!(state(3 << 30, 0, 0), "well");
        assert_eq!(state(1 << 30, 1_000_000, 500_000), "warning");
        assert_eq!(state(1 << 20, 1_000_000, 500_000), "wrong");
        assert_eq!(state(3 << 30, 1_000_000, 10), "wrong");
    }
}
