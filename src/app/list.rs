//! Pane 3: moving through a list of any length while only a window of it is loaded.

use super::App;
use super::effect::Slot;
use super::state::{ListPane, NoticeKind, Selected};
use super::text_field::TextField;
use crate::model::id::TicketId;
use crate::model::severity::Severity;
use crate::model::source::Timestamp;
use crate::model::status::Status;
use crate::replica::view::{
    Anchor, ListQuery, Order, Place, Question, StatusFilter, TicketRow, Window,
};

/// Where the cursor goes when the rows that were asked for arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Jump {
    to: JumpTo,
    /// How many rows further, for the keys that were typed meanwhile.
    further: i64,
    /// The rows were asked for because the ticket under the cursor was not found.
    again: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum JumpTo {
    /// Stays on the ticket it is on.
    Stay,
    /// On this ticket, if the list holds it.
    Ticket(TicketId),
    First,
    Last,
}

/// How many screens of rows are loaded on each side of the cursor.
const MARGIN: usize = 3;

impl App {
    fn list_height(&self) -> usize {
        self.state.layout.list_rows().max(1)
    }

    /// Shows another list from its beginning.
    pub(super) fn show_list(&mut self, query: ListQuery) {
        let list = &mut self.state.desk.list;
        list.query = query;
        list.query_words = words_of(&list.query);
        list.loading = true;
        list.mark_from = None;
        self.ask_list(Anchor::Top, JumpTo::First);
    }

    /// Shows another list, the cursor on one of its tickets.
    pub(super) fn show_list_at(&mut self, query: ListQuery, ticket: Option<TicketId>) {
        self.show_list(query);
        if let Some(ticket_id) = ticket {
            self.find_in_list(ticket_id);
        }
    }

    /// Puts the cursor on a ticket if the list holds it.
    pub(super) fn find_in_list(&mut self, ticket_id: TicketId) {
        self.jump = None;
        let anchor = Anchor::Ticket(ticket_id, None);
        self.ask_list(anchor, JumpTo::Ticket(ticket_id));
    }

    /// Asks for the same list again, staying on the same ticket.
    pub(super) fn ask_list_again(&mut self) {
        let anchor = match self.state.desk.list.selected {
            Some(selected) => Anchor::Ticket(selected.ticket_id, None),
            None => Anchor::Top,
        };
        let to = match (self.jump, anchor) {
            (Some(jump), _) => jump.to,
            (None, Anchor::Top) => JumpTo::First,
            (None, _) => JumpTo::Stay,
        };
        let anchor = match to {
            JumpTo::First => Anchor::Top,
            JumpTo::Last => Anchor::Bottom,
            JumpTo::Ticket(ticket_id) => Anchor::Ticket(ticket_id, None),
            JumpTo::Stay => anchor,
        };
        self.ask_list(anchor, to);
    }

    fn ask_list(&mut self, anchor: Anchor, to: JumpTo) {
        let further = match (self.jump, to) {
            (Some(jump), JumpTo::Stay) => jump.further,
            _ => 0,
        };
        let room = self.list_height() * MARGIN;
        let reach = usize::try_from(further.unsigned_abs()).unwrap_or(usize::MAX);
        let (before, after) = match anchor {
            Anchor::Top => (0, room * 2),
            Anchor::Bottom => (room * 2, 0),
            Anchor::Ticket(..) if further < 0 => (room.saturating_add(reach), room),
            Anchor::Ticket(..) => (room, room.saturating_add(reach)),
        };
        self.jump = Some(Jump {
            to,
            further,
            again: false,
        });
        let query = self.state.desk.list.query.clone();
        self.ask(
            Slot::List,
            Question::List {
                query,
                anchor,
                before,
                after,
            },
        );
    }

    /// The rows of the newest question are here.
    pub(super) fn list_came(&mut self, window: Window) {
        let Some(jump) = self.jump.take() else { return };
        let list = &mut self.state.desk.list;
        let before = std::mem::replace(&mut list.window, window);
        list.loading = false;
        let place = match jump.to {
            JumpTo::First => Ok(list.window.first),
            JumpTo::Last => Ok(last_place(&list.window)),
            JumpTo::Ticket(ticket_id) => match place_of(&list.window, ticket_id) {
                Some(place) => Ok(place),
                None => stay(list, &before),
            },
            JumpTo::Stay => stay(list, &before),
        };
        match place {
            Ok(place) => self.select_place(place),
            Err(neighbour) if !jump.again => {
                self.state.desk.list.window = before;
                self.ask_list(Anchor::Ticket(neighbour.ticket_id, None), JumpTo::Stay);
                self.state.desk.list.selected = Some(neighbour);
                self.jump = self.jump.map(|jump| Jump {
                    again: true,
                    ..jump
                });
                return;
            }
            Err(neighbour) => self.select_place(neighbour.place),
        }
        if jump.further != 0 {
            self.move_list(jump.further);
        }
        self.read_thread_if_shown();
    }

    /// Puts the cursor on a loaded place, or on the nearest that is.
    fn select_place(&mut self, place: u64) {
        let height = self.list_height();
        let list = &mut self.state.desk.list;
        let last = last_place(&list.window);
        let place = place.clamp(list.window.first.min(last), last);
        list.selected = list.row_at(place).map(|row| Selected {
            ticket_id: row.ticket_id,
            place,
        });
        scroll_to(list, height);
    }

    /// Moves the cursor by so many rows. Within what is loaded nothing is asked.
    pub(super) fn move_list(&mut self, by: i64) {
        if let Some(jump) = &mut self.jump
            && (jump.to != JumpTo::Stay || jump.further != 0)
        {
            jump.further = jump.further.saturating_add(by);
            return;
        }
        let list = &self.state.desk.list;
        let Some(selected) = list.selected else {
            return;
        };
        let end = list.window.total.max(last_place(&list.window) + 1) - 1;
        let wanted = selected.place.saturating_add_signed(by).min(end);
        let loaded = list.window.first..=last_place(&list.window);
        if loaded.contains(&wanted) {
            self.select_place(wanted);
            self.read_more_if_near_the_edge();
            return self.read_thread_if_shown();
        }
        let edge = wanted.clamp(*loaded.start(), *loaded.end());
        self.select_place(edge);
        let further = i64::try_from(wanted.abs_diff(edge)).unwrap_or(i64::MAX);
        self.jump = Some(Jump {
            to: JumpTo::Stay,
            further: if wanted < edge { -further } else { further },
            again: false,
        });
        self.ask_around_cursor();
    }

    pub(super) fn read_more_if_near_the_edge(&mut self) {
        let near = self.list_height() as u64;
        let list = &self.state.desk.list;
        let Some(selected) = list.selected else {
            return;
        };
        let last = last_place(&list.window);
        let above = list.window.first > 0 && selected.place < list.window.first + near;
        let below = last + 1 < list.window.total && selected.place + near > last;
        if (above || below) && !self.is_asking(Slot::List) {
            self.ask_around_cursor();
        }
    }

    fn ask_around_cursor(&mut self) {
        if let Some(selected) = self.state.desk.list.selected {
            let anchor = Anchor::Ticket(selected.ticket_id, Some(selected.place));
            self.ask_list(anchor, JumpTo::Stay);
        }
    }

    pub(super) fn list_first(&mut self) {
        if self.state.desk.list.window.first == 0 && self.jump.is_none() {
            self.select_place(0);
            self.read_thread_if_shown();
        } else {
            self.ask_list(Anchor::Top, JumpTo::First);
        }
    }

    pub(super) fn list_last(&mut self) {
        let window = &self.state.desk.list.window;
        let last = last_place(window);
        if last + 1 >= window.total && !window.more_than_total && self.jump.is_none() {
            self.select_place(last);
            self.read_thread_if_shown();
        } else {
            self.ask_list(Anchor::Bottom, JumpTo::Last);
        }
    }

    /// Keeps the cursor on the screen when its size changes.
    pub(super) fn keep_list_visible(&mut self) {
        let height = self.list_height();
        scroll_to(&mut self.state.desk.list, height);
    }

    // Narrowing.

    pub(super) fn open_filter(&mut self) {
        let text = self.state.desk.list.query.text.clone();
        self.state.desk.list.filter = Some(TextField::line(&text));
        self.focus_list();
    }

    pub(super) fn filter_typed(&mut self) {
        let list = &self.state.desk.list;
        let Some(filter) = &list.filter else { return };
        let mut query = list.query.clone();
        let text = filter.value();
        if text == query.text {
            return;
        }
        query.order = match (text.trim().is_empty(), list.searching) {
            (true, _) => Order::Severity,
            (false, true) => Order::Relevance,
            (false, false) => Order::NewestFirst,
        };
        query.text = text;
        self.show_list(query);
    }

    pub(super) fn keep_filter(&mut self) {
        self.state.desk.list.filter = None;
    }

    pub(super) fn leave_filter(&mut self) {
        if let Some(filter) = &mut self.state.desk.list.filter {
            filter.set("");
        }
        self.filter_typed();
        self.state.desk.list.filter = None;
    }

    /// Searches every ticket of the family, whatever its status, best match first.
    pub(super) fn search(&mut self, text: &str) {
        let Some(family_id) = self.state.open_family() else {
            return;
        };
        self.go_desk();
        self.focus_list();
        let list = &mut self.state.desk.list;
        list.searching = true;
        list.place_name = "Search".to_owned();
        self.show_list(ListQuery {
            status: StatusFilter::Any,
            text: text.to_owned(),
            order: Order::Relevance,
            ..ListQuery::open(Place::Family(family_id))
        });
    }

    /// Takes away what narrows the list; says whether anything did.
    pub(super) fn widen_list(&mut self) -> bool {
        let list = &self.state.desk.list;
        if list.searching {
            self.show_queue_line();
            return true;
        }
        let wide = ListQuery::open(list.query.place);
        if list.query == wide {
            return false;
        }
        self.show_list(wide);
        true
    }

    fn toggle_severity(&mut self, severity: Severity) {
        let mut query = self.state.desk.list.query.clone();
        query.severity = (query.severity != Some(severity)).then_some(severity);
        self.show_list(query);
    }

    pub(super) fn only_1(&mut self) {
        self.toggle_severity(Severity::Sev1);
    }

    pub(super) fn only_2(&mut self) {
        self.toggle_severity(Severity::Sev2);
    }

    pub(super) fn only_2_5(&mut self) {
        self.toggle_severity(Severity::Sev2_5);
    }

    pub(super) fn only_3(&mut self) {
        self.toggle_severity(Severity::Sev3);
    }

    pub(super) fn only_4(&mut self) {
        self.toggle_severity(Severity::Sev4);
    }

    pub(super) fn only_5(&mut self) {
        self.toggle_severity(Severity::Sev5);
    }

    pub(super) fn only_any(&mut self) {
        let mut query = self.state.desk.list.query.clone();
        query.severity = None;
        self.show_list(query);
    }

    pub(super) fn next_status(&mut self) {
        let mut query = self.state.desk.list.query.clone();
        query.status = match query.status {
            StatusFilter::Only(Status::Open) | StatusFilter::OpenAwake(_) => {
                StatusFilter::Only(Status::Resolved)
            }
            StatusFilter::Only(Status::Resolved) => StatusFilter::Only(Status::Closed),
            StatusFilter::Only(Status::Closed) => StatusFilter::Any,
            StatusFilter::Any => StatusFilter::Only(Status::Open),
        };
        self.show_list(query);
    }

    pub(super) fn next_order(&mut self) {
        let mut query = self.state.desk.list.query.clone();
        query.order = match (query.order, query.text.trim().is_empty()) {
            (Order::Severity, _) => Order::NewestFirst,
            (Order::NewestFirst, _) => Order::RecentlyActive,
            (Order::RecentlyActive, false) => Order::Relevance,
            (Order::RecentlyActive, true) | (Order::Relevance, _) => Order::Severity,
        };
        self.show_list(query);
    }

    // Marks.

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

fn place_of(window: &Window, ticket_id: TicketId) -> Option<u64> {
    let mut rows = window.rows.iter();
    let index = rows.position(|row| row.ticket_id == ticket_id)?;
    Some(window.first + index as u64)
}

fn last_place(window: &Window) -> u64 {
    (window.first + window.rows.len() as u64).saturating_sub(1)
}

/// The place of the ticket under the cursor in the new rows; if it has left the list, of the one
/// that followed it. An error names the nearest that might be elsewhere in the list.
fn stay(list: &ListPane, before: &Window) -> Result<u64, Selected> {
    let Some(selected) = list.selected else {
        return Ok(list.window.first);
    };
    let find = |ticket_id| place_of(&list.window, ticket_id);
    if let Some(place) = find(selected.ticket_id) {
        return Ok(place);
    }
    let index = usize::try_from(selected.place.saturating_sub(before.first)).unwrap_or(usize::MAX);
    let index = index.min(before.rows.len());
    let following = before.rows[index..].iter().skip(1);
    let preceding = before.rows[..index].iter().rev();
    if let Some(place) = following.clone().find_map(|row| find(row.ticket_id)) {
        return Ok(place);
    }
    if let Some(place) = preceding.clone().find_map(|row| find(row.ticket_id)) {
        return Ok(place);
    }
    let holds = selected.place >= list.window.first && selected.place <= last_place(&list.window);
    match following.chain(preceding).next() {
        Some(row) if !holds && !list.window.rows.is_empty() => Err(Selected {
            ticket_id: row.ticket_id,
            place: selected.place,
        }),
        _ => Ok(selected.place),
    }
}

/// Scrolls by half a screen when the cursor has left it: a terminal is sent far less than when
/// every step scrolls.
fn scroll_to(list: &mut ListPane, height: usize) {
    let height = height as u64;
    let Some(selected) = list.selected else {
        list.top = list.window.first;
        return;
    };
    let half = (height / 2).max(1);
    let place = selected.place;
    if place < list.top {
        let steps = (list.top - place).div_ceil(half);
        list.top = list.top.saturating_sub(steps * half);
    } else if place >= list.top + height {
        let past = place - (list.top + height) + 1;
        list.top += past.div_ceil(half) * half;
    }
    let last_top = list.window.total.saturating_sub(height);
    list.top = list.top.min(last_top.max(list.window.first)).min(place);
    if place >= list.top + height {
        list.top = place + 1 - height;
    }
}

/// The query in the words of the query language.
fn words_of(query: &ListQuery) -> String {
    let mut words = Vec::new();
    match query.status {
        StatusFilter::Any => {}
        StatusFilter::Only(status) => words.push(format!("is:{}", status.as_str().to_lowercase())),
        StatusFilter::OpenAwake(_) => words.push("is:open -is:snoozed".to_owned()),
    }
    if let Some(severity) = query.severity {
        words.push(format!("sev:{}", &severity.as_str()["SEV_".len()..]));
    }
    match query.created {
        (None, None) => {}
        (from, to) => {
            let day = |at: Timestamp| {
                jiff::Timestamp::from_second(at.0)
                    .map(|at| at.strftime("%Y-%m-%dT%H:%M").to_string())
                    .unwrap_or_default()
            };
            let (from, to) = (from.map(day), to.map(day));
            words.push(format!(
                "created:{}..{}",
                from.unwrap_or_default(),
                to.unwrap_or_default()
            ));
        }
    }
    if let Some(tag) = &query.tag {
        words.push(format!("tag:{tag}"));
    }
    if !query.text.trim().is_empty() {
        words.push(format!("\"{}\"", query.text.trim()));
    }
    words.push(match query.order {
        Order::Severity => "sort:sev".to_owned(),
        Order::NewestFirst => "sort:-created".to_owned(),
        Order::RecentlyActive => "sort:-updated".to_owned(),
        Order::Relevance => "sort:relevance".to_owned(),
    });
    words.join(" ")
}
