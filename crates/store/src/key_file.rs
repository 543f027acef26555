//! The file with the keys that the store's secrets are sealed with. It is kept apart from the store and from its backups.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use frontdesk_core::port::Random;
use frontdesk_core::vault::{Vault, VaultKey};
use zeroize::Zeroizing;

use crate::{OpenError, durable};

/// What every key file begins with.
const HEAD: &str = "# Keys of Frontdesk's store. Whoever has them and the store has its secrets: keep them apart.\n\
                    # The last one seals; the others only open what was sealed before, also in old backups.\n";

/// A key file.
#[derive(Debug)]
pub struct KeyFile {
    path: PathBuf,
    vault: Vault,
}

impl KeyFile {
    /// Reads a key file; `None` if there is none. It must be for its owner alone.
    pub fn read(path: &Path) -> Result<Option<Self>, OpenError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(OpenError::io(path)(error)),
        };
        let refused = |reason: String| OpenError::KeyFile { path: path.to_path_buf(), reason };
        must_be_private(path).map_err(&refused)?;
        let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let keys = lines.map(|(number, line)| {
            parse(line).ok_or_else(|| refused(format!("line {number} is no key, or was changed")))
        });
        let keys: Vec<VaultKey> = keys.collect::<Result<_, _>>()?;
        if keys.is_empty() {
            return Err(refused("there is no key in it".to_owned()));
        }
        Ok(Some(Self { path: path.to_path_buf(), vault: Vault::new(keys) }))
    }

    /// Makes a key file with one key, where there is none.
    pub fn create(path: &Path, random: &dyn Random) -> Result<Self, OpenError> {
        let file = Self { path: path.to_path_buf(), vault: Vault::new(vec![VaultKey::generate(random)]) };
        durable::write_new(path, file.text().as_bytes()).map_err(OpenError::io(path))?;
        Ok(file)
    }

    /// Adds a key, which seals from now on.
    pub fn rotate(self, random: &dyn Random) -> Result<Self, OpenError> {
        let mut keys = self.vault.keys().to_vec();
        keys.push(VaultKey::generate(random));
        let file = Self { vault: Vault::new(keys), ..self };
        durable::replace(&file.path, file.text().as_bytes()).map_err(OpenError::io(&file.path))?;
        Ok(file)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The keys.
    pub const fn vault(&self) -> &Vault {
        &self.vault
    }

    fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(HEAD.to_owned());
        for key in self.vault.keys() {
            let bytes = Zeroizing::new(hex::encode(key.as_bytes()));
            let _infallible = writeln!(text, "{} {}", key.name(), *bytes);
        }
        text
    }
}

fn parse(line: &str) -> Option<VaultKey> {
    let (name, bytes) = line.split_once(' ')?;
    let mut key = Zeroizing::new([0; VaultKey::BYTES]);
    hex::decode_to_slice(bytes.trim(), key.as_mut_slice()).ok()?;
    Some(VaultKey::from_bytes(&key)).filter(|key| key.name() == name)
}

#[cfg(unix)]
fn must_be_private(path: &Path) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = path.metadata().map_err(|error| error.to_string())?.permissions().mode() & 0o777;
    // Nothing for the group and for others.
    if mode.trailing_zeros() >= 6 {
        return Ok(());
    }
    Err(format!("others may read it (mode {mode:04o}); run chmod 600 on it"))
}

#[cfg(not(unix))]
fn must_be_private(_: &Path) -> Result<(), String> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Counting(std::sync::atomic::AtomicU8);

    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        }
    }

    #[test]
    fn a_key_file_is_made_rotated_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("frontdesk.key");
        let random = Counting(1.into());
        assert!(KeyFile::read(&path).unwrap().is_none());
        let first = KeyFile::create(&path, &random).unwrap();
        assert!(KeyFile::create(&path, &random).is_err(), "none is overwritten");
        assert_eq!(KeyFile::read(&path).unwrap().unwrap().vault(), first.vault());
        let sealed = first.vault().seal(&[], b"secret");
        let second = first.rotate(&random).unwrap();
        let read = KeyFile::read(&path).unwrap().unwrap();
        assert_eq!((read.vault(), read.vault().keys().len()), (second.vault(), 2));
        assert_eq!(read.vault().open(&[], &sealed).unwrap().as_slice(), b"secret");
    }

    #[test]
    fn a_file_that_others_may_read_or_that_was_changed_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("frontdesk.key");
        KeyFile::create(&path, &Counting(1.into())).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        durable::replace(&path, text.replace("0101", "0201").as_bytes()).unwrap();
        let changed = KeyFile::read(&path).unwrap_err().to_string();
        assert!(changed.contains("line 3"), "{changed}");
        durable::replace(&path, b"# nothing\n").unwrap();
        assert!(KeyFile::read(&path).unwrap_err().to_string().contains("no key"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            durable::replace(&path, text.as_bytes()).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
            let open = KeyFile::read(&path).unwrap_err().to_string();
            assert!(open.contains("0640"), "{open}");
        }
    }
}
