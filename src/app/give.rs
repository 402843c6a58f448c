//! Commands on their way: given, then taken or refused.

use super::App;
use super::effect::Effect;
use super::state::{NoticeKind, Overlay};
use super::target::Target;
use crate::model::command::CommandBody;
use crate::model::id::{FamilyId, TicketId};
use crate::replica::view::{Deed, DraftKey};
use crate::wire::problem::Problem;

/// Commands that are not answered yet.
#[derive(Debug)]
pub(super) struct Given {
    /// What they do, as the notice says it once it is done.
    words: String,
    then: Then,
}

/// What follows when the commands are taken.
#[derive(Debug)]
pub(super) enum Then {
    Done,
    /// The form is finished, its draft dropped.
    Sent {
        draft: DraftKey,
        /// The ticket that it files.
        made: Option<TicketId>,
    },
}

impl App {
    /// Gives commands for each target; all of one family are taken or refused together.
    pub(super) fn give_each(
        &mut self,
        targets: Vec<Target>,
        words: String,
        make: impl Fn(&Target) -> Vec<CommandBody>,
    ) {
        let mut families: Vec<FamilyId> = targets.iter().map(Target::family_id).collect();
        families.sort();
        families.dedup();
        let deed = self.deed(words);
        for family_id in families {
            let mut commands = Vec::new();
            for target in targets.iter().filter(|it| it.family_id() == family_id) {
                commands.extend(make(target));
            }
            if commands.is_empty() {
                self.say(NoticeKind::Warning, "nothing changes by that");
                continue;
            }
            self.give((family_id, commands), deed.clone(), Then::Done);
        }
        if !targets.is_empty() {
            self.unmark();
        }
    }

    /// Something that is about to be done, such as `resolved RIV-2026-0042`.
    pub(super) fn deed(&self, words: String) -> Deed {
        Deed {
            deed_id: self.source.fresh(),
            words,
        }
    }

    pub(super) fn give(&mut self, what: (FamilyId, Vec<CommandBody>), deed: Deed, then: Then) {
        let number = self.next_number();
        let given = Given {
            words: deed.words.clone(),
            then,
        };
        self.given.insert(number, given);
        self.effects.push(Effect::Give {
            number,
            family_id: what.0,
            deed,
            commands: what.1,
        });
    }

    pub(super) fn was_given(&mut self, number: u64, result: Result<(), Problem>) {
        let Some(Given { words, then }) = self.given.remove(&number) else {
            return;
        };
        match result {
            Ok(()) => self.was_taken(&words, then),
            Err(problem) => self.was_refused(problem.to_string(), then),
        }
    }

    fn was_taken(&mut self, words: &str, then: Then) {
        self.say(NoticeKind::Done, format!("{words}; u undoes it"));
        self.deeds.undo = Some(words.to_owned());
        if let Then::Sent { draft, made } = then {
            self.effects.push(Effect::DropDraft(draft));
            self.state
                .overlays
                .retain(|overlay| !is_form_of(overlay, draft));
            if let Some(ticket_id) = made {
                self.find_in_list(ticket_id);
            }
            self.let_in();
        }
    }

    fn was_refused(&mut self, why: String, then: Then) {
        match then {
            Then::Done => self.say(NoticeKind::Error, why),
            Then::Sent { draft, .. } => {
                if !self.reopen_form(draft, &why) {
                    let text = format!("{why}; the draft is kept");
                    self.say(NoticeKind::Error, text);
                }
                self.let_in();
            }
        }
    }
}

fn is_form_of(overlay: &Overlay, key: DraftKey) -> bool {
    matches!(overlay, Overlay::Composer(composer) if composer.draft_key() == key)
}
