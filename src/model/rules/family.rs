//! Founding a family and changing its settings.

use std::collections::BTreeMap;

use super::{Ask, Decision, maybe, name};
use crate::model::business_hours::{BusinessHours, NotHours};
use crate::model::change::Change;
use crate::model::command::NewFamily;
use crate::model::family::{Family, FamilyField};
use crate::model::known::Stop;
use crate::model::membership::{Membership, MembershipStatus, Role};
use crate::model::name::zone;
use crate::model::refusal::Refusal;
use crate::model::severity::Severity;

/// Anyone may found a family; they become its first admin.
pub(super) fn create(ask: &Ask<'_>, new: &NewFamily) -> Decision {
    let family = Family {
        family_id: ask.family_id(),
        family_name: name("family_name", &new.family_name)?,
        family_description: new.family_description.clone(),
        ticket_prefix: new.ticket_prefix.clone(),
        time_zone: zone(&new.time_zone)?,
        business_hours: String::new(),
        severity_words: Default::default(),
        common: ask.common(),
    };
    let founder = Membership {
        family_id: ask.family_id(),
        user_id: ask.user(),
        display_name: name("display_name", &new.display_name)?,
        status: MembershipStatus::Member,
        role: Role::Adult,
        is_admin: true,
        request_date: ask.now,
        invited_by: None,
        has_left: false,
        common: ask.common(),
    };
    ask.is_new(family.key())?;
    Ok(vec![Change::create(family), Change::create(founder)])
}

/// Admins change the family's settings.
pub(super) fn set(ask: &Ask<'_>, set: &FamilyField) -> Decision {
    ask.admin("change the family's settings")?;
    let checked = match set {
        FamilyField::FamilyName(text) => FamilyField::FamilyName(name("family_name", text)?),
        FamilyField::TimeZone(text) => FamilyField::TimeZone(zone(text)?),
        FamilyField::BusinessHours(text) => FamilyField::BusinessHours(hours(text)?),
        FamilyField::SeverityWords(words) => FamilyField::SeverityWords(own_words(words)?),
        FamilyField::FamilyDescription(_) | FamilyField::TicketPrefix(_) => set.clone(),
    };
    let family = ask.known.family(ask.family_id())?;
    maybe(Change::update(family, ask.now, |family| match checked {
        FamilyField::FamilyName(text) => family.family_name = text,
        FamilyField::FamilyDescription(text) => family.family_description = text,
        FamilyField::TicketPrefix(prefix) => family.ticket_prefix = prefix,
        FamilyField::TimeZone(text) => family.time_zone = text,
        FamilyField::BusinessHours(text) => family.business_hours = text,
        FamilyField::SeverityWords(words) => family.severity_words = words,
    }))
}

/// Business hours in their one spelling.
fn hours(text: &str) -> Result<String, Stop> {
    let hours: BusinessHours = text
        .parse()
        .map_err(|error: NotHours| Refusal::invalid("business_hours", error.why))?;
    Ok(hours.to_string())
}

/// The family's own words beside severities; where there are none, ours stand.
fn own_words(words: &BTreeMap<Severity, String>) -> Result<BTreeMap<Severity, String>, Stop> {
    let said = words.iter().filter(|(_, text)| !text.trim().is_empty());
    said.map(|(severity, text)| Ok((*severity, name("severity_words", text)?)))
        .collect()
}
