//! Time acts: exactly once, at its moment, and only if it still applies.

use super::{House, NOW};
use crate::model::command::CommandBody;
use crate::model::source::DAY;
use crate::model::status::{REOPEN_WINDOW, Status};
use crate::model::ticket::TicketField;
use crate::table::item::{Item, Key, Write};
use crate::table::keys;

#[tokio::test]
async fn a_resolved_ticket_closes_by_itself_once_when_its_window_ends() {
    let house = House::new().await;
    let ticket_id = house.ticket("done").await;
    house.ok(CommandBody::TicketResolve { ticket_id }).await;
    let due = NOW.plus(REOPEN_WINDOW);
    assert_eq!(house.desk.fire_timers().await.expect("fired"), Some(due));
    assert_eq!(house.read_ticket(ticket_id).await.status, Status::Resolved);

    house.source.set(due);
    assert_eq!(house.desk.fire_timers().await.expect("fired"), None);
    assert_eq!(house.desk.fire_timers().await.expect("fired"), None);
    let closed = house.read_ticket(ticket_id).await;
    assert_eq!(closed.status, Status::Closed);
    assert_eq!(closed.closed_date, Some(due));
    // Created, resolved, closed: once each.
    assert_eq!(closed.common.version, 3);
}

#[tokio::test]
async fn a_reopened_ticket_is_left_alone() {
    let house = House::new().await;
    let ticket_id = house.ticket("not done").await;
    house.ok(CommandBody::TicketResolve { ticket_id }).await;
    house.source.advance(DAY);
    house.ok(CommandBody::TicketReopen { ticket_id }).await;
    house.source.set(NOW.plus(REOPEN_WINDOW));
    assert_eq!(house.desk.fire_timers().await.expect("fired"), None);
    assert_eq!(house.read_ticket(ticket_id).await.status, Status::Open);
}

#[tokio::test]
async fn two_programs_that_fire_at_once_do_it_once() {
    let house = House::new().await;
    let ticket_id = house.ticket("done").await;
    house.ok(CommandBody::TicketResolve { ticket_id }).await;
    house.source.set(NOW.plus(REOPEN_WINDOW));
    let (one, two) = tokio::join!(house.desk.fire_timers(), house.desk.fire_timers());
    one.expect("fired");
    two.expect("fired");
    assert_eq!(house.read_ticket(ticket_id).await.common.version, 3);
}

#[tokio::test]
async fn a_snoozed_ticket_wakes_at_its_moment() {
    let house = House::new().await;
    let ticket_id = house.ticket("later").await;
    let until = NOW.plus(3 * DAY);
    let snooze = |until| CommandBody::TicketSet {
        ticket_id,
        set: TicketField::SnoozedUntil(until),
        base: None,
    };
    house.ok(snooze(Some(until))).await;
    assert_eq!(house.desk.fire_timers().await.expect("fired"), Some(until));
    // Snoozed for longer: the old timer is gone.
    let later = NOW.plus(5 * DAY);
    house.ok(snooze(Some(later))).await;
    assert_eq!(house.desk.fire_timers().await.expect("fired"), Some(later));
    house.source.set(later);
    assert_eq!(house.desk.fire_timers().await.expect("fired"), None);
    assert_eq!(house.read_ticket(ticket_id).await.snoozed_until, None);
}

#[tokio::test]
async fn whoever_tends_time_wakes_when_a_commit_makes_something_due() {
    let house = House::new().await;
    let ticket_id = house.ticket("later").await;
    let mut tending = std::pin::pin!(house.desk.tend());
    assert!(futures::poll!(tending.as_mut()).is_pending());
    let until = NOW.plus(DAY);
    house
        .ok(CommandBody::TicketSet {
            ticket_id,
            set: TicketField::SnoozedUntil(Some(until)),
            base: None,
        })
        .await;
    house.source.set(until);
    house.ok(house.comment(ticket_id, "now")).await;
    for _ in 0..100_000 {
        assert!(futures::poll!(tending.as_mut()).is_pending());
        tokio::task::yield_now().await;
        if house.read_ticket(ticket_id).await.snoozed_until.is_none() {
            return;
        }
    }
    panic!("the ticket never woke");
}

#[tokio::test]
async fn a_timer_that_cant_be_read_holds_up_no_other_and_is_told_of() {
    let house = House::new().await;
    let ticket_id = house.ticket("done").await;
    house.ok(CommandBody::TicketResolve { ticket_id }).await;
    let no_timer = Item::new(
        Key::new(keys::timer_pk(house.family), "0000000001#CLOSE#x"),
        b"{}".to_vec(),
    );
    let written = house.desk.table.transact(vec![Write::create(no_timer)]);
    written.await.expect("written");

    house.source.set(NOW.plus(REOPEN_WINDOW));
    assert_eq!(house.desk.fire_timers().await.expect("fired"), None);
    assert_eq!(house.read_ticket(ticket_id).await.status, Status::Closed);
    let checkups = house.desk.check_up().await.expect("readable");
    let faults: Vec<String> = checkups[0].faults.iter().map(ToString::to_string).collect();
    assert!(
        faults[0].starts_with("the timer ") && faults[0].ends_with("can't be read"),
        "{faults:?}"
    );
}
