//! The pages of snapshots that are on their way in, each family's in a file of its own beside the
//! store: they are large and soon thrown away, and in the store they would leave gaps as large.
//! How much of a file counts stands in the store; what lies behind that was never kept.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Cursor, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::open::io as failed;
use super::{ReplicaError, Result};
use crate::model::id::FamilyId;
use crate::model::record::Record;

/// Where pages are put.
pub(super) enum Incoming {
    Beside(PathBuf),
    Memory(HashMap<FamilyId, Vec<u8>>),
}

/// The pages of one family, in the order in which they came.
pub(super) struct Pages {
    lines: Box<dyn BufRead>,
    line: Vec<u8>,
}

impl Incoming {
    /// Puts a page at the given byte; gives the byte behind it.
    pub(super) fn put(&mut self, family_id: FamilyId, at: u64, page: &[Record]) -> Result<u64> {
        let mut line = serde_json::to_vec(page)?;
        line.push(b'\n');
        match self {
            Incoming::Beside(folder) => {
                let path = path(folder, family_id);
                write(&path, at, &line).map_err(|error| failed(path, error))?;
            }
            Incoming::Memory(files) => {
                let file = files.entry(family_id).or_default();
                file.truncate(usize::try_from(at).unwrap_or(usize::MAX));
                file.extend_from_slice(&line);
            }
        }
        Ok(at + line.len() as u64)
    }

    /// What was put before the given byte.
    ///
    /// # Errors
    /// [`ReplicaError::NoSnapshot`] where that is not there any more.
    pub(super) fn pages(&self, family_id: FamilyId, end: u64) -> Result<Pages> {
        let lines: Box<dyn BufRead> = match self {
            Incoming::Beside(folder) => {
                let path = path(folder, family_id);
                let file = File::open(&path).and_then(|file| Ok((file.metadata()?.len(), file)));
                match file {
                    Ok((length, file)) if length >= end => Box::new(BufReader::new(file.take(end))),
                    Ok(_) => return Err(ReplicaError::NoSnapshot),
                    Err(error) if error.kind() == ErrorKind::NotFound => {
                        return Err(ReplicaError::NoSnapshot);
                    }
                    Err(error) => return Err(failed(path, error)),
                }
            }
            Incoming::Memory(files) => {
                let file = files.get(&family_id).cloned().unwrap_or_default();
                Box::new(Cursor::new(file).take(end))
            }
        };
        Ok(Pages {
            lines,
            line: Vec::new(),
        })
    }

    /// Throws away what there is of a family.
    pub(super) fn forget(&mut self, family_id: FamilyId) -> Result<()> {
        match self {
            Incoming::Beside(folder) => {
                let path = path(folder, family_id);
                match fs::remove_file(&path) {
                    Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(path, error)),
                    _ => Ok(()),
                }
            }
            Incoming::Memory(files) => {
                files.remove(&family_id);
                Ok(())
            }
        }
    }
}

impl Pages {
    /// The next page, if there is one. After a power cut a file can hold holes instead of pages.
    ///
    /// # Errors
    /// [`ReplicaError::NoSnapshot`] where it can't be read.
    pub(super) fn next(&mut self) -> Result<Option<Vec<Record>>> {
        self.line.clear();
        let read = self.lines.read_until(b'\n', &mut self.line);
        match read.map_err(|_| ReplicaError::NoSnapshot)? {
            0 => Ok(None),
            _ => serde_json::from_slice(&self.line)
                .map(Some)
                .map_err(|_| ReplicaError::NoSnapshot),
        }
    }
}

fn path(folder: &Path, family_id: FamilyId) -> PathBuf {
    folder.join(format!("snapshot-{family_id}.jsonl"))
}

fn write(path: &Path, at: u64, line: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.set_len(at)?;
    file.seek(SeekFrom::End(0))?;
    file.write_all(line)
}
