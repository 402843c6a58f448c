//! Pane 4: reading a thread of any length while only some of its comments are loaded.

use unicode_width::UnicodeWidthStr;

use super::App;
use super::effect::Slot;
use super::state::{NoticeKind, Pane};
use crate::model::id::TicketId;
use crate::replica::view::{CommentRow, Question, Thread};

/// How many comments are loaded at once.
const COMMENTS: u64 = 100;
/// Columns left and right of a body that stands at the margin.
const MARGIN: usize = 4;
/// Columns that each answer stands further in, and the most levels that are shown so.
const INDENT: usize = 2;
const DEEPEST: usize = 8;
/// Lines around a comment's text: who and when above, an empty one below.
const AROUND_COMMENT: usize = 2;
/// Lines around a ticket's texts: what it is, who takes part, and two empty ones.
const AROUND_TICKET: usize = 4;

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
        if reading || wanted == pane.ticket_id {
            return;
        }
        let pane = &mut self.state.desk.thread;
        pane.ticket_id = wanted;
        (pane.cursor, pane.top, pane.skip) = (0, 0, 0);
        match wanted {
            Some(ticket_id) => self.ask_thread(ticket_id, 0),
            None => self.state.desk.thread.thread = None,
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
        pane.thread = Some(thread);
    }

    /// The thread of a ticket, if it is the one that is loaded.
    pub(super) fn thread_of(&self, ticket_id: TicketId) -> Option<&Thread> {
        let thread = self.state.desk.thread.thread.as_deref()?;
        (thread.ticket.ticket_id == ticket_id).then_some(thread)
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
        let columns = self.state.layout.thread_columns();
        let (mut top, mut skip) = (pane.top, pane.skip);
        for _ in 0..by.unsigned_abs() {
            if by > 0 {
                if skip + 1 < height(thread, top, columns) {
                    skip += 1;
                } else if top < thread.total {
                    (top, skip) = (top + 1, 0);
                }
            } else if skip > 0 {
                skip -= 1;
            } else if top > 0 {
                top -= 1;
                skip = height(thread, top, columns).saturating_sub(1);
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
        let columns = self.state.layout.thread_columns();
        let rows = self.state.layout.thread_rows();
        let mut lines = 0;
        for at in pane.top..item {
            lines += height(thread, at, columns);
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

/// How many lines an item takes. The drawing carries on where this is a line off.
fn height(thread: &Thread, item: u64, columns: usize) -> usize {
    if item == 0 {
        let heading = wrapped_height(&thread.ticket.title, columns.saturating_sub(MARGIN + 15));
        let text = thread.description.as_deref().unwrap_or_default();
        return heading + AROUND_TICKET + wrapped_height(text, columns.saturating_sub(MARGIN));
    }
    let Some(comment) = comment_at(thread, item) else {
        return 1;
    };
    let levels = comment.depth.min(DEEPEST).min(columns / 8);
    let columns = columns.saturating_sub(MARGIN + levels * INDENT);
    AROUND_COMMENT + wrapped_height(&comment.body, columns)
}

/// How many lines a text takes when wrapped at words.
fn wrapped_height(text: &str, columns: usize) -> usize {
    let columns = columns.max(1);
    let mut rows = 0;
    for line in text.lines() {
        let mut used = 0;
        rows += 1;
        for word in line.split(' ') {
            let width = word.width();
            if used > 0 && used + 1 + width > columns {
                rows += 1;
                used = 0;
            }
            rows += width.saturating_sub(1) / columns;
            used += usize::from(used > 0) + width;
            if width > columns {
                used = width % columns;
            }
        }
    }
    rows.max(1)
}
