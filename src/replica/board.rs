//! Open tickets at a glance: by severity, by age, by day, by who holds them.

use rusqlite::Connection;

use super::list::{List, Reach};
use super::nouns::membership;
use super::view::{Anchor, Band, Board, BoardDay, Holder, ListQuery, Place};
use super::{Result, tally};
use crate::model::severity::Severity;
use crate::model::source::{DAY, HOUR, Timestamp};
use crate::model::status::Status;
use crate::query::{DateField, Order, Test};

/// How much of everything a board shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) per_band: usize,
    pub(super) days: usize,
}

/// The ages at which one column of the heat ends and the next begins, in seconds.
const AGES: [i64; 4] = [HOUR, DAY, 7 * DAY, 30 * DAY];

/// The board of a place.
pub(super) fn board(conn: &Connection, place: Place, now: Timestamp, size: Size) -> Result<Board> {
    let counts = tally::by_severity(conn, place, Some(Status::Open))?;
    Ok(Board {
        bands: bands(conn, place, &counts, size.per_band)?,
        heat: heat(conn, place, now, &counts)?,
        days: days(conn, place, now, size.days)?,
        holders: holders(conn, place)?,
    })
}

fn bands(conn: &Connection, place: Place, counts: &[u64; 6], per_band: usize) -> Result<Vec<Band>> {
    let mut bands = Vec::with_capacity(counts.len());
    for (severity, open) in Severity::ALL.into_iter().zip(counts) {
        let query = ListQuery::open(place).and(Test::Severity(vec![severity]));
        let reach = Reach {
            before: 0,
            after: per_band.max(1),
        };
        let mut tickets = match open {
            0 => Vec::new(),
            _ => List::of(conn, &query)?.window(Anchor::Top, reach)?.rows,
        };
        let oldest = tickets.first().map(|ticket| ticket.creation_date);
        tickets.truncate(per_band);
        bands.push(Band {
            severity,
            open: *open,
            oldest,
            tickets,
        });
    }
    Ok(bands)
}

/// Counts by age: whole days come from the counters, the rest of the day in which an age begins
/// is counted along an index.
fn heat(
    conn: &Connection,
    place: Place,
    now: Timestamp,
    counts: &[u64; 6],
) -> Result<[[u64; 5]; 6]> {
    let mut heat = [[0; 5]; 6];
    let mut younger = [0; 6];
    for (column, age) in AGES.into_iter().enumerate() {
        let since = open_since(conn, place, now.plus(1 - age))?;
        for (row, cells) in heat.iter_mut().enumerate() {
            cells[column] = since[row].saturating_sub(younger[row]);
        }
        younger = since;
    }
    for (row, cells) in heat.iter_mut().enumerate() {
        cells[AGES.len()] = counts[row].saturating_sub(younger[row]);
    }
    Ok(heat)
}

/// Open tickets by severity that were created at the moment or later.
fn open_since(conn: &Connection, place: Place, since: Timestamp) -> Result<[u64; 6]> {
    let next_day = tally::day_of(since) + 1;
    let mut found = tally::open_since_day(conn, place, next_day)?;
    for (severity, found) in Severity::ALL.into_iter().zip(&mut found) {
        let until = Timestamp(next_day.saturating_mul(DAY));
        let query = ListQuery::open(place)
            .and(Test::Severity(vec![severity]))
            .and(Test::Within(DateField::Created, Some(since), Some(until)))
            .sorted(Order::NEWEST);
        *found += List::of(conn, &query)?.count_all()?;
    }
    Ok(found)
}

fn days(conn: &Connection, place: Place, now: Timestamp, days: usize) -> Result<Vec<BoardDay>> {
    let today = tally::day_of(now);
    let first = today - i64::try_from(days).unwrap_or(0) + 1;
    let found = tally::days_since(conn, place, first)?;
    Ok((first..=today)
        .map(|day| {
            let (created, resolved) = found.get(&day).copied().unwrap_or_default();
            BoardDay {
                begins: Timestamp(day * DAY),
                created,
                resolved,
            }
        })
        .collect())
}

fn holders(conn: &Connection, place: Place) -> Result<Vec<Holder>> {
    let mut holders = Vec::new();
    for (user_id, (fam, open)) in tally::holders(conn, place)? {
        holders.push(Holder {
            user_id,
            name: match user_id {
                Some(user_id) => membership::name_of(conn, fam, user_id)?,
                None => String::new(),
            },
            open,
        });
    }
    holders.sort_by(|a, b| {
        b.open
            .cmp(&a.open)
            .then_with(|| a.name.cmp(&b.name))
            .then_with(|| a.user_id.cmp(&b.user_id))
    });
    Ok(holders)
}
