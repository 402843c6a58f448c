//! Groups and who is in them.

use super::{Ask, Decision, maybe, name, no_such};
use crate::model::change::Change;
use crate::model::entity::{EntityKey, EntityType};
use crate::model::group::{Group, GroupField, GroupMembership};
use crate::model::id::{GroupId, UserId};
use crate::model::known::Stop;
use crate::model::membership::{MembershipStatus, Role};
use crate::model::record::Record;
use crate::model::refusal::Refusal;

/// An admin of the family makes a group and is its first member and admin.
pub(super) fn create(
    ask: &Ask<'_>,
    group_id: GroupId,
    group_name: &str,
    description: &str,
) -> Decision {
    ask.admin("create groups")?;
    let group = Group {
        family_id: ask.family_id(),
        group_id,
        group_name: name("group_name", group_name)?,
        group_description: description.to_owned(),
        common: ask.common(),
    };
    ask.is_new(group.key())?;
    let founder = place(ask, group_id, ask.user(), true);
    Ok(vec![Change::create(group), Change::create(founder)])
}

/// The group's admins change its name and description.
pub(super) fn set(ask: &Ask<'_>, group_id: GroupId, set: &GroupField) -> Decision {
    ask.group_admin(group_id, "change the group")?;
    let group = ask.known.group(group_id)?;
    let checked = match set {
        GroupField::GroupName(text) => GroupField::GroupName(name("group_name", text)?),
        GroupField::GroupDescription(_) => set.clone(),
    };
    maybe(Change::update(group, ask.now, |group| match checked {
        GroupField::GroupName(text) => group.group_name = text,
        GroupField::GroupDescription(text) => group.group_description = text,
    }))
}

/// The group's admins take someone of the family in, whether they asked or not.
pub(super) fn add(ask: &Ask<'_>, group_id: GroupId, user_id: UserId, is_admin: bool) -> Decision {
    ask.group_admin(group_id, "take people into the group")?;
    ask.known.group(group_id)?;
    may_join(ask, user_id)?;
    put(ask, place(ask, group_id, user_id, is_admin))
}

/// A member asks to be taken in. A child joins only through an admin.
pub(super) fn request(ask: &Ask<'_>, group_id: GroupId) -> Decision {
    let viewer = ask.viewer()?;
    if viewer.role == Role::Child {
        return Err(Refusal::not_allowed("an admin", "take a child into a group").into());
    }
    may_join(ask, ask.user())?;
    ask.known.group(group_id)?;
    if let Some(found) = ask.known.group_membership(group_id, ask.user())?
        && found.status != MembershipStatus::Declined
    {
        return Err(already_there());
    }
    let mut asked = place(ask, group_id, ask.user(), false);
    asked.status = MembershipStatus::Awaiting;
    put(ask, asked)
}

/// The group's admins say no to a request.
pub(super) fn decline(ask: &Ask<'_>, group_id: GroupId, user_id: UserId) -> Decision {
    ask.group_admin(group_id, "decline requests")?;
    let asked = found(ask, group_id, user_id)?;
    if asked.status != MembershipStatus::Awaiting {
        return Err(no_such(EntityType::GroupMembership));
    }
    maybe(Change::update(asked, ask.now, |it| {
        it.status = MembershipStatus::Declined;
    }))
}

/// The group's admins make or unmake an admin of the group.
pub(super) fn set_admin(
    ask: &Ask<'_>,
    group_id: GroupId,
    user_id: UserId,
    is_admin: bool,
) -> Decision {
    ask.group_admin(group_id, "make group admins")?;
    let member = found(ask, group_id, user_id)?;
    if !member.is_live() {
        return Err(no_such(EntityType::GroupMembership));
    }
    maybe(Change::update(member, ask.now, |it| it.is_admin = is_admin))
}

/// The group's admins remove someone, or someone leaves.
pub(super) fn remove(ask: &Ask<'_>, group_id: GroupId, user_id: UserId) -> Decision {
    if user_id == ask.user() {
        ask.viewer()?;
    } else {
        ask.group_admin(group_id, "remove people from the group")?;
    }
    let member = found(ask, group_id, user_id)?;
    maybe(Change::update(member, ask.now, |it| {
        it.common.deleted = true;
        it.is_admin = false;
    }))
}

fn place(ask: &Ask<'_>, group_id: GroupId, user_id: UserId, is_admin: bool) -> GroupMembership {
    GroupMembership {
        family_id: ask.family_id(),
        group_id,
        user_id,
        status: MembershipStatus::Member,
        is_admin,
        request_date: ask.now,
        common: ask.common(),
    }
}

/// Puts the membership, over whatever was there.
fn put(ask: &Ask<'_>, new: GroupMembership) -> Decision {
    match ask.known.entity(new.key())? {
        Some(Record::GroupMembership(old)) => maybe(Change::update(old, ask.now, |it| {
            if it.common.deleted || new.status == MembershipStatus::Awaiting {
                it.request_date = new.request_date;
            }
            it.status = new.status;
            it.is_admin = new.is_admin;
            it.common.deleted = false;
        })),
        _ => Ok(vec![Change::create(new)]),
    }
}

fn found<'a>(
    ask: &'a Ask<'_>,
    group_id: GroupId,
    user_id: UserId,
) -> Result<&'a GroupMembership, Stop> {
    ask.known
        .group_membership(group_id, user_id)?
        .ok_or_else(|| no_such(EntityType::GroupMembership))
}

/// Only members of the family are in its groups, and guests are not members.
fn may_join(ask: &Ask<'_>, user_id: UserId) -> Result<(), Stop> {
    ask.is_member(user_id, "user_id")?;
    match ask.known.entity(EntityKey::Membership(user_id))? {
        Some(Record::Membership(it)) if it.role == Role::Guest => Err(Refusal::invalid(
            "user_id",
            "a guest can't be in a group; make them a member first",
        )
        .into()),
        _ => Ok(()),
    }
}

fn already_there() -> Stop {
    Refusal::AlreadyThere {
        what: EntityType::GroupMembership,
    }
    .into()
}
