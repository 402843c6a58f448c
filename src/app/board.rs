//! The board: open tickets by severity, every number a query.

use super::App;
use super::effect::Slot;
use super::mouse::On;
use super::panes::moved;
use super::registry::Context;
use super::target::Target;
use super::views::Behaviour;
use crate::model::id::FamilyId;
use crate::model::severity::Severity;
use crate::model::source::{DAY, HOUR, Timestamp};
use crate::query::{Bounds, DateField, Order, Query, Term, When};
use crate::replica::view::{Board, Place, Question, TicketRow};

/// The board view.
#[derive(Debug, Default)]
pub struct BoardPane {
    pub board: Option<Box<Board>>,
    /// The moment that ages are counted from.
    pub as_of: Timestamp,
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
    /// A day of the sparkline, by its place in `Board::days`.
    Day(DayOf, usize),
    /// Someone who holds tickets, by their place in `Board::holders`.
    Holder(usize),
}

/// What is counted per day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayOf {
    Created,
    Resolved,
}

impl Default for BoardCursor {
    fn default() -> BoardCursor {
        BoardCursor::Band(Severity::Sev1)
    }
}

/// The fewest tickets of each band that are shown; a tall screen has room for more.
const PER_BAND: usize = 5;
/// The lines of the board that are none of a band's tickets: frame, bands' heads, status.
const BOARD_FRAME: usize = 10;
/// How many days the sparkline shows.
pub const DAYS: usize = 14;
/// The heads of the heat table's columns.
pub const AGES: [&str; 5] = ["<1h", "<1d", "<1w", "<1m", "older"];

pub(super) struct BoardView;

const HINTS: &[&str] = &["move.in", "board.families", "move.back", "help"];

impl Behaviour for BoardView {
    fn click(&self, app: &mut App, on: On) {
        app.click_board(on);
    }

    fn contexts(&self, _app: &App) -> &'static [Context] {
        &[Context::Board, Context::Global]
    }

    fn hints(&self, _app: &App) -> &'static [&'static str] {
        HINTS
    }

    fn ask(&self, app: &mut App) {
        app.ask_board();
    }

    fn move_by(&self, app: &mut App, by: i64) {
        app.board_move(by);
    }

    fn page(&self, app: &App) -> usize {
        usize::from(app.state.layout.body.height.saturating_sub(2))
    }

    fn left(&self, app: &mut App) {
        app.board_left();
    }

    fn right(&self, app: &mut App) {
        app.board_right();
    }

    fn open(&self, app: &mut App) {
        app.board_enter();
    }

    fn ticket(&self, app: &App) -> Option<Target> {
        let row = app.board_ticket()?;
        Some(app.target_of(row.clone()))
    }
}

/// From how many columns on both halves of the board stand side by side.
const BOTH_FROM: u16 = 74;
const SIDE: u16 = 42;
const NARROW_SIDE: u16 = 34;
/// Columns of the heat table before its first cell, borders not counted.
pub const HEAT_FROM: u16 = 8;

/// The columns of the right half, where there is one.
pub fn side_columns(columns: u16) -> Option<u16> {
    let side = if columns >= 100 { SIDE } else { NARROW_SIDE };
    (columns >= BOTH_FROM).then_some(side)
}

/// How wide a cell of the heat table is in a box of so many columns inside.
pub fn heat_cell(inside: u16) -> u16 {
    inside.saturating_sub(HEAT_FROM + 1) / 5
}

impl App {
    fn ask_board(&mut self) {
        let place = self.board_family().map_or(Place::Everywhere, Place::Family);
        self.state.board.as_of = self.state.now;
        self.ask(
            Slot::Board,
            Question::Board {
                place,
                now: self.state.now,
                per_band: self.per_band(),
                days: DAYS,
            },
        );
    }

    fn per_band(&self) -> usize {
        let room = usize::from(self.state.size.height).saturating_sub(BOARD_FRAME);
        PER_BAND.max(room / Severity::ALL.len())
    }

    pub(super) fn board_came(&mut self, board: Box<Board>) {
        self.state.board.board = Some(board);
        self.keep_board_cursor();
    }

    pub(super) fn toggle_everywhere(&mut self) {
        self.state.board.everywhere = !self.state.board.everywhere;
        self.ask(Slot::Names, Question::Names);
        self.ask_board();
    }

    /// The lines of the bands, from the top: each band's head, then its tickets.
    fn band_lines(&self) -> Vec<BoardCursor> {
        let mut lines = Vec::new();
        for band in self.state.board.board.iter().flat_map(|board| &board.bands) {
            lines.push(BoardCursor::Band(band.severity));
            lines.extend((0..band.tickets.len()).map(|i| BoardCursor::Ticket(band.severity, i)));
        }
        lines
    }

    /// How many days and how many holders the board shows.
    fn board_counts(&self) -> (usize, usize) {
        let board = self.state.board.board.as_ref();
        board.map_or((0, 0), |it| (it.days.len(), it.holders.len()))
    }

    fn keep_board_cursor(&mut self) {
        let cursor = self.state.board.cursor;
        let lines = self.band_lines();
        let (days, holders) = self.board_counts();
        let in_heat = BoardCursor::Heat(Severity::Sev5, 0);
        self.state.board.cursor = match cursor {
            BoardCursor::Ticket(severity, _) if !lines.contains(&cursor) => {
                BoardCursor::Band(severity)
            }
            BoardCursor::Holder(index) => match holders.checked_sub(1) {
                Some(last) => BoardCursor::Holder(index.min(last)),
                None => in_heat,
            },
            BoardCursor::Day(of, index) => match days.checked_sub(1) {
                Some(last) => BoardCursor::Day(of, index.min(last)),
                None => in_heat,
            },
            BoardCursor::Band(_) | BoardCursor::Ticket(..) | BoardCursor::Heat(..) => cursor,
        };
        let rows = usize::from(self.state.layout.body.height.saturating_sub(2)).max(1);
        if let Some(line) = lines
            .iter()
            .position(|line| *line == self.state.board.cursor)
        {
            let top = &mut self.state.board.top;
            *top = (*top).clamp((line + 1).saturating_sub(rows), line);
        }
    }

    fn board_move(&mut self, by: i64) {
        let (days, holders) = self.board_counts();
        let side = |age: usize, day: usize| {
            let cells = Severity::ALL.into_iter();
            let cells = cells.map(move |severity| BoardCursor::Heat(severity, age));
            let of = [DayOf::Created, DayOf::Resolved].into_iter();
            let of = of.map(move |of| BoardCursor::Day(of, day));
            let of = of.take(if days == 0 { 0 } else { 2 });
            let holders = (0..holders).map(BoardCursor::Holder);
            cells.chain(of).chain(holders).collect()
        };
        let today = days.saturating_sub(1);
        let column: Vec<BoardCursor> = match self.state.board.cursor {
            BoardCursor::Band(_) | BoardCursor::Ticket(..) => self.band_lines(),
            BoardCursor::Heat(_, age) => side(age, today),
            BoardCursor::Day(_, day) => side(0, day),
            BoardCursor::Holder(_) => side(0, today),
        };
        let here = column.iter().position(|at| *at == self.state.board.cursor);
        if let Some(to) = column.get(moved(here.unwrap_or(0), by, column.len())) {
            self.state.board.cursor = *to;
        }
        self.keep_board_cursor();
    }

    fn board_left(&mut self) {
        self.state.board.cursor = match self.state.board.cursor {
            BoardCursor::Heat(severity, 0) => BoardCursor::Band(severity),
            BoardCursor::Heat(severity, age) => BoardCursor::Heat(severity, age - 1),
            BoardCursor::Day(of, day) if day > 0 => BoardCursor::Day(of, day - 1),
            BoardCursor::Day(..) | BoardCursor::Holder(_) => BoardCursor::Band(Severity::Sev5),
            at @ (BoardCursor::Band(_) | BoardCursor::Ticket(..)) => at,
        };
        self.keep_board_cursor();
    }

    fn board_right(&mut self) {
        self.state.board.cursor = match self.state.board.cursor {
            BoardCursor::Band(severity) | BoardCursor::Ticket(severity, _) => {
                BoardCursor::Heat(severity, 0)
            }
            BoardCursor::Heat(severity, age) => {
                BoardCursor::Heat(severity, (age + 1).min(AGES.len() - 1))
            }
            BoardCursor::Day(of, day) => BoardCursor::Day(of, day + 1),
            at @ BoardCursor::Holder(_) => at,
        };
        self.keep_board_cursor();
    }

    /// The ticket under the board's cursor.
    fn board_ticket(&self) -> Option<&TicketRow> {
        let BoardCursor::Ticket(severity, index) = self.state.board.cursor else {
            return None;
        };
        let board = self.state.board.board.as_deref()?;
        let band = board.bands.iter().find(|band| band.severity == severity)?;
        band.tickets.get(index)
    }

    /// The one family that the board is of; none for all of mine.
    pub(super) fn board_family(&self) -> Option<FamilyId> {
        match self.state.board.everywhere {
            true => None,
            false => self.state.open_family(),
        }
    }

    /// Opens, in the desk, exactly the tickets that the number under the cursor counts.
    fn board_enter(&mut self) {
        let Some(query) = self.query_behind() else {
            return;
        };
        let family = self.board_family();
        let ticket = self.board_ticket().map(|row| row.ticket_id);
        self.show_found(family, query);
        self.state.desk.list.from_board = true;
        self.name_place();
        if let Some(ticket_id) = ticket {
            self.find_in_list(ticket_id);
            self.focus_thread();
        }
    }

    /// The query whose tickets the number under the cursor counts.
    fn query_behind(&self) -> Option<Query> {
        let board = self.state.board.board.as_deref()?;
        let open = Query::open();
        Some(match self.state.board.cursor {
            BoardCursor::Band(severity) | BoardCursor::Ticket(severity, _) => {
                open.and(Term::Severity(Bounds::Is(severity)))
            }
            BoardCursor::Heat(severity, age) => open
                .and(Term::Severity(Bounds::Is(severity)))
                .and(created_in(self.state.board.as_of, age)),
            BoardCursor::Day(of, index) => {
                let begins = board.days.get(index)?.begins;
                let field = match of {
                    DayOf::Created => DateField::Created,
                    DayOf::Resolved => DateField::Resolved,
                };
                let last = When::Exactly(begins.plus(DAY - 1));
                let day = Bounds::Between(When::Exactly(begins), last);
                Query::of([Term::Date(field, day)]).sorted(Order::NEWEST)
            }
            BoardCursor::Holder(index) => {
                let context = self.context(self.board_family());
                let holder = board.holders.get(index)?.user_id;
                open.and(context.names.holder_term(holder, context.me))
            }
        })
    }
}

/// When a ticket of that column of the heat table was created.
fn created_in(now: Timestamp, age: usize) -> Term {
    let ago = |seconds: i64| When::Exactly(now.plus(-seconds));
    let bounds = [HOUR, DAY, 7 * DAY, 30 * DAY];
    let younger = age.checked_sub(1).and_then(|younger| bounds.get(younger));
    // What is an age old to the second is no longer younger than that.
    let from = bounds.get(age).map(|seconds| ago(seconds - 1));
    let created = match (from, younger.map(|seconds| ago(*seconds))) {
        (Some(from), Some(to)) => Bounds::Between(from, to),
        (Some(from), None) => Bounds::From(from),
        (None, Some(to)) => Bounds::UpTo(to),
        (None, None) => Bounds::UpTo(When::Now),
    };
    Term::Date(DateField::Created, created)
}
