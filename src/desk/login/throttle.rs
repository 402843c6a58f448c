//! Guessing is made slow: by account, by the address it comes from, and all in all. Never so slow
//! that somebody could keep another out: whoever is logged in on a device stays so.

use std::collections::HashMap;

use crate::model::source::{DAY, MINUTE, Timestamp};

/// So many failures cost nothing; every further one doubles the wait from a second on.
const FREE: u32 = 3;
const LONGEST: i64 = 15 * MINUTE;
/// After this long without a failure all is forgotten, in seconds.
const FORGOTTEN: i64 = DAY;

/// Tries from one address in a minute, and from all in a second.
const PER_MINUTE: u32 = 20;
const PER_SECOND: u32 = 5;

/// The most accounts and addresses that are remembered; the longest untouched go first.
const REMEMBERED: usize = 4096;

/// What is known of guesses.
#[derive(Debug, Default)]
pub struct Throttle {
    accounts: HashMap<String, Failures>,
    places: HashMap<String, Tries>,
    all: Tries,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Timestamp,
}

/// Tries in one stretch of time.
#[derive(Debug, Clone, Copy, Default)]
struct Tries {
    since: Timestamp,
    count: u32,
}

impl Throttle {
    /// Counts a try for an account, from a place.
    ///
    /// # Errors
    /// How many seconds to wait; the try does not take place.
    pub fn admit(&mut self, account: &str, place: &str, now: Timestamp) -> Result<(), i64> {
        self.admit_from(place, now)?;
        match self.accounts.get(account) {
            Some(failures) if now.since(failures.last) < failures.wait() => {
                Err(failures.wait() - now.since(failures.last))
            }
            _ => Ok(()),
        }
    }

    /// The same where no account is named.
    pub fn admit_from(&mut self, place: &str, now: Timestamp) -> Result<(), i64> {
        make_room(&mut self.places, |tries| tries.since);
        self.all.count_up(now, 1, PER_SECOND)?;
        let tries = self.places.entry(place.to_owned()).or_default();
        tries.count_up(now, MINUTE, PER_MINUTE)
    }

    /// Notes that a try was wrong.
    pub fn failed(&mut self, account: &str, now: Timestamp) {
        make_room(&mut self.accounts, |failures| failures.last);
        let failures = self.accounts.entry(account.to_owned()).or_insert(Failures {
            count: 0,
            last: now,
        });
        if now.since(failures.last) > FORGOTTEN {
            failures.count = 0;
        }
        failures.count = failures.count.saturating_add(1);
        failures.last = now;
    }

    /// Notes that a try was right.
    pub fn succeeded(&mut self, account: &str) {
        self.accounts.remove(account);
    }
}

impl Failures {
    fn wait(self) -> i64 {
        match self.count.checked_sub(FREE + 1) {
            None => 0,
            Some(doublings) => 1_i64
                .checked_shl(doublings.min(32))
                .map_or(LONGEST, |seconds| seconds.min(LONGEST)),
        }
    }
}

impl Tries {
    fn count_up(&mut self, now: Timestamp, stretch: i64, most: u32) -> Result<(), i64> {
        let passed = now.since(self.since);
        if passed >= stretch || passed < 0 {
            *self = Tries {
                since: now,
                count: 0,
            };
        }
        if self.count >= most {
            return Err(stretch - now.since(self.since));
        }
        self.count += 1;
        Ok(())
    }
}

fn make_room<T>(of: &mut HashMap<String, T>, last: impl Fn(&T) -> Timestamp) {
    if of.len() < REMEMBERED {
        return;
    }
    let mut moments: Vec<Timestamp> = of.values().map(&last).collect();
    moments.sort_unstable();
    let middle = moments[moments.len() / 2];
    of.retain(|_, it| last(it) > middle);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fourth_failure_costs_a_second_and_each_further_one_twice_as_much() {
        let mut throttle = Throttle::default();
        let mut now = Timestamp(1_000_000);
        let mut waits = Vec::new();
        for _ in 0..16 {
            throttle.failed("ana", now);
            let wait = throttle.accounts["ana"].wait();
            waits.push(wait);
            now = now.plus(wait + 60);
        }
        assert_eq!(waits[..6], [0, 0, 0, 1, 2, 4]);
        assert_eq!(waits.last(), Some(&LONGEST));
        throttle.failed("ana", now);
        assert!(throttle.admit("ana", "10.0.0.1", now.plus(5)).is_err());
        assert!(throttle.admit("ben", "10.0.0.1", now.plus(5)).is_ok());
        assert!(throttle.admit("ana", "10.0.0.1", now.plus(LONGEST)).is_ok());
        throttle.succeeded("ana");
        assert!(throttle.admit("ana", "10.0.0.1", now.plus(5)).is_ok());
    }

    #[test]
    fn one_address_and_all_together_have_a_pace() {
        let mut throttle = Throttle::default();
        let now = Timestamp(1_000_000);
        for second in 0..PER_MINUTE {
            let at = now.plus(i64::from(second));
            assert_eq!(throttle.admit_from("10.0.0.1", at), Ok(()));
        }
        assert_eq!(throttle.admit_from("10.0.0.1", now.plus(30)), Err(30));
        for n in 0..4 {
            let place = format!("10.0.1.{n}");
            assert_eq!(throttle.admit_from(&place, now.plus(30)), Ok(()));
        }
        assert_eq!(throttle.admit_from("10.0.2.1", now.plus(30)), Err(1));
    }

    #[test]
    fn what_is_remembered_has_an_end() {
        let mut throttle = Throttle::default();
        for n in 0..10_000_i64 {
            throttle.failed(&n.to_string(), Timestamp(n));
        }
        assert!(throttle.accounts.len() <= REMEMBERED);
        assert!(throttle.accounts.contains_key("9999"));
    }
}
