//! What came back refused and waits for the person, and how the outbox is shown with it.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, Row, params};
use serde::Serialize;

use super::sql::{Blob, limit};
use super::view::{Fate, Outbox, OutboxEntry, OutboxSummary};
use super::{Replica, Result, family_of, names, nouns, outbox, tally, undo};
use crate::model::command::{Command, CommandBody};
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::{CommandId, TicketId};
use crate::model::long_text::LongText;
use crate::model::merge::Merged;
use crate::model::refusal::Refusal;

/// A command was refused: it goes, with its text, to what waits for the person.
pub(super) fn put(
    conn: &Connection,
    fam: i64,
    refused: &outbox::Pending,
    refusal: &Refusal,
) -> Result<()> {
    lay(conn, fam, (Kind::Refused, &refused.command), refusal)?;
    undo::was_refused(conn, refused.command.command_id)?;
    outbox::forget(conn, refused.position)
}

/// A command went through beside somebody else's change: the person is told, and may have theirs
/// back.
pub(super) fn put_merged(
    conn: &Connection,
    fam: i64,
    command: &Command,
    merged: &Merged,
) -> Result<()> {
    lay(conn, fam, (Kind::Merged, command), merged)
}

/// The backend failed at a command time and again.
pub(super) fn park(conn: &Connection, fam: i64, parked: &outbox::Pending, why: &str) -> Result<()> {
    lay(conn, fam, (Kind::Parked, &parked.command), &why)?;
    undo::was_refused(conn, parked.command.command_id)
}

/// Why something is in the tray.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Refused,
    Merged,
    Parked,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Refused => "refused",
            Kind::Merged => "merged",
            Kind::Parked => "parked",
        }
    }
}

fn lay(
    conn: &Connection,
    fam: i64,
    (kind, command): (Kind, &Command),
    why: &impl Serialize,
) -> Result<()> {
    conn.prepare_cached(
        "REPLACE INTO tray (fam, command_id, command_type, command, refusal, kind)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        fam,
        Blob(command.command_id.0),
        command.body.command_type(),
        serde_json::to_string(command)?,
        serde_json::to_string(why)?,
        kind.word()
    ])?;
    Ok(())
}

/// How much waits for the person, by kind.
pub(super) fn sum_up(conn: &Connection, summary: &mut OutboxSummary) -> Result<()> {
    let mut statement =
        conn.prepare_cached("SELECT kind, refusal FROM tray WHERE decided_at IS NULL")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let kind: String = row.get(0)?;
        let why: String = row.get(1)?;
        match fate(&kind, &why)? {
            Fate::Merged(_) => summary.merged += 1,
            Fate::Parked(_) => summary.parked += 1,
            Fate::Refused(refusal) if refusal.is_overtaken() => summary.conflicts += 1,
            _ => summary.refused += 1,
        }
    }
    Ok(())
}

fn fate(kind: &str, why: &str) -> Result<Fate> {
    Ok(match kind {
        "merged" => Fate::Merged(serde_json::from_str(why)?),
        "parked" => Fate::Parked(serde_json::from_str(why)?),
        _ => Fate::Refused(serde_json::from_str(why)?),
    })
}

/// Of what others wrote nothing is kept beside one's own words where one may not see it any more.
pub(super) fn conceal(conn: &Connection, fam: i64) -> Result<()> {
    let sql = "SELECT position, command, refusal, kind FROM tray WHERE fam = ?1";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([fam])?;
    let mut out_of_sight = Vec::new();
    while let Some(row) = rows.next()? {
        let why = fate(&row.get::<_, String>(3)?, &row.get::<_, String>(2)?)?;
        let command: Option<Command> = serde_json::from_str(&row.get::<_, String>(1)?).ok();
        let ticket = command.and_then(|it| it.body.ticket());
        let tells = matches!(why, Fate::Refused(Refusal::Conflict(_)) | Fate::Merged(_));
        if let (true, Some(ticket_id)) = (tells, ticket)
            && nouns::version(conn, fam, EntityKey::Ticket(ticket_id))?.is_none()
        {
            out_of_sight.push(row.get::<_, i64>(0)?);
        }
    }
    let what = EntityType::Ticket;
    let refusal = serde_json::to_string(&Refusal::NotFound { what })?;
    for position in out_of_sight {
        let sql = "UPDATE tray SET refusal = ?2, kind = 'refused' WHERE position = ?1";
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

    /// What was refused, merged or parked and waits for the person, the newest last; what is
    /// blocked stands below what it leans on.
    pub fn tray(&self) -> Result<Vec<OutboxEntry>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT fam, command_id, command_type, command, refusal, kind FROM tray
             WHERE decided_at IS NULL ORDER BY position",
        )?;
        let mut rows = statement.query([])?;
        let mut found: Vec<OutboxEntry> = Vec::new();
        while let Some(row) = rows.next()? {
            let mut entry = self.laid(row)?;
            match blocker(&found, &entry) {
                Some((by, place)) => {
                    if let Fate::Refused(refusal) = entry.fate {
                        entry.fate = Fate::Blocked { by, refusal };
                    }
                    found.insert(place, entry);
                }
                None => found.push(entry),
            }
        }
        Ok(found)
    }

    fn laid(&self, row: &Row<'_>) -> Result<OutboxEntry> {
        let json: String = row.get(3)?;
        let command: Option<Command> = serde_json::from_str(&json).ok();
        Ok(OutboxEntry {
            command_id: CommandId(row.get::<_, Blob>(1)?.0),
            family_id: family_of(&self.conn, row.get(0)?)?,
            command_type: row.get(2)?,
            text: command.as_ref().and_then(|it| self.whole_text(&it.body)),
            command,
            json,
            fate: fate(&row.get::<_, String>(5)?, &row.get::<_, String>(4)?)?,
        })
    }

    /// What the person wrote, whole where it is here.
    pub fn whole_text(&self, body: &CommandBody) -> Option<String> {
        let texts = body.texts();
        let mut blobs = texts.into_iter().filter_map(LongText::blob);
        let whole = blobs
            .next()
            .zip(self.blobs.as_ref())
            .and_then(|(blob, source)| source(&blob.sha256));
        whole.or_else(|| body.written().map(str::to_owned))
    }
}

/// What made an entry fail, if it leans on something that was itself refused, and the place below
/// that and what it blocks already.
fn blocker(above: &[OutboxEntry], entry: &OutboxEntry) -> Option<(CommandId, usize)> {
    let body = &entry.command.as_ref()?.body;
    let Fate::Refused(Refusal::NotFound { .. } | Refusal::Invalid { .. }) = &entry.fate else {
        return None;
    };
    let makes = |it: &&OutboxEntry| {
        let made = it.command.as_ref().and_then(|it| it.body.makes());
        it.family_id == entry.family_id
            && !matches!(it.fate, Fate::Merged(_))
            && made.is_some_and(|made| body.leans_on(made))
    };
    let by = above.iter().find(makes)?.command_id;
    let is_below = |it: &OutboxEntry| {
        it.command_id == by || matches!(&it.fate, Fate::Blocked { by: other, .. } if *other == by)
    };
    let last = above.iter().rposition(is_below)?;
    Some((by, last + 1))
}
