//! Tickets, as lists need them; the one place that writes them and so keeps their counters.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::super::Result;
use super::super::pen::Pen;
use super::super::sql::{
    Blob, limit, severity_at, severity_number, stage_number, status_at, status_number,
};
use super::super::tally::Counted;
use super::super::unread::Latest;
use super::{all, json};
use crate::model::id::{QueueId, TicketId, UserId};
use crate::model::known::FEW;
use crate::model::source::Timestamp;
use crate::model::status::Status;
use crate::model::ticket::Ticket;

/// How many bits of a row's id tell tickets of one second apart.
const WITHIN_SECOND: u32 = 20;

/// Creation dates beyond this many seconds from 1970 are ordered as if they were there.
const FARTHEST: i64 = 1 << 42;

/// The first id of a row for a ticket that was created at the moment or later.
pub(in super::super) fn first_id(created: Timestamp) -> i64 {
    created.0.clamp(-FARTHEST, FARTHEST) << WITHIN_SECOND
}

/// The row as it stands before a change.
struct Old {
    id: i64,
    created: Timestamp,
    unread: bool,
    counted: Option<Counted>,
}

/// How a row stands between read and unread.
pub(in super::super) struct Standing {
    id: i64,
    pub(in super::super) queue_id: QueueId,
    pub(in super::super) latest: Latest,
    pub(in super::super) unread: bool,
    counted: Option<Counted>,
}

pub(super) fn put(pen: &mut Pen<'_>, it: &Ticket) -> Result<()> {
    let old = old(pen, it.ticket_id)?;
    let unread = old.as_ref().is_some_and(|old| old.unread);
    let new = counted(it, unread);
    if let Some(counted) = old.as_ref().and_then(|old| old.counted.as_ref()) {
        pen.tally.take(counted);
    }
    if let Some(counted) = &new {
        pen.tally.give(counted);
    }
    let kept = old
        .as_ref()
        .filter(|old| old.created == it.common.creation_date);
    let id = match kept {
        Some(old) => old.id,
        None => {
            if let Some(old) = &old {
                forget_row(pen, old.id)?;
            }
            free_id(pen.conn, it)?
        }
    };
    write(pen, id, it)?;
    if unread && kept.is_none() {
        pen.run("UPDATE ticket SET unread = 1 WHERE id = ?1", [id])?;
    }
    if old.is_some() {
        pen.run("DELETE FROM ticket_tag WHERE id = ?1", [id])?;
    }
    for tag in it.tags.iter().filter(|_| new.is_some()) {
        pen.run(
            "INSERT INTO ticket_tag (id, tag) VALUES (?1, ?2)",
            params![id, tag],
        )?;
    }
    pen.stale.insert(it.ticket_id);
    Ok(())
}

/// Removes a ticket's row; what belongs to it stays.
pub(super) fn remove(pen: &mut Pen<'_>, ticket_id: TicketId) -> Result<()> {
    if let Some(old) = old(pen, ticket_id)? {
        if let Some(counted) = &old.counted {
            pen.tally.take(counted);
        }
        forget_row(pen, old.id)?;
    }
    pen.stale.remove(&ticket_id);
    Ok(())
}

/// What the counters look at; nothing, if lists don't show the ticket.
fn counted(it: &Ticket, unread: bool) -> Option<Counted> {
    listed(it).then_some(Counted {
        queue_id: it.queue_id,
        assigned_to: it.assigned_to,
        status: it.status,
        severity: it.severity,
        created: it.common.creation_date,
        resolved: it.resolved_date,
        unread,
    })
}

/// Whether lists and counters show the ticket.
fn listed(it: &Ticket) -> bool {
    !it.common.deleted && it.merged_into.is_none()
}

fn old(pen: &Pen<'_>, ticket_id: TicketId) -> Result<Option<Old>> {
    let sql =
        "SELECT id, created, listed, queue_id, assigned_to, status, severity, resolved, unread
               FROM ticket WHERE ticket_id = ?1 AND fam = ?2";
    let mut statement = pen.conn.prepare_cached(sql)?;
    let found = statement.query_row(params![Blob(ticket_id.0), pen.fam], read_old);
    Ok(found.optional()?)
}

fn read_old(row: &Row<'_>) -> rusqlite::Result<Old> {
    let created = Timestamp(row.get(1)?);
    let listed: bool = row.get(2)?;
    let queue_id = QueueId(row.get::<_, Blob>(3)?.0);
    let assigned_to = row.get::<_, Option<Blob>>(4)?.map(|blob| UserId(blob.0));
    let counted = Counted {
        queue_id,
        assigned_to,
        status: status_at(row.get(5)?),
        severity: severity_at(row.get(6)?),
        created,
        resolved: row.get::<_, Option<i64>>(7)?.map(Timestamp),
        unread: row.get(8)?,
    };
    Ok(Old {
        id: row.get(0)?,
        created,
        unread: counted.unread,
        counted: listed.then_some(counted),
    })
}

/// How a ticket stands between read and unread; nothing, if it is not here.
pub(in super::super) fn standing(pen: &Pen<'_>, ticket_id: TicketId) -> Result<Option<Standing>> {
    let sql = "SELECT id, created, listed, queue_id, assigned_to, status, severity, resolved,
                      unread, latest_seq, latest_by, latest_time
               FROM ticket WHERE ticket_id = ?1 AND fam = ?2";
    let mut statement = pen.conn.prepare_cached(sql)?;
    let found = statement.query_row(params![Blob(ticket_id.0), pen.fam], |row| {
        let old = read_old(row)?;
        Ok(Standing {
            id: old.id,
            queue_id: QueueId(row.get::<_, Blob>(3)?.0),
            latest: Latest {
                seq: row.get(9)?,
                by: row.get::<_, Option<Blob>>(10)?.map(|user| UserId(user.0)),
                time: Timestamp(row.get(11)?),
            },
            unread: old.unread,
            counted: old.counted,
        })
    });
    Ok(found.optional()?)
}

/// Notes how a ticket stands now between read and unread, and keeps the counters true to it.
pub(in super::super) fn mark(
    pen: &mut Pen<'_>,
    was: &Standing,
    latest: Latest,
    unread: bool,
) -> Result<()> {
    if let Some(counted) = &was.counted {
        pen.tally.take(counted);
        pen.tally.give(&Counted { unread, ..*counted });
    }
    pen.run(
        "UPDATE ticket SET unread = ?2, latest_seq = ?3, latest_by = ?4, latest_time = ?5
         WHERE id = ?1",
        params![
            was.id,
            unread,
            latest.seq,
            latest.by.map(|user| Blob(user.0)),
            latest.time.0
        ],
    )?;
    Ok(())
}

fn forget_row(pen: &Pen<'_>, id: i64) -> Result<()> {
    pen.run("DELETE FROM ticket_tag WHERE id = ?1", [id])?;
    pen.run("DELETE FROM ticket_text WHERE rowid = ?1", [id])?;
    pen.run("DELETE FROM ticket WHERE id = ?1", [id])?;
    Ok(())
}

/// An id that sorts by creation; among tickets of one second as their own ids do, which is how
/// the tickets-by-status index has them too.
fn free_id(conn: &Connection, it: &Ticket) -> Result<i64> {
    let mut id = first_id(it.common.creation_date) | within_second(it);
    let mut taken = conn.prepare_cached("SELECT 1 FROM ticket WHERE id = ?1")?;
    while taken.exists([id])? {
        id += 1;
    }
    Ok(id)
}

/// Where a ticket stands among those of its second: as its id was made, which is up to a while
/// before the backend says when the ticket began. An id that doesn't tell that, an import's too,
/// has a place that is at least always the same.
fn within_second(it: &Ticket) -> i64 {
    const PLACES: i64 = 1 << WITHIN_SECOND;
    let (high, low) = it.ticket_id.0.as_u64_pair();
    let made = i64::try_from(high >> 16).unwrap_or(i64::MAX);
    let end = it.common.creation_date.plus(1).0.saturating_mul(1000);
    match made.saturating_sub(end) {
        before @ ..0 if it.ticket_id.0.get_version_num() == 7 => (before + PLACES).max(0),
        _ => (low & ((1 << WITHIN_SECOND) - 1)).cast_signed(),
    }
}

fn write(pen: &mut Pen<'_>, id: i64, it: &Ticket) -> Result<()> {
    let (comments, last_comment) = comments_of(pen, it.ticket_id)?;
    let last_update = it.common.last_update.0;
    let mut statement = pen.conn.prepare_cached(
        "INSERT INTO ticket (id, fam, ticket_id, queue_id, number, number_count, title, severity,
            status, stage, assigned_to, assigned_group, created, resolved, due, snoozed,
            last_update, last_comment, activity, comments, parent, merged, requested_by, old_key, listed, untriaged,
            version, deleted, json)
         VALUES (:id, :fam, :ticket_id, :queue_id, :number, :number_count, :title, :severity,
            :status, :stage, :assigned_to, :assigned_group, :created, :resolved, :due, :snoozed,
            :last_update, :last_comment, :activity, :comments, :parent, :merged, :requested_by, :old_key, :listed,
            :untriaged, :version, :deleted, :json)
         ON CONFLICT (id) DO UPDATE SET
            queue_id = excluded.queue_id, number = excluded.number,
            number_count = excluded.number_count, title = excluded.title,
            severity = excluded.severity, status = excluded.status, stage = excluded.stage,
            assigned_to = excluded.assigned_to, assigned_group = excluded.assigned_group,
            resolved = excluded.resolved, due = excluded.due,
            snoozed = excluded.snoozed, last_update = excluded.last_update,
            last_comment = excluded.last_comment, activity = excluded.activity,
            comments = excluded.comments, parent = excluded.parent, merged = excluded.merged,
            requested_by = excluded.requested_by, old_key = excluded.old_key,
            listed = excluded.listed, untriaged = excluded.untriaged, version = excluded.version, deleted = excluded.deleted,
            json = excluded.json",
    )?;
    statement.execute(named_params! {
        ":id": id,
        ":fam": pen.fam,
        ":ticket_id": Blob(it.ticket_id.0),
        ":queue_id": Blob(it.queue_id.0),
        ":number": it.number.as_ref().map(ToString::to_string),
        ":number_count": it.number.as_ref().map(|number| number.count),
        ":title": it.title,
        ":severity": severity_number(it.severity),
        ":status": status_number(it.status),
        ":stage": stage_number(it.stage),
        ":assigned_to": it.assigned_to.map(|user| Blob(user.0)),
        ":assigned_group": it.assigned_group.map(|group| Blob(group.0)),
        ":created": it.common.creation_date.0,
        ":resolved": it.resolved_date.map(|at| at.0),
        ":due": it.due_date.map(|at| at.0),
        ":snoozed": it.snoozed_until.map(|at| at.0),
        ":last_update": last_update,
        ":last_comment": last_comment,
        ":activity": last_comment.unwrap_or(last_update).max(last_update),
        ":comments": comments,
        ":parent": it.parent_ticket.map(|ticket| Blob(ticket.0)),
        ":merged": it.merged_into.map(|ticket| Blob(ticket.0)),
        ":requested_by": Blob(it.requested_by.0),
        ":old_key": it.external_ref.as_deref().map(old_key),
        ":listed": listed(it),
        ":untriaged": listed(it) && it.is_untriaged(),
        ":version": it.common.version,
        ":deleted": it.common.deleted,
        ":json": json(it)?,
    })?;
    Ok(())
}

/// What a ticket was called where it came from, without the name of that system.
fn old_key(external_ref: &str) -> String {
    let (_, key) = external_ref.split_once(':').unwrap_or(("", external_ref));
    key.to_uppercase()
}

/// How many comments a ticket has here, and the newest one's date. For a ticket that is here
/// already, these stand in its row.
fn comments_of(pen: &mut Pen<'_>, ticket_id: TicketId) -> Result<(i64, Option<i64>)> {
    let kept = "SELECT comments, last_comment FROM ticket WHERE ticket_id = ?1 AND fam = ?2";
    let mut statement = pen.conn.prepare_cached(kept)?;
    let key = params![Blob(ticket_id.0), pen.fam];
    let found = statement.query_row(key, |row| Ok((row.get(0)?, row.get(1)?)));
    match found.optional()? {
        Some(found) => Ok(found),
        None => {
            // These are among them.
            pen.comments.remove(&ticket_id);
            let sql = "SELECT count(*), max(comment_date) FROM comment
                       WHERE ticket_id = ?1 AND fam = ?2 AND deleted = 0";
            let mut statement = pen.conn.prepare_cached(sql)?;
            Ok(statement.query_row(key, |row| Ok((row.get(0)?, row.get(1)?)))?)
        }
    }
}

/// Brings the counts of the comments that have come, gone or changed their dates up to date, and
/// with them when the tickets were last active.
pub(in super::super) fn count_comments(pen: &mut Pen<'_>) -> Result<()> {
    for (ticket_id, by) in std::mem::take(&mut pen.comments) {
        // Not asked within the update: SQLite would prepare that anew each time.
        let newest: Option<i64> = pen
            .conn
            .prepare_cached(
                "SELECT max(comment_date) FROM comment
                 WHERE fam = ?2 AND ticket_id = ?1 AND deleted = 0",
            )?
            .query_row(params![Blob(ticket_id.0), pen.fam], |row| row.get(0))?;
        pen.run(
            "UPDATE ticket SET comments = comments + ?3, last_comment = ?4,
                 activity = max(last_update, ifnull(?4, last_update))
             WHERE ticket_id = ?1 AND fam = ?2",
            params![Blob(ticket_id.0), pen.fam, by, newest],
        )?;
    }
    Ok(())
}

/// The live tickets below a ticket.
pub(in super::super) fn children(
    conn: &Connection,
    fam: i64,
    parent: TicketId,
) -> Result<Vec<Ticket>> {
    let sql = "SELECT json FROM ticket WHERE fam = ?1 AND parent = ?2 AND deleted = 0 ORDER BY id";
    all(conn, sql, params![fam, Blob(parent.0)])
}

/// The live, open tickets below a ticket.
pub(in super::super) fn open_children(
    conn: &Connection,
    fam: i64,
    parent: TicketId,
) -> Result<Vec<Ticket>> {
    let sql = "SELECT json FROM ticket WHERE fam = ?1 AND parent = ?2 AND deleted = 0
               AND status = ?3 ORDER BY id";
    let open = status_number(Status::Open);
    all(conn, sql, params![fam, Blob(parent.0), open])
}

/// The first few live tickets in a queue, merged ones included.
pub(in super::super) fn of_queue(
    conn: &Connection,
    fam: i64,
    queue_id: QueueId,
) -> Result<Vec<Ticket>> {
    let sql = "SELECT json FROM ticket INDEXED BY queue_severity
               WHERE fam = ?1 AND queue_id = ?2 AND listed = 1 LIMIT ?3";
    let found: Vec<Ticket> = all(conn, sql, params![fam, Blob(queue_id.0), limit(FEW)])?;
    if !found.is_empty() {
        return Ok(found);
    }
    let sql = "SELECT json FROM ticket WHERE fam = ?1 AND merged IS NOT NULL AND queue_id = ?2
               AND deleted = 0 LIMIT ?3";
    all(conn, sql, params![fam, Blob(queue_id.0), limit(FEW)])
}

/// The live tickets that were merged into a ticket, those among them that were merged into one
/// which went on into it.
pub(in super::super) fn merged_into(
    conn: &Connection,
    fam: i64,
    target: TicketId,
) -> Result<Vec<Ticket>> {
    // SQLite would rather read every ticket in the order of their ids than sort the few.
    let sql = "WITH RECURSIVE source (ticket_id) AS (
            SELECT ticket_id FROM ticket WHERE fam = ?1 AND merged = ?2 AND deleted = 0
            UNION SELECT ticket.ticket_id FROM source
                CROSS JOIN ticket ON ticket.merged = source.ticket_id
                WHERE fam = ?1 AND deleted = 0)
        SELECT json FROM source CROSS JOIN ticket USING (ticket_id)
        WHERE fam = ?1 AND ticket_id <> ?2 ORDER BY id";
    all(conn, sql, params![fam, Blob(target.0)])
}
