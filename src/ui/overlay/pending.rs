//! What may follow the keys that were typed. It never takes a key itself.

use ratatui::layout::Rect;

use crate::app::mouse::Hit;
use crate::app::state::{Hint, Pending};
use crate::text::width;

use super::super::chrome::{PaneTitle, line, pane};
use super::super::pen::Pen;
use super::super::theme::Role;
use super::beside;

pub fn draw(pen: &mut Pen, body: Rect, pending: &Pending) {
    let most = usize::from(body.height.saturating_sub(2)).max(1);
    // In several columns where the keys don't fit below each other.
    let stacks = pending.next.len().div_ceil(most).max(1);
    let rows = pending.next.len().div_ceil(stacks).max(1);
    let keys = widest(&pending.next, |hint| &hint.keys);
    let words = widest(&pending.next, |hint| &hint.help);
    let room = usize::from(body.width).saturating_sub(3) / stacks;
    let stack = (keys + 2 + words + 2).min(room);
    let words = stack.saturating_sub(keys + 4);
    let columns = u16::try_from(stacks * stack + 3).unwrap_or(body.width);
    let columns = columns.max(14).min(body.width);
    let height = u16::try_from(rows + 2)
        .unwrap_or(body.height)
        .min(body.height);
    let area = Rect {
        x: body.right() - columns,
        y: body.bottom() - height,
        width: columns,
        height,
    };
    pen.clear(beside(area));
    pen.spot(area, Hit::Overlay);
    let title = PaneTitle {
        focus: true,
        ..PaneTitle::new("", &pending.typed)
    };
    let inner = pane(pen, area, &title);
    for (index, hint) in pending.next.iter().enumerate() {
        let at = u16::try_from(index % rows).unwrap_or(0);
        let left = 1 + index / rows * stack;
        let entry = Rect {
            x: inner.x + u16::try_from(left).unwrap_or(inner.width).min(inner.width),
            width: u16::try_from(stack).unwrap_or(inner.width),
            ..line(inner, at)
        };
        pen.spot(entry.intersection(inner), Hit::Next(index));
        pen.row(inner, at)
            .skip(left)
            .user_column(&hint.keys, keys, Role::Key)
            .skip(2)
            .user_column(&hint.help, words, Role::Text);
    }
}

fn widest(hints: &[Hint], text: fn(&Hint) -> &str) -> usize {
    hints
        .iter()
        .map(|hint| width(text(hint)))
        .max()
        .unwrap_or(0)
}
