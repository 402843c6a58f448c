//! What ids are called, for whoever tells about them.

use std::collections::{BTreeSet, HashMap};

use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::Result;
use super::sql::Blob;
use super::view::Names;
use crate::model::id::{GroupId, QueueId, TicketId, UserId, WebhookId};

/// The names of a family's people, groups and queues, and of these tickets.
pub(super) fn of_family(
    conn: &Connection,
    fam: i64,
    tickets: &BTreeSet<TicketId>,
) -> Result<Names> {
    let people = "SELECT user_id, display_name FROM membership WHERE fam = ?1";
    let groups = "SELECT group_id, group_name FROM family_group WHERE fam = ?1";
    let queues = "SELECT queue_id, ifnull(group_name || ' / ', '') || queue_name FROM queue
                  LEFT JOIN family_group USING (fam, group_id) WHERE fam = ?1";
    let webhooks = "SELECT webhook_id, webhook_name FROM webhook WHERE fam = ?1";
    let mut names = Names {
        people: all(conn, people, fam, UserId)?,
        groups: all(conn, groups, fam, GroupId)?,
        queues: all(conn, queues, fam, QueueId)?,
        tickets: HashMap::new(),
        titles: HashMap::new(),
        webhooks: all(conn, webhooks, fam, WebhookId)?,
    };
    for ticket_id in tickets {
        if let Some((name, title)) = of_ticket(conn, fam, *ticket_id)? {
            names.tickets.insert(*ticket_id, name);
            names.titles.insert(*ticket_id, title);
        }
    }
    Ok(names)
}

fn all<K: Eq + std::hash::Hash>(
    conn: &Connection,
    sql: &str,
    fam: i64,
    key: impl Fn(Uuid) -> K,
) -> Result<HashMap<K, String>> {
    let mut statement = conn.prepare_cached(sql)?;
    let found = statement.query_map([fam], |row| {
        Ok((key(row.get::<_, Blob>(0)?.0), row.get(1)?))
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// What a ticket is called, and its title.
fn of_ticket(conn: &Connection, fam: i64, ticket_id: TicketId) -> Result<Option<(String, String)>> {
    let sql = "SELECT number, title FROM ticket WHERE ticket_id = ?1 AND fam = ?2";
    let mut statement = conn.prepare_cached(sql)?;
    let found = statement.query_row(params![Blob(ticket_id.0), fam], |row| {
        let number: Option<String> = row.get(0)?;
        let title: String = row.get(1)?;
        Ok((number.unwrap_or_else(|| format!("\"{title}\"")), title))
    });
    Ok(found.optional()?)
}

impl Names {
    /// Takes another family's names in.
    pub(super) fn extend(&mut self, other: Names) {
        self.people.extend(other.people);
        self.groups.extend(other.groups);
        self.queues.extend(other.queues);
        self.tickets.extend(other.tickets);
        self.titles.extend(other.titles);
        self.webhooks.extend(other.webhooks);
    }
}
