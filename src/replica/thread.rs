//! A ticket with what was said about it, windowed by place in the thread.

use std::collections::{BTreeMap, HashMap};

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::files::Files;
use super::nouns::comment::depth;
use super::nouns::{self, group, membership, participant, ticket};
use super::rows::is_unsent;
use super::sql::{Blob, count, limit};
use super::view::{CommentRow, FileRow, Party, Thread};
use super::{BlobSource, Result, files, fulltext};
use crate::model::comment::Comment;
use crate::model::entity::EntityKey;
use crate::model::id::{GroupId, TicketId, UserId};
use crate::model::participant::ParticipantRole;
use crate::model::record::Record;
use crate::model::ticket::Ticket;

/// Which comments of a thread.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slice {
    pub(super) first: u64,
    pub(super) limit: usize,
}

/// A ticket and a part of its thread; nothing, if it is not here or is deleted.
pub(super) fn thread(
    conn: &Connection,
    ticket_id: TicketId,
    slice: Slice,
    blobs: Option<&BlobSource>,
) -> Result<Option<Thread>> {
    let sql = "SELECT fam, json, unread, latest_seq FROM ticket
               WHERE ticket_id = ?1 AND deleted = 0";
    let mut statement = conn.prepare_cached(sql)?;
    let found = statement.query_row([Blob(ticket_id.0)], |row| {
        let (fam, json): (i64, String) = (row.get(0)?, row.get(1)?);
        Ok((fam, json, row.get(2)?, row.get(3)?))
    });
    let Some((fam, json, unread, latest_seq)) = found.optional()? else {
        return Ok(None);
    };
    let ticket: Ticket = serde_json::from_str(&json)?;
    let merged = ticket::merged_into(conn, fam, ticket_id)?;
    let scene = Scene {
        conn,
        fam,
        blobs,
        merged: merged.iter().map(|it| (it.ticket_id, label(it))).collect(),
    };
    let sources: Vec<TicketId> = merged
        .iter()
        .map(|it| it.ticket_id)
        .chain([ticket_id])
        .collect();
    let mut files = files::of_tickets(&scene, &sources)?;
    let total = scene.count(&sources)?;
    let mut comments = scene.comments(&sources, slice)?;
    for row in &mut comments {
        row.author = scene.name(row.author_id)?;
        row.files = files.remove(&Some(row.comment_id)).unwrap_or_default();
    }
    let description = scene.description(ticket_id)?;
    let (queue_name, group_id, group_name) = scene.home(&ticket)?;
    Ok(Some(Thread {
        description,
        queue_name,
        group_id,
        group_name,
        requester: scene.name(ticket.requested_by)?,
        assignee: match ticket.assigned_to {
            Some(user_id) => scene.name(user_id)?,
            None => String::new(),
        },
        assignee_group: match ticket.assigned_group {
            Some(group_id) => scene.group_name(group_id)?,
            None => String::new(),
        },
        participants: scene.participants(&ticket)?,
        files: files.remove(&None).unwrap_or_default(),
        files_elsewhere: scene.on_live_comments(files)?,
        comments,
        first: slice.first,
        total,
        unread,
        latest_seq,
        unsent: is_unsent(conn, fam, ticket_id)?,
        merged_into: match ticket.merged_into {
            Some(into) => scene.label_of(into)?,
            None => None,
        },
        merged,
        part_of: match ticket.parent_ticket {
            Some(parent) => scene.label_of(parent)?,
            None => None,
        },
        parts: ticket::children(conn, fam, ticket_id)?,
        ticket,
    }))
}

/// What a person calls the ticket.
fn label(ticket: &Ticket) -> String {
    let number = ticket.number.as_ref().map(ToString::to_string);
    number.unwrap_or_else(|| ticket.title.clone())
}

pub(super) struct Scene<'a> {
    pub(super) conn: &'a Connection,
    pub(super) fam: i64,
    blobs: Option<&'a BlobSource>,
    /// The tickets that were merged into this one, with what they are called.
    merged: HashMap<TicketId, String>,
}

impl Scene<'_> {
    fn count(&self, sources: &[TicketId]) -> Result<u64> {
        let sql = "SELECT comments FROM ticket WHERE ticket_id = ?1 AND fam = ?2";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut total = 0;
        for source in sources {
            let key = params![Blob(source.0), self.fam];
            total += count(statement.query_row(key, |row| row.get(0))?);
        }
        Ok(total)
    }

    fn comments(&self, sources: &[TicketId], slice: Slice) -> Result<Vec<CommentRow>> {
        let marks = vec!["?"; sources.len()].join(", ");
        let sql = format!(
            "SELECT json, path FROM comment INDEXED BY thread
             WHERE fam = ? AND ticket_id IN ({marks}) AND deleted = 0
             ORDER BY path, id LIMIT ? OFFSET ?"
        );
        let sources = sources
            .iter()
            .map(|source| Value::Blob(source.0.as_bytes().to_vec()));
        let values = [Value::from(self.fam)].into_iter().chain(sources).chain([
            Value::from(limit(slice.limit)),
            Value::from(i64::try_from(slice.first).unwrap_or(i64::MAX)),
        ]);
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let json = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            let path = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
            found.push(self.comment(&serde_json::from_str(json)?, path)?);
        }
        Ok(found)
    }

    fn comment(&self, it: &Comment, path: &[u8]) -> Result<CommentRow> {
        let origin = it.origin_ticket.unwrap_or(it.ticket_id);
        let origin = match self.merged.get(&origin) {
            Some(label) => Some(label.clone()),
            None if it.origin_ticket.is_some() => self.label_of(origin)?,
            None => None,
        };
        let key = it.key();
        Ok(CommentRow {
            comment_id: it.comment_id,
            author_id: it.comment_user,
            author: String::new(),
            author_kind: it.author_kind,
            body: fulltext::whole(&it.comment_body, self.blobs),
            comment_date: it.comment_date,
            edited: it.common.version > 1,
            depth: depth(path),
            internal: match it.internal {
                Some(group_id) => Some(self.group_name(group_id)?),
                None => None,
            },
            origin,
            files: Vec::new(),
            unsent: self.is_unsent(key)?,
        })
    }

    pub(super) fn is_unsent(&self, key: EntityKey) -> Result<bool> {
        let sql = "SELECT 1 FROM shadow WHERE fam = ?1 AND entity_type = ?2 AND entity_id = ?3";
        let mut statement = self.conn.prepare_cached(sql)?;
        let kind = key.entity_type().as_str();
        Ok(statement.exists(params![self.fam, kind, key.entity_id()])?)
    }

    /// The files of the comments that are not deleted, oldest first.
    fn on_live_comments(&self, files: Files) -> Result<Vec<FileRow>> {
        let mut found = Vec::new();
        for (comment_id, files) in files {
            let Some((comment_id, file)) = comment_id.zip(files.first()) else {
                continue;
            };
            let key = EntityKey::Comment(file.ticket_id, comment_id);
            let comment = nouns::get(self.conn, self.fam, key)?;
            if comment.is_some_and(|it| !it.common().deleted) {
                found.extend(files);
            }
        }
        found.sort_by_key(|it| it.attachment_id);
        Ok(found)
    }

    fn label_of(&self, ticket_id: TicketId) -> Result<Option<String>> {
        let key = EntityKey::Ticket(ticket_id);
        Ok(match nouns::get(self.conn, self.fam, key)? {
            Some(Record::Ticket(it)) => Some(label(&it)),
            _ => None,
        })
    }

    fn description(&self, ticket_id: TicketId) -> Result<Option<String>> {
        let key = EntityKey::Description(ticket_id);
        Ok(match nouns::get(self.conn, self.fam, key)? {
            Some(Record::Description(it)) => {
                let text = fulltext::whole(&it.description, self.blobs);
                (!it.common.deleted).then_some(text)
            }
            _ => None,
        })
    }

    fn home(&self, ticket: &Ticket) -> Result<(String, Option<GroupId>, String)> {
        let key = EntityKey::Queue(ticket.queue_id);
        let Some(Record::Queue(queue)) = nouns::get(self.conn, self.fam, key)? else {
            return Ok((String::new(), None, String::new()));
        };
        let group_name = self.group_name(queue.group_id)?;
        Ok((queue.queue_name, Some(queue.group_id), group_name))
    }

    fn group_name(&self, group_id: GroupId) -> Result<String> {
        group::name_of(self.conn, self.fam, group_id)
    }

    fn name(&self, user_id: UserId) -> Result<String> {
        membership::name_of(self.conn, self.fam, user_id)
    }

    fn participants(&self, ticket: &Ticket) -> Result<Vec<Party>> {
        let taking_part = participant::of_ticket(self.conn, self.fam, ticket.ticket_id)?;
        let mut roles: BTreeMap<UserId, Vec<ParticipantRole>> = BTreeMap::new();
        for it in &taking_part {
            roles.entry(it.user_id).or_default().push(it.role);
        }
        roles.entry(ticket.requested_by).or_default();
        if let Some(assignee) = ticket.assigned_to {
            roles.entry(assignee).or_default();
        }
        let mut parties = Vec::with_capacity(roles.len());
        for (user_id, mut roles) in roles {
            roles.sort_unstable();
            let name = self.name(user_id)?;
            parties.push(Party {
                user_id,
                name,
                roles,
            });
        }
        parties.retain(|it| !it.name.is_empty());
        parties.sort_by_cached_key(|it| it.name.to_lowercase());
        Ok(parties)
    }
}
