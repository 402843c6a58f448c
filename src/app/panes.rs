//! Panes 1 and 2: families, and the places in the open one.

use super::App;
use super::effect::Slot;
use super::state::{NoticeKind, Pane, QueueLine, QueueLineKind, Session};
use crate::config::zone;
use crate::model::id::{FamilyId, UserId};
use crate::query::{Is, Order, Person, Query, Term};
use crate::replica::view::{FamilyRow, FamilyView, Question};

impl App {
    pub(super) fn ask_families(&mut self) {
        self.ask(Slot::Families, Question::Families);
    }

    pub(super) fn ask_family(&mut self) {
        if let Some(family_id) = self.state.desk.families.open {
            self.ask(Slot::Family, Question::Family(family_id));
        }
    }

    pub(super) fn families_came(&mut self, rows: Vec<FamilyRow>) {
        let under = self.family_under_cursor();
        self.state.session.families = rows;
        let rows = &self.state.session.families;
        let place = rows.iter().position(|row| Some(row.family_id) == under);
        let panes = &mut self.state.desk.families;
        panes.cursor = place.unwrap_or(panes.cursor.min(rows.len().saturating_sub(1)));
        let still_there = panes
            .open
            .is_some_and(|open| rows.iter().any(|row| row.family_id == open));
        let wanted = self.wanted_family;
        let wanted = rows.iter().position(|row| Some(row.family_id) == wanted);
        if !still_there || wanted.is_some() {
            panes.open = None;
            self.wanted_family = self.wanted_family.filter(|_| wanted.is_none());
            let first = wanted.or_else(|| rows.iter().position(Session::is_member));
            if let Some(index) = first {
                self.state.desk.families.cursor = index;
                let family_id = self.state.session.families[index].family_id;
                self.open_family(family_id);
            }
        }
        self.list_people();
        self.lay_out();
        self.keep_cursors_visible();
    }

    fn family_under_cursor(&self) -> Option<FamilyId> {
        let cursor = self.state.desk.families.cursor;
        let row = self.state.session.families.get(cursor)?;
        Some(row.family_id)
    }

    /// Shows another family: its queues, and all its open tickets.
    pub(super) fn open_family(&mut self, family_id: FamilyId) {
        let desk = &mut self.state.desk;
        desk.families.open = Some(family_id);
        desk.queues.cursor = 0;
        desk.queues.folded.clear();
        desk.queues.lines.clear();
        self.state.session.family = None;
        self.unmark();
        self.ask_family();
        self.show_queue_line();
        self.view().ask(self);
    }

    pub(super) fn family_came(&mut self, family: Option<Box<FamilyView>>) {
        let Some(family) = family else {
            return self.say(
                NoticeKind::Warning,
                "this family is no longer shared with you",
            );
        };
        if Some(family.family.family_id) != self.state.desk.families.open {
            return;
        }
        self.state.session.my_name = family.me.display_name.clone();
        let session = &mut self.state.session;
        session.names = family.names();
        let of_family = zone(&family.family.time_zone);
        session.family_zone = of_family.unwrap_or_else(|| session.time_zone.clone());
        session.family = Some(family);
        self.list_people();
        self.list_queues();
    }

    /// Writes the lines of the queues pane, the cursor staying on its line.
    fn list_queues(&mut self) {
        let Some(family) = &self.state.session.family else {
            return;
        };
        let pane = &mut self.state.desk.queues;
        let under = pane.lines.get(pane.cursor).map(|line| line.kind);
        let line = |kind, label: &str, (open, unread)| QueueLine {
            kind,
            label: label.to_owned(),
            open,
            unread,
        };
        let everything = family.open_by_severity.iter().sum();
        let unread = family.queues.iter().map(|row| row.unread).sum();
        let mut lines = vec![
            line(
                QueueLineKind::Everything,
                "All tickets",
                (everything, unread),
            ),
            line(QueueLineKind::MyWork, "My work", (family.my_work, 0)),
            line(
                QueueLineKind::Unassigned,
                "Unassigned",
                (family.unassigned, 0),
            ),
        ];
        for group in &family.groups {
            let group_id = group.group_id;
            let queues = family.queues.iter();
            let queues: Vec<_> = queues
                .filter(|row| row.queue.group_id == group_id)
                .collect();
            let folded = pane.folded.contains(&group_id);
            let open = queues.iter().map(|row| row.open).sum();
            let unread = queues.iter().map(|row| row.unread).sum();
            let kind = QueueLineKind::Group { group_id, folded };
            lines.push(line(kind, &group.group_name, (open, unread)));
            if !folded {
                lines.extend(queues.into_iter().map(|row| {
                    let kind = QueueLineKind::Queue(row.queue.queue_id);
                    line(kind, &row.queue.queue_name, (row.open, row.unread))
                }));
            }
        }
        let place = |kind: QueueLineKind| lines.iter().position(|line| same_line(line.kind, kind));
        pane.cursor = under
            .and_then(place)
            .unwrap_or(pane.cursor.min(lines.len() - 1));
        pane.lines = lines;
        self.name_place();
        self.keep_cursors_visible();
    }

    /// What the cursor's line lists; a group's line lists nothing.
    fn query_of_line(&self) -> Option<Query> {
        let pane = &self.state.desk.queues;
        let Some(line) = pane.lines.get(pane.cursor) else {
            return Some(Query::open());
        };
        let session = &self.state.session;
        let place = match line.kind {
            QueueLineKind::Everything => return Some(Query::open()),
            QueueLineKind::MyWork => Term::Assignee(Person::Me),
            QueueLineKind::Unassigned => Term::Assignee(Person::Nobody),
            QueueLineKind::Group { .. } => return None,
            QueueLineKind::Queue(queue_id) => session.names.queue_term(queue_id),
        };
        Some(Query::of([place, Term::Is(Is::Open)]).sorted(Order::GRAVEST))
    }

    /// Shows the tickets of the line under the cursor.
    pub(super) fn show_queue_line(&mut self) {
        let Some(query) = self.query_of_line() else {
            return;
        };
        let family = self.state.open_family();
        let list = &mut self.state.desk.list;
        list.searching = false;
        list.from_board = false;
        list.family = family;
        list.home = query.clone();
        self.show_list(query);
    }

    pub(super) fn move_families(&mut self, by: i64) {
        let count = self.state.session.families.len();
        let pane = &mut self.state.desk.families;
        pane.cursor = moved(pane.cursor, by, count);
        self.keep_cursors_visible();
        let cursor = self.state.desk.families.cursor;
        let Some(row) = self.state.session.families.get(cursor) else {
            return;
        };
        if !Session::is_member(row) {
            let name = row.family_name.clone();
            let people = self.state.keys.people.clone();
            self.say(
                NoticeKind::Warning,
                format!("you are not in {name} yet; {people} shows what it waits for"),
            );
        } else if self.state.desk.families.open != Some(row.family_id) {
            let family_id = row.family_id;
            self.open_family(family_id);
        }
    }

    pub(super) fn move_queues(&mut self, by: i64) {
        let pane = &mut self.state.desk.queues;
        let before = pane.cursor;
        pane.cursor = moved(pane.cursor, by, pane.lines.len());
        if pane.cursor != before {
            self.keep_cursors_visible();
            self.show_queue_line();
        }
    }

    pub(super) fn on_group(&self) -> Result<(), String> {
        let pane = &self.state.desk.queues;
        match pane.lines.get(pane.cursor).map(|line| line.kind) {
            Some(QueueLineKind::Group { .. } | QueueLineKind::Queue(_)) => Ok(()),
            _ => Err("only groups fold; move to one first".to_owned()),
        }
    }

    pub(super) fn fold(&mut self) {
        let pane = &mut self.state.desk.queues;
        let upwards = pane.lines[..pane.lines.len().min(pane.cursor + 1)].iter();
        let group = upwards
            .enumerate()
            .rev()
            .find_map(|(index, line)| match line.kind {
                QueueLineKind::Group { group_id, .. } => Some((index, group_id)),
                _ => None,
            });
        if let Some((index, group_id)) = group {
            pane.cursor = index;
            if !pane.folded.remove(&group_id) {
                pane.folded.insert(group_id);
            }
            self.list_queues();
        }
    }

    pub(super) fn fold_all(&mut self) {
        if let Some(family) = &self.state.session.family {
            let groups = family.groups.iter().map(|group| group.group_id);
            self.state.desk.queues.folded = groups.collect();
            self.list_queues();
        }
    }

    pub(super) fn unfold_all(&mut self) {
        self.state.desk.queues.folded.clear();
        self.list_queues();
    }

    pub(super) fn keep_cursors_visible(&mut self) {
        let layout = &self.state.layout;
        let (families, queues) = (layout.family_rows(), layout.queue_rows());
        let desk = &mut self.state.desk;
        desk.families.top = scrolled(desk.families.top, desk.families.cursor, families);
        desk.queues.top = scrolled(desk.queues.top, desk.queues.cursor, queues);
        self.keep_list_visible();
    }

    pub(super) fn move_pane(&mut self, by: i64) {
        match self.state.desk.focus {
            Pane::Families => self.move_families(by),
            Pane::Queues => self.move_queues(by),
            Pane::List => self.move_list(by),
            Pane::Thread => self.move_thread(by),
            Pane::Strip => self.strip_move(by),
        }
    }
}

fn same_line(a: QueueLineKind, b: QueueLineKind) -> bool {
    match (a, b) {
        (QueueLineKind::Group { group_id: a, .. }, QueueLineKind::Group { group_id: b, .. }) => {
            a == b
        }
        (a, b) => a == b,
    }
}

/// The name of someone in the family.
pub(super) fn name_of(family: Option<&FamilyView>, user_id: UserId) -> String {
    family
        .and_then(|family| {
            family
                .people
                .iter()
                .find(|person| person.user_id == user_id)
        })
        .map_or_else(
            || "someone".to_owned(),
            |person| person.display_name.clone(),
        )
}

/// A cursor moved within so many rows.
pub(super) fn moved(cursor: usize, by: i64, count: usize) -> usize {
    let by = isize::try_from(by).unwrap_or(if by < 0 { isize::MIN } else { isize::MAX });
    cursor
        .saturating_add_signed(by)
        .min(count.saturating_sub(1))
}

pub(super) fn scrolled(top: usize, cursor: usize, height: usize) -> usize {
    if height == 0 || cursor < top {
        cursor
    } else if cursor >= top + height {
        cursor + 1 - height
    } else {
        top
    }
}
