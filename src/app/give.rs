//! Commands on their way: given, then taken or refused.

use super::App;
use super::effect::Effect;
use super::state::{NoticeKind, Overlay};
use super::target::Target;
use super::undo::{Undoable, inverse};
use crate::model::command::CommandBody;
use crate::model::id::{FamilyId, TicketId};
use crate::replica::view::DraftKey;
use crate::wire::problem::Problem;

/// Commands that are not answered yet.
#[derive(Debug)]
pub(super) struct Given {
    /// What they do, as the notice says it once it is done.
    deed: String,
    then: Then,
}

/// What follows when the commands are taken.
#[derive(Debug)]
pub(super) enum Then {
    /// It can be undone.
    Done(Undoable),
    /// The form is finished, its draft dropped.
    Sent(DraftKey, Undoable),
    Undone(Undoable),
    Redone(Undoable),
}

impl App {
    /// Gives commands for each target; all of one family are taken or refused together.
    pub(super) fn give_each(
        &mut self,
        targets: Vec<Target>,
        deed: String,
        make: impl Fn(&Target) -> Vec<CommandBody>,
    ) {
        let mut families: Vec<FamilyId> = targets.iter().map(Target::family_id).collect();
        families.sort();
        families.dedup();
        for family_id in families {
            let mut commands = Vec::new();
            let mut back = Vec::new();
            for target in targets.iter().filter(|it| it.family_id() == family_id) {
                for command in make(target) {
                    back.splice(0..0, inverse(&command, target, self.state.session.me));
                    commands.push(command);
                }
            }
            if commands.is_empty() {
                self.say(NoticeKind::Warning, "nothing changes by that");
                continue;
            }
            if let [target] = targets.as_slice() {
                self.twin = twin_of(&commands[0], target).map(|twin| (target.ticket_id(), twin));
            }
            let undoable = Undoable::new(family_id, &deed, back, commands.clone());
            self.give((family_id, commands), deed.clone(), Then::Done(undoable));
        }
        if !targets.is_empty() {
            self.unmark();
        }
    }

    pub(super) fn give(&mut self, what: (FamilyId, Vec<CommandBody>), deed: String, then: Then) {
        self.number += 1;
        let number = self.number;
        self.given.insert(number, Given { deed, then });
        self.effects.push(Effect::Give {
            number,
            family_id: what.0,
            commands: what.1,
        });
    }

    pub(super) fn was_given(&mut self, number: u64, result: Result<(), Problem>) {
        let Some(Given { deed, then }) = self.given.remove(&number) else {
            return;
        };
        match result {
            Ok(()) => self.was_taken(&deed, then),
            Err(problem) => self.was_refused(problem.to_string(), then),
        }
    }

    fn was_taken(&mut self, deed: &str, then: Then) {
        match then {
            Then::Done(undoable) => {
                self.say(NoticeKind::Done, format!("{deed}; u undoes it"));
                self.remember(undoable);
            }
            Then::Sent(key, undoable) => {
                self.say(NoticeKind::Done, format!("{deed}; u undoes it"));
                self.effects.push(Effect::DropDraft(key));
                self.state
                    .overlays
                    .retain(|overlay| !is_form_of(overlay, key));
                if let Some(CommandBody::TicketCreate(new)) = undoable.forth.first() {
                    self.select_new(new.ticket_id);
                }
                self.remember(undoable);
            }
            Then::Undone(undoable) => {
                self.say(NoticeKind::Done, format!("undone: {deed}"));
                self.redo.push(undoable);
            }
            Then::Redone(undoable) => {
                self.say(NoticeKind::Done, format!("done again: {deed}"));
                self.remember_again(undoable);
            }
        }
    }

    fn was_refused(&mut self, why: String, then: Then) {
        match then {
            Then::Done(_) => self.say(NoticeKind::Error, why),
            Then::Sent(key, _) => {
                if !self.reopen_form(key, &why) {
                    let text = format!("{why}; the draft is kept");
                    self.say(NoticeKind::Error, text);
                }
            }
            Then::Undone(undoable) => {
                self.say(
                    NoticeKind::Error,
                    format!("can't undo {}: {why}", undoable.deed),
                );
            }
            Then::Redone(undoable) => {
                self.say(
                    NoticeKind::Error,
                    format!("can't redo {}: {why}", undoable.deed),
                );
            }
        }
    }

    fn select_new(&mut self, ticket_id: TicketId) {
        self.find_in_list(ticket_id);
    }
}

fn is_form_of(overlay: &Overlay, key: DraftKey) -> bool {
    matches!(overlay, Overlay::Composer(composer) if composer.draft_key() == key)
}

/// The command line that does the same, where there is one.
fn twin_of(command: &CommandBody, target: &Target) -> Option<String> {
    let verb = match command {
        CommandBody::TicketResolve { .. } => "resolve",
        CommandBody::TicketReopen { .. } => "reopen",
        CommandBody::TicketClose { .. } => "close",
        _ => return None,
    };
    Some(format!("famdesk {verb} {}", target.label()))
}
