//! Families, their people, groups and queues.

use std::collections::BTreeMap;

use super::{one, read_all};
use crate::model::family::Family;
use crate::model::group::{Group, GroupMembership};
use crate::model::id::{FamilyId, GroupId, QueueId, UserId};
use crate::model::membership::{Membership, MembershipStatus};
use crate::model::queue::Queue;
use crate::model::user::User;
use crate::table::error::TableError;
use crate::table::item::{Index, Item, Query};
use crate::table::keys::{self, Locator};
use crate::table::{Table, query_all};

/// The groups of a family and who is in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FamilyGroups {
    pub groups: Vec<Group>,
    /// Those who are in a group now.
    pub members: Vec<GroupMembership>,
}

/// Who owns a queue, and who works its tickets (beside the family's admins).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueUse {
    pub queue: Queue,
    /// Absent if the owning group is gone.
    pub group: Option<Group>,
    pub members: Vec<GroupMembership>,
}

/// A family's own attributes.
pub async fn family(table: &dyn Table, family: FamilyId) -> Result<Option<Family>, TableError> {
    let found: Option<Family> = one(table, keys::family_key(family)).await?;
    Ok(found.filter(|it| !it.common.deleted))
}

/// The families that a user belongs to, as memberships.
pub async fn families_of(table: &dyn Table, user: UserId) -> Result<Vec<Membership>, TableError> {
    let all = memberships_of(table, user).await?;
    Ok(all.into_iter().filter(Membership::is_live).collect())
}

/// What awaits an answer about this user: invitations by a family, and their own requests.
pub async fn invitations_of(
    table: &dyn Table,
    user: UserId,
) -> Result<Vec<Membership>, TableError> {
    let all = memberships_of(table, user).await?;
    Ok(all.into_iter().filter(awaits).collect())
}

async fn memberships_of(table: &dyn Table, user: UserId) -> Result<Vec<Membership>, TableError> {
    let query = Query::on(Index::Gsi1, keys::user_pk(user)).prefix("FAMILY#");
    read_all(&query_all(table, query).await?)
}

fn awaits(membership: &Membership) -> bool {
    membership.status == MembershipStatus::Awaiting && !membership.common.deleted
}

/// The people of a family.
pub async fn members(table: &dyn Table, family: FamilyId) -> Result<Vec<Membership>, TableError> {
    let all = all_memberships(table, family).await?;
    Ok(all.into_iter().filter(Membership::is_live).collect())
}

/// Those who run a family.
pub async fn admins(table: &dyn Table, family: FamilyId) -> Result<Vec<Membership>, TableError> {
    let live = members(table, family).await?;
    Ok(live.into_iter().filter(|it| it.is_admin).collect())
}

/// Whom a family has invited, and who has asked to join.
pub async fn pending(table: &dyn Table, family: FamilyId) -> Result<Vec<Membership>, TableError> {
    let all = all_memberships(table, family).await?;
    Ok(all.into_iter().filter(awaits).collect())
}

async fn all_memberships(
    table: &dyn Table,
    family: FamilyId,
) -> Result<Vec<Membership>, TableError> {
    let query = Query::base(keys::family_pk(family)).prefix(keys::MEMBERS);
    read_all(&query_all(table, query).await?)
}

/// What a person is in a family, whatever their status: from the base table, for access checks.
pub async fn membership(
    table: &dyn Table,
    family: FamilyId,
    user: UserId,
) -> Result<Option<Membership>, TableError> {
    one(table, keys::member_key(family, user)).await
}

/// The groups of a family and their members, in one read.
pub async fn groups(table: &dyn Table, family: FamilyId) -> Result<FamilyGroups, TableError> {
    let query = Query::base(keys::family_pk(family)).prefix(keys::GROUPS);
    sorted_out(&query_all(table, query).await?)
}

/// The groups that a person is in now.
pub async fn groups_of(
    table: &dyn Table,
    family: FamilyId,
    user: UserId,
) -> Result<Vec<GroupMembership>, TableError> {
    let mut members = groups(table, family).await?.members;
    members.retain(|it| it.user_id == user);
    Ok(members)
}

/// The people of a group.
pub async fn group_members(
    table: &dyn Table,
    family: FamilyId,
    group: GroupId,
) -> Result<Vec<GroupMembership>, TableError> {
    let query = Query::base(keys::family_pk(family)).prefix(keys::group_members_prefix(group));
    Ok(sorted_out(&query_all(table, query).await?)?.members)
}

/// Groups and memberships share a prefix; the end of the key tells them apart. Those who are in a
/// deleted group are in no group.
fn sorted_out(items: &[Item]) -> Result<FamilyGroups, TableError> {
    let mut found = FamilyGroups::default();
    let mut deleted = BTreeMap::new();
    for item in items {
        if keys::is_group(&item.key) {
            let group: Group = keys::read(item)?;
            deleted.insert(group.group_id, group.common.deleted);
            found.groups.push(group);
        } else {
            found.members.push(keys::read(item)?);
        }
    }
    found.groups.retain(|it| !it.common.deleted);
    found
        .members
        .retain(|it| it.is_live() && deleted.get(&it.group_id) != Some(&true));
    Ok(found)
}

/// The queues of a family.
pub async fn queues(table: &dyn Table, family: FamilyId) -> Result<Vec<Queue>, TableError> {
    let query = Query::base(keys::family_pk(family)).prefix(keys::QUEUES);
    let all: Vec<Queue> = read_all(&query_all(table, query).await?)?;
    Ok(all.into_iter().filter(|it| !it.common.deleted).collect())
}

/// The queues that a group owns.
pub async fn queues_of_group(
    table: &dyn Table,
    family: FamilyId,
    group: GroupId,
) -> Result<Vec<Queue>, TableError> {
    let mut all = queues(table, family).await?;
    all.retain(|it| it.group_id == group);
    Ok(all)
}

/// Who owns a queue and who may use it.
pub async fn queue_use(
    table: &dyn Table,
    family: FamilyId,
    queue: QueueId,
) -> Result<Option<QueueUse>, TableError> {
    let found: Option<Queue> = one(table, keys::queue_key(family, queue)).await?;
    let Some(queue) = found.filter(|it| !it.common.deleted) else {
        return Ok(None);
    };
    let query = Query::base(keys::family_pk(family)).prefix(keys::group_prefix(queue.group_id));
    let mut owner = sorted_out(&query_all(table, query).await?)?;
    Ok(Some(QueueUse {
        queue,
        group: owner.groups.pop(),
        members: owner.members,
    }))
}

/// A person with a login.
pub async fn user(table: &dyn Table, user: UserId) -> Result<Option<User>, TableError> {
    let found: Option<User> = one(table, keys::user_key(user)).await?;
    Ok(found.filter(|it| !it.common.deleted))
}

/// The person with this e-mail address.
pub async fn user_by_email(table: &dyn Table, email: &str) -> Result<Option<User>, TableError> {
    match one(table, keys::email_key(email)).await? {
        Some(Locator::UserId(found)) => user(table, found).await,
        Some(Locator::TicketId(_)) | None => Ok(None),
    }
}
