//! Ages, deadlines and moments in words. All times are seconds since the epoch, given as values;
//! there is no clock here.

use std::fmt;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;
const YEAR: u64 = 365 * DAY + DAY / 4;
const MONTH: u64 = YEAR / 12;
const TWO_MONTHS: u64 = 2 * MONTH;

/// How long ago `then` was, in at most four columns: `now`, `12m`, `3h`, `2d`, `5w`, `8mo`, `2y`.
///
/// What lies ahead is `now` too: the clocks of two machines differ.
pub fn compact(then: i64, now: i64) -> String {
    match Span::of(elapsed(then, now)) {
        Span {
            unit: Unit::Second, ..
        } => "now".to_owned(),
        span => span.to_string(),
    }
}

/// How long ago `then` was, in words: `just now`, `3h ago`.
pub fn ago(then: i64, now: i64) -> String {
    match Span::of(elapsed(then, now)) {
        Span {
            unit: Unit::Second, ..
        } => "just now".to_owned(),
        span => format!("{span} ago"),
    }
}

/// What is left until `due`: `52 min left`, `5h left`, `due now`, `2d overdue`.
pub fn until(due: i64, now: i64) -> String {
    let word = if due > now { "left" } else { "overdue" };
    match Span::of(due.abs_diff(now)) {
        Span {
            unit: Unit::Second, ..
        } => "due now".to_owned(),
        Span {
            unit: Unit::Minute,
            count,
        } => format!("{count} min {word}"),
        span => format!("{span} {word}"),
    }
}

/// What is left of something that takes so many seconds more, as far as that can be known:
/// `less than a minute left`, `about 3 min left`, `about 2h left`.
pub fn remaining(seconds: u64) -> String {
    if seconds < MINUTE {
        return "less than a minute left".to_owned();
    }
    // Rounded up: whoever waits is better told too much than too little.
    let whole = if seconds < HOUR { MINUTE } else { HOUR };
    let until = i64::try_from(seconds.div_ceil(whole).saturating_mul(whole));
    format!("about {}", self::until(until.unwrap_or(i64::MAX), 0))
}

/// When `then` was or will be, on the clocks of `zone`: `16:00` today, `yesterday 16:00`,
/// `tomorrow 16:00`, `3 Mar 16:00` this year, `2025-03-03` otherwise.
pub fn moment(then: i64, now: i64, zone: &TimeZone) -> String {
    let (Some(then), Some(now)) = (local(then, zone), local(now, zone)) else {
        return "a time out of range".to_owned();
    };
    let day = then.date();
    let today = now.date();
    if day == today {
        then.strftime("%H:%M").to_string()
    } else if today.yesterday().is_ok_and(|yesterday| day == yesterday) {
        then.strftime("yesterday %H:%M").to_string()
    } else if today.tomorrow().is_ok_and(|tomorrow| day == tomorrow) {
        then.strftime("tomorrow %H:%M").to_string()
    } else if day.year() == today.year() {
        then.strftime("%-d %b %H:%M").to_string()
    } else {
        day.to_string()
    }
}

/// The day on which `then` was, on the clocks of `zone`: `Today`, `Yesterday`, `Sat 21 Nov` this
/// year, `Sat 2025-03-01` otherwise.
pub fn day(then: i64, now: i64, zone: &TimeZone) -> String {
    let (Some(then), Some(now)) = (local(then, zone), local(now, zone)) else {
        return "A time out of range".to_owned();
    };
    let (day, today) = (then.date(), now.date());
    if day == today {
        "Today".to_owned()
    } else if today.yesterday().is_ok_and(|yesterday| day == yesterday) {
        "Yesterday".to_owned()
    } else if day.year() == today.year() {
        then.strftime("%a %-d %b").to_string()
    } else {
        then.strftime("%a %Y-%m-%d").to_string()
    }
}

/// The moment as it stands on the clocks of `zone`: `2026-03-01 16:00:05`.
pub fn exactly(then: i64, zone: &TimeZone) -> String {
    match local(then, zone) {
        Some(then) => then.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        None => format!("second {then}"),
    }
}

/// The time of day on the clocks of `zone`: `16:00`.
pub fn clock(then: i64, zone: &TimeZone) -> String {
    local(then, zone).map_or_else(String::new, |then| then.strftime("%H:%M").to_string())
}

/// Whether two moments are of one day on the clocks of `zone`.
pub fn same_day(one: i64, other: i64, zone: &TimeZone) -> bool {
    let day = |at| local(at, zone).map(|at| at.date());
    day(one) == day(other)
}

/// A length of time in the largest unit that it fills.
struct Span {
    count: u64,
    unit: Unit,
}

enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

impl Span {
    fn of(seconds: u64) -> Self {
        let (size, unit) = match seconds {
            0..MINUTE => (1, Unit::Second),
            MINUTE..HOUR => (MINUTE, Unit::Minute),
            HOUR..DAY => (HOUR, Unit::Hour),
            DAY..WEEK => (DAY, Unit::Day),
            // Eight weeks say more than one month.
            WEEK..TWO_MONTHS => (WEEK, Unit::Week),
            TWO_MONTHS..YEAR => (MONTH, Unit::Month),
            YEAR.. => (YEAR, Unit::Year),
        };
        // Three digits keep it within four columns.
        Self {
            count: (seconds / size).min(999),
            unit,
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Second => "s",
            Unit::Minute => "m",
            Unit::Hour => "h",
            Unit::Day => "d",
            Unit::Week => "w",
            Unit::Month => "mo",
            Unit::Year => "y",
        };
        write!(f, "{}{unit}", self.count)
    }
}

fn elapsed(then: i64, now: i64) -> u64 {
    if then >= now { 0 } else { now.abs_diff(then) }
}

fn local(seconds: i64, zone: &TimeZone) -> Option<Zoned> {
    Some(Timestamp::from_second(seconds).ok()?.to_zoned(zone.clone()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_772_373_600; // 2026-03-01 14:00 UTC

    fn back(seconds: u64) -> i64 {
        NOW - i64::try_from(seconds).expect("small")
    }

    #[test]
    fn an_age_is_in_the_largest_unit_it_fills() {
        let cases = [
            (0, "now"),
            (59, "now"),
            (MINUTE, "1m"),
            (HOUR - 1, "59m"),
            (3 * HOUR, "3h"),
            (DAY, "1d"),
            (WEEK - 1, "6d"),
            (5 * WEEK, "5w"),
            (60 * DAY, "8w"),
            (61 * DAY, "2mo"),
            (YEAR - 1, "11mo"),
            (2 * YEAR, "2y"),
        ];
        for (seconds, words) in cases {
            assert_eq!(compact(back(seconds), NOW), words);
        }
        assert_eq!(compact(NOW + 500, NOW), "now");
        assert_eq!(ago(back(3 * HOUR), NOW), "3h ago");
        assert_eq!(ago(NOW, NOW), "just now");
    }

    #[test]
    fn a_deadline_counts_down_and_then_up() {
        assert_eq!(until(NOW + 52 * 60, NOW), "52 min left");
        assert_eq!(until(NOW + 5 * 3_600, NOW), "5h left");
        assert_eq!(until(NOW + 20, NOW), "due now");
        assert_eq!(until(NOW - 20, NOW), "due now");
        assert_eq!(until(NOW - 60, NOW), "1 min overdue");
        assert_eq!(until(back(2 * DAY), NOW), "2d overdue");
    }

    #[test]
    fn what_something_takes_yet_is_told_about() {
        assert_eq!(remaining(59), "less than a minute left");
        assert_eq!(remaining(61), "about 2 min left");
        assert_eq!(remaining(HOUR), "about 1h left");
        assert_eq!(remaining(HOUR + 1), "about 2h left");
        assert_eq!(
            remaining(u64::MAX),
            until(i64::MAX, 0).replace("999", "about 999")
        );
    }

    #[test]
    fn a_moment_is_as_short_as_it_can_be() {
        let moment = |then| super::moment(then, NOW, &TimeZone::UTC);
        assert_eq!(moment(NOW + 7_200), "16:00");
        assert_eq!(moment(back(DAY)), "yesterday 14:00");
        assert_eq!(moment(NOW + 86_400), "tomorrow 14:00");
        assert_eq!(moment(NOW + 2 * 86_400), "3 Mar 14:00");
        assert_eq!(moment(back(100 * DAY)), "2025-11-21");
    }

    #[test]
    fn the_day_is_that_of_the_zone() {
        let east = TimeZone::fixed(jiff::tz::offset(12));
        assert_eq!(moment(NOW, NOW - 3 * 3_600, &east), "tomorrow 02:00");
    }

    proptest! {
        #[test]
        fn any_age_fits_four_columns(then in any::<i64>(), now in any::<i64>()) {
            prop_assert!(compact(then, now).len() <= 4);
            prop_assert!(!until(then, now).is_empty());
            prop_assert!(!moment(then, now, &TimeZone::UTC).is_empty());
        }
    }
}
