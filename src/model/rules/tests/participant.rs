//! Who takes part, and what that opens.

use super::*;

fn leave(ticket_id: TicketId, user_id: UserId, role: ParticipantRole) -> CommandBody {
    CommandBody::ParticipantRemove {
        ticket_id,
        user_id,
        role,
    }
}

#[test]
fn a_part_is_unique_per_role() {
    let mut house = House::new();
    assert_eq!(
        house.ok(ADULT, take_part(TAP, FRIEND, ParticipantRole::Cc)),
        []
    );
    house.ok(ADULT, take_part(TAP, FRIEND, ParticipantRole::Approver));
    let parts = house.parts(TAP);
    assert!(parts.contains(&(ParticipantRole::Cc, FRIEND)));
    assert!(parts.contains(&(ParticipantRole::Approver, FRIEND)));
}

#[test]
fn taking_part_opens_the_ticket_and_leaving_shuts_it() {
    let mut house = House::new();
    house.comment(FRIEND, TAP, false);
    house.ok(ADULT, leave(TAP, FRIEND, ParticipantRole::Cc));
    let comment = CommandBody::CommentAdd(said(TAP, CommentId(house.fresh())));
    assert!(is_not_found(&house.no(FRIEND, comment)));
    assert_eq!(house.ok(ADULT, leave(TAP, FRIEND, ParticipantRole::Cc)), []);
    house.ok(ADULT, take_part(TAP, FRIEND, ParticipantRole::Cc));
    house.comment(FRIEND, TAP, false);
}

#[test]
fn the_assignee_sees_and_comments_without_being_in_the_group() {
    let mut house = House::new();
    house.ok(ADULT, set(TAP, TicketField::AssignedTo(Some(COUSIN))));
    house.comment(COUSIN, TAP, false);
    assert!(is_not_allowed(&house.no(COUSIN, resolve(TAP))));
}

#[test]
fn whoever_sees_a_ticket_may_follow_it_and_stop() {
    let mut house = House::new();
    for who in [ADULT, CHILD, UNCLE, FRIEND] {
        house.ok(who, take_part(TAP, who, ParticipantRole::Follower));
        house.ok(who, leave(TAP, who, ParticipantRole::Follower));
    }
    let follow = take_part(TAP, COUSIN, ParticipantRole::Follower);
    assert!(is_not_found(&house.no(COUSIN, follow.clone())));
    // Those who work it may make another follow.
    assert!(is_not_allowed(&house.no(UNCLE, follow.clone())));
    house.ok(ADULT, follow);
    house.comment(COUSIN, TAP, false);
}

#[test]
fn requester_and_assignee_follow_from_the_ticket() {
    let mut house = House::new();
    for role in [ParticipantRole::Requester, ParticipantRole::Assignee] {
        for body in [take_part(TAP, ADULT, role), leave(TAP, UNCLE, role)] {
            assert!(is_invalid(&house.no(ADMIN, body), "role"));
        }
    }
}

#[test]
fn only_people_of_the_family_take_part() {
    let mut house = House::new();
    for who in [INVITEE, STRANGER] {
        let refusal = house.no(ADULT, take_part(TAP, who, ParticipantRole::Cc));
        assert!(is_invalid(&refusal, "user_id"), "{refusal}");
    }
}

#[test]
fn whoever_leaves_the_family_sees_nothing_though_their_part_remains() {
    let mut house = House::new();
    house.ok(UNCLE, CommandBody::MembershipRemove { user_id: UNCLE });
    assert!(
        house
            .parts(TAP)
            .contains(&(ParticipantRole::Requester, UNCLE))
    );
    let comment = CommandBody::CommentAdd(said(TAP, CommentId(house.fresh())));
    assert!(is_not_found(&house.no(UNCLE, comment)));
}
