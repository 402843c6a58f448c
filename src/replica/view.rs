//! What the screen and the command line ask of the local state store, and what they get.
//! Plain data: no SQL, no clock.

use std::fmt;

use uuid::Uuid;

use crate::model::audit::AuditRecord;
use crate::model::comment::AuthorKind;
use crate::model::entity::EntityKey;
use crate::model::family::Family;
use crate::model::group::Group;
use crate::model::id::{CommandId, CommentId, FamilyId, GroupId, QueueId, TicketId, UserId};
use crate::model::membership::{MembershipStatus, Role};
use crate::model::number::TicketNumber;
use crate::model::queue::Queue;
use crate::model::refusal::Refusal;
use crate::model::severity::Severity;
use crate::model::source::Timestamp;
use crate::model::status::{Stage, Status};
use crate::model::ticket::Ticket;
use crate::model::user::User;
use crate::query::{Filter, Names, Order, QueueName, Test};

/// Which tickets, and how they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    /// The one family that is looked at; every family of this person where there is none.
    pub family: Option<FamilyId>,
    pub filter: Filter,
    pub order: Order,
}

/// Where counters are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// Every family of this person.
    Everywhere,
    Family(FamilyId),
    Queue(FamilyId, QueueId),
    /// What is assigned to someone.
    AssignedTo(FamilyId, UserId),
    Unassigned(FamilyId),
}

/// From where rows are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    Top,
    Bottom,
    /// Around a ticket. If its place in the list is known, it need not be counted.
    Ticket(TicketId, Option<u64>),
}

/// Some rows of a list, with where they stand in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Window {
    pub rows: Vec<TicketRow>,
    /// The place of the first row in the whole list, from 0.
    pub first: u64,
    /// How many tickets the whole list holds.
    pub total: u64,
    /// Whether `total` is only a lower bound (a search that stopped counting).
    pub more_than_total: bool,
}

/// A ticket as a line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketRow {
    pub ticket_id: TicketId,
    pub family_id: FamilyId,
    pub queue_id: QueueId,
    pub number: Option<TicketNumber>,
    pub title: String,
    pub severity: Severity,
    pub status: Status,
    pub stage: Stage,
    pub assigned_to: Option<UserId>,
    /// The assignee's display name; empty if nobody is.
    pub assignee: String,
    pub creation_date: Timestamp,
    /// The newest of its last change and its last comment that this person sees.
    pub last_activity: Timestamp,
    pub due_date: Option<Timestamp>,
    pub snoozed_until: Option<Timestamp>,
    pub comments: u64,
    /// Something about it still waits in the outbox.
    pub unsent: bool,
}

/// What stands beside the list for one family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FamilyView {
    pub family: Family,
    pub me: Person,
    pub groups: Vec<Group>,
    pub queues: Vec<QueueRow>,
    pub people: Vec<Person>,
    /// Open tickets assigned to me, to nobody, and by severity (gravest first).
    pub my_work: u64,
    pub unassigned: u64,
    pub open_by_severity: [u64; 6],
    /// The tags in use here, in the order of the alphabet.
    pub tags: Vec<String>,
}

impl FamilyView {
    /// What can be named in a query about this family.
    pub fn names(&self) -> Names {
        let people = self.people.iter();
        let groups = self.groups.iter();
        let queues = self.queues.iter().map(|row| &row.queue);
        Names {
            people: people
                .map(|it| (it.user_id, it.display_name.clone()))
                .collect(),
            groups: groups
                .map(|it| (it.group_id, it.group_name.clone()))
                .collect(),
            queues: queues
                .map(|it| QueueName {
                    queue_id: it.queue_id,
                    queue_name: it.queue_name.clone(),
                    group_id: it.group_id,
                })
                .collect(),
            tags: self.tags.clone(),
        }
    }
}

/// A queue and how many open tickets it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueRow {
    pub queue: Queue,
    pub open: u64,
}

/// A family in the list of families.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FamilyRow {
    pub family_id: FamilyId,
    pub family_name: String,
    pub status: MembershipStatus,
    pub open: u64,
}

/// Someone in a family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub user_id: UserId,
    pub display_name: String,
    pub status: MembershipStatus,
    pub role: Role,
    pub is_admin: bool,
    /// The groups they are in.
    pub groups: Vec<GroupId>,
}

/// A ticket and its thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    pub ticket: Ticket,
    /// The whole description, if there is one here; of a long one that has not arrived, the
    /// beginning.
    pub description: Option<String>,
    /// The description's version; 0 where there is none.
    pub description_version: i64,
    pub queue_name: String,
    pub group_id: Option<GroupId>,
    pub group_name: String,
    pub requester: String,
    pub assignee: String,
    /// Who takes part, by name, each once, requester and assignee included.
    pub participants: Vec<String>,
    /// Comments in the order of the thread, beginning with `first`.
    pub comments: Vec<CommentRow>,
    pub first: u64,
    pub total: u64,
    pub unsent: bool,
}

/// A comment in its place in the thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentRow {
    pub comment_id: CommentId,
    pub author_id: UserId,
    pub author: String,
    pub author_kind: AuthorKind,
    pub body: String,
    pub comment_date: Timestamp,
    pub edited: bool,
    /// How deep it stands below the comment it answers; 0 for none.
    pub depth: usize,
    /// The name of the group that alone sees it.
    pub internal: Option<String>,
    /// The number of the merged ticket it was written on.
    pub origin: Option<String>,
    pub unsent: bool,
}

/// Open tickets by severity, with everything around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    pub bands: Vec<Band>,
    /// Severity by age: under an hour, a day, a week, a month (30 days), older.
    pub heat: [[u64; 5]; 6],
    /// Per day (UTC), oldest first: created and resolved.
    pub days: Vec<BoardDay>,
    /// Who holds how many open tickets, most first; nobody included.
    pub holders: Vec<Holder>,
}

/// The open tickets of one severity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    pub severity: Severity,
    pub open: u64,
    pub oldest: Option<Timestamp>,
    /// The first few, by creation.
    pub tickets: Vec<TicketRow>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoardDay {
    /// Midnight (UTC) at which the day begins.
    pub begins: Timestamp,
    pub created: u64,
    pub resolved: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub user_id: Option<UserId>,
    pub name: String,
    pub open: u64,
}

/// Something typed and not yet sent, one per (ticket, person, kind).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub key: DraftKey,
    /// The form's fields as JSON; the form knows them.
    pub content: String,
    pub saved_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DraftKey {
    pub family_id: FamilyId,
    /// Absent for a ticket that is only being written.
    pub ticket_id: Option<TicketId>,
    pub kind: DraftKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DraftKind {
    NewTicket,
    Comment,
    InternalNote,
    Edit,
}

/// How things stand between here and the backend.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutboxSummary {
    /// Commands that wait to be sent.
    pub waiting: u64,
    /// Commands that were refused and wait for the person, newest last.
    pub refused: u64,
}

/// A command that was refused, with its text kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedCommand {
    pub command_id: CommandId,
    pub family_id: FamilyId,
    pub command_type: String,
    /// The command as JSON.
    pub command: String,
    pub refusal: Refusal,
}

/// Commands that one means as one thing, so that they are undone together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    pub deed_id: Uuid,
    /// What was done, such as `resolved RIV-2026-0042`.
    pub words: String,
}

/// What would be undone and done again next, in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deeds {
    pub undo: Option<String>,
    pub redo: Option<String>,
}

/// What was undone or done again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turned {
    pub words: String,
    /// The commands that were given for it.
    pub commands: Vec<(FamilyId, Vec<CommandId>)>,
    /// What was left as it is, and why.
    pub left: Vec<Left>,
}

/// A part of a deed that could not be undone or done again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// What the ticket is called.
    pub label: String,
    pub why: LeftWhy,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeftWhy {
    /// Someone else has since changed the same thing.
    ChangedSince {
        by: String,
        field: String,
    },
    Refused(Refusal),
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = &self.label;
        match &self.why {
            LeftWhy::ChangedSince { by, field } => {
                let field = match field.as_str() {
                    "assigned_to" => "assignee".to_owned(),
                    "queue_id" => "queue".to_owned(),
                    "comment_body" => "comment".to_owned(),
                    other => other.replace('_', " "),
                };
                write!(f, "{by} has since changed the {field} of {label}")
            }
            LeftWhy::Refused(Refusal::Conflict(conflict)) => {
                let field = conflict.field.replace('_', " ");
                write!(f, "the {field} of {label} has been changed since")
            }
            LeftWhy::Refused(refusal) => write!(f, "{label}: {refusal}"),
        }
    }
}

/// Whose history is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryOf {
    Family(FamilyId),
    Entity(FamilyId, EntityKey),
    /// A ticket with its description, comments and participants.
    Ticket(FamilyId, TicketId),
}

/// A question of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    Families,
    Family(FamilyId),
    /// The record of one's own login, as it is known in a family that one is in.
    Login(FamilyId),
    /// What can be named in a query about every family of this person.
    Names,
    List {
        query: ListQuery,
        anchor: Anchor,
        before: usize,
        after: usize,
    },
    /// A ticket with comments from the given place on.
    Thread {
        ticket_id: TicketId,
        first: u64,
        limit: usize,
    },
    Board {
        place: Place,
        now: Timestamp,
        per_band: usize,
        days: usize,
    },
    Draft(DraftKey),
    Outbox,
    Deeds,
    History {
        of: HistoryOf,
        /// Older than this sequence number; newest if absent.
        before: Option<i64>,
        limit: usize,
    },
}

/// What a question comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Families(Vec<FamilyRow>),
    Family(Option<Box<FamilyView>>),
    Names(Box<Names>),
    Login(Option<Box<User>>),
    List(Window),
    Thread(Option<Box<Thread>>),
    Board(Box<Board>),
    Draft(Option<Draft>),
    Outbox(OutboxSummary),
    Deeds(Deeds),
    History(Vec<AuditRecord>),
}

impl ListQuery {
    /// Every ticket of a place, gravest first.
    pub fn all(place: Place) -> ListQuery {
        ListQuery {
            family: place.family(),
            filter: place.test().map_or_else(Filter::default, Filter::from),
            order: Order::GRAVEST,
        }
    }

    /// The open tickets of a place, gravest first.
    pub fn open(place: Place) -> ListQuery {
        ListQuery::all(place).and(Test::Status(Status::Open))
    }

    /// The same, and this too.
    #[must_use]
    pub fn and(self, more: impl Into<Filter>) -> ListQuery {
        ListQuery {
            filter: self.filter.and(more),
            ..self
        }
    }

    #[must_use]
    pub fn sorted(self, order: Order) -> ListQuery {
        ListQuery { order, ..self }
    }
}

impl Place {
    /// The one family that is looked at, if it is one.
    pub fn family(&self) -> Option<FamilyId> {
        match self {
            Place::Everywhere => None,
            Place::Family(family)
            | Place::Queue(family, _)
            | Place::AssignedTo(family, _)
            | Place::Unassigned(family) => Some(*family),
        }
    }
    /// What makes a ticket one of the place's, within its family.
    pub fn test(&self) -> Option<Test> {
        match self {
            Place::Everywhere | Place::Family(_) => None,
            Place::Queue(_, queue) => Some(Test::Queue(vec![*queue])),
            Place::AssignedTo(_, user) => Some(Test::Assignee(vec![*user])),
            Place::Unassigned(_) => Some(Test::Unassigned),
        }
    }
}
