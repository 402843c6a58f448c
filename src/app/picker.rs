//! A list that is searched by typing: help, the command line, people, queues, tags.

use super::registry::ActionRow;
use super::target::Target;
use super::text_field::TextField;
use super::webhooks::WebhookDeed;
use crate::config;
use crate::model::entity::EntityKey;
use crate::model::id::{GroupId, QueueId, TicketId, UserId, WebhookId};
use crate::model::membership::Role;
use crate::model::participant::ParticipantRole;
use crate::replica::view::FileRow;

/// A searchable list over the view.
#[derive(Debug)]
pub struct Picker {
    pub title: String,
    pub purpose: PickerFor,
    pub input: TextField,
    pub rows: Vec<PickerRow>,
    /// The rows that match what is typed, best first, as indexes into `rows`.
    pub matches: Vec<usize>,
    /// Which of the matches the cursor is on.
    pub cursor: usize,
    /// What is wrong with what is typed.
    pub error: Option<String>,
    /// The tickets that it was opened for.
    pub targets: Vec<Target>,
}

/// What happens with the row that is picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickerFor {
    /// `?`: every action; picking one runs it.
    Help,
    /// `^p`: every action that can be done now.
    Palette,
    /// `:`: the name of an action, and what it works on.
    CommandLine,
    Assignee,
    AssignedGroup,
    Queue,
    /// Into which queue a ticket goes that could not be filed where it was meant to be.
    QueueOfRefused,
    TagToRemove,
    /// The ticket to merge into; its rows are searched for.
    MergeInto,
    /// The ticket to be a part of; its rows are searched for.
    PartOf,
    /// Which of the tickets that were merged is to stand for itself again.
    Unmerge,
    Theme,
    /// Who takes part in a ticket from now on, in which role.
    Participant(ParticipantRole),
    ParticipantToRemove,
    RoleOf(UserId),
    /// Whom to take into a group.
    Newcomer(GroupId),
    /// Into which group to take someone.
    GroupOf(UserId),
    /// What was deleted; picking one restores it.
    Deleted,
    Webhook(WebhookDeed),
    /// With which file something is to be done.
    File(FileDeed),
}

/// What is done with a file that is picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileDeed {
    Open,
    Save,
    Remove,
}

/// One row of a picker.
#[derive(Debug, Clone)]
pub struct PickerRow {
    /// What is searched and shown.
    pub label: String,
    /// Shown dimmed beside it; searched too.
    pub detail: String,
    /// The keys that run it anywhere (in help and command line).
    pub keys: String,
    /// Why it can't be picked now.
    pub blocked: Option<String>,
    pub value: Pick,
}

/// What a row stands for.
#[derive(Debug, Clone)]
pub enum Pick {
    Action(&'static ActionRow),
    Person(Option<UserId>),
    Queue(QueueId),
    Tag(String),
    /// A ticket and what it is called.
    Ticket(TicketId, String),
    NoTicket,
    /// A ticket that was merged into another.
    Merged(Box<Target>),
    Theme(config::Theme),
    Party(UserId, ParticipantRole),
    Role(Role),
    /// None: no group.
    Group(Option<GroupId>),
    Deleted(EntityKey),
    Webhook(WebhookId),
    Files(Vec<FileRow>),
}
