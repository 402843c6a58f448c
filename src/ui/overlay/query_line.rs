//! The query line: what is typed, carets below what is odd, what it means, and what could follow.

use ratatui::layout::{Position, Rect};

use crate::app::mouse::Hit;
use crate::app::query_line::QueryLine;
use crate::query::{Candidate, Notice};
use crate::text::{SafeLines, width};

use super::super::chrome::{PaneTitle, line, pane};
use super::super::field;
use super::super::pen::Pen;
use super::super::theme::Role;
use super::Over;

const WIDTH: u16 = 104;
/// Rows for candidates, and at the most for what is odd and what the query means.
const CANDIDATES: u16 = 8;
const SAID: usize = 3;
const MEANING: usize = 4;
/// Borders, what is typed, carets, a blank and the keys.
const AROUND: u16 = 6;

pub fn draw(pen: &mut Pen, over: Over, query: &QueryLine) -> Option<Position> {
    let columns = usize::from(WIDTH.min(over.body.width)).saturating_sub(6);
    let columns = columns.max(1);
    let notice = query.reading.notices.first();
    let said = SafeLines::new(notice.map(Notice::line).unwrap_or_default());
    let meaning = SafeLines::new(query.meaning.as_str());
    let said = said
        .wrap(columns)
        .take(SAID * usize::from(notice.is_some()));
    let meaning = meaning.wrap(columns).take(MEANING);
    let said = said.map(|row| (row, Role::Warning));
    let below: Vec<_> = said.chain(meaning.map(|row| (row, Role::Dim))).collect();
    let rows = u16::try_from(below.len()).unwrap_or(u16::MAX);
    let area = over.open(pen, WIDTH, AROUND + rows + CANDIDATES);
    let odd = match query.reading.notices.len() {
        0 | 1 => String::new(),
        more => format!("{more} remarks"),
    };
    let title = PaneTitle {
        right: &odd,
        focus: true,
        ..PaneTitle::new("", "Query")
    };
    let inner = pane(pen, area, &title);
    pen.row(inner, 0).skip(1).say(">", Role::Key);
    let typed = Rect {
        x: inner.x + 3.min(inner.width),
        width: inner.width.saturating_sub(4),
        ..line(inner, 0)
    };
    let cursor = field::draw(pen, typed, &query.input);
    if let Some(notice) = notice {
        draw_carets(pen, line(inner, 1), (query, notice));
    }
    for ((row, role), at) in below.iter().zip(2..) {
        pen.row(line(inner, at), 0).skip(3).wrapped(row, *role);
    }
    let at = rows.saturating_add(2);
    let list = Rect {
        y: inner.y + at.min(inner.height),
        height: inner.height.saturating_sub(at + 1),
        ..inner
    };
    draw_candidates(pen, list, query);
    over.keys(pen, inner);
    cursor
}

/// Where the line is too long to be shown whole, nothing can point into it.
fn draw_carets(pen: &mut Pen, area: Rect, (query, notice): (&QueryLine, &Notice)) {
    let text = query.input.value();
    if width(&text) + 5 > usize::from(area.width) {
        return;
    }
    let (before, about) = notice.columns(&text);
    pen.row(area, 0)
        .skip(3 + before)
        .repeat("^", about, Role::Warning);
}

fn draw_candidates(pen: &mut Pen, area: Rect, query: &QueryLine) {
    let all = &query.completion.candidates;
    let height = usize::from(area.height);
    let top = (query.cursor + 1).saturating_sub(height);
    let widest = all.iter().map(|it| width(&it.text)).max().unwrap_or(0);
    let columns = widest.min(usize::from(area.width) / 2);
    let shown = all.iter().enumerate().skip(top).take(height);
    for ((index, candidate), at) in shown.zip(0..) {
        let here = index == query.cursor;
        pen.spot(line(area, at), Hit::Candidate(index));
        draw_candidate(pen, line(area, at), (candidate, here, columns));
    }
}

fn draw_candidate(pen: &mut Pen, area: Rect, (it, here, columns): (&Candidate, bool, usize)) {
    let role = if here { Role::Selected } else { Role::Text };
    let mut row = pen.row(area, 0);
    row.skip(1)
        .cursor(here)
        .skip(1)
        .user_column(&it.text, columns, role)
        .skip(2)
        .user(&it.help, Role::Dim);
}
