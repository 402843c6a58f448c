//! Pane 4: reading a thread of any length while only some of its comments are loaded.

use super::App;
use super::effect::Slot;
use super::message::Message;
use super::presence::company;
use super::state::{NoticeKind, Overlay, Pane, State, ThreadPane, View};
use crate::model::entity::EntityKey;
use crate::model::id::TicketId;
use crate::model::status::Status;
use crate::model::ticket::Ticket;
use crate::replica::view::{CommentRow, Question, TextVersion, Thread};
use crate::text::markdown::Manner;
use crate::text::{SafeLines, age, width, wrapped_height};

/// How many comments are loaded at once.
const COMMENTS: u64 = 100;
/// Columns left and right of a body that stands at the margin.
const MARGIN: usize = 4;
/// Columns that each answer stands further in, and the most levels that are shown so.
const INDENT: usize = 2;
const DEEPEST: usize = 8;
/// Lines around a comment's text: who and when above, an empty one below.
const AROUND_COMMENT: usize = 2;
/// Lines around a ticket's texts: who takes part, an empty one above and a rule below.
const AROUND_TICKET: usize = 3;
/// Columns left of everything, and between two facts.
const GUTTER: usize = 3;
const BETWEEN: usize = 3;

impl App {
    /// Reads the ticket under the cursor if the thread is on the screen.
    pub(super) fn read_thread_if_shown(&mut self) {
        if self.state.layout.thread.is_none() {
            return;
        }
        let wanted = self.state.desk.list.selected.map(|it| it.ticket_id);
        let pane = &self.state.desk.thread;
        // Whoever reads a thread keeps it, also when its ticket leaves the list.
        let reading = self.state.desk.focus == Pane::Thread && pane.ticket_id.is_some();
        let reading = reading || self.state.view == View::Triage;
        if reading || wanted == pane.ticket_id {
            return;
        }
        let pane = &mut self.state.desk.thread;
        pane.ticket_id = wanted;
        (pane.cursor, pane.top, pane.skip) = (0, 0, 0);
        pane.texts.forget();
        match wanted {
            Some(ticket_id) => self.ask_thread(ticket_id, 0),
            None => self.state.desk.thread.thread = None,
        }
    }

    /// Shows a ticket that the list need not hold, or none.
    pub(super) fn show_in_thread(&mut self, ticket_id: Option<TicketId>) {
        self.state.desk.thread = ThreadPane {
            ticket_id,
            ..ThreadPane::default()
        };
        if let Some(ticket_id) = ticket_id {
            self.ask_thread(ticket_id, 0);
        }
    }

    /// The replica changed: reads the same comments again.
    pub(super) fn read_thread_again(&mut self) {
        let pane = &self.state.desk.thread;
        if let Some(ticket_id) = pane.ticket_id {
            let first = pane.thread.as_ref().map_or(0, |thread| thread.first);
            self.ask_thread(ticket_id, first);
        }
    }

    /// Between a drawn thread and one that shows what was typed.
    pub(super) fn toggle_typed(&mut self) {
        let texts = &mut self.state.desk.thread.texts;
        let (manner, words) = match texts.manner() {
            Manner::Drawn => (Manner::AsTyped, "texts are shown as they were typed"),
            Manner::AsTyped => (Manner::Drawn, "texts are drawn"),
        };
        texts.set_manner(manner);
        self.say(NoticeKind::Done, words);
    }

    fn ask_thread(&mut self, ticket_id: TicketId, first: u64) {
        self.ask(
            Slot::Thread,
            Question::Thread {
                ticket_id,
                first,
                limit: usize::try_from(COMMENTS).unwrap_or(usize::MAX),
            },
        );
    }

    pub(super) fn thread_came(&mut self, thread: Option<Box<Thread>>) {
        let pane = &mut self.state.desk.thread;
        let Some(thread) = thread else {
            pane.thread = None;
            return self.say(
                NoticeKind::Warning,
                "that ticket is gone, or no longer shared with you",
            );
        };
        if Some(thread.ticket.ticket_id) != pane.ticket_id {
            return;
        }
        pane.cursor = pane.cursor.min(thread.total);
        pane.top = pane.top.min(thread.total);
        pane.texts.forget();
        pane.thread = Some(thread);
        self.show_as_read();
    }

    /// The thread of a ticket, if it is the one that is loaded.
    pub(super) fn thread_of(&self, ticket_id: TicketId) -> Option<&Thread> {
        let thread = self.state.desk.thread.thread.as_deref()?;
        (thread.ticket.ticket_id == ticket_id).then_some(thread)
    }

    pub(super) fn on_comment(&self) -> Result<(), String> {
        let ticket_id = self.target().map(|target| target.ticket_id());
        match ticket_id.and_then(|ticket_id| self.comment_under_cursor(ticket_id)) {
            Some(_) => Ok(()),
            None => Err("move to a comment of the thread first".to_owned()),
        }
    }

    /// Shows each text that the comment under the cursor, or the description, has had.
    pub(super) fn show_texts(&mut self) {
        let Some(target) = self.target() else { return };
        let ticket_id = target.ticket_id();
        let comment = self.comment_under_cursor(ticket_id);
        let key = match comment {
            Some(comment) => EntityKey::Comment(ticket_id, comment.comment_id),
            None => EntityKey::Description(ticket_id),
        };
        let family_id = target.family_id();
        self.ask(Slot::Texts, Question::Texts { family_id, key });
    }

    pub(super) fn texts_came(&mut self, versions: Vec<TextVersion>) {
        if versions.is_empty() {
            return self.say(NoticeKind::Warning, "there is no text, and never was one");
        }
        let now = self.state.now;
        let texts: Vec<String> = versions
            .iter()
            .map(|it| {
                let when = age::ago(it.time.0, now.0);
                format!("{}, {when}:\n{}", it.author, it.text)
            })
            .collect();
        let title = match versions.len() {
            1 => "Its only text".to_owned(),
            many => format!("Its {many} texts, the oldest first"),
        };
        let message = Message::new(title, texts.join("\n\n"));
        self.state.overlays.push(Overlay::Message(message));
    }

    /// The comment under the cursor of the thread, if that is the thread of this ticket.
    pub(super) fn comment_under_cursor(&self, ticket_id: TicketId) -> Option<&CommentRow> {
        let thread = self.thread_of(ticket_id)?;
        comment_at(thread, self.state.desk.thread.cursor)
    }

    /// To the next item; an item that reaches below the screen is read to its end first.
    pub(super) fn move_thread(&mut self, by: i64) {
        let rows = self.state.layout.thread_rows();
        let pane = &self.state.desk.thread;
        let below = self.lines_between(pane.cursor + 1);
        if by == 1 && below.is_none_or(|lines| lines > rows) && pane.top <= pane.cursor {
            return self.scroll_lines(i64::try_from((rows / 2).max(1)).unwrap_or(1));
        }
        if by == -1 && pane.top == pane.cursor && pane.skip > 0 {
            return self.scroll_lines(-i64::try_from((rows / 2).max(1)).unwrap_or(1));
        }
        self.thread_cursor(self.state.desk.thread.cursor.saturating_add_signed(by));
    }

    fn thread_cursor(&mut self, to: u64) {
        let rows = self.state.layout.thread_rows();
        let Some(total) = self.state.desk.thread.thread.as_ref().map(|it| it.total) else {
            return;
        };
        let pane = &mut self.state.desk.thread;
        pane.cursor = to.min(total);
        if pane.cursor < pane.top || (pane.cursor == pane.top && pane.skip > 0) {
            (pane.top, pane.skip) = (pane.cursor, 0);
        }
        // Its head has to be on the screen, with a line of its text.
        let cursor = pane.cursor;
        if self
            .lines_between(cursor)
            .is_none_or(|lines| lines + 2 > rows)
        {
            let pane = &mut self.state.desk.thread;
            (pane.top, pane.skip) = (cursor, 0);
        }
        self.read_more_comments();
    }

    /// Puts the cursor on the item that has a line of the screen.
    pub(super) fn thread_to_line(&mut self, line: usize) {
        let pane = &self.state.desk.thread;
        let Some(thread) = pane.thread.as_deref() else {
            return;
        };
        let (mut item, mut left) = (pane.top, line + pane.skip);
        let enough = left + 1;
        loop {
            let tall = height(thread, item, (&self.state, enough));
            if left < tall || item >= thread.total {
                break;
            }
            left -= tall;
            item += 1;
        }
        self.state.desk.thread.cursor = item;
    }

    pub(super) fn thread_first(&mut self) {
        self.thread_cursor(0);
    }

    pub(super) fn thread_last(&mut self) {
        self.thread_cursor(u64::MAX);
    }

    /// Scrolls by so many lines; the cursor goes along.
    pub(super) fn scroll_thread(&mut self, by: i64) {
        self.scroll_lines(by);
        let pane = &mut self.state.desk.thread;
        pane.cursor = pane.top;
        self.read_more_comments();
    }

    fn scroll_lines(&mut self, by: i64) {
        let pane = &self.state.desk.thread;
        let Some(thread) = pane.thread.as_deref() else {
            return;
        };
        let (mut top, mut skip) = (pane.top, pane.skip);
        let mut left = by.unsigned_abs();
        while left > 0 {
            if by > 0 {
                let far = skip.saturating_add(usize::try_from(left).unwrap_or(usize::MAX));
                let tall = height(thread, top, (&self.state, far.saturating_add(1)));
                let more = far.min(tall.saturating_sub(1)).saturating_sub(skip);
                skip += more;
                left -= more as u64;
                if left > 0 && top < thread.total {
                    (top, skip) = (top + 1, 0);
                } else if left > 0 {
                    break;
                }
                left = left.saturating_sub(1);
            } else if skip > 0 {
                let more = skip.min(usize::try_from(left).unwrap_or(usize::MAX));
                skip -= more;
                left -= more as u64;
            } else if top > 0 {
                top -= 1;
                skip = height(thread, top, (&self.state, usize::MAX)).saturating_sub(1);
                left -= 1;
            } else {
                break;
            }
        }
        let pane = &mut self.state.desk.thread;
        (pane.top, pane.skip) = (top, skip);
        pane.cursor = pane.cursor.max(top);
    }

    /// How many lines lie between the top of the screen and an item's first line; none if that is
    /// more than the screen has.
    fn lines_between(&self, item: u64) -> Option<usize> {
        let pane = &self.state.desk.thread;
        let thread = pane.thread.as_deref()?;
        let rows = self.state.layout.thread_rows();
        let mut lines = 0;
        for at in pane.top..item {
            let room = rows.saturating_add(pane.skip);
            lines += height(thread, at, (&self.state, room + 1));
            if lines.saturating_sub(pane.skip) > rows {
                return None;
            }
        }
        Some(lines.saturating_sub(pane.skip))
    }

    fn read_more_comments(&mut self) {
        let pane = &self.state.desk.thread;
        let (Some(thread), Some(ticket_id)) = (pane.thread.as_deref(), pane.ticket_id) else {
            return;
        };
        let place = pane.cursor.saturating_sub(1);
        let loaded = thread.first + thread.comments.len() as u64;
        let margin = COMMENTS / 5;
        let above = thread.first > 0 && place < thread.first + margin;
        let below = loaded < thread.total && place + margin >= loaded;
        if above || below {
            self.ask_thread(ticket_id, place.saturating_sub(COMMENTS / 2));
        }
    }
}

pub(super) fn comment_at(thread: &Thread, item: u64) -> Option<&CommentRow> {
    let index = item.checked_sub(1)?.checked_sub(thread.first)?;
    thread.comments.get(usize::try_from(index).ok()?)
}

/// Severity, status, where it is, who has it, when it is due; in this order.
pub fn facts(thread: &Thread, state: &State) -> Vec<String> {
    let ticket = &thread.ticket;
    let status = match ticket.status {
        Status::Open => format!("{}/{}", ticket.status, ticket.stage),
        Status::Resolved | Status::Closed => ticket.status.to_string(),
    };
    let assignee = match (thread.assignee.as_str(), thread.assignee_group.as_str()) {
        ("", "") => "unassigned".to_owned(),
        (name, "") => name.to_owned(),
        ("", group) => format!("{group} group"),
        (name, group) => format!("{name}, {group} group"),
    };
    let mut facts = vec![
        ticket.severity.to_string(),
        status,
        format!("{} / {}", thread.group_name, thread.queue_name),
        assignee,
    ];
    if let (Some(due), Status::Open) = (ticket.due_date, ticket.status) {
        let when = age::moment(due.0, state.now.0, &state.session.time_zone);
        facts.push(format!("due {when} ({})", age::until(due.0, state.now.0)));
    }
    facts
}

/// How many of the facts stand on each line: as many as fit, with a mark of three columns between.
pub fn lines_of_facts(facts: &[String], columns: usize) -> Vec<usize> {
    let columns = columns.saturating_sub(GUTTER);
    let mut lines = Vec::new();
    let mut rest = facts;
    while !rest.is_empty() {
        let mut taken = 0;
        let fitting = rest.iter().take_while(|words| {
            taken += width(words) + BETWEEN;
            taken <= columns + BETWEEN
        });
        let fitting = fitting.count().max(1);
        lines.push(fitting);
        rest = &rest[fitting..];
    }
    lines
}

/// What else one should know before reading.
pub fn notes(thread: &Thread, state: &State) -> Vec<String> {
    let ticket = &thread.ticket;
    let moment = |at: i64| age::moment(at, state.now.0, &state.session.time_zone);
    let mut notes = Vec::new();
    if let Some(note) = &ticket.waiting_note {
        notes.push(format!("waiting: {note}"));
    }
    if let Some(until) = ticket.snoozed_until {
        notes.push(format!("snoozed until {}", moment(until.0)));
    }
    if let Some(until) = ticket.reopen_until {
        notes.push(format!("may be reopened until {}", moment(until.0)));
    }
    if ticket.merged_into.is_some() {
        let into = thread.merged_into.as_deref().unwrap_or("another ticket");
        notes.push(format!(
            "merged into {into}, where what is said here appears"
        ));
    }
    if let Some(whole) = &thread.part_of {
        notes.push(format!("part of {whole}"));
    }
    if !thread.parts.is_empty() {
        let parts = thread.parts.iter();
        let parts: Vec<String> = parts
            .map(|it| format!("{} ({})", called(it), it.status))
            .collect();
        notes.push(format!("its parts: {}", parts.join(", ")));
    }
    if !thread.merged.is_empty() {
        let numbers = thread.merged.iter().map(called);
        let numbers: Vec<String> = numbers.collect();
        notes.push(format!(
            "with what was said on {}, merged into it",
            numbers.join(", ")
        ));
    }
    notes
}

fn called(ticket: &Ticket) -> String {
    let number = ticket.number.as_ref().map(ToString::to_string);
    number.unwrap_or_else(|| ticket.title.clone())
}

/// What stands over a ticket's texts: its number and title.
pub fn heading(thread: &Thread) -> String {
    let ticket = &thread.ticket;
    match &ticket.number {
        Some(number) => format!("{number}  {}", ticket.title),
        None => format!("new ticket  {}", ticket.title),
    }
}

/// How many lines an item takes, counted up to about `enough`.
fn height(thread: &Thread, item: u64, (state, enough): (&State, usize)) -> usize {
    let columns = state.layout.thread_columns();
    if item == 0 {
        return height_of_ticket(thread, columns, (state, enough));
    }
    let Some(comment) = comment_at(thread, item) else {
        return 1;
    };
    let levels = comment.depth.min(DEEPEST).min(columns / 8);
    let columns = columns.saturating_sub(MARGIN + levels * INDENT);
    let text = (comment.body.as_str(), columns);
    let files = comment.files.len();
    AROUND_COMMENT + state.desk.thread.texts.rows(item, text, enough).len() + files
}

fn height_of_ticket(thread: &Thread, columns: usize, (state, enough): (&State, usize)) -> usize {
    let body = columns.saturating_sub(MARGIN);
    let company = company(thread.ticket.ticket_id, state);
    let notes = company.into_iter().chain(notes(thread, state));
    let notes: usize = notes.map(|words| lines_of(&words, body)).sum();
    let text = thread.description.as_deref().unwrap_or_default();
    let text = state.desk.thread.texts.rows(0, (text, body), enough).len();
    let facts = lines_of_facts(&facts(thread, state), columns).len();
    let unsent = usize::from(thread.unsent);
    let files = thread.files.len();
    lines_of(&heading(thread), body) + facts + notes + unsent + text.max(1) + files + AROUND_TICKET
}

/// How many lines words of the screen's own take.
fn lines_of(text: &str, columns: usize) -> usize {
    wrapped_height(SafeLines::new(text).as_str(), columns.max(1))
}
