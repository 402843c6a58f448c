//! What can be done to tickets: to the one under the cursor, or to all that are marked.

use super::App;
use super::effect::Effect;
use super::state::NoticeKind;
use super::target::{Target, label_of};
use crate::model::command::CommandBody;
use crate::model::entity::EntityKey;
use crate::model::id::{QueueId, UserId};
use crate::model::participant::ParticipantRole;
use crate::model::severity::Severity;
use crate::model::status::{Stage, Status};
use crate::model::ticket::TicketField;
use crate::replica::view::TicketRow;

impl App {
    /// The ticket under the cursor.
    pub(super) fn target(&self) -> Option<Target> {
        self.view().ticket(self)
    }

    pub(super) fn target_of(&self, row: TicketRow) -> Target {
        let thread = self.thread_of(row.ticket_id);
        Target {
            ticket: thread.map(|thread| Box::new(thread.ticket.clone())),
            row,
        }
    }

    /// The tickets that an action on many works on.
    pub(super) fn targets(&self) -> Vec<Target> {
        self.view().tickets(self)
    }

    pub(super) fn has_ticket(&self) -> Result<(), String> {
        match self.target() {
            Some(_) => Ok(()),
            None => Err("no ticket is selected".to_owned()),
        }
    }

    pub(super) fn has_targets(&self) -> Result<(), String> {
        match self.view().has_tickets(self) {
            true => Ok(()),
            false => self.has_ticket(),
        }
    }

    // Who does it.

    pub(super) fn assign_to_me(&mut self) {
        let me = self.state.session.me;
        self.assign(self.targets(), Some(me));
    }

    pub(super) fn assign_to_none(&mut self) {
        self.assign(self.targets(), None);
    }

    pub(super) fn assign(&mut self, targets: Vec<Target>, to: Option<UserId>) {
        let name = match to {
            Some(user_id) if user_id == self.state.session.me => "you".to_owned(),
            Some(user_id) => super::panes::name_of(self.state.session.family.as_deref(), user_id),
            None => "nobody".to_owned(),
        };
        let targets = self.only(targets, "assigned", |row| row.assigned_to != to);
        let deed = format!("assigned {} to {name}", label_of(&targets));
        self.give_each(targets, deed, |target| {
            vec![target.set(TicketField::AssignedTo(to))]
        });
    }

    // How much it matters.

    fn set_severity(&mut self, severity: Severity) {
        let targets = self.only(self.targets(), severity.as_str(), |row| {
            row.severity != severity
        });
        let deed = format!("made {} {severity}", label_of(&targets));
        self.give_each(targets, deed, |target| {
            vec![target.set(TicketField::Severity(severity))]
        });
    }

    pub(super) fn severity_1(&mut self) {
        self.set_severity(Severity::Sev1);
    }

    pub(super) fn severity_2(&mut self) {
        self.set_severity(Severity::Sev2);
    }

    pub(super) fn severity_2_5(&mut self) {
        self.set_severity(Severity::Sev2_5);
    }

    pub(super) fn severity_3(&mut self) {
        self.set_severity(Severity::Sev3);
    }

    pub(super) fn severity_4(&mut self) {
        self.set_severity(Severity::Sev4);
    }

    pub(super) fn severity_5(&mut self) {
        self.set_severity(Severity::Sev5);
    }

    fn step_severity(&mut self, step: fn(Severity) -> Severity) {
        let targets = self.only(self.targets(), "at the end of the scale", |row| {
            step(row.severity) != row.severity
        });
        let deed = match targets.as_slice() {
            [one] => format!("made {} {}", one.label(), step(one.row.severity)),
            many => format!("moved {} by one severity", label_of(many)),
        };
        self.give_each(targets, deed, |target| {
            vec![target.set(TicketField::Severity(step(target.row.severity)))]
        });
    }

    pub(super) fn graver(&mut self) {
        self.step_severity(Severity::graver);
    }

    pub(super) fn milder(&mut self) {
        self.step_severity(Severity::milder);
    }

    // Where it is in its life.

    pub(super) fn resolve(&mut self) {
        let targets = self.only(self.targets(), "resolved", |row| row.status == Status::Open);
        let deed = format!("resolved {}", label_of(&targets));
        self.give_each(targets, deed, |target| {
            let ticket_id = target.ticket_id();
            vec![CommandBody::TicketResolve { ticket_id }]
        });
    }

    pub(super) fn reopen(&mut self) {
        let targets = self.only(self.targets(), "open, or closed for good", |row| {
            row.status == Status::Resolved
        });
        let deed = format!("reopened {}", label_of(&targets));
        self.give_each(targets, deed, |target| {
            let ticket_id = target.ticket_id();
            vec![CommandBody::TicketReopen { ticket_id }]
        });
    }

    pub(super) fn close_ticket(&mut self) {
        let targets = self.only(self.targets(), "closed", |row| row.status != Status::Closed);
        let deed = format!("closed {}", label_of(&targets));
        self.give_each(targets, deed, |target| {
            let ticket_id = target.ticket_id();
            vec![CommandBody::TicketClose { ticket_id }]
        });
    }

    fn set_stage(&mut self, stage: Stage) {
        let targets = self.only(self.targets(), stage.as_str(), |row| {
            row.status == Status::Open && row.stage != stage
        });
        let deed = format!("made {} {stage}", label_of(&targets));
        self.give_each(targets, deed, |target| {
            vec![target.set(TicketField::Stage(stage))]
        });
    }

    pub(super) fn stage_active(&mut self) {
        self.set_stage(Stage::Active);
    }

    pub(super) fn stage_new(&mut self) {
        self.set_stage(Stage::New);
    }

    pub(super) fn wait_on(&mut self, targets: Vec<Target>, note: &str) {
        let deed = format!("{} waits on {note}", label_of(&targets));
        let note = note.to_owned();
        self.give_each(targets, deed, |target| {
            vec![target.set(TicketField::WaitingNote(Some(note.clone())))]
        });
    }

    pub(super) fn wake(&mut self) {
        let targets = self.only(self.targets(), "awake", |row| row.snoozed_until.is_some());
        let deed = format!("woke {}", label_of(&targets));
        self.give_each(targets, deed, |target| {
            vec![target.set(TicketField::SnoozedUntil(None))]
        });
    }

    // Where it is, who follows it, what it is about.

    pub(super) fn move_to(&mut self, targets: Vec<Target>, queue_id: QueueId) {
        let family = self.state.session.family.as_deref();
        let row = family.and_then(|it| it.queues.iter().find(|q| q.queue.queue_id == queue_id));
        let name = row.map_or_else(String::new, |row| row.queue.queue_name.clone());
        let targets = self.only(targets, "in that queue", |row| row.queue_id != queue_id);
        let deed = format!("moved {} to {name}", label_of(&targets));
        self.give_each(targets, deed, |target| {
            vec![target.set(TicketField::QueueId(queue_id))]
        });
    }

    pub(super) fn tag(&mut self, targets: Vec<Target>, tag: &str) {
        let deed = format!("tagged {} #{tag}", label_of(&targets));
        let tag = tag.to_owned();
        self.give_each(targets, deed, |target| {
            let has = target
                .ticket
                .as_ref()
                .is_some_and(|it| it.tags.contains(&tag));
            let command = CommandBody::TicketTag {
                ticket_id: target.ticket_id(),
                tag: tag.clone(),
            };
            if has { Vec::new() } else { vec![command] }
        });
    }

    pub(super) fn take_tag(&mut self, targets: Vec<Target>, tag: &str) {
        let deed = format!("took #{tag} from {}", label_of(&targets));
        let tag = tag.to_owned();
        self.give_each(targets, deed, |target| {
            vec![CommandBody::TicketUntag {
                ticket_id: target.ticket_id(),
                tag: tag.clone(),
            }]
        });
    }

    pub(super) fn watch(&mut self) {
        let user_id = self.state.session.me;
        let targets = self.targets();
        let deed = format!("watching {}", label_of(&targets));
        self.give_each(targets, deed, |target| {
            vec![CommandBody::ParticipantAdd {
                ticket_id: target.ticket_id(),
                user_id,
                role: ParticipantRole::Follower,
            }]
        });
    }

    pub(super) fn unwatch(&mut self) {
        let user_id = self.state.session.me;
        let targets = self.targets();
        let deed = format!("no longer watching {}", label_of(&targets));
        self.give_each(targets, deed, |target| {
            vec![CommandBody::ParticipantRemove {
                ticket_id: target.ticket_id(),
                user_id,
                role: ParticipantRole::Follower,
            }]
        });
    }

    pub(super) fn delete(&mut self, target: Target) {
        let deed = format!("deleted {}", target.label());
        self.give_each(vec![target], deed, |target| {
            vec![CommandBody::EntityDelete(EntityKey::Ticket(
                target.ticket_id(),
            ))]
        });
    }

    /// The targets that an action would change; says why where there is none.
    pub(super) fn only(
        &mut self,
        targets: Vec<Target>,
        already: &str,
        changes: impl Fn(&TicketRow) -> bool,
    ) -> Vec<Target> {
        let label = label_of(&targets);
        let is = if targets.len() == 1 { "is" } else { "are" };
        let kept: Vec<Target> = targets.into_iter().filter(|it| changes(&it.row)).collect();
        if kept.is_empty() {
            self.say(
                NoticeKind::Warning,
                format!("{label} {is} already {already}"),
            );
        }
        kept
    }

    // Copies.

    fn yank(&mut self, what: Option<String>) {
        if let Some(text) = what {
            self.say(NoticeKind::Done, format!("copied {text}"));
            self.effects.push(Effect::Yank(text));
        }
    }

    pub(super) fn yank_number(&mut self) {
        let number = self.target().map(|target| target.label());
        self.yank(number);
    }

    pub(super) fn yank_title(&mut self) {
        let title = self.target().map(|target| target.row.title);
        self.yank(title);
    }

    /// The command line that does what was last done to this ticket, or shows it.
    pub(super) fn yank_command(&mut self) {
        let Some(target) = self.target() else { return };
        let twin = match &self.twin {
            Some((ticket_id, twin)) if *ticket_id == target.ticket_id() => twin.clone(),
            _ => format!("famdesk show {}", target.label()),
        };
        self.yank(Some(twin));
    }
}
