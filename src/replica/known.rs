//! What the rules need to know, answered from the tables.

use rusqlite::{Connection, params};

use super::nouns::{
    self, attachment, comment, group_membership, membership, participant, queue, ticket, webhook,
};
use super::{Result, family_of};
use crate::model::audit::{self, AuditRecord};
use crate::model::change::Change;
use crate::model::command::{Actor, Command};
use crate::model::entity::EntityKey;
use crate::model::id::TicketId;
use crate::model::known::{Known, Need, Stop};
use crate::model::record::Record;
use crate::model::refusal::Refusal;
use crate::model::rules;
use crate::model::source::Timestamp;

/// What the rules say to a command, over the view as it is now.
pub(super) fn decide(
    conn: &Connection,
    fam: i64,
    given: (&Command, &Actor, Timestamp),
) -> Result<std::result::Result<Vec<Change>, Refusal>> {
    let (command, actor, now) = given;
    let mut known = Known::new(family_of(conn, fam)?);
    loop {
        match rules::decide(command, actor, now, &known) {
            Ok(changes) => return Ok(Ok(changes)),
            Err(Stop::Refused(refusal)) => return Ok(Err(refusal)),
            Err(Stop::Need(needs)) => {
                for need in needs {
                    known.learn(need, found(conn, fam, need)?);
                }
            }
        }
    }
}

fn found(conn: &Connection, fam: i64, need: Need) -> Result<Vec<Record>> {
    Ok(match need {
        Need::Entity(key) => nouns::get(conn, fam, key)?.into_iter().collect(),
        Need::Admins => records(membership::admins(conn, fam)?),
        Need::GroupsOf(user_id) => records(group_membership::of_user(conn, fam, user_id)?),
        Need::Participants(ticket_id) => records(participant::of_ticket(conn, fam, ticket_id)?),
        Need::Attachments(ticket_id) => records(attachment::of_ticket(conn, fam, ticket_id)?),
        Need::OpenChildren(ticket_id) => records(ticket::open_children(conn, fam, ticket_id)?),
        Need::LiveTickets(queue_id) => records(ticket::of_queue(conn, fam, queue_id)?),
        Need::LiveQueues(group_id) => records(queue::of_group(conn, fam, group_id)?),
        Need::OpenInvitations => records(membership::invited(conn, fam)?),
        Need::Webhooks => records(webhook::live(conn, fam)?),
        Need::StatusSince(ticket_id, seen) => status_since(conn, fam, (ticket_id, seen))?,
        Need::LastComments(ticket_id) => records(comment::last(conn, fam, ticket_id)?),
    })
}

/// As far as the log is here.
fn status_since(conn: &Connection, fam: i64, of: (TicketId, i64)) -> Result<Vec<Record>> {
    let (ticket_id, seen) = of;
    let key = EntityKey::Ticket(ticket_id);
    let sql = "SELECT json FROM event WHERE fam = ?1 AND entity_type = ?2 AND entity_id = ?3
               AND seq > ?4 ORDER BY seq";
    let kind = key.entity_type().as_str();
    let of_ticket = params![fam, kind, key.entity_id(), seen];
    let found: Vec<AuditRecord> = nouns::all(conn, sql, of_ticket)?;
    Ok(audit::status_changes(found.iter()))
}

fn records<T: Into<Record>>(found: Vec<T>) -> Vec<Record> {
    found.into_iter().map(Into::into).collect()
}
