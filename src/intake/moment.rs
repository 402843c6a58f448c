//! Times as other systems write them.

use jiff::Timestamp as Moment;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::model::source::Timestamp;

/// When something is due: a moment, or a day whose end depends on where the family lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    At(Moment),
    Day(Date),
}

impl Due {
    /// Reads a moment or a bare date; none where it is neither.
    pub fn parse(text: &str) -> Option<Due> {
        let text = text.trim();
        let is_day = text.len() == "2026-01-31".len();
        match text.parse().ok().filter(|_| is_day) {
            Some(day) => Some(Due::Day(day)),
            None => moment(text).map(Due::At),
        }
    }

    /// The last second of the day where only a day was said.
    pub fn in_zone(self, zone: &TimeZone) -> Timestamp {
        match self {
            Due::At(at) => seconds(at),
            Due::Day(day) => {
                let end = day.at(23, 59, 59, 0);
                let at = zone.to_ambiguous_zoned(end).compatible();
                // Only at the ends of the calendar; UTC is near enough there.
                at.or_else(|_| end.to_zoned(TimeZone::UTC))
                    .map_or(Timestamp::default(), |at| seconds(at.timestamp()))
            }
        }
    }
}

/// A moment with its offset: `Z`, `+02:00` or `+0200`, with or without parts of a second; none
/// where the text is no such thing. A time without an offset names no moment.
pub fn moment(text: &str) -> Option<Moment> {
    let text = text.trim();
    text.parse().ok().or_else(|| {
        let (local, offset) = text.split_at_checked(text.len().checked_sub(5)?)?;
        let local: DateTime = local.trim_end().parse().ok()?;
        let offset = jiff::fmt::strtime::parse("%z", offset).ok()?.offset()?;
        offset.to_timestamp(local).ok()
    })
}

/// A moment, or a time or a day where it was written, which lies in the zone; also seconds or
/// milliseconds since 1970. A format in the words of `strftime` is tried first.
pub fn local_moment(text: &str, zone: &TimeZone, format: Option<&str>) -> Option<Moment> {
    let text = text.trim();
    let in_zone = |at: DateTime| {
        let at = zone.to_ambiguous_timestamp(at).compatible();
        at.ok()
    };
    let by_format = |format: &str| {
        let parts = jiff::fmt::strtime::parse(format, text).ok()?;
        let day = || parts.to_date().ok().map(|day| day.at(0, 0, 0, 0));
        let local = || parts.to_datetime().ok().or_else(day);
        parts.to_timestamp().ok().or_else(|| in_zone(local()?))
    };
    format
        .and_then(by_format)
        .or_else(|| moment(text))
        .or_else(|| in_zone(text.parse::<DateTime>().ok()?))
        .or_else(|| since_1970(text))
}

/// Ten digits are seconds, thirteen are milliseconds.
fn since_1970(text: &str) -> Option<Moment> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count: i64 = text.parse().ok()?;
    match text.len() {
        10 => Moment::from_second(count).ok(),
        13 => Moment::from_millisecond(count).ok(),
        _ => None,
    }
}

/// The moment in whole seconds.
pub fn seconds(at: Moment) -> Timestamp {
    Timestamp(at.as_millisecond().div_euclid(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_read_with_and_without_a_colon() {
        let same = [
            "2012-11-30T23:31:50.250+0000",
            "2012-11-30T23:31:50.25Z",
            "2012-12-01T01:31:50.250+02:00",
            "2012-11-30T18:31:50.250-0500",
            " 2012-11-30T23:31:50.250000+00:00 ",
            "2012-11-30 23:31:50.250 +0000",
        ];
        for text in same {
            let read = moment(text).map(Moment::as_millisecond);
            assert_eq!(read, Some(1_354_318_310_250), "{text}");
        }
        assert_eq!(
            moment("2012-11-30T23:31:50Z").map(seconds),
            Some(Timestamp(1_354_318_310))
        );
    }

    #[test]
    fn what_names_no_moment_is_none() {
        let bad = [
            "",
            "yesterday",
            "2012-11-30",
            "2012-11-30T23:31:50",
            "2012-13-30T23:31:50Z",
            "é+0000",
        ];
        for text in bad {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_without_an_offset_lies_where_it_was_written() {
        let madrid = TimeZone::get("Europe/Madrid").expect("a zone");
        let at = |text, format| local_moment(text, &madrid, format).map(seconds);
        for text in [
            "2026-07-01 12:00:00",
            "2026-07-01T10:00:00Z",
            "1782900000",
            "1782900000123",
        ] {
            assert_eq!(at(text, None), Some(Timestamp(1_782_900_000)), "{text}");
        }
        assert_eq!(at("2026-07-01", None), Some(Timestamp(1_782_856_800)));
        let own = Some("%d/%m/%Y %H:%M");
        assert_eq!(at("01/07/2026 12:00", own), Some(Timestamp(1_782_900_000)));
        assert_eq!(at("2026-07-01", own), Some(Timestamp(1_782_856_800)));
        assert_eq!(
            at("01/07/2026", Some("%d/%m/%Y")),
            Some(Timestamp(1_782_856_800))
        );
        assert_eq!(at("01/07/2026 12:00", None), None);
        assert_eq!(at("42", None), None);
    }

    #[test]
    fn a_day_ends_where_the_family_lives() {
        let due = Due::parse("2026-07-01").expect("a day");
        assert_eq!(due.in_zone(&TimeZone::UTC), Timestamp(1_782_950_399));
        let madrid = TimeZone::fixed(jiff::tz::offset(2));
        assert_eq!(due.in_zone(&madrid), Timestamp(1_782_950_399 - 7200));
        let at = Due::parse("2026-07-01T12:00:00Z").expect("a moment");
        assert_eq!(at.in_zone(&madrid), Timestamp(1_782_907_200));
        assert_eq!(Due::parse("soon"), None);
    }
}
