//! What could stand where one is typing.

use std::ops::Range;

use super::ast::Term;
use super::field::{FIELDS, Field, HAS, IS, SORTS};
use super::names::Names;
use super::print;
use crate::model::severity::Severity;

/// How many candidates are offered at the most.
const MOST: usize = 50;

/// What could take the place of the word under the cursor.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Completion {
    /// The bytes that a candidate takes the place of.
    pub at: Range<usize>,
    /// The likeliest first.
    pub candidates: Vec<Candidate>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What is put in; a field ends in its colon.
    pub text: String,
    /// What it means, in a few words.
    pub help: String,
}

/// What could stand at the cursor, a byte offset into the text.
pub fn complete(text: &str, cursor: usize, names: &Names) -> Completion {
    let cursor = (0..=cursor.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0);
    let from = word_start(&text[..cursor]);
    let word = &text[from..cursor];
    let (name, value) = match word.split_once(':') {
        Some((name, value)) => (name, Some(value)),
        None => (word, None),
    };
    let candidates = match (value, Field::of(name)) {
        (None, _) => fields(word),
        (Some(value), Some(field)) => values(field, value, names),
        (Some(_), None) => Vec::new(),
    };
    Completion {
        at: from..cursor,
        candidates,
    }
}

/// Where the word begins that the text ends in; blanks between quotes belong to it.
fn word_start(text: &str) -> usize {
    let mut start = 0;
    let mut in_quotes = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => in_quotes = !in_quotes,
            c if !in_quotes && (c.is_whitespace() || c == '(') => start = at + c.len_utf8(),
            '-' if at == start && !in_quotes => start = at + 1,
            _ => {}
        }
    }
    start
}

fn fields(word: &str) -> Vec<Candidate> {
    let word = word.to_lowercase();
    FIELDS
        .iter()
        .filter(|(field, name, _)| {
            !matches!(field, Field::Was | Field::Changed) && name.starts_with(&word)
        })
        .map(|(_, name, help)| candidate(format!("{name}:"), help))
        .collect()
}

fn values(field: Field, typed: &str, names: &Names) -> Vec<Candidate> {
    let name = field.word();
    let of = |value: &str, help: &str| candidate(format!("{name}:{}", print::value(value)), help);
    let all: Vec<(String, Candidate)> = match field {
        Field::Is => worded(IS, of),
        Field::Has => worded(HAS, of),
        Field::Sort => sorts(typed, of),
        Field::Severity => {
            let all = Severity::ALL.into_iter();
            let all = all.map(|it| (print::severity(it), it.meaning()));
            let plain = all.chain([
                ("<=2", "several groups, or graver"),
                (">=3", "one group, or milder"),
            ]);
            plain
                .map(|(it, help)| (it.to_owned(), of(it, help)))
                .collect()
        }
        Field::Assignee | Field::From => {
            let people = names.people.iter().map(|(_, name)| (name.as_str(), ""));
            let groups = names.groups.iter();
            let groups = groups.map(|(_, name)| (name.as_str(), "a group"));
            let (first, groups) = match field {
                Field::Assignee => (&[("me", "you"), ("none", "nobody")][..], Some(groups)),
                _ => (&[("me", "you")][..], None),
            };
            let all = first.iter().copied().chain(people);
            all.chain(groups.into_iter().flatten())
                .map(|(it, help)| (it.to_owned(), of(it, help)))
                .collect()
        }
        Field::Group => {
            let groups = names.groups.iter();
            groups.map(|(_, it)| (it.clone(), of(it, ""))).collect()
        }
        Field::Queue => queues(names, of),
        Field::Tag => names
            .tags
            .iter()
            .map(|it| (it.clone(), of(it, "")))
            .collect(),
        Field::Date(_) => dates(typed, of),
        Field::Number | Field::Was | Field::Changed => Vec::new(),
    };
    let wanted = typed.trim_start_matches('"').to_lowercase();
    let begins = |value: &str| value.to_lowercase().starts_with(&wanted);
    let holds = |value: &str| value.to_lowercase().contains(&wanted);
    let (first, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|(value, _)| begins(value));
    let rest = rest.into_iter().filter(|(value, _)| holds(value));
    let found = first
        .into_iter()
        .chain(rest)
        .map(|(_, candidate)| candidate);
    found.take(MOST).collect()
}

fn worded<T>(
    table: &[(T, &str, &str)],
    of: impl Fn(&str, &str) -> Candidate,
) -> Vec<(String, Candidate)> {
    let all = table.iter();
    all.map(|(_, word, help)| ((*word).to_owned(), of(word, help)))
        .collect()
}

fn sorts(typed: &str, of: impl Fn(&str, &str) -> Candidate) -> Vec<(String, Candidate)> {
    let minus = if typed.starts_with('-') { "-" } else { "" };
    let all = SORTS.iter();
    all.map(|(_, word, help)| {
        let value = format!("{minus}{word}");
        let help = match minus {
            "" => (*help).to_owned(),
            _ => format!("the other way round: {help}"),
        };
        let candidate = of(&value, &help);
        (value, candidate)
    })
    .collect()
}

fn queues(names: &Names, of: impl Fn(&str, &str) -> Candidate) -> Vec<(String, Candidate)> {
    let all = names.queues.iter().map(|queue| {
        let group = names.group_name(queue.group_id);
        let value = match names.queue_term(queue.queue_id) {
            Term::Queue(value) => value,
            _ => queue.queue_name.clone(),
        };
        let candidate = of(&value, group);
        (value, candidate)
    });
    all.collect()
}

/// Days behind the comparison that is typed already.
fn dates(typed: &str, of: impl Fn(&str, &str) -> Candidate) -> Vec<(String, Candidate)> {
    const DAYS: [(&str, &str); 8] = [
        ("today", ""),
        ("yesterday", ""),
        ("tomorrow", ""),
        ("-7d", "a week ago"),
        ("-1m", "a month ago"),
        ("-1y", "a year ago"),
        ("+7d", "in a week"),
        ("-1h", "an hour ago"),
    ];
    const WHOLE: [(&str, &str); 2] = [(">-7d", "in the last week"), ("<-30d", "longer ago")];
    let compares = typed.len() - typed.trim_start_matches(['<', '>', '=']).len();
    let compares = &typed[..compares];
    let days = DAYS
        .iter()
        .map(|(day, help)| (format!("{compares}{day}"), *help));
    let whole = WHOLE.iter().filter(|_| compares.is_empty());
    let whole = whole.map(|(day, help)| ((*day).to_owned(), *help));
    let all = days.chain(whole);
    all.map(|(value, help)| {
        let candidate = of(&value, help);
        (value, candidate)
    })
    .collect()
}

fn candidate(text: String, help: &str) -> Candidate {
    Candidate {
        text,
        help: help.to_owned(),
    }
}
