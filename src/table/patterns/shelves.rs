//! What stands beside tickets in lists, a part at a time and in the order of its keys.

use super::{Listed, Window, one};
use crate::model::audit::AuditRecord;
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::{FamilyId, GroupId, TicketId};
use crate::model::membership::MembershipStatus;
use crate::model::record::Record;
use crate::table::Table;
use crate::table::error::TableError;
use crate::table::item::{Query, Token};
use crate::table::keys::{self, Scope};

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
            Shelf::Comments(_) => EntityType::Comment,
            Shelf::Attachments(_) => EntityType::Attachment,
        }
    }

    /// What it is a part of, beside the family.
    pub fn hangs_on(self) -> Option<EntityKey> {
        match self {
            Shelf::Members | Shelf::Groups | Shelf::Queues => None,
            Shelf::GroupMembers(group_id) => Some(EntityKey::Group(group_id)),
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
            Shelf::Comments(ticket) => of_ticket(ticket, keys::COMMENTS),
            Shelf::Attachments(ticket) => of_ticket(ticket, keys::ATTACHMENTS),
        }
    }
}

/// A part of a shelf behind an entity, from the beginning where none is named. Of a family's groups
/// those who are in them are read too, and left out.
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
    items.retain(stands);
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

/// Where, in the history of an entity read from its end, the part before a record begins; nowhere
/// where there is no such record.
pub async fn before(
    table: &dyn Table,
    scope: Scope,
    seq: i64,
) -> Result<Option<Token>, TableError> {
    let key = keys::log_key(scope, seq);
    let record: Option<AuditRecord> = one(table, key.clone()).await?;
    let place = record.map(|it| keys::audit_place(scope, &it));
    Ok(place.map(|place| Token { sk: place.sk, key }))
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
