//! Counters of tickets, kept and never counted: by place, status and severity, and by day.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use super::Result;
use super::sql::{count, severity_number, status_number};
use super::view::Place;
use crate::model::id::{FamilyId, QueueId, UserId};
use crate::model::severity::Severity;
use crate::model::source::{DAY, Timestamp};
use crate::model::status::Status;

/// What the counters look at in a ticket that lists show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) queue_id: QueueId,
    pub(super) assigned_to: Option<UserId>,
    pub(super) status: Status,
    pub(super) severity: Severity,
    pub(super) created: Timestamp,
    pub(super) resolved: Option<Timestamp>,
    pub(super) unread: bool,
}

/// The place of a counter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Spot {
    kind: i64,
    place: Vec<u8>,
}

impl Spot {
    fn family() -> Spot {
        Spot {
            kind: 0,
            place: Vec::new(),
        }
    }

    fn queue(queue_id: QueueId) -> Spot {
        Spot {
            kind: 1,
            place: queue_id.0.as_bytes().to_vec(),
        }
    }

    fn holder(user_id: Option<UserId>) -> Spot {
        Spot {
            kind: 2,
            place: user_bytes(user_id),
        }
    }

    fn holder_in(queue_id: QueueId, user_id: Option<UserId>) -> Spot {
        Spot {
            kind: 3,
            place: [queue_id.0.as_bytes().to_vec(), user_bytes(user_id)].concat(),
        }
    }
}

fn user_bytes(user_id: Option<UserId>) -> Vec<u8> {
    user_id.map_or_else(Vec::new, |user| user.0.as_bytes().to_vec())
}

/// Changes of the counters that are still to be written.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// All of them, and the unread among them.
    totals: HashMap<(Spot, i64, i64), [i64; 2]>,
    days: HashMap<(Spot, i64, i64), [i64; 3]>,
}

impl Tally {
    /// A listed ticket is no longer as it was.
    pub(super) fn take(&mut self, old: &Counted) {
        self.add(old, -1);
    }

    /// A ticket is listed like this now.
    pub(super) fn give(&mut self, new: &Counted) {
        self.add(new, 1);
    }

    fn add(&mut self, ticket: &Counted, by: i64) {
        let severity = severity_number(ticket.severity);
        let status = status_number(ticket.status);
        let places = [
            Spot::family(),
            Spot::queue(ticket.queue_id),
            Spot::holder(ticket.assigned_to),
        ];
        for spot in &places {
            let mut at = |day: i64, column: usize| {
                self.days.entry((spot.clone(), day, severity)).or_default()[column] += by;
            };
            let born = day_of(ticket.created);
            if ticket.status == Status::Open {
                at(born, 0);
            }
            at(born, 1);
            if let Some(resolved) = ticket.resolved {
                at(day_of(resolved), 2);
            }
        }
        let among = Spot::holder_in(ticket.queue_id, ticket.assigned_to);
        for spot in places.into_iter().chain([among]) {
            let total = self.totals.entry((spot, status, severity)).or_default();
            total[0] += by;
            if ticket.unread {
                total[1] += by;
            }
        }
    }

    /// Writes the changes.
    pub(super) fn write(&self, conn: &Connection, fam: i64) -> Result<()> {
        let mut total = conn.prepare_cached(
            "INSERT INTO tally (fam, kind, place, status, severity, n, unread)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT DO UPDATE SET n = n + excluded.n, unread = unread + excluded.unread",
        )?;
        let changed = self.totals.iter().filter(|(_, by)| **by != [0, 0]);
        for ((spot, status, severity), [by, unread]) in changed {
            total.execute(params![
                fam, spot.kind, spot.place, status, severity, by, unread
            ])?;
        }
        let mut day_total = conn.prepare_cached(
            "INSERT INTO day_tally (fam, kind, place, day, severity, open, created, resolved)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT DO UPDATE SET open = open + excluded.open,
                 created = created + excluded.created, resolved = resolved + excluded.resolved",
        )?;
        let changed = self.days.iter().filter(|(_, by)| **by != [0, 0, 0]);
        for ((spot, day, severity), [open, created, resolved]) in changed {
            day_total.execute(params![
                fam, spot.kind, spot.place, day, severity, open, created, resolved
            ])?;
        }
        Ok(())
    }
}

/// The day (UTC) of a moment, counted from 1970.
pub(super) fn day_of(at: Timestamp) -> i64 {
    at.0.div_euclid(DAY)
}

/// The number under which a family stands in the tables.
pub(super) fn family_number(conn: &Connection, family_id: FamilyId) -> Result<Option<i64>> {
    use rusqlite::OptionalExtension;
    Ok(conn
        .prepare_cached("SELECT fam FROM family_log WHERE family_id = ?1")?
        .query_row([super::sql::Blob(family_id.0)], |row| row.get(0))
        .optional()?)
}

/// The numbers of all families.
pub(super) fn family_numbers(conn: &Connection) -> Result<Vec<i64>> {
    let mut statement = conn.prepare_cached("SELECT fam FROM family_log ORDER BY fam")?;
    let found = statement.query_map([], |row| row.get(0))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Where the counters of a place stand.
pub(super) fn spots(conn: &Connection, place: Place) -> Result<Vec<(i64, Spot)>> {
    let spot = match place {
        Place::Everywhere => {
            let all = family_numbers(conn)?;
            return Ok(all.into_iter().map(|fam| (fam, Spot::family())).collect());
        }
        Place::Family(_) => Spot::family(),
        Place::Queue(_, queue_id) => Spot::queue(queue_id),
        Place::AssignedTo(_, user_id) => Spot::holder(Some(user_id)),
        Place::Unassigned(_) => Spot::holder(None),
    };
    let fam = match place.family() {
        Some(family_id) => family_number(conn, family_id)?,
        None => None,
    };
    Ok(fam.map(|fam| (fam, spot)).into_iter().collect())
}

/// The families, each with its number.
pub(super) fn families(conn: &Connection) -> Result<Vec<(i64, FamilyId)>> {
    let sql = "SELECT fam, family_id FROM family_log ORDER BY fam";
    let mut statement = conn.prepare_cached(sql)?;
    let found = statement.query_map([], |row| {
        Ok((row.get(0)?, FamilyId(row.get::<_, super::sql::Blob>(1)?.0)))
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// How many tickets of a status, or of any, a place lists, by severity, gravest first. The snoozed
/// are among them.
pub(super) fn by_severity(
    conn: &Connection,
    place: Place,
    status: Option<Status>,
) -> Result<[u64; 6]> {
    let mut found = [0; 6];
    let mut statement = conn.prepare_cached(
        "SELECT severity, n FROM tally WHERE fam = ?1 AND kind = ?2 AND place = ?3
         AND (?4 IS NULL OR status = ?4)",
    )?;
    let status = status.map(status_number);
    for (fam, spot) in spots(conn, place)? {
        let mut rows = statement.query(params![fam, spot.kind, spot.place, status])?;
        while let Some(row) = rows.next()? {
            let severity = super::sql::severity_at(row.get(0)?);
            found[rank(severity)] += count(row.get(1)?);
        }
    }
    Ok(found)
}

/// How many open tickets of a place are unread. The snoozed are among them.
pub(super) fn unread(conn: &Connection, place: Place) -> Result<u64> {
    let mut statement = conn.prepare_cached(
        "SELECT ifnull(sum(unread), 0) FROM tally
         WHERE fam = ?1 AND kind = ?2 AND place = ?3 AND status = ?4",
    )?;
    let open = status_number(Status::Open);
    let mut found = 0;
    for (fam, spot) in spots(conn, place)? {
        let of = params![fam, spot.kind, spot.place, open];
        found += count(statement.query_row(of, |row| row.get(0))?);
    }
    Ok(found)
}

/// A severity's place among all, gravest first.
pub(super) fn rank(severity: Severity) -> usize {
    let place = Severity::ALL.iter().position(|it| *it == severity);
    place.unwrap_or(0)
}

/// Open tickets of a place by severity that were created on the given day or later.
pub(super) fn open_since_day(conn: &Connection, place: Place, day: i64) -> Result<[u64; 6]> {
    let mut found = [0; 6];
    let mut statement = conn.prepare_cached(
        "SELECT severity, sum(open) FROM day_tally
         WHERE fam = ?1 AND kind = ?2 AND place = ?3 AND day >= ?4 GROUP BY severity",
    )?;
    for (fam, spot) in spots(conn, place)? {
        let mut rows = statement.query(params![fam, spot.kind, spot.place, day])?;
        while let Some(row) = rows.next()? {
            let severity = super::sql::severity_at(row.get(0)?);
            found[rank(severity)] += count(row.get(1)?);
        }
    }
    Ok(found)
}

/// Tickets of a place created and resolved per day, from the given day on.
pub(super) fn days_since(
    conn: &Connection,
    place: Place,
    day: i64,
) -> Result<HashMap<i64, (u64, u64)>> {
    let mut found: HashMap<i64, (u64, u64)> = HashMap::new();
    let mut statement = conn.prepare_cached(
        "SELECT day, sum(created), sum(resolved) FROM day_tally
         WHERE fam = ?1 AND kind = ?2 AND place = ?3 AND day >= ?4 GROUP BY day",
    )?;
    for (fam, spot) in spots(conn, place)? {
        let mut rows = statement.query(params![fam, spot.kind, spot.place, day])?;
        while let Some(row) = rows.next()? {
            let entry = found.entry(row.get(0)?).or_default();
            entry.0 += count(row.get(1)?);
            entry.1 += count(row.get(2)?);
        }
    }
    Ok(found)
}

/// Who holds how many open tickets of a place, with the family they hold them in.
pub(super) fn holders(
    conn: &Connection,
    place: Place,
) -> Result<HashMap<Option<UserId>, (i64, u64)>> {
    let mut found: HashMap<Option<UserId>, (i64, u64)> = HashMap::new();
    let mut statement = conn.prepare_cached(
        "SELECT place, sum(n) FROM tally WHERE fam = ?1 AND kind = ?2 AND status = ?3
         AND place >= ?4 AND (?5 IS NULL OR place < ?5) GROUP BY place HAVING sum(n) > 0",
    )?;
    let open = status_number(Status::Open);
    for (fam, spot) in spots(conn, place)? {
        let (kind, prefix, end) = match place {
            Place::Everywhere | Place::Family(_) => (2, Vec::new(), None),
            Place::Queue(..) => (3, spot.place.clone(), after_all(&spot.place)),
            Place::AssignedTo(..) | Place::Unassigned(_) => {
                let mut next = spot.place.clone();
                next.push(0);
                (2, spot.place.clone(), Some(next))
            }
        };
        let skip = if kind == 3 { prefix.len() } else { 0 };
        let mut rows = statement.query(params![fam, kind, open, prefix, end])?;
        while let Some(row) = rows.next()? {
            let place: Vec<u8> = row.get(0)?;
            let holder = uuid::Uuid::from_slice(place.get(skip..).unwrap_or_default())
                .ok()
                .map(UserId);
            let entry = found.entry(holder).or_insert((fam, 0));
            entry.1 += count(row.get(1)?);
        }
    }
    Ok(found)
}

/// The first place after all that begin with the given bytes.
fn after_all(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut next = prefix.to_vec();
    while let Some(last) = next.pop() {
        if last < u8::MAX {
            next.push(last + 1);
            return Some(next);
        }
    }
    None
}
