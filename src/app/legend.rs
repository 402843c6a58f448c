//! The marks beside a ticket, and what each means.

use super::App;
use super::message::Message;
use super::state::Overlay;

/// Something happened to it that the person has not read.
pub const UNREAD: &str = "•";
/// Due, or snoozed.
pub const CLOCK: &str = "◷";
pub const OVERDUE: &str = "⚑";
pub const UNSENT: &str = "✎";
/// Somebody else is at it just now: it is before their eyes, or they write about it.
pub const VIEWED: &str = "◉";
pub const WRITTEN: &str = "¶";
/// Beside a row that was marked.
pub const MARK: &str = "*";

const LEGEND: [(&str, &str); 7] = [
    (
        UNREAD,
        "unread: others did something to it since you read it",
    ),
    (CLOCK, "due, or snoozed"),
    (OVERDUE, "overdue"),
    (UNSENT, "something about it waits to be sent"),
    (VIEWED, "someone else is viewing it"),
    (WRITTEN, "someone else is replying, or editing it"),
    (MARK, "marked: the next action works on all that are"),
];

impl App {
    pub(super) fn show_legend(&mut self) {
        let lines = LEGEND.map(|(mark, meaning)| format!("{mark}  {meaning}"));
        let message = Message::new("Marks beside a ticket", lines.join("\n"));
        self.state.overlays.push(Overlay::Message(message));
    }
}
