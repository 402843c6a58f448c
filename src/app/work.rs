//! What can be done to tickets, each with its argument: given to those under the cursor or marked,
//! told in words, and given once more by `.`.

use super::App;
use super::days;
use super::state::NoticeKind;
use super::target::{Target, label_of};
use crate::model::command::CommandBody;
use crate::model::entity::EntityKey;
use crate::model::id::{GroupId, QueueId, TicketId, UserId};
use crate::model::participant::ParticipantRole;
use crate::model::severity::Severity;
use crate::model::source::Timestamp;
use crate::model::status::{Stage, Status};
use crate::model::ticket::TicketField;
use crate::replica::view::TicketRow;

/// Something that is done to tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Work {
    Assign(Option<UserId>),
    AssignGroup(Option<GroupId>),
    Severity(Severity),
    Graver,
    Milder,
    Resolve,
    Reopen,
    Close,
    Stage(Stage),
    /// It waits on someone or something.
    WaitOn(String),
    Due(Option<Timestamp>),
    Snooze(Option<Timestamp>),
    MoveTo(QueueId),
    Tag(String),
    Untag(String),
    /// None: no category.
    Category(Option<String>),
    /// Someone takes part in that role, or no longer.
    TakeIn(UserId, ParticipantRole),
    TakeOut(UserId, ParticipantRole),
    /// A part of the ticket that is called so; of none.
    PartOf(Option<(TicketId, String)>),
    /// It has been judged, or is to be judged again.
    Triaged(bool),
    /// Into the ticket that is called so; out of the one it was merged into.
    MergeInto(TicketId, String),
    Unmerge,
}

impl App {
    /// Does it to the tickets that it changes, says why where there is none, and remembers it.
    pub(super) fn work(&mut self, work: Work, targets: Vec<Target>) {
        let targets = self.only(&work, targets);
        let words = self.words_of_work(&work, &targets);
        self.twin = self.twin_of(&work, &targets);
        self.last_work = Some(work.clone());
        self.give_each(targets, words, |target| commands(&work, target));
    }

    pub(super) fn has_work(&self) -> Result<(), String> {
        match self.last_work {
            Some(_) => self.has_targets(),
            None => Err("nothing has been done to a ticket yet".to_owned()),
        }
    }

    /// Does once more what was done last, to the tickets that are meant now.
    pub(super) fn repeat(&mut self) {
        if let Some(work) = self.last_work.clone() {
            self.work(work, self.targets());
        }
    }

    fn only(&mut self, work: &Work, targets: Vec<Target>) -> Vec<Target> {
        self.only_those(targets, &already(work), |row| changes(work, row))
    }

    /// The targets that something would change; says why where there is none.
    pub(super) fn only_those(
        &mut self,
        targets: Vec<Target>,
        already: &str,
        changes: impl Fn(&TicketRow) -> bool,
    ) -> Vec<Target> {
        let label = label_of(&targets);
        let is = if targets.len() == 1 { "is" } else { "are" };
        let kept: Vec<Target> = targets.into_iter().filter(|it| changes(&it.row)).collect();
        if kept.is_empty() {
            let text = format!("{label} {is} already {already}");
            self.say(NoticeKind::Warning, text);
        }
        kept
    }

    /// What is done, as the notice and the undo log say it.
    fn words_of_work(&self, work: &Work, targets: &[Target]) -> String {
        let it = label_of(targets);
        match work {
            Work::Assign(to) => format!("assigned {it} to {}", self.assignee_name(*to)),
            Work::AssignGroup(Some(group_id)) => {
                let group = self.group_name(*group_id);
                format!("assigned {it} to the group {group}")
            }
            Work::AssignGroup(None) => format!("assigned {it} to no group"),
            Work::Severity(severity) => format!("made {it} {severity}"),
            Work::Graver | Work::Milder => match targets {
                [one] => format!("made {it} {}", step_of(work)(one.row.severity)),
                _ => format!("moved {it} by one severity"),
            },
            Work::Resolve => format!("resolved {it}"),
            Work::Reopen => format!("reopened {it}"),
            Work::Close => format!("closed {it}"),
            Work::Stage(stage) => format!("made {it} {stage}"),
            Work::WaitOn(note) => format!("{it} waits on {note}"),
            Work::Due(Some(due)) => format!("made {it} due {}", self.day(*due)),
            Work::Due(None) => format!("took the due date from {it}"),
            Work::Snooze(Some(until)) => format!("snoozed {it} until {}", self.day(*until)),
            Work::Snooze(None) => format!("woke {it}"),
            Work::MoveTo(queue_id) => format!("moved {it} to {}", self.queue_name(*queue_id)),
            Work::Tag(tag) => format!("tagged {it} #{tag}"),
            Work::Untag(tag) => format!("took #{tag} from {it}"),
            Work::Category(Some(category)) => format!("put {it} under {category}"),
            Work::Category(None) => format!("took the category from {it}"),
            Work::TakeIn(user_id, ParticipantRole::Follower) if self.is_me(*user_id) => {
                format!("watching {it}")
            }
            Work::TakeOut(user_id, ParticipantRole::Follower) if self.is_me(*user_id) => {
                format!("no longer watching {it}")
            }
            Work::TakeIn(user_id, role) => {
                let name = self.person_name(*user_id);
                format!("{name} takes part in {it} as {role}")
            }
            Work::TakeOut(user_id, role) => {
                let name = self.person_name(*user_id);
                format!("{name} is no {role} of {it} any more")
            }
            Work::PartOf(Some((_, whole))) => format!("made {it} a part of {whole}"),
            Work::PartOf(None) => format!("made {it} a part of no other"),
            Work::Triaged(true) => format!("triaged {it}"),
            Work::Triaged(false) => format!("put {it} back into triage"),
            Work::MergeInto(_, into) => format!("merged {it} into {into}"),
            Work::Unmerge => format!("unmerged {it}"),
        }
    }

    fn is_me(&self, user_id: UserId) -> bool {
        user_id == self.state.session.me
    }

    fn day(&self, at: Timestamp) -> String {
        days::told(at, &self.state.session.time_zone)
    }

    fn assignee_name(&self, to: Option<UserId>) -> String {
        match to {
            Some(user_id) if user_id == self.state.session.me => "you".to_owned(),
            Some(user_id) => super::panes::name_of(self.state.session.family.as_deref(), user_id),
            None => "nobody".to_owned(),
        }
    }

    fn queue_name(&self, queue_id: QueueId) -> String {
        let names = self.queue_names();
        let named = names.into_iter().find(|(_, id)| *id == queue_id);
        named.map_or_else(|| "another queue".to_owned(), |(name, _)| name)
    }

    /// The command line that does the same, where there is one, and the tickets that it names.
    fn twin_of(&self, work: &Work, targets: &[Target]) -> Option<(Vec<TicketId>, String)> {
        let numbers: Vec<String> = targets
            .iter()
            .filter_map(|target| target.row.number.as_ref().map(ToString::to_string))
            .collect();
        if numbers.is_empty() || numbers.len() != targets.len() {
            return None;
        }
        let numbers = numbers.join(" ");
        let line = match work {
            Work::Assign(to) => {
                let who = match to {
                    Some(user_id) if *user_id == self.state.session.me => "me".to_owned(),
                    None => "none".to_owned(),
                    other => quoted(&self.assignee_name(*other)),
                };
                format!("assign {numbers} {who}")
            }
            Work::AssignGroup(to) => {
                let group = to.map_or_else(|| "none".to_owned(), |it| self.group_name(it));
                format!("assign {numbers} --group {}", quoted(&group))
            }
            Work::Severity(severity) => format!("severity {numbers} {severity}"),
            Work::Resolve => format!("resolve {numbers}"),
            Work::Reopen => format!("reopen {numbers}"),
            Work::Close => format!("close {numbers}"),
            Work::Stage(stage) => {
                format!("status {numbers} {}", stage.as_str().to_lowercase())
            }
            Work::WaitOn(note) => format!("status {numbers} waiting --note {}", quoted(note)),
            Work::Due(Some(due)) => {
                let at = days::exactly(*due, &self.state.session.time_zone);
                format!("due {numbers} {}", quoted(&at))
            }
            Work::Due(None) => format!("due {numbers} none"),
            Work::MoveTo(queue_id) => {
                let name = self.queue_name(*queue_id).replace(" / ", "/");
                format!("move {numbers} --to {}", quoted(&name))
            }
            Work::Tag(tag) => format!("tag {numbers} --add {}", quoted(tag)),
            Work::Untag(tag) => format!("tag {numbers} --remove {}", quoted(tag)),
            Work::Category(category) => {
                let category = category.as_deref().unwrap_or("none");
                format!("category {numbers} {}", quoted(category))
            }
            Work::TakeIn(user_id, ParticipantRole::Follower) if self.is_me(*user_id) => {
                format!("watch {numbers}")
            }
            Work::TakeOut(user_id, ParticipantRole::Follower) if self.is_me(*user_id) => {
                format!("unwatch {numbers}")
            }
            Work::TakeIn(user_id, role) | Work::TakeOut(user_id, role) => {
                let [_] = targets else { return None };
                let way = match work {
                    Work::TakeIn(..) => "add",
                    _ => "remove",
                };
                let who = quoted(&self.person_name(*user_id));
                format!("participants {numbers} --{way} {who} --role {role}")
            }
            Work::PartOf(whole) => {
                let whole = whole.as_ref().map_or("none", |(_, whole)| whole);
                format!("parent {numbers} --of {}", quoted(whole))
            }
            Work::Triaged(true) => format!("triage {numbers}"),
            Work::Triaged(false) => format!("triage {numbers} --again"),
            Work::MergeInto(_, into) => format!("merge {numbers} --into {}", quoted(into)),
            Work::Unmerge => format!("unmerge {numbers}"),
            Work::Graver | Work::Milder => match targets {
                [one] => format!("severity {numbers} {}", step_of(work)(one.row.severity)),
                _ => return None,
            },
            Work::Snooze(_) => return None,
        };
        let ids = targets.iter().map(Target::ticket_id).collect();
        Some((ids, format!("famdesk {line}")))
    }

    pub(super) fn delete(&mut self, target: Target) {
        let words = format!("deleted {}", target.label());
        let ids = vec![target.ticket_id()];
        self.twin = Some((ids, format!("famdesk delete {}", target.label())));
        self.give_each(vec![target], words, |target| {
            vec![CommandBody::EntityDelete(EntityKey::Ticket(
                target.ticket_id(),
            ))]
        });
    }

    // The actions.

    pub(super) fn assign_to_me(&mut self) {
        let me = self.state.session.me;
        self.work(Work::Assign(Some(me)), self.targets());
    }

    pub(super) fn assign_to_none(&mut self) {
        self.work(Work::Assign(None), self.targets());
    }

    pub(super) fn severity_1(&mut self) {
        self.work(Work::Severity(Severity::Sev1), self.targets());
    }

    pub(super) fn severity_2(&mut self) {
        self.work(Work::Severity(Severity::Sev2), self.targets());
    }

    pub(super) fn severity_2_5(&mut self) {
        self.work(Work::Severity(Severity::Sev2_5), self.targets());
    }

    pub(super) fn severity_3(&mut self) {
        self.work(Work::Severity(Severity::Sev3), self.targets());
    }

    pub(super) fn severity_4(&mut self) {
        self.work(Work::Severity(Severity::Sev4), self.targets());
    }

    pub(super) fn severity_5(&mut self) {
        self.work(Work::Severity(Severity::Sev5), self.targets());
    }

    pub(super) fn graver(&mut self) {
        self.work(Work::Graver, self.targets());
    }

    pub(super) fn milder(&mut self) {
        self.work(Work::Milder, self.targets());
    }

    pub(super) fn resolve(&mut self) {
        self.work(Work::Resolve, self.targets());
    }

    pub(super) fn reopen(&mut self) {
        self.work(Work::Reopen, self.targets());
    }

    pub(super) fn close_ticket(&mut self) {
        self.work(Work::Close, self.targets());
    }

    pub(super) fn stage_active(&mut self) {
        self.work(Work::Stage(Stage::Active), self.targets());
    }

    pub(super) fn stage_new(&mut self) {
        self.work(Work::Stage(Stage::New), self.targets());
    }

    pub(super) fn wake(&mut self) {
        self.work(Work::Snooze(None), self.targets());
    }

    pub(super) fn watch(&mut self) {
        let me = self.state.session.me;
        self.work(Work::TakeIn(me, ParticipantRole::Follower), self.targets());
    }

    pub(super) fn unwatch(&mut self) {
        let me = self.state.session.me;
        self.work(Work::TakeOut(me, ParticipantRole::Follower), self.targets());
    }

    pub(super) fn take_as_triaged(&mut self) {
        self.work(Work::Triaged(true), self.targets());
    }

    pub(super) fn put_back_into_triage(&mut self) {
        self.work(Work::Triaged(false), self.targets());
    }
}

/// Whether the work would change a ticket, as far as its row tells.
fn changes(work: &Work, row: &TicketRow) -> bool {
    let is_open = row.status == Status::Open;
    match work {
        Work::Assign(to) => row.assigned_to != *to,
        Work::AssignGroup(to) => row.assigned_group != *to,
        Work::Severity(severity) => row.severity != *severity,
        Work::Graver | Work::Milder => step_of(work)(row.severity) != row.severity,
        Work::Resolve => is_open,
        Work::Reopen => row.status == Status::Resolved,
        Work::Close => row.status != Status::Closed,
        Work::Stage(stage) => is_open && row.stage != *stage,
        Work::Snooze(None) => row.snoozed_until.is_some(),
        Work::MoveTo(queue_id) => row.queue_id != *queue_id,
        Work::WaitOn(_)
        | Work::Due(_)
        | Work::Snooze(Some(_))
        | Work::Tag(_)
        | Work::Untag(_)
        | Work::Category(_)
        | Work::TakeIn(..)
        | Work::TakeOut(..)
        | Work::PartOf(_)
        | Work::Triaged(_)
        | Work::MergeInto(..)
        | Work::Unmerge => true,
    }
}

/// What a ticket is that the work would not change.
fn already(work: &Work) -> String {
    match work {
        Work::Assign(_) | Work::AssignGroup(_) => "assigned so".to_owned(),
        Work::Severity(severity) => severity.to_string(),
        Work::Graver | Work::Milder => "at the end of the scale".to_owned(),
        Work::Resolve => "resolved".to_owned(),
        Work::Reopen => "open, or closed for good".to_owned(),
        Work::Close => "closed".to_owned(),
        Work::Stage(stage) => stage.to_string(),
        Work::Snooze(_) => "awake".to_owned(),
        Work::MoveTo(_) => "in that queue".to_owned(),
        _ => "so".to_owned(),
    }
}

fn step_of(work: &Work) -> fn(Severity) -> Severity {
    match work {
        Work::Graver => Severity::graver,
        _ => Severity::milder,
    }
}

/// The commands that do it to one ticket; none where that is known to change nothing.
fn commands(work: &Work, target: &Target) -> Vec<CommandBody> {
    let ticket_id = target.ticket_id();
    let set = |field| vec![target.set(field)];
    match work {
        Work::Assign(to) => set(TicketField::AssignedTo(*to)),
        Work::AssignGroup(to) => set(TicketField::AssignedGroup(*to)),
        Work::Severity(severity) => set(TicketField::Severity(*severity)),
        Work::Graver | Work::Milder => {
            set(TicketField::Severity(step_of(work)(target.row.severity)))
        }
        Work::Resolve => vec![CommandBody::TicketResolve { ticket_id }],
        Work::Reopen => vec![CommandBody::TicketReopen { ticket_id }],
        Work::Close => vec![CommandBody::TicketClose { ticket_id }],
        Work::Stage(stage) => set(TicketField::Stage(*stage)),
        Work::WaitOn(note) => set(TicketField::WaitingNote(Some(note.clone()))),
        Work::Due(due) => set(TicketField::DueDate(*due)),
        Work::Snooze(until) => set(TicketField::SnoozedUntil(*until)),
        Work::MoveTo(queue_id) => set(TicketField::QueueId(*queue_id)),
        Work::Tag(tag) => {
            let known = target.ticket.as_ref();
            if known.is_some_and(|it| it.tags.contains(tag)) {
                return Vec::new();
            }
            let tag = tag.clone();
            vec![CommandBody::TicketTag { ticket_id, tag }]
        }
        Work::Untag(tag) => {
            let tag = tag.clone();
            vec![CommandBody::TicketUntag { ticket_id, tag }]
        }
        Work::Category(category) => set(TicketField::Category(category.clone())),
        Work::TakeIn(user_id, role) => vec![CommandBody::ParticipantAdd {
            ticket_id,
            user_id: *user_id,
            role: *role,
        }],
        Work::TakeOut(user_id, role) => vec![CommandBody::ParticipantRemove {
            ticket_id,
            user_id: *user_id,
            role: *role,
        }],
        Work::PartOf(whole) => set(TicketField::ParentTicket(
            whole.as_ref().map(|(whole, _)| *whole),
        )),
        Work::Triaged(triaged) => set(TicketField::Triaged(*triaged)),
        Work::MergeInto(into, _) => set(TicketField::MergedInto(Some(*into))),
        Work::Unmerge => set(TicketField::MergedInto(None)),
    }
}

/// A word as a shell reads it back.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:+@".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        assert_eq!(quoted("Home/IT"), "Home/IT");
        assert_eq!(
            quoted("the provider's; rm -rf ~"),
            r"'the provider'\''s; rm -rf ~'"
        );
        assert_eq!(quoted(""), "''");
    }
}
