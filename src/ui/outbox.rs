//! The outbox: what waits and what was refused above, the entry under the cursor in full below.

use ratatui::layout::Rect;

use crate::app::mouse::Hit;
use crate::app::outbox::parts;
use crate::app::state::{Connection, State};
use crate::replica::view::{Fate, Outbox, OutboxEntry};
use crate::tell::Teller;
use crate::text::plural::{count, grouped};
use crate::text::{SafeLines, age};

use super::chrome::{PaneTitle, line as one, pane, rect};
use super::empty;
use super::pen::{Pen, Row};
use super::theme::Role;

/// From how many rows on nothing has to be left out.
const ROOMY: u16 = 6;

pub fn draw(pen: &mut Pen, state: &State) {
    let Some(outbox) = state.outbox.outbox.as_deref() else {
        let inner = pane(pen, rect(state.layout.body), &PaneTitle::new("", "Outbox"));
        return empty::say(pen, inner, &[("loading", Role::Dim)]);
    };
    if outbox.entries.is_empty() {
        let inner = pane(pen, rect(state.layout.body), &PaneTitle::new("", "Outbox"));
        let lines = [
            ("Nothing waits and nothing was refused.", Role::Text),
            ("Everything you did has arrived.", Role::Dim),
        ];
        return empty::say(pen, inner, &lines);
    }
    let (list, detail) = parts(state.layout.body, outbox.entries.len());
    draw_list(pen, rect(list), (outbox, state));
    if let Some(entry) = outbox.entries.get(state.outbox.cursor) {
        draw_entry(pen, rect(detail), (outbox, entry, state));
    }
}

pub(super) fn teller<'a>(outbox: &'a Outbox, state: &'a State) -> Teller<'a> {
    Teller {
        names: &outbox.names,
        zone: &state.session.time_zone,
    }
}

fn draw_list(pen: &mut Pen, area: Rect, (outbox, state): (&Outbox, &State)) {
    let summary = &outbox.summary;
    let right = format!(
        "{} to decide ({}), {} waiting",
        grouped(summary.to_decide()),
        state.keys.conflicts,
        grouped(summary.waiting)
    );
    let title = PaneTitle {
        right: &right,
        focus: true,
        ..PaneTitle::new("", "Outbox")
    };
    let inner = pane(pen, area, &title);
    let shown = outbox.entries.iter().enumerate().skip(state.outbox.top);
    for ((index, entry), line) in shown.zip(0..inner.height) {
        pen.spot(one(inner, line), Hit::Outbox(index));
        let mut row = pen.row(inner, line);
        row.cursor(index == state.outbox.cursor);
        entry_row(&mut row, entry, (outbox, state));
    }
}

pub(super) fn entry_row(row: &mut Row, entry: &OutboxEntry, (outbox, state): (&Outbox, &State)) {
    row.column(entry.fate.word(), 9, role_of(&entry.fate));
    let words = teller(outbox, state).entry(entry);
    let columns = row.room().saturating_sub(6);
    row.user_column(&words, columns, Role::Text);
    let given = entry.command.as_ref().map(|it| it.issued_at);
    let age = given.map_or_else(String::new, |at| age::compact(at.0, state.now.0));
    row.skip(1).column_right(&age, 4, Role::Dim);
}

fn role_of(fate: &Fate) -> Role {
    match fate {
        Fate::Waiting | Fate::Decided => Role::Unsent,
        Fate::Doubtful(_) => Role::Warning,
        Fate::Refused(_) | Fate::Parked(_) => Role::Error,
        Fate::Merged(_) => Role::Warning,
        Fate::Blocked { .. } => Role::Dim,
    }
}

fn draw_entry(pen: &mut Pen, area: Rect, (outbox, entry, state): (&Outbox, &OutboxEntry, &State)) {
    let family = state.session.family_name(entry.family_id);
    let title = PaneTitle::new("", family.unwrap_or_default());
    let inner = pane(pen, area, &title);
    let columns = usize::from(inner.width).saturating_sub(2).max(1);
    let mut line = 0;
    let mut say = |pen: &mut Pen, text: &str, role: Role| {
        let safe = SafeLines::new(text);
        for wrapped in safe.wrap(columns) {
            if line >= inner.height {
                return;
            }
            let mut row = pen.row(inner, line);
            row.skip(1).wrapped(&wrapped, role);
            line += 1;
        }
    };
    // The list above says it already.
    if inner.height >= ROOMY {
        say(pen, &teller(outbox, state).entry(entry), Role::Strong);
    }
    say(pen, &standing(entry, state), role_of(&entry.fate));
    if let Some(text) = &entry.text {
        if inner.height >= ROOMY {
            say(pen, "\n", Role::Text);
        }
        say(pen, text, Role::Text);
    }
}

/// When it was given, what became of it, and what happens next.
fn standing(entry: &OutboxEntry, state: &State) -> String {
    let given = entry.command.as_ref().map(|it| it.issued_at);
    let given = given.map_or_else(String::new, |at| {
        format!("given {}; ", age::ago(at.0, state.now.0))
    });
    let next = match (&entry.fate, &state.status.connection) {
        (fate, _) if fate.is_to_decide() => {
            let why = fate.why().unwrap_or_default();
            return format!("{given}{why}");
        }
        (Fate::Decided, _) => "the backend has it; the log will show it".to_owned(),
        (_, Connection::Offline(offline)) => format!(
            "not sent ({}); {}, next {}",
            offline.why,
            count(u64::from(offline.tries), "try so far", "tries so far"),
            age::moment(offline.next_try.0, state.now.0, &state.session.time_zone)
        ),
        _ => "it goes out with the next pass".to_owned(),
    };
    match &entry.fate {
        Fate::Doubtful(refusal) => format!("{given}{next}; it may be refused: {refusal}"),
        _ => format!("{given}{next}"),
    }
}
