//! The life of a ticket: filed, worked, resolved, reopened, closed.

use super::describe::described;
use super::participant::joins;
use super::since::status_as_seen;
use super::{Ask, Decision, maybe, name, no_such, one_line, queue};
use crate::model::audience::Viewer;
use crate::model::change::Change;
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::{GroupId, TicketId, UserId};
use crate::model::known::{Need, Stop};
use crate::model::participant::ParticipantRole;
use crate::model::queue::Queue;
use crate::model::record::Record;
use crate::model::refusal::Refusal;
use crate::model::severity::Severity;
use crate::model::status::{REOPEN_WINDOW, Stage, Status};
use crate::model::ticket::{NewTicket, TAG_LIMIT, TITLE_LIMIT, Ticket};

/// A member files a ticket in any queue; only those who work the queue file it for someone else
/// or say who does it.
pub(super) fn create(ask: &Ask<'_>, new: &NewTicket) -> Decision {
    let queue = queue::named(ask, new.queue_id)?;
    let viewer = ask.known.viewer(ask.user(), Some(queue.group_id))?;
    let requested_by = new.requested_by.unwrap_or(ask.user());
    let for_others = requested_by != ask.user() || new.assigned_to.is_some();
    if for_others && !viewer.works_for(queue.group_id) {
        let deed = "file a ticket for someone else or assign it";
        return Err(Refusal::not_allowed(WORKERS, deed).into());
    }
    ask.is_member(requested_by, "requested_by")?;
    let assigned_to = match new.assigned_to {
        Some(user_id) => {
            ask.is_member(user_id, "assigned_to")?;
            Some(user_id)
        }
        None => default_assignee(ask, queue)?,
    };
    if let Some(parent) = new.parent_ticket {
        seen(ask, parent)?;
    }
    let tags = new.tags.iter().map(|tag| tag_word(tag));
    let ticket = Ticket {
        family_id: ask.family_id(),
        ticket_id: new.ticket_id,
        queue_id: new.queue_id,
        number: None,
        title: title(&new.title)?,
        severity: new
            .severity
            .or(queue.default_severity)
            .unwrap_or(Severity::DEFAULT),
        status: Status::Open,
        stage: Stage::New,
        waiting_note: None,
        requested_by,
        assigned_to,
        assigned_group: None,
        category: new.category.as_deref().map(category).transpose()?,
        due_date: new.due_date,
        resolved_date: None,
        closed_date: None,
        reopen_until: None,
        snoozed_until: None,
        tags: tags.collect::<Result<_, Stop>>()?,
        source: new.source,
        external_ref: None,
        parent_ticket: new.parent_ticket,
        merged_into: None,
        triaged: false,
        common: ask.common(),
    };
    few_enough_tags(&ticket)?;
    ask.is_new(ticket.key())?;

    let ticket_id = ticket.ticket_id;
    let mut changes = vec![Change::create(ticket)];
    if let Some(text) = new.description.as_ref().filter(|text| !text.is_blank()) {
        changes.push(Change::create(described(ask, ticket_id, text)));
    }
    changes.extend(joins(
        ask,
        ticket_id,
        requested_by,
        ParticipantRole::Requester,
    )?);
    if let Some(user_id) = assigned_to {
        changes.extend(joins(ask, ticket_id, user_id, ParticipantRole::Assignee)?);
    }
    Ok(changes)
}

/// Whom the queue gives its tickets to, as long as they are in the family.
fn default_assignee(ask: &Ask<'_>, queue: &Queue) -> Result<Option<UserId>, Stop> {
    let Some(user_id) = queue.default_assignee else {
        return Ok(None);
    };
    let membership = ask.known.membership(user_id)?;
    Ok(membership.filter(|it| it.is_live()).map(|it| it.user_id))
}

/// OPEN to RESOLVED; opens the window in which it may be reopened.
pub(super) fn resolve(ask: &Ask<'_>, ticket_id: TicketId) -> Decision {
    let ticket = worked(ask, ticket_id, "resolve it")?;
    status_as_seen(ask, ticket, Status::Resolved)?;
    match ticket.status {
        Status::Open => {}
        Status::Resolved => return Ok(Vec::new()),
        Status::Closed => return Err(wrong_status(ticket, "resolved")),
    }
    let children = ask.known.list(Need::OpenChildren(ticket_id))?;
    if !children.is_empty() {
        return Err(Refusal::OpenChildren {
            tickets: children.iter().map(ticket_label).collect(),
        }
        .into());
    }
    maybe(Change::update(ticket, ask.now, |ticket| {
        ticket.status = Status::Resolved;
        ticket.resolved_date = Some(ask.now);
        ticket.reopen_until = Some(ask.now.plus(REOPEN_WINDOW));
        ticket.snoozed_until = None;
    }))
}

/// RESOLVED to OPEN, until the window has passed.
pub(super) fn reopen(ask: &Ask<'_>, ticket_id: TicketId) -> Decision {
    let ticket = worked(ask, ticket_id, "reopen it")?;
    status_as_seen(ask, ticket, Status::Open)?;
    match ticket.status {
        Status::Open => return Ok(Vec::new()),
        Status::Resolved => {}
        Status::Closed => return Err(wrong_status(ticket, "reopened")),
    }
    if let Some(until) = ticket.reopen_until.filter(|until| ask.now > *until) {
        return Err(Refusal::ReopenWindowPassed { until }.into());
    }
    maybe(Change::update(ticket, ask.now, |ticket| {
        ticket.status = Status::Open;
        ticket.resolved_date = None;
        ticket.reopen_until = None;
    }))
}

/// OPEN or RESOLVED to CLOSED, which is final.
pub(super) fn close(ask: &Ask<'_>, ticket_id: TicketId) -> Decision {
    let ticket = worked(ask, ticket_id, "close it")?;
    status_as_seen(ask, ticket, Status::Closed)?;
    maybe(Change::update(ticket, ask.now, |ticket| {
        if ticket.status != Status::Closed {
            ticket.status = Status::Closed;
            ticket.closed_date = Some(ask.now);
            ticket.snoozed_until = None;
        }
    }))
}

/// Undoes a close while nothing has touched the ticket since; it is again what it was before.
pub(super) fn unclose(ask: &Ask<'_>, ticket_id: TicketId, closed_version: i64) -> Decision {
    let ticket = worked(ask, ticket_id, "undo its close")?;
    if ticket.status != Status::Closed {
        return Err(wrong_status(ticket, "un-closed"));
    }
    if ticket.common.version != closed_version {
        return Err(Refusal::TouchedSince.into());
    }
    if let Some(until) = ticket.reopen_until.filter(|until| ask.now > *until) {
        return Err(Refusal::ReopenWindowPassed { until }.into());
    }
    maybe(Change::update(ticket, ask.now, |ticket| {
        ticket.closed_date = None;
        ticket.status = if ticket.resolved_date.is_some() {
            Status::Resolved
        } else {
            Status::Open
        };
    }))
}

/// Time closes a resolved ticket whose window has passed. It may have been reopened meanwhile:
/// then there is nothing to do.
pub(super) fn expire(ask: &Ask<'_>, ticket_id: TicketId) -> Decision {
    let ticket = by_time_alone(ask, ticket_id, "let a reopen window pass")?;
    let passed = ticket.reopen_until.filter(|until| *until <= ask.now);
    maybe(
        passed
            .filter(|_| ticket.status == Status::Resolved)
            .and_then(|until| {
                Change::update(ticket, ask.now, |ticket| {
                    ticket.status = Status::Closed;
                    ticket.closed_date = Some(until);
                })
            }),
    )
}

/// The snooze is over, because its time has come or because somebody says so.
pub(super) fn wake(ask: &Ask<'_>, ticket_id: TicketId) -> Decision {
    let by_time = ask.user() == UserId::SYSTEM;
    let ticket = if by_time {
        by_time_alone(ask, ticket_id, "wake it")?
    } else {
        worked(ask, ticket_id, "wake it")?
    };
    let due = ticket
        .snoozed_until
        .is_some_and(|until| !by_time || until <= ask.now);
    maybe(
        due.then(|| Change::update(ticket, ask.now, |it| it.snoozed_until = None))
            .flatten(),
    )
}

pub(super) fn tag(ask: &Ask<'_>, ticket_id: TicketId, tag: &str) -> Decision {
    let ticket = worked(ask, ticket_id, "tag it")?;
    let tag = tag_word(tag)?;
    let change = Change::update(ticket, ask.now, |ticket| {
        ticket.tags.insert(tag);
    });
    if let Some(Record::Ticket(after)) = change.as_ref().map(|change| &change.after) {
        few_enough_tags(after)?;
    }
    maybe(change)
}

pub(super) fn untag(ask: &Ask<'_>, ticket_id: TicketId, tag: &str) -> Decision {
    let ticket = worked(ask, ticket_id, "untag it")?;
    maybe(Change::update(ticket, ask.now, |ticket| {
        ticket.tags.remove(tag.trim());
    }))
}

/// Those who may do more to a ticket than speak on it.
const WORKERS: &str = "members of the group that owns the queue";

/// A ticket that whoever asks may work.
pub(super) fn worked<'a>(
    ask: &'a Ask<'_>,
    ticket_id: TicketId,
    deed: &str,
) -> Result<&'a Ticket, Stop> {
    let ticket = there(ask, ticket_id)?;
    let (viewer, group_id) = at(ask, ticket).map_err(|stop| unless_deleted(ticket, stop))?;
    if viewer.works_for(group_id) {
        return not_deleted(ticket);
    }
    if takes_part(ask, ticket_id)? {
        not_deleted(ticket)?;
        return Err(Refusal::not_allowed(WORKERS, deed).into());
    }
    Err(no_such(EntityType::Ticket))
}

/// A ticket that whoever asks may see, and so may comment on.
pub(super) fn seen<'a>(ask: &'a Ask<'_>, ticket_id: TicketId) -> Result<&'a Ticket, Stop> {
    let ticket = there(ask, ticket_id)?;
    let works = match at(ask, ticket) {
        // A guest's replica holds no queues.
        Err(Stop::Refused(Refusal::NotFound {
            what: EntityType::Queue,
        })) => {
            ask.known.viewer(ask.user(), None)?;
            false
        }
        found => found.map(|(viewer, group_id)| viewer.works_for(group_id))?,
    };
    if works || takes_part(ask, ticket_id)? {
        return not_deleted(ticket);
    }
    Err(no_such(EntityType::Ticket))
}

/// A ticket, deleted or not: that it was deleted is only told to those who could see it.
fn there<'a>(ask: &'a Ask<'_>, ticket_id: TicketId) -> Result<&'a Ticket, Stop> {
    match ask.known.entity(EntityKey::Ticket(ticket_id))? {
        Some(Record::Ticket(ticket)) => Ok(ticket),
        _ => Err(no_such(EntityType::Ticket)),
    }
}

fn not_deleted(ticket: &Ticket) -> Result<&Ticket, Stop> {
    if !ticket.common.deleted {
        return Ok(ticket);
    }
    Err(Refusal::Deleted {
        key: ticket.key(),
        by: ticket.common.written.map(|it| it.by),
    }
    .into())
}

/// The queue of a deleted ticket may be gone too.
fn unless_deleted(ticket: &Ticket, stop: Stop) -> Stop {
    match stop {
        Stop::Refused(_) if ticket.common.deleted => no_such(EntityType::Ticket),
        other => other,
    }
}

/// Whoever asks, and the group that owns the ticket's queue.
pub(super) fn at(ask: &Ask<'_>, ticket: &Ticket) -> Result<(Viewer, GroupId), Stop> {
    let group_id = ask.known.queue(ticket.queue_id)?.group_id;
    let viewer = ask.known.viewer(ask.user(), Some(group_id))?;
    Ok((viewer, group_id))
}

fn takes_part(ask: &Ask<'_>, ticket_id: TicketId) -> Result<bool, Stop> {
    let mut participants = ask.known.participants(ticket_id)?;
    Ok(participants.any(|participant| participant.user_id == ask.user()))
}

fn by_time_alone<'a>(
    ask: &'a Ask<'_>,
    ticket_id: TicketId,
    deed: &str,
) -> Result<&'a Ticket, Stop> {
    if ask.user() != UserId::SYSTEM {
        return Err(Refusal::not_allowed("time", deed).into());
    }
    ask.known.ticket(ticket_id)
}

pub(super) fn wrong_status(ticket: &Ticket, deed: &str) -> Stop {
    Refusal::WrongStatus {
        status: ticket.status,
        deed: deed.to_owned(),
    }
    .into()
}

/// What a refusal calls a ticket: its number, or its title while it has none.
pub(super) fn ticket_label(record: &Record) -> String {
    match record {
        Record::Ticket(ticket) => ticket
            .number
            .as_ref()
            .map_or_else(|| ticket.title.clone(), ToString::to_string),
        other => other.key().entity_id(),
    }
}

pub(super) fn title(text: &str) -> Result<String, Stop> {
    Ok(one_line("title", text, TITLE_LIMIT)?)
}

pub(super) fn category(text: &str) -> Result<String, Stop> {
    Ok(name("category", text)?)
}

fn tag_word(text: &str) -> Result<String, Stop> {
    let tag = one_line("tag", text, TAG_LIMIT)?;
    if tag.contains(char::is_whitespace) {
        let why = format!("`{tag}` holds a space; write it as one word");
        return Err(Refusal::invalid("tag", why).into());
    }
    Ok(tag)
}

fn few_enough_tags(ticket: &Ticket) -> Result<(), Stop> {
    if ticket.tags.len() > TAG_LIMIT {
        let why = format!("{TAG_LIMIT} are the most on one ticket; remove one first");
        return Err(Refusal::invalid("tags", why).into());
    }
    Ok(())
}
