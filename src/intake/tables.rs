//! What the words of another system stand for here: a table per attribute, each with the source's
//! usual words, over which a family lays its own from a file.
//!
//! ```toml
//! [severity]            # a word of the source = a severity; `none` = where nothing is said
//! [status]              # a word of the source = new, active, waiting, resolved, closed or skip
//! [queue]               # a queue of the source = a queue here; `*` = every other
//! [people]              # a person of the source = a member here
//! ```

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Deserialize;

use super::csv::{Columns, Layout};
use crate::model::severity::{NotASeverity, Severity};
use crate::model::status::{Stage, Status};

/// What stands for "nothing is said" in a table of severities.
pub const NOTHING: &str = "none";
/// What stands for every queue that is not named.
pub const EVERY_OTHER: &str = "*";

/// Words and what they stand for. Upper and lower case are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table<T>(BTreeMap<String, T>);

/// The tables whose meanings are the same in every family.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tables {
    pub severity: Table<Severity>,
    pub status: Table<State>,
}

/// What becomes of a ticket by its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// OPEN, and nobody has taken it up.
    New,
    /// OPEN, and someone is at it.
    Active,
    /// OPEN, and it waits on someone.
    Waiting,
    Resolved,
    Closed,
    /// It does not come in.
    Skip,
}

/// A family's own words, as a file says them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MapFile {
    severity: BTreeMap<String, String>,
    status: BTreeMap<String, String>,
    /// Queues of the source, and the names of queues here.
    pub queue: BTreeMap<String, String>,
    /// People of the source, and the names of members here.
    pub people: BTreeMap<String, String>,
    /// How a CSV file is written.
    pub csv: Layout,
    /// Which of its columns is what.
    pub columns: Columns,
}

/// Why a file of tables can't be used.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    #[error("[severity] {word}: {error}")]
    Severity { word: String, error: NotASeverity },
    #[error("[status] {word}: `{text}` is none of new, active, waiting, resolved, closed and skip")]
    State { word: String, text: String },
}

impl<T: Copy> Table<T> {
    /// What the word stands for; none where the table does not know it.
    pub fn get(&self, word: &str) -> Option<T> {
        self.0.get(&key(word)).copied()
    }

    /// The table with some of its words given another meaning, and new ones added.
    pub fn with(mut self, words: &Table<T>) -> Table<T> {
        self.0
            .extend(words.0.iter().map(|(word, it)| (word.clone(), *it)));
        self
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// How words are compared.
pub fn key(word: &str) -> String {
    word.trim().to_lowercase()
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table(BTreeMap::new())
    }
}

impl<W: AsRef<str>, T> FromIterator<(W, T)> for Table<T> {
    fn from_iter<I: IntoIterator<Item = (W, T)>>(words: I) -> Table<T> {
        Table(
            words
                .into_iter()
                .map(|(word, it)| (key(word.as_ref()), it))
                .collect(),
        )
    }
}

impl Tables {
    pub fn new<const N: usize, const M: usize>(
        severity: [(&str, Severity); N],
        status: [(&str, State); M],
    ) -> Tables {
        Tables {
            severity: Table::from_iter(severity),
            status: Table::from_iter(status),
        }
    }

    /// These tables with a family's own words laid over them.
    pub fn with(self, own: &Tables) -> Tables {
        Tables {
            severity: self.severity.with(&own.severity),
            status: self.status.with(&own.status),
        }
    }

    /// What a ticket gets about whose severity nothing is said.
    pub fn unsaid(&self) -> Severity {
        self.severity.get(NOTHING).unwrap_or(Severity::DEFAULT)
    }

    /// The tables as a file that says the same.
    pub fn to_toml(&self) -> String {
        let mut out = String::from("[severity]\n");
        let mut severities: Vec<_> = self.severity.0.iter().collect();
        severities.sort_by_key(|(word, severity)| (**severity, *word));
        if self.severity.get(NOTHING).is_none() {
            write_line(&mut out, NOTHING, self.unsaid().as_str());
        }
        for (word, severity) in severities {
            write_line(&mut out, word, severity.as_str());
        }
        if !self.status.is_empty() {
            out.push_str("\n[status]\n");
        }
        let mut states: Vec<_> = self.status.0.iter().collect();
        states.sort_by_key(|(word, state)| (**state, *word));
        for (word, state) in states {
            write_line(&mut out, word, state.as_str());
        }
        out
    }
}

fn write_line(out: &mut String, word: &str, meaning: &str) {
    let (word, meaning) = (toml_string(word), toml_string(meaning));
    // Writing to a String can't fail.
    let _ = writeln!(out, "{word} = {meaning}");
}

fn toml_string(text: &str) -> String {
    toml::Value::from(text).to_string()
}

impl State {
    pub const ALL: [State; 6] = [
        State::New,
        State::Active,
        State::Waiting,
        State::Resolved,
        State::Closed,
        State::Skip,
    ];

    /// The word for it in a file of tables.
    pub fn as_str(self) -> &'static str {
        match self {
            State::New => "new",
            State::Active => "active",
            State::Waiting => "waiting",
            State::Resolved => "resolved",
            State::Closed => "closed",
            State::Skip => "skip",
        }
    }

    fn of_word(text: &str) -> Option<State> {
        let word = key(text);
        let state = State::ALL.into_iter().find(|it| it.as_str() == word);
        state.or_else(|| (word == "open").then_some(State::New))
    }

    /// The status and the stage of a ticket in this state.
    pub fn status(self) -> (Status, Stage) {
        match self {
            State::New => (Status::Open, Stage::New),
            State::Active => (Status::Open, Stage::Active),
            State::Waiting => (Status::Open, Stage::Waiting),
            State::Resolved => (Status::Resolved, Stage::Active),
            State::Closed | State::Skip => (Status::Closed, Stage::Active),
        }
    }
}

impl MapFile {
    /// # Errors
    /// Where it is no TOML, or says something that no import knows.
    pub fn parse(text: &str) -> Result<MapFile, MapError> {
        let file: MapFile = toml::from_str(text)?;
        file.tables()?;
        Ok(file)
    }

    /// The words for severity and status.
    ///
    /// # Errors
    /// Where a word stands for no severity, or for no state.
    pub fn tables(&self) -> Result<Tables, MapError> {
        let severities = self.severity.iter().map(|(word, text)| {
            let severity = text.parse().map_err(|error| MapError::Severity {
                word: word.clone(),
                error,
            })?;
            Ok((word, severity))
        });
        let states = self.status.iter().map(|(word, text)| {
            let state = State::of_word(text).ok_or_else(|| MapError::State {
                word: word.clone(),
                text: text.clone(),
            })?;
            Ok((word, state))
        });
        Ok(Tables {
            severity: severities.collect::<Result<_, MapError>>()?,
            status: states.collect::<Result<_, MapError>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_survive_the_file_that_they_are_written_to() {
        let tables = Tables::new(
            [
                ("P 1", Severity::Sev1),
                ("none", Severity::Sev4),
                ("a=\"b\"", Severity::Sev2_5),
            ],
            [
                ("Zu", State::Closed),
                ("offen", State::New),
                ("weg", State::Skip),
            ],
        );
        let text = tables.to_toml();
        let read = MapFile::parse(&text).and_then(|it| it.tables());
        assert_eq!(read.expect("reads"), tables);
        assert!(
            text.starts_with("[severity]\n\"p 1\" = \"SEV_1\"\n"),
            "{text}"
        );
        let bare = Tables::default();
        assert_eq!(bare.to_toml(), "[severity]\n\"none\" = \"SEV_3\"\n");
    }

    #[test]
    fn a_familys_own_words_lie_over_the_usual_ones() {
        let own = MapFile::parse("[severity]\nHigh = '2.5'\n[status]\nparked = 'Waiting'\n");
        let usual = Tables::new([("high", Severity::Sev2), ("low", Severity::Sev4)], []);
        let all = usual.with(&own.and_then(|it| it.tables()).expect("reads"));
        assert_eq!(all.severity.get(" HIGH "), Some(Severity::Sev2_5));
        assert_eq!(all.severity.get("low"), Some(Severity::Sev4));
        assert_eq!(all.status.get("Parked"), Some(State::Waiting));
        assert_eq!(all.unsaid(), Severity::Sev3);
    }

    #[test]
    fn a_file_that_says_something_unknown_is_refused_with_the_place() {
        for (text, told) in [
            (
                "[severity]\nhigh = \"huge\"",
                "[severity] high: `huge` is not a severity",
            ),
            (
                "[status]\nx = \"gone\"",
                "[status] x: `gone` is none of new",
            ),
            ("[colour]\nx = \"red\"", "colour"),
            ("[severity", "line 1"),
        ] {
            let error = MapFile::parse(text).expect_err("is refused").to_string();
            assert!(error.contains(told), "{error}");
        }
    }
}
