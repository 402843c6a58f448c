//! Content-addressed bytes beside the table: attachments, and texts too long for an item.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use self::disk::{append, make_folder, rename, sync_file, sync_folder, write_whole};
use crate::model::audit::sha256_hex;

mod disk;

/// A folder of blobs, each a file named by the SHA-256 of its bytes.
///
/// Blocking: the files are small and the folder is local; callers in async code that write large
/// ones put it on a thread of its own.
#[derive(Debug)]
pub struct BlobStore {
    folder: PathBuf,
    /// Tells the unfinished files of this process apart.
    turn: AtomicU64,
    /// Held while a blob grows, is put in its place, is said to be wanted, or is removed.
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
        make_folder(&folder).map_err(failed(&folder))?;
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
        let written = write_whole(&unfinished, bytes).and_then(|()| {
            let _one = self.changing();
            self.take_its_place(&unfinished, &kept)
        });
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
        append(&path, piece.start, piece.bytes).map_err(failed(&path))?;
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
        sync_file(&path)
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
        let is_there = || path.try_exists().map_err(failed(&path));
        if !is_there()? {
            return Ok(false);
        }
        // What takes its place just now survives a power cut only once it has.
        let _one = self.changing();
        is_there()
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
        rename(finished, kept)?;
        sync_folder(&self.folder)
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
mod tests;
