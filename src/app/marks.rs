//! Marks: the tickets that an action works on together.

use super::App;
use super::state::NoticeKind;
use crate::replica::view::TicketRow;

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
