//! Random queries, as trees and as texts.

use jiff::civil::date;
use proptest::prelude::*;
use proptest::sample::select;

use super::super::*;
use crate::model::severity::Severity;
use crate::model::source::Timestamp;

/// Any query, over names that need not exist.
pub fn query() -> impl Strategy<Value = Query> {
    (expr(term()), proptest::option::of(order())).prop_map(|(filter, sort)| Query { filter, sort })
}

/// A tree over the given terms.
pub fn expr(term: impl Strategy<Value = Term> + 'static) -> impl Strategy<Value = Expr> {
    let leaf = term.prop_map(Expr::Term);
    leaf.prop_recursive(4, 24, 4, |inside| {
        let some = proptest::collection::vec(inside.clone(), 0..4);
        prop_oneof![
            some.clone().prop_map(Expr::all),
            some.prop_map(Expr::any),
            inside.prop_map(Expr::not),
        ]
    })
}

pub fn order() -> impl Strategy<Value = Order> {
    let by = vec![
        SortBy::Severity,
        SortBy::Created,
        SortBy::Updated,
        SortBy::Due,
        SortBy::Number,
        SortBy::Relevance,
    ];
    (select(by), any::<bool>()).prop_map(|(by, reversed)| Order { by, reversed })
}

pub fn is() -> impl Strategy<Value = Is> {
    select(vec![
        Is::Open,
        Is::Resolved,
        Is::Closed,
        Is::New,
        Is::Active,
        Is::Waiting,
        Is::Mine,
        Is::Unassigned,
        Is::Unread,
        Is::Watching,
        Is::Snoozed,
        Is::Overdue,
        Is::Untriaged,
    ])
}

pub fn bounds<T: Copy + std::fmt::Debug>(
    value: impl Strategy<Value = T> + Clone,
) -> impl Strategy<Value = Bounds<T>> {
    (0..8_u8, value.clone(), value).prop_map(|(way, a, b)| match way {
        0 => Bounds::Less(a),
        1 => Bounds::AtMost(a),
        2 => Bounds::More(a),
        3 => Bounds::AtLeast(a),
        4 => Bounds::Between(a, b),
        5 => Bounds::From(a),
        6 => Bounds::UpTo(a),
        _ => Bounds::Is(a),
    })
}

pub fn severity() -> impl Strategy<Value = Severity> + Clone {
    select(Severity::ALL.to_vec())
}

pub fn field() -> impl Strategy<Value = DateField> {
    select(vec![
        DateField::Created,
        DateField::Updated,
        DateField::Resolved,
        DateField::Due,
    ])
}

pub fn when() -> impl Strategy<Value = When> + Clone {
    let unit = select(vec![
        Unit::Hour,
        Unit::Day,
        Unit::Week,
        Unit::Month,
        Unit::Year,
    ]);
    let day = date(2026, 2, 28);
    prop_oneof![
        Just(When::Now),
        Just(When::Yesterday),
        Just(When::Today),
        Just(When::Tomorrow),
        (-9_999..=9_999_i32, unit).prop_map(|(count, unit)| When::Away(count, unit)),
        (1..=9_999_i16).prop_map(When::Year),
        (1..=9_999_i16, 1..=12_i8).prop_map(|(year, month)| When::Month(year, month)),
        Just(When::Day(day)),
        (0..24_i8, 0..60_i8).prop_map(move |(h, m)| When::Minute(day.at(h, m, 0, 0))),
        (0..60_i8).prop_map(move |s| When::Second(day.at(23, 59, s, 0))),
        (0..4_000_000_000_i64).prop_map(|at| When::Exactly(Timestamp(at))),
    ]
}

fn term() -> impl Strategy<Value = Term> {
    let name = || {
        "[^\\s][^\\r\\n]{0,8}[^\\s]|[a-z]{2,5}".prop_filter("a name", |name| {
            let lower = name.to_lowercase();
            name.trim() == name && lower != "me" && lower != "none"
        })
    };
    let person = || {
        prop_oneof![
            Just(Person::Me),
            Just(Person::Nobody),
            name().prop_map(Person::Named)
        ]
    };
    prop_oneof![
        4 => is().prop_map(Term::Is),
        2 => bounds(severity()).prop_map(Term::Severity),
        1 => name().prop_map(Term::Queue),
        1 => name().prop_map(Term::Group),
        2 => person().prop_map(Term::Assignee),
        1 => person().prop_map(Term::From),
        1 => name().prop_map(Term::Tag),
        3 => (field(), bounds(when())).prop_map(|(field, when)| Term::Date(field, when)),
        1 => select(vec![Has::Comment, Has::Attachment, Has::Due]).prop_map(Term::Has),
        1 => name()
            .prop_filter("a number", |name| !name.starts_with('#'))
            .prop_map(Term::Number),
        4 => name().prop_map(|word| Term::text(&word)),
        2 => name().prop_map(Term::Phrase),
    ]
}

/// Texts that look like queries, and any others.
pub fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        select(vec![
            "(",
            ")",
            "-",
            "\"",
            " ",
            " ",
            " or ",
            " not ",
            "and",
            ":",
            "..",
            "<=",
            ">",
            "\\",
            "is:",
            "sev:",
            "queue:",
            "assignee:",
            "created:",
            "sort:",
            "tag:",
            "number:",
            "was:",
            "open",
            "2.5",
            "me",
            "-7d",
            "2026-03-01",
            "T16:00Z",
            "today",
            "wifi",
            "IT",
            "/",
            "#",
        ])
        .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    prop_oneof![
        proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat()),
        any::<String>(),
    ]
}
