//! Puts a backup into a data directory.

use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};

use frontdesk_core::audit::Actor;
use frontdesk_core::port::{Clock, Random};
use frontdesk_core::time::Timestamp;

use super::copy::{Folders, copy};
use super::manifest::{DATABASE, FILES, FORMAT, Manifest, NAME, Part};
use crate::moving::{MoveError, OnMove, header_of, take_in};
use crate::postgres::{Found, Target};
use crate::sqlite::{self, Renewed};
use crate::{DataDir, OpenError, durable};

/// Why a backup was not restored. The texts are meant for the operator.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The folder is no backup, or not all of one.
    #[error("{path} is not a complete backup: {reason}", path = path.display())]
    NotABackup {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file of the backup is not the one that was written. Nothing was replaced.
    #[error("the backup is damaged: {name} is not what its manifest says; nothing was replaced")]
    Damaged {
        /// The file.
        name: String,
    },
    /// The data directory holds something.
    #[error("the data directory {path} is not empty; --force moves what is in it aside", path = path.display())]
    NotEmpty {
        /// The directory.
        path: PathBuf,
    },
    /// The data directory cannot be used, or the backup needs a newer version.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database cannot take it in.
    #[error(transparent)]
    Move(#[from] MoveError),
    /// Files cannot be read or written.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// What is done with what is in the data directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MovedAside {
    /// The restore is refused.
    Nothing,
    /// It is moved into a folder of the data directory that is named for this moment.
    At(Timestamp),
}

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// What the backup says of itself.
    pub manifest: Manifest,
    /// The epoch from now on.
    pub epoch: u64,
    /// Where what was in the data directory lies now.
    pub aside: Option<PathBuf>,
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> RestoreError {
    let path = path.to_path_buf();
    move |source| RestoreError::Io { path, source }
}

/// Restores a backup into a data directory, which is made if it does not exist. Nothing may use the directory. Every
/// byte is checked before anything is replaced. The store gets a new epoch and keeps its keys, so that tokens and
/// public identifiers stay valid. Who restored it, and when, is recorded in the audit log of every tenant.
///
/// If it is interrupted, the store does not open until it was run again. Blocks until it is done.
pub fn restore(
    from: &Path,
    to: &Path,
    aside: MovedAside,
    random: &dyn Random,
    by: (&Actor, Timestamp),
) -> Result<Restored, RestoreError> {
    let manifest = read_manifest(from)?;
    let directory = DataDir::open(to)?;
    let staged = directory.restoring();
    let present = what_is_in(&directory)?;
    if aside == MovedAside::Nothing && !present.is_empty() {
        return Err(RestoreError::NotEmpty { path: to.to_path_buf() });
    }
    let interrupted = staged.exists();
    if interrupted {
        clear(&staged).map_err(failed(&staged))?;
    } else {
        durable::create_folder(&staged).map_err(failed(&staged))?;
    }
    let renewed = match stage(from, &staged, &manifest, random, by) {
        Ok(renewed) => renewed,
        Err(error) => {
            clear(&staged).map_err(failed(&staged))?;
            if !interrupted {
                // Nothing was replaced yet, so nothing has to be finished.
                std::fs::remove_dir(&staged).map_err(failed(&staged))?;
            }
            return Err(error);
        }
    };
    // From here on the folder says that there is something to be finished.
    durable::sync_folder(directory.path()).map_err(failed(directory.path()))?;
    let aside = match aside {
        MovedAside::At(moment) if !present.is_empty() => Some(move_aside(&directory, &present, moment)?),
        MovedAside::At(_) | MovedAside::Nothing => None,
    };
    for (name, place) in [(FILES, directory.files()), (DATABASE, directory.database())] {
        std::fs::rename(staged.join(name), &place).map_err(failed(&place))?;
    }
    durable::sync_folder(directory.path()).map_err(failed(directory.path()))?;
    let Renewed { epoch, generation, heads } = renewed;
    sqlite::write_heads(&directory, &heads).map_err(failed(directory.path()))?;
    sqlite::vouch(&directory, epoch, generation).map_err(failed(&directory.witness()))?;
    std::fs::remove_dir_all(&staged).map_err(failed(&staged))?;
    durable::sync_folder(directory.path()).map_err(failed(directory.path()))?;
    Ok(Restored { manifest, epoch, aside })
}

/// A database that a backup is restored into.
#[derive(Clone, Debug)]
pub struct IntoDatabase {
    /// Its URL. It must be empty.
    pub url: String,
    /// Where the bytes of files are to be; `files` in the data directory without it.
    pub files: Option<PathBuf>,
    /// The data directory of a server on it, which must not run. The backup is checked in there.
    pub data_dir: PathBuf,
}

/// Restores a backup into a database. Every byte is checked before anything is written to the database, and everything that
/// was written is read again. The store gets a new epoch and keeps its keys, as by [`restore`].
///
/// If it is interrupted, no server opens the database, and the restore is to be begun anew into an empty one. Must be called
/// within a Tokio runtime of several threads.
pub async fn restore_into_database(
    from: &Path,
    into: &IntoDatabase,
    clock: &dyn Clock,
    random: &dyn Random,
    by: &Actor,
    told: &OnMove<'_>,
) -> Result<Restored, RestoreError> {
    let manifest = read_manifest(from)?;
    let directory = DataDir::open(&into.data_dir)?;
    let target = Target::connect(&into.url, clock).await?;
    let alone = target.alone().await?;
    match target.look().await? {
        Found::Nothing => {}
        Found::Unfinished(_) => return Err(MoveError::OtherMove { path: target.shown() }.into()),
        Found::Others(found) => return Err(MoveError::NotEmpty { path: target.shown(), found }.into()),
    }
    let staged = Staged::within(&directory)?;
    // On this thread: nothing else is to be done meanwhile.
    tokio::task::block_in_place(|| stage(from, &staged.0, &manifest, random, (by, clock.now())))?;
    let database = staged.0.join(DATABASE);
    let header = header_of(&database)?;
    target.note(&header, &alone).await?;
    let (copied, files) = (staged.0.join(FILES), into.files.clone().unwrap_or_else(|| directory.files()));
    let files = Some((copied.as_path(), files.as_path()));
    let moved = take_in(&database, files, (target, alone), &header, &|_| Ok(()), told).await?;
    Ok(Restored { manifest, epoch: moved.epoch, aside: None })
}

/// A folder in which a backup is checked. It goes with this.
struct Staged(PathBuf);

impl Staged {
    fn within(directory: &DataDir) -> Result<Self, RestoreError> {
        let folder = directory.path().join("restoring-for-database");
        if folder.exists() {
            clear(&folder).map_err(failed(&folder))?;
        } else {
            durable::create_folder(&folder).map_err(failed(&folder))?;
        }
        Ok(Self(folder))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, path = %self.0.display(), "what a backup was checked in stays");
        }
    }
}

fn read_manifest(from: &Path) -> Result<Manifest, RestoreError> {
    let not_a_backup = |reason: String| RestoreError::NotABackup { path: from.to_path_buf(), reason };
    let bytes =
        std::fs::read(from.join(NAME)).map_err(|error| not_a_backup(format!("its {NAME}: {error}")))?;
    let manifest: Manifest =
        serde_json::from_slice(&bytes).map_err(|error| not_a_backup(format!("its {NAME}: {error}")))?;
    if manifest.format > FORMAT {
        return Err(not_a_backup(format!(
            "it has format {}, but this frontdesk reads formats up to {FORMAT}",
            manifest.format
        )));
    }
    let is_plain =
        |part: &Part| Path::new(&part.name).components().all(|c| matches!(c, Component::Normal(_)));
    match manifest.files.iter().find(|part| !is_plain(part)) {
        Some(part) => Err(not_a_backup(format!("it names the file {:?}", part.name))),
        None => Ok(manifest),
    }
}

/// What is in a data directory, but for what says who uses it and what earlier restores left.
fn what_is_in(directory: &DataDir) -> Result<Vec<OsString>, RestoreError> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(directory.path()).map_err(failed(directory.path()))? {
        let name = entry.map_err(failed(directory.path()))?.file_name();
        let text = name.to_string_lossy();
        let stays = ["frontdesk.lock", "admin.sock", "lost+found", "restoring"].contains(&&*text)
            || text.starts_with("replaced-");
        if !stays {
            names.push(name);
        }
    }
    Ok(names)
}

/// Removes what is in a folder, not the folder.
fn clear(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            std::fs::remove_dir_all(entry.path())?;
        } else {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Copies and checks everything; gives the database its new epoch.
fn stage(
    from: &Path,
    staged: &Path,
    manifest: &Manifest,
    random: &dyn Random,
    (by, now): (&Actor, Timestamp),
) -> Result<Renewed, RestoreError> {
    let database = staged.join(DATABASE);
    check(&from.join(DATABASE), &database, &manifest.database)?;
    let files = staged.join(FILES);
    durable::create_folder(&files).map_err(failed(&files))?;
    let mut folders = Folders::default();
    for part in &manifest.files {
        let target = files.join(&part.name);
        folders.make_for(&files, &target).map_err(failed(&target))?;
        check(&from.join(FILES).join(&part.name), &target, part)?;
    }
    folders.sync().map_err(failed(&files))?;
    let renewed = sqlite::renew_database(&database, random, by, (manifest.taken, now))?;
    std::fs::File::open(&database).and_then(|file| file.sync_all()).map_err(failed(&database))?;
    durable::sync_folder(staged).map_err(failed(staged))?;
    Ok(renewed)
}

fn check(from: &Path, to: &Path, expected: &Part) -> Result<(), RestoreError> {
    let damaged = || RestoreError::Damaged { name: expected.name.clone() };
    if !from.is_file() {
        return Err(damaged());
    }
    let copied = copy(from, to, &expected.name).map_err(failed(from))?;
    if copied == *expected { Ok(()) } else { Err(damaged()) }
}

fn move_aside(directory: &DataDir, names: &[OsString], moment: Timestamp) -> Result<PathBuf, RestoreError> {
    let aside = directory.path().join(format!("replaced-{}", moment.as_millis()));
    durable::create_folder(&aside).map_err(failed(&aside))?;
    for name in names {
        let target = aside.join(name);
        std::fs::rename(directory.path().join(name), &target).map_err(failed(&target))?;
    }
    durable::sync_folder(&aside).map_err(failed(&aside))?;
    Ok(aside)
}
