//! Pane 4: one ticket, its description, and what was said about it.
//!
//! Drawn from the item and line where the pane stands; of a long text only what is seen is
//! wrapped.

use ratatui::layout::Rect;

use crate::app::mouse::Hit;
use crate::app::presence::company;
use crate::app::state::{Pane, State, View};
use crate::app::thread::{facts, heading, lines_of_facts, notes};
use crate::model::content_type;
use crate::model::participant::ParticipantRole;
use crate::replica::view::{CommentRow, FileRow, Party, Thread};
use crate::text::plural::count;
use crate::text::{SafeLines, age, size};

use super::chrome::{PaneTitle, pane};
use super::empty;
use super::glyphs::{self, BETWEEN};
use super::pen::{Pen, Row};
use super::theme::Role;

/// Columns for the cursor, the gutter of internal comments, and a space.
const GUTTER: usize = 3;
/// Columns that each answer stands further in, and the most levels that are shown so.
const INDENT: usize = 2;
const DEEPEST: usize = 8;

pub fn draw(pen: &mut Pen, area: Rect, state: &State) {
    let shown = &state.desk.thread;
    let thread = shown.thread.as_deref();
    let comments = thread.map_or_else(String::new, |thread| {
        let unread = if thread.unread { "unread · " } else { "" };
        format!("{unread}{}", count(thread.total, "comment", "comments"))
    });
    let title = PaneTitle {
        right: &comments,
        focus: has_keys(state),
        ..match state.view {
            View::Triage => PaneTitle::new("", "Ticket"),
            _ => PaneTitle::new(&state.keys.thread, "Thread"),
        }
    };
    let inner = pane(pen, area, &title);
    let Some(thread) = thread else {
        return empty::draw_thread(pen, inner, state);
    };
    pen.spot(inner, Hit::Thread);
    let mut page = Page {
        pen,
        area: inner,
        line: 0,
        skip: shown.skip,
        at_cursor: false,
        cut: false,
    };
    for item in shown.top..=thread.total {
        if page.is_full() {
            page.cut = true;
            break;
        }
        page.at_cursor = item == shown.cursor && has_keys(state);
        draw_item(&mut page, thread, (item, state));
    }
    if page.cut {
        draw_more(pen, area);
    }
}

/// Whether the pane has the keys.
fn has_keys(state: &State) -> bool {
    state.view == View::Triage || state.desk.focus == Pane::Thread
}

/// Says in the lower border that there is more below.
fn draw_more(pen: &mut Pen, area: Rect) {
    const WORDS: &str = " more ";
    if area.width > 16 {
        let mut row = pen.row(area, area.height.saturating_sub(1));
        row.skip(usize::from(area.width) - WORDS.len() - 4)
            .say(WORDS, Role::Dim)
            .say(glyphs::MORE_BELOW, Role::Dim)
            .say(" ", Role::Dim);
    }
}

fn draw_item(page: &mut Page, thread: &Thread, (item, state): (u64, &State)) {
    match item.checked_sub(1) {
        None => draw_ticket(page, thread, state),
        Some(place) => {
            let index = place.checked_sub(thread.first);
            let index = index.and_then(|index| usize::try_from(index).ok());
            match index.and_then(|index| thread.comments.get(index)) {
                Some(comment) => draw_comment(page, (item, comment), state),
                None if place == thread.first + thread.comments.len() as u64 => {
                    page.line(|row| {
                        row.skip(GUTTER).say("loading more", Role::Dim);
                    });
                }
                None => {}
            }
        }
    }
}

/// Lines below each other, from which the first few may be left out.
struct Page<'p, 'a> {
    pen: &'p mut Pen<'a>,
    area: Rect,
    line: u16,
    skip: usize,
    /// The cursor is on the item whose first line comes next.
    at_cursor: bool,
    /// Something had no room.
    cut: bool,
}

impl Page<'_, '_> {
    fn is_full(&self) -> bool {
        self.line >= self.area.height
    }

    fn columns(&self) -> usize {
        usize::from(self.area.width)
    }

    /// How many more lines are of interest, those left out included.
    fn wanted(&self) -> usize {
        self.skip + usize::from(self.area.height.saturating_sub(self.line))
    }

    fn line(&mut self, write: impl FnOnce(&mut Row)) {
        let mark = std::mem::take(&mut self.at_cursor);
        if self.skip > 0 {
            self.skip -= 1;
            // The mark stays in sight while the item's first line is above the screen.
            self.at_cursor = mark;
            return;
        }
        if self.is_full() {
            self.cut = true;
            return;
        }
        if mark {
            self.pen.row(self.area, self.line).cursor(true);
        }
        write(&mut self.pen.row(self.area, self.line));
        self.line += 1;
    }

    fn blank(&mut self) {
        if self.skip > 0 || !self.is_full() {
            self.line(|_| {});
        }
    }

    /// The text of an item, as it is laid out, beside what stands at its left.
    fn text(&mut self, (item, text): (u64, &str), left: usize, (gutter, state): (bool, &State)) {
        let columns = self.columns().saturating_sub(left + 1);
        let texts = &state.desk.thread.texts;
        let rows = texts.rows(item, (text, columns), self.wanted().saturating_add(1));
        let above = self.skip.min(rows.len());
        self.skip -= above;
        for line in &rows[above..] {
            if self.is_full() {
                self.cut = true;
                return;
            }
            self.line(|row| {
                row.skip(1);
                if gutter {
                    row.say(glyphs::INTERNAL, Role::Internal);
                } else {
                    row.skip(1);
                }
                row.skip(left - 2).drawn(line);
            });
        }
    }

    /// The files that hang on an item, a line each.
    fn files(&mut self, files: &[FileRow], left: usize, gutter: bool) {
        for row_of in files {
            let file = &row_of.file;
            let kind = content_type::word(&file.content_type);
            let about = format!("{kind}, {}", size(file.bytes));
            self.line(|row| {
                row.skip(1);
                if gutter {
                    row.say(glyphs::INTERNAL, Role::Internal);
                } else {
                    row.skip(1);
                }
                row.skip(left - 2)
                    .say(glyphs::FILE, Role::Key)
                    .say(" ", Role::Text)
                    .user(&file.file_name, Role::Strong)
                    .say("  ", Role::Text)
                    .user(&about, Role::Dim);
                if row_of.unsent {
                    row.say(BETWEEN, Role::Dim)
                        .say(glyphs::UNSENT, Role::Unsent)
                        .say(" waits to be sent", Role::Unsent);
                }
            });
        }
    }

    /// Words of the thread's own, wrapped.
    fn body(&mut self, text: &str, role: Role) {
        let columns = self.columns().saturating_sub(GUTTER + 1).max(1);
        let safe = SafeLines::new(text);
        for wrapped in safe.wrap(columns) {
            if self.is_full() {
                self.cut = true;
                return;
            }
            self.line(|row| {
                row.skip(GUTTER).wrapped(&wrapped, role);
            });
        }
    }
}

fn draw_ticket(page: &mut Page, thread: &Thread, state: &State) {
    page.body(&heading(thread), Role::Strong);
    draw_facts(page, thread, state);
    let people = people(thread);
    page.line(|row| {
        row.skip(GUTTER).user(&people, Role::Dim);
    });
    if let Some(words) = company(thread.ticket.ticket_id, state) {
        page.body(&words, Role::Good);
    }
    for words in notes(thread, state) {
        page.body(&words, Role::Warning);
    }
    if thread.unsent {
        page.line(|row| {
            row.skip(GUTTER)
                .say(glyphs::UNSENT, Role::Unsent)
                .say(" waits to be sent", Role::Warning);
        });
    }
    page.blank();
    match &thread.description {
        Some(text) if !text.trim().is_empty() => page.text((0, text), GUTTER, (false, state)),
        Some(_) | None => page.line(|row| {
            row.skip(GUTTER).say("no description", Role::Dim);
        }),
    }
    page.files(&thread.files, GUTTER, false);
    page.line(|row| {
        if thread.total > 0 {
            let columns = row.skip(GUTTER).room().saturating_sub(GUTTER);
            row.repeat(glyphs::HORIZONTAL, columns, Role::Border);
        }
    });
}

/// How each of the facts looks.
fn roles_of_facts(thread: &Thread, state: &State) -> [Role; 5] {
    let ticket = &thread.ticket;
    let assignee = if thread.assignee.is_empty() && thread.assignee_group.is_empty() {
        Role::Dim
    } else {
        Role::Text
    };
    let overdue = ticket.due_date.is_some_and(|due| due <= state.now);
    let due = if overdue { Role::Error } else { Role::Text };
    let severity = Role::Severity(ticket.severity);
    [severity, Role::Text, Role::Text, assignee, due]
}

/// Writes the facts one after the other, on as many lines as they take.
fn draw_facts(page: &mut Page, thread: &Thread, state: &State) {
    let words = facts(thread, state);
    let lines = lines_of_facts(&words, page.columns());
    let mut facts = words.iter().zip(roles_of_facts(thread, state));
    for count in lines {
        let now: Vec<_> = facts.by_ref().take(count).collect();
        page.line(|row| {
            row.skip(GUTTER);
            for (index, (words, role)) in now.into_iter().enumerate() {
                if index > 0 {
                    row.say(BETWEEN, Role::Dim);
                }
                row.user(words, role);
            }
        });
    }
}

fn people(thread: &Thread) -> String {
    let mut words = format!("from {}", thread.requester);
    let ticket = &thread.ticket;
    let others: Vec<String> = thread
        .participants
        .iter()
        .filter(|it| it.user_id != ticket.requested_by && Some(it.user_id) != ticket.assigned_to)
        .map(with_role)
        .collect();
    if !others.is_empty() {
        words.push_str(BETWEEN);
        words.push_str("with ");
        words.push_str(&others.join(", "));
    }
    if !thread.ticket.tags.is_empty() {
        words.push_str(BETWEEN);
        for (index, tag) in thread.ticket.tags.iter().enumerate() {
            words.push_str(if index > 0 { " #" } else { "#" });
            words.push_str(tag);
        }
    }
    words
}

/// Someone who takes part, and how where that is more than following.
fn with_role(party: &Party) -> String {
    let role = party.roles.iter().find_map(|role| match role {
        ParticipantRole::Cc => Some("in copy"),
        ParticipantRole::Approver => Some("approves"),
        ParticipantRole::Requester | ParticipantRole::Assignee | ParticipantRole::Follower => None,
    });
    match role {
        Some(role) => format!("{} ({role})", party.name),
        None => party.name.clone(),
    }
}

fn draw_comment(page: &mut Page, (item, comment): (u64, &CommentRow), state: &State) {
    let internal = comment.internal.is_some();
    let levels = comment.depth.min(DEEPEST).min(page.columns() / 8);
    let left = GUTTER + levels * INDENT;
    page.line(|row| {
        row.skip(1);
        if internal {
            row.say(glyphs::INTERNAL, Role::Internal);
        } else {
            row.skip(1);
        }
        row.skip(GUTTER - 2);
        if levels > 0 {
            row.skip((levels - 1) * INDENT)
                .say(glyphs::ANSWER, Role::Dim)
                .skip(INDENT - 1);
        }
        comment_head(row, comment, state);
    });
    page.text((item, &comment.body), left, (internal, state));
    page.files(&comment.files, left, internal);
    page.blank();
}

fn comment_head(row: &mut Row, comment: &CommentRow, state: &State) {
    let (name, after) = match comment.internal {
        Some(_) => (Role::Internal, Role::Internal),
        None => (Role::Reply, Role::Dim),
    };
    row.user(&comment.author, name).say("  ", after);
    row.user(&age::ago(comment.comment_date.0, state.now.0), Role::Dim);
    if let Some(group) = &comment.internal {
        row.say("  internal", Role::Internal)
            .say(BETWEEN, Role::Internal)
            .user(group, Role::Internal)
            .say(" group only", Role::Internal);
    }
    if let Some(origin) = &comment.origin {
        row.say(BETWEEN, Role::Dim)
            .say("on ", Role::Dim)
            .user(origin, Role::Dim);
    }
    if comment.edited {
        row.say(BETWEEN, Role::Dim).say("edited", Role::Dim);
    }
    if comment.unsent {
        row.say(BETWEEN, Role::Dim)
            .say(glyphs::UNSENT, Role::Unsent)
            .say(" waits to be sent", Role::Unsent);
    }
}
