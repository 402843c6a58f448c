//! Pane 2: where tickets are, with how many are open.

use ratatui::layout::Rect;

use crate::app::mouse::Hit;
use crate::app::state::{Connection, Pane, QueueLine, QueueLineKind, State};
use crate::text::width;

use super::chrome::{PaneTitle, pane};
use super::glyphs;
use super::pen::Pen;
use super::theme::Role;

pub fn draw(pen: &mut Pen, area: Rect, state: &State) {
    let queues = &state.desk.queues;
    let title = PaneTitle {
        focus: state.desk.focus == Pane::Queues,
        ..PaneTitle::new(&state.keys.queues, "Queues")
    };
    let inner = pane(pen, area, &title);
    let lines = queues.lines.iter().enumerate().skip(queues.top);
    for ((index, queue), line) in lines.zip(0..inner.height) {
        let here = index == queues.cursor;
        let at = Rect {
            y: inner.y + line,
            height: 1,
            ..inner
        };
        pen.spot(at, Hit::Queue(index));
        draw_line(pen, at, (queue, here));
    }
    if queues.lines.is_empty() {
        let starting = state.status.connection == Connection::Starting;
        let words = if starting { " loading" } else { " none yet" };
        pen.row(inner, 0).say(words, Role::Dim);
    }
}

fn draw_line(pen: &mut Pen, line: Rect, (queue, here): (&QueueLine, bool)) {
    let (indent, fold, role) = match queue.kind {
        QueueLineKind::Everything | QueueLineKind::MyWork | QueueLineKind::Unassigned => {
            (0, "", Role::Text)
        }
        QueueLineKind::Group { folded: true, .. } => (0, glyphs::CLOSED_FOLD, Role::Strong),
        QueueLineKind::Group { folded: false, .. } => (0, glyphs::OPEN_FOLD, Role::Strong),
        QueueLineKind::Queue(_) => (2, "", Role::Text),
    };
    // Under an open group its queues have the numbers.
    let unfolded = matches!(queue.kind, QueueLineKind::Group { folded: false, .. });
    let right = if unfolded {
        String::new()
    } else {
        glyphs::counted(queue.open, queue.unread)
    };
    let mut row = pen.row(line, 0);
    row.cursor(here).skip(indent);
    if !fold.is_empty() {
        row.say(fold, Role::Dim).skip(1);
    }
    let name_columns = row.room().saturating_sub(width(&right) + 2);
    row.user_column(&queue.label, name_columns, role)
        .skip(1)
        .user(
            &right,
            if queue.open == 0 {
                Role::Dim
            } else {
                Role::Text
            },
        );
}
