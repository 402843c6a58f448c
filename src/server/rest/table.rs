//! The table of resources: one row per route. A new entity, or a new command for one, is a row
//! here (and, for an attribute that can be set, nothing at all: `settable` has it from the model).

use super::deeds::Give;
use crate::model::entity::EntityType;
use crate::server::access::Access;
use crate::server::openapi::{Content, Field, Told};
use crate::server::routes::{Cost, Verb};

/// One route.
pub(super) struct Row {
    pub verb: Verb,
    pub path: &'static str,
    pub access: Access,
    /// What it is for, in a line.
    pub says: &'static str,
    pub does: Does,
}

/// What a route does.
#[derive(Clone, Copy)]
pub(super) enum Does {
    /// The families of whoever asks.
    Families,
    /// Founds a family.
    Found(&'static Give),
    /// The own record of whoever asks.
    Me,
    PatchMe,
    /// One entity.
    Show(EntityType),
    /// All that stands in a list.
    List(ListOf),
    /// Tickets that a query finds.
    Tickets,
    /// What happened to an entity, or to anything in the family.
    Audit(Option<EntityType>),
    /// Every text that a comment has had.
    Versions,
    /// The bytes of a file.
    File,
    /// A ticket with all that hangs on it.
    Thread,
    /// The tickets that a ticket is tied to.
    Links,
    /// How many tickets are where.
    Counts,
    /// What was deleted and can be restored.
    Deleted,
    /// Sets attributes of an entity.
    Patch(EntityType),
    /// Takes back commands that were given.
    Undo,
    /// Gives a command.
    Give(&'static Give),
}

/// What stands in a list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ListOf {
    Members,
    Groups,
    GroupMembers,
    Queues,
    Participants,
    Comments,
    Attachments,
    /// Those comments that answer one.
    Replies,
}

impl ListOf {
    /// The kind of its entities.
    pub fn kind(self) -> EntityType {
        match self {
            ListOf::Members => EntityType::Membership,
            ListOf::Groups => EntityType::Group,
            ListOf::GroupMembers => EntityType::GroupMembership,
            ListOf::Queues => EntityType::Queue,
            ListOf::Participants => EntityType::Participant,
            ListOf::Comments | ListOf::Replies => EntityType::Comment,
            ListOf::Attachments => EntityType::Attachment,
        }
    }
}

impl Row {
    /// Whether it is (also) for those who are not in the family yet.
    pub fn is_for_outsiders(&self) -> bool {
        matches!(self.does, Does::Give(give) if give.for_outsiders)
    }

    pub fn cost(&self) -> Cost {
        match self.does {
            Does::File => Cost::Blob,
            _ => Cost::Request,
        }
    }

    /// What the description of all routes says of it.
    pub fn told(&self) -> Told {
        let told = Told::new(self.says);
        match self.does {
            Does::Families => told.answers(Content::Listing("FamilyStanding")),
            Does::Found(give) | Does::Give(give) => give.told(told, self.verb),
            Does::Me => told.answers(Content::Entity(EntityType::User)),
            Does::PatchMe => told.patches(EntityType::User),
            Does::Show(kind) => told.answers(Content::Entity(kind)),
            Does::List(of) => told.pages(Content::Entities(of.kind())),
            Does::Tickets => told.searches().pages(Content::Entities(EntityType::Ticket)),
            Does::Audit(_) => told.pages(Content::Listing("AuditRecord")),
            Does::Versions => told.pages(Content::Listing("TextVersion")),
            Does::File => told.answers(Content::Bytes),
            Does::Thread => told.answers(Content::Named("Thread")),
            Does::Links => told.answers(Content::Named("Links")),
            Does::Counts => told.answers(Content::Named("Counts")),
            Does::Deleted => told.pages(Content::Listing("Deleted")),
            Does::Patch(kind) => told.patches(kind),
            Does::Undo => told.takes(UNDO).keyed().answers(Content::Named("Undone")),
        }
    }
}

const fn get(path: &'static str, does: Does, says: &'static str) -> Row {
    Row {
        verb: Verb::Get,
        path,
        access: Access::Read,
        says,
        does,
    }
}

const fn change(verb: Verb, path: &'static str, does: Does, says: &'static str) -> Row {
    Row {
        verb,
        path,
        access: Access::Write,
        says,
        does,
    }
}

const fn patch(path: &'static str, kind: EntityType, says: &'static str) -> Row {
    change(Verb::Patch, path, Does::Patch(kind), says)
}

const fn post(path: &'static str, give: &'static Give, says: &'static str) -> Row {
    change(Verb::Post, path, Does::Give(give), says)
}

const fn put(path: &'static str, give: &'static Give, says: &'static str) -> Row {
    change(Verb::Put, path, Does::Give(give), says)
}

const fn delete(path: &'static str, give: &'static Give, says: &'static str) -> Row {
    change(Verb::Delete, path, Does::Give(give), says)
}

/// Every row.
pub(super) fn rows() -> impl Iterator<Item = &'static Row> {
    [FAMILIES, PEOPLE, PLACES, WEBHOOKS, TICKETS, TALK, FILES]
        .into_iter()
        .flatten()
}

use super::deeds::*;
use EntityType as Kind;

const UNDO: &[Field] = &[Field::must("commands", "Vec<CommandId>")];

const FAMILIES: &[Row] = &[
    get(
        "/v1/families",
        Does::Families,
        "The families you are in, or are asked into",
    ),
    Row {
        verb: Verb::Post,
        path: "/v1/families",
        // A key is of one family; it can't found another.
        access: Access::Person,
        says: "Found a family",
        does: Does::Found(&FOUND),
    },
    get(
        "/v1/families/{family}",
        Does::Show(Kind::Family),
        "A family and its settings",
    ),
    patch(
        "/v1/families/{family}",
        Kind::Family,
        "Change a family's settings",
    ),
    get(
        "/v1/families/{family}/counts",
        Does::Counts,
        "How many open tickets are where, of those you see",
    ),
    get(
        "/v1/families/{family}/deleted",
        Does::Deleted,
        "What was deleted and can be restored, the latest first",
    ),
    get(
        "/v1/families/{family}/audit",
        Does::Audit(None),
        "What happened in the family, the newest first",
    ),
    change(
        Verb::Post,
        "/v1/families/{family}/undo",
        Does::Undo,
        "Take back what you did, all of what is named or nothing of it",
    ),
    post(
        "/v1/families/{family}/join",
        &JOIN,
        "Ask to be let into a family",
    ),
    post(
        "/v1/families/{family}/join/accept",
        &ACCEPT,
        "Say yes to a family that asked you in",
    ),
    Row {
        verb: Verb::Get,
        path: "/v1/me",
        access: Access::Read,
        says: "Your own record",
        does: Does::Me,
    },
    Row {
        verb: Verb::Patch,
        path: "/v1/me",
        // It is the same in every family, and a key is of one.
        access: Access::Person,
        says: "Change your name, address or time zone",
        does: Does::PatchMe,
    },
];

const PEOPLE: &[Row] = &[
    get(
        "/v1/families/{family}/members",
        Does::List(ListOf::Members),
        "Who is in the family; for its admins also who was asked in, or asks to be",
    ),
    post(
        "/v1/families/{family}/members",
        &INVITE,
        "Ask somebody into the family",
    ),
    get(
        "/v1/families/{family}/members/{user}",
        Does::Show(Kind::Membership),
        "Somebody in the family",
    ),
    patch(
        "/v1/families/{family}/members/{user}",
        Kind::Membership,
        "Change somebody's name in the family, their role, or whether they run it",
    ),
    delete(
        "/v1/families/{family}/members/{user}",
        &EXPEL,
        "Take somebody out of the family, or leave it",
    ),
    post(
        "/v1/families/{family}/members/{user}/approve",
        &APPROVE,
        "Let somebody in who asked",
    ),
    post(
        "/v1/families/{family}/members/{user}/decline",
        &DECLINE,
        "Say no to somebody who asked, or to being asked",
    ),
    get(
        "/v1/families/{family}/members/{user}/audit",
        Does::Audit(Some(Kind::Membership)),
        "What happened to somebody's place in the family",
    ),
];

const PLACES: &[Row] = &[
    get(
        "/v1/families/{family}/groups",
        Does::List(ListOf::Groups),
        "The groups of a family",
    ),
    post("/v1/families/{family}/groups", &NEW_GROUP, "Make a group"),
    get(
        "/v1/families/{family}/groups/{group}",
        Does::Show(Kind::Group),
        "A group",
    ),
    patch(
        "/v1/families/{family}/groups/{group}",
        Kind::Group,
        "Change a group's name or description",
    ),
    delete(
        "/v1/families/{family}/groups/{group}",
        &DELETE_GROUP,
        "Delete a group that owns no queue",
    ),
    post(
        "/v1/families/{family}/groups/{group}/restore",
        &RESTORE_GROUP,
        "Restore a deleted group",
    ),
    post(
        "/v1/families/{family}/groups/{group}/join",
        &JOIN_GROUP,
        "Join a group, or ask to",
    ),
    get(
        "/v1/families/{family}/groups/{group}/members",
        Does::List(ListOf::GroupMembers),
        "Who is in a group, and who asks to be",
    ),
    get(
        "/v1/families/{family}/groups/{group}/members/{user}",
        Does::Show(Kind::GroupMembership),
        "Somebody's place in a group",
    ),
    put(
        "/v1/families/{family}/groups/{group}/members/{user}",
        &ADD_TO_GROUP,
        "Put somebody into a group, or let them in who asked",
    ),
    patch(
        "/v1/families/{family}/groups/{group}/members/{user}",
        Kind::GroupMembership,
        "Say whether somebody runs a group",
    ),
    delete(
        "/v1/families/{family}/groups/{group}/members/{user}",
        &OUT_OF_GROUP,
        "Take somebody out of a group, or leave it",
    ),
    post(
        "/v1/families/{family}/groups/{group}/members/{user}/decline",
        &DECLINE_IN_GROUP,
        "Say no to somebody who asked to join a group",
    ),
    get(
        "/v1/families/{family}/groups/{group}/audit",
        Does::Audit(Some(Kind::Group)),
        "What happened to a group",
    ),
    get(
        "/v1/families/{family}/queues",
        Does::List(ListOf::Queues),
        "The queues of a family",
    ),
    post("/v1/families/{family}/queues", &NEW_QUEUE, "Make a queue"),
    get(
        "/v1/families/{family}/queues/{queue}",
        Does::Show(Kind::Queue),
        "A queue",
    ),
    patch(
        "/v1/families/{family}/queues/{queue}",
        Kind::Queue,
        "Change a queue, or move it to another group",
    ),
    delete(
        "/v1/families/{family}/queues/{queue}",
        &DELETE_QUEUE,
        "Delete a queue that holds no ticket",
    ),
    post(
        "/v1/families/{family}/queues/{queue}/restore",
        &RESTORE_QUEUE,
        "Restore a deleted queue",
    ),
    get(
        "/v1/families/{family}/queues/{queue}/tickets",
        Does::Tickets,
        "The tickets of a queue that a query finds",
    ),
    get(
        "/v1/families/{family}/queues/{queue}/audit",
        Does::Audit(Some(Kind::Queue)),
        "What happened to a queue",
    ),
];

/// Their list tells how each is doing, and stands with what else is theirs (`server::webhooks`).
const WEBHOOKS: &[Row] = &[
    post(
        "/v1/families/{family}/webhooks",
        &NEW_WEBHOOK,
        "Make a webhook, which is told of what happens once it has a secret",
    ),
    get(
        "/v1/families/{family}/webhooks/{webhook}",
        Does::Show(Kind::Webhook),
        "A webhook",
    ),
    patch(
        "/v1/families/{family}/webhooks/{webhook}",
        Kind::Webhook,
        "Change a webhook, or turn it on or off",
    ),
    delete(
        "/v1/families/{family}/webhooks/{webhook}",
        &DELETE_WEBHOOK,
        "Delete a webhook",
    ),
    post(
        "/v1/families/{family}/webhooks/{webhook}/restore",
        &RESTORE_WEBHOOK,
        "Restore a deleted webhook",
    ),
    get(
        "/v1/families/{family}/webhooks/{webhook}/audit",
        Does::Audit(Some(Kind::Webhook)),
        "What happened to a webhook",
    ),
];

const TICKETS: &[Row] = &[
    get(
        "/v1/families/{family}/tickets",
        Does::Tickets,
        "The tickets that a query finds, of those you see",
    ),
    post(
        "/v1/families/{family}/tickets",
        &NEW_TICKET,
        "File a ticket",
    ),
    get(
        "/v1/families/{family}/tickets/{ticket}",
        Does::Show(Kind::Ticket),
        "A ticket, by its id or its number",
    ),
    patch(
        "/v1/families/{family}/tickets/{ticket}",
        Kind::Ticket,
        "Change a ticket: its title, severity, status, stage, holder, queue, tags, and so on",
    ),
    delete(
        "/v1/families/{family}/tickets/{ticket}",
        &DELETE_TICKET,
        "Delete a ticket",
    ),
    post(
        "/v1/families/{family}/tickets/{ticket}/restore",
        &RESTORE_TICKET,
        "Restore a deleted ticket",
    ),
    post(
        "/v1/families/{family}/tickets/{ticket}/resolve",
        &RESOLVE,
        "Say that a ticket is done",
    ),
    post(
        "/v1/families/{family}/tickets/{ticket}/reopen",
        &REOPEN,
        "Open a resolved ticket again",
    ),
    post(
        "/v1/families/{family}/tickets/{ticket}/close",
        &CLOSE,
        "Close a ticket for good",
    ),
    post(
        "/v1/families/{family}/tickets/{ticket}/wake",
        &WAKE,
        "End a ticket's snooze",
    ),
    put(
        "/v1/families/{family}/tickets/{ticket}/read",
        &READ,
        "Say that you have read a ticket",
    ),
    delete(
        "/v1/families/{family}/tickets/{ticket}/read",
        &UNREAD,
        "Let a ticket count as unread",
    ),
    get(
        "/v1/families/{family}/tickets/{ticket}/thread",
        Does::Thread,
        "A ticket with its description, its comments and who takes part",
    ),
    get(
        "/v1/families/{family}/tickets/{ticket}/links",
        Does::Links,
        "The tickets that a ticket is part of, has as parts, or was merged with",
    ),
    get(
        "/v1/families/{family}/tickets/{ticket}/audit",
        Does::Audit(Some(Kind::Ticket)),
        "What happened to a ticket and all that belongs to it",
    ),
    get(
        "/v1/families/{family}/tickets/{ticket}/description",
        Does::Show(Kind::Description),
        "What a ticket is about, at length",
    ),
    put(
        "/v1/families/{family}/tickets/{ticket}/description",
        &DESCRIBE,
        "Write what a ticket is about",
    ),
    put(
        "/v1/families/{family}/tickets/{ticket}/tags/{tag}",
        &TAG,
        "Put a tag on a ticket",
    ),
    delete(
        "/v1/families/{family}/tickets/{ticket}/tags/{tag}",
        &UNTAG,
        "Take a tag off a ticket",
    ),
];

const TALK: &[Row] = &[
    get(
        "/v1/families/{family}/tickets/{ticket}/participants",
        Does::List(ListOf::Participants),
        "Who takes part in a ticket",
    ),
    put(
        "/v1/families/{family}/tickets/{ticket}/participants/{role}/{user}",
        &TAKE_PART,
        "Let somebody take part in a ticket",
    ),
    delete(
        "/v1/families/{family}/tickets/{ticket}/participants/{role}/{user}",
        &PART_NO_MORE,
        "Let somebody take part no more",
    ),
    get(
        "/v1/families/{family}/tickets/{ticket}/comments",
        Does::List(ListOf::Comments),
        "What was said about a ticket, the oldest first",
    ),
    post(
        "/v1/families/{family}/tickets/{ticket}/comments",
        &COMMENT,
        "Say something about a ticket",
    ),
    get(
        "/v1/families/{family}/tickets/{ticket}/comments/{comment}",
        Does::Show(Kind::Comment),
        "A comment",
    ),
    patch(
        "/v1/families/{family}/tickets/{ticket}/comments/{comment}",
        Kind::Comment,
        "Change what you said",
    ),
    delete(
        "/v1/families/{family}/tickets/{ticket}/comments/{comment}",
        &DELETE_COMMENT,
        "Delete a comment",
    ),
    post(
        "/v1/families/{family}/tickets/{ticket}/comments/{comment}/restore",
        &RESTORE_COMMENT,
        "Restore a deleted comment",
    ),
    get(
        "/v1/families/{family}/tickets/{ticket}/comments/{comment}/replies",
        Does::List(ListOf::Replies),
        "The answers to a comment, the oldest first",
    ),
    get(
        "/v1/families/{family}/tickets/{ticket}/comments/{comment}/versions",
        Does::Versions,
        "Every text that a comment has had, the newest first",
    ),
];

/// Their bytes come by the route for blobs before they are named here.
const FILES: &[Row] = &[
    get(
        "/v1/families/{family}/tickets/{ticket}/attachments",
        Does::List(ListOf::Attachments),
        "The files on a ticket and its comments, the oldest first",
    ),
    post(
        "/v1/families/{family}/tickets/{ticket}/attachments",
        &ATTACH,
        "Put a file that was sent on a ticket, or on a comment of yours",
    ),
    get(
        "/v1/families/{family}/tickets/{ticket}/attachments/{attachment}",
        Does::Show(Kind::Attachment),
        "A file's name, kind and size",
    ),
    get(
        "/v1/families/{family}/tickets/{ticket}/attachments/{attachment}/file",
        Does::File,
        "A file itself, whole or in part",
    ),
    delete(
        "/v1/families/{family}/tickets/{ticket}/attachments/{attachment}",
        &DELETE_ATTACHMENT,
        "Remove a file from a ticket",
    ),
    post(
        "/v1/families/{family}/tickets/{ticket}/attachments/{attachment}/restore",
        &RESTORE_ATTACHMENT,
        "Restore a removed file",
    ),
];
