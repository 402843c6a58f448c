//! What importers read: tickets as another system had them, before they become ours.

use std::collections::HashMap;

use bytes::Bytes;
use jiff::Timestamp as Moment;

use super::moment::Due;
use super::report::{Report, Skipped, What};
use super::tables::State;
use crate::model::attachment::FILE_LIMIT;

/// A ticket of another system.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ForeignTicket {
    /// Where it stood.
    pub place: Place,
    /// What the source calls it, such as `ALOY-464`.
    pub source_id: String,
    /// The time that goes into its id: one that no later export changes. None where the source
    /// has no such time.
    pub id_time: Option<Moment>,
    pub queue: ForeignQueue,
    pub title: String,
    pub body: String,
    pub rating: Rating,
    pub state: ForeignState,
    pub requester: Option<ForeignPerson>,
    pub assignee: Option<ForeignPerson>,
    /// Who else is told what happens to it.
    pub followers: Vec<ForeignPerson>,
    /// None where the source says nothing: then it was made when it came in.
    pub created: Option<Moment>,
    pub updated: Option<Moment>,
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
    /// Its files, where their bytes came along.
    pub files: Vec<ForeignFile>,
    pub comments: Vec<ForeignComment>,
}

/// How the source says how much a ticket matters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Rating {
    #[default]
    Unsaid,
    /// By a word for it.
    Word(String),
    /// By one of its tags, if one of them is such a word.
    AmongTags,
}

/// How the source says where a ticket is in its life.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForeignState {
    /// Its word for it; empty where there is none.
    pub word: String,
    /// What it comes to where no table knows the word.
    pub otherwise: Option<State>,
    /// On whom or what a waiting ticket waits.
    pub waits_on: Option<String>,
}

/// A comment of another system.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ForeignComment {
    /// Where it stood.
    pub place: Place,
    pub source_id: String,
    pub author: Option<ForeignPerson>,
    pub body: String,
    /// None where the source says nothing: then it is as old as its ticket.
    pub created: Option<Moment>,
    /// When it was last edited, if it was.
    pub edited: Option<Moment>,
    /// Not for everyone who saw the ticket.
    pub internal: bool,
    /// The source id of the comment that it answers.
    pub reply_to: Option<String>,
    pub kept: Vec<Kept>,
    /// Its files, where their bytes came along.
    pub files: Vec<ForeignFile>,
    /// Why it stays away even so, where the source says that it should.
    pub unwanted: Option<&'static str>,
}

/// A file of another system, with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignFile {
    /// As the source calls it.
    pub name: String,
    pub bytes: Bytes,
}

impl ForeignFile {
    /// Nothing where it is empty, or larger than an attachment may be.
    pub(super) fn new(name: &str, bytes: impl Into<Bytes>) -> Option<ForeignFile> {
        let (name, bytes) = (name.to_owned(), bytes.into());
        let fits = (1..=FILE_LIMIT).contains(&(bytes.len() as u64));
        fits.then_some(ForeignFile { name, bytes })
    }
}

/// A person of another system.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForeignPerson {
    /// What the source knows them by; those with the same are one.
    pub source_id: String,
    pub name: String,
}

/// A project or whatever else the source sorts its tickets into.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForeignQueue {
    pub source_id: String,
    pub name: String,
    /// By what else a table may name it.
    pub aliases: Vec<String>,
}

/// Something that has no home of its own yet, kept as text at the end of the description or
/// comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub label: String,
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
    /// Comments that stood elsewhere than their tickets.
    loose: Vec<Loose>,
    /// What was read and skipped so far, and what is worth a word.
    pub report: Report,
}

/// A comment and the source id of its ticket.
#[derive(Debug)]
struct Loose {
    ticket: String,
    comment: ForeignComment,
}

impl ForeignState {
    /// A word that the tables know.
    pub fn word(word: impl Into<String>) -> ForeignState {
        ForeignState {
            word: word.into(),
            ..ForeignState::default()
        }
    }
}

impl ForeignComment {
    /// Whether there is anything in it; what is empty does not come in.
    pub fn says_something(&self) -> bool {
        !self.body.trim().is_empty() || !self.kept.is_empty() || !self.files.is_empty()
    }
}

impl ForeignPerson {
    /// Someone whose name is all that is known.
    pub fn named(name: impl Into<String>) -> ForeignPerson {
        let name = name.into();
        ForeignPerson {
            source_id: name.clone(),
            name,
        }
    }
}

impl ForeignQueue {
    /// A queue whose name is all that is known.
    pub fn named(name: impl Into<String>) -> ForeignQueue {
        let name = name.into();
        ForeignQueue {
            source_id: name.clone(),
            name,
            aliases: Vec::new(),
        }
    }
}

impl Kept {
    /// The items that say something; none where nothing does.
    pub fn some(label: impl Into<String>, items: impl IntoIterator<Item = String>) -> Option<Kept> {
        let says = |item: &String| !item.trim().is_empty();
        let items: Vec<String> = items.into_iter().filter(says).collect();
        (!items.is_empty()).then(|| Kept {
            label: label.into(),
            items,
        })
    }

    /// Files whose names are all that comes in.
    pub fn attachments(items: impl IntoIterator<Item = String>) -> Option<Kept> {
        Kept::some("Attachments (not brought)", items)
    }
}

impl Place {
    pub(super) fn new(file: &str, line: usize) -> Place {
        Place {
            file: file.to_owned(),
            line,
        }
    }
}

impl Gathered {
    /// Takes a ticket that was read, with its comments.
    pub fn take(&mut self, ticket: ForeignTicket) {
        self.report.tickets.read += 1;
        self.report.comments.read += ticket.comments.len();
        self.tickets.push(ticket);
    }

    /// Takes a comment that stands elsewhere than its ticket.
    pub fn take_comment(&mut self, ticket: impl Into<String>, comment: ForeignComment) {
        self.report.comments.read += 1;
        self.loose.push(Loose {
            ticket: ticket.into(),
            comment,
        });
    }

    /// Notes a row that could not be read.
    pub fn skip_ticket(&mut self, place: &Place, key: &str, why: impl Into<String>) {
        self.report.tickets.read += 1;
        self.report.skip(What::Ticket, place, key, why);
    }

    /// Notes a comment that could not be read.
    pub fn skip_comment(&mut self, place: &Place, key: &str, why: impl Into<String>) {
        self.report.comments.read += 1;
        self.report.skip(What::Comment, place, key, why);
    }

    /// Leaves out a ticket that was read, with its comments.
    pub fn leave_out(report: &mut Report, ticket: &ForeignTicket, why: &str) {
        report.skip(What::Ticket, &ticket.place, &ticket.source_id, why);
        for comment in &ticket.comments {
            let key = format!("{} comment {}", ticket.source_id, comment.source_id);
            report.skip(What::Comment, &comment.place, &key, "its ticket is skipped");
        }
    }

    /// The comments that stood elsewhere than their tickets, so far.
    pub(super) fn loose_comments(&mut self) -> impl Iterator<Item = &mut ForeignComment> {
        self.loose.iter_mut().map(|it| &mut it.comment)
    }

    /// Makes each ticket stand once, with all its comments.
    pub(super) fn settle(&mut self) {
        self.only_once();
        self.join();
    }

    /// Where exports overlap, a ticket comes in as it was last.
    fn only_once(&mut self) {
        let mut kept: Vec<ForeignTicket> = Vec::with_capacity(self.tickets.len());
        let mut places: HashMap<String, usize> = HashMap::new();
        for ticket in self.tickets.drain(..) {
            let Some(&at) = places.get(&ticket.source_id) else {
                places.insert(ticket.source_id.clone(), kept.len());
                kept.push(ticket);
                continue;
            };
            let older = if ticket.updated > kept[at].updated {
                std::mem::replace(&mut kept[at], ticket)
            } else {
                ticket
            };
            let why = "it stands twice in the input; the one changed last comes in";
            Gathered::leave_out(&mut self.report, &older, why);
        }
        self.tickets = kept;
    }

    /// Brings the comments that stood elsewhere to their tickets.
    fn join(&mut self) {
        let tickets = self.tickets.iter().enumerate();
        let places: HashMap<String, usize> = tickets
            .map(|(at, ticket)| (ticket.source_id.clone(), at))
            .collect();
        for Loose { ticket, comment } in self.loose.drain(..) {
            let home = places.get(&ticket).and_then(|at| self.tickets.get_mut(*at));
            let why = match (home, comment.unwanted) {
                (Some(home), None) => {
                    home.comments.push(comment);
                    continue;
                }
                (Some(_), Some(why)) => why,
                (None, _) => "its ticket is not in the input",
            };
            let key = format!("{ticket} comment {}", comment.source_id);
            self.report.skip(What::Comment, &comment.place, &key, why);
        }
    }
}

impl Report {
    /// Notes something that does not come in.
    pub(super) fn skip(&mut self, what: What, place: &Place, key: &str, why: impl Into<String>) {
        self.skipped.push(Skipped {
            what,
            place: place.clone(),
            key: key.to_owned(),
            why: why.into(),
        });
    }
}
