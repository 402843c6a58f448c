//! The hint line: a few actions that can be done now, with the keys that do them.

use super::App;
use super::registry::{Context, action};
use super::state::{Hint, Pane, View};

const LIST: &[&str] = &[
    "ticket.comment",
    "ticket.note",
    "ticket.assign.me",
    "ticket.resolve",
    "ticket.new",
    "list.filter",
    "ticket.undo",
    "help",
];
const THREAD: &[&str] = &[
    "ticket.comment",
    "ticket.reply",
    "ticket.note",
    "ticket.resolve",
    "move.back",
    "help",
];
const SIDE: &[&str] = &["move.in", "ticket.new", "list.search", "view.board", "help"];
const BOARD: &[&str] = &["move.in", "board.families", "move.back", "help"];
const FORM: &[&str] = &["form.send", "form.next", "form.editor", "form.leave"];
const PICKER: &[&str] = &["picker.pick", "picker.down", "picker.leave"];
const PROMPT: &[&str] = &["prompt.answer", "prompt.leave"];
const FILTER: &[&str] = &["filter.keep", "filter.leave"];
const FIRST: &[&str] = &["first.next", "first.previous", "quit.now"];

impl App {
    pub(super) fn refresh_hints(&mut self) {
        let stack = self.stack();
        let names = match (stack.first(), self.state.view, self.state.desk.focus) {
            (None, ..) => &[],
            (Some(Context::Form), ..) => FORM,
            (Some(Context::Picker), ..) => PICKER,
            (Some(Context::Prompt), ..) => PROMPT,
            (Some(Context::Filter), ..) => FILTER,
            (Some(Context::FirstStart), ..) => FIRST,
            (_, View::Board, _) => BOARD,
            (_, View::Desk, Pane::List) => LIST,
            (_, View::Desk, Pane::Thread) => THREAD,
            (_, View::Desk, Pane::Families | Pane::Queues) => SIDE,
        };
        let rows = names.iter().filter_map(|name| action(name));
        let possible = rows.filter(|row| (row.guard)(self).is_ok());
        self.state.hints = possible
            .filter_map(|row| {
                let keys = self.keys.keys_of(row, stack).into_iter().next()?;
                Some(Hint {
                    keys,
                    help: row.help.to_lowercase(),
                })
            })
            .collect();
    }
}
