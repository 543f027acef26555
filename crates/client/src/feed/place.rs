//! Where a feed's place is kept across restarts.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use frontdesk_api::messaging::poll::MAX_CURSOR_CHARACTERS;
use serde::{Deserialize, Serialize};

/// How far a feed's caller has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The cursor from which the feed goes on.
    pub cursor: String,
    /// The number of the last entry that was taken, which may lie behind the cursor; `0` if none was.
    pub seq: u64,
}

/// Keeps one feed's place. Each customer and each device has one of its own.
#[async_trait]
pub trait PlaceStore: Send + Sync {
    /// The place; `None` if there is none yet.
    async fn load(&self) -> io::Result<Option<Place>>;

    /// Keeps another place, wholly or not at all. Never called twice at a time by one feed.
    async fn save(&self, place: &Place) -> io::Result<()>;
}

/// Keeps the place as long as the process lives.
#[derive(Debug, Default)]
pub struct MemoryPlaces(Mutex<Option<Place>>);

#[async_trait]
impl PlaceStore for MemoryPlaces {
    async fn load(&self) -> io::Result<Option<Place>> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    async fn save(&self, place: &Place) -> io::Result<()> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(place.clone());
        Ok(())
    }
}

/// Keeps the place in a file, which is replaced as a whole and on disk before a message counts as taken.
#[derive(Debug)]
pub struct FilePlaces {
    path: PathBuf,
}

impl FilePlaces {
    /// In this file, whose folder must exist. Beside it a file of the same name with `.new` behind it comes and goes.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}

#[async_trait]
impl PlaceStore for FilePlaces {
    /// A file that holds something else counts as none: the server knows the device's place too.
    async fn load(&self) -> io::Result<Option<Place>> {
        let path = self.path.clone();
        match blocking(move || std::fs::read(path)).await {
            Ok(bytes) => {
                let place = serde_json::from_slice(&bytes).ok();
                Ok(place.filter(|place: &Place| place.cursor.chars().count() <= MAX_CURSOR_CHARACTERS))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn save(&self, place: &Place) -> io::Result<()> {
        let (path, bytes) = (self.path.clone(), serde_json::to_vec(place)?);
        blocking(move || replace(&path, &bytes)).await
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    std::fs::rename(&beside, path)?;
    #[cfg(unix)]
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        // The new name is on disk only with its folder.
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(cursor: &str, seq: u64) -> Place {
        Place { cursor: cursor.to_owned(), seq }
    }

    #[tokio::test]
    async fn a_file_keeps_the_last_place_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ann");
        assert_eq!(FilePlaces::new(&path).load().await.unwrap(), None);
        for seq in 1..=3 {
            FilePlaces::new(&path).save(&place(&format!("c{seq}"), seq)).await.unwrap();
        }
        assert_eq!(FilePlaces::new(&path).load().await.unwrap(), Some(place("c3", 3)));
        let names: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path()).collect();
        assert_eq!(names, [path]);
    }

    /// What a crash in the middle leaves behind is a whole place: the old one.
    #[tokio::test]
    async fn a_place_that_was_not_finished_does_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ann");
        let places = FilePlaces::new(&path);
        places.save(&place("whole", 1)).await.unwrap();
        std::fs::write(folder.path().join("ann.new"), "{\"cur").unwrap();
        assert_eq!(places.load().await.unwrap(), Some(place("whole", 1)));
        places.save(&place("next", 2)).await.unwrap();
        assert_eq!(places.load().await.unwrap(), Some(place("next", 2)));
    }

    #[tokio::test]
    async fn what_is_no_place_counts_as_none_and_what_cannot_be_kept_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ann");
        let long = serde_json::to_string(&place(&"x".repeat(MAX_CURSOR_CHARACTERS + 1), 1)).unwrap();
        for text in ["", "{", "[]", &long] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(FilePlaces::new(&path).load().await.unwrap(), None, "{text}");
        }
        let nowhere = FilePlaces::new(folder.path().join("missing/ann"));
        assert!(nowhere.save(&place("c", 1)).await.is_err());
        assert!(FilePlaces::new(folder.path()).load().await.is_err());
    }
}
