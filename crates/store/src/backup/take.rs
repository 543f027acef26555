//! Writes a backup.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use frontdesk_core::port::{BackupError, BackupProgress, BackupReport};
use frontdesk_core::time::Timestamp;

use super::copy::{Folders, copy, describe};
use super::manifest::{DATABASE, FILES, FORMAT, Manifest, NAME, Part};
use crate::sqlite::Contents;
use crate::{DataDir, durable, sqlite};

/// After how many files a word is said on progress.
const FILES_AT_A_TIME: usize = 64;

/// A backup to be written.
#[derive(Clone, Debug)]
pub(crate) struct Backup {
    /// A folder with what is backed up, in which no backup may lie.
    pub(crate) apart_from: PathBuf,
    /// The folder of the bytes of files.
    pub(crate) files: PathBuf,
    /// Where the backup is to be.
    pub(crate) to: PathBuf,
    /// When it was asked for.
    pub(crate) taken: Timestamp,
    /// The epoch of the store.
    pub(crate) epoch: u64,
}

/// A backup that is not complete, beside its place. It goes unless it is completed.
#[derive(Debug)]
pub(crate) struct Partial {
    folder: PathBuf,
    is_complete: bool,
}

impl Partial {
    /// Where the database is to be written.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.join(DATABASE)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.is_complete
            && let Err(error) = std::fs::remove_dir_all(&self.folder)
        {
            tracing::warn!(%error, path = %self.folder.display(), "what was written of a backup stays");
        }
    }
}

type Progress<'a> = dyn Fn(BackupProgress) -> ControlFlow<()> + 'a;

fn failed(path: &Path) -> impl FnOnce(io::Error) -> BackupError {
    move |error| BackupError::Failed(format!("{}: {error}", path.display()))
}

impl Backup {
    /// Writes one of the embedded store in a data directory. Blocks until it is complete and on the disk.
    pub(crate) fn write(
        &self,
        directory: &Path,
        progress: &Progress<'_>,
    ) -> Result<BackupReport, BackupError> {
        let partial = self.begin()?;
        let database = partial.database();
        durable::create_file(&database).map_err(failed(&database))?;
        let copied = sqlite::copy_database(&DataDir::database_of(directory), &database, progress)
            .map_err(|fault| BackupError::Failed(fault.0.to_string()))?;
        self.complete(partial, &copied.ok_or(BackupError::Stopped)?, progress)
    }

    /// Makes the folder in which it comes about.
    pub(crate) fn begin(&self) -> Result<Partial, BackupError> {
        let folder = self.place_beside()?;
        durable::create_folder(&folder).map_err(failed(&folder))?;
        Ok(Partial { folder, is_complete: false })
    }

    /// Adds the files to the database, and puts it into its place.
    pub(crate) fn complete(
        &self,
        mut partial: Partial,
        contents: &Contents,
        progress: &Progress<'_>,
    ) -> Result<BackupReport, BackupError> {
        let manifest = self.fill(&partial.folder, contents, progress)?;
        // Somebody else may have put something there meanwhile.
        self.refuse_what_is_there()?;
        std::fs::rename(&partial.folder, &self.to).map_err(failed(&self.to))?;
        partial.is_complete = true;
        durable::sync_folder(self.parent()).map_err(failed(&self.to))?;
        Ok(self.report(manifest))
    }

    fn parent(&self) -> &Path {
        self.to.parent().unwrap_or_else(|| Path::new("/"))
    }

    fn refuse_what_is_there(&self) -> Result<(), BackupError> {
        match self.to.symlink_metadata() {
            Ok(_) => Err(BackupError::Refused(format!(
                "{} exists already: a backup overwrites nothing",
                self.to.display()
            ))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(failed(&self.to)(error)),
        }
    }

    /// A name in the same folder that nobody else uses.
    fn place_beside(&self) -> Result<PathBuf, BackupError> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        self.refuse_what_is_there()?;
        let name = self.to.file_name().map(|name| name.to_string_lossy().into_owned());
        let (Some(name), true) = (name, self.to.is_absolute()) else {
            return Err(BackupError::Refused(format!("{} names no new folder", self.to.display())));
        };
        let parent = self.parent().canonicalize().map_err(failed(self.parent()))?;
        if self.apart_from.canonicalize().is_ok_and(|data| parent.starts_with(data)) {
            let inside = "a backup inside the data directory would be lost with it";
            return Err(BackupError::Refused(format!("{}: {inside}", self.to.display())));
        }
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Ok(parent.join(format!(".{name}.partial-{}-{number}", std::process::id())))
    }

    fn fill(
        &self,
        folder: &Path,
        contents: &Contents,
        progress: &Progress<'_>,
    ) -> Result<Manifest, BackupError> {
        let database = folder.join(DATABASE);
        std::fs::File::open(&database).and_then(|file| file.sync_all()).map_err(failed(&database))?;
        let described = describe(&database, DATABASE).map_err(failed(&database))?;
        let (files, missing) = self.copy_files(folder, &contents.files, progress)?;
        let manifest = Manifest {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            schema: contents.schema,
            epoch: self.epoch,
            taken: self.taken,
            logs: contents.logs,
            entries: contents.entries,
            database: described,
            files,
            missing,
            objects: contents.objects,
        };
        let bytes =
            serde_json::to_vec_pretty(&manifest).map_err(|error| BackupError::Failed(error.to_string()))?;
        let path = folder.join(NAME);
        durable::write_new(&path, &bytes).map_err(failed(&path))?;
        durable::sync_folder(folder).map_err(failed(folder))?;
        Ok(manifest)
    }

    /// After the database: whatever it knows has its bytes on the disk by then. Bytes are never changed, but may be
    /// deleted meanwhile.
    fn copy_files(
        &self,
        folder: &Path,
        names: &[String],
        progress: &Progress<'_>,
    ) -> Result<(Vec<Part>, Vec<String>), BackupError> {
        let (source, target) = (&self.files, folder.join(FILES));
        durable::create_folder(&target).map_err(failed(&target))?;
        let (mut folders, mut files, mut missing) = (Folders::default(), Vec::new(), Vec::new());
        for (done, name) in names.iter().enumerate() {
            let (from, to) = (source.join(name), target.join(name));
            folders.make_for(&target, &to).map_err(failed(&to))?;
            if from.is_file() {
                match copy(&from, &to, name) {
                    Ok(part) => files.push(part),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => missing.push(name.clone()),
                    Err(error) => return Err(failed(&from)(error)),
                }
            } else {
                missing.push(name.clone());
            }
            if done % FILES_AT_A_TIME == 0 || done + 1 == names.len() {
                let told = BackupProgress::Files { done: done as u64 + 1, total: names.len() as u64 };
                if progress(told).is_break() {
                    return Err(BackupError::Stopped);
                }
            }
        }
        folders.sync().map_err(failed(&target))?;
        Ok((files, missing))
    }

    fn report(&self, manifest: Manifest) -> BackupReport {
        BackupReport {
            path: self.to.clone(),
            taken: manifest.taken,
            bytes: manifest.bytes(),
            logs: manifest.logs,
            entries: manifest.entries,
            files: manifest.files.len() as u64,
            objects: manifest.objects,
            missing: manifest.missing,
        }
    }
}
