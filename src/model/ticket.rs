//! Tickets: what a family wants done.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::comment::Channel;
use super::entity::{EntityKey, entity};
use super::id::{FamilyId, GroupId, QueueId, TicketId, UserId};
use super::long_text::LongText;
use super::number::TicketNumber;
use super::severity::Severity;
use super::source::Timestamp;
use super::status::{Stage, Status};
use super::word::{attributes, words};

/// The longest title, in characters.
pub const TITLE_LIMIT: usize = 300;
/// The longest tag, in characters, and the most tags on one ticket.
pub const TAG_LIMIT: usize = 64;

entity! {
    /// A ticket, without its description, which is an item and a version of its own.
    pub struct Ticket {
        pub family_id: FamilyId,
        pub ticket_id: TicketId,
        pub queue_id: QueueId,
        /// Absent until the backend has given one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub number: Option<TicketNumber>,
        pub title: String,
        pub severity: Severity,
        pub status: Status,
        pub stage: Stage,
        /// On whom or what a WAITING ticket waits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub waiting_note: Option<String>,
        pub requested_by: UserId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub assigned_to: Option<UserId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub assigned_group: Option<GroupId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub category: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub due_date: Option<Timestamp>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub resolved_date: Option<Timestamp>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub closed_date: Option<Timestamp>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reopen_until: Option<Timestamp>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub snoozed_until: Option<Timestamp>,
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        pub tags: BTreeSet<String>,
        pub source: Channel,
        /// `system:id` of where it came from, such as `jira:ALOY-464`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub external_ref: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub parent_ticket: Option<TicketId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub merged_into: Option<TicketId>,
        /// Someone has judged it: they said so, or changed what triage decides. See
        /// [`Ticket::is_untriaged`].
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        pub triaged: bool,
    }
}

entity! {
    /// What a ticket is about, at length.
    pub struct Description {
        pub family_id: FamilyId,
        pub ticket_id: TicketId,
        pub description: LongText,
    }
}

/// What is said when a ticket is filed. What is absent comes from the queue, then from defaults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTicket {
    pub ticket_id: TicketId,
    pub queue_id: QueueId,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<LongText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Someone else on whose behalf it is filed; only those who work the queue may say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_date: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_ticket: Option<TicketId>,
    pub source: Channel,
}

/// One attribute of a ticket and its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "field", content = "value", rename_all = "snake_case")]
pub enum TicketField {
    Title(String),
    Severity(Severity),
    Stage(Stage),
    /// On whom or what it waits; setting it makes the stage WAITING.
    WaitingNote(Option<String>),
    AssignedTo(Option<UserId>),
    AssignedGroup(Option<GroupId>),
    Category(Option<String>),
    DueDate(Option<Timestamp>),
    SnoozedUntil(Option<Timestamp>),
    /// Moves the ticket.
    QueueId(QueueId),
    ParentTicket(Option<TicketId>),
    MergedInto(Option<TicketId>),
    /// Someone has judged it, or it is to be judged again.
    Triaged(bool),
}

attributes! {
    TicketField {
        Title = "title",
        Severity = "severity",
        Stage = "stage",
        WaitingNote = "waiting_note",
        AssignedTo = "assigned_to",
        AssignedGroup = "assigned_group",
        Category = "category",
        DueDate = "due_date",
        SnoozedUntil = "snoozed_until",
        QueueId = "queue_id",
        ParentTicket = "parent_ticket",
        MergedInto = "merged_into",
        Triaged = "triaged",
    }
}

impl TicketField {
    /// The same attribute as the ticket has it now.
    pub fn current(&self, ticket: &Ticket) -> TicketField {
        match self {
            TicketField::Title(_) => TicketField::Title(ticket.title.clone()),
            TicketField::Severity(_) => TicketField::Severity(ticket.severity),
            TicketField::Stage(_) => TicketField::Stage(ticket.stage),
            TicketField::WaitingNote(_) => TicketField::WaitingNote(ticket.waiting_note.clone()),
            TicketField::AssignedTo(_) => TicketField::AssignedTo(ticket.assigned_to),
            TicketField::AssignedGroup(_) => TicketField::AssignedGroup(ticket.assigned_group),
            TicketField::Category(_) => TicketField::Category(ticket.category.clone()),
            TicketField::DueDate(_) => TicketField::DueDate(ticket.due_date),
            TicketField::SnoozedUntil(_) => TicketField::SnoozedUntil(ticket.snoozed_until),
            TicketField::QueueId(_) => TicketField::QueueId(ticket.queue_id),
            TicketField::ParentTicket(_) => TicketField::ParentTicket(ticket.parent_ticket),
            TicketField::MergedInto(_) => TicketField::MergedInto(ticket.merged_into),
            TicketField::Triaged(_) => TicketField::Triaged(ticket.triaged),
        }
    }

    /// Whether setting it is what triage is for, so that whoever does it has judged the ticket.
    pub fn is_triage(&self) -> bool {
        match self {
            TicketField::Severity(_)
            | TicketField::Stage(_)
            | TicketField::WaitingNote(_)
            | TicketField::AssignedTo(_)
            | TicketField::AssignedGroup(_)
            | TicketField::DueDate(_)
            | TicketField::SnoozedUntil(_) => true,
            // Those whose queue it comes to have not judged it.
            TicketField::QueueId(_)
            | TicketField::Title(_)
            | TicketField::Category(_)
            | TicketField::ParentTicket(_)
            | TicketField::MergedInto(_)
            | TicketField::Triaged(_) => false,
        }
    }
}

words! {
    /// What time does to a ticket by itself.
    pub enum TimerKind: "kind of timer" {
        /// The reopen window has passed.
        Close = "CLOSE",
        /// The snooze is over.
        Wake = "WAKE",
    }
}

impl Ticket {
    pub fn key(&self) -> EntityKey {
        EntityKey::Ticket(self.ticket_id)
    }

    /// Whether nobody has judged it yet: it is open, nobody has taken it up, nobody holds it, and
    /// nobody has said or shown that it is triaged.
    pub fn is_untriaged(&self) -> bool {
        self.status == Status::Open
            && self.stage == Stage::New
            && self.assigned_to.is_none()
            && !self.triaged
    }

    /// What time will do to this ticket by itself, and when.
    pub fn timers(&self) -> impl Iterator<Item = (Timestamp, TimerKind)> + use<> {
        let live = !self.common.deleted;
        let close = (self.status == Status::Resolved)
            .then_some(self.reopen_until)
            .flatten()
            .map(|at| (at, TimerKind::Close));
        let wake = (self.status == Status::Open)
            .then_some(self.snoozed_until)
            .flatten()
            .map(|at| (at, TimerKind::Wake));
        [close, wake].into_iter().flatten().filter(move |_| live)
    }
}

impl Description {
    pub fn key(&self) -> EntityKey {
        EntityKey::Description(self.ticket_id)
    }
}
