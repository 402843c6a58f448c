//! One frame: a title line, the view, a status line with hints, and what lies over them.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::app::layout::{Arrangement, SMALLEST};
use crate::app::state::{State, View};

use super::chrome::{breadcrumb, rect, status_line, title_line};
use super::pen::Pen;
use super::theme::{Role, Theme};
use super::{
    activity, board, empty, families, glyphs, list, outbox, overlay, people, queues, thread, triage,
};

/// Draws the state. Nothing in it changes.
pub fn draw(state: &State, theme: &Theme, frame: &mut Frame) {
    if let Some(cursor) = paint(state, theme, frame.buffer_mut()) {
        frame.set_cursor_position(cursor);
    }
}

/// Draws the state into empty cells, and says where the terminal's cursor belongs, if anywhere.
pub fn paint(state: &State, theme: &Theme, buffer: &mut Buffer) -> Option<Position> {
    let cursor = paint_all(state, &mut Pen::new(buffer, theme));
    if !theme.unicode {
        glyphs::to_ascii(buffer);
    }
    cursor
}

fn paint_all(state: &State, pen: &mut Pen) -> Option<Position> {
    if state.layout.arrangement == Arrangement::TooSmall {
        too_small(pen);
        return None;
    }
    title_line(pen, state);
    let in_view = match state.view {
        View::Desk => desk(pen, state),
        View::Board => {
            board::draw(pen, state);
            None
        }
        View::People => {
            people::draw(pen, state);
            None
        }
        View::Triage => {
            triage::draw(pen, state);
            None
        }
        View::Activity => {
            activity::draw(pen, state);
            None
        }
        View::Outbox => {
            outbox::draw(pen, state);
            None
        }
    };
    status_line(pen, state);
    let over = overlay::draw(pen, state);
    if state.overlays.is_empty() {
        in_view
    } else {
        over
    }
}

fn desk(pen: &mut Pen, state: &State) -> Option<Position> {
    let layout = &state.layout;
    breadcrumb(pen, state);
    if let Some(area) = layout.families {
        families::draw(pen, rect(area), state);
    }
    if let Some(area) = layout.queues {
        queues::draw(pen, rect(area), state);
    }
    if let Some(area) = layout.strip {
        list::draw_strip(pen, rect(area), state);
    }
    let cursor = layout
        .list
        .and_then(|area| list::draw(pen, rect(area), state));
    if let Some(area) = layout.thread {
        thread::draw(pen, rect(area), state);
    }
    cursor
}

fn too_small(pen: &mut Pen) {
    let area = pen.area();
    let is = format!("This screen is {}x{}.", area.width, area.height);
    let least = format!(
        "80x24 works best; {}x{} is the least.",
        SMALLEST.width, SMALLEST.height
    );
    let lines = [(is.as_str(), Role::Text), (least.as_str(), Role::Strong)];
    empty::say(pen, area, &lines);
}
