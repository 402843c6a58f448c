//! Status transitions, the reopen window, and what holds them back.

use super::*;
use crate::model::status::{REOPEN_WINDOW, Stage};

const OTHER: TicketId = TicketId(Uuid::from_u128(42));

fn unclose(house: &House) -> CommandBody {
    CommandBody::TicketUnclose {
        ticket_id: TAP,
        closed_version: house.at(TAP).common.version,
    }
}

/// A house whose tap ticket is open, resolved or closed (from open).
fn with(status: Status) -> House {
    let mut house = House::new();
    match status {
        Status::Open => {}
        Status::Resolved => drop(house.ok(ADULT, resolve(TAP))),
        Status::Closed => drop(house.ok(ADULT, close(TAP))),
    }
    house
}

#[test]
fn every_transition_is_as_the_table_says() {
    // From, what resolve, reopen, close, undoing a close, and time come to; none is a refusal.
    let (o, r, c) = (
        Some(Status::Open),
        Some(Status::Resolved),
        Some(Status::Closed),
    );
    for (from, [resolves, reopens, closes, uncloses, expires]) in [
        (Status::Open, [r, o, c, None, o]),
        (Status::Resolved, [r, o, c, None, c]),
        (Status::Closed, [None, None, c, o, c]),
    ] {
        let house = with(from);
        let undo = unclose(&house);
        for (body, expected) in [
            (resolve(TAP), resolves),
            (reopen(TAP), reopens),
            (close(TAP), closes),
            (undo, uncloses),
        ] {
            let mut house = house.clone();
            let told = format!("{from} {body:?}");
            let came = house.give(ADULT, body);
            if expected.is_some() {
                assert!(came.is_ok(), "{told}: {came:?}");
            } else {
                let refused =
                    matches!(came, Err(Refusal::WrongStatus { status, .. }) if status == from);
                assert!(refused, "{told}: {came:?}");
            }
            assert_eq!(house.at(TAP).status, expected.unwrap_or(from), "{told}");
            assert_eq!(
                came.is_ok_and(|it| !it.is_empty()),
                house.at(TAP).status != from
            );
        }
        let mut house = house;
        house.wait(REOPEN_WINDOW);
        house.ok(UserId::SYSTEM, expire(TAP));
        assert_eq!(Some(house.at(TAP).status), expires, "{from} and time");
    }
}

#[test]
fn resolving_opens_a_window_of_thirty_days() {
    let mut house = House::new();
    house.wait(100);
    house.ok(ADULT, resolve(TAP));
    let ticket = house.at(TAP);
    assert_eq!(ticket.resolved_date, Some(START.plus(100)));
    assert_eq!(ticket.reopen_until, Some(START.plus(100 + 30 * 86_400)));
    assert_eq!(ticket.closed_date, None);
}

#[test]
fn reopening_clears_the_dates() {
    let mut house = with(Status::Resolved);
    house.ok(ADULT, reopen(TAP));
    let ticket = house.at(TAP);
    assert_eq!(ticket.status, Status::Open);
    assert_eq!((ticket.resolved_date, ticket.reopen_until), (None, None));
}

#[test]
fn reopening_is_allowed_to_the_last_second_of_the_window_and_not_after() {
    let mut house = with(Status::Resolved);
    house.wait(REOPEN_WINDOW + 1);
    let until = START.plus(REOPEN_WINDOW);
    assert_eq!(
        house.no(ADULT, reopen(TAP)),
        Refusal::ReopenWindowPassed { until }
    );
    house.wait(-1);
    house.ok(ADULT, reopen(TAP));
}

#[test]
fn time_closes_exactly_when_the_window_ends_and_not_before() {
    let mut house = with(Status::Resolved);
    house.wait(REOPEN_WINDOW - 1);
    assert_eq!(house.ok(UserId::SYSTEM, expire(TAP)), []);
    house.wait(1);
    house.ok(UserId::SYSTEM, expire(TAP));
    assert_eq!(house.at(TAP).status, Status::Closed);
    assert_eq!(house.at(TAP).closed_date, Some(house.now));
    assert_eq!(house.ok(UserId::SYSTEM, expire(TAP)), []);
}

#[test]
fn a_desk_that_opens_late_closes_at_the_moment_that_was_due() {
    let mut house = with(Status::Resolved);
    house.wait(REOPEN_WINDOW + 1000);
    house.ok(UserId::SYSTEM, expire(TAP));
    assert_eq!(house.at(TAP).closed_date, Some(START.plus(REOPEN_WINDOW)));
}

#[test]
fn a_ticket_reopened_and_resolved_again_has_a_window_of_its_own() {
    let mut house = with(Status::Resolved);
    house.wait(REOPEN_WINDOW);
    house.ok(ADULT, reopen(TAP));
    house.ok(ADULT, resolve(TAP));
    assert_eq!(house.ok(UserId::SYSTEM, expire(TAP)), []);
}

#[test]
fn only_time_expires_a_ticket() {
    let mut house = with(Status::Resolved);
    house.wait(REOPEN_WINDOW);
    for actor in [ADMIN, ADULT] {
        assert!(is_not_allowed(&house.no(actor, expire(TAP))));
    }
}

#[test]
fn time_does_nothing_else() {
    let mut house = House::new();
    for body in [resolve(TAP), close(TAP), file(OTHER, CHORES, "By nobody")] {
        assert!(is_not_found(&house.no(UserId::SYSTEM, body)));
    }
}

#[test]
fn undoing_a_close_makes_the_ticket_what_it_was() {
    for before in [Status::Open, Status::Resolved] {
        let mut house = with(before);
        let was = house.at(TAP).clone();
        house.wait(10);
        house.ok(ADULT, close(TAP));
        assert_eq!(house.at(TAP).closed_date, Some(house.now));
        house.wait(10);
        let undo = unclose(&house);
        house.ok(ADULT, undo);
        let mut again = house.at(TAP).clone();
        assert_eq!(again.common.version, was.common.version + 2);
        again.common = was.common.clone();
        assert_eq!(again, was);
    }
}

#[test]
fn a_close_cannot_be_undone_once_something_has_touched_the_ticket() {
    let mut house = with(Status::Closed);
    let undo = unclose(&house);
    house.ok(ADULT, set(TAP, TicketField::QueueId(TRIPS)));
    assert_eq!(house.no(ADMIN, undo), Refusal::TouchedSince);
}

#[test]
fn a_close_by_time_cannot_be_undone_after_the_window() {
    let mut house = with(Status::Resolved);
    house.wait(REOPEN_WINDOW + 1);
    house.ok(UserId::SYSTEM, expire(TAP));
    let undo = unclose(&house);
    let refusal = house.no(ADULT, undo);
    assert!(matches!(refusal, Refusal::ReopenWindowPassed { .. }));
}

#[test]
fn open_children_hold_back_resolving_and_are_listed() {
    let mut house = House::new();
    let children = [house.ticket(ADULT, CHORES), house.ticket(ADULT, TRIPS)];
    for child in children {
        house.ok(ADMIN, set(child, TicketField::ParentTicket(Some(TAP))));
    }
    assert_eq!(
        house.no(ADULT, resolve(TAP)),
        Refusal::OpenChildren {
            tickets: vec!["RIV-2025-0002".to_owned(), "RIV-2025-0003".to_owned()],
        }
    );
    // Neither the resolved, nor the closed, nor the deleted hold it back.
    house.ok(ADMIN, resolve(children[0]));
    house.ok(ADMIN, delete(EntityKey::Ticket(children[1])));
    house.ok(ADULT, resolve(TAP));
}

#[test]
fn closed_is_final() {
    let mut house = with(Status::Closed);
    for field in [
        TicketField::Title("New".to_owned()),
        TicketField::Stage(Stage::Active),
        TicketField::AssignedTo(Some(ADULT)),
        TicketField::DueDate(None),
    ] {
        let refusal = house.no(ADULT, set(TAP, field));
        assert!(matches!(refusal, Refusal::WrongStatus { .. }), "{refusal}");
    }
    // But it moves with its queue's other tickets, so that the queue can be given up.
    house.ok(ADULT, set(TAP, TicketField::QueueId(SPARE)));
}

#[test]
fn resolving_and_closing_end_a_snooze() {
    for body in [resolve(TAP), close(TAP)] {
        let mut house = House::new();
        let until = house.now.plus(60);
        house.ok(ADULT, set(TAP, TicketField::SnoozedUntil(Some(until))));
        house.ok(ADULT, body);
        assert_eq!(house.at(TAP).snoozed_until, None);
    }
}

#[test]
fn a_snoozed_ticket_wakes_by_time_at_its_moment_and_by_hand_at_once() {
    let wake = CommandBody::TicketWake { ticket_id: TAP };
    let mut house = House::new();
    let until = house.now.plus(60);
    let past = TicketField::SnoozedUntil(Some(house.now));
    assert!(is_invalid(
        &house.no(ADULT, set(TAP, past)),
        "snoozed_until"
    ));
    house.ok(ADULT, set(TAP, TicketField::SnoozedUntil(Some(until))));
    let mut by_hand = house.clone();
    by_hand.ok(ADULT, wake.clone());
    assert_eq!(by_hand.at(TAP).snoozed_until, None);

    house.wait(59);
    assert_eq!(house.ok(UserId::SYSTEM, wake.clone()), []);
    house.wait(1);
    house.ok(UserId::SYSTEM, wake.clone());
    assert_eq!(house.at(TAP).snoozed_until, None);
    assert_eq!(house.ok(UserId::SYSTEM, wake), []);
}
