//! Commands on their way: given, then taken or refused.

use super::App;
use super::effect::Effect;
use super::state::{NoticeKind, Overlay};
use super::target::Target;
use crate::model::command::CommandBody;
use crate::model::entity::EntityKey;
use crate::model::id::{FamilyId, TicketId};
use crate::model::undo::is_for_good;
use crate::replica::view::{Deed, DraftKey};
use crate::wire::problem::{Problem, ProblemKind};

/// Commands that are not answered yet.
#[derive(Debug)]
pub(super) struct Given {
    /// What they do, as the notice says it once it is done.
    words: String,
    /// Whether it can be undone.
    undoable: bool,
    then: Then,
}

/// What follows when the commands are taken.
#[derive(Debug)]
pub(super) enum Then {
    Done,
    /// The form is finished, its draft dropped.
    Sent {
        draft: DraftKey,
        /// The ticket or family that it makes, to be shown once it is there.
        made: Option<EntityKey>,
        /// What is given in other families once it is taken.
        elsewhere: Vec<(FamilyId, CommandBody)>,
    },
    /// They were marked by being looked at, of which nothing is said.
    Read(Vec<TicketId>),
}

impl Then {
    /// The form is finished, and nothing else follows.
    pub(super) fn sent(draft: DraftKey) -> Then {
        Then::Sent {
            draft,
            made: None,
            elsewhere: Vec::new(),
        }
    }
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
        let undoable = !what.1.iter().all(|it| is_for_good(it.command_type()));
        let given = Given {
            words: deed.words.clone(),
            undoable,
            then,
        };
        self.hand_on(what, Some(deed), given);
    }

    /// Gives what nothing undoes.
    pub(super) fn give_for_good(
        &mut self,
        what: (FamilyId, Vec<CommandBody>),
        words: String,
        then: Then,
    ) {
        let given = Given {
            words,
            undoable: false,
            then,
        };
        self.hand_on(what, None, given);
    }

    fn hand_on(&mut self, what: (FamilyId, Vec<CommandBody>), deed: Option<Deed>, given: Given) {
        let number = self.next_number();
        self.given.insert(number, given);
        self.effects.push(Effect::Give {
            number,
            family_id: what.0,
            deed,
            commands: what.1,
        });
    }

    /// Notes that something is about to be given, under the number that its answer will have.
    pub(super) fn begin_giving(&mut self, deed: &Deed, then: Then) -> u64 {
        let number = self.next_number();
        let given = Given {
            words: deed.words.clone(),
            undoable: true,
            then,
        };
        self.given.insert(number, given);
        number
    }

    pub(super) fn was_given(&mut self, number: u64, result: Result<(), Problem>) {
        let Some(given) = self.given.remove(&number) else {
            return;
        };
        match result {
            Ok(()) => self.was_taken(given),
            Err(problem) => self.was_refused(&problem, given.then),
        }
    }

    fn was_taken(&mut self, given: Given) {
        let words = given.words;
        let said = words.clone();
        if given.undoable {
            self.say(NoticeKind::Done, format!("{words}; u undoes it"));
            self.deeds.undo = Some(words);
        } else if !words.is_empty() {
            self.say(NoticeKind::Done, words);
        }
        match given.then {
            Then::Done => {}
            Then::Sent {
                draft,
                made,
                elsewhere,
            } => {
                for (family_id, command) in elsewhere {
                    let deed = self.deed(said.clone());
                    self.give((family_id, vec![command]), deed, Then::Done);
                }
                self.effects.push(Effect::DropDraft(draft));
                self.state
                    .overlays
                    .retain(|overlay| !is_form_of(overlay, draft));
                match made {
                    Some(EntityKey::Ticket(ticket_id)) => self.find_in_list(ticket_id),
                    Some(EntityKey::Family(family_id)) => self.wanted_family = Some(family_id),
                    _ => {}
                }
                self.let_in();
            }
            Then::Read(tickets) => self.reads_were_taken(&tickets),
        }
    }

    fn was_refused(&mut self, problem: &Problem, then: Then) {
        match then {
            Then::Done => self.say(NoticeKind::Error, problem.to_string()),
            Then::Read(tickets) => self.reads_were_refused(&tickets, &problem.to_string()),
            Then::Sent { draft, .. } => {
                if !self.reopen_form(draft, problem) {
                    let text = format!("{problem}; the draft is kept");
                    self.say(NoticeKind::Error, text);
                } else if problem.kind == ProblemKind::CannotStore {
                    self.tell_cannot_save(problem);
                }
                self.let_in();
            }
        }
    }
}

fn is_form_of(overlay: &Overlay, key: DraftKey) -> bool {
    matches!(overlay, Overlay::Composer(composer) if composer.draft_key() == key)
}
