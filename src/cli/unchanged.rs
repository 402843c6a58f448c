//! Whether the store on this machine is as it was when a pass had fetched all of it, told by the files.
//! Then a subcommand begins with what the replica holds, and neither opens the engine nor asks it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::args::Globals;
use super::house::Setting;
use crate::config::drive::NetworkDrive;
use crate::model::id::UserId;
use crate::model::source::Timestamp;
use crate::replica;

/// The note's name in the state folder.
const NAME: &str = "unchanged.json";

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// How old the last change has to be before the file's time tells it from the next one. The coarsest
/// file systems tell two seconds apart.
const SETTLED: Duration = Duration::from_secs(3);

/// How long a note holds: what a wrong clock or an odd file system hides comes to light then.
const HOLDS: i64 = 3600;

/// A file as it was at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Print {
    device: u64,
    inode: u64,
    bytes: u64,
    /// Whole seconds, and the nanoseconds beside them.
    changed: (i64, i64),
}

/// A database and its log, which is empty or not there at rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Prints {
    database: Print,
    log: Option<Print>,
}

/// What was so when the owner's replica held all of the store.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Another version may keep more in a replica, or keep it otherwise.
    version: String,
    data: PathBuf,
    store: Prints,
    replica: Prints,
    pub server_id: String,
    pub owner: UserId,
    noted_at: Timestamp,
    /// From then on time may have done something.
    holds_until: Timestamp,
}

/// The store as this start of the program found it.
pub struct Found {
    data: PathBuf,
    state: PathBuf,
    store: Option<Prints>,
}

impl Found {
    /// Looks at the store's file, where it is its owner who works with it, and is to stay. Over a
    /// network a file may have been written elsewhere and look as before.
    pub fn look(setting: &Setting, globals: &Globals) -> Option<Found> {
        if setting.is_elsewhere() || setting.is_demo() || globals.as_user.is_some() {
            return None;
        }
        let places = &setting.config.places;
        let folders = [&places.data, &places.state];
        if folders.iter().any(|it| NetworkDrive::below(it).is_some()) {
            return None;
        }
        Some(Found {
            data: places.data.clone(),
            state: places.state.clone(),
            store: prints(&store(&places.data)),
        })
    }

    /// The note, if nothing has happened since to the store nor to the owner's replica.
    pub fn unchanged(&self, now: Timestamp) -> Option<Note> {
        let note: Note = serde_json::from_slice(&fs::read(self.state.join(NAME)).ok()?).ok()?;
        let holds = note.noted_at <= now && now < note.holds_until;
        let same = note.version == VERSION
            && note.data == self.data
            && Some(note.store) == self.store
            && Some(note.replica) == prints(&self.replica(&note.server_id, note.owner));
        (same && holds).then_some(note)
    }

    /// Notes that the owner's replica holds all there is, if the store is still what was found and
    /// the last changes can be told from the next. Time does nothing by itself before
    /// `quiet_until`.
    pub fn note(&self, server_id: &str, owner: UserId, now: Timestamp, quiet_until: Timestamp) {
        let replica = prints(&self.replica(server_id, owner));
        let (Some(store), Some(replica)) = (prints(&store(&self.data)), replica) else {
            return;
        };
        if Some(store) != self.store || !store.is_settled() || !replica.is_settled() {
            return;
        }
        let latest = Timestamp(now.0.saturating_add(HOLDS));
        let note = Note {
            version: VERSION.to_owned(),
            data: self.data.clone(),
            store,
            replica,
            server_id: server_id.to_owned(),
            owner,
            noted_at: now,
            holds_until: quiet_until.min(latest),
        };
        // Without it the next start looks for itself.
        if let Err(error) = write(&self.state.join(NAME), &note) {
            tracing::debug!("{NAME}: {error}");
        }
    }

    fn replica(&self, server_id: &str, owner: UserId) -> PathBuf {
        let folder = self.state.join(server_id).join(owner.to_string());
        folder.join(replica::FILE)
    }
}

fn store(data: &Path) -> PathBuf {
    data.join("store.db")
}

fn prints(database: &Path) -> Option<Prints> {
    let mut log = database.as_os_str().to_owned();
    log.push("-wal");
    Some(Prints {
        database: print(database)?,
        log: print(Path::new(&log)).filter(|log| log.bytes > 0),
    })
}

fn print(path: &Path) -> Option<Print> {
    let file = fs::metadata(path).ok()?;
    Some(Print {
        device: file.dev(),
        inode: file.ino(),
        bytes: file.len(),
        changed: (file.mtime(), file.mtime_nsec()),
    })
}

impl Prints {
    fn is_settled(&self) -> bool {
        let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let newest = since_epoch.unwrap_or_default().saturating_sub(SETTLED);
        let old =
            |print: &Print| u64::try_from(print.changed.0).is_ok_and(|at| at < newest.as_secs());
        old(&self.database) && self.log.as_ref().is_none_or(old)
    }
}

/// Not synced: a torn note is as good as none.
fn write(path: &Path, note: &Note) -> io::Result<()> {
    let bytes = serde_json::to_vec(note)?;
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600);
    file.open(path)?.write_all(&bytes)
}
