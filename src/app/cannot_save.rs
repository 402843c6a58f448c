//! What is written and can't be saved: it stays where it is, and there are other places for it.

use std::path::PathBuf;

use super::App;
use super::effect::Effect;
use super::message::Message;
use super::state::{NoticeKind, Overlay};
use crate::text::SafeLines;
use crate::wire::problem::Problem;

impl App {
    /// Says that nothing was saved, over the form that still holds it.
    pub(super) fn tell_cannot_save(&mut self, problem: &Problem) {
        let keys = &self.state.keys;
        let text = format!(
            "{problem}\n\nNothing was saved or sent. What you wrote still stands in the form behind \
             this; any key goes back to it. There\n\n  {:<6} tries again\n  {:<6} copies the text\n  \
             {:<6} writes it to a file elsewhere",
            keys.form_send, keys.form_copy, keys.form_write
        );
        let message = Message::new("Cannot save", text);
        self.state.overlays.push(Overlay::Message(message));
    }

    pub(super) fn copy_form(&mut self) {
        if let Some(text) = self.text_of_form() {
            self.copy(SafeLines::new(text).into_string(), "copied what is written");
        }
    }

    pub(super) fn write_form_to(&mut self, file: &str) {
        if let Some(text) = self.text_of_form() {
            self.effects.push(Effect::Export {
                path: PathBuf::from(file),
                text: text + "\n",
            });
        }
    }

    /// What is written in the form that is open; that there is nothing is said.
    fn text_of_form(&mut self) -> Option<String> {
        let text = self.form().map(|form| form.written()).unwrap_or_default();
        if text.is_empty() {
            self.say(NoticeKind::Warning, "nothing is written yet");
            return None;
        }
        Some(text)
    }
}
