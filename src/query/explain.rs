//! A query as one plain sentence.

use super::ast::{Bounds, DateField, Expr, Has, Is, Order, Person, Query, SortBy, Term};
use super::resolve::{Context, severities};
use super::when::When;
use crate::model::severity::Severity;

impl Query {
    /// What the query means here and now, in a sentence.
    pub fn explain(&self, context: &Context<'_>) -> String {
        let what = match &self.filter {
            all if all.is_empty() => "All tickets".to_owned(),
            Expr::All(parts) => {
                let said: Vec<String> = parts.iter().map(|it| said(it, context)).collect();
                format!("Tickets that {}", listed(&said, "and"))
            }
            Expr::Any(parts) => {
                let said: Vec<String> = parts.iter().map(|it| said(it, context)).collect();
                format!("Tickets that either {}", said.join(" or "))
            }
            other => format!("Tickets that {}", said(other, context)),
        };
        format!("{what}; {}.", ordered(self.order()))
    }
}

fn said(expr: &Expr, context: &Context<'_>) -> String {
    let all =
        |parts: &[Expr]| -> Vec<String> { parts.iter().map(|part| said(part, context)).collect() };
    match expr {
        Expr::All(parts) => format!("({})", all(parts).join(" and ")),
        Expr::Any(parts) => format!("({})", all(parts).join(" or ")),
        Expr::Not(part) => match &**part {
            Expr::Term(term) => predicate(term, false, context),
            Expr::Any(parts) => format!("neither {}", all(parts).join(" nor ")),
            other => format!("are not such that they {}", said(other, context)),
        },
        Expr::Term(term) => predicate(term, true, context),
    }
}

fn predicate(term: &Term, yes: bool, context: &Context<'_>) -> String {
    let are = |what: String| match yes {
        true => format!("are {what}"),
        false => format!("are not {what}"),
    };
    let verb = |do_it: &str, dont: &str, what: String| {
        format!("{} {what}", if yes { do_it } else { dont })
    };
    match term {
        Term::Is(is) => state(*is, yes),
        Term::Severity(bounds) => verb("have", "do not have", severity(bounds)),
        Term::Queue(name) => {
            let found = context.names.queue(name);
            let names: Vec<String> = found.into_iter().map(|(_, name)| name).collect();
            are(format!("in the queue {}", called(names, name)))
        }
        Term::Group(name) => {
            let found = context.names.group(name);
            let names: Vec<String> = found.into_iter().map(|(_, name)| name).collect();
            are(format!("in a queue of {}", called(names, name)))
        }
        Term::Assignee(Person::Named(name)) => {
            let found = context.names.holder(name);
            let names: Vec<String> = found.into_iter().map(|(_, name)| name).collect();
            are(format!("assigned to {}", called(names, name)))
        }
        Term::Assignee(who) => are(format!("assigned to {}", person(who, context))),
        Term::From(who) => {
            let by = format!("asked for by {}", person(who, context));
            match yes {
                true => format!("were {by}"),
                false => format!("were not {by}"),
            }
        }
        Term::Tag(tag) => are(format!("tagged {tag}")),
        Term::Date(field, bounds) => date(*field, bounds, yes, context),
        Term::Has(Has::Comment) => verb("have", "do not have", "a comment".to_owned()),
        Term::Has(Has::Due) => verb("have", "do not have", "a due date".to_owned()),
        Term::Has(Has::Attachment) => verb("have", "do not have", "an attachment".to_owned()),
        Term::Number(number) => verb("have", "do not have", format!("the number {number}")),
        Term::Word(text) => verb("mention", "do not mention", text.clone()),
        Term::Phrase(text) => verb("say", "do not say", format!("\"{text}\"")),
    }
}

fn state(is: Is, yes: bool) -> String {
    let (are, rest) = match is {
        Is::Open => ("are", "open"),
        Is::Resolved => ("are", "resolved"),
        Is::Closed => ("are", "closed"),
        Is::New => ("are", "open and not taken up by anybody"),
        Is::Active => ("are", "open and being worked on"),
        Is::Waiting => ("are", "open and waiting on someone"),
        Is::Mine => ("are", "assigned to you"),
        Is::Unassigned => ("are", "assigned to nobody"),
        Is::Unread => ("are", "not read by you to the end"),
        Is::Watching => ("are", "followed by you"),
        Is::Snoozed => ("are", "snoozed"),
        Is::Overdue => ("are", "open and overdue"),
        Is::Untriaged => ("are", "untriaged (open, judged by nobody yet)"),
    };
    match yes {
        true => format!("{are} {rest}"),
        false if rest.contains(" and ") => format!("{are} not both {rest}"),
        false => format!("{are} not {rest}"),
    }
}

fn severity(bounds: &Bounds<Severity>) -> String {
    match bounds {
        Bounds::AtMost(it) | Bounds::UpTo(it) => format!("{it} or graver"),
        Bounds::AtLeast(it) | Bounds::From(it) => format!("{it} or milder"),
        _ => {
            let all = severities(bounds);
            let words: Vec<String> = all.iter().map(ToString::to_string).collect();
            match words.is_empty() {
                true => "a severity that there is not".to_owned(),
                false => listed(&words, "or"),
            }
        }
    }
}

fn called(found: Vec<String>, name: &str) -> String {
    match found.is_empty() {
        true => format!("`{name}`, which there is not"),
        false => listed(&found, "or"),
    }
}

fn person(who: &Person, context: &Context<'_>) -> String {
    match who {
        Person::Me => "you".to_owned(),
        Person::Nobody => "nobody".to_owned(),
        Person::Named(name) => {
            let found = context.names.person(name);
            called(found.into_iter().map(|(_, name)| name).collect(), name)
        }
    }
}

fn date(field: DateField, bounds: &Bounds<When>, yes: bool, context: &Context<'_>) -> String {
    let what = match (field, yes) {
        (DateField::Due, true) => "are due",
        (DateField::Due, false) => "are not due",
        (DateField::Created, true) => "were created",
        (DateField::Created, false) => "were not created",
        (DateField::Updated, true) => "were last active",
        (DateField::Updated, false) => "were not last active",
        (DateField::Resolved, true) => "were resolved",
        (DateField::Resolved, false) => "were not resolved",
    };
    let words = |when: &When| when.words(context.now, context.zone);
    let within = |when: &When| match when {
        When::Year(_) | When::Month(..) => format!("in {}", words(when)),
        when if when.is_moment() => format!("at {}", words(when)),
        _ => format!("on {}", words(when)),
    };
    let when = match bounds {
        Bounds::Is(it) => within(it),
        Bounds::Less(it) => format!("before {}", words(it)),
        Bounds::AtMost(it) | Bounds::UpTo(it) => format!("{} or before", within(it)),
        Bounds::More(it) => format!("after {}", words(it)),
        Bounds::AtLeast(it) | Bounds::From(it) => format!("{} or later", within(it)),
        Bounds::Between(from, to) => format!("from {} to {}", words(from), words(to)),
    };
    format!("{what} {when}")
}

fn ordered(order: Order) -> &'static str {
    match (order.by, order.reversed) {
        (SortBy::Severity, false) => "gravest first",
        (SortBy::Severity, true) => "mildest first",
        (SortBy::Created, false) => "oldest first",
        (SortBy::Created, true) => "newest first",
        (SortBy::Updated, false) => "longest untouched first",
        (SortBy::Updated, true) => "latest activity first",
        (SortBy::Due, false) => "due soonest first",
        (SortBy::Due, true) => "due last first",
        (SortBy::Number, false) => "lowest number first",
        (SortBy::Number, true) => "highest number first",
        (SortBy::Relevance, false) => "best match first",
        (SortBy::Relevance, true) => "weakest match first",
    }
}

/// `a, b and c`.
fn listed(words: &[String], last: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}
