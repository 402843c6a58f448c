//! The entities' tables, one file per noun. Here is the one place where all of them are listed.

use rusqlite::{Connection, OptionalExtension, ToSql, params_from_iter};

use super::Result;
use super::pen::Pen;
use super::sql::Blob;
use crate::model::entity::{EntityKey, EntityType};
use crate::model::record::Record;

pub(super) mod attachment;
pub(super) mod comment;
pub(super) mod description;
pub(super) mod family;
pub(super) mod group;
pub(super) mod group_membership;
pub(super) mod membership;
pub(super) mod participant;
pub(super) mod queue;
pub(super) mod read_marker;
pub(super) mod ticket;
pub(super) mod user;
pub(super) mod webhook;

/// Puts an entity as it is now, over whatever was there.
pub(super) fn put(pen: &mut Pen<'_>, record: &Record) -> Result<()> {
    pen.news.note(record);
    match record {
        Record::User(it) => user::put(pen, it),
        Record::Family(it) => family::put(pen, it),
        Record::Membership(it) => membership::put(pen, it),
        Record::Group(it) => group::put(pen, it),
        Record::GroupMembership(it) => group_membership::put(pen, it),
        Record::Queue(it) => queue::put(pen, it),
        Record::Ticket(it) => ticket::put(pen, it),
        Record::Description(it) => description::put(pen, it),
        Record::Participant(it) => participant::put(pen, it),
        Record::Comment(it) => comment::put(pen, it),
        Record::Attachment(it) => attachment::put(pen, it),
        Record::ReadMarker(it) => read_marker::put(pen, it),
        Record::Webhook(it) => webhook::put(pen, it),
    }
}

/// Removes an entity.
pub(super) fn remove(pen: &mut Pen<'_>, key: EntityKey) -> Result<()> {
    pen.news.look_again(key);
    match key {
        EntityKey::Ticket(ticket_id) => ticket::remove(pen, ticket_id),
        EntityKey::Description(ticket_id) => description::remove(pen, ticket_id),
        EntityKey::Comment(ticket_id, comment_id) => comment::remove(pen, ticket_id, comment_id),
        EntityKey::User(_)
        | EntityKey::Family(_)
        | EntityKey::Membership(_)
        | EntityKey::Group(_)
        | EntityKey::GroupMembership(..)
        | EntityKey::Queue(_)
        | EntityKey::Participant(..)
        | EntityKey::Attachment(..)
        | EntityKey::ReadMarker(..)
        | EntityKey::Webhook(_) => remove_row(pen, key),
    }
}

/// An entity as it is now, deleted or not.
pub(super) fn get(conn: &Connection, fam: i64, key: EntityKey) -> Result<Option<Record>> {
    let json: Option<String> = at(conn, fam, key, "json")?;
    Ok(match json {
        Some(json) => Some(Record::from_bytes(key.entity_type(), json.as_bytes())?),
        None => None,
    })
}

/// The version of an entity; absent if it is not here.
pub(super) fn version(conn: &Connection, fam: i64, key: EntityKey) -> Result<Option<i64>> {
    at(conn, fam, key, "version")
}

/// An entity's JSON, for its `json` column.
pub(super) fn json(of: &impl serde::Serialize) -> Result<String> {
    Ok(serde_json::to_string(of)?)
}

/// Every table of entities and the columns of its key after `fam`, by kind.
pub(super) fn table_of(kind: EntityType) -> (&'static str, &'static [&'static str]) {
    match kind {
        EntityType::User => ("user", &["user_id"]),
        EntityType::Family => ("family", &["family_id"]),
        EntityType::Membership => ("membership", &["user_id"]),
        EntityType::Group => ("family_group", &["group_id"]),
        EntityType::GroupMembership => ("group_membership", &["group_id", "user_id"]),
        EntityType::Queue => ("queue", &["queue_id"]),
        EntityType::Ticket => ("ticket", &["ticket_id"]),
        EntityType::Description => ("description", &["ticket_id"]),
        EntityType::Participant => ("participant", &["ticket_id", "role", "user_id"]),
        EntityType::Comment => ("comment", &["ticket_id", "comment_id"]),
        EntityType::Attachment => ("attachment", &["ticket_id", "attachment_id"]),
        EntityType::ReadMarker => ("read_marker", &["ticket_id", "user_id"]),
        EntityType::Webhook => ("webhook", &["webhook_id"]),
    }
}

fn at<T: rusqlite::types::FromSql>(
    conn: &Connection,
    fam: i64,
    key: EntityKey,
    column: &str,
) -> Result<Option<T>> {
    let (table, place) = place_of(key.entity_type());
    let sql = format!("SELECT {column} FROM {table} WHERE {place}");
    let values = values_of(fam, key);
    let mut statement = conn.prepare_cached(&sql)?;
    let found = statement.query_row(params_from_iter(values), |row| row.get(0));
    Ok(found.optional()?)
}

fn remove_row(pen: &Pen<'_>, key: EntityKey) -> Result<()> {
    let (table, place) = place_of(key.entity_type());
    let sql = format!("DELETE FROM {table} WHERE {place}");
    pen.run(&sql, params_from_iter(values_of(pen.fam, key)))?;
    Ok(())
}

fn place_of(kind: EntityType) -> (&'static str, String) {
    let (table, columns) = table_of(kind);
    let place = columns.iter().fold("fam = ?".to_owned(), |sql, column| {
        sql + " AND " + column + " = ?"
    });
    (table, place)
}

/// The values of an entity's key: the family's number, then those of its columns.
pub(super) fn values_of(fam: i64, key: EntityKey) -> Vec<Box<dyn ToSql>> {
    let mut values: Vec<Box<dyn ToSql>> = vec![Box::new(fam)];
    let mut id = |id| values.push(Box::new(Blob(id)));
    match key {
        EntityKey::User(user) | EntityKey::Membership(user) => id(user.0),
        EntityKey::Family(family) => id(family.0),
        EntityKey::Group(group) => id(group.0),
        EntityKey::GroupMembership(group, user) => {
            id(group.0);
            id(user.0);
        }
        EntityKey::Queue(queue) => id(queue.0),
        EntityKey::Webhook(webhook) => id(webhook.0),
        EntityKey::Ticket(ticket) | EntityKey::Description(ticket) => id(ticket.0),
        EntityKey::Participant(ticket, role, user) => {
            id(ticket.0);
            values.push(Box::new(role.as_str()));
            values.push(Box::new(Blob(user.0)));
        }
        EntityKey::Comment(ticket, comment) => {
            id(ticket.0);
            id(comment.0);
        }
        EntityKey::Attachment(ticket, attachment) => {
            id(ticket.0);
            id(attachment.0);
        }
        EntityKey::ReadMarker(ticket, user) => {
            id(ticket.0);
            id(user.0);
        }
    }
    values
}

/// The records whose JSON a statement gives, all of one kind.
pub(super) fn all<T: serde::de::DeserializeOwned>(
    conn: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
) -> Result<Vec<T>> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let json = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        found.push(serde_json::from_str(json)?);
    }
    Ok(found)
}
