//! Days and moments as they are said, and what they come to.

use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

use crate::model::source::Timestamp;

/// A stretch of time, by a name: a year, a day, a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum When {
    Now,
    Yesterday,
    Today,
    Tomorrow,
    /// So long from now (ago, where it is negative): the whole day, but for hours.
    Away(i32, Unit),
    Year(i16),
    Month(i16, i8),
    Day(Date),
    /// To the minute.
    Minute(DateTime),
    /// To the second.
    Second(DateTime),
    /// A second, wherever one is.
    Exactly(Timestamp),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// The farthest that a relative day lies away, in its unit.
const FARTHEST: i32 = 9_999;

const UNITS: [(Unit, char); 5] = [
    (Unit::Hour, 'h'),
    (Unit::Day, 'd'),
    (Unit::Week, 'w'),
    (Unit::Month, 'm'),
    (Unit::Year, 'y'),
];

const DAYS: [(When, &str); 4] = [
    (When::Now, "now"),
    (When::Yesterday, "yesterday"),
    (When::Today, "today"),
    (When::Tomorrow, "tomorrow"),
];

impl When {
    /// Reads `today`, `-7d`, `2026`, `2026-03`, `2026-03-01`, `2026-03-01T16:00`.
    pub(super) fn read(text: &str) -> Option<When> {
        let text = text.trim().to_ascii_lowercase();
        if let Some((when, _)) = DAYS.iter().find(|(_, word)| *word == text) {
            return Some(*when);
        }
        match text.as_bytes().first()? {
            b'+' | b'-' => away(&text),
            b'0'..=b'9' => dated(&text),
            _ => None,
        }
    }

    /// When it begins, and when it is over.
    pub(super) fn stretch(self, now: Timestamp, zone: &TimeZone) -> (Timestamp, Timestamp) {
        let second = |at: Timestamp| (at, at.plus(1));
        let here = zoned(now, zone);
        let day = |date: Option<Date>| days(zone, date, date.and_then(|it| it.tomorrow().ok()));
        match self {
            When::Now => second(now),
            When::Today => day(Some(here.date())),
            When::Yesterday => day(here.date().yesterday().ok()),
            When::Tomorrow => day(here.date().tomorrow().ok()),
            When::Away(count, Unit::Hour) => second(now.plus(i64::from(count) * 3_600)),
            When::Away(count, unit) => {
                let span = match unit {
                    Unit::Hour => i64::from(count).hours(),
                    Unit::Day => count.days(),
                    Unit::Week => count.weeks(),
                    Unit::Month => count.months(),
                    Unit::Year => count.years(),
                };
                match here.date().checked_add(span) {
                    Ok(date) => day(Some(date)),
                    Err(_) if count < 0 => (START, START),
                    Err(_) => (END, END),
                }
            }
            When::Year(year) => days(
                zone,
                Date::new(year, 1, 1).ok(),
                Date::new(year.saturating_add(1), 1, 1).ok(),
            ),
            When::Month(year, month) => {
                let first = Date::new(year, month, 1).ok();
                let next = first.and_then(|it| it.checked_add(1.month()).ok());
                days(zone, first, next)
            }
            When::Day(date) => day(Some(date)),
            When::Minute(at) => {
                let at = moment(zone, at);
                (at, at.plus(60))
            }
            When::Second(at) => second(moment(zone, at)),
            When::Exactly(at) => second(at),
        }
    }

    /// In words, as it comes out now: `21 November 2026`.
    pub(super) fn words(self, now: Timestamp, zone: &TimeZone) -> String {
        let (from, _) = self.stretch(now, zone);
        let at = zoned(from, zone);
        let form = match self {
            When::Year(_) => "%Y",
            When::Month(..) => "%B %Y",
            When::Yesterday
            | When::Today
            | When::Tomorrow
            | When::Day(_)
            | When::Away(_, Unit::Day | Unit::Week | Unit::Month | Unit::Year) => "%-d %B %Y",
            When::Now | When::Away(_, Unit::Hour) | When::Minute(_) => "%-d %B %Y %H:%M",
            When::Second(_) | When::Exactly(_) => "%-d %B %Y %H:%M:%S",
        };
        at.strftime(form).to_string()
    }

    /// Whether it is no longer than a minute, so that one says `at` and not `on`.
    pub(super) fn is_moment(self) -> bool {
        matches!(
            self,
            When::Now
                | When::Away(_, Unit::Hour)
                | When::Minute(_)
                | When::Second(_)
                | When::Exactly(_)
        )
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            When::Now | When::Yesterday | When::Today | When::Tomorrow => {
                let named = DAYS.iter().find(|(when, _)| when == self);
                f.write_str(named.map_or("", |(_, word)| word))
            }
            When::Away(count, unit) => {
                let letter = UNITS.iter().find(|(it, _)| it == unit);
                write!(f, "{count:+}{}", letter.map_or('d', |(_, letter)| *letter))
            }
            When::Year(year) => write!(f, "{year:04}"),
            When::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            When::Day(date) => write!(f, "{date}"),
            When::Minute(at) => write!(f, "{}", at.strftime("%Y-%m-%dT%H:%M")),
            When::Second(at) => write!(f, "{}", at.strftime("%Y-%m-%dT%H:%M:%S")),
            When::Exactly(at) => {
                let at = zoned(*at, &TimeZone::UTC);
                write!(f, "{}", at.strftime("%Y-%m-%dT%H:%M:%SZ"))
            }
        }
    }
}

const START: Timestamp = Timestamp(-377_705_023_201);
const END: Timestamp = Timestamp(253_402_207_200);

/// `+3d`, `-12h`.
fn away(text: &str) -> Option<When> {
    let letter = text.chars().next_back()?;
    let (unit, _) = UNITS.iter().find(|(_, it)| *it == letter)?;
    let digits = &text[1..text.len() - 1];
    if digits.is_empty() || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let count: i32 = digits.parse().ok().filter(|count| *count <= FARTHEST)?;
    let signed = if text.starts_with('-') { -count } else { count };
    Some(When::Away(signed, *unit))
}

fn dated(text: &str) -> Option<When> {
    let number = |from: usize, until: usize| -> Option<i16> {
        let digits = text.get(from..until)?;
        let all = digits.bytes().all(|it| it.is_ascii_digit());
        all.then(|| digits.parse().ok()).flatten()
    };
    let year = number(0, 4).filter(|year| *year > 0)?;
    if text.len() == 4 {
        return Some(When::Year(year));
    }
    let month = i8::try_from(number(5, 7)?).ok()?;
    let first = Date::new(year, month, 1).ok()?;
    if text.len() == 7 && text.as_bytes().get(4) == Some(&b'-') {
        return Some(When::Month(year, first.month()));
    }
    let (day, time) = text.split_at_checked(10)?;
    let day: Date = day.parse().ok()?;
    if time.is_empty() {
        return Some(When::Day(day));
    }
    clock(day, time)
}

/// `t16:00`, `t16:00:05`, `t16:00:05z`.
fn clock(day: Date, text: &str) -> Option<When> {
    let text = text.strip_prefix(['t', ' '])?;
    let (text, is_utc) = match text.strip_suffix('z') {
        Some(text) => (text, true),
        None => (text, false),
    };
    let part = |part: &str| -> Option<i8> {
        let digits = part.len() == 2 && part.bytes().all(|it| it.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten()
    };
    let mut parts = text.split(':');
    let (hour, minute) = (part(parts.next()?)?, part(parts.next()?)?);
    let second = parts.next().map(part);
    let whole = parts.next().is_none() && (0..24).contains(&hour) && (0..60).contains(&minute);
    let second = match second {
        Some(second) => Some(second.filter(|it| (0..60).contains(it))?),
        None => None,
    };
    if !whole {
        return None;
    }
    let at = day.at(hour, minute, second.unwrap_or(0), 0);
    Some(match (is_utc, second) {
        (true, _) => When::Exactly(moment(&TimeZone::UTC, at)),
        (false, Some(_)) => When::Second(at),
        (false, None) => When::Minute(at),
    })
}

fn zoned(at: Timestamp, zone: &TimeZone) -> Zoned {
    let at = at.0.clamp(START.0, END.0);
    let at = jiff::Timestamp::from_second(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.to_zoned(zone.clone())
}

fn moment(zone: &TimeZone, at: DateTime) -> Timestamp {
    match zone.to_ambiguous_zoned(at).compatible() {
        Ok(at) => Timestamp(at.timestamp().as_second()),
        Err(_) => END,
    }
}

/// From the beginning of the one day to the beginning of the other.
fn days(zone: &TimeZone, from: Option<Date>, until: Option<Date>) -> (Timestamp, Timestamp) {
    let begin = |date: Option<Date>| match date.map(|it| it.to_zoned(zone.clone())) {
        Some(Ok(at)) => Timestamp(at.timestamp().as_second()),
        _ => END,
    };
    (begin(from), begin(until))
}
