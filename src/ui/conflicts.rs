//! Conflicts: what waits for the person above, and both sides of the entry under the cursor below.

use ratatui::layout::Rect;

use crate::app::mouse::Hit;
use crate::app::outbox::parts;
use crate::app::state::State;
use crate::replica::view::{Outbox, OutboxEntry};
use crate::text::age;
use crate::text::plural::grouped;

use super::chrome::{PaneTitle, line as one, pane, rect};
use super::empty;
use super::outbox::{entry_row, teller};
use super::pen::Pen;
use super::theme::Role;

pub fn draw(pen: &mut Pen, state: &State) {
    let title = PaneTitle::new("", "Conflicts");
    let Some(outbox) = state.outbox.outbox.as_deref() else {
        let inner = pane(pen, rect(state.layout.body), &title);
        return empty::say(pen, inner, &[("loading", Role::Dim)]);
    };
    let count = outbox.to_decide();
    if count == 0 {
        let inner = pane(pen, rect(state.layout.body), &title);
        let lines = [
            ("Nothing needs you.", Role::Text),
            (
                "What others overtake or a rule refuses waits here.",
                Role::Dim,
            ),
        ];
        return empty::say(pen, inner, &lines);
    }
    let (list, card) = parts(state.layout.body, count);
    draw_list(pen, rect(list), (outbox, count, state));
    if let Some(entry) = outbox.entries.get(state.outbox.cursor.min(count - 1)) {
        draw_card(pen, rect(card), (outbox, entry, state));
    }
}

fn draw_list(pen: &mut Pen, area: Rect, (outbox, count, state): (&Outbox, usize, &State)) {
    let right = format!("{} to decide", grouped(count as u64));
    let title = PaneTitle {
        right: &right,
        focus: true,
        ..PaneTitle::new("", "Conflicts")
    };
    let inner = pane(pen, area, &title);
    let entries = outbox.entries.iter().take(count).enumerate();
    for ((index, entry), line) in entries.skip(state.outbox.top).zip(0..inner.height) {
        pen.spot(one(inner, line), Hit::Outbox(index));
        let mut row = pen.row(inner, line);
        row.cursor(index == state.outbox.cursor);
        entry_row(&mut row, entry, (outbox, state));
    }
}

fn draw_card(pen: &mut Pen, area: Rect, (outbox, entry, state): (&Outbox, &OutboxEntry, &State)) {
    let given = entry.command.as_ref().map(|it| it.issued_at);
    let given = given.map_or_else(String::new, |at| {
        format!("yours, {}", age::ago(at.0, state.now.0))
    });
    let family = state.session.family_name(entry.family_id);
    let columns = usize::from(area.width).saturating_sub(4).max(1);
    let rows = teller(outbox, state).card(entry, columns);
    let room = usize::from(area.height.saturating_sub(2));
    let top = state.outbox.card_top.min(rows.len().saturating_sub(room));
    let right = match rows.len() > top + room {
        true => format!("{given}, more below"),
        false => given,
    };
    let title = PaneTitle {
        right: &right,
        ..PaneTitle::new("", family.unwrap_or_default())
    };
    let inner = pane(pen, area, &title);
    for (words, line) in rows.iter().skip(top).zip(0..inner.height) {
        pen.row(inner, line).skip(1).drawn(words);
    }
}
