//! The board: open tickets by severity, every number a query.

use crate::model::severity::Severity;
use crate::replica::view::Board;

/// The board view.
#[derive(Debug, Default)]
pub struct BoardPane {
    pub board: Option<Box<Board>>,
    /// All my families, rather than the open one.
    pub everywhere: bool,
    pub cursor: BoardCursor,
    /// The first line of the bands that is visible.
    pub top: usize,
}

/// What the cursor is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoardCursor {
    /// A band's head line: its severity and count.
    Band(Severity),
    /// A ticket of a band, by its place in `Band::tickets`.
    Ticket(Severity, usize),
    /// A cell of the heat table; the column is the age, youngest first.
    Heat(Severity, usize),
    /// Someone who holds tickets, by their place in `Board::holders`.
    Holder(usize),
}

impl Default for BoardCursor {
    fn default() -> BoardCursor {
        BoardCursor::Band(Severity::Sev1)
    }
}

/// How many tickets of each band are shown.
pub const PER_BAND: usize = 5;
/// How many days the sparkline shows.
pub const DAYS: usize = 14;
/// The heads of the heat table's columns.
pub const AGES: [&str; 5] = ["<1h", "<1d", "<1w", "<1m", "older"];
