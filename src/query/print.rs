//! A query as text. What is printed parses to the same query.

use std::fmt;

use super::ast::{Bounds, Expr, Order, Person, Query, Term};
use super::field::{Field, HAS, IS, SORTS, word_of};
use super::lex;
use crate::model::severity::Severity;

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.filter)?;
        match self.sort {
            Some(_) if !self.filter.is_empty() => write!(f, " ")?,
            _ => {}
        }
        match self.sort {
            Some(order) => write!(f, "{order}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expr::All(parts) => join(f, parts, " "),
            Expr::Any(parts) => sides(f, parts),
            Expr::Not(part) => write!(f, "-{}", Inside(part)),
            Expr::Term(term) => write!(f, "{term}"),
        }
    }
}

fn join(f: &mut fmt::Formatter<'_>, parts: &[Expr], between: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        write!(f, "{}", Inside(part))?;
    }
    Ok(())
}

fn sides(f: &mut fmt::Formatter<'_>, parts: &[Expr]) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(" or ")?;
        }
        match part {
            // `or` binds less than standing side by side does.
            Expr::All(parts) => join(f, parts, " ")?,
            other => write!(f, "{}", Inside(other))?,
        }
    }
    Ok(())
}

/// A part as it stands among others.
struct Inside<'a>(&'a Expr);

impl fmt::Display for Inside<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Expr::All(parts) => {
                f.write_str("(")?;
                join(f, parts, " ")?;
                f.write_str(")")
            }
            Expr::Any(parts) => {
                f.write_str("(")?;
                sides(f, parts)?;
                f.write_str(")")
            }
            other => write!(f, "{other}"),
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = self.field() {
            write!(f, "{}:", field.word())?;
        }
        match self {
            Term::Is(is) => f.write_str(word_of(IS, is)),
            Term::Severity(bounds) => f.write_str(&bounds.print(|it| severity(*it).to_owned())),
            Term::Queue(name) | Term::Group(name) | Term::Tag(name) | Term::Number(name) => {
                f.write_str(&value(name))
            }
            Term::Assignee(person) | Term::From(person) => match person {
                Person::Me => f.write_str("me"),
                Person::Nobody => f.write_str("none"),
                Person::Named(name) => f.write_str(&value(name)),
            },
            Term::Date(_, bounds) => f.write_str(&bounds.print(ToString::to_string)),
            Term::Has(has) => f.write_str(word_of(HAS, has)),
            Term::Word(word) => f.write_str(word),
            Term::Phrase(phrase) => f.write_str(&lex::quoted(phrase)),
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minus = if self.reversed { "-" } else { "" };
        let sort = Field::Sort.word();
        write!(f, "{sort}:{minus}{}", word_of(SORTS, &self.by))
    }
}

impl<T> Bounds<T> {
    fn print(&self, one: impl Fn(&T) -> String) -> String {
        match self {
            Bounds::Is(it) => one(it),
            Bounds::Less(it) => format!("<{}", one(it)),
            Bounds::AtMost(it) => format!("<={}", one(it)),
            Bounds::More(it) => format!(">{}", one(it)),
            Bounds::AtLeast(it) => format!(">={}", one(it)),
            Bounds::Between(from, to) => format!("{}..{}", one(from), one(to)),
            Bounds::From(it) => format!("{}..", one(it)),
            Bounds::UpTo(it) => format!("..{}", one(it)),
        }
    }
}

/// A severity as the language writes it: `2.5`.
pub(super) fn severity(severity: Severity) -> &'static str {
    let word = severity.as_str();
    word.strip_prefix("SEV_").unwrap_or(word)
}

/// A name after a colon.
pub(super) fn value(text: &str) -> String {
    match lex::is_plain_value(text) {
        true => text.to_owned(),
        false => lex::quoted(text),
    }
}
