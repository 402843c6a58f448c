//! What this person did lately, kept on the disk so that it can be undone and done again: written
//! in the transaction of the commands it undoes, and given back as commands like any other.

use rusqlite::{Connection, OptionalExtension, params};

use super::nouns::{self, membership};
use super::pen::Pen;
use super::sql::Blob;
use super::submit::{Took, take};
use super::view::{Deed, Deeds, Left, LeftWhy, Turned};
use super::{Replica, ReplicaError, Result, Verdict, family_of, outbox};
use crate::model::audit::AuditRecord;
use crate::model::command::{Actor, Command, CommandBody};
use crate::model::entity::EntityKey;
use crate::model::id::{CommandId, TicketId, UserId};
use crate::model::record::Record;
use crate::model::refusal::Refusal;
use crate::model::source::{Source, Timestamp};
use crate::model::undo::{Since, gives_way, inverse, since, target};

/// How many deeds are kept.
const KEPT: i64 = 200;
/// How far back it is looked who has changed something since.
const LOOK_BACK: i64 = 200;

/// Undoing, or doing again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    Back,
    Again,
}

/// Why nothing was turned.
#[derive(Debug, thiserror::Error)]
pub enum TurnError {
    #[error("there is nothing to undo")]
    NothingDone,
    #[error("there is nothing to do again")]
    NothingUndone,
    /// Nothing of it could be; the deed is forgotten, so that the one before it is next.
    #[error("{} \"{words}\": {}", can_not(*turn), told(left))]
    Refused {
        turn: Turn,
        words: String,
        left: Vec<Left>,
    },
    #[error(transparent)]
    Store(#[from] ReplicaError),
}

/// A command that was given, what it changed, and what turns it over.
struct Step {
    position: i64,
    fam: i64,
    /// The ticket that it is about, if it is about one.
    ticket_id: Option<TicketId>,
    given: Vec<CommandId>,
    back: Vec<CommandBody>,
}

/// Who turns it, and when.
struct By<'a> {
    actor: &'a Actor,
    source: &'a dyn Source,
}

/// What became of a step.
enum Came {
    Turned(Vec<CommandId>),
    Left(Left),
}

impl Replica {
    /// What would be undone and done again next.
    pub fn deeds(&self) -> Result<Deeds> {
        Ok(Deeds {
            undo: newest(&self.conn, Turn::Back)?.map(|(_, words)| words),
            redo: newest(&self.conn, Turn::Again)?.map(|(_, words)| words),
        })
    }

    /// Undoes what was done last, or does again what was undone last: as ordinary commands, of
    /// which those are left out that someone else has since overtaken.
    pub fn turn(
        &mut self,
        turn: Turn,
        actor: &Actor,
        source: &dyn Source,
    ) -> std::result::Result<Turned, TurnError> {
        let by = By { actor, source };
        self.write(|conn, blobs| {
            let Some((deed, words)) = newest(conn, turn)? else {
                return Ok(Verdict::Drop(Err(match turn {
                    Turn::Back => TurnError::NothingDone,
                    Turn::Again => TurnError::NothingUndone,
                })));
            };
            let mut turned = Turned {
                words,
                commands: Vec::new(),
                tickets: Vec::new(),
                left: Vec::new(),
            };
            for step in steps(conn, deed, turn)? {
                let mut pen = Pen::new(conn, step.fam, blobs);
                match turn_step(&mut pen, &step, &by)? {
                    Came::Turned(ids) => {
                        let family_id = family_of(conn, step.fam)?;
                        turned.commands.push((family_id, ids));
                        turned.tickets.extend(step.ticket_id);
                    }
                    Came::Left(left) => {
                        forget_step(conn, step.position)?;
                        turned.left.push(left);
                    }
                }
                pen.finish()?;
            }
            let undone = i64::from(turn == Turn::Back);
            conn.prepare_cached("UPDATE deed SET undone = ?2 WHERE position = ?1")?
                .execute([deed, undone])?;
            forget_empty(conn)?;
            Ok(Verdict::Keep(if turned.commands.is_empty() {
                Err(TurnError::Refused {
                    turn,
                    words: turned.words,
                    left: turned.left,
                })
            } else {
                Ok(turned)
            }))
        })
        .unwrap_or_else(|error| Err(error.into()))
    }
}

/// Notes a command of a deed with what undoes it. Whatever was undone before can't be done again
/// after this.
pub(super) fn note(pen: &Pen<'_>, deed: (&Deed, Timestamp), took: &Took<'_>) -> Result<()> {
    let (deed, now) = deed;
    let back = inverse(took.command.body.command_type(), &took.changes);
    let Some(entity) = entity_of(pen, back.first())? else {
        return Ok(());
    };
    pen.run("DELETE FROM deed WHERE undone = 1", [])?;
    pen.run(
        "INSERT OR IGNORE INTO deed (deed_id, words, done_at) VALUES (?1, ?2, ?3)",
        params![Blob(deed.deed_id), deed.words, now.0],
    )?;
    pen.run(
        "INSERT INTO deed_step (deed, fam, ticket_id, given, back)
         VALUES ((SELECT position FROM deed WHERE deed_id = ?1), ?2, ?3, ?4, ?5)",
        params![
            Blob(deed.deed_id),
            pen.fam,
            entity.ticket().map(|it| Blob(it.0)),
            serde_json::to_string(&[took.command.command_id])?,
            serde_json::to_string(&back)?
        ],
    )?;
    pen.run(
        "DELETE FROM deed WHERE position <= (SELECT max(position) FROM deed) - ?1",
        [KEPT],
    )?;
    Ok(())
}

/// A command was refused: what did not happen can't be undone.
pub(super) fn was_refused(conn: &Connection, command_id: CommandId) -> Result<()> {
    conn.prepare_cached("DELETE FROM deed_step WHERE instr(given, ?1) > 0")?
        .execute([command_id.to_string()])?;
    forget_empty(conn)
}

/// What may not be seen any more may not be undone either, nor stay here as text.
pub(super) fn forget_ticket(pen: &Pen<'_>, ticket_id: TicketId) -> Result<()> {
    pen.run(
        "DELETE FROM deed_step WHERE fam = ?1 AND ticket_id = ?2",
        params![pen.fam, Blob(ticket_id.0)],
    )?;
    forget_empty(pen.conn)
}

/// The same of all tickets that are not here.
pub(super) fn forget_hidden(conn: &Connection, fam: i64) -> Result<()> {
    conn.execute(
        "DELETE FROM deed_step WHERE fam = ?1 AND ticket_id IS NOT NULL
         AND ticket_id NOT IN (SELECT ticket_id FROM ticket WHERE fam = ?1)",
        [fam],
    )?;
    forget_empty(conn)
}

/// Forgets all that was done in a family.
pub(super) fn forget_family(conn: &Connection, fam: i64) -> Result<()> {
    conn.execute("DELETE FROM deed_step WHERE fam = ?1", [fam])?;
    forget_empty(conn)
}

fn forget_step(conn: &Connection, position: i64) -> Result<()> {
    conn.prepare_cached("DELETE FROM deed_step WHERE position = ?1")?
        .execute([position])?;
    Ok(())
}

fn forget_empty(conn: &Connection) -> Result<()> {
    conn.prepare_cached(
        "DELETE FROM deed WHERE NOT EXISTS (SELECT 1 FROM deed_step WHERE deed = deed.position)",
    )?
    .execute([])?;
    Ok(())
}

/// The deed that is next: undone deeds are the newest, and the oldest of them was undone last.
fn newest(conn: &Connection, turn: Turn) -> Result<Option<(i64, String)>> {
    let sql = match turn {
        Turn::Back => {
            "SELECT position, words FROM deed WHERE undone = 0 ORDER BY position DESC LIMIT 1"
        }
        Turn::Again => {
            "SELECT position, words FROM deed WHERE undone = 1 ORDER BY position LIMIT 1"
        }
    };
    let mut statement = conn.prepare_cached(sql)?;
    let found = statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(found.optional()?)
}

/// A deed's steps: undone from the last, done again from the first.
fn steps(conn: &Connection, deed: i64, turn: Turn) -> Result<Vec<Step>> {
    let sql = "SELECT position, fam, ticket_id, given, back FROM deed_step
               WHERE deed = ?1 ORDER BY position";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([deed])?;
    let mut steps = Vec::new();
    while let Some(row) = rows.next()? {
        steps.push(Step {
            position: row.get(0)?,
            fam: row.get(1)?,
            ticket_id: row.get::<_, Option<Blob>>(2)?.map(|it| TicketId(it.0)),
            given: serde_json::from_str(&row.get::<_, String>(3)?)?,
            back: serde_json::from_str(&row.get::<_, String>(4)?)?,
        });
    }
    if turn == Turn::Back {
        steps.reverse();
    }
    Ok(steps)
}

/// Gives what turns a step over. Its first command decides; those after it put right what came
/// along, where that is still possible.
fn turn_step(pen: &mut Pen<'_>, step: &Step, by: &By<'_>) -> Result<Came> {
    let me = by.actor.user_id;
    let mut ids = Vec::new();
    let mut again = Vec::new();
    for (place, body) in step.back.iter().enumerate() {
        let since = overtaken(pen, step, (body, me))?;
        let entity = entity_of(pen, Some(body))?;
        if since.is_some() && entity.is_some_and(|it| gives_way(body, it)) {
            if place == 0 {
                return left(pen, step, (since, Refusal::TouchedSince));
            }
            continue;
        }
        let now = by.source.now();
        let command = Command {
            command_id: CommandId(by.source.fresh()),
            issued_at: now,
            seen: None,
            body: rebased(pen, body, since.is_some())?,
        };
        match take(pen, (&command, by.actor, now))? {
            Ok(took) if !took.changes.is_empty() => {
                again.extend(inverse(command.body.command_type(), &took.changes));
                ids.push(command.command_id);
            }
            // It is so already: someone has been faster.
            Ok(_) if place == 0 => return left(pen, step, (since, Refusal::TouchedSince)),
            Err(refusal) if place == 0 => return left(pen, step, (since, refusal)),
            Ok(_) | Err(_) => {}
        }
    }
    if again.is_empty() {
        forget_step(pen.conn, step.position)?;
        return Ok(Came::Turned(ids));
    }
    pen.run(
        "UPDATE deed_step SET given = ?2, back = ?3 WHERE position = ?1",
        params![
            step.position,
            serde_json::to_string(&ids)?,
            serde_json::to_string(&again)?
        ],
    )?;
    Ok(Came::Turned(ids))
}

/// What names a version names the one that is here now, as long as nobody else has made it.
fn rebased(pen: &Pen<'_>, body: &CommandBody, overtaken: bool) -> Result<CommandBody> {
    let mut body = body.clone();
    let Some(entity) = entity_of(pen, Some(&body))? else {
        return Ok(body);
    };
    let here = nouns::version(pen.conn, pen.fam, entity)?;
    match &mut body {
        CommandBody::TicketUnclose { closed_version, .. } if !overtaken => {
            *closed_version = here.unwrap_or(*closed_version);
        }
        _ => {}
    }
    Ok(body)
}

fn left(pen: &Pen<'_>, step: &Step, why: (Option<Since>, Refusal)) -> Result<Came> {
    let why = match why {
        (Some(since), refusal) => {
            let field = match &refusal {
                Refusal::Conflict(conflict) => conflict.field.clone(),
                _ => since.field,
            };
            let by = membership::name_of(pen.conn, pen.fam, since.by)?;
            LeftWhy::ChangedSince { by, field }
        }
        (None, refusal) => LeftWhy::Refused(refusal),
    };
    let label = match entity_of(pen, step.back.first())? {
        Some(entity) => label_of(pen, entity)?,
        None => "it".to_owned(),
    };
    Ok(Came::Left(Left { label, why }))
}

/// What people call what a step is about.
fn label_of(pen: &Pen<'_>, entity: EntityKey) -> Result<String> {
    let entity = entity.ticket().map_or(entity, EntityKey::Ticket);
    if let EntityKey::GroupMembership(group_id, user_id) = entity {
        let name = membership::name_of(pen.conn, pen.fam, user_id)?;
        let group = label_of(pen, EntityKey::Group(group_id))?;
        return Ok(format!("{name} in {group}"));
    }
    Ok(match nouns::get(pen.conn, pen.fam, entity)? {
        Some(Record::Ticket(ticket)) => match &ticket.number {
            Some(number) => number.to_string(),
            None => ticket.title,
        },
        Some(Record::Queue(queue)) => queue.queue_name,
        Some(Record::Webhook(webhook)) => webhook.webhook_name,
        Some(Record::Group(group)) => group.group_name,
        Some(Record::Family(family)) => family.family_name,
        Some(Record::Membership(membership)) => membership.display_name,
        _ => format!("the {}", entity.entity_type()),
    })
}

/// The newest change that someone else has made after the step to what a command would turn.
fn overtaken(
    pen: &Pen<'_>,
    step: &Step,
    (body, me): (&CommandBody, UserId),
) -> Result<Option<Since>> {
    let Some(entity) = entity_of(pen, Some(body))? else {
        return Ok(None);
    };
    let deletes = matches!(body, CommandBody::EntityDelete(EntityKey::Ticket(_)));
    Ok(since(body, &later(pen, step, (entity, deletes))?, me))
}

/// What happened to an entity after the step's own commands, the newest first; to a ticket that
/// would be deleted, what happened to anything of it.
fn later(
    pen: &Pen<'_>,
    step: &Step,
    (key, whole_ticket): (EntityKey, bool),
) -> Result<Vec<AuditRecord>> {
    // What waits stands on top of everything that the log has shown.
    if outbox::is_waiting(pen.conn, &step.given)? {
        return Ok(Vec::new());
    }
    let ticket_id = step.ticket_id.filter(|_| whole_ticket);
    let mut found: Vec<AuditRecord> = if let Some(ticket_id) = ticket_id {
        let sql = "SELECT json FROM event WHERE fam = ?1 AND ticket_id = ?2
                   ORDER BY seq DESC LIMIT ?3";
        nouns::all(
            pen.conn,
            sql,
            params![pen.fam, Blob(ticket_id.0), LOOK_BACK],
        )?
    } else {
        let sql = "SELECT json FROM event WHERE fam = ?1 AND entity_type = ?2 AND entity_id = ?3
                   ORDER BY seq DESC LIMIT ?4";
        let (kind, id) = (key.entity_type().as_str(), key.entity_id());
        nouns::all(pen.conn, sql, params![pen.fam, kind, id, LOOK_BACK])?
    };
    let own = found
        .iter()
        .position(|event| step.given.contains(&event.command_id));
    found.truncate(own.unwrap_or(found.len()));
    Ok(found)
}

fn entity_of(pen: &Pen<'_>, body: Option<&CommandBody>) -> Result<Option<EntityKey>> {
    let Some(body) = body else { return Ok(None) };
    target(body, || family_of(pen.conn, pen.fam))
}

fn can_not(turn: Turn) -> &'static str {
    match turn {
        Turn::Back => "can't undo",
        Turn::Again => "can't do again",
    }
}

fn told(left: &[Left]) -> String {
    let words: Vec<String> = left.iter().map(ToString::to_string).collect();
    words.join("; ")
}
