//! What came back refused and waits for the person, and how the outbox is shown with it.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, Row, params};

use super::pen::Pen;
use super::sql::{Blob, limit};
use super::submit::{SubmitError, Submitted, take};
use super::view::{Draft, Fate, Outbox, OutboxEntry};
use super::{Replica, Result, Verdict, family_of, names, nouns, outbox, tally, undo};
use crate::model::command::{Actor, Base, Command, CommandBody};
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::{CommandId, TicketId};
use crate::model::refusal::Refusal;
use crate::model::source::Timestamp;
use crate::model::ticket::TicketField;

/// A base older than any version, so that the value itself is always compared.
const COMPARE: i64 = 0;

/// A command was refused: it goes, with its text, to what waits for the person.
pub(super) fn put(
    conn: &Connection,
    fam: i64,
    refused: &outbox::Pending,
    refusal: &Refusal,
) -> Result<()> {
    conn.prepare_cached(
        "REPLACE INTO tray (fam, command_id, command_type, command, refusal)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        fam,
        Blob(refused.command.command_id.0),
        refused.command.body.command_type(),
        serde_json::to_string(&refused.command)?,
        serde_json::to_string(refusal)?
    ])?;
    undo::was_refused(conn, refused.command.command_id)?;
    outbox::forget(conn, refused.position)
}

/// Of what others wrote nothing is kept beside one's own words where one may not see it any more.
pub(super) fn conceal(conn: &Connection, fam: i64) -> Result<()> {
    let sql = "SELECT position, command, refusal FROM tray WHERE fam = ?1";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([fam])?;
    let mut out_of_sight = Vec::new();
    while let Some(row) = rows.next()? {
        let refusal: Refusal = serde_json::from_str(&row.get::<_, String>(2)?)?;
        let command: Option<Command> = serde_json::from_str(&row.get::<_, String>(1)?).ok();
        let ticket = command.and_then(|it| it.body.ticket());
        if let (Refusal::Conflict(_), Some(ticket_id)) = (refusal, ticket)
            && nouns::version(conn, fam, EntityKey::Ticket(ticket_id))?.is_none()
        {
            out_of_sight.push(row.get::<_, i64>(0)?);
        }
    }
    let what = EntityType::Ticket;
    let refusal = serde_json::to_string(&Refusal::NotFound { what })?;
    for position in out_of_sight {
        let sql = "UPDATE tray SET refusal = ?2 WHERE position = ?1";
        conn.execute(sql, params![position, refusal])?;
    }
    Ok(())
}

impl Replica {
    /// What was refused, and of what waits the first `most`.
    pub fn outbox(&self, most: usize) -> Result<Outbox> {
        let mut entries = self.tray()?;
        let mut statement = self.conn.prepare_cached(
            "SELECT fam, command_id, command, verdict IS NOT NULL, doubt FROM outbox
             ORDER BY position LIMIT ?1",
        )?;
        let mut rows = statement.query([limit(most)])?;
        while let Some(row) = rows.next()? {
            entries.push(self.waiting(row)?);
        }
        let mut tickets: BTreeMap<_, BTreeSet<TicketId>> = BTreeMap::new();
        for entry in &entries {
            let about = tickets.entry(entry.family_id).or_default();
            about.extend(entry.command.as_ref().and_then(|it| it.body.ticket()));
        }
        let mut outbox = Outbox {
            entries,
            summary: self.outbox_summary()?,
            ..Outbox::default()
        };
        for (family_id, tickets) in tickets {
            if let Some(fam) = tally::family_number(&self.conn, family_id)? {
                let named = names::of_family(&self.conn, fam, &tickets)?;
                outbox.names.extend(named);
            }
        }
        Ok(outbox)
    }

    fn waiting(&self, row: &Row<'_>) -> Result<OutboxEntry> {
        let json: String = row.get(2)?;
        let command: Option<Command> = serde_json::from_str(&json).ok();
        let doubt: Option<String> = row.get(4)?;
        let fate = match (row.get(3)?, doubt) {
            (true, _) => Fate::Decided,
            (false, Some(doubt)) => Fate::Doubtful(serde_json::from_str(&doubt)?),
            (false, None) => Fate::Waiting,
        };
        Ok(OutboxEntry {
            command_id: CommandId(row.get::<_, Blob>(1)?.0),
            family_id: family_of(&self.conn, row.get(0)?)?,
            command_type: command
                .as_ref()
                .map_or("", |it| it.body.command_type())
                .to_owned(),
            text: command
                .as_ref()
                .and_then(|it| it.body.written())
                .map(str::to_owned),
            json,
            command,
            fate,
        })
    }

    /// The commands that were refused, the newest last.
    pub fn tray(&self) -> Result<Vec<OutboxEntry>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT fam, command_id, command_type, command, refusal FROM tray ORDER BY position",
        )?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let json: String = row.get(3)?;
            let command: Option<Command> = serde_json::from_str(&json).ok();
            found.push(OutboxEntry {
                command_id: CommandId(row.get::<_, Blob>(1)?.0),
                family_id: family_of(&self.conn, row.get(0)?)?,
                command_type: row.get(2)?,
                text: command.as_ref().and_then(|it| self.whole_text(&it.body)),
                command,
                json,
                fate: Fate::Refused(serde_json::from_str(&row.get::<_, String>(4)?)?),
            });
        }
        Ok(found)
    }

    /// What the person wrote, whole where it is here.
    fn whole_text(&self, body: &CommandBody) -> Option<String> {
        let blobs = body.blobs();
        let whole = blobs
            .first()
            .zip(self.blobs.as_ref())
            .and_then(|(blob, source)| source(&blob.sha256));
        whole.or_else(|| body.written().map(str::to_owned))
    }

    /// The person has seen to a refused command; whether there was one. What they wrote in it may
    /// be kept as a draft, in the same transaction.
    pub fn discard(&mut self, command_id: CommandId, keep: Option<&Draft>) -> Result<bool> {
        self.write(|conn, _| {
            let sql = "DELETE FROM tray WHERE command_id = ?1";
            let there = conn.execute(sql, [Blob(command_id.0)])? > 0;
            if let Some(draft) = keep.filter(|_| there) {
                super::drafts::save(conn, draft)?;
            }
            Ok(Verdict::Keep(there))
        })
    }

    /// Gives a refused command once more, as a new one: where it was overtaken, on top of what
    /// overtook it. It leaves the tray only if it is taken. None if it is not there any more.
    ///
    /// # Errors
    /// The rules say no again.
    pub fn give_again(
        &mut self,
        refused: CommandId,
        as_new: CommandId,
        (actor, now): (&Actor, Timestamp),
    ) -> std::result::Result<Option<Submitted>, SubmitError> {
        let entry = self.tray()?.into_iter().find(|it| it.command_id == refused);
        let Some((entry, command)) = entry.and_then(|mut it| it.command.take().map(|c| (it, c)))
        else {
            return Ok(None);
        };
        let seen = self.seen(entry.family_id, &command.body)?;
        let taken = self.write(|conn, blobs| {
            let fam = super::number_family(conn, entry.family_id)?;
            let mut pen = Pen::new(conn, fam, blobs);
            let command = Command {
                command_id: as_new,
                issued_at: now,
                seen,
                body: anew(command.body, &entry.fate),
            };
            match take(&mut pen, (&command, actor, now))? {
                Ok(took) => {
                    pen.finish()?;
                    let sql = "DELETE FROM tray WHERE command_id = ?1";
                    conn.execute(sql, [Blob(refused.0)])?;
                    Ok(Verdict::Keep(Ok(Submitted::from(took))))
                }
                Err(refusal) => Ok(Verdict::Drop(Err(refusal))),
            }
        })?;
        let refused = |refusal| SubmitError::Refused {
            command_id: as_new,
            refusal: Box::new(refusal),
        };
        taken.map(Some).map_err(refused)
    }
}

/// The command on top of what overtook it: the person has seen theirs, and means their own.
fn anew(mut body: CommandBody, fate: &Fate) -> CommandBody {
    let Fate::Refused(Refusal::Conflict(conflict)) = fate else {
        return body;
    };
    match &mut body {
        CommandBody::TicketSet { base, .. } => {
            let theirs = serde_json::json!({ "field": conflict.field, "value": conflict.theirs });
            let theirs = serde_json::from_value::<TicketField>(theirs).ok();
            *base = theirs.map(|value| Base {
                version: COMPARE,
                value,
            });
        }
        CommandBody::TicketDescribe { base, .. } | CommandBody::CommentEdit { base, .. } => {
            let theirs = serde_json::from_value(conflict.theirs.clone()).ok();
            *base = theirs.map(Base::exactly);
        }
        _ => {}
    }
    body
}
