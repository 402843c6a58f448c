//! A file that at most one program holds at a time. The system lets go of it when its holder
//! ends, however it ends, so a lock never outlives the program that took it.
//!
//! On NFS the lock holds where the server takes part in locking (version 4 does).

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::Path;

/// A lock that is held until this value is dropped.
#[derive(Debug)]
pub struct LockFile {
    _file: File,
}

impl LockFile {
    /// Takes the lock, making its file where there is none; nothing where another program holds
    /// it.
    ///
    /// # Errors
    /// Where the file can't be made, or the file system knows no locks.
    pub fn take(path: &Path) -> io::Result<Option<LockFile>> {
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(LockFile::signed(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Waits until the lock is free and takes it. Blocks the thread.
    pub fn wait(path: &Path) -> io::Result<LockFile> {
        let file = open(path)?;
        file.lock()?;
        Ok(LockFile::signed(file))
    }

    /// The process that holds the lock, or held it last; none where nobody ever did.
    pub fn holder(path: &Path) -> Option<u32> {
        let mut text = String::new();
        File::open(path).ok()?.read_to_string(&mut text).ok()?;
        text.trim().parse().ok()
    }

    /// The process that holds the lock now.
    pub fn held_by(path: &Path) -> Option<u32> {
        let free = File::open(path).ok()?.try_lock_shared();
        match free {
            Err(TryLockError::WouldBlock) => LockFile::holder(path),
            Ok(()) | Err(TryLockError::Error(_)) => None,
        }
    }

    /// Notes who holds it, for whoever wonders. The lock is the system's; the note only tells.
    fn signed(mut file: File) -> LockFile {
        // Always of one length, so that the file need not be cut to it.
        let note = format!("{:<10}\n", std::process::id());
        let _ = file.write_all(note.as_bytes());
        LockFile { _file: file }
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holds_it_until_it_lets_go_and_the_file_says_who() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("some.lock");
        assert_eq!(LockFile::held_by(&path), None);
        let first = LockFile::take(&path).expect("a file").expect("free");
        assert!(LockFile::take(&path).expect("a file").is_none());
        assert_eq!(LockFile::held_by(&path), Some(std::process::id()));
        let waiting = {
            let path = path.clone();
            std::thread::spawn(move || LockFile::wait(&path).map(drop))
        };
        drop(first);
        waiting.join().expect("ends").expect("taken");
        assert_eq!(LockFile::held_by(&path), None);
        assert!(LockFile::take(&path).expect("a file").is_some());
    }
}
