//! What may go wrong between the desk and its table.

use std::path::PathBuf;

use super::item::{Item, Key};

/// A condition that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancelled {
    /// What stands under the key instead, so that the loser of a race need not read it.
    pub found: Option<Item>,
}

/// Why the table did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Some conditions did not hold, and nothing was written: one entry per write, in order.
    #[error("the change met a newer one and was not made; look again and repeat it")]
    Cancelled(Vec<Option<Cancelled>>),
    #[error("a transaction writes {key} twice; write each key once")]
    TwoWrites { key: Key },
    #[error("{key} would take {bytes} bytes, and an item holds 409600; shorten it")]
    TooLarge { key: Key, bytes: usize },
    #[error("{key} is part of the log, which is only ever added to; write a new record")]
    AppendOnly { key: Key },
    #[error("the item {key} can't be read ({detail}); update famdesk, or restore a backup")]
    Unreadable { key: Key, detail: String },
    #[error("no room is left on the disk of {}; nothing was written; free some and try again", path.display())]
    DiskFull { path: PathBuf },
    #[error("{} can't be written; check the permissions of the file and of its folder", path.display())]
    ReadOnly { path: PathBuf },
    #[error("{} is damaged ({detail}); restore a backup; the damaged file was left as it is", path.display())]
    Corrupt { path: PathBuf, detail: String },
    #[error("{} was written by a newer famdesk (store {found}, this one knows {known}); update famdesk", path.display())]
    Newer {
        path: PathBuf,
        found: i64,
        known: i64,
    },
    #[error("{} is not a famdesk store; choose another path, or move that file away", path.display())]
    NotOurs { path: PathBuf },
    #[error("the disk of {} fails ({detail}); nothing was written; look after the disk, and try again", path.display())]
    Failing { path: PathBuf, detail: String },
    /// The commit failed in a way that leaves open whether it happened.
    #[error("{} may or may not hold the last change ({detail}); look before repeating it", path.display())]
    OutcomeUnknown { path: PathBuf, detail: String },
    #[error("{} can't be used: {detail}; check the file and its folder", path.display())]
    Engine { path: PathBuf, detail: String },
}
