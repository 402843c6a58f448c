//! Names and days to ids and moments.

use std::ops::Range;

use jiff::tz::TimeZone;

use super::ast::{Bounds, DateField, Expr, Has, Is, Person, Query, Term};
use super::field::Field;
use super::filter::{Filter, Found, Test};
use super::names::{Holder, Meant, Names};
use super::notice::Notice;
use super::parse::parse;
use super::print;
use super::when::When;
use crate::model::id::UserId;
use crate::model::severity::Severity;
use crate::model::source::Timestamp;
use crate::model::status::{Stage, Status};
use crate::text::did_you_mean;

/// In whose eyes, when and where a query is read.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Who `me` is.
    pub me: UserId,
    pub names: &'a Names,
    pub now: Timestamp,
    /// Where days begin: the family's zone.
    pub zone: &'a TimeZone,
}

/// A text that was read, with everything there is to say about it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    pub query: Query,
    /// In the order of the text.
    pub notices: Vec<Notice>,
}

/// Reads a query and looks its names up. Any text is a query.
pub fn read(text: &str, context: &Context<'_>) -> Reading {
    let parsed = parse(text);
    let mut notices = parsed.notices;
    for (at, term) in parsed.named {
        notices.extend(about_name(at, &term, context.names));
    }
    notices.sort_by_key(|notice| notice.at.start);
    Reading {
        query: parsed.query,
        notices,
    }
}

impl Query {
    /// What the query comes to here and now. A name that nothing goes by takes no ticket.
    pub fn filter(&self, context: &Context<'_>) -> Filter {
        expr(&self.filter, context)
    }
}

fn expr(it: &Expr, context: &Context<'_>) -> Filter {
    let all = |parts: &[Expr]| parts.iter().map(|part| expr(part, context)).collect();
    match it {
        Expr::All(parts) => Filter::All(all(parts)),
        Expr::Any(parts) => Filter::Any(all(parts)),
        Expr::Not(part) => Filter::Not(Box::new(expr(part, context))),
        Expr::Term(term) => test(term, context),
    }
}

fn test(term: &Term, context: &Context<'_>) -> Filter {
    let names = context.names;
    let test = match term {
        Term::Is(is) => return state(*is, context),
        Term::Severity(bounds) => Test::Severity(severities(bounds)),
        Term::Queue(name) => Test::Queue(ids(names.queue(name))),
        Term::Group(name) => {
            let groups = ids(names.group(name));
            let queues = names.queues.iter();
            let theirs = queues.filter(|queue| groups.contains(&queue.group_id));
            Test::Queue(theirs.map(|queue| queue.queue_id).collect())
        }
        Term::Assignee(Person::Nobody) => Test::Unassigned,
        Term::Assignee(Person::Named(name)) => return held_by(name, names),
        Term::Assignee(person) => Test::Assignee(people(person, context)),
        Term::From(person) => Test::Requester(people(person, context)),
        Term::Tag(tag) => Test::Tag(names.tag(tag)),
        Term::Date(field, bounds) => {
            let (from, until) = stretch(bounds, context);
            Test::Within(*field, from, until)
        }
        Term::Has(Has::Comment) => Test::HasComment,
        Term::Has(Has::Due) => Test::Within(DateField::Due, None, None),
        Term::Has(Has::Attachment) => Test::HasAttachment,
        Term::Number(number) => Test::Number(number.clone()),
        Term::Word(text) | Term::Phrase(text) => Test::Text(Found {
            text: text.clone(),
            is_phrase: matches!(term, Term::Phrase(_)),
        }),
    };
    Filter::Test(test)
}

/// What the people of that name hold, and the groups of that name.
fn held_by(name: &str, names: &Names) -> Filter {
    let (mut people, mut groups) = (Vec::new(), Vec::new());
    for holder in ids(names.holder(name)) {
        match holder {
            Holder::Person(user_id) => people.push(user_id),
            Holder::Group(group_id) => groups.push(group_id),
        }
    }
    match (people.is_empty(), groups.is_empty()) {
        (_, true) => Test::Assignee(people).into(),
        (true, false) => Test::AssignedGroup(groups).into(),
        (false, false) => Filter::Any(vec![
            Test::Assignee(people).into(),
            Test::AssignedGroup(groups).into(),
        ]),
    }
}

fn state(is: Is, context: &Context<'_>) -> Filter {
    let open = || Filter::from(Test::Status(Status::Open));
    let staged = |stage| open().and(Test::Stage(stage));
    match is {
        Is::Open => open(),
        Is::Resolved => Test::Status(Status::Resolved).into(),
        Is::Closed => Test::Status(Status::Closed).into(),
        Is::New => staged(Stage::New),
        Is::Active => staged(Stage::Active),
        Is::Waiting => staged(Stage::Waiting),
        Is::Mine => Test::Assignee(vec![context.me]).into(),
        Is::Unassigned => Test::Unassigned.into(),
        Is::Unread => Test::Unread.into(),
        Is::Watching => Test::FollowedBy(context.me).into(),
        Is::Snoozed => Test::SnoozedAt(context.now).into(),
        Is::Overdue => {
            let passed = Test::Within(DateField::Due, None, Some(context.now.plus(1)));
            open().and(passed)
        }
        Is::Untriaged => Test::Untriaged.into(),
    }
}

/// The severities within bounds, gravest first.
pub(super) fn severities(bounds: &Bounds<Severity>) -> Vec<Severity> {
    let is_in = |it: &Severity| match bounds {
        Bounds::Is(at) => it == at,
        Bounds::Less(end) => it < end,
        Bounds::AtMost(end) | Bounds::UpTo(end) => it <= end,
        Bounds::More(end) => it > end,
        Bounds::AtLeast(end) | Bounds::From(end) => it >= end,
        Bounds::Between(a, b) => (a.min(b)..=a.max(b)).contains(&it),
    };
    Severity::ALL.into_iter().filter(is_in).collect()
}

/// From when and until before when. A stretch of time is in a range with all of it.
fn stretch(bounds: &Bounds<When>, context: &Context<'_>) -> (Option<Timestamp>, Option<Timestamp>) {
    let of = |when: &When| when.stretch(context.now, context.zone);
    match bounds {
        Bounds::Is(when) => (Some(of(when).0), Some(of(when).1)),
        Bounds::Less(when) => (None, Some(of(when).0)),
        Bounds::AtMost(when) | Bounds::UpTo(when) => (None, Some(of(when).1)),
        Bounds::More(when) => (Some(of(when).1), None),
        Bounds::AtLeast(when) | Bounds::From(when) => (Some(of(when).0), None),
        Bounds::Between(a, b) => {
            let (a, b) = (of(a), of(b));
            (Some(a.0.min(b.0)), Some(a.1.max(b.1)))
        }
    }
}

fn people(person: &Person, context: &Context<'_>) -> Vec<UserId> {
    match person {
        Person::Me => vec![context.me],
        Person::Nobody => Vec::new(),
        Person::Named(name) => ids(context.names.person(name)),
    }
}

fn ids<T>(meant: Meant<T>) -> Vec<T> {
    meant.into_iter().map(|(id, _)| id).collect()
}

/// What there is to say about a name that nothing, or more than one thing, goes by.
fn about_name(at: Range<usize>, term: &Term, names: &Names) -> Option<Notice> {
    let (what, name, called): (_, _, Vec<String>) = match term {
        Term::Queue(name) => ("queue", name, full(names.queue(name))),
        Term::Group(name) => ("group", name, full(names.group(name))),
        Term::Assignee(Person::Named(name)) => ("member or group", name, full(names.holder(name))),
        Term::From(Person::Named(name)) => ("member", name, full(names.person(name))),
        Term::Tag(tag) => return about_tag(at, tag, names),
        _ => return None,
    };
    let field = term.field().map_or("", Field::word);
    match called.as_slice() {
        [_] => None,
        [] => {
            let said = format!("there is no {what} `{name}`");
            let near = match term {
                Term::Queue(_) => near(name, names.queues.iter().map(|it| &it.queue_name)),
                Term::Group(_) => near(name, names.groups.iter().map(|(_, name)| name)),
                Term::Assignee(_) => {
                    let people = names.people.iter().map(|(_, name)| name);
                    near(
                        name,
                        people.chain(names.groups.iter().map(|(_, name)| name)),
                    )
                }
                _ => near(name, names.people.iter().map(|(_, name)| name)),
            };
            let instead = near.map(|near| format!("{field}:{}", print::value(&near)));
            Some(Notice::new(at, said).or(instead))
        }
        several => {
            let all = several.join(" or ");
            let said = format!("`{name}` could be {all}; all of them are meant");
            Some(Notice::new(at, said))
        }
    }
}

fn full<T>(meant: Meant<T>) -> Vec<String> {
    meant.into_iter().map(|(_, name)| name).collect()
}

fn about_tag(at: Range<usize>, tag: &str, names: &Names) -> Option<Notice> {
    let wanted = tag.to_lowercase();
    if names.tags.iter().any(|it| it.to_lowercase() == wanted) {
        return None;
    }
    let instead = near(tag, names.tags.iter());
    let instead = instead.map(|tag| format!("tag:{}", print::value(&tag)));
    let said = format!("no ticket carries the tag `{tag}`");
    Some(Notice::new(at, said).or(instead))
}

fn near<'a>(name: &str, all: impl Iterator<Item = &'a String>) -> Option<String> {
    let all: Vec<(String, &String)> = all.map(|it| (it.to_lowercase(), it)).collect();
    let lower = all.iter().map(|(lower, _)| lower.as_str());
    let found = did_you_mean(name, lower)?;
    let (_, name) = all.iter().find(|(lower, _)| lower == found)?;
    Some((*name).clone())
}
