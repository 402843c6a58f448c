//! Groups and who is in them.

use super::*;
use crate::model::group::GroupMembership;
use crate::model::membership::MembershipStatus;

fn ask_in(group_id: GroupId) -> CommandBody {
    CommandBody::GroupMembershipRequest { group_id }
}

fn decline(group_id: GroupId, user_id: UserId) -> CommandBody {
    CommandBody::GroupMembershipDecline { group_id, user_id }
}

fn remove(group_id: GroupId, user_id: UserId) -> CommandBody {
    CommandBody::GroupMembershipRemove { group_id, user_id }
}

fn set_admin(group_id: GroupId, user_id: UserId, is_admin: bool) -> CommandBody {
    CommandBody::GroupMembershipSetAdmin {
        group_id,
        user_id,
        is_admin,
    }
}

fn place(house: &House, group_id: GroupId, user_id: UserId) -> &GroupMembership {
    match house.get(EntityKey::GroupMembership(group_id, user_id)) {
        Record::GroupMembership(it) => it,
        other => panic!("{other:?} is no place in a group"),
    }
}

#[test]
fn whoever_makes_a_group_is_its_first_member_and_admin() {
    let house = House::new();
    assert!(place(&house, HOME, ADMIN).is_live());
    assert!(place(&house, HOME, ADMIN).is_admin);
}

#[test]
fn a_member_asks_and_a_group_admin_takes_them_in_or_not() {
    let mut house = House::new();
    house.ok(UNCLE, ask_in(HOME));
    assert_eq!(
        place(&house, HOME, UNCLE).status,
        MembershipStatus::Awaiting
    );
    assert!(is_not_allowed(&house.no(UNCLE, resolve(TAP))));
    let again = house.no(UNCLE, ask_in(HOME));
    assert!(matches!(again, Refusal::AlreadyThere { .. }));
    house.ok(GROUP_ADMIN, decline(HOME, UNCLE));
    assert!(is_not_found(&house.no(GROUP_ADMIN, decline(HOME, UNCLE))));
    house.wait(60);
    house.ok(UNCLE, ask_in(HOME));
    let asked = house.now;
    assert_eq!(place(&house, HOME, UNCLE).request_date, asked);
    house.wait(60);
    house.ok(GROUP_ADMIN, group_add(HOME, UNCLE, false));
    assert_eq!(place(&house, HOME, UNCLE).request_date, asked);
    house.ok(UNCLE, resolve(TAP));
    let again = house.no(UNCLE, ask_in(HOME));
    assert!(matches!(again, Refusal::AlreadyThere { .. }));
}

#[test]
fn a_child_joins_only_through_an_admin() {
    let mut house = House::new();
    assert!(is_not_allowed(&house.no(CHILD, ask_in(COUSINS))));
    house.ok(ADMIN, group_add(COUSINS, CHILD, false));
    assert!(place(&house, COUSINS, CHILD).is_live());
}

#[test]
fn a_guest_is_in_no_group() {
    let mut house = House::new();
    let nowhere = GroupId(Uuid::from_u128(99));
    for group_id in [HOME, nowhere] {
        assert!(is_invalid(&house.no(GUEST, ask_in(group_id)), "user_id"));
    }
    let add = group_add(HOME, GUEST, false);
    assert!(is_invalid(&house.no(GROUP_ADMIN, add), "user_id"));
}

#[test]
fn whoever_becomes_a_guest_leaves_their_groups() {
    let mut house = House::new();
    let role = |role| CommandBody::MembershipSet {
        user_id: ADULT,
        set: crate::model::command::MembershipField::Role(role),
    };
    house.ok(ADMIN, role(Role::Guest));
    assert!(is_not_found(&house.no(ADULT, resolve(TAP))));
    house.ok(ADMIN, role(Role::Adult));
    assert!(is_not_found(&house.no(ADULT, resolve(TAP))));
}

#[test]
fn only_people_of_the_family_are_in_its_groups() {
    let mut house = House::new();
    for who in [INVITEE, STRANGER] {
        let refusal = house.no(GROUP_ADMIN, group_add(HOME, who, false));
        assert!(is_invalid(&refusal, "user_id"), "{refusal}");
    }
}

#[test]
fn whoever_leaves_a_group_works_its_tickets_no_more() {
    let mut house = House::new();
    house.ok(ADULT, remove(HOME, ADULT));
    assert!(is_not_found(&house.no(ADULT, resolve(TAP))));
    assert!(is_not_found(&house.no(ADULT, remove(HOME, ADULT))));
    assert!(is_not_allowed(&house.no(CHILD, remove(HOME, GROUP_ADMIN))));
    house.ok(GROUP_ADMIN, remove(HOME, CHILD));
}

#[test]
fn group_admins_are_made_and_unmade_by_group_admins() {
    let mut house = House::new();
    assert!(is_not_allowed(
        &house.no(ADULT, set_admin(HOME, ADULT, true))
    ));
    house.ok(GROUP_ADMIN, set_admin(HOME, ADULT, true));
    house.ok(ADULT, set_admin(HOME, GROUP_ADMIN, false));
    assert!(is_not_allowed(
        &house.no(GROUP_ADMIN, set_admin(HOME, ADULT, false))
    ));
    // Only of those who are in, and only in their own group.
    house.ok(UNCLE, ask_in(HOME));
    assert!(is_not_found(&house.no(ADULT, set_admin(HOME, UNCLE, true))));
    assert!(is_not_allowed(
        &house.no(ADULT, group_add(COUSINS, ADULT, false))
    ));
}

#[test]
fn an_admin_who_left_the_group_comes_back_as_none() {
    let mut house = House::new();
    house.ok(GROUP_ADMIN, remove(HOME, GROUP_ADMIN));
    house.ok(ADMIN, group_add(HOME, GROUP_ADMIN, false));
    assert!(place(&house, HOME, GROUP_ADMIN).is_live());
    assert!(!place(&house, HOME, GROUP_ADMIN).is_admin);
}
