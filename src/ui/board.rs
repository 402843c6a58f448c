//! The board: open tickets by severity in bands, and beside them severity by age, created
//! against resolved, and who holds what.

use ratatui::layout::Rect;

use crate::app::board::{AGES, BoardCursor, DayOf, HEAT_FROM, heat_cell, side_columns};
use crate::app::mouse::Hit;
use crate::app::state::State;
use crate::model::severity::Severity;
use crate::replica::view::{Band, Board, BoardDay, Holder, TicketRow};
use crate::text::plural::grouped;
use crate::text::{age, bar, width};

use super::chrome::{PaneTitle, line as one, pane, rect};
use super::empty;
use super::glyphs;
use super::list;
use super::pen::{Pen, Row};
use super::theme::{Role, Theme};

const BAR: usize = 24;
/// The rows of the boxes at the right, borders included.
const HEAT_ROWS: u16 = 9;
const DAYS_ROWS: u16 = 4;
/// Columns before the first day, borders not counted.
const DAYS_FROM: u16 = 10;

pub fn draw(pen: &mut Pen, state: &State) {
    let area = rect(state.layout.body);
    let Some(board) = state.board.board.as_deref() else {
        let title = PaneTitle::new("", "Open tickets by severity");
        let inner = pane(pen, area, &title);
        return empty::say(pen, inner, &[("loading", Role::Dim)]);
    };
    let cursor = state.board.cursor;
    let on_side = !matches!(cursor, BoardCursor::Band(_) | BoardCursor::Ticket(..));
    if let Some(side) = side_columns(area.width) {
        let left = Rect {
            width: area.width - side,
            ..area
        };
        let right = Rect {
            x: left.right(),
            width: side,
            ..area
        };
        draw_bands(pen, left, (board, state));
        draw_side(pen, right, (board, cursor));
    } else if on_side {
        draw_side(pen, area, (board, cursor));
    } else {
        draw_bands(pen, area, (board, state));
    }
}

fn draw_bands(pen: &mut Pen, area: Rect, (board, state): (&Board, &State)) {
    let open: u64 = board.bands.iter().map(|band| band.open).sum();
    let right = format!("{} open", grouped(open));
    let cursor = state.board.cursor;
    let title = PaneTitle {
        detail: if state.board.everywhere {
            "all my families"
        } else {
            "this family"
        },
        right: &right,
        focus: matches!(cursor, BoardCursor::Band(_) | BoardCursor::Ticket(..)),
        ..PaneTitle::new("", "By severity")
    };
    let inner = pane(pen, area, &title);
    if open == 0 {
        let lines = [
            ("No open tickets.", Role::Text),
            ("Press n to file one, gh to go to the desk.", Role::Dim),
        ];
        return empty::say(pen, inner, &lines);
    }
    let most = board.bands.iter().map(|band| band.open).max().unwrap_or(0);
    let lines = board.bands.iter().flat_map(|band| {
        let tickets = band.tickets.iter().enumerate();
        std::iter::once((band, None)).chain(tickets.map(move |ticket| (band, Some(ticket))))
    });
    for ((band, ticket), line) in lines.skip(state.board.top).zip(0..inner.height) {
        let at = match ticket {
            None => BoardCursor::Band(band.severity),
            Some((index, _)) => BoardCursor::Ticket(band.severity, index),
        };
        pen.spot(one(inner, line), Hit::Board(at));
        let mut row = pen.row(inner, line);
        row.cursor(at == cursor);
        match ticket {
            None => band_head(&mut row, band, (most, state)),
            Some((_, ticket)) => band_ticket(&mut row, ticket, state),
        }
    }
}

fn band_head(row: &mut Row, band: &Band, (most, state): (u64, &State)) {
    let role = Role::Severity(band.severity);
    let oldest = band
        .oldest
        .map(|at| age::compact(at.0, state.board.as_of.0))
        .map_or_else(String::new, |age| format!("oldest {age}"));
    row.column(band.severity.as_str(), 7, role)
        .column_right(&grouped(band.open), 7, Role::Strong)
        .skip(2)
        .user_column(&oldest, 11, Role::Dim)
        .skip(1);
    let columns = row.room().saturating_sub(1).min(BAR);
    let blocks = bar_glyphs(row.theme());
    let bar = bar::bar(band.open, most, columns, blocks);
    row.user(&bar, Role::Bar);
}

fn band_ticket(row: &mut Row, ticket: &TicketRow, state: &State) {
    let number = ticket.number.as_ref();
    let number = number.map_or_else(|| "new".to_owned(), ToString::to_string);
    let assignee = if row.room() >= 66 {
        list::assignee_columns(row.room(), state)
    } else {
        0
    };
    let number_columns = if row.room() >= 60 {
        width(&number).max(13)
    } else {
        0
    };
    match ticket.unread {
        true => row.say(glyphs::UNREAD, Role::Strong),
        false => row.skip(1),
    };
    row.skip(1);
    if number_columns > 0 {
        row.user_column(&number, number_columns, Role::Dim).skip(2);
    }
    let title = row.room().saturating_sub(assignee + 7);
    let strength = if ticket.unread {
        Role::Strong
    } else {
        Role::Text
    };
    row.user_column(&ticket.title, title, strength).skip(1);
    if assignee > 0 {
        row.user_column(&ticket.holder(), assignee, Role::Text);
    }
    row.skip(1).column_right(
        &age::compact(ticket.creation_date.0, state.board.as_of.0),
        4,
        Role::Dim,
    );
}

/// The boxes at the right, as many as fit, that with the cursor always.
fn draw_side(pen: &mut Pen, area: Rect, (board, cursor): (&Board, BoardCursor)) {
    let mut left = area;
    let on_holder = matches!(cursor, BoardCursor::Holder(_));
    if !on_holder || area.height >= HEAT_ROWS + 3 {
        draw_heat(pen, take_rows(&mut left, HEAT_ROWS), (board, cursor));
    }
    if left.height >= DAYS_ROWS + 3 || (!on_holder && left.height >= DAYS_ROWS) {
        draw_days(pen, take_rows(&mut left, DAYS_ROWS), (board, cursor));
    }
    if left.height >= 3 {
        draw_holders(pen, left, (board, cursor));
    }
}

/// Cuts rows off the top of an area.
fn take_rows(area: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    let top = Rect {
        height: rows,
        ..*area
    };
    area.y += rows;
    area.height -= rows;
    top
}

fn draw_heat(pen: &mut Pen, area: Rect, (board, cursor): (&Board, BoardCursor)) {
    let title = PaneTitle {
        focus: matches!(cursor, BoardCursor::Heat(..)),
        ..PaneTitle::new("", "By severity and age")
    };
    let inner = pane(pen, area, &title);
    let columns = usize::from(heat_cell(inner.width));
    let mut row = pen.row(inner, 0);
    row.skip(8);
    for age in AGES {
        let fits = width(age) < columns;
        row.column_right(if fits { age } else { ">1m" }, columns, Role::Dim);
    }
    for ((severity, counts), line) in Severity::ALL.iter().zip(&board.heat).zip(1..) {
        for index in 0..counts.len() {
            let from = HEAT_FROM + heat_cell(inner.width) * u16::try_from(index).unwrap_or(0);
            let cell = Rect {
                x: inner.x + from.min(inner.width),
                width: heat_cell(inner.width),
                ..one(inner, line)
            };
            pen.spot(
                cell.intersection(inner),
                Hit::Board(BoardCursor::Heat(*severity, index)),
            );
        }
        let mut row = pen.row(inner, line);
        row.skip(1)
            .column(severity.as_str(), 7, Role::Severity(*severity));
        for (index, open) in counts.iter().enumerate() {
            let here = cursor == BoardCursor::Heat(*severity, index);
            let (words, role) = match open {
                0 => ("·".to_owned(), Role::Dim),
                _ => (grouped(*open), Role::Severity(*severity)),
            };
            row.cursor(here)
                .column_right(&words, columns.saturating_sub(1), role);
        }
    }
}

fn draw_days(pen: &mut Pen, area: Rect, (board, cursor): (&Board, BoardCursor)) {
    let days = board.days.len();
    let on = match cursor {
        BoardCursor::Day(of, index) => board.days.get(index).map(|day| (of, index, day)),
        _ => None,
    };
    let name = format!("Last {days} days");
    let right = on.map(|(of, _, day)| day_in_words(of, day));
    let title = PaneTitle {
        focus: on.is_some(),
        right: right.as_deref().unwrap_or_default(),
        ..PaneTitle::new("", &name)
    };
    let inner = pane(pen, area, &title);
    let columns = days.min(usize::from(inner.width).saturating_sub(20));
    // The newest, or so many from that of the cursor on.
    let first = (days - columns).min(on.map_or(days, |(_, index, _)| index));
    let shown = &board.days[first..first + columns];
    // One line for both, so that they share a scale.
    let both: Vec<u64> = shown
        .iter()
        .map(|day| day.created)
        .chain(shown.iter().map(|day| day.resolved))
        .collect();
    let blocks = bar_glyphs(pen.theme);
    let line = bar::sparkline(&both, both.len(), blocks);
    let middle = line
        .char_indices()
        .nth(columns)
        .map_or(line.len(), |(at, _)| at);
    let (created, resolved) = line.split_at(middle);
    let sum = |of: fn(&BoardDay) -> u64| grouped(board.days.iter().map(of).sum());
    let rows = [
        (
            DayOf::Created,
            "created",
            created,
            sum(|day| day.created),
            Role::Warning,
        ),
        (
            DayOf::Resolved,
            "resolved",
            resolved,
            sum(|day| day.resolved),
            Role::Good,
        ),
    ];
    for ((of, name, graph, sum, role), line) in rows.into_iter().zip(0..) {
        let here = on
            .filter(|(on, ..)| *on == of)
            .map(|(_, index, _)| index - first);
        for (index, x) in (first..first + columns).zip(inner.x + DAYS_FROM..) {
            let day = Rect {
                x,
                width: 1,
                ..one(inner, line)
            };
            pen.spot(
                day.intersection(inner),
                Hit::Board(BoardCursor::Day(of, index)),
            );
        }
        let mut row = pen.row(inner, line);
        row.cursor(here.is_some())
            .column(name, usize::from(DAYS_FROM) - 1, Role::Dim);
        for (index, block) in graph.chars().enumerate() {
            let role = if here == Some(index) {
                Role::Selected
            } else {
                role
            };
            row.user(block.encode_utf8(&mut [0; 4]), role);
        }
        row.column_right(&sum, 7, Role::Text);
    }
}

/// `20 Nov 3`: days of the counters are those of UTC.
fn day_in_words(of: DayOf, day: &BoardDay) -> String {
    let count = match of {
        DayOf::Created => day.created,
        DayOf::Resolved => day.resolved,
    };
    let date = jiff::Timestamp::from_second(day.begins.0).unwrap_or_default();
    format!("{} {}", date.strftime("%-d %b"), grouped(count))
}

fn draw_holders(pen: &mut Pen, area: Rect, (board, cursor): (&Board, BoardCursor)) {
    let at = match cursor {
        BoardCursor::Holder(index) => Some(index),
        _ => None,
    };
    let title = PaneTitle {
        focus: at.is_some(),
        ..PaneTitle::new("", "Who holds what")
    };
    let inner = pane(pen, area, &title);
    let most = board
        .holders
        .iter()
        .map(|holder| holder.open)
        .max()
        .unwrap_or(0);
    let top = (at.unwrap_or(0) + 1).saturating_sub(usize::from(inner.height));
    let holders = board.holders.iter().enumerate().skip(top);
    for ((index, holder), line) in holders.zip(0..inner.height) {
        pen.spot(one(inner, line), Hit::Board(BoardCursor::Holder(index)));
        let mut row = pen.row(inner, line);
        row.cursor(at == Some(index));
        holder_row(&mut row, holder, most);
    }
}

fn holder_row(row: &mut Row, holder: &Holder, most: u64) {
    let name = row.room().saturating_sub(1).min(12);
    match holder.user_id {
        Some(_) => row.user_column(&holder.name, name, Role::Text),
        None => row.column("nobody", name, Role::Dim),
    };
    row.column_right(&grouped(holder.open), 6, Role::Text)
        .skip(1);
    let columns = row.room().saturating_sub(1);
    let blocks = bar_glyphs(row.theme());
    let bar = bar::bar(holder.open, most, columns, blocks);
    row.user(&bar, Role::Bar);
}

fn bar_glyphs(theme: &Theme) -> bar::Glyphs {
    if theme.unicode {
        bar::Glyphs::Blocks
    } else {
        bar::Glyphs::Ascii
    }
}
