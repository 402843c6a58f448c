//! One line that is asked for.

use ratatui::layout::{Position, Rect};

use crate::app::prompt::Prompt;
use crate::text::SafeLines;

use super::super::chrome::{PaneTitle, line, pane};
use super::super::field;
use super::super::pen::Pen;
use super::super::theme::Role;
use super::Over;

const WIDTH: u16 = 64;

pub fn draw(pen: &mut Pen, over: Over, prompt: &Prompt) -> Option<Position> {
    let choices = prompt.choices.join("  ");
    let (words, role) = match &prompt.error {
        Some(error) => (error.as_str(), Role::Error),
        None if !choices.is_empty() => (choices.as_str(), Role::Text),
        None => (prompt.help, Role::Dim),
    };
    let words = SafeLines::new(words);
    let columns = usize::from(WIDTH.min(over.body.width))
        .saturating_sub(6)
        .max(1);
    let rows = u16::try_from(words.wrap(columns).take(4).count()).unwrap_or(1);
    let area = over.open(pen, WIDTH, 5 + rows);
    let title = PaneTitle {
        focus: true,
        ..PaneTitle::new("", &prompt.title)
    };
    let inner = pane(pen, area, &title);
    pen.row(inner, 0).skip(1).say(">", Role::Key);
    let typed = Rect {
        x: inner.x + 3.min(inner.width),
        width: inner.width.saturating_sub(4),
        ..line(inner, 0)
    };
    let cursor = field::draw(pen, typed, &prompt.input);
    for (row, at) in words.wrap(columns).zip(1..=rows) {
        pen.row(inner, at).skip(3).wrapped(&row, role);
    }
    over.keys(pen, inner);
    cursor
}
