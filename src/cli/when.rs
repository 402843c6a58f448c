//! Dates as people type them, in the family's time zone.

use jiff::Zoned;
use jiff::tz::TimeZone;

use super::failure::{Failure, Result};
use crate::app::days::{self, Of};
use crate::config::{zone, zone_of_machine};
use crate::model::family::Family;
use crate::model::source::Timestamp;

/// The family's time zone; UTC where this machine does not know it.
pub fn zone_of(family: &Family) -> TimeZone {
    zone(&family.time_zone).unwrap_or(TimeZone::UTC)
}

/// This machine's time zone by its IANA name.
pub fn name_of_machines_zone() -> String {
    let zone = zone_of_machine();
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
    moment(text, now, zone, Of::End)
}

/// Reads `none`, or a moment: what sleeps until a day wakes when the day begins.
pub fn snooze(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Option<Timestamp>> {
    moment(text, now, zone, Of::Begin)
}

fn moment(text: &str, now: Timestamp, zone: &TimeZone, of: Of) -> Result<Option<Timestamp>> {
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return Ok(Some(Timestamp(moment.as_second())));
    }
    if text.trim().is_empty() {
        return Err(Failure::usage("say when, or none"));
    }
    days::read(text, now, zone, of).map_err(Failure::usage)
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
