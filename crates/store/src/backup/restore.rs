//! Puts a backup into a data directory.

use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};

use frontdesk_core::port::Random;
use frontdesk_core::time::Timestamp;

use super::copy::{Folders, copy};
use super::manifest::{DATABASE, FILES, FORMAT, Manifest, NAME, Part};
use crate::{DataDir, OpenError, durable, sqlite};

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
/// public identifiers stay valid.
///
/// If it is interrupted, the store does not open until it was run again. Blocks until it is done.
pub fn restore(
    from: &Path,
    to: &Path,
    aside: MovedAside,
    random: &dyn Random,
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
    let (epoch, generation) = match stage(from, &staged, &manifest, random) {
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
    sqlite::vouch(&directory, epoch, generation).map_err(failed(&directory.witness()))?;
    std::fs::remove_dir_all(&staged).map_err(failed(&staged))?;
    durable::sync_folder(directory.path()).map_err(failed(directory.path()))?;
    Ok(Restored { manifest, epoch, aside })
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
) -> Result<(u64, u64), RestoreError> {
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
    let renewed = sqlite::renew_database(&database, random)?;
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
