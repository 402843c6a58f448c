//! Joining a family, leaving it, and what one is in it.

use super::{Ask, Decision, maybe, name, no_such};
use crate::model::change::Change;
use crate::model::command::MembershipField;
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::UserId;
use crate::model::known::{Need, Stop};
use crate::model::membership::{Membership, MembershipStatus, Role};
use crate::model::record::Record;
use crate::model::refusal::Refusal;

/// So many people may be asked in at once.
const OPEN_INVITATIONS: usize = 10;

/// An admin invites someone; they are AWAITING until they accept.
pub(super) fn invite(ask: &Ask<'_>, user_id: UserId, who: &str, role: Role) -> Decision {
    ask.admin("invite people")?;
    let open = ask.known.list(Need::OpenInvitations)?;
    let others = open
        .iter()
        .filter(|it| it.key() != EntityKey::Membership(user_id));
    if others.count() >= OPEN_INVITATIONS {
        let why = format!(
            "{OPEN_INVITATIONS} people are asked in and have not answered; wait for one of them, \
             or take an invitation back"
        );
        return Err(Refusal::invalid("user_id", why).into());
    }
    let mut new = awaiting(ask, user_id, who)?;
    new.role = role;
    new.invited_by = Some(ask.user());
    join(ask, new)
}

/// Someone asks to join; they are AWAITING until an admin approves.
pub(super) fn request(ask: &Ask<'_>, who: &str) -> Decision {
    ask.known.family(ask.family_id())?;
    join(ask, awaiting(ask, ask.user(), who)?)
}

fn awaiting(ask: &Ask<'_>, user_id: UserId, who: &str) -> Result<Membership, Stop> {
    Ok(Membership {
        family_id: ask.family_id(),
        user_id,
        display_name: name("display_name", who)?,
        status: MembershipStatus::Awaiting,
        role: Role::Adult,
        is_admin: false,
        request_date: ask.now,
        invited_by: None,
        has_left: false,
        common: ask.common(),
    })
}

/// Puts a new membership where there is none, or none any more.
fn join(ask: &Ask<'_>, new: Membership) -> Decision {
    match ask.known.entity(EntityKey::Membership(new.user_id))? {
        None => Ok(vec![Change::create(new)]),
        Some(Record::Membership(old))
            if old.common.deleted || old.status == MembershipStatus::Declined =>
        {
            maybe(Change::update(old, ask.now, |membership| {
                let common = membership.common.clone();
                let has_left = membership.has_left;
                *membership = new;
                membership.common = common;
                membership.has_left = has_left;
                membership.common.deleted = false;
            }))
        }
        Some(_) => Err(Refusal::AlreadyThere {
            what: EntityType::Membership,
        }
        .into()),
    }
}

/// The invited person says yes.
pub(super) fn accept(ask: &Ask<'_>) -> Decision {
    let mine = ask.known.membership(ask.user())?;
    let invitation = mine
        .filter(|it| it.status == MembershipStatus::Awaiting && it.invited_by.is_some())
        .ok_or_else(|| no_such(EntityType::Family))?;
    admit(ask, invitation)
}

/// An admin says yes to someone's request.
pub(super) fn approve(ask: &Ask<'_>, user_id: UserId) -> Decision {
    ask.admin("approve requests to join")?;
    let request = ask
        .known
        .membership(user_id)?
        .filter(|it| it.status == MembershipStatus::Awaiting && it.invited_by.is_none())
        .ok_or_else(|| no_such(EntityType::Membership))?;
    admit(ask, request)
}

fn admit(ask: &Ask<'_>, membership: &Membership) -> Decision {
    maybe(Change::update(membership, ask.now, |it| {
        it.status = MembershipStatus::Member;
    }))
}

/// The invited person says no, or an admin does to a request.
pub(super) fn decline(ask: &Ask<'_>, user_id: UserId) -> Decision {
    if user_id != ask.user() {
        ask.admin("decline requests to join")?;
    }
    let awaiting = ask
        .known
        .membership(user_id)?
        .filter(|it| it.status == MembershipStatus::Awaiting)
        .ok_or_else(|| no_such(EntityType::Membership))?;
    maybe(Change::update(awaiting, ask.now, |it| {
        it.status = MembershipStatus::Declined;
    }))
}

/// Admins set roles and make admins; people set their own name. Whoever becomes a guest leaves
/// their groups.
pub(super) fn set(ask: &Ask<'_>, user_id: UserId, set: &MembershipField) -> Decision {
    let own_name = user_id == ask.user() && matches!(set, MembershipField::DisplayName(_));
    if own_name {
        ask.viewer()?;
    } else {
        ask.admin("change what someone is in the family")?;
    }
    let membership = ask
        .known
        .membership(user_id)?
        .ok_or_else(|| no_such(EntityType::Membership))?;
    if let MembershipField::IsAdmin(false) = set {
        another_admin(ask, user_id)?;
    }
    let checked = match set {
        MembershipField::DisplayName(text) => {
            MembershipField::DisplayName(name("display_name", text)?)
        }
        MembershipField::Role(_) | MembershipField::IsAdmin(_) => set.clone(),
    };
    let mut changes = match set {
        MembershipField::Role(Role::Guest) => leaves_groups(ask, user_id)?,
        MembershipField::Role(Role::Adult | Role::Child)
        | MembershipField::DisplayName(_)
        | MembershipField::IsAdmin(_) => Vec::new(),
    };
    changes.extend(Change::update(membership, ask.now, |it| match checked {
        MembershipField::DisplayName(text) => it.display_name = text,
        MembershipField::Role(role) => it.role = role,
        MembershipField::IsAdmin(is_admin) => it.is_admin = is_admin,
    }));
    Ok(changes)
}

/// An admin removes someone, or someone leaves; their places in groups go with them.
pub(super) fn remove(ask: &Ask<'_>, user_id: UserId) -> Decision {
    if user_id == ask.user() {
        ask.viewer()?;
    } else {
        ask.admin("remove people")?;
    }
    let membership = ask
        .known
        .membership(user_id)?
        .ok_or_else(|| no_such(EntityType::Membership))?;
    another_admin(ask, user_id)?;
    let mut changes = leaves_groups(ask, user_id)?;
    changes.extend(Change::update(membership, ask.now, |it| {
        it.has_left |= it.is_live();
        it.common.deleted = true;
        it.is_admin = false;
    }));
    Ok(changes)
}

/// The changes that end someone's places in groups.
fn leaves_groups(ask: &Ask<'_>, user_id: UserId) -> Decision {
    let places = ask.known.list(Need::GroupsOf(user_id))?;
    let changes = places.iter().filter_map(|record| match record {
        Record::GroupMembership(place) => {
            Change::update(place, ask.now, |it| it.common.deleted = true)
        }
        _ => None,
    });
    Ok(changes.collect())
}

/// A family keeps at least one admin beside this person.
fn another_admin(ask: &Ask<'_>, user_id: UserId) -> Result<(), Stop> {
    let admins = ask.known.list(Need::Admins)?;
    let another = admins
        .iter()
        .any(|admin| admin.key() != EntityKey::Membership(user_id));
    if another {
        Ok(())
    } else {
        Err(Refusal::LastAdmin.into())
    }
}
