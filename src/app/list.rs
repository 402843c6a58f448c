//! Pane 3: moving through a list of any length while only a window of it is loaded.

use super::App;
use super::effect::Slot;
use super::state::{ListPane, Selected};
use crate::model::id::TicketId;
use crate::query::Query;
use crate::replica::view::{Anchor, Question, Window};

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
    pub(super) fn list_height(&self) -> usize {
        self.state.layout.list_rows().max(1)
    }

    /// Shows another list from its beginning.
    pub(super) fn show_list(&mut self, query: Query) {
        let list = &mut self.state.desk.list;
        list.base = query;
        list.typed.clear();
        self.show_narrowed();
    }

    /// Shows the list as what it is of and the quick filter say, from its beginning.
    pub(super) fn show_narrowed(&mut self) {
        self.put_query_together();
        let list = &mut self.state.desk.list;
        list.loading = true;
        list.mark_from = None;
        self.ask_list(Anchor::Top, JumpTo::First);
    }

    /// Shows another list, the cursor on one of its tickets.
    pub(super) fn show_list_at(&mut self, query: Query, ticket: Option<TicketId>) {
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

    /// What is found by words costs more to read, and is looked at from its top.
    fn margin(&self) -> usize {
        if self.state.desk.list.query.has_text() {
            1
        } else {
            MARGIN
        }
    }

    fn ask_list(&mut self, anchor: Anchor, to: JumpTo) {
        let further = match (self.jump, to) {
            (Some(jump), JumpTo::Stay) => jump.further,
            _ => 0,
        };
        let room = self.list_height() * self.margin();
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
        let query = self.list_query();
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

    /// The rows that were asked for will not come.
    pub(super) fn give_up_jump(&mut self) {
        self.jump = None;
        self.state.desk.list.loading = false;
    }

    /// The rows of the newest question are here.
    pub(super) fn list_came(&mut self, window: Window) {
        let Some(jump) = self.jump.take() else { return };
        let list = &mut self.state.desk.list;
        let before = std::mem::replace(&mut list.window, window);
        list.loading = false;
        self.show_as_read();
        let list = &mut self.state.desk.list;
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
