//! What people change of their own record.

use super::field::unless_other;
use super::{Ask, Decision, name};
use crate::model::change::Change;
use crate::model::command::Base;
use crate::model::entity::EntityKey;
use crate::model::known::Stop;
use crate::model::name::zone;
use crate::model::record::Record;
use crate::model::refusal::Refusal;
use crate::model::user::{User, UserField, address};

/// Sets one attribute of one's own record; where it has changed on another device since the person
/// looked, that stands. A new name is one's name in the family too.
pub(super) fn set(ask: &Ask<'_>, set: &UserField, base: Option<&Base<UserField>>) -> Decision {
    let checked = check(set)?;
    let mut changes = Vec::new();
    match own_record(ask)? {
        Some(user) => {
            if let Some(base) = base.filter(|base| user.common.version > base.version) {
                let theirs = checked.current(user);
                unless_other(checked.name(), [&base.value, &checked, &theirs])?;
            }
            let set = checked.clone();
            changes.extend(Change::update(user, ask.now, |user| apply(user, set)));
        }
        // Whoever the family alone knows has nothing else to change.
        None if matches!(checked, UserField::DisplayName(_)) => {}
        None => {
            let who = "people with a login of their own";
            let deed = format!("set their {}", checked.name().replace('_', " "));
            return Err(Refusal::not_allowed(who, &deed).into());
        }
    }
    if let UserField::DisplayName(text) = checked
        && let Some(membership) = ask.known.membership(ask.user())?
    {
        let renamed = Change::update(membership, ask.now, |it| it.display_name = text);
        changes.extend(renamed);
    }
    Ok(changes)
}

/// The record of whoever asks, if they have a login.
fn own_record<'a>(ask: &'a Ask<'_>) -> Result<Option<&'a User>, Stop> {
    Ok(match ask.known.entity(EntityKey::User(ask.user()))? {
        Some(Record::User(user)) if user.is_active => Some(user),
        _ => None,
    })
}

fn check(set: &UserField) -> Result<UserField, Stop> {
    Ok(match set {
        UserField::DisplayName(text) => UserField::DisplayName(name("display_name", text)?),
        UserField::Email(Some(text)) => UserField::Email(Some(address(text)?)),
        UserField::Email(None) => UserField::Email(None),
        UserField::TimeZone(text) => UserField::TimeZone(zone(text)?),
    })
}

fn apply(user: &mut User, set: UserField) {
    match set {
        UserField::DisplayName(text) => user.display_name = text,
        UserField::Email(email) => user.email = email,
        UserField::TimeZone(text) => user.time_zone = text,
    }
}
