//! Windows of lists against sorting everything.

use super::counters::{is_in, listed, places};
use super::*;

fn expected(house: &House, query: &ListQuery) -> Vec<TicketId> {
    let activity: BTreeMap<TicketId, Timestamp> = house
        .list(&house.all())
        .rows
        .into_iter()
        .map(|row| (row.ticket_id, row.last_activity))
        .collect();
    // `listed` gives them in the order of creation, so a stable sort leaves ties in it.
    let mut found: Vec<Ticket> = listed(house)
        .into_iter()
        .filter(|it| is_in(it, query.place))
        .filter(|it| match query.status {
            StatusFilter::Any => true,
            StatusFilter::Only(status) => it.status == status,
            StatusFilter::OpenAwake(now) => {
                it.status == Status::Open && it.snoozed_until.is_none_or(|until| until <= now)
            }
        })
        .filter(|it| {
            query
                .severity
                .is_none_or(|severity| it.severity == severity)
        })
        .filter(|it| {
            query
                .created
                .0
                .is_none_or(|from| it.common.creation_date >= from)
        })
        .filter(|it| {
            query
                .created
                .1
                .is_none_or(|until| it.common.creation_date < until)
        })
        .filter(|it| query.tag.as_ref().is_none_or(|tag| it.tags.contains(tag)))
        .collect();
    match query.order {
        Order::Severity => found.sort_by_key(|it| it.severity),
        Order::NewestFirst | Order::Relevance => found.reverse(),
        Order::RecentlyActive => {
            found.sort_by_key(|it| activity[&it.ticket_id]);
            found.reverse();
        }
    }
    found.into_iter().map(|it| it.ticket_id).collect()
}

fn ids(window: &Window) -> Vec<TicketId> {
    window.rows.iter().map(|row| row.ticket_id).collect()
}

fn assert_windows(house: &House, query: &ListQuery) {
    let all = expected(house, query);
    let total = all.len() as u64;
    let whole = house.list(query);
    assert_eq!(ids(&whole), all, "{query:?}");
    assert_eq!((whole.total, whole.first), (total, 0), "{query:?}");
    let bottom = house.around(query, Anchor::Bottom, 2, 1);
    let start = all.len().saturating_sub(3);
    assert_eq!(ids(&bottom), all[start..], "{query:?}");
    assert_eq!(bottom.first, start as u64);
    for (place, ticket_id) in all.iter().enumerate().step_by(3) {
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

#[test]
fn every_window_of_every_list_is_a_slice_of_the_sorted_whole() {
    let mut house = House::new();
    house.live(&mut Dice(11), 220);
    house.pull();
    let now = house.backend.now;
    let statuses = [
        StatusFilter::Any,
        StatusFilter::Only(Status::Open),
        StatusFilter::Only(Status::Resolved),
        StatusFilter::Only(Status::Closed),
        StatusFilter::OpenAwake(now),
    ];
    let middle = Timestamp((START.0 + now.0) / 2);
    for place in places(&house) {
        for status in statuses {
            for order in [Order::Severity, Order::NewestFirst, Order::RecentlyActive] {
                let query = ListQuery {
                    status,
                    order,
                    ..ListQuery::open(place)
                };
                assert_windows(&house, &query);
                assert_windows(
                    &house,
                    &ListQuery {
                        severity: Some(Severity::Sev3),
                        ..query.clone()
                    },
                );
                assert_windows(
                    &house,
                    &ListQuery {
                        created: (Some(middle), Some(now)),
                        ..query.clone()
                    },
                );
                assert_windows(
                    &house,
                    &ListQuery {
                        tag: Some("garden".to_owned()),
                        ..query
                    },
                );
            }
        }
    }
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
fn lists_are_read_along_an_index_and_never_sorted() {
    let house = House::new();
    for place in places(&house) {
        for status in [StatusFilter::Any, StatusFilter::Only(Status::Open)] {
            for order in [Order::Severity, Order::NewestFirst, Order::RecentlyActive] {
                let query = ListQuery {
                    status,
                    order,
                    ..ListQuery::open(place)
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
