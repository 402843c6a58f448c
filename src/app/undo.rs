//! Undo and redo: the opposite commands, refused where someone has changed the same thing since.

use super::App;
use super::effect::Slot;
use super::give::Then;
use super::state::NoticeKind;
use super::target::Target;
use crate::model::command::{Base, CommandBody};
use crate::model::entity::EntityKey;
use crate::model::id::{FamilyId, TicketId, UserId};
use crate::model::status::Stage;
use crate::model::ticket::TicketField;
use crate::replica::view::{Question, Thread};

/// Something done in this session, and how it is undone and done again.
#[derive(Debug, Clone)]
pub(super) struct Undoable {
    family_id: FamilyId,
    pub(super) deed: String,
    back: Vec<CommandBody>,
    pub(super) forth: Vec<CommandBody>,
}

/// A version that is not known yet: that of a close just given.
const UNKNOWN: i64 = 0;
/// A base older than any version, so that the value itself is always compared.
const COMPARE: i64 = 0;

impl Undoable {
    pub(super) fn new(
        family_id: FamilyId,
        deed: &str,
        back: Vec<CommandBody>,
        forth: Vec<CommandBody>,
    ) -> Undoable {
        Undoable {
            family_id,
            deed: deed.to_owned(),
            back,
            forth,
        }
    }

    /// A close in it whose version has to be asked.
    fn unknown_close(&self) -> Option<TicketId> {
        self.back.iter().find_map(|command| match command {
            CommandBody::TicketUnclose {
                ticket_id,
                closed_version: UNKNOWN,
            } => Some(*ticket_id),
            _ => None,
        })
    }
}

impl App {
    pub(super) fn has_undo(&self) -> Result<(), String> {
        match self.undo.last() {
            Some(_) => Ok(()),
            None => Err("nothing to undo in this session".to_owned()),
        }
    }

    pub(super) fn has_redo(&self) -> Result<(), String> {
        match self.redo.last() {
            Some(_) => Ok(()),
            None => Err("nothing to do again".to_owned()),
        }
    }

    /// What was undone is done again. A close made another version than before.
    pub(super) fn remember_again(&mut self, mut undoable: Undoable) {
        for command in &mut undoable.back {
            if let CommandBody::TicketUnclose { closed_version, .. } = command {
                *closed_version = UNKNOWN;
            }
        }
        let unknown = undoable.unknown_close();
        self.undo.push(undoable);
        if let Some(ticket_id) = unknown {
            self.ask_version(ticket_id);
        }
    }

    /// Something was done: it can be undone, and what was undone before can't be redone.
    pub(super) fn remember(&mut self, undoable: Undoable) {
        let unknown = undoable.unknown_close();
        if undoable.back.is_empty() {
            return;
        }
        self.redo.clear();
        self.undo.push(undoable);
        if let Some(ticket_id) = unknown {
            self.ask_version(ticket_id);
        }
    }

    fn ask_version(&mut self, ticket_id: TicketId) {
        self.ask(
            Slot::Version,
            Question::Thread {
                ticket_id,
                first: 0,
                limit: 1,
            },
        );
    }

    /// The version that a close made is here; the next that is unknown is asked.
    pub(super) fn version_came(&mut self, thread: Option<Box<Thread>>) {
        let Some(thread) = thread else { return };
        let ticket = &thread.ticket;
        let waiting = self.undo.iter_mut().rev();
        for command in waiting.flat_map(|undoable| undoable.back.iter_mut()) {
            if let CommandBody::TicketUnclose {
                ticket_id,
                closed_version,
            } = command
                && *ticket_id == ticket.ticket_id
                && *closed_version == UNKNOWN
            {
                *closed_version = ticket.common.version;
            }
        }
        if let Some(ticket_id) = self.undo.last().and_then(Undoable::unknown_close) {
            self.ask_version(ticket_id);
        }
    }

    pub(super) fn undo(&mut self) {
        let Some(undoable) = self.undo.pop() else {
            return;
        };
        if undoable.unknown_close().is_some() {
            self.undo.push(undoable);
            return self.say(NoticeKind::Warning, "still closing; try again in a moment");
        }
        let what = (undoable.family_id, undoable.back.clone());
        let deed = undoable.deed.clone();
        self.give(what, deed, Then::Undone(undoable));
    }

    pub(super) fn redo(&mut self) {
        let Some(undoable) = self.redo.pop() else {
            return;
        };
        let again = undoable
            .forth
            .iter()
            .map(|command| again(command, &undoable.back));
        let what = (undoable.family_id, again.collect());
        let deed = undoable.deed.clone();
        self.give(what, deed, Then::Redone(undoable));
    }
}

/// The commands that take a command back, in the order in which they are to be given; none for
/// what nothing takes back.
pub(super) fn inverse(command: &CommandBody, target: &Target, me: UserId) -> Vec<CommandBody> {
    let ticket_id = target.ticket_id();
    match command {
        CommandBody::TicketSet { set, .. } => set_back(set, target, me),
        CommandBody::TicketResolve { .. } => vec![CommandBody::TicketReopen { ticket_id }],
        CommandBody::TicketReopen { .. } => vec![CommandBody::TicketResolve { ticket_id }],
        CommandBody::TicketClose { .. } => vec![CommandBody::TicketUnclose {
            ticket_id,
            closed_version: UNKNOWN,
        }],
        CommandBody::TicketTag { tag, .. } => vec![CommandBody::TicketUntag {
            ticket_id,
            tag: tag.clone(),
        }],
        CommandBody::TicketUntag { tag, .. } => vec![CommandBody::TicketTag {
            ticket_id,
            tag: tag.clone(),
        }],
        CommandBody::ParticipantAdd { user_id, role, .. } => vec![CommandBody::ParticipantRemove {
            ticket_id,
            user_id: *user_id,
            role: *role,
        }],
        CommandBody::ParticipantRemove { user_id, role, .. } => vec![CommandBody::ParticipantAdd {
            ticket_id,
            user_id: *user_id,
            role: *role,
        }],
        CommandBody::CommentAdd(new) => vec![CommandBody::EntityDelete(EntityKey::Comment(
            new.ticket_id,
            new.comment_id,
        ))],
        CommandBody::TicketCreate(new) => {
            vec![CommandBody::EntityDelete(EntityKey::Ticket(new.ticket_id))]
        }
        CommandBody::EntityDelete(key) => vec![CommandBody::EntityRestore(*key)],
        _ => Vec::new(),
    }
}

/// Sets an attribute back to what it was, if it still is what it was set to.
fn set_back(set: &TicketField, target: &Target, me: UserId) -> Vec<CommandBody> {
    let row = &target.row;
    let ticket = target.ticket.as_deref();
    let was = match set {
        TicketField::Title(_) => Some(TicketField::Title(row.title.clone())),
        TicketField::Severity(_) => Some(TicketField::Severity(row.severity)),
        TicketField::Stage(_) if row.stage == Stage::Waiting => ticket
            .and_then(|ticket| ticket.waiting_note.clone())
            .map(|note| TicketField::WaitingNote(Some(note)))
            .or(Some(TicketField::Stage(row.stage))),
        TicketField::Stage(_) => Some(TicketField::Stage(row.stage)),
        TicketField::WaitingNote(_) if row.stage != Stage::Waiting => {
            Some(TicketField::Stage(row.stage))
        }
        TicketField::AssignedTo(_) => Some(TicketField::AssignedTo(row.assigned_to)),
        TicketField::DueDate(_) => Some(TicketField::DueDate(row.due_date)),
        TicketField::SnoozedUntil(_) => Some(TicketField::SnoozedUntil(row.snoozed_until)),
        TicketField::QueueId(_) => Some(TicketField::QueueId(row.queue_id)),
        TicketField::WaitingNote(_)
        | TicketField::AssignedGroup(_)
        | TicketField::Category(_)
        | TicketField::ParentTicket(_)
        | TicketField::MergedInto(_) => ticket.map(|ticket| set.current(ticket)),
    };
    let ticket_id = target.ticket_id();
    let back = |to: TicketField, from: TicketField| CommandBody::TicketSet {
        ticket_id,
        set: to,
        base: Some(Base {
            version: COMPARE,
            value: from,
        }),
    };
    let mut commands = Vec::new();
    if let Some(was) = was {
        // A base is a value of the attribute that is set, which here may be another one.
        let from = match (&was, set) {
            (TicketField::Stage(_), TicketField::WaitingNote(_)) => {
                TicketField::Stage(Stage::Waiting)
            }
            (TicketField::WaitingNote(_), TicketField::Stage(_)) => TicketField::WaitingNote(None),
            _ => set.clone(),
        };
        commands.push(back(was, from));
    }
    // Taking a new ticket up made it active.
    let took_up = row.stage == Stage::New && *set == TicketField::AssignedTo(Some(me));
    if took_up {
        commands.push(back(
            TicketField::Stage(Stage::New),
            TicketField::Stage(Stage::Active),
        ));
    }
    commands
}

/// A command to be given a second time: what was made and deleted is restored, and what is set
/// has to be as it was set back.
fn again(command: &CommandBody, back: &[CommandBody]) -> CommandBody {
    match command {
        CommandBody::CommentAdd(new) => {
            CommandBody::EntityRestore(EntityKey::Comment(new.ticket_id, new.comment_id))
        }
        CommandBody::TicketCreate(new) => {
            CommandBody::EntityRestore(EntityKey::Ticket(new.ticket_id))
        }
        CommandBody::TicketSet { ticket_id, set, .. } => CommandBody::TicketSet {
            ticket_id: *ticket_id,
            set: set.clone(),
            base: back.iter().find_map(|command| match command {
                CommandBody::TicketSet {
                    ticket_id: other,
                    set: was,
                    ..
                } if other == ticket_id && was.name() == set.name() => Some(Base {
                    version: COMPARE,
                    value: was.clone(),
                }),
                _ => None,
            }),
        },
        other => other.clone(),
    }
}
