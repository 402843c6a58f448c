//! Ticket numbers for people: `RIV-2026-0042`, per family and year, gapless.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The number of a ticket, given by the backend in the transaction that creates it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TicketNumber {
    /// The family's prefix when the ticket was made.
    pub prefix: Prefix,
    /// The year of the creation date in the family's time zone.
    pub year: i16,
    /// 1, 2, 3, ... within the family and year.
    pub count: u32,
}

/// Two to six letters or digits, upper case, beginning with a letter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Prefix(String);

/// What was meant to be a ticket number and is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a ticket number; numbers look like RIV-2026-0042")]
pub struct NotANumber(String);

/// What was meant to be a ticket prefix and is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a ticket prefix; take two to six letters or digits, the first a letter, such as RIV"
)]
pub struct NotAPrefix(String);

impl Prefix {
    /// A prefix made of a family's name: its first three letters, or `FAM` where it has none.
    pub fn suggest(family_name: &str) -> Prefix {
        let letters: String = family_name
            .chars()
            .filter(char::is_ascii_alphabetic)
            .take(3)
            .collect();
        letters
            .parse()
            .unwrap_or_else(|_: NotAPrefix| Prefix("FAM".to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Prefix {
    type Err = NotAPrefix;

    fn from_str(text: &str) -> Result<Self, NotAPrefix> {
        let upper = text.trim().to_ascii_uppercase();
        let good = (2..=6).contains(&upper.len())
            && upper.starts_with(|c: char| c.is_ascii_alphabetic())
            && upper.chars().all(|c| c.is_ascii_alphanumeric());
        if good {
            Ok(Prefix(upper))
        } else {
            Err(NotAPrefix(text.to_owned()))
        }
    }
}

impl TryFrom<String> for Prefix {
    type Error = NotAPrefix;

    fn try_from(text: String) -> Result<Self, NotAPrefix> {
        text.parse()
    }
}

impl From<Prefix> for String {
    fn from(prefix: Prefix) -> String {
        prefix.0
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!(
            "{}-{:04}-{:04}",
            self.prefix, self.year, self.count
        ))
    }
}

impl FromStr for TicketNumber {
    type Err = NotANumber;

    /// Reads `RIV-2026-0042`; case and leading zeros don't matter.
    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let no = || NotANumber(text.to_owned());
        let mut parts = text.trim().split('-');
        let (Some(prefix), Some(year), Some(count), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(no());
        };
        Ok(TicketNumber {
            prefix: prefix.parse().map_err(|_| no())?,
            year: year.parse().map_err(|_| no())?,
            count: count.parse().map_err(|_| no())?,
        })
    }
}

impl TryFrom<String> for TicketNumber {
    type Error = NotANumber;

    fn try_from(text: String) -> Result<Self, NotANumber> {
        text.parse()
    }
}

impl From<TicketNumber> for String {
    fn from(number: TicketNumber) -> String {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_they_are_written() {
        let number: TicketNumber = "riv-2026-42".parse().expect("a number");
        assert_eq!(number.to_string(), "RIV-2026-0042");
        assert_eq!(number.to_string().parse(), Ok(number));
        for bad in [
            "",
            "RIV",
            "RIV-2026",
            "RIV-2026-x",
            "RIV-2026-1-2",
            "1-2026-1",
        ] {
            assert!(bad.parse::<TicketNumber>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_prefix_is_suggested_from_any_name() {
        assert_eq!(Prefix::suggest("Rivera family").as_str(), "RIV");
        assert_eq!(Prefix::suggest("4 Oaks").as_str(), "OAK");
        assert_eq!(Prefix::suggest("山田").as_str(), "FAM");
    }
}
