//! What was deleted and can be restored.

use std::cmp::{Ordering, Reverse};

use rusqlite::{Connection, ToSql, params_from_iter};

use super::Result;
use super::nouns::{self, membership};
use super::sql::limit;
use super::tally::family_number;
use super::view::{DeletedPlace, DeletedRow};
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::{FamilyId, TicketId, UserId};
use crate::model::record::Record;
use crate::model::ticket::Ticket;

/// The kinds that are deleted and restored by themselves, in the order of what was deleted in the
/// same second.
const KINDS: [EntityType; 6] = [
    EntityType::Ticket,
    EntityType::Comment,
    EntityType::Attachment,
    EntityType::Queue,
    EntityType::Group,
    EntityType::Webhook,
];
/// How much of what was said tells a comment from another, in characters.
const BEGINNING: usize = 60;

/// What was deleted in the family, the latest first, behind the given place.
pub(super) fn deleted(
    conn: &Connection,
    family_id: FamilyId,
    (after, rows): (Option<DeletedPlace>, usize),
) -> Result<Vec<DeletedRow>> {
    let Some(fam) = family_number(conn, family_id)? else {
        return Ok(Vec::new());
    };
    let mut records = Vec::new();
    for kind in KINDS {
        records.extend(of_kind(conn, fam, kind, (after, rows))?);
    }
    let order = |record: &Record| {
        let key = record.key();
        let latest_first = Reverse(record.common().last_update);
        (latest_first, place_of(key.entity_type()), key)
    };
    records.sort_by_key(order);
    records.truncate(rows);
    records
        .iter()
        .map(|record| row_of(conn, fam, record))
        .collect()
}

fn of_kind(
    conn: &Connection,
    fam: i64,
    kind: EntityType,
    (after, rows): (Option<DeletedPlace>, usize),
) -> Result<Vec<Record>> {
    let (table, columns) = nouns::table_of(kind);
    let columns = columns.join(", ");
    let mut values: Vec<Box<dyn ToSql>> = vec![Box::new(fam), Box::new(limit(rows))];
    let behind = match after {
        None => String::new(),
        Some(after) => {
            values.push(Box::new(after.deleted.0));
            let of = after.key.entity_type();
            match place_of(kind).cmp(&place_of(of)) {
                Ordering::Less => "AND json ->> 'last_update' < ?3".to_owned(),
                Ordering::Greater => "AND json ->> 'last_update' <= ?3".to_owned(),
                Ordering::Equal => {
                    // The first of a key's values is the family.
                    values.extend(nouns::values_of(fam, after.key).into_iter().skip(1));
                    let marks: Vec<String> =
                        (4..=values.len()).map(|it| format!("?{it}")).collect();
                    format!(
                        "AND (json ->> 'last_update' < ?3
                         OR (json ->> 'last_update' = ?3 AND ({columns}) > ({})))",
                        marks.join(", ")
                    )
                }
            }
        }
    };
    let sql = format!(
        "SELECT json FROM {table} WHERE fam = ?1 AND deleted = 1 {behind}
         ORDER BY json ->> 'last_update' DESC, {columns} LIMIT ?2"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut found = statement.query(params_from_iter(values))?;
    let mut records = Vec::new();
    while let Some(row) = found.next()? {
        let json = row.get_ref(0)?.as_bytes().map_err(rusqlite::Error::from)?;
        records.push(Record::from_bytes(kind, json)?);
    }
    Ok(records)
}

fn place_of(kind: EntityType) -> usize {
    let place = KINDS.iter().position(|it| *it == kind);
    place.unwrap_or(KINDS.len())
}

fn row_of(conn: &Connection, fam: i64, record: &Record) -> Result<DeletedRow> {
    let key = record.key();
    let (label, detail) = words_of(conn, fam, record)?;
    Ok(DeletedRow {
        key,
        label,
        detail,
        deleted: record.common().last_update,
        by: deleted_by(conn, fam, record)?,
    })
}

fn words_of(conn: &Connection, fam: i64, record: &Record) -> Result<(String, String)> {
    Ok(match record {
        Record::Ticket(ticket) => (number_of(ticket), ticket.title.clone()),
        Record::Comment(comment) => {
            let text = comment.comment_body.preview();
            let line = text.lines().find(|line| !line.trim().is_empty());
            let beginning = line.unwrap_or_default().chars().take(BEGINNING).collect();
            (
                beginning,
                on(conn, fam, (comment.comment_user, comment.ticket_id))?,
            )
        }
        Record::Attachment(it) => {
            let by = (it.common.created_by, it.ticket_id);
            (it.file_name.clone(), on(conn, fam, by)?)
        }
        Record::Queue(queue) => {
            let group = nouns::get(conn, fam, EntityKey::Group(queue.group_id))?;
            let group = match group {
                Some(Record::Group(group)) => group.group_name,
                _ => String::new(),
            };
            (queue.queue_name.clone(), group)
        }
        Record::Group(group) => (group.group_name.clone(), group.group_description.clone()),
        Record::Webhook(webhook) => (webhook.webhook_name.clone(), webhook.url.clone()),
        other => (other.key().entity_id(), String::new()),
    })
}

/// Whose it is, and on which ticket.
fn on(conn: &Connection, fam: i64, (author, ticket_id): (UserId, TicketId)) -> Result<String> {
    let author = membership::name_of(conn, fam, author)?;
    let ticket = nouns::get(conn, fam, EntityKey::Ticket(ticket_id))?;
    Ok(match ticket {
        Some(Record::Ticket(ticket)) => format!("{author} on {}", number_of(&ticket)),
        _ => author,
    })
}

fn number_of(ticket: &Ticket) -> String {
    let number = ticket.number.as_ref().map(ToString::to_string);
    number.unwrap_or_else(|| ticket.ticket_id.to_string())
}

/// Who deleted it: nobody can write what is deleted, so it was whoever wrote it last.
fn deleted_by(conn: &Connection, fam: i64, record: &Record) -> Result<String> {
    match record.common().written {
        Some(written) => membership::name_of(conn, fam, written.by),
        None => Ok(String::new()),
    }
}
