//! Files on tickets: what is shown of each, and which are still spoken of by what waits here.

use std::collections::HashMap;

use super::nouns::{attachment, membership};
use super::thread::Scene;
use super::view::FileRow;
use super::{Replica, Result};
use crate::model::attachment::{Attachment, FileFacts};
use crate::model::id::{CommentId, TicketId};

impl Replica {
    /// Which of these files (by SHA-256) something speaks of that waits here: a command to be sent or
    /// refused, or a draft.
    pub fn files_wanted(&self, of: &[String]) -> Result<Vec<String>> {
        let sql = "SELECT EXISTS (SELECT 1 FROM outbox WHERE instr(command, ?1))
                   OR EXISTS (SELECT 1 FROM tray WHERE instr(command, ?1))
                   OR EXISTS (SELECT 1 FROM draft WHERE instr(content, ?1))";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut wanted = Vec::new();
        for sha256 in of {
            if statement.query_row([sha256], |row| row.get(0))? {
                wanted.push(sha256.clone());
            }
        }
        Ok(wanted)
    }
}

/// The files on some tickets, by the comment that each came with.
pub(super) type Files = HashMap<Option<CommentId>, Vec<FileRow>>;

pub(super) fn of_tickets(scene: &Scene<'_>, tickets: &[TicketId]) -> Result<Files> {
    let mut files = Files::new();
    for ticket_id in tickets {
        for it in attachment::of_ticket(scene.conn, scene.fam, *ticket_id)? {
            files
                .entry(it.comment_id)
                .or_default()
                .push(row(scene, it)?);
        }
    }
    Ok(files)
}

fn row(scene: &Scene<'_>, it: Attachment) -> Result<FileRow> {
    Ok(FileRow {
        ticket_id: it.ticket_id,
        attachment_id: it.attachment_id,
        added_by: membership::name_of(scene.conn, scene.fam, it.common.created_by)?,
        added_by_id: it.common.created_by,
        added: it.common.creation_date,
        unsent: scene.is_unsent(it.key())?,
        file: FileFacts {
            file_name: it.file_name,
            sha256: it.sha256,
            bytes: it.bytes,
            content_type: it.content_type,
        },
    })
}
