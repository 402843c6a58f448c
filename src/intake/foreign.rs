//! What importers read: tickets as another system had them, before they become ours.

use jiff::Timestamp as Moment;

use super::moment::Due;
use super::report::{Report, Skipped, What};
use crate::model::status::{Stage, Status};

/// A ticket of another system.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignTicket {
    /// Where it stood.
    pub place: Place,
    /// What the source calls it, such as `ALOY-464`.
    pub source_id: String,
    pub queue: ForeignQueue,
    pub title: String,
    pub body: String,
    /// The source's word for how much it matters.
    pub severity_word: Option<String>,
    pub status: Status,
    pub stage: Stage,
    /// On whom or what a WAITING ticket waits.
    pub waiting_note: Option<String>,
    pub requester: Option<ForeignPerson>,
    pub assignee: Option<ForeignPerson>,
    pub created: Moment,
    pub updated: Moment,
    pub resolved: Option<Moment>,
    pub due: Option<Due>,
    pub tags: Vec<String>,
    /// Values of the source that are worth a tag `import:name=value`.
    pub values: Vec<(&'static str, String)>,
    /// The source id of the ticket above this one.
    pub parent: Option<String>,
    /// The source ids of the tickets below this one, each with a word on it.
    pub children: Vec<(String, String)>,
    pub kept: Vec<Kept>,
    pub comments: Vec<ForeignComment>,
}

/// A comment of another system.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignComment {
    pub source_id: String,
    pub author: Option<ForeignPerson>,
    pub body: String,
    pub created: Moment,
    /// When it was last edited, if it was.
    pub edited: Option<Moment>,
    /// Not for everyone who saw the ticket.
    pub internal: bool,
    /// The source id of the comment that it answers.
    pub reply_to: Option<String>,
}

/// A person of another system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignPerson {
    /// What the source knows them by; those with the same are one.
    pub source_id: String,
    pub name: String,
}

/// A project or whatever else the source sorts its tickets into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignQueue {
    pub source_id: String,
    pub name: String,
}

/// Something that has no home of its own yet, kept as text at the end of the description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub label: &'static str,
    pub items: Vec<String>,
}

/// Where a row stood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    pub file: String,
    /// From 1 on.
    pub line: usize,
}

/// All that was read, from one file or several.
#[derive(Debug, Default)]
pub struct Gathered {
    pub tickets: Vec<ForeignTicket>,
    /// What was read and skipped so far, and what is worth a word.
    pub report: Report,
}

impl Gathered {
    /// Takes a ticket that was read, with its comments.
    pub fn take(&mut self, ticket: ForeignTicket) {
        self.report.tickets.read += 1;
        self.report.comments.read += ticket.comments.len();
        self.tickets.push(ticket);
    }

    /// Notes a row that could not be read.
    pub fn skip_ticket(&mut self, place: &Place, key: &str, why: impl Into<String>) {
        self.report.tickets.read += 1;
        self.skip(What::Ticket, place, (key, why.into()));
    }

    /// Notes a comment that could not be read.
    pub fn skip_comment(&mut self, place: &Place, key: &str, why: impl Into<String>) {
        self.report.comments.read += 1;
        self.skip(What::Comment, place, (key, why.into()));
    }

    fn skip(&mut self, what: What, place: &Place, (key, why): (&str, String)) {
        self.report.skipped.push(Skipped {
            what,
            place: place.clone(),
            key: key.to_owned(),
            why,
        });
    }
}
