//! Content-addressed bytes beside the table: attachments, and texts too long for an item.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::audit::sha256_hex;

/// A folder of blobs, each a file named by the SHA-256 of its bytes.
///
/// Blocking: the files are small and the folder is local; callers in async code that write large
/// ones put it on a thread of its own.
#[derive(Debug)]
pub struct BlobStore {
    folder: PathBuf,
    /// Tells the unfinished files of this process apart.
    turn: AtomicU64,
}

/// What may go wrong with a blob.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    #[error("`{0}` names no blob; a name is 64 digits and letters a to f")]
    NotAHash(String),
    #[error("blob {0} is not in the store; fetch it again from where it came")]
    Missing(String),
    #[error("blob {hash} in {} is damaged; restore it from a backup", folder.display())]
    Damaged { hash: String, folder: PathBuf },
    #[error("{} can't be used; check the folder and the room on its disk", path.display())]
    Io { path: PathBuf, source: io::Error },
}

/// What came over from another store of blobs.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct TakenOver {
    pub new: usize,
    /// Those that are damaged over there, and are not here.
    pub damaged: Vec<String>,
}

impl BlobStore {
    /// Uses the folder, making it (for its owner's eyes only) where there is none.
    pub fn open(folder: impl Into<PathBuf>) -> Result<BlobStore, BlobError> {
        let folder = folder.into();
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(failed(&folder))?;
        Ok(BlobStore {
            folder,
            turn: AtomicU64::new(0),
        })
    }

    /// Keeps the bytes and gives their name. Once it returns they survive a power cut. What is
    /// there already is left as it is, unless it is damaged.
    pub fn put(&self, bytes: &[u8]) -> Result<String, BlobError> {
        let hash = sha256_hex(bytes);
        if self.get(&hash).is_ok() {
            return Ok(hash);
        }
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let unfinished = format!(".{hash}.{}.{turn}", std::process::id());
        let unfinished = self.folder.join(unfinished);
        let kept = self.folder.join(&hash);
        let written = write_whole(&unfinished, bytes)
            .and_then(|()| fs::rename(&unfinished, &kept))
            .and_then(|()| File::open(&self.folder)?.sync_all());
        if let Err(source) = written {
            // The reason counts, not whether the rest could be tidied away.
            let _ = fs::remove_file(&unfinished);
            return Err(BlobError::Io { path: kept, source });
        }
        Ok(hash)
    }

    /// The bytes of this name, checked against it.
    pub fn get(&self, hash: &str) -> Result<Vec<u8>, BlobError> {
        let path = self.path_of(hash)?;
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(BlobError::Missing(hash.to_owned()));
            }
            Err(source) => return Err(BlobError::Io { path, source }),
        };
        if sha256_hex(&bytes) == hash {
            Ok(bytes)
        } else {
            Err(BlobError::Damaged {
                hash: hash.to_owned(),
                folder: self.folder.clone(),
            })
        }
    }

    /// Whether a blob of this name is kept; its bytes are not looked at.
    pub fn contains(&self, hash: &str) -> Result<bool, BlobError> {
        let path = self.path_of(hash)?;
        path.try_exists().map_err(failed(&path))
    }

    /// The names of all blobs, in no order; unfinished ones are left out.
    pub fn names(&self) -> Result<Vec<String>, BlobError> {
        let entries = fs::read_dir(&self.folder).map_err(failed(&self.folder))?;
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(failed(&self.folder))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if self.path_of(&name).is_ok() {
                names.push(name);
            }
        }
        Ok(names)
    }

    /// Keeps every blob of the other store too; gives how many were not here yet. A damaged one of
    /// the other's is left out and named.
    pub fn take_over(&self, other: &BlobStore) -> Result<TakenOver, BlobError> {
        let mut taken = TakenOver::default();
        for name in other.names()? {
            if self.contains(&name)? {
                continue;
            }
            match other.get(&name) {
                Ok(bytes) => {
                    self.put(&bytes)?;
                    taken.new += 1;
                }
                Err(BlobError::Damaged { hash, .. }) => taken.damaged.push(hash),
                Err(error) => return Err(error),
            }
        }
        Ok(taken)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Only a true hash becomes part of a path.
    fn path_of(&self, hash: &str) -> Result<PathBuf, BlobError> {
        let digits = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if hash.len() == 64 && hash.bytes().all(digits) {
            Ok(self.folder.join(hash))
        } else {
            Err(BlobError::NotAHash(hash.to_owned()))
        }
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> BlobError {
    let path = path.to_owned();
    |source| BlobError::Io { path, source }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        let about = fs::metadata(path).expect("it is there");
        about.permissions().mode() & 0o777
    }

    #[test]
    fn a_blob_is_kept_once_under_its_hash_for_its_owner_alone() {
        let root = tempfile::tempdir().expect("a folder");
        let folder = root.path().join("a").join("blobs");
        let store = BlobStore::open(&folder).expect("opens");
        let hash = store.put(b"boiler").expect("kept");
        assert_eq!(store.put(b"boiler").expect("kept"), hash);
        assert_eq!(hash, sha256_hex(b"boiler"));
        assert_eq!(store.get(&hash).expect("found"), b"boiler");
        assert!(store.contains(&hash).expect("looked"));
        assert!(!store.contains(&sha256_hex(b"other")).expect("looked"));
        assert!(matches!(
            store.get(&sha256_hex(b"other")),
            Err(BlobError::Missing(_))
        ));
        assert_eq!(fs::read_dir(&folder).expect("lists").count(), 1);
        assert_eq!(mode(&folder), 0o700);
        assert_eq!(mode(&folder.join(&hash)), 0o600);
    }

    #[test]
    fn damage_is_seen_and_mended_by_putting_again() {
        let root = tempfile::tempdir().expect("a folder");
        let store = BlobStore::open(root.path().join("blobs")).expect("opens");
        let hash = store.put(b"boiler").expect("kept");
        fs::write(store.folder().join(&hash), b"broken").expect("writes");
        assert!(matches!(store.get(&hash), Err(BlobError::Damaged { .. })));
        assert_eq!(store.put(b"boiler").expect("kept"), hash);
        assert_eq!(store.get(&hash).expect("found"), b"boiler");
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let root = tempfile::tempdir().expect("a folder");
        let store = BlobStore::open(root.path().join("blobs")).expect("opens");
        let upper = sha256_hex(b"boiler").to_uppercase();
        for name in [
            "",
            "..",
            "../../etc/passwd",
            upper.as_str(),
            &"a".repeat(63),
        ] {
            assert!(matches!(store.get(name), Err(BlobError::NotAHash(_))));
            assert!(store.contains(name).is_err());
        }
    }
}
