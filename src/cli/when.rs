//! Dates as people type them, in the family's time zone.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

use super::failure::{Failure, Result};
use crate::model::family::Family;
use crate::model::source::Timestamp;

/// The family's time zone; UTC where this machine does not know it.
pub fn zone_of(family: &Family) -> TimeZone {
    TimeZone::get(&family.time_zone).unwrap_or(TimeZone::UTC)
}

/// This machine's time zone by its IANA name.
pub fn zone_of_machine() -> String {
    let zone = TimeZone::system();
    zone.iana_name().unwrap_or("UTC").to_owned()
}

/// The day of a moment, as `2026-03-01`.
pub fn date(at: Timestamp, zone: &TimeZone) -> String {
    local(at, zone).map_or_else(String::new, |at| at.date().to_string())
}

/// The year of a moment.
pub fn year(at: Timestamp, zone: &TimeZone) -> i16 {
    local(at, zone).map_or(1970, |at| at.year())
}

/// Reads `none`, or a moment: what is due on a day is due when the day ends.
pub fn due(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Option<Timestamp>> {
    if text.trim().eq_ignore_ascii_case("none") {
        return Ok(None);
    }
    moment(text.trim(), now, zone).map(Some).ok_or_else(|| {
        Failure::usage(format!(
            "`{text}` is no date; write 2026-03-01, '2026-03-01 16:00', today, tomorrow or +3d"
        ))
    })
}

fn moment(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    if let Some(day) = day(text, now, zone) {
        return at(day.at(23, 59, 59, 0), zone);
    }
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return Some(Timestamp(moment.as_second()));
    }
    let written: DateTime = text.replacen(' ', "T", 1).parse().ok()?;
    at(written, zone)
}

fn day(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Date> {
    let today = local(now, zone)?.date();
    match text.to_ascii_lowercase().as_str() {
        "today" => return Some(today),
        "tomorrow" => return today.tomorrow().ok(),
        _ => {}
    }
    if let Some(ahead) = text.strip_prefix('+') {
        let (count, unit) = ahead.split_at_checked(ahead.len().checked_sub(1)?)?;
        let count: i32 = count.parse().ok()?;
        let span = match unit {
            "d" => count.days(),
            "w" => count.weeks(),
            _ => return None,
        };
        return today.checked_add(span).ok();
    }
    let is_day = text.len() == "2026-03-01".len();
    text.parse().ok().filter(|_| is_day)
}

fn at(written: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let moment = zone.to_ambiguous_zoned(written).compatible().ok()?;
    Some(Timestamp(moment.timestamp().as_second()))
}

fn local(at: Timestamp, zone: &TimeZone) -> Option<Zoned> {
    let moment = jiff::Timestamp::from_second(at.0).ok()?;
    Some(moment.to_zoned(zone.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-01T22:30:00Z, a Sunday.
    const NOW: Timestamp = Timestamp(1_772_404_200);

    fn read(text: &str, zone: &str) -> Option<String> {
        let zone = TimeZone::get(zone).expect("zone");
        let due = due(text, NOW, &zone).ok()??;
        let moment = jiff::Timestamp::from_second(due.0).expect("in range");
        Some(
            moment
                .to_zoned(zone)
                .strftime("%Y-%m-%d %H:%M:%S")
                .to_string(),
        )
    }

    #[test]
    fn a_day_ends_where_the_family_lives() {
        let tokyo = |text| read(text, "Asia/Tokyo");
        assert_eq!(tokyo("today").as_deref(), Some("2026-03-02 23:59:59"));
        assert_eq!(tokyo("Tomorrow").as_deref(), Some("2026-03-03 23:59:59"));
        assert_eq!(tokyo("+2w").as_deref(), Some("2026-03-16 23:59:59"));
        assert_eq!(tokyo("2026-04-01").as_deref(), Some("2026-04-01 23:59:59"));
        let lima = read("+1d", "America/Lima");
        assert_eq!(lima.as_deref(), Some("2026-03-02 23:59:59"));
    }

    #[test]
    fn a_time_is_taken_at_its_word() {
        for text in ["2026-03-01 16:00", "2026-03-01T16:00"] {
            let read = read(text, "Asia/Tokyo");
            assert_eq!(read.as_deref(), Some("2026-03-01 16:00:00"), "{text}");
        }
        let utc = read("2026-03-01T16:00:00Z", "UTC");
        assert_eq!(utc.as_deref(), Some("2026-03-01 16:00:00"));
    }

    #[test]
    fn what_is_no_date_is_a_usage_error_and_none_takes_the_date_away() {
        assert_eq!(due("none", NOW, &TimeZone::UTC), Ok(None));
        for bad in [
            "",
            "soon",
            "+",
            "+d",
            "+3y",
            "2026-13-01",
            "+é",
            "+99999999999d",
        ] {
            assert!(due(bad, NOW, &TimeZone::UTC).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_year_is_the_familys() {
        let eve = Timestamp(1_767_223_800); // 2025-12-31T23:30:00Z
        assert_eq!(year(eve, &TimeZone::UTC), 2025);
        let madrid = TimeZone::get("Europe/Madrid").expect("zone");
        assert_eq!(year(eve, &madrid), 2026);
    }
}
