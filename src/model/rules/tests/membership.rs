//! Invitations, requests, roles and leaving.

use super::*;
use crate::model::audience::Audience;
use crate::model::command::MembershipField;
use crate::model::membership::MembershipStatus;

fn request() -> CommandBody {
    CommandBody::MembershipRequest {
        display_name: "Sam".to_owned(),
    }
}

fn approve(user_id: UserId) -> CommandBody {
    CommandBody::MembershipApprove { user_id }
}

fn decline(user_id: UserId) -> CommandBody {
    CommandBody::MembershipDecline { user_id }
}

fn remove(user_id: UserId) -> CommandBody {
    CommandBody::MembershipRemove { user_id }
}

fn change(user_id: UserId, set: MembershipField) -> CommandBody {
    CommandBody::MembershipSet { user_id, set }
}

#[test]
fn an_invitation_is_accepted_by_the_invited_alone() {
    let mut house = House::new();
    assert_eq!(house.member(INVITEE).invited_by, Some(ADMIN));
    assert!(is_not_found(&house.no(ADMIN, approve(INVITEE))));
    assert!(is_not_found(
        &house.no(STRANGER, CommandBody::MembershipAccept {})
    ));
    house.ok(INVITEE, CommandBody::MembershipAccept {});
    assert!(house.member(INVITEE).is_live());
    house.ticket(INVITEE, CHORES);
    assert!(is_not_found(
        &house.no(INVITEE, CommandBody::MembershipAccept {})
    ));
}

#[test]
fn a_request_is_approved_by_an_admin_alone() {
    let mut house = House::new();
    house.ok(STRANGER, request());
    assert_eq!(house.member(STRANGER).status, MembershipStatus::Awaiting);
    assert_eq!(house.member(STRANGER).invited_by, None);
    assert!(is_not_found(
        &house.no(STRANGER, CommandBody::MembershipAccept {})
    ));
    assert!(is_not_found(&house.no(STRANGER, approve(STRANGER))));
    house.ok(ADMIN, approve(STRANGER));
    assert!(house.member(STRANGER).is_live());
    assert!(!house.member(STRANGER).is_admin);
}

#[test]
fn both_can_be_declined_and_tried_again() {
    let mut house = House::new();
    house.ok(INVITEE, decline(INVITEE));
    assert_eq!(house.member(INVITEE).status, MembershipStatus::Declined);
    assert!(is_not_found(
        &house.no(INVITEE, CommandBody::MembershipAccept {})
    ));
    assert!(is_not_found(&house.no(INVITEE, decline(INVITEE))));
    house.wait(60);
    house.ok(ADMIN, invite(INVITEE, Role::Guest));
    assert_eq!(house.member(INVITEE).role, Role::Guest);
    assert_eq!(house.member(INVITEE).request_date, house.now);

    house.ok(STRANGER, request());
    house.ok(ADMIN, decline(STRANGER));
    house.ok(STRANGER, request());
    house.ok(ADMIN, approve(STRANGER));
}

#[test]
fn who_is_there_or_waits_already_is_not_asked_twice() {
    let mut house = House::new();
    for who in [ADULT, INVITEE] {
        for (actor, body) in [(ADMIN, invite(who, Role::Adult)), (who, request())] {
            let refusal = house.no(actor, body);
            assert!(matches!(refusal, Refusal::AlreadyThere { .. }), "{refusal}");
        }
    }
}

#[test]
fn a_family_keeps_an_admin() {
    let mut house = House::new();
    let demote = |who| change(who, MembershipField::IsAdmin(false));
    for body in [demote(ADMIN), remove(ADMIN)] {
        assert_eq!(house.no(ADMIN, body), Refusal::LastAdmin);
    }
    house.ok(ADMIN, change(ADULT, MembershipField::IsAdmin(true)));
    house.ok(ADULT, demote(ADMIN));
    assert_eq!(house.no(ADULT, remove(ADULT)), Refusal::LastAdmin);
    // An admin who only awaits does not count.
    house.ok(ADULT, change(INVITEE, MembershipField::IsAdmin(true)));
    assert_eq!(house.no(ADULT, demote(ADULT)), Refusal::LastAdmin);
}

#[test]
fn people_set_their_own_name_and_nothing_else_of_theirs() {
    let mut house = House::new();
    let named = |who| change(who, MembershipField::DisplayName(" Mia ".to_owned()));
    house.ok(CHILD, named(CHILD));
    assert_eq!(house.member(CHILD).display_name, "Mia");
    assert!(is_not_allowed(&house.no(CHILD, named(ADULT))));
    for field in [
        MembershipField::Role(Role::Adult),
        MembershipField::IsAdmin(true),
    ] {
        assert!(is_not_allowed(&house.no(CHILD, change(CHILD, field))));
    }
    house.ok(ADMIN, named(ADULT));
    assert!(is_not_found(&house.no(ADMIN, named(STRANGER))));
}

#[test]
fn whoever_goes_leaves_their_groups_too_and_comes_back_to_none() {
    let mut house = House::new();
    house.ok(ADULT, remove(ADULT));
    assert!(
        house
            .get(EntityKey::GroupMembership(HOME, ADULT))
            .common()
            .deleted
    );
    assert!(house.member(ADULT).common.deleted);
    house.ok(ADULT, request());
    house.ok(ADMIN, approve(ADULT));
    assert!(house.viewer(ADULT).is_some_and(|it| it.groups.is_empty()));
    assert!(is_not_found(&house.no(ADULT, resolve(TAP))));
}

#[test]
fn an_admin_who_was_removed_comes_back_as_none() {
    let mut house = House::new();
    house.ok(ADMIN, change(ADULT, MembershipField::IsAdmin(true)));
    house.ok(ADMIN, remove(ADULT));
    house.ok(ADMIN, invite(ADULT, Role::Adult));
    house.ok(ADULT, CommandBody::MembershipAccept {});
    assert!(!house.member(ADULT).is_admin);
}

#[test]
fn who_was_here_stays_known_to_all_and_who_never_came_to_admins() {
    let mut house = House::new();
    let known_to = |house: &House, user_id| Record::from(house.member(user_id).clone()).audience();
    house.ok(ADMIN, remove(ADULT));
    assert_eq!(known_to(&house, ADULT), Audience::Everyone);
    house.ok(ADMIN, invite(ADULT, Role::Adult));
    assert_eq!(known_to(&house, ADULT), Audience::Everyone);
    house.ok(ADMIN, invite(STRANGER, Role::Adult));
    house.ok(ADMIN, remove(STRANGER));
    assert_eq!(known_to(&house, STRANGER), Audience::Admins);
}
