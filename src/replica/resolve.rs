//! What the person decides about what waits for them: mine, theirs, both, or put away. Whatever is
//! decided stays for a while, so that it can be brought back.

use rusqlite::{Connection, OptionalExtension, params};

use super::pen::Pen;
use super::sql::Blob;
use super::submit::{SubmitError, take};
use super::view::{Deed, Draft, Fate, OutboxEntry, Resolution};
use super::{Replica, Result, Verdict, undo};
use crate::model::command::{Actor, Base, Command, CommandBody};
use crate::model::id::CommandId;
use crate::model::long_text::LongText;
use crate::model::refusal::Refusal;
use crate::model::source::{DAY, Source, Timestamp};
use crate::model::ticket::TicketField;

/// How long what was decided can be brought back.
const KEPT_DAYS: i64 = 30;

/// Who decides, and by what clock.
#[derive(Clone, Copy)]
pub struct Decider<'a> {
    pub actor: &'a Actor,
    pub source: &'a dyn Source,
    /// What is done, so that it can be undone; absent for what nothing undoes.
    pub deed: Option<&'a Deed>,
}

impl Replica {
    /// Puts an entry away; whether it was there. What was written in it may be kept as a draft, in
    /// the same transaction.
    pub fn discard(
        &mut self,
        command_id: CommandId,
        keep: Option<&Draft>,
        now: Timestamp,
    ) -> Result<bool> {
        self.write(|conn, _| {
            let there = decided(conn, command_id, now)?;
            if let Some(draft) = keep.filter(|_| there) {
                super::drafts::save(conn, draft)?;
            }
            Ok(Verdict::Keep(there))
        })
    }

    /// Brings back what was decided last; what it was, if there is anything.
    pub fn bring_back(&mut self) -> Result<Option<CommandId>> {
        self.write(|conn, _| {
            let sql = "UPDATE tray SET decided_at = NULL WHERE position = (
                           SELECT position FROM tray WHERE decided_at IS NOT NULL
                           ORDER BY decided_at DESC, position DESC LIMIT 1)
                       RETURNING command_id";
            let back = conn.query_row(sql, [], |row| row.get::<_, Blob>(0));
            Ok(Verdict::Keep(back.optional()?.map(|id| CommandId(id.0))))
        })
    }

    /// Decides about an entry, which leaves the tray if what follows from that is taken; whether it
    /// was there. What leant on it is given again after it.
    ///
    /// # Errors
    /// The rules say no; the entry stays where it was.
    pub fn resolve(
        &mut self,
        command_id: CommandId,
        resolution: Resolution,
        by: Decider<'_>,
    ) -> std::result::Result<bool, SubmitError> {
        let tray = self.tray()?;
        let Some(entry) = tray.iter().find(|it| it.command_id == command_id) else {
            return Ok(false);
        };
        let waits_for_it =
            |it: &&OutboxEntry| matches!(&it.fate, Fate::Blocked { by, .. } if *by == command_id);
        let follow: Vec<OutboxEntry> = tray.iter().filter(waits_for_it).cloned().collect();
        let bodies = bodies(entry, resolution);
        let gives = !bodies.is_empty();
        self.give_in_place(entry, bodies, by)?;
        if gives {
            for blocked in follow {
                let bodies = mine(&blocked);
                // What the rules still refuse waits on, now by itself.
                match self.give_in_place(&blocked, bodies, by) {
                    Ok(()) | Err(SubmitError::Refused { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(true)
    }

    fn give_in_place(
        &mut self,
        entry: &OutboxEntry,
        bodies: Vec<CommandBody>,
        by: Decider<'_>,
    ) -> std::result::Result<(), SubmitError> {
        let now = by.source.now();
        let mut commands = Vec::with_capacity(bodies.len());
        for body in bodies {
            commands.push(Command {
                command_id: CommandId(by.source.fresh()),
                issued_at: now,
                seen: self.seen(entry.family_id, &body)?,
                body,
            });
        }
        let taken = self.write(|conn, blobs| {
            let fam = super::number_family(conn, entry.family_id)?;
            let mut pen = Pen::new(conn, fam, blobs);
            for command in &commands {
                match take(&mut pen, (command, by.actor, now))? {
                    Ok(took) => {
                        if let Some(deed) = by.deed {
                            undo::note(&pen, (deed, now), &took)?;
                        }
                    }
                    Err(refusal) => return Ok(Verdict::Drop(Err((command.command_id, refusal)))),
                }
            }
            pen.finish()?;
            decided(conn, entry.command_id, now)?;
            Ok(Verdict::Keep(Ok(())))
        })?;
        taken.map_err(|(command_id, refusal)| SubmitError::Refused {
            command_id,
            refusal: Box::new(refusal),
        })
    }
}

/// An entry has been decided about; whether it was waiting for that.
fn decided(conn: &Connection, command_id: CommandId, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE tray SET decided_at = ?2 WHERE command_id = ?1 AND decided_at IS NULL";
    let there = conn.execute(sql, params![Blob(command_id.0), now.0])? > 0;
    let long_ago = now.plus(-KEPT_DAYS * DAY);
    conn.execute("DELETE FROM tray WHERE decided_at < ?1", [long_ago.0])?;
    Ok(there)
}

/// What has to be given; nothing where what stands there is to stay.
fn bodies(entry: &OutboxEntry, resolution: Resolution) -> Vec<CommandBody> {
    let body = entry.command.as_ref().map(|it| &it.body);
    match (resolution, &entry.fate, body) {
        (Resolution::Theirs, Fate::Merged(merged), Some(body)) => {
            let sides = (&merged.now, &merged.conflict.theirs);
            put_in_place(body, sides).into_iter().collect()
        }
        (Resolution::Theirs, ..) => Vec::new(),
        (Resolution::InQueue(queue_id), _, Some(CommandBody::TicketCreate(new))) => {
            let mut new = new.clone();
            new.queue_id = queue_id;
            vec![CommandBody::TicketCreate(new)]
        }
        (Resolution::Both, ..) => both(entry).unwrap_or_else(|| mine(entry)),
        (Resolution::Mine | Resolution::InQueue(_), ..) => mine(entry),
    }
}

/// The command on top of what overtook it: the person has seen theirs, and means their own.
fn mine(entry: &OutboxEntry) -> Vec<CommandBody> {
    let Some(body) = entry.command.as_ref().map(|it| it.body.clone()) else {
        return Vec::new();
    };
    match &entry.fate {
        Fate::Refused(Refusal::Conflict(conflict)) => {
            let sides = (&conflict.theirs, &conflict.mine);
            vec![put_in_place(&body, sides).unwrap_or(body)]
        }
        Fate::Refused(Refusal::Deleted { key, .. }) => {
            vec![CommandBody::EntityRestore(*key), body]
        }
        Fate::Merged(merged) => {
            let sides = (&merged.now, &merged.conflict.mine);
            put_in_place(&body, sides).into_iter().collect()
        }
        _ => vec![body],
    }
}

/// Whether both sides of an entry can stand, one below the other.
pub fn can_be_both(entry: &OutboxEntry) -> bool {
    both(entry).is_some()
}

fn both(entry: &OutboxEntry) -> Option<Vec<CommandBody>> {
    let conflict = entry.conflict()?;
    let body = &entry.command.as_ref()?.body;
    if !matches!(
        body,
        CommandBody::TicketDescribe { .. } | CommandBody::CommentEdit { .. }
    ) || matches!(entry.fate, Fate::Merged(_))
    {
        return None;
    }
    let (theirs, mine) = (conflict.theirs.as_str()?, conflict.mine.as_str()?);
    let both = serde_json::Value::String(format!("{theirs}\n\n{mine}"));
    put_in_place(body, (&conflict.theirs, &both)).map(|body| vec![body])
}

/// The command that puts a value in the place of the one that stands there.
fn put_in_place(
    body: &CommandBody,
    (there, value): (&serde_json::Value, &serde_json::Value),
) -> Option<CommandBody> {
    let text = |value: &serde_json::Value| serde_json::from_value::<LongText>(value.clone()).ok();
    Some(match body {
        CommandBody::TicketSet { ticket_id, set, .. } => {
            let field = |value: &serde_json::Value| {
                let json = serde_json::json!({ "field": set.name(), "value": value });
                serde_json::from_value::<TicketField>(json).ok()
            };
            CommandBody::TicketSet {
                ticket_id: *ticket_id,
                set: field(value)?,
                base: Some(Base::exactly(field(there)?)),
            }
        }
        CommandBody::TicketDescribe { ticket_id, .. } => CommandBody::TicketDescribe {
            ticket_id: *ticket_id,
            description: text(value)?,
            base: Some(Base::exactly(text(there)?)),
        },
        CommandBody::CommentEdit {
            ticket_id,
            comment_id,
            ..
        } => CommandBody::CommentEdit {
            ticket_id: *ticket_id,
            comment_id: *comment_id,
            comment_body: text(value)?,
            base: Some(Base::exactly(text(there)?)),
        },
        _ => return None,
    })
}
