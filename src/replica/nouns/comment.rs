//! Comments, each in its place in the thread.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, params};

use super::super::Result;
use super::super::fulltext;
use super::super::pen::Pen;
use super::super::sql::{Blob, limit};
use super::json;
use crate::model::comment::Comment;
use crate::model::entity::EntityKey;
use crate::model::id::{CommentId, TicketId};
use crate::model::known::LAST_COMMENTS;
use crate::model::source::Timestamp;

/// How many bytes of a path are one comment's: five of its date, sixteen of its id.
const STEP: usize = 21;

/// How deep a thread is shown; what answers deeper stands beside what it answers.
const DEEPEST: usize = 16;

pub(super) fn put(pen: &mut Pen<'_>, it: &Comment) -> Result<()> {
    let before = seen(pen.conn, pen.fam, it.ticket_id, it.comment_id)?;
    let above = match it.reply_to {
        Some(parent) => path_of(pen.conn, pen.fam, it.ticket_id, parent)?,
        None => None,
    };
    let path = path_below(above.as_deref(), it.comment_date, it.comment_id);
    pen.run(
        "INSERT INTO comment
         (fam, ticket_id, comment_id, reply_to, comment_date, path, version, deleted, json)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (fam, ticket_id, comment_id) DO UPDATE SET
             reply_to = excluded.reply_to, comment_date = excluded.comment_date,
             path = excluded.path, version = excluded.version, deleted = excluded.deleted,
             json = excluded.json",
        params![
            pen.fam,
            Blob(it.ticket_id.0),
            Blob(it.comment_id.0),
            it.reply_to.map(|id| Blob(id.0)),
            it.comment_date.0,
            path,
            it.common.version,
            it.common.deleted,
            json(it)?
        ],
    )?;
    let old_path = before.as_ref().map(|(_, path)| path);
    if old_path != Some(&path) {
        move_replies(pen, it.ticket_id, it.comment_id, &path)?;
    }
    fulltext::note_blob(pen, it.key(), Some(&it.comment_body))?;
    let was = i64::from(before.is_some_and(|(deleted, _)| !deleted));
    let is = i64::from(!it.common.deleted);
    note(pen, it.ticket_id, is - was);
    Ok(())
}

pub(super) fn remove(pen: &mut Pen<'_>, ticket_id: TicketId, comment_id: CommentId) -> Result<()> {
    let Some((deleted, _)) = seen(pen.conn, pen.fam, ticket_id, comment_id)? else {
        return Ok(());
    };
    let key = EntityKey::Comment(ticket_id, comment_id);
    super::remove_row(pen, key)?;
    fulltext::note_blob(pen, key, None)?;
    note(pen, ticket_id, -i64::from(!deleted));
    Ok(())
}

/// The newest live comments on a ticket.
pub(in super::super) fn last(
    conn: &Connection,
    fam: i64,
    ticket_id: TicketId,
) -> Result<Vec<Comment>> {
    let sql = "SELECT json FROM comment WHERE fam = ?1 AND ticket_id = ?2 AND deleted = 0
               ORDER BY comment_date DESC LIMIT ?3";
    let few = limit(LAST_COMMENTS);
    super::all(conn, sql, params![fam, Blob(ticket_id.0), few])
}

/// A comment has come (+1), gone (-1) or changed (0): its ticket is seen to at the end.
fn note(pen: &mut Pen<'_>, ticket_id: TicketId, by: i64) {
    *pen.comments.entry(ticket_id).or_default() += by;
    pen.stale.insert(ticket_id);
}

/// How deep the comment with the given path stands; 0 for one that answers none.
pub(in super::super) fn depth(path: &[u8]) -> usize {
    (path.len() / STEP).saturating_sub(1)
}

/// Whether a comment is deleted, and its path.
fn seen(
    conn: &Connection,
    fam: i64,
    ticket_id: TicketId,
    comment_id: CommentId,
) -> Result<Option<(bool, Vec<u8>)>> {
    let sql = "SELECT deleted, path FROM comment
               WHERE fam = ?1 AND ticket_id = ?2 AND comment_id = ?3";
    let mut statement = conn.prepare_cached(sql)?;
    let key = params![fam, Blob(ticket_id.0), Blob(comment_id.0)];
    let found = statement.query_row(key, |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(found.optional()?)
}

fn path_of(
    conn: &Connection,
    fam: i64,
    ticket_id: TicketId,
    comment_id: CommentId,
) -> Result<Option<Vec<u8>>> {
    Ok(seen(conn, fam, ticket_id, comment_id)?.map(|(_, path)| path))
}

fn path_below(above: Option<&[u8]>, date: Timestamp, comment_id: CommentId) -> Vec<u8> {
    let above = above.unwrap_or_default();
    let above = &above[..above.len().min((DEEPEST - 1) * STEP)];
    let mut path = above.to_vec();
    // Five bytes reach from 1970 to the year 36,800.
    let date = u64::try_from(date.0).unwrap_or(0).min((1 << 40) - 1);
    path.extend_from_slice(&date.to_be_bytes()[3..]);
    path.extend_from_slice(comment_id.0.as_bytes());
    path
}

/// Gives everything that answers the comment its new place. Answers may arrive before what they
/// answer, and a hostile thread may go in a circle.
fn move_replies(
    pen: &Pen<'_>,
    ticket_id: TicketId,
    comment_id: CommentId,
    path: &[u8],
) -> Result<()> {
    let mut moved = HashSet::from([comment_id]);
    let mut above = vec![(comment_id, path.to_vec())];
    while let Some((parent, path)) = above.pop() {
        for (reply, date) in replies_to(pen, ticket_id, parent)? {
            if !moved.insert(reply) {
                continue;
            }
            let path = path_below(Some(&path), date, reply);
            pen.run(
                "UPDATE comment SET path = ?4
                 WHERE fam = ?1 AND ticket_id = ?2 AND comment_id = ?3",
                params![pen.fam, Blob(ticket_id.0), Blob(reply.0), path],
            )?;
            above.push((reply, path));
        }
    }
    Ok(())
}

fn replies_to(
    pen: &Pen<'_>,
    ticket_id: TicketId,
    parent: CommentId,
) -> Result<Vec<(CommentId, Timestamp)>> {
    let sql = "SELECT comment_id, comment_date FROM comment
               WHERE fam = ?1 AND ticket_id = ?2 AND reply_to = ?3";
    let mut statement = pen.conn.prepare_cached(sql)?;
    let key = params![pen.fam, Blob(ticket_id.0), Blob(parent.0)];
    let found = statement.query_map(key, |row| {
        Ok((CommentId(row.get::<_, Blob>(0)?.0), Timestamp(row.get(1)?)))
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}
