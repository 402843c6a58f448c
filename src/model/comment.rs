//! What is said about a ticket, in threads.

use super::entity::{EntityKey, entity};
use super::id::{CommentId, FamilyId, GroupId, TicketId, UserId};
use super::long_text::LongText;
use super::source::Timestamp;
use super::word::words;

words! {
    /// What kind of author wrote a comment.
    pub enum AuthorKind: "kind of author" {
        User = "USER",
        Contact = "CONTACT",
        System = "SYSTEM",
        Assistant = "ASSISTANT",
    }
}

words! {
    /// By which way something came in.
    pub enum Channel: "channel" {
        Screen = "SCREEN",
        CommandLine = "COMMAND_LINE",
        Api = "API",
        Mail = "MAIL",
        Import = "IMPORT",
    }
}

entity! {
    /// A comment. It never touches its ticket's item or version.
    pub struct Comment {
        pub family_id: FamilyId,
        pub comment_id: CommentId,
        pub ticket_id: TicketId,
        pub comment_user: UserId,
        pub author_kind: AuthorKind,
        pub comment_body: LongText,
        pub comment_date: Timestamp,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reply_to: Option<CommentId>,
        /// The group whose members (and the family's admins) alone see this comment; absent for a
        /// comment that everyone who sees the ticket sees. It stays with the group it was written
        /// for when the ticket moves.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub internal: Option<GroupId>,
        pub channel: Channel,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub external_ref: Option<String>,
        /// The ticket it was written on, where that has since been merged into `ticket_id`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub origin_ticket: Option<TicketId>,
    }
}

impl Comment {
    pub fn key(&self) -> EntityKey {
        EntityKey::Comment(self.ticket_id, self.comment_id)
    }
}
