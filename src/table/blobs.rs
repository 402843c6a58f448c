//! Content-addressed bytes beside the table: attachments, and texts too long for an item.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

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
    /// Held while a blob grows, is said to be wanted, or is removed.
    changing: Mutex<()>,
}

/// A piece of a blob on its way in.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a> {
    /// The blob's name.
    pub sha256: &'a str,
    /// Whose it is until it is whole: nobody sees, or adds to, what another has begun.
    pub of: &'a str,
    /// Where in the blob it begins.
    pub start: u64,
    /// How many bytes the whole blob has.
    pub total: u64,
    pub bytes: &'a [u8],
}

/// How far a blob has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrived {
    Whole,
    /// So many bytes from its beginning; the next piece begins there.
    Part(u64),
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
    #[error("the bytes hash to {found}, not to {hash}; send them again from the beginning")]
    WrongHash { hash: String, found: String },
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
            changing: Mutex::new(()),
        })
    }

    /// Keeps the bytes and gives their name. Once it returns they survive a power cut. What is
    /// there already is left as it is, unless it is damaged, but counts as new.
    pub fn put(&self, bytes: &[u8]) -> Result<String, BlobError> {
        let hash = sha256_hex(bytes);
        if self.want(&hash)? && self.get(&hash).is_ok() {
            return Ok(hash);
        }
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let unfinished = format!(".{hash}.{}.{turn}", std::process::id());
        let unfinished = self.folder.join(unfinished);
        let kept = self.folder.join(&hash);
        let written =
            write_whole(&unfinished, bytes).and_then(|()| self.take_its_place(&unfinished, &kept));
        if let Err(source) = written {
            // The reason counts, not whether the rest could be tidied away.
            let _ = fs::remove_file(&unfinished);
            return Err(BlobError::Io { path: kept, source });
        }
        Ok(hash)
    }

    /// The same for what somebody else keeps too: it counts as old from the beginning, so that it
    /// goes as soon as nobody needs it here.
    pub fn put_copy(&self, bytes: &[u8]) -> Result<(), BlobError> {
        let path = self.path_of(&self.put(bytes)?)?;
        let _one = self.changing();
        File::open(&path)
            .and_then(|file| file.set_modified(SystemTime::UNIX_EPOCH))
            .map_err(failed(&path))
    }

    /// Takes in a piece of a blob; says how far the blob has come. A piece that does not begin where
    /// the one before ended changes nothing, so that whoever was cut off asks with any piece where
    /// to go on. Once it is [`Arrived::Whole`] it survives a power cut.
    ///
    /// # Errors
    /// [`BlobError::WrongHash`] where the whole is not what its name says; all of it is let go.
    pub fn take_piece(&self, piece: Piece<'_>) -> Result<Arrived, BlobError> {
        let path = self.part_of(piece.sha256, piece.of)?;
        let _one = self.changing();
        let mut have = length(&path).map_err(failed(&path))?;
        if have >= piece.total && have > 0 {
            // Whatever that was, it did not become whole.
            fs::remove_file(&path).map_err(failed(&path))?;
            have = 0;
        }
        if have != piece.start {
            return Ok(Arrived::Part(have));
        }
        append(&path, piece).map_err(failed(&path))?;
        let have = have + piece.bytes.len() as u64;
        if have < piece.total {
            return Ok(Arrived::Part(have));
        }
        let bytes = fs::read(&path).map_err(failed(&path))?;
        let found = sha256_hex(&bytes);
        if found != piece.sha256 {
            fs::remove_file(&path).map_err(failed(&path))?;
            let hash = piece.sha256.to_owned();
            return Err(BlobError::WrongHash { hash, found });
        }
        let kept = self.path_of(piece.sha256)?;
        let synced = File::open(&path).and_then(|file| file.sync_all());
        synced
            .and_then(|()| self.take_its_place(&path, &kept))
            .map_err(failed(&kept))?;
        Ok(Arrived::Whole)
    }

    /// How many bytes of a blob that is not whole have come from somebody.
    pub fn begun(&self, hash: &str, of: &str) -> Result<u64, BlobError> {
        let path = self.part_of(hash, of)?;
        length(&path).map_err(failed(&path))
    }

    /// Lets go what has come from somebody of a blob that is not whole.
    pub fn forget_begun(&self, hash: &str, of: &str) -> Result<(), BlobError> {
        let path = self.part_of(hash, of)?;
        let _one = self.changing();
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(&path)(error)),
            Ok(()) | Err(_) => Ok(()),
        }
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

    /// Some of a blob's bytes, not checked against its name, and how many it has in all.
    pub fn part(&self, hash: &str, start: u64, limit: usize) -> Result<(Vec<u8>, u64), BlobError> {
        let path = self.path_of(hash)?;
        let read = || {
            let file = File::open(&path)?;
            let total = file.metadata()?.len();
            let rest = usize::try_from(total.saturating_sub(start)).unwrap_or(usize::MAX);
            let mut bytes = vec![0; rest.min(limit)];
            file.read_exact_at(&mut bytes, start)?;
            Ok((bytes, total))
        };
        read().map_err(|error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => BlobError::Missing(hash.to_owned()),
            _ => failed(&path)(error),
        })
    }

    /// Lets a blob count as new, so that it is not removed for its age; whether it is here.
    pub fn want(&self, hash: &str) -> Result<bool, BlobError> {
        let path = self.path_of(hash)?;
        let _one = self.changing();
        let touched = File::open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        match touched {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(BlobError::Io { path, source }),
        }
    }

    /// Whether a blob came, or was wanted last, before a moment.
    pub fn is_older(&self, hash: &str, than: SystemTime) -> Result<bool, BlobError> {
        let path = self.path_of(hash)?;
        is_older(&path, than).map_err(failed(&path))
    }

    /// Removes a blob that nobody has wanted since a moment; whether it is gone.
    pub fn remove_if_older(&self, hash: &str, than: SystemTime) -> Result<bool, BlobError> {
        let path = self.path_of(hash)?;
        let _one = self.changing();
        if !is_older(&path, than).map_err(failed(&path))? {
            return Ok(false);
        }
        fs::remove_file(&path).map_err(failed(&path))?;
        Ok(true)
    }

    /// Removes what was begun and left alone since a moment.
    pub fn remove_unfinished(&self, than: SystemTime) -> Result<(), BlobError> {
        let _one = self.changing();
        for entry in fs::read_dir(&self.folder).map_err(failed(&self.folder))? {
            let path = entry.map_err(failed(&self.folder))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let is_ours = name.strip_prefix('.').and_then(|rest| rest.get(..64));
            let is_ours = is_ours.is_some_and(|hash| self.path_of(hash).is_ok());
            if is_ours && is_older(&path, than).map_err(failed(&path))? {
                fs::remove_file(&path).map_err(failed(&path))?;
            }
        }
        Ok(())
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

    fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_its_place(&self, finished: &Path, kept: &Path) -> io::Result<()> {
        fs::rename(finished, kept)?;
        File::open(&self.folder)?.sync_all()
    }

    /// The file of a blob that is not whole.
    fn part_of(&self, hash: &str, of: &str) -> Result<PathBuf, BlobError> {
        self.path_of(hash)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if of.bytes().all(plain) {
            Ok(self.folder.join(format!(".{hash}.{of}.part")))
        } else {
            Err(BlobError::NotAHash(of.to_owned()))
        }
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

fn append(path: &Path, piece: Piece<'_>) -> io::Result<()> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    file.write_all_at(piece.bytes, piece.start)
        .inspect_err(|_| {
            // What was not written whole must not count.
            let _ = file.set_len(piece.start);
        })
}

/// How long a file is; 0 where there is none.
fn length(path: &Path) -> io::Result<u64> {
    match fs::metadata(path) {
        Ok(about) => Ok(about.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}

/// Whether a file was last changed before a moment; one that is gone was not.
fn is_older(path: &Path, than: SystemTime) -> io::Result<bool> {
    match fs::metadata(path) {
        Ok(about) => Ok(about.modified()? < than),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
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

    fn piece<'a>(sha256: &'a str, of: &'a str, start: u64, bytes: &'a [u8]) -> Piece<'a> {
        Piece {
            sha256,
            of,
            start,
            total: 6,
            bytes,
        }
    }

    #[test]
    fn a_blob_comes_in_pieces_and_goes_on_where_it_was_cut_off() {
        let root = tempfile::tempdir().expect("a folder");
        let store = BlobStore::open(root.path().join("blobs")).expect("opens");
        let hash = sha256_hex(b"boiler");
        let come = |of, start, bytes| store.take_piece(piece(&hash, of, start, bytes));
        assert_eq!(come("ana", 0, b"boi").expect("taken"), Arrived::Part(3));
        // Another person has begun nothing, and another program goes on here.
        assert_eq!(store.begun(&hash, "ben").expect("looked"), 0);
        let store = BlobStore::open(store.folder()).expect("opens");
        let come = |of, start, bytes| store.take_piece(piece(&hash, of, start, bytes));
        assert_eq!(come("ana", 0, b"boi").expect("told"), Arrived::Part(3));
        assert!(!store.contains(&hash).expect("looked"));
        assert_eq!(come("ana", 3, b"ler").expect("taken"), Arrived::Whole);
        assert_eq!(store.get(&hash).expect("found"), b"boiler");
        assert_eq!(store.part(&hash, 3, 2).expect("found"), (b"le".to_vec(), 6));
        assert_eq!(fs::read_dir(store.folder()).expect("lists").count(), 1);
        assert_eq!(mode(&store.folder().join(&hash)), 0o600);
    }

    #[test]
    fn what_is_not_what_its_name_says_is_let_go() {
        let root = tempfile::tempdir().expect("a folder");
        let store = BlobStore::open(root.path().join("blobs")).expect("opens");
        let hash = sha256_hex(b"boiler");
        let lie = store.take_piece(piece(&hash, "ana", 0, b"butler"));
        assert!(matches!(lie, Err(BlobError::WrongHash { .. })));
        assert_eq!(store.begun(&hash, "ana").expect("looked"), 0);
        assert!(!store.contains(&hash).expect("looked"));
        let out = store.take_piece(piece(&hash, "../ana", 0, b"boiler"));
        assert!(matches!(out, Err(BlobError::NotAHash(_))));
    }

    #[test]
    fn only_what_nobody_has_wanted_lately_is_removed() {
        let root = tempfile::tempdir().expect("a folder");
        let store = BlobStore::open(root.path().join("blobs")).expect("opens");
        let hash = store.put(b"boiler").expect("kept");
        let other = sha256_hex(b"router");
        store
            .take_piece(piece(&other, "ana", 0, b"rou"))
            .expect("begun");
        let age = |name: &str| {
            let file = File::open(store.folder().join(name)).expect("opens");
            file.set_modified(SystemTime::UNIX_EPOCH).expect("set");
        };
        let moment = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1);
        store.remove_unfinished(moment).expect("looked");
        assert!(!store.remove_if_older(&hash, moment).expect("looked"));
        age(&format!(".{other}.ana.part"));
        store.remove_unfinished(moment).expect("removed");
        assert_eq!(store.begun(&other, "ana").expect("looked"), 0);
        age(&hash);
        assert!(store.want(&hash).expect("wanted"));
        assert!(!store.remove_if_older(&hash, moment).expect("looked"));
        age(&hash);
        assert!(store.remove_if_older(&hash, moment).expect("removed"));
        assert!(!store.want(&hash).expect("looked"));
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
