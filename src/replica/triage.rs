//! Whom nobody has looked after yet: the untriaged tickets, gravest first, then oldest first.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::sql::{Blob, count, limit};
use super::view::Triage;
use super::{Result, family_view, nouns, tally};
use crate::model::entity::EntityKey;
use crate::model::id::{FamilyId, TicketId};
use crate::model::record::Record;

/// The queues whose tickets this person works.
const MINE: &str = "queue_id IN (SELECT queue_id FROM queue WHERE fam = ?1 AND group_id IN
    (SELECT group_id FROM group_membership WHERE fam = ?1 AND user_id = ?2 AND live = 1))";

/// The first ticket that this person may triage and has not passed, and how many more there are.
pub(super) fn triage(
    conn: &Connection,
    family_id: FamilyId,
    passed: &[TicketId],
) -> Result<Triage> {
    let me = family_view::me(conn)?;
    let (Some(fam), Some(me)) = (tally::family_number(conn, family_id)?, me) else {
        return Ok(Triage::default());
    };
    let membership = nouns::get(conn, fam, EntityKey::Membership(me))?;
    let admin = matches!(membership, Some(Record::Membership(it)) if it.is_live() && it.is_admin);
    let which = if admin { "?2 = ?2" } else { MINE };
    let who = [Value::from(fam), Value::Blob(me.0.as_bytes().to_vec())];

    let sql = format!(
        "SELECT ticket_id FROM ticket INDEXED BY untriaged
         WHERE fam = ?1 AND untriaged = 1 AND {which} ORDER BY severity, id LIMIT ?3"
    );
    let most = Value::from(limit(passed.len() + 1));
    let mut statement = conn.prepare_cached(&sql)?;
    let found = statement
        .query_map(params_from_iter(who.iter().cloned().chain([most])), |row| {
            Ok(TicketId(row.get::<_, Blob>(0)?.0))
        })?;
    let mut next = None;
    for ticket_id in found {
        let ticket_id = ticket_id?;
        if !passed.contains(&ticket_id) {
            next = Some(ticket_id);
            break;
        }
    }

    let sql = format!(
        "SELECT count(*) FROM ticket INDEXED BY untriaged
         WHERE fam = ?1 AND untriaged = 1 AND {which}"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let all = statement.query_row(params_from_iter(who.iter().cloned()), |row| row.get(0))?;
    let mut left = count(all);
    for ticket_id in passed {
        left = left.saturating_sub(u64::from(is_untriaged(conn, fam, *ticket_id)?));
    }
    Ok(Triage { next, left })
}

fn is_untriaged(conn: &Connection, fam: i64, ticket_id: TicketId) -> Result<bool> {
    let sql = "SELECT untriaged FROM ticket WHERE ticket_id = ?1 AND fam = ?2";
    let mut statement = conn.prepare_cached(sql)?;
    let found = statement.query_row(params![Blob(ticket_id.0), fam], |row| row.get(0));
    Ok(found.optional()?.unwrap_or(false))
}
