//! When a family can be asked about what can wait: `Mon-Fri 17:00-21:00, Sat 10:00-18:00`.
//!
//! Spans are parted by commas; each names days and one range of times. A span without days goes
//! on with the days of the one before it: `Sat 09:00-12:00, 15:00-18:00`. A range ends on the day
//! on which it begins; 24:00 is the end of the day.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::word::words;

words! {
    /// A day of the week.
    pub enum Day: "day" {
        Monday = "Mon",
        Tuesday = "Tue",
        Wednesday = "Wed",
        Thursday = "Thu",
        Friday = "Fri",
        Saturday = "Sat",
        Sunday = "Sun",
    }
}

/// Minutes of one day, from its midnight; the end is not included.
pub type Minutes = Range<u16>;

const HOUR: u16 = 60;
/// The minutes of a whole day.
pub const WHOLE_DAY: u16 = 24 * HOUR;

/// The hours of each day of the week, in order and apart from each other. None at all means that
/// nothing was said, and that every hour counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BusinessHours {
    days: [Vec<Minutes>; 7],
}

/// What is wrong with a text of business hours, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct NotHours {
    /// How many characters stand before what is wrong.
    pub at: usize,
    pub why: String,
}

impl BusinessHours {
    /// The hours of a day, in order.
    pub fn on(&self, day: Day) -> &[Minutes] {
        &self.days[day as usize]
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.days.iter().all(Vec::is_empty)
    }

    fn add(&mut self, day: Day, minutes: &Minutes) {
        let hours = &mut self.days[day as usize];
        hours.push(minutes.clone());
        hours.sort_by_key(|it| (it.start, it.end));
        // What overlaps or touches is one range.
        let mut joined: Vec<Minutes> = Vec::with_capacity(hours.len());
        for next in hours.drain(..) {
            match joined.last_mut() {
                Some(last) if next.start <= last.end => last.end = last.end.max(next.end),
                _ => joined.push(next),
            }
        }
        *hours = joined;
    }
}

impl FromStr for BusinessHours {
    type Err = NotHours;

    fn from_str(text: &str) -> Result<BusinessHours, NotHours> {
        let mut hours = BusinessHours::default();
        if text.trim().is_empty() {
            return Ok(hours);
        }
        let mut days: Vec<Day> = Vec::new();
        let mut at = 0;
        for span in text.split(',') {
            let words = words_of(span, at);
            let (named, range) = match words.as_slice() {
                [] => {
                    let why = "something is missing here; write such as Sat 10:00-18:00";
                    return Err(wrong(at, why));
                }
                [range] if range.1.starts_with(|c: char| c.is_ascii_digit()) => (None, *range),
                [(at, word)] => {
                    // A word that is no day is the first thing to be told.
                    days_of(*at, word)?;
                    let why = format!("write when on {word}, such as {word} 17:00-21:00");
                    return Err(wrong(at + word.chars().count(), why));
                }
                [named, range] => (Some(*named), *range),
                [_, _, (at, word), ..] => {
                    let why =
                        format!("`{word}` is too much; a comma parts one range from the next");
                    return Err(wrong(*at, why));
                }
            };
            if let Some((at, word)) = named {
                days = days_of(at, word)?;
            }
            if days.is_empty() {
                let why = "say on which days, such as Mon-Fri 17:00-21:00";
                return Err(wrong(range.0, why));
            }
            let minutes = minutes_of(range.0, range.1)?;
            for day in &days {
                hours.add(*day, &minutes);
            }
            at += span.chars().count() + 1;
        }
        Ok(hours)
    }
}

/// The words of a part of the text, each with how many characters stand before it in the whole.
fn words_of(part: &str, before: usize) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut rest = part;
    let mut at = before;
    loop {
        let blank = rest.chars().take_while(|c| c.is_whitespace()).count();
        rest = rest.trim_start();
        at += blank;
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        if word.is_empty() {
            return words;
        }
        words.push((at, word));
        at += word.chars().count();
        rest = after;
    }
}

/// `Mon`, `Mon-Fri`, `Fri-Mon` over the week's end.
fn days_of(at: usize, word: &str) -> Result<Vec<Day>, NotHours> {
    let Some((first, last)) = word.split_once('-') else {
        return day_of(at, word).map(|day| vec![day]);
    };
    let begin = day_of(at, first)?;
    let end = day_of(at + first.chars().count() + 1, last)?;
    let week = Day::ALL.iter().copied().cycle();
    let mut days: Vec<Day> = week
        .skip(begin as usize)
        .take_while(|day| *day != end)
        .collect();
    days.push(end);
    Ok(days)
}

/// A day by at least its first three letters.
fn day_of(at: usize, word: &str) -> Result<Day, NotHours> {
    const FULL: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let lower = word.to_lowercase();
    let found = FULL
        .iter()
        .position(|name| lower.len() >= 3 && name.starts_with(&lower));
    found
        .and_then(|index| Day::ALL.get(index).copied())
        .ok_or_else(|| {
            let why = if word.is_empty() {
                "a day is missing here; write Mon, Tue, Wed, Thu, Fri, Sat or Sun".to_owned()
            } else {
                format!("`{word}` is no day; write Mon, Tue, Wed, Thu, Fri, Sat or Sun")
            };
            wrong(at, why)
        })
}

fn minutes_of(at: usize, word: &str) -> Result<Minutes, NotHours> {
    let Some((from, to)) = word.split_once('-') else {
        let why = format!("write until when, such as {word}-21:00");
        return Err(wrong(at + word.chars().count(), why));
    };
    let start = minute_of(at, from)?;
    let place = at + from.chars().count() + 1;
    let end = minute_of(place, to)?;
    if end <= start {
        let why = format!(
            "{to} is not after {from}; over midnight takes two ranges, \
             such as Fri 20:00-24:00, Sat 00:00-02:00"
        );
        return Err(wrong(place, why));
    }
    Ok(start..end)
}

/// `17`, `17:00`; 24:00 is the end of the day.
fn minute_of(at: usize, word: &str) -> Result<u16, NotHours> {
    let (hour, minute) = word.split_once(':').unwrap_or((word, "00"));
    let number = |text: &str, digits: std::ops::RangeInclusive<usize>| {
        let all = text.bytes().all(|byte| byte.is_ascii_digit());
        (all && digits.contains(&text.len()))
            .then(|| text.parse::<u16>().ok())
            .flatten()
    };
    let minutes = number(hour, 1..=2)
        .zip(number(minute, 2..=2))
        .filter(|(hour, minute)| *minute < HOUR && hour * HOUR + minute <= WHOLE_DAY)
        .map(|(hour, minute)| hour * HOUR + minute);
    minutes.ok_or_else(|| {
        let why = if word.is_empty() {
            "a time is missing here; write such as 17:00".to_owned()
        } else {
            format!("`{word}` is no time; write such as 17:00, at most 24:00")
        };
        wrong(at, why)
    })
}

fn wrong(at: usize, why: impl Into<String>) -> NotHours {
    NotHours {
        at,
        why: why.into(),
    }
}

impl fmt::Display for BusinessHours {
    /// In the shortest way: days in a row that are alike stand together.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut spans = Vec::new();
        let mut first = 0;
        while first < Day::ALL.len() {
            let hours = &self.days[first];
            let alike = self.days[first..].iter().take_while(|it| *it == hours);
            let next = first + alike.count();
            if !hours.is_empty() {
                spans.push(span(&Day::ALL[first..next], hours));
            }
            first = next;
        }
        f.write_str(&spans.join(", "))
    }
}

fn span(days: &[Day], hours: &[Minutes]) -> String {
    let days = match days {
        [] => String::new(),
        [one] => one.to_string(),
        [first, .., last] => format!("{first}-{last}"),
    };
    let time = |minute: u16| format!("{:02}:{:02}", minute / HOUR, minute % HOUR);
    let hours: Vec<String> = hours
        .iter()
        .map(|it| format!("{}-{}", time(it.start), time(it.end)))
        .collect();
    format!("{days} {}", hours.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, (usize, String)> {
        text.parse::<BusinessHours>()
            .map(|hours| hours.to_string())
            .map_err(|error| (error.at, error.why))
    }

    #[test]
    fn hours_read_as_they_are_written() {
        for (text, written) in [
            ("", ""),
            (
                "Mon-Fri 17:00-21:00, Sat 10:00-18:00",
                "Mon-Fri 17:00-21:00, Sat 10:00-18:00",
            ),
            (
                "  saturday  9-12 ,15:00-18:00 ",
                "Sat 09:00-12:00, 15:00-18:00",
            ),
            ("Fri-Mon 8:30-24:00", "Mon 08:30-24:00, Fri-Sun 08:30-24:00"),
            ("Mon-Sun 00:00-24:00", "Mon-Sun 00:00-24:00"),
            ("Mon 10-12, Mon 11-13, Mon 13-14", "Mon 10:00-14:00"),
        ] {
            assert_eq!(read(text), Ok(written.to_owned()), "{text}");
            assert_eq!(read(written), Ok(written.to_owned()));
        }
        let hours: BusinessHours = "Tue 9-12, 13-17".parse().expect("hours");
        assert_eq!(hours.on(Day::Tuesday), [540..720, 780..1020]);
        assert!(hours.on(Day::Wednesday).is_empty() && !hours.is_empty());
    }

    #[test]
    fn what_is_wrong_is_told_where_it_stands() {
        for (text, at, why) in [
            ("Mon-Fry 17:00-21:00", 4, "`Fry` is no day"),
            ("Mo 17:00-21:00", 0, "`Mo` is no day"),
            ("Mon-Fri", 7, "write when on Mon-Fri"),
            ("17:00-21:00", 0, "say on which days"),
            ("Mon 17:00", 9, "write until when"),
            ("Mon 17:60-21:00", 4, "`17:60` is no time"),
            ("Mon 17:00-24:01", 10, "`24:01` is no time"),
            ("Mon 21:00-17:00", 10, "17:00 is not after 21:00"),
            ("Mon 17:00-18:00,", 16, "something is missing"),
            ("Mon 17:00-18:00, Sät 10-12", 17, "`Sät` is no day"),
            (
                "Mon 17:00-18:00 19:00-20:00",
                16,
                "`19:00-20:00` is too much",
            ),
            ("Mon- 10-12", 4, "a day is missing"),
            ("Mon 10-", 7, "a time is missing"),
        ] {
            let (place, told) = read(text).expect_err(text);
            assert_eq!(place, at, "{text}: {told}");
            assert!(told.starts_with(why), "{text}: {told}");
        }
    }
}
