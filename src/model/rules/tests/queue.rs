//! Queues and who owns them.

use super::*;
use crate::model::queue::QueueField;

fn change(queue_id: QueueId, set: QueueField) -> CommandBody {
    CommandBody::QueueSet { queue_id, set }
}

#[test]
fn a_queue_is_not_deleted_while_it_holds_live_tickets() {
    let mut house = House::new();
    assert_eq!(
        house.no(GROUP_ADMIN, delete(EntityKey::Queue(CHORES))),
        Refusal::QueueNotEmpty {
            tickets: vec!["RIV-2025-0001".to_owned()],
        }
    );
    house.ok(ADULT, close(TAP));
    let still = house.no(GROUP_ADMIN, delete(EntityKey::Queue(CHORES)));
    assert!(matches!(still, Refusal::QueueNotEmpty { .. }));
    house.ok(ADULT, delete(EntityKey::Ticket(TAP)));
    house.ok(GROUP_ADMIN, delete(EntityKey::Queue(CHORES)));
    assert!(is_not_found(
        &house.no(ADULT, file(TicketId(Uuid::from_u128(7)), CHORES, "Late"))
    ));
}

#[test]
fn a_group_is_not_deleted_while_it_owns_live_queues() {
    let mut house = House::new();
    assert_eq!(
        house.no(ADMIN, delete(EntityKey::Group(COUSINS))),
        Refusal::GroupNotEmpty {
            queues: vec!["Queue".to_owned()],
        }
    );
    house.ok(ADMIN, delete(EntityKey::Queue(TRIPS)));
    house.ok(ADMIN, delete(EntityKey::Group(COUSINS)));
    assert!(is_not_found(&house.no(ADMIN, new_queue(TRIPS, COUSINS))));
}

#[test]
fn a_queue_moves_with_its_tickets_between_groups_that_one_manages() {
    let mut house = House::new();
    let to_cousins = change(CHORES, QueueField::GroupId(COUSINS));
    assert!(is_not_allowed(&house.no(GROUP_ADMIN, to_cousins.clone())));
    house.ok(ADMIN, to_cousins);
    house.ok(COUSIN, resolve(TAP));
    assert!(is_not_found(&house.no(ADULT, reopen(TAP))));
}

#[test]
fn a_queues_default_assignee_is_of_the_family() {
    let mut house = House::new();
    let refusal = house.no(
        ADMIN,
        change(CHORES, QueueField::DefaultAssignee(Some(STRANGER))),
    );
    assert!(is_invalid(&refusal, "default_assignee"));
}

#[test]
fn a_queue_has_a_name() {
    let mut house = House::new();
    let refusal = house.no(ADMIN, change(CHORES, QueueField::QueueName(" ".to_owned())));
    assert!(is_invalid(&refusal, "queue_name"));
}
