//! Taking in what was made elsewhere. What is there already stays as it is, so an import may be
//! repeated.

use std::collections::HashSet;

use super::{Ask, Decision, attachment};
use crate::model::change::Change;
use crate::model::entity::{EntityKey, EntityType};
use crate::model::import::{BATCH_LIMIT, ImportBatch};
use crate::model::known::{Need, Stop};
use crate::model::record::Record;
use crate::model::refusal::Refusal;
use crate::model::status::{REOPEN_WINDOW, Status};
use crate::model::ticket::Ticket;

/// An admin imports entities whole, with their original authors and times.
pub(super) fn batch(ask: &Ask<'_>, batch: &ImportBatch) -> Decision {
    ask.admin("import")?;
    if batch.entities.len() > BATCH_LIMIT {
        let why = format!("{BATCH_LIMIT} are the most in one batch");
        return Err(Refusal::invalid("entities", why).into());
    }
    let brought: HashSet<EntityKey> = batch.entities.iter().map(Record::key).collect();
    let leans_on: HashSet<EntityKey> = batch
        .entities
        .iter()
        .filter_map(rests_on)
        .filter(|key| !brought.contains(key))
        .collect();
    ask.known
        .require(brought.iter().chain(&leans_on).copied().map(Need::Entity))?;
    for key in leans_on {
        if ask.known.entity(key)?.is_none() {
            let why = format!(
                "it refers to the {} {}, which is neither here nor in the batch",
                key.entity_type(),
                key.entity_id()
            );
            return Err(Refusal::invalid("entities", why).into());
        }
    }

    let mut taken = HashSet::new();
    let mut changes = Vec::with_capacity(batch.entities.len());
    for record in &batch.entities {
        may_come_in(ask, record)?;
        let key = record.key();
        if ask.known.entity(key)?.is_none() && taken.insert(key) {
            into_what_is_live(ask, record)?;
            changes.push(Change::create(as_new(ask, record.clone())));
        }
    }
    Ok(changes)
}

/// What must be there for the entity to make sense.
fn rests_on(record: &Record) -> Option<EntityKey> {
    match record {
        Record::Queue(queue) => Some(EntityKey::Group(queue.group_id)),
        Record::Ticket(ticket) => Some(EntityKey::Queue(ticket.queue_id)),
        Record::GroupMembership(it) => Some(EntityKey::Group(it.group_id)),
        Record::Description(it) => Some(EntityKey::Ticket(it.ticket_id)),
        Record::Participant(it) => Some(EntityKey::Ticket(it.ticket_id)),
        Record::Comment(it) => Some(EntityKey::Ticket(it.ticket_id)),
        Record::Attachment(it) => Some(match it.comment_id {
            Some(comment_id) => EntityKey::Comment(it.ticket_id, comment_id),
            None => EntityKey::Ticket(it.ticket_id),
        }),
        Record::User(_)
        | Record::Family(_)
        | Record::Membership(_)
        | Record::Group(_)
        | Record::ReadMarker(_)
        | Record::Webhook(_) => None,
    }
}

fn may_come_in(ask: &Ask<'_>, record: &Record) -> Result<(), Stop> {
    let family_id = match record {
        // An import brings people as they were known there; it gives nobody a login.
        Record::User(user) if !user.is_active && !user.is_approved => return Ok(()),
        // An import tells nobody outside of anything.
        Record::User(_) | Record::Family(_) | Record::ReadMarker(_) | Record::Webhook(_) => {
            return Err(not_importable(record));
        }
        Record::Membership(it) if it.is_admin => return Err(not_importable(record)),
        Record::Membership(it) => it.family_id,
        Record::Group(it) => it.family_id,
        Record::GroupMembership(it) => it.family_id,
        Record::Queue(it) => it.family_id,
        Record::Ticket(it) => it.family_id,
        Record::Description(it) => it.family_id,
        Record::Participant(it) => it.family_id,
        Record::Comment(it) => it.family_id,
        Record::Attachment(it) => {
            attachment::fits(&it.file_name, it.bytes)?;
            it.family_id
        }
    };
    if family_id == ask.family_id() {
        Ok(())
    } else {
        Err(Refusal::NotFound {
            what: EntityType::Family,
        }
        .into())
    }
}

/// A live ticket is in a live queue, and that in a live group. What else rests on something
/// deleted comes in unseen, and is there should that be restored.
fn into_what_is_live(ask: &Ask<'_>, record: &Record) -> Result<(), Stop> {
    let under = match record {
        Record::Ticket(_) | Record::Queue(_) => rests_on(record),
        Record::User(_)
        | Record::Family(_)
        | Record::Membership(_)
        | Record::Group(_)
        | Record::GroupMembership(_)
        | Record::Description(_)
        | Record::Participant(_)
        | Record::Comment(_)
        | Record::Attachment(_)
        | Record::ReadMarker(_)
        | Record::Webhook(_) => None,
    };
    let Some(key) = under else { return Ok(()) };
    match ask.known.entity(key)? {
        Some(found) if found.common().deleted => {
            let (what, id) = (key.entity_type(), key.entity_id());
            let why = format!("it refers to the {what} {id}, which was deleted; restore it first");
            Err(Refusal::invalid("entities", why).into())
        }
        _ => Ok(()),
    }
}

fn not_importable(record: &Record) -> Stop {
    let what = record.key().entity_type();
    Refusal::invalid("entities", format!("such a {what} can't be imported")).into()
}

/// The entity as it enters: at version 1, without a number of its own, and, for a ticket whose
/// reopen window has long passed, closed as time would have closed it.
fn as_new(ask: &Ask<'_>, mut record: Record) -> Record {
    let common = record.common_mut();
    common.version = 1;
    common.written = None;
    common.deleted = false;
    if let Record::Ticket(ticket) = &mut record {
        ticket.number = None;
        date(ticket);
        close_if_passed(ask, ticket);
    }
    record
}

/// Gives the ticket the dates that its status has, and no others. Where the source knows no date,
/// that of the last change stands for it.
fn date(ticket: &mut Ticket) {
    let last = ticket.common.last_update;
    match ticket.status {
        Status::Open => {
            ticket.resolved_date = None;
            ticket.reopen_until = None;
            ticket.closed_date = None;
        }
        Status::Resolved => {
            let resolved = *ticket.resolved_date.get_or_insert(last);
            ticket
                .reopen_until
                .get_or_insert(resolved.plus(REOPEN_WINDOW));
            ticket.closed_date = None;
        }
        Status::Closed => {
            ticket.closed_date.get_or_insert(last);
        }
    }
}

fn close_if_passed(ask: &Ask<'_>, ticket: &mut Ticket) {
    if ticket.status == Status::Resolved
        && let Some(until) = ticket.reopen_until.filter(|until| *until <= ask.now)
    {
        ticket.status = Status::Closed;
        ticket.closed_date = Some(until);
    }
}
