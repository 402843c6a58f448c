//! Undo and redo: what was done last, by this screen or another program of the same person.

use super::App;
use super::effect::{Effect, Slot};
use super::state::NoticeKind;
use crate::replica::Turn;
use crate::replica::view::{Left, Question, Turned};

impl App {
    pub(super) fn ask_deeds(&mut self) {
        self.ask(Slot::Deeds, Question::Deeds);
    }

    pub(super) fn has_undo(&self) -> Result<(), String> {
        // What is still on its way will be there to be undone.
        if self.deeds.undo.is_some() || !self.given.is_empty() {
            return Ok(());
        }
        Err("there is nothing to undo".to_owned())
    }

    pub(super) fn has_redo(&self) -> Result<(), String> {
        match self.deeds.redo {
            Some(_) => Ok(()),
            None => Err("there is nothing to do again".to_owned()),
        }
    }

    pub(super) fn undo(&mut self) {
        self.effects.push(Effect::Turn(Turn::Back));
    }

    pub(super) fn redo(&mut self) {
        self.effects.push(Effect::Turn(Turn::Again));
    }

    pub(super) fn turned(&mut self, turn: Turn, result: Result<Turned, String>) {
        let turned = match result {
            Ok(turned) => turned,
            Err(why) => return self.say(NoticeKind::Error, why),
        };
        if turn == Turn::Back {
            self.triage_undone(&turned.tickets);
        }
        let words = &turned.words;
        let done = match turn {
            Turn::Back => format!("undone: {words}"),
            Turn::Again => format!("done again: {words}"),
        };
        if turned.left.is_empty() {
            return self.say(NoticeKind::Done, done);
        }
        let left: Vec<String> = turned.left.iter().map(Left::to_string).collect();
        let text = format!("{done}; left as it is: {}", left.join("; "));
        self.say(NoticeKind::Warning, text);
    }
}
