//! How much a ticket matters: six severities, 2.5 included.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The severity of a ticket, gravest first in every order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// The whole family, urgent.
    #[serde(rename = "SEV_1")]
    Sev1,
    /// Several groups.
    #[serde(rename = "SEV_2")]
    Sev2,
    /// Several groups, can wait for family business hours.
    #[serde(rename = "SEV_2.5")]
    Sev2_5,
    /// One group.
    #[serde(rename = "SEV_3")]
    Sev3,
    /// One person.
    #[serde(rename = "SEV_4")]
    Sev4,
    /// Trivial.
    #[serde(rename = "SEV_5")]
    Sev5,
}

/// What was meant to be a severity and is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a severity; take one of SEV_1, SEV_2, SEV_2.5, SEV_3, SEV_4, SEV_5")]
pub struct NotASeverity(String);

impl Severity {
    /// All severities, gravest first.
    pub const ALL: [Severity; 6] = [
        Severity::Sev1,
        Severity::Sev2,
        Severity::Sev2_5,
        Severity::Sev3,
        Severity::Sev4,
        Severity::Sev5,
    ];

    /// What a ticket gets where neither its author nor its queue says anything.
    pub const DEFAULT: Severity = Severity::Sev3;

    /// The severity in tenths (10, 20, 25, 30, 40, 50), as it stands in keys.
    pub fn tenths(self) -> u8 {
        match self {
            Severity::Sev1 => 10,
            Severity::Sev2 => 20,
            Severity::Sev2_5 => 25,
            Severity::Sev3 => 30,
            Severity::Sev4 => 40,
            Severity::Sev5 => 50,
        }
    }

    /// The severity of so many tenths.
    pub fn from_tenths(tenths: u8) -> Option<Severity> {
        Severity::ALL.into_iter().find(|s| s.tenths() == tenths)
    }

    /// The word that is stored, sent and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Sev1 => "SEV_1",
            Severity::Sev2 => "SEV_2",
            Severity::Sev2_5 => "SEV_2.5",
            Severity::Sev3 => "SEV_3",
            Severity::Sev4 => "SEV_4",
            Severity::Sev5 => "SEV_5",
        }
    }

    /// What it means, where the family has no words of its own.
    pub fn meaning(self) -> &'static str {
        match self {
            Severity::Sev1 => "the whole family, urgent",
            Severity::Sev2 => "several groups",
            Severity::Sev2_5 => "several groups, can wait for family business hours",
            Severity::Sev3 => "one group",
            Severity::Sev4 => "one person",
            Severity::Sev5 => "trivial",
        }
    }

    /// One step graver; SEV_1 stays.
    pub fn graver(self) -> Severity {
        self.step(-1)
    }

    /// One step milder; SEV_5 stays.
    pub fn milder(self) -> Severity {
        self.step(1)
    }

    fn step(self, by: isize) -> Severity {
        let place = Severity::ALL.iter().position(|s| *s == self).unwrap_or(0);
        let moved = place.saturating_add_signed(by).min(Severity::ALL.len() - 1);
        Severity::ALL[moved]
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = NotASeverity;

    /// Reads `SEV_2.5`, and what people type for it: `sev2.5`, `sev 2.5`, `2.5`.
    fn from_str(text: &str) -> Result<Self, NotASeverity> {
        let lower = text.trim().to_ascii_lowercase();
        let number = lower
            .strip_prefix("sev")
            .unwrap_or(&lower)
            .trim_start_matches(['_', '-', ' ']);
        Severity::ALL
            .into_iter()
            .find(|severity| severity.as_str()["SEV_".len()..] == *number)
            .ok_or_else(|| NotASeverity(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_sort_gravest_first_with_two_and_a_half_between() {
        let mut shuffled = [
            Severity::Sev3,
            Severity::Sev2_5,
            Severity::Sev5,
            Severity::Sev1,
        ];
        shuffled.sort();
        assert_eq!(
            shuffled,
            [
                Severity::Sev1,
                Severity::Sev2_5,
                Severity::Sev3,
                Severity::Sev5
            ]
        );
        assert!(Severity::ALL.is_sorted());
        assert!(Severity::ALL.is_sorted_by_key(|s| s.tenths()));
    }

    #[test]
    fn every_severity_survives_its_own_text() {
        for severity in Severity::ALL {
            assert_eq!(severity.as_str().parse(), Ok(severity));
            assert_eq!(Severity::from_tenths(severity.tenths()), Some(severity));
            let json = serde_json::to_string(&severity).expect("serialises");
            assert_eq!(json, format!("\"{severity}\""));
        }
        assert_eq!("2.5".parse(), Ok(Severity::Sev2_5));
        assert_eq!("sev3".parse(), Ok(Severity::Sev3));
        assert!("SEV_6".parse::<Severity>().is_err());
        assert!("".parse::<Severity>().is_err());
    }

    #[test]
    fn stepping_stops_at_the_ends() {
        assert_eq!(Severity::Sev1.graver(), Severity::Sev1);
        assert_eq!(Severity::Sev3.graver(), Severity::Sev2_5);
        assert_eq!(Severity::Sev2.milder(), Severity::Sev2_5);
        assert_eq!(Severity::Sev5.milder(), Severity::Sev5);
    }
}
