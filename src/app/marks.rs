//! Marks: the tickets that an action works on together.

use super::App;
use super::effect::Slot;
use super::state::NoticeKind;
use crate::query::Order;
use crate::replica::view::{Anchor, Question, TicketRow, Window};
use crate::text::plural::grouped;

/// How many tickets are marked at once at the most.
const MOST_MARKS: usize = 1_000;

impl App {
    pub(super) fn mark(&mut self) {
        if let Some(row) = self.state.desk.list.selected_row().cloned() {
            self.toggle_mark(row);
            self.move_list(1);
        }
    }

    pub(super) fn mark_range(&mut self) {
        let list = &mut self.state.desk.list;
        let Some(here) = list.selected.map(|selected| selected.place) else {
            return;
        };
        let Some(from) = list.mark_from.take() else {
            list.mark_from = Some(here);
            return self.say(NoticeKind::Done, "a range begins here; v again ends it");
        };
        let places = from.min(here)..=from.max(here);
        let wanted = places.end() - places.start() + 1;
        let rows: Vec<TicketRow> = places
            .filter_map(|place| list.row_at(place).cloned())
            .collect();
        if rows.len() as u64 != wanted {
            return self.say(
                NoticeKind::Warning,
                "that range reaches further than what is loaded; mark it in shorter pieces",
            );
        }
        self.mark_all(rows);
    }

    pub(super) fn mark_shown(&mut self) {
        let height = self.list_height();
        let rows = self.state.desk.list.visible(height);
        let rows = rows.map(|(_, row)| row.clone()).collect();
        self.mark_all(rows);
    }

    /// Marks everything that the list is of, on the screen or not.
    pub(super) fn mark_matching(&mut self) {
        let query = self.list_query().sorted(Order::NEWEST);
        self.ask(
            Slot::Marks,
            Question::List {
                query,
                anchor: Anchor::Top,
                before: 0,
                after: MOST_MARKS,
            },
        );
    }

    pub(super) fn matching_came(&mut self, window: Window) {
        let total = window.total;
        let more = window.more_than_total;
        self.mark_all(window.rows.into_iter().take(MOST_MARKS).collect());
        let count = self.state.desk.list.marks.len() as u64;
        if total > MOST_MARKS as u64 || more {
            let total = grouped(total);
            let more = if more { "more than " } else { "" };
            self.say(
                NoticeKind::Warning,
                format!(
                    "{} marked, the newest of {more}{total}; no more are marked at once",
                    grouped(count)
                ),
            );
        }
    }

    fn mark_all(&mut self, rows: Vec<TicketRow>) {
        for row in rows {
            if !self.state.desk.list.marks.contains(&row.ticket_id) {
                self.toggle_mark(row);
            }
        }
        let count = self.state.desk.list.marks.len();
        self.say(
            NoticeKind::Done,
            format!("{count} marked; Esc takes the marks away"),
        );
    }

    fn toggle_mark(&mut self, row: TicketRow) {
        let list = &mut self.state.desk.list;
        if list.marks.remove(&row.ticket_id) {
            list.marked_rows
                .retain(|marked| marked.ticket_id != row.ticket_id);
        } else {
            list.marks.insert(row.ticket_id);
            list.marked_rows.push(row);
        }
    }

    /// Takes the marks away; says whether there were any.
    pub(super) fn unmark(&mut self) -> bool {
        let list = &mut self.state.desk.list;
        list.marked_rows.clear();
        let had = !list.marks.is_empty() || list.mark_from.is_some();
        list.marks.clear();
        list.mark_from = None;
        had
    }
}
