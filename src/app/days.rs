//! Days and moments as people type them: `today`, `+3d`, `fri`, `2026-12-01`, `2026-12-01 16:00`.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

use crate::model::source::Timestamp;

/// What may be typed, in words.
pub const HELP: &str =
    "today, tomorrow, fri, +3d, +2w, +4h, 2026-12-01, 2026-12-01 16:00; empty for none";

/// Which moment of a day is meant where only the day is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// When the day begins.
    Begin,
    /// Its last second.
    End,
}

/// The moment that is meant; none for an empty text. An error says what is wrong.
pub fn read(
    text: &str,
    now: Timestamp,
    zone: &TimeZone,
    of: Of,
) -> Result<Option<Timestamp>, String> {
    let text = text.trim().to_lowercase();
    if text.is_empty() || text == "none" {
        return Ok(None);
    }
    let not_a_day = || format!("`{text}` is not a day; take {HELP}");
    let now = jiff::Timestamp::from_second(now.0)
        .map_err(|_| not_a_day())?
        .to_zoned(zone.clone());
    let moment = after(&text, &now, of)
        .or_else(|| exact(&text, zone))
        .or_else(|| day(&text, now.date()).and_then(|date| at(date, zone, of)))
        .ok_or_else(not_a_day)?;
    Ok(Some(Timestamp(moment.timestamp().as_second())))
}

/// A moment as it was understood: `Fri 2026-12-04`, with the time where that is neither the
/// beginning nor the end of the day.
pub(super) fn told(at: Timestamp, zone: &TimeZone) -> String {
    written(at, zone, "%a %Y-%m-%d")
}

/// The same as it may be typed again.
pub(super) fn exactly(at: Timestamp, zone: &TimeZone) -> String {
    written(at, zone, "%Y-%m-%d")
}

fn written(at: Timestamp, zone: &TimeZone, day: &str) -> String {
    let Ok(moment) = jiff::Timestamp::from_second(at.0) else {
        return format!("second {}", at.0);
    };
    let moment = moment.to_zoned(zone.clone());
    let time = moment.strftime("%H:%M:%S").to_string();
    let day = moment.strftime(day).to_string();
    match time.as_str() {
        "00:00:00" | "23:59:59" => day,
        _ => format!("{day} {}", moment.strftime("%H:%M")),
    }
}

/// `+3d`, `+2w`, `+4h`.
fn after(text: &str, now: &Zoned, of: Of) -> Option<Zoned> {
    let rest = text.strip_prefix('+')?;
    let unit = rest.chars().next_back()?;
    let count: i64 = rest[..rest.len() - unit.len_utf8()].parse().ok()?;
    if !(0..=10_000).contains(&count) {
        return None;
    }
    let zone = now.time_zone();
    match unit {
        'h' => now.checked_add(count.hours()).ok(),
        'd' => at(now.date().checked_add(count.days()).ok()?, zone, of),
        'w' => at(now.date().checked_add(count.weeks()).ok()?, zone, of),
        _ => None,
    }
}

fn day(text: &str, today: Date) -> Option<Date> {
    match text {
        "today" => Some(today),
        "tomorrow" => today.tomorrow().ok(),
        _ => text.parse().ok().or_else(|| {
            let weekday = weekday(text)?;
            today.nth_weekday(1, weekday).ok()
        }),
    }
}

fn weekday(text: &str) -> Option<Weekday> {
    let names = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    let mut named = names.into_iter();
    let (_, day) = named.find(|(name, _)| text.len() >= 3 && name.starts_with(text))?;
    Some(day)
}

fn at(date: Date, zone: &TimeZone, of: Of) -> Option<Zoned> {
    let begin = |date: Date| date.to_zoned(zone.clone()).ok();
    match of {
        Of::Begin => begin(date),
        Of::End => begin(date.tomorrow().ok()?)?.checked_sub(1.second()).ok(),
    }
}

/// `2026-12-01 16:00`.
fn exact(text: &str, zone: &TimeZone) -> Option<Zoned> {
    // A day alone would be read as its midnight.
    text.find(':')?;
    let moment: DateTime = text.replace(' ', "t").parse().ok()?;
    moment.to_zoned(zone.clone()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-21 12:00 in Madrid, a Saturday.
    const NOW: Timestamp = Timestamp(1_795_258_800);

    fn read_in_madrid(text: &str, of: Of) -> String {
        let zone = TimeZone::get("Europe/Madrid").expect("a zone");
        match read(text, NOW, &zone, of) {
            Ok(Some(at)) => jiff::Timestamp::from_second(at.0)
                .expect("in range")
                .to_zoned(zone)
                .strftime("%Y-%m-%d %H:%M:%S")
                .to_string(),
            Ok(None) => "none".to_owned(),
            Err(why) => why,
        }
    }

    #[test]
    fn days_are_read_in_the_persons_own_zone() {
        for (text, begin) in [
            ("today", "2026-11-21 00:00:00"),
            ("Tomorrow", "2026-11-22 00:00:00"),
            ("+3d", "2026-11-24 00:00:00"),
            ("+2w", "2026-12-05 00:00:00"),
            ("+4h", "2026-11-21 16:00:00"),
            ("mon", "2026-11-23 00:00:00"),
            ("2026-12-01", "2026-12-01 00:00:00"),
            ("2026-12-01 16:00", "2026-12-01 16:00:00"),
            ("", "none"),
        ] {
            assert_eq!(read_in_madrid(text, Of::Begin), begin, "{text}");
        }
        assert_eq!(read_in_madrid("today", Of::End), "2026-11-21 23:59:59");
        let zone = TimeZone::get("Europe/Madrid").expect("a zone");
        let told = |text: &str| {
            let at = read(text, NOW, &zone, Of::End).expect("a day");
            told(at.expect("a moment"), &zone)
        };
        assert_eq!(told("fri"), "Fri 2026-11-27");
        assert_eq!(told("2026-12-01 16:00"), "Tue 2026-12-01 16:00");
        assert!(read_in_madrid("soonish", Of::End).contains("is not a day"));
        assert!(read_in_madrid("+99999999999w", Of::End).contains("is not a day"));
    }
}
