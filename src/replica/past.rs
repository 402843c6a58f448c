//! The past that is still to be fetched: the family's before the snapshot from which the log is
//! followed, and that of each ticket that came into sight since. What is noted here says how far
//! it has come, so that it goes on where it stopped.

use rusqlite::{Connection, OptionalExtension, params};

use super::pull::{keep_event, place};
use super::{Replica, Result, Verdict, family_of, newer, number_family};
use crate::model::id::{FamilyId, TicketId};
use crate::wire::sync::{PastOf, PastPage};

impl Replica {
    /// What is to be fetched next, if anything: tickets first, for somebody looks at those.
    pub fn past_wanted(&self) -> Result<Option<(FamilyId, PastOf)>> {
        let sql = "SELECT fam, ticket, page FROM past ORDER BY ticket = '' LIMIT 1";
        let mut statement = self.conn.prepare_cached(sql)?;
        let found = statement.query_row([], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, Option<String>>(2)?,
            ))
        });
        let Some((fam, ticket, page)) = found.optional()? else {
            return Ok(None);
        };
        let Some((cursor, _)) = place(&self.conn, fam)? else {
            return Ok(None);
        };
        let ticket_id = ticket.parse().ok();
        let page = match ticket_id {
            None => page.or_else(|| Some(cursor.seq.saturating_add(1).to_string())),
            Some(_) => page,
        };
        let of = PastOf {
            epoch: cursor.epoch,
            ticket_id,
            page,
        };
        Ok(Some((family_of(&self.conn, fam)?, of)))
    }

    /// Keeps a part of the past. Where something else is wanted by now, nothing is kept: it was
    /// fetched for a state of the family that is gone.
    pub fn add_past(&mut self, family_id: FamilyId, of: &PastOf, page: &PastPage) -> Result<()> {
        if self.past_wanted()?.as_ref() != Some(&(family_id, of.clone())) {
            return Ok(());
        }
        self.take_in(|conn, _| {
            let fam = number_family(conn, family_id)?;
            for record in &page.records {
                keep_event(conn, fam, record)?;
            }
            newer::add(conn, fam, page.records.newer())?;
            let ticket = of.ticket_id.map_or_else(String::new, |it| it.to_string());
            match &page.next {
                Some(next) => note(conn, fam, (&ticket, Some(next)))?,
                None => {
                    let sql = "DELETE FROM past WHERE fam = ?1 AND ticket = ?2";
                    conn.prepare_cached(sql)?.execute(params![fam, ticket])?;
                }
            }
            Ok(Verdict::Keep(()))
        })
    }
}

/// All that happened in the family before where its log is followed from is wanted.
pub(super) fn want_all(conn: &Connection, fam: i64) -> Result<()> {
    forget(conn, fam)?;
    note(conn, fam, ("", None))
}

/// What happened to a ticket before it came into sight is wanted.
pub(super) fn want_ticket(conn: &Connection, fam: i64, ticket_id: TicketId) -> Result<()> {
    note(conn, fam, (&ticket_id.to_string(), None))
}

fn note(conn: &Connection, fam: i64, (ticket, page): (&str, Option<&String>)) -> Result<()> {
    conn.prepare_cached("REPLACE INTO past (fam, ticket, page) VALUES (?1, ?2, ?3)")?
        .execute(params![fam, ticket, page])?;
    Ok(())
}

pub(super) fn forget(conn: &Connection, fam: i64) -> Result<()> {
    conn.execute("DELETE FROM past WHERE fam = ?1", [fam])?;
    Ok(())
}

pub(super) fn forget_ticket(conn: &Connection, fam: i64, ticket_id: TicketId) -> Result<()> {
    conn.prepare_cached("DELETE FROM past WHERE fam = ?1 AND ticket = ?2")?
        .execute(params![fam, ticket_id.to_string()])?;
    Ok(())
}

/// Whether some of the past of a ticket, or where none is named of anything, is still wanted.
pub(super) fn is_wanted(conn: &Connection, fam: i64, ticket: Option<TicketId>) -> Result<bool> {
    let sql = "SELECT 1 FROM past WHERE fam = ?1 AND (?2 IS NULL OR ticket IN ('', ?2))";
    let ticket = ticket.map(|it| it.to_string());
    Ok(conn.prepare_cached(sql)?.exists(params![fam, ticket])?)
}
