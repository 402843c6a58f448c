//! The ends of one family's logs, where commands queue up: its own, and those of its people.
//!
//! A command is decided while its family's line is held, handed to the table in order, and
//! awaited after the line has been let go. So commands of one family wait together for the same
//! commit to disk, yet each is decided on what the one before leaves, or is tried again.
//!
//! What is in flight is counted apart from the lock, so that a transaction lands whether or not
//! anybody still waits for it.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{MutexGuard, watch};

use super::Desk;
use crate::model::id::FamilyId;
use crate::table::head::Head;
use crate::table::keys::Scope;

/// How many lines are kept though nobody holds them.
const LINES: usize = 256;

/// The ends of logs, as they will be once all that is in flight has landed.
pub(super) type Heads = HashMap<Scope, Head>;

/// One family's ends of logs.
#[derive(Default)]
pub(super) struct Line {
    heads: tokio::sync::Mutex<Heads>,
    flight: watch::Sender<Flight>,
}

/// What was handed to the table and not yet answered.
#[derive(Default)]
struct Flight {
    aloft: usize,
    /// A transaction did not land as it was expected to, so the heads are not what was thought.
    surprised: bool,
}

/// The ends of the logs, held.
pub(super) struct End<'a> {
    /// None of them is here until it is read, nor after a surprise.
    pub heads: MutexGuard<'a, Heads>,
    /// Whether nothing was in flight when it was taken hold of: what is read then is all there is.
    pub still: bool,
}

/// A transaction in flight. Dropped without an answer, it counts as a surprise.
pub(super) struct Aloft {
    line: Arc<Line>,
    as_expected: bool,
}

impl Line {
    /// Holds the line; if wanted, once nothing is in flight. After a surprise everything that is
    /// in flight fails or is in doubt, so that is waited for too.
    pub(super) async fn hold(&self, still: bool) -> End<'_> {
        let mut heads = self.heads.lock().await;
        if still || self.flight.borrow().surprised {
            // The sender lives as long as the line.
            let _ = self.flight.subscribe().wait_for(|it| it.aloft == 0).await;
        }
        let mut still = false;
        self.flight.send_modify(|flight| {
            still = flight.aloft == 0;
            if still && std::mem::take(&mut flight.surprised) {
                heads.clear();
            }
        });
        End { heads, still }
    }

    /// Counts a transaction that is handed over now.
    pub(super) fn take_off(self: Arc<Line>) -> Aloft {
        self.flight.send_modify(|flight| flight.aloft += 1);
        Aloft {
            line: self,
            as_expected: false,
        }
    }
}

impl Aloft {
    /// Notes that the transaction has been answered; after a surprise the end is read again.
    pub(super) fn land(mut self, as_expected: bool) {
        self.as_expected = as_expected;
    }
}

impl Drop for Aloft {
    fn drop(&mut self) {
        self.line.flight.send_modify(|flight| {
            flight.aloft -= 1;
            flight.surprised |= !self.as_expected;
        });
    }
}

impl Desk {
    pub(super) fn line(&self, family_id: FamilyId) -> Arc<Line> {
        let mut lines = match self.lines.lock() {
            Ok(lines) => lines,
            // A map of handles is whole after a panic elsewhere.
            Err(poisoned) => poisoned.into_inner(),
        };
        if lines.len() >= LINES {
            // Anyone may ask for any family. One that nobody holds is read again when it is needed.
            lines.retain(|_, line| Arc::strong_count(line) > 1);
        }
        Arc::clone(lines.entry(family_id).or_default())
    }

    /// The end of a log that is about to begin.
    pub(super) fn fresh_head(&self) -> Head {
        Head::new(self.source.fresh())
    }
}
