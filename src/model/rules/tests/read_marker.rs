//! What somebody has read.

use super::*;
use crate::model::read_marker::{READ_LIMIT, ReadMarker};

fn read(tickets: &[TicketId], seq: i64) -> CommandBody {
    let tickets = tickets.to_vec();
    CommandBody::TicketRead { tickets, seq }
}

fn unread(tickets: &[TicketId]) -> CommandBody {
    let tickets = tickets.to_vec();
    CommandBody::TicketUnread { tickets }
}

fn marker(house: &House, user_id: UserId) -> &ReadMarker {
    match house.get(EntityKey::ReadMarker(TAP, user_id)) {
        Record::ReadMarker(marker) => marker,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_marker_moves_on_and_never_back_but_by_being_told() {
    let mut house = House::new();
    assert_eq!(house.ok(ADULT, read(&[TAP], 7)).len(), 1);
    assert_eq!(house.ok(ADULT, read(&[TAP], 7)), []);
    assert_eq!(house.ok(ADULT, read(&[TAP], 3)), []);
    assert_eq!(marker(&house, ADULT).seq, 7);
    house.ok(ADULT, unread(&[TAP]));
    assert!(marker(&house, ADULT).unread);
    assert_eq!(house.ok(ADULT, unread(&[TAP])), []);
    // An old one still says that it was read.
    house.ok(ADULT, read(&[TAP], 5));
    let now = marker(&house, ADULT);
    assert_eq!((now.seq, now.unread), (7, false));
}

#[test]
fn several_tickets_are_one_command_each_once_and_not_too_many() {
    let mut house = House::new();
    let other = house.ticket(ADULT, CHORES);
    assert_eq!(house.ok(ADULT, read(&[TAP, other, TAP], 9)).len(), 2);
    let many: Vec<TicketId> = (0..=READ_LIMIT as u128)
        .map(|n| TicketId(Uuid::from_u128(0x9000 + n)))
        .collect();
    let refusal = house.no(ADULT, read(&many, 9));
    assert!(is_invalid(&refusal, "tickets"), "{refusal}");
}

#[test]
fn a_marker_is_its_owners_and_touches_nobody_elses() {
    let mut house = House::new();
    house.ok(ADULT, read(&[TAP], 7));
    house.ok(CHILD, unread(&[TAP]));
    assert_eq!(marker(&house, ADULT).seq, 7);
    assert!(!marker(&house, ADULT).unread);
    let audience = house.get(EntityKey::ReadMarker(TAP, ADULT)).audience();
    let of_adult = crate::model::audience::Audience::User { user_id: ADULT };
    assert_eq!(audience, of_adult);
    // It is of no use to delete one: it tells nobody anything.
    let key = EntityKey::ReadMarker(TAP, ADULT);
    house.no(ADMIN, delete(key));
}
