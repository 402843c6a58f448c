//! Merging tickets into another, or making them parts of it; the other is searched for as it is
//! typed. And taking that back.

use super::App;
use super::effect::Slot;
use super::help::plain_row;
use super::picker::{Pick, PickerFor, PickerRow};
use super::state::NoticeKind;
use super::target::{Target, label_of, number_of};
use super::work::Work;
use crate::query::{Order, Query, parse};
use crate::replica::view::{Anchor, ListQuery, Question, TicketRow, Window};

/// How many tickets are offered.
const OFFERED: usize = 50;

impl App {
    pub(super) fn merge(&mut self) {
        if !self.family_of_targets() {
            return;
        }
        let title = format!("Merge {} into", label_of(&self.targets()));
        self.open_picker(PickerFor::MergeInto, title, Vec::new());
        self.ask_merge_rows();
    }

    pub(super) fn make_part(&mut self) {
        if !self.family_of_targets() {
            return;
        }
        let title = format!("Make {} a part of", label_of(&self.targets()));
        self.open_picker(PickerFor::PartOf, title, Vec::new());
        self.ask_merge_rows();
    }

    /// Looks for tickets by what is typed: a number, or any words.
    pub(super) fn ask_merge_rows(&mut self) {
        let Some(family_id) = self.state.open_family() else {
            return;
        };
        let Some(picker) = self.picker() else { return };
        let text = picker.input.value();
        picker.error = None;
        let query = match text.trim().is_empty() {
            true => Query::open().sorted(Order::LATEST),
            false => parse(&text).query,
        };
        let query = ListQuery {
            family: Some(family_id),
            filter: query.filter(&self.context(Some(family_id))),
            order: query.order(),
        };
        self.ask(
            Slot::Merge,
            Question::List {
                query,
                anchor: Anchor::Top,
                before: 0,
                after: OFFERED,
            },
        );
    }

    pub(super) fn merge_rows_came(&mut self, window: Window) {
        let Some(picker) = self.picker() else { return };
        let may_be_none = match picker.purpose {
            PickerFor::MergeInto => false,
            PickerFor::PartOf => "none".starts_with(picker.input.value().trim()),
            _ => return,
        };
        let is_target = |row: &TicketRow| {
            picker
                .targets
                .iter()
                .any(|it| it.ticket_id() == row.ticket_id)
        };
        let rows = window.rows.into_iter().filter(|row| !is_target(row));
        let none = may_be_none.then(|| PickerRow {
            detail: "it stands for itself".to_owned(),
            ..plain_row("none", Pick::NoTicket)
        });
        let rows: Vec<PickerRow> = rows
            .map(|row| {
                let number = number_of(&row);
                PickerRow {
                    label: number.clone(),
                    detail: row.title,
                    keys: row.status.to_string().to_lowercase(),
                    blocked: None,
                    value: Pick::Ticket(row.ticket_id, number),
                }
            })
            .chain(none)
            .collect();
        picker.matches = (0..rows.len()).collect();
        picker.rows = rows;
        picker.cursor = 0;
    }

    /// The ticket stands for itself again; of one that others were merged into, one of those does.
    pub(super) fn unmerge(&mut self) {
        let Some(target) = self.target() else { return };
        let label = target.label();
        let Some(thread) = self.thread_of(target.ticket_id()) else {
            let open = &self.state.keys.open;
            let how = format!("open the ticket first to see what is merged into it ({open})");
            return self.say(NoticeKind::Warning, how);
        };
        if thread.ticket.merged_into.is_some() {
            return self.work(Work::Unmerge, vec![target]);
        }
        let merged = thread.merged.iter().map(|ticket| {
            let row = TicketRow {
                ticket_id: ticket.ticket_id,
                number: ticket.number.clone(),
                title: ticket.title.clone(),
                ..target.row.clone()
            };
            let label = format!("{}  {}", number_of(&row), row.title);
            let merged = Target {
                row,
                ticket: Some(Box::new(ticket.clone())),
            };
            plain_row(&label, Pick::Merged(Box::new(merged)))
        });
        let rows: Vec<PickerRow> = merged.collect();
        if rows.is_empty() {
            let text = format!("nothing is merged into {label}, nor it into another");
            return self.say(NoticeKind::Warning, text);
        }
        let title = format!("Take out of {label}");
        self.open_picker(PickerFor::Unmerge, title, rows);
    }
}
