//! What the disk is asked to do for a blob. Under test each is written down, for a power cut behind
//! any of them.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _};
use std::path::Path;

/// Makes a folder for its owner's eyes only, with those above it, where there is none. Once it
/// returns it survives a power cut.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    let missing = folder.ancestors().take_while(|it| !it.exists()).count();
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    for made in folder.ancestors().take(missing) {
        note(|| Op::Make(made.to_owned()));
        match made.parent() {
            Some(above) if above.as_os_str().is_empty() => sync_folder(Path::new("."))?,
            Some(above) => sync_folder(above)?,
            None => {}
        }
    }
    Ok(())
}

/// Writes a new file and brings it to safety, but for its name.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    note(|| Op::Write(path.to_owned(), 0, bytes.to_vec()));
    file.sync_all()?;
    note(|| Op::SyncFile(path.to_owned()));
    Ok(())
}

/// Writes a piece of a file, making it where there is none.
pub(super) fn append(path: &Path, start: u64, bytes: &[u8]) -> io::Result<()> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    file.write_all_at(bytes, start).inspect_err(|_| {
        // What was not written whole must not count.
        let _ = file.set_len(start);
    })?;
    note(|| Op::Write(path.to_owned(), start, bytes.to_vec()));
    Ok(())
}

/// Brings what stands in a file to safety.
pub(super) fn sync_file(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()?;
    note(|| Op::SyncFile(path.to_owned()));
    Ok(())
}

pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    note(|| Op::Rename(from.to_owned(), to.to_owned()));
    Ok(())
}

/// Brings the names in a folder to safety.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()?;
    note(|| Op::SyncFolder(folder.to_owned()));
    Ok(())
}

/// Something that was done.
#[derive(Debug, Clone)]
#[cfg_attr(not(test), expect(dead_code, reason = "only tests write it down"))]
pub(super) enum Op {
    Make(std::path::PathBuf),
    Write(std::path::PathBuf, u64, Vec<u8>),
    SyncFile(std::path::PathBuf),
    Rename(std::path::PathBuf, std::path::PathBuf),
    SyncFolder(std::path::PathBuf),
}

#[cfg(not(test))]
fn note(_op: impl FnOnce() -> Op) {}

#[cfg(test)]
thread_local! {
    /// What this thread has done.
    pub(super) static DONE: std::cell::RefCell<Vec<Op>> = const { std::cell::RefCell::new(Vec::new()) };
}

#[cfg(test)]
fn note(op: impl FnOnce() -> Op) {
    DONE.with_borrow_mut(|done| done.push(op()));
}
