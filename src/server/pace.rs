//! How fast somebody may go: so many of something a second, and more at once after a rest. So a
//! script that runs wild keeps nobody else waiting.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::model::source::Timestamp;

/// How many are remembered before those who have long rested are forgotten.
const REMEMBERED: usize = 1_000;

/// The pace of everybody.
#[derive(Debug)]
pub struct Pace {
    /// So many a second; as many as come where it is 0.
    pub rate: u32,
    /// So many at once after a rest.
    pub most: u32,
    spent: Mutex<HashMap<String, Spent>>,
}

/// What somebody has used up, as of a moment.
#[derive(Debug, Clone, Copy)]
struct Spent {
    count: i64,
    at: Timestamp,
}

impl Pace {
    pub fn of(rate: u32, most: u32) -> Pace {
        Pace {
            rate,
            most,
            spent: Mutex::default(),
        }
    }

    /// How many somebody may still have now.
    pub fn left(&self, who: &str, now: Timestamp) -> u32 {
        if self.rate == 0 {
            return u32::MAX;
        }
        let all = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let left = i64::from(self.most) - self.spent_by(all.get(who), now);
        u32::try_from(left).unwrap_or(0)
    }

    /// Counts so many.
    pub fn spend(&self, who: &str, count: u32, now: Timestamp) {
        if self.rate == 0 {
            return;
        }
        let mut all = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.retain(|_, it| self.spent_by(Some(it), now) > 0);
        }
        let spent = Spent {
            count: self.spent_by(all.get(who), now) + i64::from(count),
            at: now,
        };
        all.insert(who.to_owned(), spent);
    }

    /// A clock that is put back gives nothing and takes nothing.
    fn spent_by(&self, spent: Option<&Spent>, now: Timestamp) -> i64 {
        spent.map_or(0, |it| {
            let since = now.since(it.at).max(0);
            let given_back = since.saturating_mul(i64::from(self.rate));
            it.count.saturating_sub(given_back).max(0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_and_then_so_many_a_second() {
        let pace = Pace::of(20, 60);
        let at = |seconds: i64| Timestamp(1_000_000 + seconds);
        let taken = |who, now| {
            let left = pace.left(who, now);
            pace.spend(who, left, now);
            left
        };
        assert_eq!(taken("ana's key", at(0)), 60);
        assert_eq!(taken("ana's key", at(0)), 0);
        assert_eq!(taken("ben's key", at(0)), 60);
        assert_eq!(taken("ana's key", at(1)), 20);
        assert_eq!(taken("ana's key", at(60)), 60);
        assert_eq!(Pace::of(0, 0).left("x", at(0)), u32::MAX);
    }
}
