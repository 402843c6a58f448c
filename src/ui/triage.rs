//! Triage: the severities with their meaning above, the ticket below, and the end.

use ratatui::layout::Rect;

use crate::app::mouse::Hit;
use crate::app::state::State;
use crate::app::triage::parts;
use crate::model::severity::Severity;
use crate::text::plural::{count, grouped};

use super::chrome::{PaneTitle, heading, inside, line, pane, rect};
use super::empty;
use super::pen::{Pen, Row};
use super::theme::Role;
use super::thread;

pub fn draw(pen: &mut Pen, state: &State) {
    if state.triage.ticket_id.is_none() {
        return draw_end(pen, state);
    }
    let (head, text) = parts(state.layout.body);
    draw_severities(pen, rect(head), state);
    thread::draw(pen, rect(text), state);
}

fn draw_severities(pen: &mut Pen, area: Rect, state: &State) {
    let (here, all) = state.triage.progress();
    let right = format!("{} of {}", grouped(here), grouped(all));
    let title = PaneTitle {
        right: &right,
        focus: true,
        ..PaneTitle::new("", "Triage")
    };
    heading(pen, area, &title, Role::Focus);
    let inner = Rect {
        height: area.height - 1,
        y: area.y + 1,
        ..inside(Rect {
            height: area.height + 1,
            ..area
        })
    };
    for at in 0..inner.height {
        let sides = Rect::new(area.x, inner.y + at, area.width, 1);
        pen.upright(Rect { width: 1, ..sides }, Role::Focus);
        let right = Rect {
            x: sides.right() - 1,
            width: 1,
            ..sides
        };
        pen.upright(right, Role::Focus);
    }
    let columns = if inner.height >= 6 { 1 } else { 2 };
    let width = inner.width / columns;
    let severities = Severity::ALL.into_iter().zip(&state.keys.severities);
    for ((severity, key), place) in severities.zip(0..) {
        let cell = Rect {
            x: inner.x + width * (place % columns),
            width,
            ..inner
        };
        pen.spot(line(cell, place / columns), Hit::Triage(severity));
        let mut row = pen.row(cell, place / columns);
        draw_severity(&mut row, (severity, key), state);
    }
}

fn draw_severity(row: &mut Row, (severity, key): (Severity, &str), state: &State) {
    let ticket = state.desk.thread.thread.as_deref().map(|it| &it.ticket);
    let ticket = ticket.filter(|it| Some(it.ticket_id) == state.triage.ticket_id);
    let here = ticket.is_some_and(|ticket| ticket.severity == severity);
    let family = state.session.family.as_deref();
    let words = family.map_or(severity.meaning(), |it| it.family.words_for(severity));
    row.cursor(here)
        .user_column(key, 2, Role::Key)
        .skip(1)
        .column(severity.as_str(), 8, Role::Severity(severity))
        .user(words, if here { Role::Strong } else { Role::Dim });
}

fn draw_end(pen: &mut Pen, state: &State) {
    let inner = pane(pen, rect(state.layout.body), &PaneTitle::new("", "Triage"));
    let triage = &state.triage;
    if !triage.loaded {
        return empty::say(pen, inner, &[("loading", Role::Dim)]);
    }
    let passed = triage.passed.len() as u64;
    let skipped = triage.skipped();
    let went = match passed {
        0 => "Nothing waits for triage.".to_owned(),
        _ => format!(
            "{} triaged in this sitting.",
            count(passed - skipped, "ticket", "tickets")
        ),
    };
    let open = &state.keys.open;
    let left = match skipped {
        0 => "What is filed next appears here.".to_owned(),
        _ => format!(
            "{} skipped; {open} begins with them again.",
            grouped(skipped)
        ),
    };
    let lines = [
        ("That was all.", Role::Strong),
        (went.as_str(), Role::Text),
        (left.as_str(), Role::Dim),
    ];
    let from = usize::from(passed == 0);
    empty::say(pen, inner, &lines[from..]);
}
