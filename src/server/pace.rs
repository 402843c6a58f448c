//! How many requests of the resources one sign-in or key may make: so many a second, and more at
//! once after a rest. So a script that runs wild keeps nobody else waiting.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::reply::Failure;
use crate::wire::problem::{Problem, ProblemKind};

/// How many requests a second, unless told otherwise.
pub const USUAL: u32 = 20;

/// How many seconds' worth may be made at once.
const REST: u32 = 3;

/// How many callers are remembered before those who have long rested are forgotten.
const REMEMBERED: usize = 1_000;

/// The pace of everybody.
#[derive(Debug)]
pub struct Pace {
    /// Requests a second.
    rate: u32,
    spent: Mutex<HashMap<String, Spent>>,
}

/// What somebody has used up, as of a moment.
#[derive(Debug, Clone, Copy)]
struct Spent {
    requests: f64,
    at: Instant,
}

impl Pace {
    /// So many requests a second, or as many as come where none is said.
    pub fn of(rate: u32) -> Pace {
        Pace {
            rate,
            spent: Mutex::default(),
        }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// [`ProblemKind::TooMany`] where it was one too many, with when to go on.
    pub(super) fn take(&self, who: &str, now: Instant) -> Result<(), Failure> {
        if self.rate == 0 {
            return Ok(());
        }
        let (rate, most) = (f64::from(self.rate), f64::from(self.rate * REST));
        let mut all = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            let rested = Duration::from_secs(u64::from(REST));
            all.retain(|_, it| now.duration_since(it.at) < rested);
        }
        let before = all.get(who).map_or(0.0, |it| {
            let since = now.duration_since(it.at).as_secs_f64();
            (it.requests - since * rate).max(0.0)
        });
        if before + 1.0 > most {
            return Err(too_many(self.rate));
        }
        let spent = Spent {
            requests: before + 1.0,
            at: now,
        };
        all.insert(who.to_owned(), spent);
        Ok(())
    }
}

fn too_many(rate: u32) -> Failure {
    let detail = format!(
        "at most {rate} requests a second, and {} at once after a rest; wait a second",
        rate * REST
    );
    let problem = Problem {
        retry_after: Some(1),
        ..Problem::new(ProblemKind::TooMany, detail)
    };
    problem.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_and_then_so_many_a_second() {
        let (pace, begun) = (Pace::of(20), Instant::now());
        let at = |seconds: u64| begun + Duration::from_secs(seconds);
        let taken =
            |who, now, tries: u32| (0..tries).filter(|_| pace.take(who, now).is_ok()).count();
        assert_eq!(taken("ana's key", at(0), 100), 60);
        assert_eq!(taken("ben's key", at(0), 100), 60);
        assert_eq!(taken("ana's key", at(1), 100), 20);
        assert_eq!(taken("ana's key", at(60), 100), 60);
        assert_eq!(
            (0..1_000)
                .filter(|_| Pace::of(0).take("x", at(0)).is_ok())
                .count(),
            1_000
        );
    }
}
