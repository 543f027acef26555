//! The directory that a store lives in.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::OpenError;

/// The directory that a store lives in, held by this process until the last clone is gone.
///
/// It is made with mode 0700: whoever can read it can read every conversation.
#[derive(Clone, Debug)]
pub struct DataDir(Arc<Held>);

#[derive(Debug)]
struct Held {
    path: PathBuf,
    /// The system gives the lock back when the file is closed, also after a crash.
    lock: File,
}

impl Drop for Held {
    fn drop(&mut self) {
        // A child process that is just being started has a copy of the file for a moment: closing this one alone would
        // leave the directory in use for that long.
        let _ = self.lock.unlock();
    }
}

impl DataDir {
    /// Makes the directory if it does not exist and takes its lock.
    ///
    /// Fails with [`OpenError::InUse`] if another process, or another part of this one, holds it.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        create(path)?;
        let lock = take_lock(path)?;
        Ok(Self(Arc::new(Held { path: path.to_path_buf(), lock })))
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// The database.
    pub fn database(&self) -> PathBuf {
        Self::database_of(&self.0.path)
    }

    /// The database of a directory that this process need not hold.
    pub fn database_of(path: &Path) -> PathBuf {
        path.join("frontdesk.db")
    }

    /// The folder with the bytes of files.
    pub fn files(&self) -> PathBuf {
        self.0.path.join("files")
    }

    /// The folder that there is only while a backup is being restored.
    pub(crate) fn restoring(&self) -> PathBuf {
        Self::restoring_of(&self.0.path)
    }

    /// The same of a directory that this process need not hold.
    pub(crate) fn restoring_of(path: &Path) -> PathBuf {
        path.join("restoring")
    }

    /// The file that says where the store was moved to, if it was.
    pub(crate) fn moved_of(path: &Path) -> PathBuf {
        path.join("frontdesk.moved")
    }

    /// Fails if the store of a directory was moved into a database.
    pub(crate) fn refuse_moved(path: &Path) -> Result<(), OpenError> {
        let mark = Self::moved_of(path);
        match std::fs::read_to_string(&mark) {
            Ok(to) => Err(OpenError::Moved { path: path.to_path_buf(), to: to.trim().to_owned() }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(OpenError::io(&mark)(error)),
        }
    }

    /// Has the embedded store begin a new epoch when it is opened next, as if it had been put back to an earlier state: for
    /// those who put it back so that it does not show.
    pub fn forget_witness(&self) -> Result<(), OpenError> {
        let witness = self.witness();
        match std::fs::remove_file(&witness) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(OpenError::io(&witness)(error)),
            Ok(()) | Err(_) => crate::durable::sync_folder(self.path()).map_err(OpenError::io(self.path())),
        }
    }

    /// What was last seen of the database; see [`crate::sqlite`].
    pub(crate) fn witness(&self) -> PathBuf {
        self.0.path.join("frontdesk.witness")
    }

    /// What the heads of the audit log were, beside the database.
    pub(crate) fn audit_anchors(&self) -> PathBuf {
        Self::audit_anchors_of(&self.0.path)
    }

    /// The same of a directory that this process need not hold.
    pub(crate) fn audit_anchors_of(path: &Path) -> PathBuf {
        path.join("frontdesk.audit")
    }

    /// The socket through which a running server takes administrative commands.
    pub fn admin_socket(&self) -> PathBuf {
        Self::admin_socket_of(&self.0.path)
    }

    /// The admin socket of a directory that this process need not hold.
    pub fn admin_socket_of(path: &Path) -> PathBuf {
        path.join("admin.sock")
    }
}

fn create(path: &Path) -> Result<(), OpenError> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(OpenError::io(path))?;
    // The store is only as durable as the directory that it is in.
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or_else(|| Path::new("."));
    File::open(parent).and_then(|parent| parent.sync_all()).map_err(OpenError::io(parent))
}

fn take_lock(directory: &Path) -> Result<File, OpenError> {
    let path = directory.join("frontdesk.lock");
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&path).map_err(OpenError::io(&path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // Who holds it is only told; that it is held is certain.
            let _ = file.read_to_string(&mut holder);
            let pid = holder.trim().parse().ok();
            return Err(OpenError::InUse { path: directory.to_path_buf(), pid });
        }
        Err(TryLockError::Error(error)) => return Err(OpenError::io(&path)(error)),
    }
    file.set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| writeln!(file, "{}", std::process::id()))
        .map_err(OpenError::io(&path))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_told_who_the_first_is() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("new").join("data");
        let first = DataDir::open(&path).unwrap();
        let refused = DataDir::open(&path).unwrap_err().to_string();
        assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
        drop(first);
        DataDir::open(&path).unwrap();
    }

    #[test]
    fn it_is_free_once_it_is_given_back_whoever_has_a_copy_of_the_file() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("data");
        let first = DataDir::open(&path).unwrap();
        let _copy = first.0.lock.try_clone().unwrap();
        drop(first);
        DataDir::open(&path).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_look_in() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("data");
        let _held = DataDir::open(&path).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    }
}
