//! What an import came to: what was read, what came in, what was skipped and why, and what was
//! kept in another form. Nothing is dropped in silence.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};

use super::foreign::Place;
use super::tables::State;
use crate::model::severity::Severity;
use crate::text::plural;

/// The account of one import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The system's name, such as `Jira`.
    pub source: String,
    pub files: Vec<String>,
    pub tickets: Tally,
    pub comments: Tally,
    /// People who are brought along; those who were matched with members are not counted.
    pub people: usize,
    /// How many tickets each word for severity brought, and to which severity; the empty word
    /// stands for nothing said.
    pub severities: BTreeMap<(Severity, String), usize>,
    /// The same of statuses.
    pub states: BTreeMap<(State, String), usize>,
    pub queues: usize,
    /// Different tags.
    pub tags: BTreeSet<String>,
    /// Texts that go to the blob store.
    pub long_texts: usize,
    /// Files that come along with their bytes.
    pub attachments: usize,
    /// Entities of all kinds, as they go to the desk.
    pub entities: usize,
    pub skipped: Vec<Skipped>,
    /// How often something came in otherwise than it was.
    pub notes: BTreeMap<String, usize>,
}

/// How many there were and how many come in; the rest stands under the skipped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub read: usize,
    pub brought: usize,
}

/// What kind of thing was skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    Ticket,
    Comment,
}

/// Something that does not come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub what: What,
    pub place: Place,
    /// What the source calls it, or what it belongs to; empty where that is not known.
    pub key: String,
    pub why: String,
}

impl Report {
    /// Counts something that came in otherwise than it was.
    pub fn note(&mut self, what: impl Into<String>, times: usize) {
        if times > 0 {
            *self.notes.entry(what.into()).or_default() += times;
        }
    }

    /// How many of a kind were skipped.
    pub fn skipped_of(&self, what: What) -> usize {
        self.skipped.iter().filter(|it| it.what == what).count()
    }

    /// Whether everything that was read either comes in or stands under the skipped.
    pub fn adds_up(&self) -> bool {
        let whole = |tally: Tally, what| tally.read == tally.brought + self.skipped_of(what);
        whole(self.tickets, What::Ticket) && whole(self.comments, What::Comment)
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            What::Ticket => "ticket",
            What::Comment => "comment",
        })
    }
}

impl fmt::Display for Skipped {
    /// `tickets.jsonl:12 A-3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.place.file, self.place.line)?;
        if self.key.is_empty() {
            return Ok(());
        }
        write!(f, " {}", self.key)
    }
}

impl Report {
    /// Aligned plain text, one fact a line; of each kind of skipped rows so many are named.
    pub fn to_text(&self, named: usize) -> String {
        let mut out = String::new();
        // Writing to a String can't fail.
        let _ = self.write(&mut out, named);
        out
    }

    fn write(&self, f: &mut String, named: usize) -> fmt::Result {
        writeln!(f, "From {}: {}", self.source, self.some_files())?;
        writeln!(f, "{:16}{:>10}{:>10}{:>10}", "", "read", "in", "skipped")?;
        for (name, tally, what) in [
            ("tickets", self.tickets, What::Ticket),
            ("comments", self.comments, What::Comment),
        ] {
            let skipped = grouped(self.skipped_of(what));
            let (read, brought) = (grouped(tally.read), grouped(tally.brought));
            writeln!(f, "  {name:14}{read:>10}{brought:>10}{skipped:>10}")?;
        }
        for (name, count) in [
            ("people", self.people),
            ("queues", self.queues),
            ("tags", self.tags.len()),
            ("long texts", self.long_texts),
            ("attachments", self.attachments),
            ("entities", self.entities),
        ] {
            // Few sources bring any.
            if (name, count) == ("attachments", 0) {
                continue;
            }
            writeln!(f, "  {name:14}{:>10}{:>10}", "", grouped(count))?;
        }
        self.write_skipped(f, named)?;
        if !self.notes.is_empty() {
            writeln!(f, "Otherwise than it was")?;
        }
        for (what, times) in &self.notes {
            writeln!(f, "{:>9}  {what}", grouped(*times))?;
        }
        Ok(())
    }

    /// The first few files by name.
    fn some_files(&self) -> String {
        const NAMED: usize = 4;
        let mut text = self.files[..self.files.len().min(NAMED)].join(", ");
        if self.files.len() > NAMED {
            let more = grouped(self.files.len() - NAMED);
            text.push_str(&format!(" and {more} more"));
        }
        text
    }

    /// The skipped by reason, each with the first few places.
    fn write_skipped(&self, f: &mut String, named: usize) -> fmt::Result {
        let mut by_reason: BTreeMap<(What, &str), Vec<&Skipped>> = BTreeMap::new();
        for it in &self.skipped {
            by_reason.entry((it.what, &it.why)).or_default().push(it);
        }
        if !by_reason.is_empty() {
            writeln!(f, "Skipped")?;
        }
        for ((what, why), all) in by_reason {
            writeln!(f, "{:>9}  {what}: {why}", grouped(all.len()))?;
            for it in all.iter().take(named) {
                writeln!(f, "{:11}{it}", "")?;
            }
            if all.len() > named {
                writeln!(f, "{:11}and {} more", "", grouped(all.len() - named))?;
            }
        }
        Ok(())
    }
}

fn grouped(count: usize) -> String {
    plural::grouped(count as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skipped(line: usize) -> Skipped {
        Skipped {
            what: What::Comment,
            place: Place {
                file: "a.jsonl".to_owned(),
                line,
            },
            key: format!("A-{line}"),
            why: "it is empty".to_owned(),
        }
    }

    #[test]
    fn a_report_reads_as_aligned_text_with_the_skipped_by_reason() {
        let mut report = Report {
            source: "Jira".to_owned(),
            files: vec!["a.jsonl".to_owned()],
            comments: Tally {
                read: 1204,
                brought: 1200,
            },
            skipped: (1..=4).map(skipped).collect(),
            ..Report::default()
        };
        assert!(report.adds_up());
        report.note("titles cut", 2);
        report.note("titles cut", 1);
        report.note("nothing", 0);
        let text = report.to_text(3);
        assert!(report.to_text(9).contains("a.jsonl:4 A-4"));
        let expected = [
            "From Jira: a.jsonl",
            "                      read        in   skipped",
            "  tickets                0         0         0",
            "  comments           1,204     1,200         4",
            "  people                           0",
            "        4  comment: it is empty",
            "           a.jsonl:1 A-1",
            "           and 1 more",
            "        3  titles cut",
        ];
        for line in expected {
            assert!(text.lines().any(|it| it == line), "{line:?} in\n{text}");
        }
        assert!(!text.contains("nothing"));
        report.comments.brought -= 1;
        assert!(!report.adds_up());
    }
}
