//! What the screen and the command line ask of the local state store, and what they get.
//! Plain data: no SQL, no clock.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use uuid::Uuid;

use crate::model::attachment::FileFacts;
use crate::model::audit::AuditRecord;
use crate::model::command::Command;
use crate::model::comment::AuthorKind;
use crate::model::entity::EntityKey;
use crate::model::family::Family;
use crate::model::group::{Group, GroupMembership};
use crate::model::id::{
    AttachmentId, CommandId, CommentId, FamilyId, GroupId, QueueId, TicketId, UserId, WebhookId,
};
use crate::model::membership::{MembershipStatus, Role};
use crate::model::merge::Merged;
use crate::model::number::TicketNumber;
use crate::model::participant::ParticipantRole;
use crate::model::queue::Queue;
use crate::model::refusal::{Conflict, Refusal};
use crate::model::severity::Severity;
use crate::model::source::Timestamp;
use crate::model::status::{Stage, Status};
use crate::model::ticket::Ticket;
use crate::model::user::User;
use crate::model::webhook::Webhook;
use crate::query::{self, Filter, Order, QueueName, Test};

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
    pub assigned_group: Option<GroupId>,
    /// The name of the group that it is assigned to; empty if none is.
    pub assignee_group: String,
    pub creation_date: Timestamp,
    /// The newest of its last change and its last comment that this person sees.
    pub last_activity: Timestamp,
    pub due_date: Option<Timestamp>,
    pub snoozed_until: Option<Timestamp>,
    pub comments: u64,
    /// Something happened to it that this person has not read; `model::read_marker` says what.
    pub unread: bool,
    /// The number in the family's log of the last that happened to it, as far as is known here:
    /// whoever sees the row has seen it up to there.
    pub latest_seq: i64,
    /// Something about it still waits in the outbox.
    pub unsent: bool,
}

impl TicketRow {
    /// Who holds it, for a column of names: a person, else a group in parentheses, else a dash.
    pub fn holder(&self) -> Cow<'_, str> {
        match (self.assignee.as_str(), self.assignee_group.as_str()) {
            ("", "") => Cow::from("-"),
            ("", group) => Cow::from(format!("({group})")),
            (name, _) => Cow::from(name),
        }
    }
}

/// What stands beside the list for one family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FamilyView {
    pub family: Family,
    pub me: Person,
    pub groups: Vec<Group>,
    pub queues: Vec<QueueRow>,
    pub people: Vec<Person>,
    /// Who is in which group, and who asks to be; by group.
    pub places: Vec<GroupMembership>,
    /// For admins; nobody else has any here.
    pub webhooks: Vec<Webhook>,
    /// Open tickets assigned to me, to nobody, and by severity (gravest first).
    pub my_work: u64,
    pub unassigned: u64,
    pub open_by_severity: [u64; 6],
    /// The tags in use here, in the order of the alphabet.
    pub tags: Vec<String>,
}

impl FamilyView {
    /// What can be named in a query about this family.
    pub fn names(&self) -> query::Names {
        let people = self.people.iter();
        let groups = self.groups.iter();
        let queues = self.queues.iter().map(|row| &row.queue);
        query::Names {
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
    /// How many of the open ones are unread.
    pub unread: u64,
}

/// A family in the list of families.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FamilyRow {
    pub family_id: FamilyId,
    pub family_name: String,
    pub status: MembershipStatus,
    /// Whether the family asked this person in, rather than they the family.
    pub invited: bool,
    pub open: u64,
    /// How many of the open ones are unread.
    pub unread: u64,
}

/// Someone in a family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub user_id: UserId,
    pub display_name: String,
    pub status: MembershipStatus,
    pub role: Role,
    pub is_admin: bool,
    /// Who asked them in; absent where they asked to join.
    pub invited_by: Option<UserId>,
    /// When they were asked in, or asked.
    pub request_date: Timestamp,
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
    pub queue_name: String,
    pub group_id: Option<GroupId>,
    pub group_name: String,
    pub requester: String,
    pub assignee: String,
    /// The name of the group that it is assigned to; empty if none is.
    pub assignee_group: String,
    /// Who takes part, by name, each once, requester and assignee included.
    pub participants: Vec<Party>,
    /// The files on the ticket itself, and on those merged into it.
    pub files: Vec<FileRow>,
    /// Comments in the order of the thread, beginning with `first`.
    pub comments: Vec<CommentRow>,
    /// The files on comments that are not among these, oldest first.
    pub files_elsewhere: Vec<FileRow>,
    pub first: u64,
    pub total: u64,
    pub unread: bool,
    /// As in [`TicketRow`].
    pub latest_seq: i64,
    pub unsent: bool,
    /// The tickets that were merged into it.
    pub merged: Vec<Ticket>,
    /// What the ticket is called that it was merged into.
    pub merged_into: Option<String>,
    /// What the ticket is called that it is a part of.
    pub part_of: Option<String>,
    /// The tickets that are parts of it.
    pub parts: Vec<Ticket>,
}

/// Someone who takes part in a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    pub user_id: UserId,
    pub name: String,
    /// In which roles, in their order.
    pub roles: Vec<ParticipantRole>,
}

/// A text as it was for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextVersion {
    /// The version of the entity that first had it.
    pub version: i64,
    pub user_id: UserId,
    pub author: String,
    pub time: Timestamp,
    pub text: String,
}

/// Something that was deleted and can be restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletedRow {
    pub key: EntityKey,
    /// What it is called: a number, a name, the beginning of what was said.
    pub label: String,
    /// Where it belongs: the title of a ticket, the group of a queue, the ticket of a comment.
    pub detail: String,
    pub deleted: Timestamp,
    /// Who deleted it; empty for what came deleted from elsewhere.
    pub by: String,
}

/// Where something stands among what was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeletedPlace {
    pub deleted: Timestamp,
    pub key: EntityKey,
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
    pub files: Vec<FileRow>,
    pub unsent: bool,
}

/// A file on a ticket or a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// The ticket it hangs on, perhaps one merged into the one that is shown.
    pub ticket_id: TicketId,
    pub attachment_id: AttachmentId,
    pub file: FileFacts,
    pub added_by: String,
    pub added_by_id: UserId,
    pub added: Timestamp,
    pub unsent: bool,
}

impl FileRow {
    pub fn key(&self) -> EntityKey {
        EntityKey::Attachment(self.ticket_id, self.attachment_id)
    }
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

/// Something typed and not yet sent, one per kind and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub key: DraftKey,
    /// The form's fields as JSON; the form knows them.
    pub content: String,
    pub saved_at: Timestamp,
}

/// How a draft stands on the disk, as far as whoever writes it knows. Where several programs write
/// on one thing, each has a copy of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OnDisk {
    pub copy: i64,
    /// Absent where nothing stands there.
    pub content: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DraftKey {
    pub family_id: FamilyId,
    /// What it is about: a ticket, a comment, a queue, as the kind says. Absent for something new.
    pub about: Option<Uuid>,
    pub kind: DraftKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DraftKind {
    NewTicket,
    Comment,
    InternalNote,
    Edit,
    EditComment,
    NewFamily,
    EditFamily,
    JoinFamily,
    NewGroup,
    EditGroup,
    NewQueue,
    EditQueue,
    Invite,
    /// One's own record.
    EditMe,
    NewWebhook,
    EditWebhook,
}

impl DraftKind {
    pub const ALL: [DraftKind; 16] = [
        DraftKind::NewTicket,
        DraftKind::Comment,
        DraftKind::InternalNote,
        DraftKind::Edit,
        DraftKind::EditComment,
        DraftKind::NewFamily,
        DraftKind::EditFamily,
        DraftKind::JoinFamily,
        DraftKind::NewGroup,
        DraftKind::EditGroup,
        DraftKind::NewQueue,
        DraftKind::EditQueue,
        DraftKind::Invite,
        DraftKind::EditMe,
        DraftKind::NewWebhook,
        DraftKind::EditWebhook,
    ];
}

/// How things stand between here and the backend.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutboxSummary {
    /// Commands that wait to be sent.
    pub waiting: u64,
    /// Commands that were refused and wait for the person.
    pub refused: u64,
    /// Those that were overtaken by somebody else's.
    pub conflicts: u64,
    /// Those that went through beside somebody else's, and are to be looked at.
    pub merged: u64,
    /// Those that the backend fails at, set aside so that others could pass.
    pub parked: u64,
    /// What the backend has and only a newer version of the program can read.
    pub newer: u64,
}

impl OutboxSummary {
    /// How much waits for the person.
    pub fn to_decide(&self) -> u64 {
        self.refused + self.conflicts + self.merged + self.parked
    }
}

/// The outbox and what came back from it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outbox {
    /// What was refused, the newest last, then what waits, in the order in which it is sent.
    pub entries: Vec<OutboxEntry>,
    /// How much there is in all; of what waits only the first stand among the entries.
    pub summary: OutboxSummary,
    pub names: Names,
}

impl Outbox {
    /// How many of the entries, which stand first, wait for the person.
    pub fn to_decide(&self) -> usize {
        self.entries
            .iter()
            .take_while(|it| it.is_to_decide())
            .count()
    }
}

/// A command on its way, or back from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEntry {
    pub command_id: CommandId,
    pub family_id: FamilyId,
    pub command_type: String,
    /// The command as it is kept, as JSON.
    pub json: String,
    /// The same, where this version of the program can read it.
    pub command: Option<Command>,
    /// What the person wrote, if it is more than a choice; of a long text that waits, the beginning.
    pub text: Option<String>,
    pub fate: Fate,
}

impl OutboxEntry {
    /// Why it was refused, if it was.
    pub fn refusal(&self) -> Option<&Refusal> {
        match &self.fate {
            Fate::Refused(refusal) | Fate::Blocked { refusal, .. } => Some(refusal),
            Fate::Waiting
            | Fate::Doubtful(_)
            | Fate::Decided
            | Fate::Merged(_)
            | Fate::Parked(_) => None,
        }
    }

    /// Whether it waits for the person rather than for the backend.
    pub fn is_to_decide(&self) -> bool {
        self.fate.is_to_decide()
    }

    /// Somebody else's side, where there is one.
    pub fn conflict(&self) -> Option<&Conflict> {
        match &self.fate {
            Fate::Refused(Refusal::Conflict(conflict)) => Some(conflict),
            Fate::Merged(merged) => Some(&merged.conflict),
            _ => None,
        }
    }
}

/// How far a command has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It waits to be sent.
    Waiting,
    /// It waits, and the rules would refuse it here and now; the backend decides.
    Doubtful(Refusal),
    /// The backend has decided; the log has not shown it yet.
    Decided,
    /// It was refused, and waits for the person.
    Refused(Refusal),
    /// It was refused because what it leans on was; it is given again with that.
    Blocked { by: CommandId, refusal: Refusal },
    /// It went through beside a change of somebody else.
    Merged(Box<Merged>),
    /// The backend failed at it time and again.
    Parked(String),
}

impl Fate {
    /// Whether it waits for the person rather than for the backend.
    pub fn is_to_decide(&self) -> bool {
        !matches!(self, Fate::Waiting | Fate::Doubtful(_) | Fate::Decided)
    }
}

/// What the person decides about something that was refused, merged or parked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// Mine: given again on top of what stands there, restored first where it was deleted.
    Mine,
    /// Theirs: mine is put away, or theirs brought back where both were merged.
    Theirs,
    /// Both texts, theirs first.
    Both,
    /// Filed in another queue.
    InQueue(QueueId),
}

/// What is left to triage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Triage {
    /// The gravest, and of these the oldest, that has not been passed.
    pub next: Option<TicketId>,
    /// How many have not been passed, the next one included.
    pub left: u64,
}

/// What ids are called, for whoever tells about them. Those who left and what was deleted are
/// named too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    pub people: HashMap<UserId, String>,
    pub groups: HashMap<GroupId, String>,
    /// As `Group / Queue`.
    pub queues: HashMap<QueueId, String>,
    /// A ticket's number, or its title in quotes until it has one.
    pub tickets: HashMap<TicketId, String>,
    pub titles: HashMap<TicketId, String>,
    pub webhooks: HashMap<WebhookId, String>,
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
    /// The tickets that they are about.
    pub tickets: Vec<TicketId>,
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
            LeftWhy::ChangedSince { by, field } if field.is_empty() || field == "deleted" => {
                write!(f, "{by} has since changed {label}")
            }
            LeftWhy::ChangedSince { by, field } => {
                let field = match field.as_str() {
                    "assigned_to" => "assignee".to_owned(),
                    "queue_id" => "queue".to_owned(),
                    "comment_body" => "comment".to_owned(),
                    "family_name" | "group_name" | "queue_name" | "display_name" => {
                        "name".to_owned()
                    }
                    "is_admin" => "admin's place".to_owned(),
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
    /// A queue and the tickets that are in it now.
    Queue(FamilyId, QueueId),
    Entity(FamilyId, EntityKey),
    /// A ticket with its description, comments and participants.
    Ticket(FamilyId, TicketId),
}

/// From where in a history records are read; the newest comes first in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryFrom {
    Newest,
    Oldest,
    /// What is older than this sequence number, nearest to it.
    Before(i64),
    /// What is newer than this sequence number, nearest to it.
    After(i64),
    /// Half of it newer than this sequence number, and the rest from it on down.
    Around(i64),
}

/// A part of a history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// The newest first.
    pub records: Vec<AuditRecord>,
    pub names: Names,
    /// How many lie beyond the part on either side, each counted as far as [`COUNTED`].
    pub newer: u64,
    pub older: u64,
    /// Whether older records that one may see have still to arrive.
    pub incomplete: bool,
}

/// How far the records beyond a part of a history are counted.
pub const COUNTED: u64 = 5_000;

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
    /// The next ticket to triage among those that this person works.
    Triage {
        family_id: FamilyId,
        /// Those that were looked at already.
        passed: Vec<TicketId>,
    },
    Draft(DraftKey),
    /// How much is in the outbox.
    Outbox,
    /// What was deleted in a family, the latest first; of interest to its admins alone.
    Deleted {
        family_id: FamilyId,
        /// Behind this one, where a part before ended there.
        after: Option<DeletedPlace>,
        limit: usize,
    },
    /// Every text that a comment, a description or a ticket's title has had.
    Texts {
        family_id: FamilyId,
        key: EntityKey,
    },
    /// What is in it; of what waits at most so many.
    OutboxEntries {
        limit: usize,
    },
    Deeds,
    History {
        of: HistoryOf,
        from: HistoryFrom,
        limit: usize,
    },
}

/// What a question comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Families(Vec<FamilyRow>),
    Family(Option<Box<FamilyView>>),
    Names(Box<query::Names>),
    Login(Option<Box<User>>),
    List(Window),
    Thread(Option<Box<Thread>>),
    Board(Box<Board>),
    Triage(Triage),
    Draft(Option<Draft>),
    Outbox(OutboxSummary),
    Deleted(Vec<DeletedRow>),
    Texts(Vec<TextVersion>),
    OutboxEntries(Box<Outbox>),
    Deeds(Deeds),
    History(Box<History>),
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
