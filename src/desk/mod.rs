//! The service: a command comes in, access and rules are checked, one transaction commits the
//! changed items, their audit and the family's next sequence numbers.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use tokio::sync::{OnceCell, watch};

use crate::model::id::FamilyId;
use crate::model::refusal::Refusal;
use crate::model::source::Source;
use crate::table::Table;
use crate::table::blobs::{BlobError, BlobStore};
use crate::table::error::TableError;
use crate::table::item::Key;

mod blobs;
mod checkup;
mod execute;
mod feed;
mod line;
mod lists;
pub mod login;
mod moved;
mod needs;
mod news;
mod outside;
mod owner;
mod past;
mod places;
mod presence;
mod restored;
mod scene;
mod snapshot;
mod timers;
mod transfer;
mod undo;
mod verify;
pub mod webhooks;
mod writes;

#[cfg(test)]
mod tests;

pub use blobs::Readable;
pub use checkup::{FamilyCheckup, Fault};
pub use execute::{From as CommandFrom, Terms};
pub use lists::{Audited, History, Listing};
pub use outside::{Event, Outline, Sent};
pub use presence::Sighting;
pub use undo::WayBack;
pub use verify::Verified;

pub use crate::table::patterns::Shelf;

/// The service over one table.
pub struct Desk {
    table: Arc<dyn Table>,
    blobs: Arc<BlobStore>,
    /// Done once it is known what speaks of each blob.
    mentions: OnceCell<()>,
    source: Arc<dyn Source>,
    /// Each family's end of the log, as this process last saw it.
    lines: Mutex<HashMap<FamilyId, Arc<line::Line>>>,
    /// The timers that can't be fired, as far as that has been said.
    passed_over: Mutex<HashSet<Key>>,
    /// What happens in this process.
    news: news::News,
    /// Who is at which ticket just now.
    everybody: Mutex<presence::Everybody>,
    passwords: login::Passwords,
    /// What is known of guesses at passwords and codes.
    guesses: Mutex<login::Throttle>,
    sent: Sent,
}

/// Why the desk could not answer. A refusal by a rule is an answer where a command is given, and
/// an error where something is read.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// The store holds something that this program can't read.
    #[error("the store's {what} can't be read ({why}); update famdesk, or restore a backup")]
    Unreadable { what: String, why: String },
    /// Nobody has said who the store's owner is.
    #[error("nobody has been introduced to this store; start famdesk and say who you are")]
    NoOwner,
    #[error("somebody else is already this store's owner")]
    OwnerThere,
    /// The cursor is of another history.
    #[error("the backend's history is not the one seen here before; start again from a snapshot")]
    HistoryDiverged,
    /// What the person may see has changed as a whole since the cursor.
    #[error("what you may see has changed; start again from a snapshot")]
    ScopeChanged,
    #[error("the command counter {got} does not follow; {want} is next")]
    CseqGap { want: i64, got: i64 },
    #[error("the command counter {cseq} was used for another command; take a new device id")]
    DeviceFork { cseq: i64 },
    #[error("the blob {sha256} must be sent first")]
    NeedsBlob { sha256: String },
    /// The program ends while a commit is under way.
    #[error("the program is ending; nobody knows whether the command was taken, give it again")]
    Stopping,
    /// The id of a command that stands for a request stood for another one before.
    #[error("that key was used for another request; take a new one")]
    OtherRequest,
    /// The entity is not at the version any more that a command was to change.
    #[error("someone else has changed it meanwhile; nothing was changed")]
    ChangedMeanwhile,
    #[error(transparent)]
    Login(#[from] login::LoginError),
    /// Many others were faster, many times.
    #[error("too many others are writing at once; try again")]
    Busy,
}

impl Desk {
    /// A desk over the table and the blobs, with the given clock and mint of ids.
    pub fn new(table: Arc<dyn Table>, blobs: BlobStore, source: Arc<dyn Source>) -> Desk {
        Desk {
            table,
            blobs: Arc::new(blobs),
            mentions: OnceCell::new(),
            source,
            lines: Mutex::default(),
            passed_over: Mutex::default(),
            news: news::News::default(),
            everybody: Mutex::default(),
            passwords: login::Passwords::default(),
            guesses: Mutex::default(),
            sent: Sent::default(),
        }
    }

    /// A counter that moves with every commit of this process.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.news.commits()
    }

    /// A counter that moves with those, and whenever somebody comes to a ticket or leaves one: for
    /// whoever shows a family to a person.
    pub fn stirs(&self) -> watch::Receiver<u64> {
        self.news.stirs()
    }

    fn guesses(&self) -> std::sync::MutexGuard<'_, login::Throttle> {
        self.guesses
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Tells whoever listens that something was committed.
    fn told(&self) {
        self.news.committed();
    }

    /// What of the store was found to be damaged: what can be read still is, nothing is written.
    pub fn damage(&self) -> Option<TableError> {
        self.table.damage()
    }

    /// The texts and files too long for the table.
    pub fn blobs(&self) -> &Arc<BlobStore> {
        &self.blobs
    }

    /// The desk's clock.
    pub fn source(&self) -> &dyn Source {
        self.source.as_ref()
    }
}

/// An error for something in the store that can't be read.
fn unreadable(what: impl Into<String>, why: impl std::fmt::Display) -> DeskError {
    DeskError::Unreadable {
        what: what.into(),
        why: why.to_string(),
    }
}
