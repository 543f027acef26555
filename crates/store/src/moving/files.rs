//! The bytes of files, where they have to move as well.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::MoveError;
use crate::backup::copy::{copy, describe};
use crate::durable;

/// After how many files a word is said on progress.
const AT_A_TIME: usize = 64;

/// What became of the bytes of files.
#[derive(Debug, Default)]
pub(super) struct Copied {
    pub(super) files: u64,
    /// Files that the store knows but whose bytes were not there.
    pub(super) missing: Vec<String>,
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> MoveError {
    let path = path.to_path_buf();
    move |source| MoveError::Io { path, source }
}

/// Copies what is not there yet, and looks at every byte that is.
pub(super) fn copy_all(
    names: &[String],
    from: &Path,
    to: &Path,
    told: &dyn Fn(u64, u64),
) -> Result<Copied, MoveError> {
    std::fs::create_dir_all(to).map_err(failed(to))?;
    let mut copied = Copied::default();
    if from.canonicalize().ok() == to.canonicalize().ok() {
        return Ok(copied);
    }
    let mut folders = BTreeSet::from([to.to_path_buf()]);
    for (done, name) in names.iter().enumerate() {
        let (source, target) = (from.join(name), to.join(name));
        if source.is_file() {
            make_folders(to, &target, &mut folders)?;
            copy_one(name, &source, &target)?;
            copied.files += 1;
        } else {
            copied.missing.push(name.clone());
        }
        if done % AT_A_TIME == 0 || done + 1 == names.len() {
            told(done as u64 + 1, names.len() as u64);
        }
    }
    // From the innermost on: what a folder names is on the disk before it is.
    for folder in folders.iter().rev() {
        durable::sync_folder(folder).map_err(failed(folder))?;
    }
    Ok(copied)
}

fn make_folders(root: &Path, file: &Path, known: &mut BTreeSet<PathBuf>) -> Result<(), MoveError> {
    let Some(parent) = file.parent() else { return Ok(()) };
    std::fs::create_dir_all(parent).map_err(failed(parent))?;
    known.extend(parent.ancestors().take_while(|folder| folder.starts_with(root)).map(Path::to_path_buf));
    Ok(())
}

fn copy_one(name: &str, source: &Path, target: &Path) -> Result<(), MoveError> {
    if target.exists() {
        let whole = describe(source, name).map_err(failed(source))?;
        if describe(target, name).map_err(failed(target))? == whole {
            return Ok(());
        }
        // The beginning of it, from a move that was interrupted.
        std::fs::remove_file(target).map_err(failed(target))?;
    }
    let sent = copy(source, target, name).map_err(failed(target))?;
    if describe(target, name).map_err(failed(target))? == sent {
        return Ok(());
    }
    Err(MoveError::FileDiffers { name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_stays_what_is_half_there_is_copied_again_and_what_is_missing_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        let names = ["ab/one", "ab/two", "cd/gone"].map(str::to_owned);
        std::fs::create_dir_all(from.join("ab")).unwrap();
        std::fs::write(from.join("ab/one"), "one").unwrap();
        std::fs::write(from.join("ab/two"), "two").unwrap();
        std::fs::create_dir_all(to.join("ab")).unwrap();
        std::fs::write(to.join("ab/two"), "t").unwrap();
        for _ in 0..2 {
            let copied = copy_all(&names, &from, &to, &|_, _| ()).unwrap();
            assert_eq!((copied.files, copied.missing), (2, vec!["cd/gone".to_owned()]));
            assert_eq!(std::fs::read_to_string(to.join("ab/two")).unwrap(), "two");
        }
        assert_eq!(copy_all(&names, &from, &from, &|_, _| ()).unwrap().files, 0);
    }
}
