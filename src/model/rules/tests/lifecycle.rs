//! Soft delete and restore.

use super::*;

#[test]
fn what_is_deleted_is_gone_for_all_and_back_for_all_once_an_admin_restores_it() {
    let mut house = House::new();
    let key = EntityKey::Ticket(TAP);
    let before = house.at(TAP).clone();
    house.ok(ADULT, delete(key));
    assert!(house.at(TAP).common.deleted);
    for who in [ADMIN, ADULT, UNCLE] {
        let comment = CommandBody::CommentAdd(said(TAP, CommentId(house.fresh())));
        let by = Some(ADULT);
        assert_eq!(house.no(who, comment), Refusal::Deleted { key, by });
    }
    assert_eq!(house.ok(GROUP_ADMIN, delete(key)), []);
    assert!(is_not_allowed(&house.no(UNCLE, restore(key))));
    house.ok(ADMIN, restore(key));
    assert_eq!(house.ok(ADMIN, restore(key)), []);
    let mut after = house.at(TAP).clone();
    assert_eq!(after.common.version, before.common.version + 2);
    after.common = before.common.clone();
    assert_eq!(after, before);
}

#[test]
fn whoever_deleted_something_may_take_that_back() {
    let mut house = House::new();
    let ticket = EntityKey::Ticket(TAP);
    let comment = EntityKey::Comment(TAP, house.comment(UNCLE, TAP, false));
    for (who, other, key) in [(ADULT, UNCLE, ticket), (UNCLE, ADULT, comment)] {
        house.ok(who, delete(key));
        assert!(is_not_allowed(&house.no(other, restore(key))));
        house.ok(who, restore(key));
        // What is there can't be restored, and whoever wrote it is told nothing else by that.
        assert!(is_not_allowed(&house.no(who, restore(key))));
    }
    // What an admin deleted, an admin brings back.
    house.ok(ADMIN, delete(comment));
    assert!(is_not_allowed(&house.no(UNCLE, restore(comment))));
    let nowhere = EntityKey::Ticket(TicketId(house.fresh()));
    assert!(is_not_allowed(&house.no(ADULT, restore(nowhere))));
}

#[test]
fn a_comment_is_deleted_by_its_author_or_an_admin() {
    let mut house = House::new();
    let mine = EntityKey::Comment(TAP, house.comment(UNCLE, TAP, false));
    assert!(is_not_allowed(&house.no(ADULT, delete(mine))));
    house.ok(UNCLE, delete(mine));
    house.ok(ADMIN, restore(mine));
    house.ok(ADMIN, delete(mine));
}

#[test]
fn nothing_is_restored_into_what_is_deleted() {
    let mut house = House::new();
    house.ok(ADMIN, delete(EntityKey::Ticket(TAP)));
    house.ok(ADMIN, delete(EntityKey::Queue(CHORES)));
    house.ok(ADMIN, delete(EntityKey::Queue(SPARE)));
    house.ok(ADMIN, delete(EntityKey::Group(HOME)));
    for key in [EntityKey::Ticket(TAP), EntityKey::Queue(CHORES)] {
        assert!(is_not_found(&house.no(ADMIN, restore(key))));
    }
    for key in [
        EntityKey::Group(HOME),
        EntityKey::Queue(CHORES),
        EntityKey::Ticket(TAP),
    ] {
        house.ok(ADMIN, restore(key));
    }
    house.ok(ADULT, resolve(TAP));
}

#[test]
fn what_has_a_way_of_its_own_to_end_is_not_deleted_by_itself() {
    let mut house = House::new();
    for key in [
        EntityKey::User(ADULT),
        EntityKey::Family(FAMILY),
        EntityKey::Membership(ADULT),
        EntityKey::GroupMembership(HOME, ADULT),
        EntityKey::Description(TAP),
        EntityKey::Participant(TAP, ParticipantRole::Cc, FRIEND),
    ] {
        for body in [delete(key), restore(key)] {
            assert!(is_invalid(&house.no(ADMIN, body), "entity_type"));
        }
    }
    let never = EntityKey::Group(GroupId(Uuid::from_u128(99)));
    assert!(is_not_found(&house.no(ADMIN, restore(never))));
}
