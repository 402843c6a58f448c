//! Where a change leaves its marks beside the log: the item, what it can be found by, the counters
//! and what time will do.

use super::blobs::mention;
use super::writes::put;
use super::{DeskError, webhooks};
use crate::model::change::Change;
use crate::model::id::FamilyId;
use crate::model::record::Record;
use crate::model::rules::attachment::new_file;
use crate::model::ticket::Ticket;
use crate::model::user::User;
use crate::model::webhook::Webhook;
use crate::table::head::Head;
use crate::table::item::{Condition, Write};
use crate::table::keys::{self, Timer};

/// Everything that a change of one entity writes, but for its log; the head's counters follow.
pub(super) fn write(
    writes: &mut Vec<Write>,
    (family_id, head): (FamilyId, &mut Head),
    change: &Change,
) -> Result<(), DeskError> {
    let condition = match &change.before {
        None => Condition::Absent,
        Some(before) => Condition::Version(before.common().version),
    };
    let item = keys::item_of(family_id, &change.after)?;
    writes.push(Write::Put { item, condition });
    let before = change.before.as_ref().and_then(Record::blob);
    if before != change.after.blob() {
        writes.extend(mention(family_id, &change.after)?);
    }
    head.attached += new_file(change).map_or(0, |it| it.bytes);
    if let Record::User(after) = &change.after {
        let before = match &change.before {
            Some(Record::User(before)) => before.email.as_deref(),
            _ => None,
        };
        locate_user(writes, before, after)?;
    }
    if let Record::Ticket(after) = &change.after {
        let before = match &change.before {
            Some(Record::Ticket(before)) => Some(before),
            _ => None,
        };
        head.apply(before, Some(after));
        locate_ticket(writes, before, after)?;
        set_timers(writes, before, after)?;
    }
    if let Record::Webhook(after) = &change.after {
        let before = match &change.before {
            Some(Record::Webhook(before)) => Some(before),
            _ => None,
        };
        if after.is_on() && !before.is_some_and(Webhook::is_on) {
            writes.push(webhooks::begins(family_id, after.webhook_id, head.n)?);
        }
    }
    if let (Record::Family(_), None) = (&change.after, &change.before) {
        let key = keys::store_family_key(family_id);
        writes.push(put(key, 1, &serde_json::json!({}), Condition::Absent)?);
    }
    Ok(())
}

/// What a user can be found by beside their id: one address, which nobody else has.
fn locate_user(
    writes: &mut Vec<Write>,
    before: Option<&str>,
    after: &User,
) -> Result<(), DeskError> {
    let key_of = |email: Option<&str>| email.map(keys::email_key);
    let (old, new) = (key_of(before), key_of(after.email.as_deref()));
    if old == new {
        return Ok(());
    }
    if let Some(key) = old {
        let condition = Condition::Any;
        writes.push(Write::Delete { key, condition });
    }
    if let Some(email) = &after.email {
        writes.push(Write::create(keys::email_item(email, after.user_id)?));
    }
    Ok(())
}

/// What a ticket can be found by beside its id.
fn locate_ticket(
    writes: &mut Vec<Write>,
    before: Option<&Ticket>,
    after: &Ticket,
) -> Result<(), DeskError> {
    let (family_id, ticket_id) = (after.family_id, after.ticket_id);
    if before.is_none() {
        if let Some(number) = &after.number {
            let item = keys::number_item(family_id, number, ticket_id)?;
            writes.push(Write::create(item));
        }
        if let Some(external) = after
            .external_ref
            .as_ref()
            .and_then(|it| it.split_once(':'))
        {
            let item = keys::ext_item(family_id, external, ticket_id)?;
            writes.push(Write::create(item));
        }
    }
    let parent_before = before.and_then(|ticket| ticket.parent_ticket);
    if parent_before == after.parent_ticket {
        return Ok(());
    }
    if let Some(old) = parent_before {
        writes.push(Write::Delete {
            key: keys::child_key(family_id, old, ticket_id),
            condition: Condition::Any,
        });
    }
    if let Some(new) = after.parent_ticket {
        writes.push(Write::Put {
            item: keys::child_item(family_id, new, ticket_id)?,
            condition: Condition::Any,
        });
    }
    Ok(())
}

/// What time will do, written with what makes it due.
fn set_timers(
    writes: &mut Vec<Write>,
    before: Option<&Ticket>,
    after: &Ticket,
) -> Result<(), DeskError> {
    let old: Vec<Timer> = before.map_or(Vec::new(), timers_of);
    let new: Vec<Timer> = timers_of(after);
    for gone in old.iter().filter(|timer| !new.contains(timer)) {
        writes.push(Write::Delete {
            key: keys::timer_key(after.family_id, (gone.at, gone.kind), gone.ticket_id),
            condition: Condition::Any,
        });
    }
    for due in new.iter().filter(|timer| !old.contains(timer)) {
        writes.push(Write::Put {
            item: keys::timer_item(after.family_id, due)?,
            condition: Condition::Any,
        });
    }
    Ok(())
}

fn timers_of(ticket: &Ticket) -> Vec<Timer> {
    let ticket_id = ticket.ticket_id;
    ticket
        .timers()
        .map(|(at, kind)| Timer {
            at,
            kind,
            ticket_id,
        })
        .collect()
}
