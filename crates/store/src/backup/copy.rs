//! Copies a file and hashes it on the way.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::manifest::Part;
use crate::durable;

const BUFFER: usize = 1 << 18;

/// Copies a file to a place where nothing is yet, for good.
pub(crate) fn copy(from: &Path, to: &Path, name: &str) -> io::Result<Part> {
    let mut source = File::open(from)?;
    let mut target = durable::create_file(to)?;
    let part = pass(&mut source, name, |bytes| target.write_all(bytes))?;
    target.sync_all()?;
    Ok(part)
}

/// Describes a file.
pub(crate) fn describe(path: &Path, name: &str) -> io::Result<Part> {
    pass(&mut File::open(path)?, name, |_| Ok(()))
}

fn pass(source: &mut File, name: &str, mut with: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<Part> {
    let (mut hasher, mut bytes) = (Sha256::new(), 0);
    let mut buffer = vec![0; BUFFER];
    loop {
        let read = match source.read(&mut buffer) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let Some(piece) = buffer.get(..read).filter(|piece| !piece.is_empty()) else { break };
        hasher.update(piece);
        with(piece)?;
        bytes += read as u64;
    }
    Ok(Part { name: name.to_owned(), bytes, sha256: hex::encode(hasher.finalize()) })
}

/// Folders that files were put into, to be made durable once they are complete.
#[derive(Default)]
pub(super) struct Folders(std::collections::BTreeSet<std::path::PathBuf>);

impl Folders {
    /// Makes the folders between a root, which is there, and a file.
    pub(super) fn make_for(&mut self, root: &Path, file: &Path) -> io::Result<()> {
        let inner = file.parent().and_then(|parent| parent.strip_prefix(root).ok());
        let mut folder = root.to_path_buf();
        self.0.insert(folder.clone());
        for name in inner.into_iter().flat_map(Path::components) {
            folder.push(name);
            if self.0.insert(folder.clone()) {
                durable::create_folder(&folder)?;
            }
        }
        Ok(())
    }

    /// What was put into them stays.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.0.iter().try_for_each(|folder| durable::sync_folder(folder))
    }
}
