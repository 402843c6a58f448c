//! What is on its way and takes a while, for whoever watches.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::text::plural::grouped;
use crate::text::{age, size};

/// How far something has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    pub what: Freight,
    /// So much of so much: bytes of files, tickets of families.
    pub done: u64,
    pub total: u64,
    /// How many seconds the rest takes if it goes on as it went lately; absent until that says
    /// anything.
    pub left: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Freight {
    /// A file, by its name; a long text has none.
    FileOut(String),
    FileIn(String),
    /// A family as it is now, by its name.
    Family(String),
    /// The same, of which all has come.
    FamilyWhole(String),
}

impl Transfer {
    /// The family that is being fetched, by its name.
    pub fn family(&self) -> Option<&str> {
        match &self.what {
            Freight::Family(name) | Freight::FamilyWhole(name) => Some(name),
            Freight::FileOut(_) | Freight::FileIn(_) => None,
        }
    }

    /// `about 3 min left`, where that is known.
    pub fn left_words(&self) -> Option<String> {
        self.left.map(age::remaining)
    }
}

/// `sending film.mp4: 12 MiB of 20 MiB, about 3 min left`.
impl fmt::Display for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (done, total) = (self.done, self.total);
        match &self.what {
            Freight::FileOut(name) if name.is_empty() => {
                write!(f, "sending a long text: {} of {}", size(done), size(total))?;
            }
            Freight::FileOut(name) => {
                write!(f, "sending {name}: {} of {}", size(done), size(total))?;
            }
            Freight::FileIn(name) => {
                write!(f, "fetching {name}: {} of {}", size(done), size(total))?;
            }
            // What one takes part in elsewhere was not counted before.
            Freight::Family(name) if done >= total => {
                write!(f, "fetching {name}: {} tickets", grouped(done))?;
            }
            Freight::Family(name) => {
                let (done, total) = (grouped(done), grouped(total));
                write!(f, "fetching {name}: {done} of {total} tickets")?;
            }
            Freight::FamilyWhole(name) => {
                write!(f, "putting {name} in place: {} tickets", grouped(done))?;
            }
        }
        match self.left_words() {
            Some(left) => write!(f, ", {left}"),
            None => Ok(()),
        }
    }
}

/// Tells whoever watches of one thing on its way, until it is dropped.
pub(super) struct Telling<'a> {
    transfers: &'a watch::Sender<Option<Transfer>>,
    pace: Pace,
}

impl<'a> Telling<'a> {
    pub(super) fn to(transfers: &'a watch::Sender<Option<Transfer>>) -> Telling<'a> {
        let pace = Pace::default();
        Telling { transfers, pace }
    }

    pub(super) fn tell(&mut self, what: Freight, done: u64, total: u64) {
        let left = self.pace.left(Instant::now(), (done, total));
        self.transfers.send_replace(Some(Transfer {
            what,
            done,
            total,
            left,
        }));
    }
}

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        self.transfers.send_replace(None);
    }
}

/// How far back it is looked for how fast something goes, but over so many parts at the least: on
/// a slow line each takes long.
const LATELY: Duration = Duration::from_secs(20);
const PARTS: usize = 3;

/// What comes faster than this says nothing of what follows.
const MEANINGFUL: Duration = Duration::from_secs(2);

/// When how much was there, lately.
#[derive(Default)]
struct Pace {
    marks: VecDeque<(Instant, u64)>,
}

impl Pace {
    /// Notes how much of how much is there now. Gives how many seconds the rest takes at the pace
    /// of the last parts, once there were enough of them.
    fn left(&mut self, now: Instant, (done, total): (u64, u64)) -> Option<u64> {
        self.marks.push_back((now, done));
        let is_long_ago = |at: Instant| now.duration_since(at) > LATELY;
        while self.marks.len() > PARTS + 1 && self.marks.front().is_some_and(|it| is_long_ago(it.0))
        {
            self.marks.pop_front();
        }
        let (since, before) = *self.marks.front()?;
        let took = now.duration_since(since);
        let came = done.checked_sub(before).filter(|it| *it > 0)?;
        if self.marks.len() <= PARTS || took < MEANINGFUL || done >= total {
            return None;
        }
        let rest = u128::from(total - done) * took.as_millis() / u128::from(came);
        u64::try_from(rest.div_ceil(1000)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of the time that is left, after each part: so many seconds later, so much is
    /// there of 1,000.
    fn said(parts: &[(u64, u64)]) -> Vec<Option<u64>> {
        let begun = Instant::now();
        let mut pace = Pace::default();
        let at = |seconds| begun + Duration::from_secs(seconds);
        let left = |(seconds, done): &(u64, u64)| pace.left(at(*seconds), (*done, 1_000));
        parts.iter().map(left).collect()
    }

    #[test]
    fn the_time_left_is_said_once_the_last_parts_tell_it() {
        // One that goes on from 400; the fourth part is the first that says anything.
        let steady = [(0, 400), (1, 410), (2, 420), (3, 430), (4, 440), (5, 1_000)];
        let told = [None, None, None, Some(57), Some(56), None];
        assert_eq!(said(&steady), told);
        // All at once, or nothing at all, tells nothing.
        assert_eq!(said(&[(0, 0), (0, 1), (0, 2), (1, 900)]), [None; 4]);
        assert_eq!(said(&[(0, 7), (9, 7), (18, 7), (27, 7)]), [None; 4]);
    }

    #[test]
    fn a_line_that_becomes_slow_takes_longer_from_then_on() {
        let slower = [
            (0, 0),
            (1, 100),
            (2, 200),
            (3, 300),
            (30, 310),
            (60, 320),
            (90, 330),
        ];
        let told = said(&slower);
        assert_eq!(told[3], Some(7));
        // Ten in half a minute, 670 to come.
        assert_eq!(told[6], Some(67 * 29));
    }
}
