//! The fields of the language and the words they take: the one table that reading, printing,
//! completion and suggestions share.

use super::ast::{DateField, Has, Is, SortBy};

/// What stands before a colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Is,
    Severity,
    Queue,
    Group,
    Assignee,
    From,
    Tag,
    Date(DateField),
    Has,
    Number,
    Sort,
    /// What a ticket once was; not searchable yet.
    Was,
    /// What changed, and when; not searchable yet.
    Changed,
}

/// A field, how it is written, and what it asks, for completion.
pub const FIELDS: &[(Field, &str, &str)] = &[
    (Field::Is, "is", "open, mine, unread, overdue and more"),
    (Field::Severity, "sev", "severity: 1, 2.5, <=2, 3..5"),
    (Field::Queue, "queue", "in a queue"),
    (Field::Group, "group", "in the queues of a group"),
    (
        Field::Assignee,
        "assignee",
        "held by me, none, a name or a group",
    ),
    (Field::From, "from", "asked for by me or a name"),
    (Field::Tag, "tag", "carries a tag"),
    (
        Field::Date(DateField::Created),
        "created",
        "when it was created: today, >-7d, 2026-03",
    ),
    (
        Field::Date(DateField::Updated),
        "updated",
        "when it was last changed or answered",
    ),
    (
        Field::Date(DateField::Resolved),
        "resolved",
        "when it was resolved",
    ),
    (Field::Date(DateField::Due), "due", "when it is due"),
    (Field::Has, "has", "a comment, an attachment, a due date"),
    (Field::Number, "number", "its number or its old key"),
    (Field::Sort, "sort", "the order; -sev turns it round"),
    (Field::Was, "was", "history, not searchable yet"),
    (Field::Changed, "changed", "history, not searchable yet"),
];

/// What `is:` takes, and what it means as a predicate.
pub const IS: &[(Is, &str, &str)] = &[
    (Is::Open, "open", "work remains"),
    (Is::Resolved, "resolved", "done, may be reopened"),
    (Is::Closed, "closed", "done for good"),
    (Is::New, "new", "open, nobody has taken it up"),
    (Is::Active, "active", "open, someone is at it"),
    (Is::Waiting, "waiting", "open, waits on someone"),
    (Is::Mine, "mine", "assigned to you"),
    (Is::Unassigned, "unassigned", "assigned to nobody"),
    (Is::Unread, "unread", "something in it you have not read"),
    (Is::Watching, "watching", "you follow it"),
    (Is::Snoozed, "snoozed", "asleep until later"),
    (Is::Overdue, "overdue", "open, its due date has passed"),
    (
        Is::Untriaged,
        "untriaged",
        "open, and nobody has judged it yet",
    ),
];

/// What `has:` takes.
pub const HAS: &[(Has, &str, &str)] = &[
    (Has::Comment, "comment", "someone has commented"),
    (Has::Due, "due", "there is a due date"),
    (Has::Attachment, "attachment", "there is a file"),
];

/// What `sort:` takes.
pub const SORTS: &[(SortBy, &str, &str)] = &[
    (SortBy::Severity, "sev", "gravest first"),
    (SortBy::Created, "created", "oldest first"),
    (SortBy::Updated, "updated", "longest untouched first"),
    (SortBy::Due, "due", "due soonest first"),
    (SortBy::Number, "number", "lowest number first"),
    (SortBy::Relevance, "relevance", "best match first"),
];

/// Other words that people write for a field.
const ALIASES: &[(&str, &str)] = &[
    ("severity", "sev"),
    ("priority", "sev"),
    ("prio", "sev"),
    ("status", "is"),
    ("state", "is"),
    ("label", "tag"),
    ("labels", "tag"),
    ("tags", "tag"),
    ("assigned", "assignee"),
    ("owner", "assignee"),
    ("author", "from"),
    ("requester", "from"),
    ("by", "from"),
    ("order", "sort"),
    ("id", "number"),
    ("modified", "updated"),
];

impl Field {
    /// The field of a word; case does not count.
    pub fn of(word: &str) -> Option<Field> {
        FIELDS
            .iter()
            .find(|(_, name, _)| name.eq_ignore_ascii_case(word))
            .map(|(field, ..)| *field)
    }

    pub fn word(self) -> &'static str {
        FIELDS
            .iter()
            .find(|(field, ..)| *field == self)
            .map_or("", |(_, word, _)| word)
    }

    /// The field that was probably meant by a word that is none.
    pub fn meant_by(word: &str) -> Option<&'static str> {
        let word = word.to_lowercase();
        if let Some((_, name)) = ALIASES.iter().find(|(alias, _)| *alias == word) {
            return Some(name);
        }
        let names = FIELDS.iter().map(|(_, name, _)| *name);
        crate::text::did_you_mean(&word, names)
    }
}

/// The value of a word in one of the tables above; case does not count.
pub fn value_of<T: Copy>(table: &[(T, &str, &str)], word: &str) -> Option<T> {
    table
        .iter()
        .find(|(_, name, _)| name.eq_ignore_ascii_case(word))
        .map(|(value, ..)| *value)
}

/// The word of a value in one of the tables above.
pub fn word_of<T: PartialEq>(table: &'static [(T, &str, &str)], value: &T) -> &'static str {
    table
        .iter()
        .find(|(it, ..)| it == value)
        .map_or("", |(_, word, _)| word)
}
