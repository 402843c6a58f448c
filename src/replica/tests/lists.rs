//! Windows of lists against trying every ticket: random queries in every order.

use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use uuid::Uuid;

use super::counters::{listed, places};
use super::*;
use crate::model::comment::Comment;
use crate::model::participant::{Participant, ParticipantRole};
use crate::query::tests::brute::{Facts, passes};
use crate::query::tests::random;
use crate::query::{Bounds, Context, Expr, Has, Order, Person, Query, SortBy, Term, Unit, When};

/// Everything there is to ask about, of each ticket that lists show, in the order of creation.
fn facts(house: &House) -> Vec<Facts> {
    let conn = &house.replica.conn;
    let sql = "SELECT json FROM comment WHERE deleted = 0";
    let said: Vec<Comment> = nouns::all(conn, sql, []).expect("comments");
    let sql = "SELECT json FROM participant WHERE deleted = 0";
    let taking_part: Vec<Participant> = nouns::all(conn, sql, []).expect("participants");
    let rows = house.list(&house.all()).rows.into_iter();
    let unread: HashSet<TicketId> = rows
        .filter(|row| row.unread)
        .map(|row| row.ticket_id)
        .collect();
    let of_ticket = |ticket: Ticket| {
        let id = ticket.ticket_id;
        let said: Vec<&Comment> = said.iter().filter(|it| it.ticket_id == id).collect();
        let dates = said.iter().map(|it| it.comment_date);
        let all = said.iter().map(|it| it.comment_body.preview());
        let follows = |it: &&Participant| {
            let role = matches!(it.role, ParticipantRole::Cc | ParticipantRole::Follower);
            it.ticket_id == id && role
        };
        let followers = taking_part.iter().filter(follows);
        Facts {
            texts: vec![ticket.title.clone(), all.collect::<Vec<_>>().join("\n")],
            comments: said.len(),
            attachments: 0,
            last_activity: dates.chain([ticket.common.last_update]).max().expect("one"),
            followers: followers.map(|it| it.user_id).collect(),
            unread: unread.contains(&id),
            ticket,
        }
    };
    listed(house).into_iter().map(of_ticket).collect()
}

/// What the list should be of, and whether its order is one that trying can tell.
fn expected(facts: &[Facts], query: &ListQuery) -> (Vec<TicketId>, bool) {
    let mut found: Vec<&Facts> = facts
        .iter()
        .filter(|it| passes(&query.filter, it))
        .collect();
    let far = |at: Option<i64>| match (at, query.order.reversed) {
        (Some(at), _) => at,
        (None, false) => i64::MAX,
        (None, true) => i64::MIN,
    };
    // Tickets stand in the order of creation, and a stable sort leaves ties in it.
    match query.order.by {
        SortBy::Severity => found.sort_by_key(|it| it.ticket.severity),
        SortBy::Updated => found.sort_by_key(|it| it.last_activity),
        SortBy::Due => found.sort_by_key(|it| far(it.ticket.due_date.map(|at| at.0))),
        SortBy::Number => found.sort_by_key(|it| {
            far(it
                .ticket
                .number
                .as_ref()
                .map(|number| i64::from(number.count)))
        }),
        SortBy::Created | SortBy::Relevance => {}
    }
    let by_match = query.order.by == SortBy::Relevance;
    if query.order.reversed != by_match {
        found.reverse();
    }
    let ids = found.into_iter().map(|it| it.ticket.ticket_id).collect();
    (ids, !by_match)
}

fn ids(window: &Window) -> Vec<TicketId> {
    window.rows.iter().map(|row| row.ticket_id).collect()
}

fn assert_windows(house: &House, facts: &[Facts], query: &ListQuery, is_ordered: bool) {
    let (all, tellable) = expected(facts, query);
    let whole = house.list(query);
    let total = all.len() as u64;
    assert_eq!((whole.total, whole.first), (total, 0), "{query:?}");
    if !(is_ordered && tellable) {
        let sorted = |mut ids: Vec<TicketId>| {
            ids.sort();
            ids
        };
        return assert_eq!(sorted(ids(&whole)), sorted(all), "{query:?}");
    }
    assert_eq!(ids(&whole), all, "{query:?}");
    let bottom = house.around(query, Anchor::Bottom, 2, 1);
    let start = all.len().saturating_sub(3);
    assert_eq!(ids(&bottom), all[start..], "{query:?}");
    assert_eq!(bottom.first, start as u64);
    for (place, ticket_id) in all.iter().enumerate().step_by(5) {
        for known in [None, Some(place as u64)] {
            let window = house.around(query, Anchor::Ticket(*ticket_id, known), 2, 3);
            let from = place.saturating_sub(2);
            let until = (place + 4).min(all.len());
            assert_eq!(ids(&window), all[from..until], "{query:?}");
            assert_eq!(
                (window.first, window.total),
                (from as u64, total),
                "{query:?}"
            );
        }
    }
}

/// Terms about things that there are in the house.
fn term() -> impl Strategy<Value = Term> {
    let person = || {
        let named = select(vec!["Ana", "Ben", "mi", "Household", "nobody-here"]);
        prop_oneof![
            Just(Person::Me),
            Just(Person::Nobody),
            named.prop_map(|name| Person::Named(name.to_owned()))
        ]
    };
    let when = prop_oneof![
        Just(When::Today),
        Just(When::Year(2023)),
        (-30..=2_i32, select(vec![Unit::Day, Unit::Hour]))
            .prop_map(|(count, unit)| When::Away(count, unit)),
    ];
    let word = |words: Vec<&'static str>| select(words).prop_map(str::to_owned);
    prop_oneof![
        5 => random::is().prop_map(Term::Is),
        3 => random::bounds(random::severity()).prop_map(Term::Severity),
        3 => word(vec!["Repairs", "re", "household/shopping", "Attic"]).prop_map(Term::Queue),
        1 => word(vec!["Household", "nothing"]).prop_map(Term::Group),
        3 => person().prop_map(Term::Assignee),
        2 => person().prop_map(Term::From),
        2 => word(vec!["garden", "Garden", "shed"]).prop_map(Term::Tag),
        5 => (random::field(), random::bounds(when))
            .prop_map(|(field, bounds)| Term::Date(field, bounds)),
        2 => select(vec![Has::Comment, Has::Attachment, Has::Due]).prop_map(Term::Has),
        2 => word(vec!["7", "RIV-2026-0012", "AB-1"]).prop_map(Term::Number),
        4 => word(vec!["thing", "some", "said", "Thing", "12", "absent", "wifi", "wi-fi"])
            .prop_map(Term::Word),
        2 => word(vec!["something said", "fi said", "wi-fi"]).prop_map(Term::Phrase),
    ]
}

fn query() -> impl Strategy<Value = Query> {
    let few = proptest::collection::vec(term().prop_map(Expr::Term), 0..4);
    let filter = prop_oneof![
        random::expr(term()),
        // Most queries are short and plain.
        few.prop_map(Expr::all),
    ];
    (filter, proptest::option::of(random::order()))
        .prop_map(|(filter, sort)| Query { filter, sort })
}

fn lived_in() -> House {
    let mut house = House::new();
    house.live(&mut Dice(11), 260);
    house.pull();
    house
}

#[test]
fn every_window_of_every_query_is_a_slice_of_what_trying_finds() {
    let house = lived_in();
    let facts = facts(&house);
    assert!(facts.len() > 40);
    let Answer::Family(Some(view)) = house
        .replica
        .answer(&Question::Family(house.family_id))
        .expect("an answer")
    else {
        panic!("no family");
    };
    let names = view.names();
    let context = Context {
        me: house.me,
        names: &names,
        now: house.backend.now,
        zone: &TimeZone::UTC,
    };
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::with_cases(600)
    });
    let tried = runner.run(&(query(), any::<bool>()), |(query, everywhere)| {
        let list = ListQuery {
            family: (!everywhere).then_some(house.family_id),
            filter: query.filter(&context),
            order: query.order(),
        };
        // A ticket whose number was typed stands first, whatever the order.
        let has_number = query
            .filter
            .terms()
            .any(|it| *it == Term::Word("12".to_owned()));
        let tried = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            assert_windows(&house, &facts, &list, !has_number);
        }));
        prop_assert!(tried.is_ok(), "{query}");
        Ok(())
    });
    tried.expect("every query finds what trying finds");
}

#[test]
fn around_a_ticket_that_has_left_the_list_the_others_keep_their_places() {
    let mut house = House::new();
    let tickets: Vec<TicketId> = (0..5)
        .map(|n| {
            house.advance(10);
            house.filed(&format!("Ticket {n}"))
        })
        .collect();
    house.remote(CommandBody::TicketClose {
        ticket_id: tickets[2],
    });
    house.pull();
    let query = ListQuery::open(Place::Family(house.family_id));
    let window = house.around(&query, Anchor::Ticket(tickets[2], None), 1, 1);
    assert_eq!(ids(&window), [tickets[1], tickets[3], tickets[4]]);
    assert_eq!((window.first, window.total), (1, 4));
    let unknown = TicketId(house.source.fresh());
    assert_eq!(
        house
            .around(&query, Anchor::Ticket(unknown, Some(3)), 1, 1)
            .first,
        0
    );
}

#[test]
fn common_lists_are_read_along_an_index_and_never_sorted() {
    let house = House::new();
    let severities = [None, Some(vec![Severity::Sev1, Severity::Sev2])];
    for place in places(&house) {
        for start in [ListQuery::all(place), ListQuery::open(place)] {
            for severity in &severities {
                for by in [SortBy::Severity, SortBy::Created, SortBy::Updated] {
                    for reversed in [false, true] {
                        let query = start.clone().sorted(Order { by, reversed });
                        let query = match severity {
                            Some(all) => query.and(crate::query::Test::Severity(all.clone())),
                            None => query,
                        };
                        for plan in list::plans(&house.replica.conn, &query) {
                            assert!(
                                !plan.contains("TEMP B-TREE") && !plan.contains("SCAN"),
                                "{query:?}\n{plan}"
                            );
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn relative_bounds_are_what_they_say() {
    // The brute force shares the words' meaning with the store; this fixes it for one day.
    let house = lived_in();
    let names = crate::query::Names::default();
    let context = Context {
        me: house.me,
        names: &names,
        now: house.backend.now,
        zone: &TimeZone::UTC,
    };
    let of = |bounds| {
        let query = Query::of([Term::Date(crate::query::DateField::Created, bounds)]);
        let filter = query.filter(&context);
        house
            .list(&ListQuery::all(Place::Everywhere).and(filter))
            .total
    };
    let day = When::Away(-3, Unit::Day);
    let all = listed(&house).len() as u64;
    assert_eq!(of(Bounds::Less(day)) + of(Bounds::AtLeast(day)), all);
    assert_eq!(of(Bounds::AtMost(day)) + of(Bounds::More(day)), all);
    assert_eq!(
        of(Bounds::AtMost(day)) - of(Bounds::Less(day)),
        of(Bounds::Is(day))
    );
    assert!(of(Bounds::Is(day)) > 0);
}

#[test]
fn triage_shows_what_nobody_has_judged_gravest_first() {
    let mut house = House::new();
    let tickets = ["Boiler", "Printer", "Router"].map(|title| house.filed(title));
    let set = |n: usize, set| CommandBody::TicketSet {
        ticket_id: tickets[n],
        set,
        base: None,
    };
    let me = "REPLACE INTO meta VALUES ('me', ?1)";
    let noted = house.replica.conn.execute(me, [house.me.to_string()]);
    noted.expect("noted");
    house.remote(set(0, TicketField::Title("Boiler leaks".to_owned())));
    house.remote(set(2, TicketField::Severity(Severity::Sev1)));
    house.remote(set(2, TicketField::Triaged(false)));
    house.pull();
    let triage = |house: &House, passed: &[TicketId]| {
        let question = Question::Triage {
            family_id: house.family_id,
            passed: passed.to_vec(),
        };
        match house.replica.answer(&question).expect("an answer") {
            Answer::Triage(Triage { next, left }) => (next, left),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(triage(&house, &[]), (Some(tickets[2]), 3));
    assert_eq!(triage(&house, &[tickets[2]]), (Some(tickets[0]), 2));
    // What shows that it was judged counts at once, and its undoing too.
    house
        .local(set(0, TicketField::Severity(Severity::Sev4)))
        .expect("taken");
    assert_eq!(triage(&house, &[tickets[2]]), (Some(tickets[1]), 1));
    house
        .local(set(1, TicketField::Triaged(true)))
        .expect("taken");
    assert_eq!(triage(&house, &[]), (Some(tickets[2]), 1));
    house
        .local(CommandBody::TicketResolve {
            ticket_id: tickets[2],
        })
        .expect("taken");
    assert_eq!(triage(&house, &[]), (None, 0));
    assert_eq!(triage(&house, &tickets), (None, 0));
}

/// An id of version 7 at a millisecond, whose other bits run against the order of time.
fn made_at(millis: u64) -> TicketId {
    let rest = u128::from(u64::MAX - millis) & 0x3fff_ffff_ffff_ffff;
    let marks = 7 << 76 | 2 << 62;
    TicketId(Uuid::from_u128(u128::from(millis) << 80 | marks | rest))
}

#[test]
fn tickets_of_one_second_stand_in_the_order_in_which_they_were_made() {
    let mut house = House::new();
    let second = u64::try_from(house.source.now().0).expect("after 1970") * 1000;
    let mut made = Vec::new();
    // One of them was made just before the second in which the backend says that it was.
    for millis in [1250, 1003, 1999, 998] {
        let mut new = house.new_ticket("Quick");
        new.ticket_id = made_at(second - 1000 + millis);
        made.push(new.ticket_id);
        house.remote(CommandBody::TicketCreate(Box::new(new)));
    }
    house.pull();
    made.sort();
    let query = house.all().sorted(Order::GRAVEST);
    assert_eq!(ids(&house.list(&query)), made);
}
