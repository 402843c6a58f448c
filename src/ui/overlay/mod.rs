//! What lies over the view: menus, lines that are asked for, forms, messages, the hint of a
//! sequence of keys.

mod composer;
mod first_start;
mod message;
mod pending;
mod picker;
mod prompt;
mod query_line;
#[cfg(test)]
pub(super) mod tests;

use ratatui::layout::{Position, Rect};

use crate::app::mouse::Hit;
use crate::app::state::{Hint, Overlay, State};
use crate::text::width;

use super::chrome::{line, rect};
use super::pen::Pen;
use super::theme::Role;

/// Draws what lies over the view, and says where the terminal's cursor belongs.
pub fn draw(pen: &mut Pen, state: &State) -> Option<Position> {
    let body = rect(state.layout.body);
    let top = state.overlays.len().saturating_sub(1);
    let mut cursor = None;
    if !state.overlays.is_empty() {
        pen.spot(pen.area(), Hit::Covered);
    }
    for (index, overlay) in state.overlays.iter().enumerate() {
        let hints: &[Hint] = if index == top { &state.hints } else { &[] };
        let over = Over { body, hints };
        cursor = match overlay {
            Overlay::Picker(it) => picker::draw(pen, over, it),
            Overlay::Prompt(it) => prompt::draw(pen, over, it),
            Overlay::QueryLine(it) => query_line::draw(pen, over, it),
            Overlay::Composer(it) => composer::draw(pen, over, (it, state)),
            Overlay::Message(it) => message::draw(pen, over, (it, state)),
            Overlay::FirstStart(it) => first_start::draw(pen, over, it),
        };
    }
    if let Some(pending) = &state.pending {
        pending::draw(pen, body, pending);
    }
    cursor
}

/// Where an overlay stands, and what its keys do now.
#[derive(Clone, Copy)]
struct Over<'a> {
    body: Rect,
    hints: &'a [Hint],
}

impl Over<'_> {
    /// Empties a box of at most this size in the middle.
    fn open(&self, pen: &mut Pen, width: u16, height: u16) -> Rect {
        let area = centred(self.body, width, height);
        pen.clear(beside(area));
        pen.spot(area, Hit::Overlay);
        area
    }

    /// What the keys do, on the last line of a box.
    fn keys(&self, pen: &mut Pen, inner: Rect) {
        let mut row = pen.row(line(inner, inner.height.saturating_sub(1)), 0);
        row.skip(1);
        for (index, hint) in self.hints.iter().enumerate() {
            let columns = width(&hint.keys) + 1 + width(&hint.help) + 2;
            if columns > row.room() {
                break;
            }
            row.skip(2 * usize::from(index > 0))
                .user(&hint.keys, Role::Key)
                .skip(1)
                .user(&hint.help, Role::Dim);
        }
    }
}

/// A box with a blank column at each side, so that it stands clear of what is below it.
fn beside(area: Rect) -> Rect {
    let left = u16::from(area.x > 0);
    Rect {
        x: area.x - left,
        width: area.width.saturating_add(left + 1),
        ..area
    }
}

/// A box of at most this size in the middle of `body`.
fn centred(body: Rect, width: u16, height: u16) -> Rect {
    let width = width.min(body.width);
    let height = height.min(body.height);
    Rect {
        x: body.x + (body.width - width) / 2,
        y: body.y + (body.height - height) / 2,
        width,
        height,
    }
}
