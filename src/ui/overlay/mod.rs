//! What lies over the view: menus, lines that are asked for, forms, messages, the hint of a
//! sequence of keys.

mod composer;
mod field;
mod first_start;
mod message;
mod pending;
mod picker;
mod prompt;
#[cfg(test)]
mod tests;

use ratatui::layout::{Position, Rect};

use crate::app::state::{Overlay, State};

use super::chrome::rect;
use super::glyphs::BETWEEN;
use super::pen::Pen;
use super::theme::Role;

/// Draws what lies over the view, and says where the terminal's cursor belongs.
pub fn draw(pen: &mut Pen, state: &State) -> Option<Position> {
    let body = rect(state.layout.body);
    let mut cursor = None;
    for overlay in &state.overlays {
        cursor = match overlay {
            Overlay::Picker(it) => picker::draw(pen, body, it),
            Overlay::Prompt(it) => prompt::draw(pen, body, it),
            Overlay::Composer(it) => composer::draw(pen, body, (it, state)),
            Overlay::Message(it) => message::draw(pen, body, it),
            Overlay::FirstStart(it) => first_start::draw(pen, it),
        };
    }
    if let Some(pending) = &state.pending {
        pending::draw(pen, body, pending);
    }
    cursor
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

/// A row of keys and what they do.
fn keys_line(pen: &mut Pen, area: Rect, keys: &[(&str, &str)]) {
    let mut row = pen.row(area, 0);
    row.say(" ", Role::Text);
    for (index, (key, help)) in keys.iter().enumerate() {
        if index > 0 {
            row.say(BETWEEN, Role::Dim);
        }
        row.say(key, Role::Key)
            .say(" ", Role::Dim)
            .say(help, Role::Dim);
    }
}

/// One line of an area, counted from its top.
fn line(area: Rect, line: u16) -> Rect {
    Rect {
        y: area.y.saturating_add(line),
        height: u16::from(line < area.height),
        ..area
    }
}
