//! What stands beside tickets in lists, a part at a time and in the order of its keys.

use super::{Listed, Window};
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::{CommentId, FamilyId, GroupId, TicketId};
use crate::model::membership::MembershipStatus;
use crate::model::record::Record;
use crate::table::Table;
use crate::table::error::TableError;
use crate::table::item::{Query, Token};
use crate::table::keys;

/// What stands in one list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    /// Whoever is in the family, was asked in, or asks to be.
    Members,
    Groups,
    /// Who is in a group, and who asks to be.
    GroupMembers(GroupId),
    Queues,
    Participants(TicketId),
    /// Oldest first.
    Comments(TicketId),
    /// Those comments that answer one, oldest first.
    Replies(TicketId, CommentId),
    /// On a ticket and its comments, oldest first.
    Attachments(TicketId),
}

impl Shelf {
    /// The kind of what stands there.
    pub fn kind(self) -> EntityType {
        match self {
            Shelf::Members => EntityType::Membership,
            Shelf::Groups => EntityType::Group,
            Shelf::GroupMembers(_) => EntityType::GroupMembership,
            Shelf::Queues => EntityType::Queue,
            Shelf::Participants(_) => EntityType::Participant,
            Shelf::Comments(_) | Shelf::Replies(..) => EntityType::Comment,
            Shelf::Attachments(_) => EntityType::Attachment,
        }
    }

    /// What it is a part of, beside the family.
    pub fn hangs_on(self) -> Option<EntityKey> {
        match self {
            Shelf::Members | Shelf::Groups | Shelf::Queues => None,
            Shelf::GroupMembers(group_id) => Some(EntityKey::Group(group_id)),
            Shelf::Replies(ticket_id, comment_id) => {
                Some(EntityKey::Comment(ticket_id, comment_id))
            }
            Shelf::Participants(ticket_id)
            | Shelf::Comments(ticket_id)
            | Shelf::Attachments(ticket_id) => Some(EntityKey::Ticket(ticket_id)),
        }
    }

    /// Its partition, and how its keys begin.
    fn place(self, family: FamilyId) -> (String, String) {
        let of_family = |prefix: &str| (keys::family_pk(family), prefix.to_owned());
        let of_ticket = |ticket, prefix: &str| (keys::ticket_pk(family, ticket), prefix.to_owned());
        match self {
            Shelf::Members => of_family(keys::MEMBERS),
            Shelf::Groups => of_family(keys::GROUPS),
            Shelf::GroupMembers(group) => of_family(&keys::group_members_prefix(group)),
            Shelf::Queues => of_family(keys::QUEUES),
            Shelf::Participants(ticket) => of_ticket(ticket, keys::PARTICIPANTS),
            Shelf::Comments(ticket) | Shelf::Replies(ticket, _) => {
                of_ticket(ticket, keys::COMMENTS)
            }
            Shelf::Attachments(ticket) => of_ticket(ticket, keys::ATTACHMENTS),
        }
    }

    /// Whether what stands among the others that are read with it stands on this shelf.
    fn holds(self, record: &Record) -> bool {
        match (self, record) {
            (Shelf::Replies(_, to), Record::Comment(it)) => it.reply_to == Some(to),
            _ => true,
        }
    }
}

/// A part of a shelf behind an entity, from the beginning where none is named. With a family's groups
/// those who are in them are read too, and left out; with a comment's answers its ticket's other
/// comments.
pub async fn shelf(
    table: &dyn Table,
    family: FamilyId,
    shelf: Shelf,
    window: Window,
) -> Result<Listed<Record>, TableError> {
    let (pk, prefix) = shelf.place(family);
    let page = table
        .query(window.over(Query::base(pk).prefix(prefix)))
        .await?;
    let mut items = Vec::with_capacity(page.items.len());
    for item in &page.items {
        if shelf == Shelf::Groups && !keys::is_group(&item.key) {
            continue;
        }
        items.push(keys::record_of(item, shelf.kind())?);
    }
    items.retain(|it| stands(it) && shelf.holds(it));
    Ok(Listed {
        items,
        next: page.next,
    })
}

/// Where the part behind an entity begins.
pub fn behind(family: FamilyId, entity: &EntityKey) -> Token {
    let key = keys::key_of(family, entity);
    Token {
        sk: key.sk.clone(),
        key,
    }
}

/// Whether it is still there: a place that was refused is none.
fn stands(record: &Record) -> bool {
    let declined = match record {
        Record::Membership(it) => it.status == MembershipStatus::Declined,
        Record::GroupMembership(it) => it.status == MembershipStatus::Declined,
        _ => false,
    };
    !record.common().deleted && !declined
}
