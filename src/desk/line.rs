//! The end of one family's log, where commands queue up.
//!
//! A command is decided while its family's line is held, handed to the table in order, and
//! awaited after the line has been let go. So commands of one family wait together for the same
//! commit to disk, yet each is decided on what the one before leaves, or is tried again.

use std::sync::Arc;

use tokio::sync::{MutexGuard, Notify};

use super::{Desk, DeskError};
use crate::model::id::FamilyId;
use crate::table::head::Head;
use crate::table::keys::{self, Scope};

/// One family's end of the log.
pub(super) struct Line {
    end: tokio::sync::Mutex<End>,
    landed: Notify,
}

/// What is known of the end.
pub(super) struct End {
    /// As it will be once all that is in flight has landed; absent until read, and after a
    /// surprise.
    pub head: Option<Head>,
    /// Transactions that were handed over and not yet answered.
    pub in_flight: usize,
}

impl Line {
    fn new() -> Line {
        Line {
            end: tokio::sync::Mutex::new(End {
                head: None,
                in_flight: 0,
            }),
            landed: Notify::new(),
        }
    }

    pub(super) async fn hold(&self) -> MutexGuard<'_, End> {
        self.end.lock().await
    }

    /// Holds the line once nothing is in flight: what is read then is all there is.
    pub(super) async fn hold_still(&self) -> MutexGuard<'_, End> {
        loop {
            let landed = self.landed.notified();
            let end = self.end.lock().await;
            if end.in_flight == 0 {
                return end;
            }
            drop(end);
            landed.await;
        }
    }

    /// Notes that a transaction has been answered; after a surprise the end is read again.
    pub(super) async fn land(&self, as_expected: bool) {
        let mut end = self.end.lock().await;
        end.in_flight -= 1;
        if !as_expected {
            end.head = None;
        }
        drop(end);
        self.landed.notify_waiters();
    }
}

impl Desk {
    pub(super) fn line(&self, family_id: FamilyId) -> Arc<Line> {
        let mut lines = match self.lines.lock() {
            Ok(lines) => lines,
            // A map of handles is whole after a panic elsewhere.
            Err(poisoned) => poisoned.into_inner(),
        };
        Arc::clone(
            lines
                .entry(family_id)
                .or_insert_with(|| Arc::new(Line::new())),
        )
    }

    /// The end of a family's log as the table has it; absent where there is no such family.
    pub(super) async fn head(&self, family_id: FamilyId) -> Result<Option<Head>, DeskError> {
        let key = keys::head_key(Scope::Family(family_id));
        Ok(match self.table.get(key).await? {
            Some(item) => Some(keys::head_of(&item)?),
            None => None,
        })
    }

    /// The end of a log that is about to begin.
    pub(super) fn fresh_head(&self) -> Head {
        Head::new(self.source.fresh())
    }
}
