//! A text to read: a refusal, an error, what happened meanwhile.

use ratatui::layout::Position;

use crate::app::state::Message;
use crate::text::SafeLines;

use super::super::chrome::{PaneTitle, pane};
use super::super::pen::Pen;
use super::super::theme::Role;
use super::Over;

const WIDTH: u16 = 68;

pub fn draw(pen: &mut Pen, over: Over, message: &Message) -> Option<Position> {
    let width = WIDTH.min(over.body.width);
    let columns = usize::from(width).saturating_sub(4).max(1);
    let text = SafeLines::new(message.text.as_str());
    let rows = text
        .wrap(columns)
        .take(usize::from(over.body.height))
        .count();
    let height = u16::try_from(rows)
        .unwrap_or(over.body.height)
        .saturating_add(4);
    let area = over.open(pen, width, height);
    let title = PaneTitle {
        focus: true,
        ..PaneTitle::new("", &message.title)
    };
    let inner = pane(pen, area, &title);
    let shown = inner.height.saturating_sub(2);
    for (row, at) in text.wrap(columns).zip(0..shown) {
        pen.row(inner, at).skip(1).wrapped(&row, Role::Text);
    }
    if inner.height > 1 {
        pen.row(inner, inner.height - 1)
            .skip(1)
            .say("any key", Role::Key)
            .say(" closes this", Role::Dim);
    }
    None
}
