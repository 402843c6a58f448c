//! Tokens into a query. Nothing is an error: what is no term is searched as text, what is not
//! whole yet is left out, and both are said.

use std::ops::Range;

use super::ast::{Bounds, Expr, Order, Person, Query, Term};
use super::field::{Field, HAS, IS, SORTS, value_of};
use super::lex::{Kind, Token, tokens};
use super::notice::Notice;
use super::when::When;
use crate::model::severity::Severity;
use crate::text::did_you_mean;

/// How many terms a query has at the most.
const MOST_TERMS: usize = 200;

/// What a text was taken for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parsed {
    pub query: Query,
    pub notices: Vec<Notice>,
    /// The terms that name something, with their places in the text.
    pub named: Vec<(Range<usize>, Term)>,
}

/// Reads a query. Any text is one.
pub fn parse(text: &str) -> Parsed {
    let (tokens, notices) = tokens(text);
    let mut parser = Parser {
        tokens,
        next: 0,
        terms: 0,
        parsed: Parsed {
            notices,
            ..Parsed::default()
        },
    };
    parser.parsed.query.filter = parser.any(None);
    parser.parsed.notices.sort_by_key(|notice| notice.at.start);
    parser.parsed
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    terms: usize,
    parsed: Parsed,
}

impl Parser {
    fn peek(&self) -> Option<&Kind> {
        self.tokens.get(self.next).map(|token| &token.kind)
    }

    fn take(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.next).cloned()?;
        self.next += 1;
        Some(token)
    }

    fn say(&mut self, notice: Notice) {
        self.parsed.notices.push(notice);
    }

    /// Sides of an `or`, up to the bracket that closes or the end.
    fn any(&mut self, opened: Option<Range<usize>>) -> Expr {
        let mut sides = vec![self.all()];
        let mut lonely = None;
        loop {
            match self.take() {
                Some(Token { kind: Kind::Or, at }) => {
                    if sides.last().is_some_and(Expr::is_empty) {
                        lonely.get_or_insert(at.clone());
                    }
                    let right = self.all();
                    if right.is_empty() {
                        lonely.get_or_insert(at);
                    }
                    sides.push(right);
                }
                // `all` stops at `or`, at a bracket that closes, and at the end.
                Some(_) => break,
                None => {
                    if let Some(at) = opened {
                        self.say(Notice::new(at, "this bracket is never closed"));
                    }
                    break;
                }
            }
        }
        if let Some(at) = lonely {
            let said = "`or` stands between two things; left out here";
            self.say(Notice::new(at, said));
        }
        Expr::any(sides)
    }

    /// What stands side by side.
    fn all(&mut self) -> Expr {
        let mut parts = Vec::new();
        while !matches!(self.peek(), None | Some(Kind::Or | Kind::Close)) {
            parts.push(self.one());
        }
        Expr::all(parts)
    }

    /// One term or bracket with what negates it.
    fn one(&mut self) -> Expr {
        let mut negated: Option<Range<usize>> = None;
        let mut is_not = false;
        while let Some(Kind::Not | Kind::And) = self.peek() {
            if let Some(token) = self.take().filter(|token| token.kind == Kind::Not) {
                is_not = !is_not;
                negated = Some(token.at);
            }
        }
        let part = match self.peek() {
            None | Some(Kind::Or | Kind::Close) => {
                if let Some(at) = negated {
                    let said = "nothing follows that this could take away; left out";
                    self.say(Notice::new(at, said));
                }
                return Expr::default();
            }
            Some(_) => self.positive(is_not),
        };
        match is_not {
            true => Expr::not(part),
            false => part,
        }
    }

    fn positive(&mut self, is_not: bool) -> Expr {
        let Some(Token { kind, at }) = self.take() else {
            return Expr::default();
        };
        if kind == Kind::Open {
            let inside = self.any(Some(at.clone()));
            if inside.is_empty() {
                self.say(Notice::new(at, "nothing stands between these brackets"));
            }
            return inside;
        }
        self.terms += 1;
        if self.terms > MOST_TERMS {
            if self.terms == MOST_TERMS + 1 {
                let said = format!("only the first {MOST_TERMS} words are looked for");
                self.say(Notice::new(at, said));
            }
            return Expr::default();
        }
        match kind {
            Kind::Phrase(phrase) => Expr::Term(Term::Phrase(phrase)),
            Kind::Word(word) => self.word(&word, at),
            Kind::Field(field, value) => self.field(field, &value, (at, is_not)),
            Kind::Open | Kind::Close | Kind::Or | Kind::And | Kind::Not => Expr::default(),
        }
    }

    fn word(&mut self, word: &str, at: Range<usize>) -> Expr {
        if let Some((name, value)) = word.split_once(':')
            && is_like_a_field(name, value)
        {
            let meant = Field::meant_by(name);
            let said = match meant {
                Some(_) => format!("`{name}:` is no field; searched as text"),
                None => format!("there is no field `{name}:`; searched as text"),
            };
            let instead = meant.map(|field| format!("{field}:{value}"));
            self.say(Notice::new(at.start..at.start + name.len() + 1, said).or(instead));
        }
        Expr::Term(Term::text(word))
    }

    fn field(&mut self, field: Field, value: &str, (at, is_not): (Range<usize>, bool)) -> Expr {
        let name = field.word();
        if matches!(field, Field::Was | Field::Changed) {
            let said = format!("`{name}:` asks for history, which is not searchable yet; left out");
            self.say(Notice::new(at, said));
            return Expr::default();
        }
        if value.is_empty() {
            let said = format!("`{name}:` still wants a value: {}", takes(field));
            self.say(Notice::new(at, said));
            return Expr::default();
        }
        if field == Field::Sort {
            self.sort(value, at, is_not);
            return Expr::default();
        }
        match term(field, value) {
            Some(term) => {
                self.note(&term, at);
                Expr::Term(term)
            }
            None => {
                let said = format!("`{name}:` takes {}; searched as text", takes(field));
                let instead = meant(field, value).map(|value| format!("{name}:{value}"));
                self.say(Notice::new(at, said).or(instead));
                Expr::Term(Term::text(&format!("{name}:{value}")))
            }
        }
    }

    fn note(&mut self, term: &Term, at: Range<usize>) {
        let is_named = matches!(
            term,
            Term::Queue(_)
                | Term::Group(_)
                | Term::Tag(_)
                | Term::Assignee(Person::Named(_))
                | Term::From(Person::Named(_))
        );
        if is_named {
            self.parsed.named.push((at.clone(), term.clone()));
        }
    }

    fn sort(&mut self, value: &str, at: Range<usize>, is_not: bool) {
        let (word, reversed) = match value.strip_prefix('-') {
            Some(word) => (word, true),
            None => (value.strip_prefix('+').unwrap_or(value), false),
        };
        let Some(by) = value_of(SORTS, word) else {
            let said = format!("`sort:` takes {}; left out", takes(Field::Sort));
            let instead = meant(Field::Sort, word).map(|word| format!("sort:{word}"));
            return self.say(Notice::new(at, said).or(instead));
        };
        if is_not {
            let instead = Some(format!("sort:-{word}"));
            let said = "an order can't be taken away; left out";
            return self.say(Notice::new(at, said).or(instead));
        }
        if self.parsed.query.sort.is_some() {
            let said = "a second order; this one counts";
            self.say(Notice::new(at, said));
        }
        self.parsed.query.sort = Some(Order { by, reversed });
    }
}

/// The term of a field and its value; none where the field does not take the value.
fn term(field: Field, value: &str) -> Option<Term> {
    let name = || Some(value.to_owned());
    Some(match field {
        Field::Is => Term::Is(value_of(IS, value)?),
        Field::Severity => Term::Severity(bounds(value, severity)?),
        Field::Queue => Term::Queue(name()?),
        Field::Group => Term::Group(name()?),
        Field::Assignee => Term::Assignee(person(value)),
        Field::From => Term::From(person(value)),
        Field::Tag => Term::Tag(name()?),
        Field::Date(of) => Term::Date(of, bounds(value, When::read)?),
        Field::Has => Term::Has(value_of(HAS, value)?),
        Field::Number => {
            let number = value.trim_start_matches('#').trim();
            (!number.is_empty()).then(|| Term::Number(number.to_owned()))?
        }
        Field::Sort | Field::Was | Field::Changed => return None,
    })
}

fn person(value: &str) -> Person {
    match value.to_lowercase().as_str() {
        "me" => Person::Me,
        "none" => Person::Nobody,
        _ => Person::Named(value.to_owned()),
    }
}

/// `2.5`, `SEV_2.5`.
fn severity(text: &str) -> Option<Severity> {
    let text = text.to_ascii_lowercase();
    let text = text.strip_prefix("sev").unwrap_or(&text);
    let text = text.strip_prefix('_').unwrap_or(text);
    let mut all = Severity::ALL.into_iter();
    all.find(|it| super::print::severity(*it) == text)
}

/// `<a`, `<=a`, `>a`, `>=a`, `=a`, `a..b`, `a..`, `..b`, `a`.
fn bounds<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Bounds<T>> {
    let of = |text: &str| read(text.trim());
    Some(if let Some(rest) = text.strip_prefix("<=") {
        Bounds::AtMost(of(rest)?)
    } else if let Some(rest) = text.strip_prefix(">=") {
        Bounds::AtLeast(of(rest)?)
    } else if let Some(rest) = text.strip_prefix('<') {
        Bounds::Less(of(rest)?)
    } else if let Some(rest) = text.strip_prefix('>') {
        Bounds::More(of(rest)?)
    } else if let Some((from, to)) = text.split_once("..") {
        match (from.is_empty(), to.is_empty()) {
            (true, true) => return None,
            (true, false) => Bounds::UpTo(of(to)?),
            (false, true) => Bounds::From(of(from)?),
            (false, false) => Bounds::Between(of(from)?, of(to)?),
        }
    } else {
        Bounds::Is(of(text.strip_prefix('=').unwrap_or(text))?)
    })
}

/// What a field takes, in words.
fn takes(field: Field) -> String {
    let words = |words: Vec<&str>| words.join(", ");
    match field {
        Field::Is => words(IS.iter().map(|(_, word, _)| *word).collect()),
        Field::Has => words(HAS.iter().map(|(_, word, _)| *word).collect()),
        Field::Sort => words(SORTS.iter().map(|(_, word, _)| *word).collect()),
        Field::Severity => "1, 2, 2.5, 3, 4, 5, such as sev:<=2 or sev:2..3".to_owned(),
        Field::Date(_) => {
            "a day such as today, -7d, 2026-03-01, >-7d or 2026-01..2026-03".to_owned()
        }
        Field::Assignee | Field::From => "me, none or a name".to_owned(),
        Field::Tag => "a tag".to_owned(),
        Field::Queue | Field::Group => "a name".to_owned(),
        Field::Number => "a number such as 42, RIV-2026-0042 or an old key".to_owned(),
        Field::Was | Field::Changed => String::new(),
    }
}

/// The value that was probably meant.
fn meant(field: Field, value: &str) -> Option<String> {
    let near = |words: Vec<&'static str>| did_you_mean(value, words).map(str::to_owned);
    match field {
        Field::Is => near(IS.iter().map(|(_, word, _)| *word).collect()),
        Field::Has => near(HAS.iter().map(|(_, word, _)| *word).collect()),
        Field::Sort => near(SORTS.iter().map(|(_, word, _)| *word).collect()),
        Field::Date(_) => {
            let bare = value.trim_start_matches(['<', '>', '=']);
            let words = ["today", "yesterday", "tomorrow", "now"];
            let word = did_you_mean(bare, words)?;
            Some(format!("{}{word}", &value[..value.len() - bare.len()]))
        }
        _ => None,
    }
}

/// Whether the beginning of a word was probably meant as a field, and not as the beginning of an
/// address, a time or a sentence.
fn is_like_a_field(name: &str, value: &str) -> bool {
    let is_word = name.len() > 1 && name.chars().all(|c| c.is_ascii_alphabetic());
    let is_address = value.starts_with("//") || value.contains(':');
    is_word && !value.is_empty() && !is_address
}
