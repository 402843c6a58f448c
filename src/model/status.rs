//! Where a ticket is in its life.

use super::word::words;

words! {
    /// The status of a ticket.
    pub enum Status: "status" {
        /// Work remains.
        Open = "OPEN",
        /// Done; may be reopened until the window passes.
        Resolved = "RESOLVED",
        /// Final.
        Closed = "CLOSED",
    }
}

words! {
    /// The stage of an open ticket.
    pub enum Stage: "stage" {
        /// Nobody has taken it up.
        New = "NEW",
        /// Someone is at it.
        Active = "ACTIVE",
        /// It waits on someone; the note says on whom.
        Waiting = "WAITING",
    }
}

/// How long a resolved ticket may be reopened, in seconds: 30 days.
pub const REOPEN_WINDOW: i64 = 30 * super::source::DAY;
