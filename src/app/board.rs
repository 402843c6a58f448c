//! The board: open tickets by severity, every number a query.

use super::App;
use super::effect::Slot;
use super::mouse::Mouse;
use super::panes::moved;
use super::registry::Context;
use super::state::NoticeKind;
use super::target::Target;
use super::views::Behaviour;
use crate::model::id::TicketId;
use crate::model::severity::Severity;
use crate::model::source::{DAY, HOUR, Timestamp};
use crate::replica::view::{Board, ListQuery, Place, Question, TicketRow};

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
    /// Someone who holds tickets, by their place in `Board::holders`.
    Holder(usize),
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
    fn click(&self, app: &mut App, mouse: Mouse) {
        app.click_board(mouse);
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
const HEAT_FROM: u16 = 8;

/// The columns of the right half, where there is one.
pub fn side_columns(columns: u16) -> Option<u16> {
    let side = if columns >= 100 { SIDE } else { NARROW_SIDE };
    (columns >= BOTH_FROM).then_some(side)
}

/// How wide a cell of the heat table is in a box of so many columns inside.
pub fn heat_cell(inside: u16) -> u16 {
    inside.saturating_sub(HEAT_FROM + 1) / 5
}

/// Which column of the heat table is at a column of its box.
pub(super) fn heat_columns(inside: u16, x: u16) -> Option<usize> {
    let age = x.checked_sub(HEAT_FROM)?.checked_div(heat_cell(inside))?;
    Some(usize::from(age)).filter(|age| *age < AGES.len())
}

impl App {
    fn ask_board(&mut self) {
        let place = match (self.state.board.everywhere, self.state.open_family()) {
            (false, Some(family_id)) => Place::Family(family_id),
            (true, _) | (false, None) => Place::Everywhere,
        };
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
        self.ask_board();
    }

    /// The lines of the bands, from the top: each band's head, then its tickets.
    pub(super) fn band_lines(&self) -> Vec<BoardCursor> {
        let mut lines = Vec::new();
        for band in self.state.board.board.iter().flat_map(|board| &board.bands) {
            lines.push(BoardCursor::Band(band.severity));
            lines.extend((0..band.tickets.len()).map(|i| BoardCursor::Ticket(band.severity, i)));
        }
        lines
    }

    fn keep_board_cursor(&mut self) {
        let cursor = self.state.board.cursor;
        let lines = self.band_lines();
        let holders = self
            .state
            .board
            .board
            .as_ref()
            .map_or(0, |it| it.holders.len());
        self.state.board.cursor = match cursor {
            BoardCursor::Band(_) => cursor,
            BoardCursor::Ticket(severity, _) if !lines.contains(&cursor) => {
                BoardCursor::Band(severity)
            }
            BoardCursor::Holder(index) => match holders.checked_sub(1) {
                Some(last) => BoardCursor::Holder(index.min(last)),
                None => BoardCursor::Heat(Severity::Sev5, 0),
            },
            BoardCursor::Ticket(..) | BoardCursor::Heat(..) => cursor,
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
        let holders = self
            .state
            .board
            .board
            .as_ref()
            .map_or(0, |it| it.holders.len());
        let heat_column = |age: usize| {
            let cells = Severity::ALL
                .into_iter()
                .map(move |s| BoardCursor::Heat(s, age));
            cells.chain((0..holders).map(BoardCursor::Holder)).collect()
        };
        let column: Vec<BoardCursor> = match self.state.board.cursor {
            BoardCursor::Band(_) | BoardCursor::Ticket(..) => self.band_lines(),
            BoardCursor::Heat(_, age) => heat_column(age),
            BoardCursor::Holder(_) => heat_column(0),
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
            BoardCursor::Holder(_) => BoardCursor::Band(Severity::Sev5),
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
            at @ BoardCursor::Holder(_) => at,
        };
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

    /// Opens, in the desk, exactly the tickets that the number under the cursor counts.
    fn board_enter(&mut self) {
        let family_id = self.state.open_family();
        let everywhere = self.state.board.everywhere;
        let place = match (everywhere, family_id) {
            (false, Some(family_id)) => Place::Family(family_id),
            (true, _) | (false, None) => Place::Everywhere,
        };
        let mut query = ListQuery::open(place);
        match self.state.board.cursor {
            BoardCursor::Band(severity) => query.severity = Some(severity),
            BoardCursor::Ticket(severity, _) => {
                query.severity = Some(severity);
                let ticket = self.board_ticket().map(|row| row.ticket_id);
                return self.show_behind(query, ticket);
            }
            BoardCursor::Heat(severity, age) => {
                query.severity = Some(severity);
                query.created = created_in(self.state.board.as_of, age);
            }
            BoardCursor::Holder(index) => {
                let board = self.state.board.board.as_deref();
                let Some(holder) = board.and_then(|board| board.holders.get(index)) else {
                    return;
                };
                let (Some(family_id), false) = (family_id, everywhere) else {
                    return self.say(
                        NoticeKind::Warning,
                        "who holds what opens for one family; press f first",
                    );
                };
                query.place = match holder.user_id {
                    Some(user_id) => Place::AssignedTo(family_id, user_id),
                    None => Place::Unassigned(family_id),
                };
            }
        }
        self.show_behind(query, None);
    }

    fn show_behind(&mut self, query: ListQuery, ticket: Option<TicketId>) {
        self.go_desk();
        self.state.desk.list.searching = true;
        self.focus_list();
        self.show_list_at(query, ticket);
        self.name_place();
        if ticket.is_some() {
            self.focus_thread();
        }
    }
}

/// When a ticket of that column of the heat table was created: from, and before.
fn created_in(now: Timestamp, age: usize) -> (Option<Timestamp>, Option<Timestamp>) {
    let bounds = [HOUR, DAY, 7 * DAY, 30 * DAY].map(|seconds| now.plus(-seconds));
    let before = age.checked_sub(1).and_then(|younger| bounds.get(younger));
    (bounds.get(age).copied(), before.copied())
}
