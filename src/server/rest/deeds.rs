//! The commands that routes give: what of each comes from the path, what from the body, and what is
//! answered.

use crate::model::entity::EntityType;
use crate::server::openapi::{Content, Field, Told};
use crate::server::routes::Verb;

/// A command, as a route gives it.
pub(super) struct Give {
    pub command: &'static str,
    /// What may stand in the body; each is an argument of the command by the same name.
    pub body: &'static [Field],
    /// Arguments that are always the same.
    pub fixed: &'static [(&'static str, &'static str)],
    /// The argument that is a fresh id, where the body gives none.
    pub mint: Option<&'static str>,
    pub takes: Takes,
    /// The kind of entity that it is about, which the path names unless it is made.
    pub about: EntityType,
    pub answer: Answer,
    /// Whether `If-Match` must say which version is meant.
    pub guarded: bool,
    /// Whether it is given by those who are not in the family yet.
    pub for_outsiders: bool,
}

/// How the arguments of a command come out of a path.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// Each part of it is one.
    Parts,
    /// It names an entity.
    Entity,
    /// It names a ticket, one of those that the command is about.
    Tickets,
}

/// What is answered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// 201 and what was made.
    Made,
    /// 200 and what it is about, as it is now.
    Entity,
    /// 204.
    Nothing,
}

impl Give {
    pub fn told(&self, told: Told, verb: Verb) -> Told {
        let told = match self.body.is_empty() && self.mint.is_none() {
            true => told,
            false => told.takes(self.body),
        };
        let told = if verb == Verb::Post {
            told.keyed()
        } else {
            told
        };
        let told = match (self.guarded, self.answer) {
            (true, Answer::Nothing) => told.guarded(),
            (true, _) => told.guarded_if_there(),
            (false, _) => told,
        };
        match self.answer {
            Answer::Made => told.makes(Content::Entity(self.about)),
            Answer::Entity => told.answers(Content::Entity(self.about)),
            Answer::Nothing => told,
        }
    }
}

const NONE: &[Field] = &[];

/// A command about something that the path names, answered with what it has become.
const fn about(command: &'static str, about: EntityType) -> Give {
    Give {
        command,
        body: NONE,
        fixed: &[],
        mint: None,
        takes: Takes::Parts,
        about,
        answer: Answer::Entity,
        guarded: false,
        for_outsiders: false,
    }
}

const fn makes(
    command: &'static str,
    kind: EntityType,
    mint: Option<&'static str>,
    body: &'static [Field],
) -> Give {
    Give {
        body,
        mint,
        answer: Answer::Made,
        ..about(command, kind)
    }
}

const fn silent(give: Give) -> Give {
    Give {
        answer: Answer::Nothing,
        ..give
    }
}

const fn deletes(kind: EntityType) -> Give {
    Give {
        takes: Takes::Entity,
        guarded: true,
        ..silent(about("entity.delete", kind))
    }
}

const fn restores(kind: EntityType) -> Give {
    Give {
        takes: Takes::Entity,
        ..about("entity.restore", kind)
    }
}

use EntityType as Kind;

pub(super) const FOUND: Give = makes(
    "family.create",
    Kind::Family,
    None,
    &[
        Field::must("family_name", "String"),
        Field::may("family_description", "String"),
        Field::must("ticket_prefix", "Prefix"),
        Field::must("time_zone", "String"),
        Field::must("display_name", "String"),
    ],
);
pub(super) const JOIN: Give = Give {
    body: &[Field::must("display_name", "String")],
    for_outsiders: true,
    ..silent(about("membership.request", Kind::Membership))
};
pub(super) const ACCEPT: Give = Give {
    for_outsiders: true,
    ..silent(about("membership.accept", Kind::Membership))
};
pub(super) const INVITE: Give = makes(
    "membership.invite",
    Kind::Membership,
    None,
    &[
        Field::must("user_id", "UserId"),
        Field::must("display_name", "String"),
        Field::must("role", "Role"),
    ],
);
pub(super) const APPROVE: Give = about("membership.approve", Kind::Membership);
pub(super) const DECLINE: Give = Give {
    for_outsiders: true,
    ..silent(about("membership.decline", Kind::Membership))
};
pub(super) const EXPEL: Give = Give {
    guarded: true,
    ..silent(about("membership.remove", Kind::Membership))
};

pub(super) const NEW_GROUP: Give = makes(
    "group.create",
    Kind::Group,
    Some("group_id"),
    &[
        Field::may("group_id", "GroupId"),
        Field::must("group_name", "String"),
        Field::may("group_description", "String"),
    ],
);
pub(super) const DELETE_GROUP: Give = deletes(Kind::Group);
pub(super) const RESTORE_GROUP: Give = restores(Kind::Group);
pub(super) const JOIN_GROUP: Give = silent(about("group_membership.request", Kind::Group));
pub(super) const ADD_TO_GROUP: Give = Give {
    body: &[Field::may("is_admin", "bool")],
    ..about("group_membership.add", Kind::GroupMembership)
};
pub(super) const OUT_OF_GROUP: Give = Give {
    guarded: true,
    ..silent(about("group_membership.remove", Kind::GroupMembership))
};
pub(super) const DECLINE_IN_GROUP: Give =
    silent(about("group_membership.decline", Kind::GroupMembership));

pub(super) const NEW_QUEUE: Give = makes(
    "queue.create",
    Kind::Queue,
    Some("queue_id"),
    &[
        Field::may("queue_id", "QueueId"),
        Field::must("group_id", "GroupId"),
        Field::must("queue_name", "String"),
        Field::may("queue_description", "String"),
        Field::may("default_severity", "Severity"),
    ],
);
pub(super) const DELETE_QUEUE: Give = deletes(Kind::Queue);
pub(super) const RESTORE_QUEUE: Give = restores(Kind::Queue);

pub(super) const NEW_WEBHOOK: Give = makes(
    "webhook.create",
    Kind::Webhook,
    Some("webhook_id"),
    &[
        Field::may("webhook_id", "WebhookId"),
        Field::must("webhook_name", "String"),
        Field::must("url", "String"),
        Field::must("events", "Vec<EventPattern>"),
        Field::may("group_id", "GroupId"),
        Field::may("internal", "bool"),
    ],
);
pub(super) const DELETE_WEBHOOK: Give = deletes(Kind::Webhook);
pub(super) const RESTORE_WEBHOOK: Give = restores(Kind::Webhook);

pub(super) const NEW_TICKET: Give = Give {
    fixed: &[("source", "API")],
    ..makes(
        "ticket.create",
        Kind::Ticket,
        Some("ticket_id"),
        &[
            Field::may("ticket_id", "TicketId"),
            Field::must("queue_id", "QueueId"),
            Field::must("title", "String"),
            Field::may("description", "String"),
            Field::may("severity", "Severity"),
            Field::may("requested_by", "UserId"),
            Field::may("assigned_to", "UserId"),
            Field::may("category", "String"),
            Field::may("due_date", "Timestamp"),
            Field::may("tags", "BTreeSet<String>"),
            Field::may("parent_ticket", "TicketId"),
        ],
    )
};
pub(super) const DELETE_TICKET: Give = deletes(Kind::Ticket);
pub(super) const RESTORE_TICKET: Give = restores(Kind::Ticket);
pub(super) const RESOLVE: Give = about("ticket.resolve", Kind::Ticket);
pub(super) const REOPEN: Give = about("ticket.reopen", Kind::Ticket);
pub(super) const CLOSE: Give = about("ticket.close", Kind::Ticket);
pub(super) const WAKE: Give = about("ticket.wake", Kind::Ticket);
pub(super) const READ: Give = Give {
    body: &[Field::may("seq", "i64")],
    takes: Takes::Tickets,
    ..silent(about("ticket.read", Kind::Ticket))
};
pub(super) const UNREAD: Give = Give {
    takes: Takes::Tickets,
    ..silent(about("ticket.unread", Kind::Ticket))
};
pub(super) const DESCRIBE: Give = Give {
    body: &[Field::must("description", "Text")],
    guarded: true,
    ..about("ticket.describe", Kind::Description)
};
pub(super) const TAG: Give = about("ticket.tag", Kind::Ticket);
pub(super) const UNTAG: Give = about("ticket.untag", Kind::Ticket);
pub(super) const TAKE_PART: Give = about("participant.add", Kind::Participant);
pub(super) const PART_NO_MORE: Give = silent(about("participant.remove", Kind::Participant));

pub(super) const COMMENT: Give = Give {
    fixed: &[("channel", "API")],
    ..makes(
        "comment.add",
        Kind::Comment,
        Some("comment_id"),
        &[
            Field::may("comment_id", "CommentId"),
            Field::must("comment_body", "String"),
            Field::may("reply_to", "CommentId"),
            Field::may("internal", "bool"),
        ],
    )
};
pub(super) const ATTACH: Give = makes(
    "attachment.add",
    Kind::Attachment,
    Some("attachment_id"),
    &[
        Field::may("attachment_id", "AttachmentId"),
        Field::must("file_name", "String"),
        Field::must("sha256", "Sha256"),
        Field::may("comment_id", "CommentId"),
    ],
);
pub(super) const DELETE_ATTACHMENT: Give = deletes(Kind::Attachment);
pub(super) const RESTORE_ATTACHMENT: Give = restores(Kind::Attachment);
pub(super) const DELETE_COMMENT: Give = deletes(Kind::Comment);
pub(super) const RESTORE_COMMENT: Give = restores(Kind::Comment);
