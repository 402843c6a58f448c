//! The hint line: a few actions that can be done now, with the keys that do them.

use super::App;
use super::keymap::KeyMap;
use super::registry::{Context, action};
use super::state::{Hint, KeyNames, Overlay};

const FORM: &[&str] = &[
    "form.send",
    "form.next",
    "form.attach",
    "form.editor",
    "form.leave",
];
const PICKER: &[&str] = &["picker.pick", "picker.leave"];
const PROMPT: &[&str] = &["prompt.answer", "prompt.complete", "prompt.leave"];
const FILTER: &[&str] = &["filter.keep", "filter.leave"];
const QUERY: &[&str] = &["query.show", "query.complete", "query.leave"];
const FIRST: &[&str] = &["first.next", "first.previous", "quit.now"];

impl App {
    pub(super) fn refresh_hints(&mut self) {
        let stack = self.stack();
        let names = match stack.first() {
            None => &[],
            Some(Context::Form) => FORM,
            Some(Context::Picker) => PICKER,
            Some(Context::Prompt) => PROMPT,
            Some(Context::Filter) => FILTER,
            Some(Context::Query) => QUERY,
            Some(Context::FirstStart) => FIRST,
            Some(_) => self.view().hints(self),
        };
        let rows = names.iter().filter_map(|name| action(name));
        let possible = rows.filter(|row| (row.guard)(self).is_ok());
        let alone = self.form_has_one_field();
        let possible = possible.filter(|row| !(alone && row.name == "form.next"));
        self.state.hints = possible
            .filter_map(|row| {
                let keys = self.keys.keys_of(row, stack).into_iter().next()?;
                Some(Hint {
                    keys,
                    help: uncapitalized(row.help),
                })
            })
            .collect();
    }

    fn form_has_one_field(&self) -> bool {
        match self.state.overlays.last() {
            Some(Overlay::Composer(form)) => form.fields.len() == 1,
            _ => false,
        }
    }
}

impl KeyNames {
    pub(super) fn of(keys: &KeyMap) -> KeyNames {
        // What has no key is run by its name.
        let named = |name: &str, view: Context| {
            let here = [view, Context::Global];
            let row = action(name);
            let bound = row.and_then(|row| keys.keys_of(row, &here).into_iter().next());
            bound.unwrap_or_else(|| format!(":{name}"))
        };
        let of = |name: &str| named(name, Context::Desk);
        let severity = |word: &str| named(&format!("triage.severity.{word}"), Context::Triage);
        KeyNames {
            families: of("pane.families"),
            queues: of("pane.queues"),
            list: of("pane.list"),
            thread: of("pane.thread"),
            open: of("move.in"),
            back: of("move.back"),
            new_ticket: of("ticket.new"),
            new_queue: of("queue.new"),
            new_family: of("family.new"),
            people: of("view.people"),
            deleted: of("deleted.show"),
            outbox: of("view.outbox"),
            conflicts: of("view.conflicts"),
            bring_back: named("conflict.back", Context::Conflicts),
            severities: ["1", "2", "2.5", "3", "4", "5"].map(severity),
            sign_in: of("sign_in"),
            form_send: named("form.send", Context::Form),
            form_copy: named("form.copy", Context::Form),
            form_write: named("form.write", Context::Form),
            help: of("help"),
        }
    }
}

/// As it stands within a line: only the first letter is made small, `$EDITOR` stays.
fn uncapitalized(help: &str) -> String {
    let mut letters = help.chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase);
    first.chain(letters).collect()
}
