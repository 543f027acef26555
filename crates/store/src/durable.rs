//! Writing files so that they are there whole, for nobody else to read, and survive a power cut.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Makes a folder with mode 0700; fails if something is there.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes a file with mode 0600; fails if something is there.
pub(crate) fn create_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes a file with these bytes; fails if something is there.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = create_file(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Replaces a file: whoever reads it finds the old bytes or the new ones.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Named for the whole name: files that differ in their ending alone are replaced at the same time.
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = Path::new(&beside);
    match std::fs::remove_file(beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    write_new(beside, bytes)?;
    std::fs::rename(beside, path)?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// Makes what was created, renamed or removed in a folder last.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_differ_in_their_ending_do_not_get_into_each_others_way() {
        let folder = tempfile::tempdir().unwrap();
        let again_and_again = |ending: &str| {
            let path = folder.path().join("frontdesk").with_extension(ending);
            for _ in 0..200 {
                replace(&path, ending.as_bytes()).unwrap();
                assert_eq!(std::fs::read_to_string(&path).unwrap(), ending);
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(|| again_and_again("one"));
            scope.spawn(|| again_and_again("other"));
        });
    }
}
