//! What the backend says has happened, taken in: one transaction per page, so that the effect of
//! an own command and its acknowledgement appear together.

use std::collections::{BTreeSet, HashSet};

use rusqlite::{Connection, OptionalExtension, params};

use super::fulltext::mark_untidy;
use super::nouns;
use super::pen::Pen;
use super::sql::Blob;
use super::{Replica, Result, Verdict, newer, number_family, outbox, past, shadow, tray, undo};
use crate::model::audit::AuditRecord;
use crate::model::entity::EntityKey;
use crate::model::id::{CommandId, CommentId, FamilyId, TicketId, UserId};
use crate::model::merge;
use crate::model::record::Record;
use crate::model::refusal::Refusal;
use crate::model::source::Timestamp;
use crate::wire::cursor::Cursor;
use crate::wire::problem::Problem;
use crate::wire::sync::{Outcome, Pull};

/// How many changes of one entity are looked through for who made one.
const LOOK_BACK: i64 = 100;

/// What a page of the log came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    pub family_id: FamilyId,
    /// Whether anything that is shown may have changed.
    pub changed: bool,
    /// Events that were new here.
    pub events: usize,
    /// What a newer version of the program wrote, which is not shown.
    pub newer: usize,
    /// Entities that must be fetched first. If there are any, nothing was taken in: put their rows
    /// into the page's `shown` (or `hidden`) and apply it again.
    pub missing: Vec<EntityKey>,
    /// Own commands that were refused; they wait in the tray.
    pub rejected: Vec<CommandId>,
    /// Own commands whose effect has arrived.
    pub settled: usize,
    /// The blobs that new texts stand in.
    pub blobs: Vec<String>,
}

impl Replica {
    /// Takes in a page of a family's log.
    pub fn apply_pull(&mut self, family_id: FamilyId, pull: &Pull) -> Result<Applied> {
        let applied = self.take_page_in(family_id, pull)?;
        if applied.changed && self.place(family_id)?.is_some() {
            // What is in it may have been hidden since, and it is not needed.
            self.drop_snapshot(family_id)?;
        }
        Ok(applied)
    }

    fn take_page_in(&mut self, family_id: FamilyId, pull: &Pull) -> Result<Applied> {
        self.take_in(|conn, blobs| {
            let fam = number_family(conn, family_id)?;
            outbox::note(conn, &pull.results)?;
            let mut applied = Applied {
                family_id,
                changed: false,
                events: 0,
                newer: pull.newer(),
                missing: Vec::new(),
                rejected: Vec::new(),
                settled: 0,
                blobs: Vec::new(),
            };
            if is_past(conn, fam, pull)? {
                return Ok(Verdict::Keep(applied));
            }
            let mut pen = Pen::new(conn, fam, blobs);
            let own = own_place(conn, fam)?;
            let own_to = match (&pull.own, &own) {
                (Some(own), _) => own.cursor.seq,
                (None, Some(cursor)) => cursor.seq,
                (None, None) => 0,
            };
            let done = done(&pen, pull, own_to)?;
            let news = !(pull.events.is_empty()
                && pull.shown.is_empty()
                && pull.hidden.is_empty()
                && pull.own.is_none());
            if news || !done.is_empty() {
                shadow::put_back(&mut pen)?;
                applied.missing = take_in(&mut pen, pull, &mut applied)?;
                if !applied.missing.is_empty() {
                    return Ok(Verdict::Drop(applied));
                }
                for (waiting, refusal) in &done {
                    if refusal.is_none() {
                        tell_if_merged(&pen, waiting, &pull.events)?;
                    }
                    settle(&pen, (waiting, refusal.as_ref()), &mut applied)?;
                }
                shadow::rebase(&mut pen)?;
                applied.blobs = std::mem::take(&mut pen.wanted);
                pen.finish()?;
                tray::conceal(conn, fam)?;
                if !pull.hidden.is_empty() {
                    outbox::conceal(conn, fam)?;
                }
                applied.changed = true;
            }
            newer::add(conn, fam, applied.newer)?;
            let head = newest(conn, fam, &pull.head)?;
            save_place(conn, fam, (&pull.cursor, &head))?;
            if let Some(own) = &pull.own {
                save_own_place(conn, fam, Some(&own.cursor))?;
            }
            Ok(Verdict::Keep(applied))
        })
    }

    /// Where the family's log is to be read on, and the newest head that was seen; absent before
    /// the first snapshot or page.
    pub fn place(&self, family_id: FamilyId) -> Result<Option<(Cursor, Cursor)>> {
        match super::tally::family_number(&self.conn, family_id)? {
            Some(fam) => place(&self.conn, fam),
            None => Ok(None),
        }
    }

    /// The newest head of the family that was ever told of.
    pub fn witness(&self, family_id: FamilyId) -> Result<Option<Cursor>> {
        match super::tally::family_number(&self.conn, family_id)? {
            Some(fam) => witness(&self.conn, fam),
            None => Ok(None),
        }
    }

    /// Where this person's own log of the family is to be read on; absent before anything of it was.
    pub fn own_place(&self, family_id: FamilyId) -> Result<Option<Cursor>> {
        match super::tally::family_number(&self.conn, family_id)? {
            Some(fam) => own_place(&self.conn, fam),
            None => Ok(None),
        }
    }
}

/// Whether the page lies before what has been taken in already.
fn is_past(conn: &Connection, fam: i64, pull: &Pull) -> Result<bool> {
    if mutant!(StalePage) {
        return Ok(false);
    }
    let here = place(conn, fam)?;
    Ok(here.is_some_and(|(cursor, _)| {
        cursor.epoch == pull.cursor.epoch && pull.cursor.seq < cursor.seq
    }))
}

pub(super) fn place(conn: &Connection, fam: i64) -> Result<Option<(Cursor, Cursor)>> {
    let sql = "SELECT cursor, witness FROM family_log WHERE fam = ?1";
    let mut statement = conn.prepare_cached(sql)?;
    let found = statement.query_row([fam], |row| {
        Ok((
            row.get::<_, Option<String>>(0)?,
            row.get::<_, Option<String>>(1)?,
        ))
    });
    let Some((Some(cursor), witness)) = found.optional()? else {
        return Ok(None);
    };
    // A place that can't be read is none: a snapshot gives a new one.
    let Ok(cursor) = cursor.parse::<Cursor>() else {
        return Ok(None);
    };
    let witness = witness.and_then(|text| text.parse().ok());
    let witness = witness.unwrap_or_else(|| cursor.clone());
    Ok(Some((cursor, witness)))
}

/// The newer of a head that was told of and the one that is known already: what is sent and what
/// is fetched go beside each other.
pub(super) fn newest(conn: &Connection, fam: i64, head: &Cursor) -> Result<Cursor> {
    let known = witness(conn, fam)?;
    let known = known.filter(|it| it.epoch == head.epoch && it.seq > head.seq);
    Ok(known.unwrap_or_else(|| head.clone()))
}

fn witness(conn: &Connection, fam: i64) -> Result<Option<Cursor>> {
    let mut statement = conn.prepare_cached("SELECT witness FROM family_log WHERE fam = ?1")?;
    let found: Option<String> = statement.query_row([fam], |row| row.get(0))?;
    Ok(found.and_then(|text| text.parse().ok()))
}

pub(super) fn save_place(conn: &Connection, fam: i64, at: (&Cursor, &Cursor)) -> Result<()> {
    conn.prepare_cached("UPDATE family_log SET cursor = ?2, witness = ?3 WHERE fam = ?1")?
        .execute(params![fam, at.0.to_string(), at.1.to_string()])?;
    Ok(())
}

fn own_place(conn: &Connection, fam: i64) -> Result<Option<Cursor>> {
    let mut statement = conn.prepare_cached("SELECT own FROM family_log WHERE fam = ?1")?;
    let found: Option<String> = statement.query_row([fam], |row| row.get(0))?;
    // A place that can't be read is none: reading from the beginning changes nothing.
    Ok(found.and_then(|text| text.parse().ok()))
}

pub(super) fn save_own_place(conn: &Connection, fam: i64, at: Option<&Cursor>) -> Result<()> {
    conn.prepare_cached("UPDATE family_log SET own = ?2 WHERE fam = ?1")?
        .execute(params![fam, at.map(ToString::to_string)])?;
    Ok(())
}

/// The waiting commands whose fate the page has shown, each with its refusal, if it was refused.
fn done(
    pen: &Pen<'_>,
    pull: &Pull,
    own_to: i64,
) -> Result<Vec<(outbox::Waiting, Option<Refusal>)>> {
    let own = pull.own.iter().flat_map(|own| &own.events);
    let events = pull.events.iter().chain(own);
    let seen: HashSet<CommandId> = events.map(|event| event.command_id).collect();
    let mut done = Vec::new();
    for waiting in outbox::fates(pen.conn, pen.fam)? {
        let refusal = match &waiting.outcome {
            _ if seen.contains(&waiting.command_id) => None,
            Some(Outcome::Applied { .. }) if mutant!(AckAhead) => None,
            // It may be out of sight by now without this page saying so; the last one has said it.
            Some(Outcome::Applied { seq, own, .. })
                if *seq <= pull.to && !pull.more && own.is_none_or(|own| own <= own_to) =>
            {
                None
            }
            Some(Outcome::Rejected { head, problem }) if *head <= pull.to => {
                Some(refusal_of(problem))
            }
            Some(_) | None => continue,
        };
        done.push((waiting, refusal));
    }
    Ok(done)
}

fn refusal_of(problem: &Problem) -> Refusal {
    problem
        .refusal
        .clone()
        .unwrap_or_else(|| Refusal::invalid("command", &problem.detail))
}

fn settle(
    pen: &Pen<'_>,
    done: (&outbox::Waiting, Option<&Refusal>),
    applied: &mut Applied,
) -> Result<()> {
    match done {
        (waiting, Some(_)) if mutant!(RefusedInSilence) => {
            outbox::settle(pen.conn, waiting)?;
        }
        (waiting, Some(refusal)) => {
            let whole = outbox::whole(pen.conn, waiting)?;
            tray::put(pen.conn, pen.fam, &whole, refusal)?;
            applied.rejected.push(waiting.command_id);
        }
        (waiting, None) => {
            outbox::settle(pen.conn, waiting)?;
            applied.settled += 1;
        }
    }
    Ok(())
}

/// Where an own command went through beside somebody else's change, the person is told.
fn tell_if_merged(pen: &Pen<'_>, waiting: &outbox::Waiting, events: &[AuditRecord]) -> Result<()> {
    let may_be = |it: &&AuditRecord| {
        it.command_id == waiting.command_id
            && matches!(it.command_type.as_str(), "ticket.set" | "ticket.describe")
    };
    for event in events.iter().filter(may_be) {
        let command = outbox::whole(pen.conn, waiting)?.command;
        if Some(event.entity) != command.body.overwrites() {
            continue;
        }
        if let Some(mut merged) = merge::told(&command.body, event) {
            let conflict = &mut merged.conflict;
            (conflict.by, conflict.at) = author(pen, event, &conflict.field)?.unzip();
            tray::put_merged(pen.conn, pen.fam, &command, &merged)?;
        }
    }
    Ok(())
}

/// Who changed the attribute before that, and when, as far as the log is here.
fn author(pen: &Pen<'_>, event: &AuditRecord, field: &str) -> Result<Option<(UserId, Timestamp)>> {
    let sql = "SELECT json FROM event WHERE fam = ?1 AND entity_type = ?2 AND entity_id = ?3
               AND seq < ?4 ORDER BY seq DESC LIMIT ?5";
    let (kind, id) = (
        event.entity.entity_type().as_str(),
        event.entity.entity_id(),
    );
    let before: Vec<AuditRecord> = nouns::all(
        pen.conn,
        sql,
        params![pen.fam, kind, id, event.seq, LOOK_BACK],
    )?;
    let found = before
        .iter()
        .find(|it| it.changes().iter().any(|it| it.field == field));
    Ok(found.map(|it| (it.in_name_of(), it.time)))
}

/// Of a family whose log will not come any more: what was decided is done with all the same.
pub(super) fn settle_decided(conn: &Connection, fam: i64) -> Result<()> {
    for waiting in outbox::fates(conn, fam)? {
        match &waiting.outcome {
            Some(Outcome::Applied { .. }) => outbox::settle(conn, &waiting)?,
            Some(Outcome::Rejected { problem, .. }) => {
                let whole = outbox::whole(conn, &waiting)?;
                tray::put(conn, fam, &whole, &refusal_of(problem))?;
            }
            None => {}
        }
    }
    Ok(())
}

/// Hides, shows, and lets happen what happened. Gives the entities that must be fetched first.
fn take_in(pen: &mut Pen<'_>, pull: &Pull, applied: &mut Applied) -> Result<Vec<EntityKey>> {
    let shown: HashSet<EntityKey> = pull.shown.iter().map(Record::key).collect();
    let hidden: HashSet<EntityKey> = pull
        .hidden
        .iter()
        .copied()
        .filter(|key| !shown.contains(key))
        .collect();
    for key in hidden.iter().filter(|_| !mutant!(HiddenStays)) {
        hide(pen, *key)?;
    }
    for record in &pull.shown {
        let version = nouns::version(pen.conn, pen.fam, record.key())?;
        if let (None, EntityKey::Ticket(ticket_id)) = (version, record.key())
            && !is_filed_in(pull, record.key())
        {
            past::want_ticket(pen.conn, pen.fam, ticket_id)?;
        }
        if version.is_none_or(|version| version < record.common().version) {
            pen.put(record)?;
        }
    }
    let is_hidden = |key: &EntityKey| {
        let with_ticket = key.ticket().map(EntityKey::Ticket);
        hidden.contains(key) || with_ticket.is_some_and(|ticket| hidden.contains(&ticket))
    };
    let mut missing = BTreeSet::new();
    let own = pull.own.iter().flat_map(|own| &own.events);
    // Only the family's log is its history.
    for event in &pull.events {
        if !is_hidden(&event.entity) {
            keep_event(pen.conn, pen.fam, event)?;
        }
    }
    let events = pull.events.iter().chain(own);
    for event in events.filter(|event| !is_hidden(&event.entity)) {
        match happen(pen, event)? {
            Happened::New => applied.events += 1,
            Happened::Before => {}
            Happened::Unknown => applied.newer += 1,
            Happened::TooEarly => {
                missing.insert(event.entity);
            }
        }
    }
    Ok(missing.into_iter().collect())
}

/// Whether all that has ever happened to the ticket is in the page.
fn is_filed_in(pull: &Pull, ticket: EntityKey) -> bool {
    let mut events = pull.events.iter();
    events.any(|event| event.entity == ticket && event.before.is_none())
}

enum Happened {
    New,
    /// The entity is as new here already.
    Before,
    /// A newer version of the program wrote it.
    Unknown,
    /// What came before it is not here.
    TooEarly,
}

fn happen(pen: &mut Pen<'_>, event: &AuditRecord) -> Result<Happened> {
    let kind = event.entity.entity_type();
    let after = event
        .after
        .clone()
        .map(|json| Record::from_json(kind, json));
    let Some(Ok(record)) = after else {
        return Ok(Happened::Unknown);
    };
    if record.key() != event.entity {
        return Ok(Happened::Unknown);
    }
    let here = nouns::version(pen.conn, pen.fam, event.entity)?.unwrap_or(0);
    if event.version <= here {
        return Ok(Happened::Before);
    }
    if event.version > here + 1 && mutant!(NoMissingRowFetch) {
        return Ok(Happened::Before);
    }
    if event.version > here + 1 {
        return Ok(Happened::TooEarly);
    }
    pen.put(&record)?;
    Ok(Happened::New)
}

pub(super) fn keep_event(conn: &Connection, fam: i64, event: &AuditRecord) -> Result<()> {
    conn.prepare_cached(
        "INSERT OR IGNORE INTO event (fam, seq, entity_type, entity_id, ticket_id, time, json)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        fam,
        event.seq,
        event.entity.entity_type().as_str(),
        event.entity.entity_id(),
        event.entity.ticket().map(|ticket| Blob(ticket.0)),
        event.time.0,
        serde_json::to_string(event)?
    ])?;
    Ok(())
}

/// Removes what one may not see any more, a ticket with all that belongs to it, and its past.
fn hide(pen: &mut Pen<'_>, key: EntityKey) -> Result<()> {
    if let EntityKey::Ticket(ticket_id) = key {
        for comment_id in comments_of(pen, ticket_id)? {
            pen.remove(EntityKey::Comment(ticket_id, comment_id))?;
        }
        pen.remove(EntityKey::Description(ticket_id))?;
        let of_ticket = params![pen.fam, Blob(ticket_id.0)];
        pen.run(
            "DELETE FROM participant WHERE fam = ?1 AND ticket_id = ?2",
            of_ticket,
        )?;
        pen.run(
            "DELETE FROM attachment WHERE fam = ?1 AND ticket_id = ?2",
            of_ticket,
        )?;
        pen.run(
            "DELETE FROM event WHERE fam = ?1 AND ticket_id = ?2",
            of_ticket,
        )?;
        past::forget_ticket(pen.conn, pen.fam, ticket_id)?;
        undo::forget_ticket(pen, ticket_id)?;
    }
    pen.run(
        "DELETE FROM event WHERE fam = ?1 AND entity_type = ?2 AND entity_id = ?3",
        params![pen.fam, key.entity_type().as_str(), key.entity_id()],
    )?;
    pen.remove(key)?;
    mark_untidy(pen.conn)
}

fn comments_of(pen: &Pen<'_>, ticket_id: TicketId) -> Result<Vec<CommentId>> {
    let sql = "SELECT comment_id FROM comment WHERE fam = ?1 AND ticket_id = ?2";
    let mut statement = pen.conn.prepare_cached(sql)?;
    let found = statement.query_map(params![pen.fam, Blob(ticket_id.0)], |row| {
        Ok(CommentId(row.get::<_, Blob>(0)?.0))
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}
