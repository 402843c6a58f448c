//! From the model's nouns to items and back: what stands in the body, and in which index.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{
    Scope, assignee_pk, audit_place, child_key, created_sk, email_key, ext_key, gravity_sk,
    head_key, key_of, log_key, membership_place, number_key, participation_place, queue_tickets_pk,
    tickets_pk, timer_key,
};
use crate::model::audit::AuditRecord;
use crate::model::entity::EntityType;
use crate::model::id::{FamilyId, TicketId, UserId};
use crate::model::number::TicketNumber;
use crate::model::record::Record;
use crate::model::source::Timestamp;
use crate::model::status::Status;
use crate::model::ticket::{Ticket, TimerKind};
use crate::table::error::TableError;
use crate::table::head::Head;
use crate::table::item::{Item, Key};

/// What a locator points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Locator {
    TicketId(TicketId),
    UserId(UserId),
}

/// What time will do to a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    pub at: Timestamp,
    pub kind: TimerKind,
    pub ticket_id: TicketId,
}

/// The item of any entity. What is deleted keeps its key and stands in no index.
pub fn item_of(family: FamilyId, record: &Record) -> Result<Item, TableError> {
    let key = key_of(family, &record.key());
    let body = record
        .to_bytes()
        .map_err(|error| unreadable(&key, &error))?;
    let mut item = Item::new(key, body);
    item.version = record.common().version;
    if !record.common().deleted {
        [item.gsi1, item.gsi2, item.gsi3] = places_of(family, record);
    }
    Ok(item)
}

/// Where a live entity stands in the three indexes.
fn places_of(family: FamilyId, record: &Record) -> [Option<Key>; 3] {
    match record {
        Record::Membership(it) => {
            let place = membership_place(family, it.user_id, it.status.as_str());
            [Some(place), None, None]
        }
        Record::Ticket(it) => ticket_places(family, it),
        Record::Participant(it) => {
            let place = participation_place((family, it.ticket_id), it.role, it.user_id);
            [Some(place), None, None]
        }
        Record::User(_)
        | Record::Family(_)
        | Record::Group(_)
        | Record::GroupMembership(_)
        | Record::Queue(_)
        | Record::Description(_)
        | Record::Comment(_)
        | Record::Attachment(_)
        | Record::ReadMarker(_)
        | Record::Webhook(_) => [None, None, None],
    }
}

fn ticket_places(family: FamilyId, ticket: &Ticket) -> [Option<Key>; 3] {
    let by_gravity = gravity_sk(ticket);
    let assignee = ticket
        .assigned_to
        .filter(|_| ticket.status == Status::Open)
        .map(|user| Key::new(assignee_pk(family, user), by_gravity.clone()));
    let queue = queue_tickets_pk(family, ticket.queue_id);
    [
        assignee,
        Some(Key::new(tickets_pk(family), by_gravity)),
        Some(Key::new(queue, created_sk(ticket))),
    ]
}

/// The entity that an item holds.
pub fn record_of(item: &Item, kind: EntityType) -> Result<Record, TableError> {
    Record::from_bytes(kind, &item.body).map_err(|error| unreadable(&item.key, &error))
}

/// What an item holds, where the kind is known from the type.
pub fn read<T: DeserializeOwned>(item: &Item) -> Result<T, TableError> {
    serde_json::from_slice(&item.body).map_err(|error| unreadable(&item.key, &error))
}

/// An item of version 1, in no index, that holds the value.
pub fn written<T: Serialize>(key: Key, value: &T) -> Result<Item, TableError> {
    let body = serde_json::to_vec(value).map_err(|error| unreadable(&key, &error))?;
    Ok(Item::new(key, body))
}

/// The item of a log record.
pub fn log_item(scope: Scope, record: &AuditRecord) -> Result<Item, TableError> {
    let mut item = written(log_key(scope, record.seq), record)?;
    item.gsi2 = Some(audit_place(scope, record));
    Ok(item)
}

/// The log record that an item holds.
pub fn audit_of(item: &Item) -> Result<AuditRecord, TableError> {
    read(item)
}

/// The item of a log's head. Its version is the head's [`mark`](Head::mark), so that a condition
/// says "if the log still ends so": with `n` alone, two histories of equal length would pass for
/// one another.
pub fn head_item(scope: Scope, head: &Head) -> Result<Item, TableError> {
    let mut item = written(head_key(scope), head)?;
    item.version = head.mark();
    Ok(item)
}

/// The head that an item holds; also the one that the loser of a race found.
pub fn head_of(item: &Item) -> Result<Head, TableError> {
    read(item)
}

/// The locator of a ticket by its number.
pub fn number_item(
    family: FamilyId,
    number: &TicketNumber,
    ticket: TicketId,
) -> Result<Item, TableError> {
    written(number_key(family, number), &Locator::TicketId(ticket))
}

/// The locator of a ticket by the id it has in another system.
pub fn ext_item(
    family: FamilyId,
    (system, id): (&str, &str),
    ticket: TicketId,
) -> Result<Item, TableError> {
    written(ext_key(family, system, id), &Locator::TicketId(ticket))
}

/// The locator of a child, beside its parent.
pub fn child_item(family: FamilyId, parent: TicketId, child: TicketId) -> Result<Item, TableError> {
    written(child_key(family, parent, child), &Locator::TicketId(child))
}

/// The locator of a user by e-mail address.
pub fn email_item(email: &str, user: UserId) -> Result<Item, TableError> {
    written(email_key(email), &Locator::UserId(user))
}

/// What a locator points to.
pub fn located(item: &Item) -> Result<Locator, TableError> {
    read(item)
}

/// The item of something that time will do.
pub fn timer_item(family: FamilyId, timer: &Timer) -> Result<Item, TableError> {
    let key = timer_key(family, (timer.at, timer.kind), timer.ticket_id);
    written(key, timer)
}

fn unreadable(key: &Key, error: &serde_json::Error) -> TableError {
    TableError::Unreadable {
        key: key.clone(),
        detail: error.to_string(),
    }
}
