//! One frame: a title line, the view, a status line with hints, and what lies over them.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::app::layout::{Arrangement, SMALLEST};
use crate::app::mouse::{Hit, Spots};
use crate::app::state::{Pane, State, View};

use super::chrome::{breadcrumb, rect, status_line, title_line};
use super::pen::Pen;
use super::theme::{Role, Theme};
use super::{
    activity, board, conflicts, empty, families, glyphs, list, outbox, overlay, people, queues,
    thread, triage,
};

/// What a drawn frame leaves to be known of it.
#[derive(Debug)]
pub struct Painted {
    /// Where the terminal's cursor belongs, if anywhere.
    pub cursor: Option<Position>,
    /// What stands where.
    pub spots: Spots,
}

/// Draws the state, and says what stands where. Nothing in it changes.
pub fn draw(state: &State, theme: &Theme, frame: &mut Frame) -> Spots {
    let painted = paint(state, theme, frame.buffer_mut());
    if let Some(cursor) = painted.cursor {
        frame.set_cursor_position(cursor);
    }
    painted.spots
}

/// Draws the state into empty cells.
pub fn paint(state: &State, theme: &Theme, buffer: &mut Buffer) -> Painted {
    let mut pen = Pen::new(buffer, theme);
    let cursor = paint_all(state, &mut pen);
    let spots = pen.into_spots();
    if !theme.unicode {
        glyphs::to_ascii(buffer);
    }
    Painted { cursor, spots }
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
        View::Conflicts => {
            conflicts::draw(pen, state);
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
        pen.spot(rect(area), Hit::Pane(Pane::Families));
        families::draw(pen, rect(area), state);
    }
    if let Some(area) = layout.queues {
        pen.spot(rect(area), Hit::Pane(Pane::Queues));
        queues::draw(pen, rect(area), state);
    }
    if let Some(area) = layout.strip {
        pen.spot(rect(area), Hit::Pane(Pane::Strip));
        list::draw_strip(pen, rect(area), state);
    }
    let cursor = layout.list.and_then(|area| {
        pen.spot(rect(area), Hit::Pane(Pane::List));
        list::draw(pen, rect(area), state)
    });
    if let Some(area) = layout.thread {
        pen.spot(rect(area), Hit::Pane(Pane::Thread));
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
