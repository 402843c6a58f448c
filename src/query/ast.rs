//! What a query says, as a tree of terms, in the words it is said in.

use super::field::Field;
use super::lex;
use super::when::When;
use crate::model::severity::Severity;
use crate::model::status::Status;

/// Which tickets are meant, and in which order they stand.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Query {
    /// What a ticket must be. The empty [`Expr::All`] takes every ticket.
    pub filter: Expr,
    /// As it was asked for; [`Query::order`] says how tickets stand.
    pub sort: Option<Order>,
}

/// Terms and how they belong together. The constructors keep every tree in its one shape: no
/// `All` stands right below an `All` nor an `Any` below an `Any`, none has a single part, nothing
/// is negated twice, and only the whole is empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Expr {
    All(Vec<Expr>),
    Any(Vec<Expr>),
    Not(Box<Expr>),
    Term(Term),
}

/// One thing that is asked of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Term {
    Is(Is),
    Severity(Bounds<Severity>),
    /// A queue by its name, or as `Group/Queue`.
    Queue(String),
    /// The queues of a group.
    Group(String),
    Assignee(Person),
    /// Who asked for it.
    From(Person),
    Tag(String),
    Date(DateField, Bounds<When>),
    Has(Has),
    /// A number, its last part, or the key it had where it came from.
    Number(String),
    /// A word that something in the text begins with.
    Word(String),
    /// Words that stand together, exactly.
    Phrase(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Is {
    Open,
    Resolved,
    Closed,
    /// Open, and nobody has taken it up.
    New,
    /// Open, and someone is at it.
    Active,
    /// Open, and it waits on someone.
    Waiting,
    Mine,
    Unassigned,
    Unread,
    Watching,
    Snoozed,
    Overdue,
    Untriaged,
}

/// Someone, as they are named.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Person {
    Me,
    Nobody,
    Named(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateField {
    Created,
    /// The newest of its last change and its last comment.
    Updated,
    Resolved,
    Due,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Has {
    Comment,
    Attachment,
    Due,
}

/// Which values are meant, all of them in the order of the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bounds<T> {
    Is(T),
    Less(T),
    AtMost(T),
    More(T),
    AtLeast(T),
    /// Both ends included.
    Between(T, T),
    /// From the value on, as `a..`.
    From(T),
    /// Up to the value and with it, as `..b`.
    UpTo(T),
}

/// By what tickets stand in order, and in which direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Order {
    pub by: SortBy,
    pub reversed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortBy {
    /// Gravest first, then oldest first.
    Severity,
    /// Oldest first.
    Created,
    /// What has lain longest first.
    Updated,
    /// What is due soonest first; what is not due stands at the end either way.
    Due,
    /// Lowest first; what has no number stands at the end either way.
    Number,
    /// Best match first; the rest newest first.
    Relevance,
}

impl Order {
    /// Gravest first, then oldest first: how tickets stand where nothing else is said.
    pub const GRAVEST: Order = Order {
        by: SortBy::Severity,
        reversed: false,
    };
    pub const NEWEST: Order = Order {
        by: SortBy::Created,
        reversed: true,
    };
    pub const LATEST: Order = Order {
        by: SortBy::Updated,
        reversed: true,
    };
    pub const BEST: Order = Order {
        by: SortBy::Relevance,
        reversed: false,
    };
}

impl Default for Expr {
    fn default() -> Expr {
        Expr::All(Vec::new())
    }
}

impl From<Term> for Expr {
    fn from(term: Term) -> Expr {
        Expr::Term(term)
    }
}

impl Expr {
    /// All of the parts together.
    pub fn all(parts: impl IntoIterator<Item = Expr>) -> Expr {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Expr::All(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        only_one(flat, Expr::All)
    }

    /// Any of the parts. Parts that are empty are left out.
    pub fn any(parts: impl IntoIterator<Item = Expr>) -> Expr {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Expr::Any(inner) => flat.extend(inner),
                empty if empty.is_empty() => {}
                other => flat.push(other),
            }
        }
        match flat.is_empty() {
            true => Expr::default(),
            false => only_one(flat, Expr::Any),
        }
    }

    /// What the part is not.
    #[expect(
        clippy::should_implement_trait,
        reason = "a constructor, as `all` and `any` are"
    )]
    pub fn not(part: Expr) -> Expr {
        match part {
            Expr::Not(inner) => *inner,
            empty if empty.is_empty() => empty,
            other => Expr::Not(Box::new(other)),
        }
    }

    pub fn is_empty(&self) -> bool {
        matches!(self, Expr::All(parts) if parts.is_empty())
    }

    /// What all of the tickets must be: the parts that stand side by side at the top.
    pub fn parts(&self) -> &[Expr] {
        match self {
            Expr::All(parts) => parts,
            other => std::slice::from_ref(other),
        }
    }

    /// Every term, also those below `or` and `not`.
    pub fn terms(&self) -> Box<dyn Iterator<Item = &Term> + '_> {
        match self {
            Expr::All(parts) | Expr::Any(parts) => Box::new(parts.iter().flat_map(Expr::terms)),
            Expr::Not(part) => part.terms(),
            Expr::Term(term) => Box::new(std::iter::once(term)),
        }
    }
}

fn only_one(mut parts: Vec<Expr>, many: impl Fn(Vec<Expr>) -> Expr) -> Expr {
    match (parts.len(), parts.pop()) {
        (1, Some(part)) => part,
        (_, Some(last)) => {
            parts.push(last);
            many(parts)
        }
        (_, None) => Expr::default(),
    }
}

impl Query {
    /// The tickets that are all of this, in the usual order.
    pub fn of(terms: impl IntoIterator<Item = Term>) -> Query {
        Query {
            filter: Expr::all(terms.into_iter().map(Expr::Term)),
            sort: None,
        }
    }

    /// The open tickets, gravest first.
    pub fn open() -> Query {
        Query::of([Term::Is(Is::Open)]).sorted(Order::GRAVEST)
    }

    #[must_use]
    pub fn sorted(mut self, order: Order) -> Query {
        self.sort = Some(order);
        self
    }

    /// The same, and this too.
    #[must_use]
    pub fn and(mut self, part: impl Into<Expr>) -> Query {
        self.filter = Expr::all([self.filter, part.into()]);
        self
    }

    /// The same without the terms of this field that stand at the top.
    #[must_use]
    pub fn without(mut self, is_meant: impl Fn(&Term) -> bool) -> Query {
        let parts = self.filter.parts().iter();
        let kept = parts.filter(|part| !matches!(part, Expr::Term(term) if is_meant(term)));
        self.filter = Expr::all(kept.cloned().collect::<Vec<_>>());
        self
    }

    /// The terms that stand at the top: every ticket must be what they say.
    pub fn top(&self) -> impl Iterator<Item = &Term> {
        self.filter.parts().iter().filter_map(|part| match part {
            Expr::Term(term) => Some(term),
            _ => None,
        })
    }

    /// How the tickets stand: as was asked; else best match first where text is looked for, and
    /// gravest first where none is.
    pub fn order(&self) -> Order {
        self.sort.unwrap_or(match self.has_text() {
            true => Order::BEST,
            false => Order::GRAVEST,
        })
    }

    /// Whether text is looked for.
    pub fn has_text(&self) -> bool {
        self.filter.terms().any(Term::is_text)
    }

    /// The one status that is asked for at the top.
    pub fn status(&self) -> Option<Status> {
        self.top().find_map(|term| match term {
            Term::Is(Is::Open) => Some(Status::Open),
            Term::Is(Is::Resolved) => Some(Status::Resolved),
            Term::Is(Is::Closed) => Some(Status::Closed),
            _ => None,
        })
    }

    /// The one severity that is asked for at the top.
    pub fn severity(&self) -> Option<Severity> {
        self.top().find_map(|term| match term {
            Term::Severity(Bounds::Is(severity)) => Some(*severity),
            _ => None,
        })
    }

    /// This query, narrowed by another that was typed on top of it. What the other says of status,
    /// severity and order takes the place of what is said here.
    #[must_use]
    pub fn narrowed(self, by: &Query) -> Query {
        let says = |is_meant: fn(&Term) -> bool| by.filter.terms().any(is_meant);
        let mut wide = self;
        for is_meant in [Term::is_status, Term::is_severity] {
            if says(is_meant) {
                wide = wide.without(is_meant);
            }
        }
        let sort = by.sort.or(wide.sort);
        Query {
            filter: Expr::all([wide.filter, by.filter.clone()]),
            sort,
        }
    }
}

impl Term {
    /// A word, or a phrase where it could not stand as a word.
    pub fn text(text: &str) -> Term {
        match lex::is_plain_word(text) {
            true => Term::Word(text.to_owned()),
            false => Term::Phrase(text.to_owned()),
        }
    }

    /// Whether it is looked for in title, description and comments.
    pub fn is_text(&self) -> bool {
        matches!(self, Term::Word(_) | Term::Phrase(_))
    }

    /// Whether it says open, resolved or closed.
    pub fn is_status(&self) -> bool {
        matches!(self, Term::Is(Is::Open | Is::Resolved | Is::Closed))
    }

    pub fn is_severity(&self) -> bool {
        matches!(self, Term::Severity(_))
    }

    /// Whether it names where tickets lie or who holds them.
    pub fn is_place(&self) -> bool {
        matches!(
            self,
            Term::Queue(_)
                | Term::Group(_)
                | Term::Assignee(_)
                | Term::Is(Is::Mine | Is::Unassigned)
        )
    }

    /// The field it is written with; none for text.
    pub(super) fn field(&self) -> Option<Field> {
        Some(match self {
            Term::Is(_) => Field::Is,
            Term::Severity(_) => Field::Severity,
            Term::Queue(_) => Field::Queue,
            Term::Group(_) => Field::Group,
            Term::Assignee(_) => Field::Assignee,
            Term::From(_) => Field::From,
            Term::Tag(_) => Field::Tag,
            Term::Date(of, _) => Field::Date(*of),
            Term::Has(_) => Field::Has,
            Term::Number(_) => Field::Number,
            Term::Word(_) | Term::Phrase(_) => return None,
        })
    }
}

impl<T: Copy> Bounds<T> {
    /// Every value that is named.
    pub fn values(&self) -> impl Iterator<Item = T> {
        let (first, second) = match *self {
            Bounds::Between(a, b) => (a, Some(b)),
            Bounds::Is(a)
            | Bounds::Less(a)
            | Bounds::AtMost(a)
            | Bounds::More(a)
            | Bounds::AtLeast(a)
            | Bounds::From(a)
            | Bounds::UpTo(a) => (a, None),
        };
        std::iter::once(first).chain(second)
    }
}
