//! Merging tickets, and what is said on them after.

use super::*;

fn merge(of: TicketId, into: Option<TicketId>) -> CommandBody {
    set(of, TicketField::MergedInto(into))
}

#[test]
fn merging_sets_the_pointer_and_nothing_else() {
    let mut house = House::new();
    let target = house.ticket(ADULT, CHORES);
    let before = house.at(TAP).clone();
    let changes = house.ok(ADULT, merge(TAP, Some(target)));
    assert_eq!(changes.len(), 1);
    let mut after = house.at(TAP).clone();
    assert_eq!(after.merged_into, Some(target));
    after.merged_into = None;
    after.common = before.common.clone();
    assert_eq!(after, before);
    house.ok(ADULT, merge(TAP, None));
    assert_eq!(house.at(TAP).merged_into, None);
}

#[test]
fn a_ticket_merges_into_another_that_one_works_and_that_stands_for_itself() {
    let mut house = House::new();
    let [target, elsewhere] = [house.ticket(ADULT, CHORES), house.ticket(COUSIN, TRIPS)];
    assert!(is_invalid(
        &house.no(ADULT, merge(TAP, Some(TAP))),
        "merged_into"
    ));
    assert!(is_not_found(&house.no(ADULT, merge(TAP, Some(elsewhere)))));
    house.ok(ADULT, merge(TAP, Some(target)));
    let back = house.no(ADULT, merge(target, Some(TAP)));
    assert!(is_invalid(&back, "merged_into"));
    // Taking part is not enough to merge into it.
    house.ok(COUSIN, take_part(elsewhere, ADULT, ParticipantRole::Cc));
    assert!(is_not_allowed(
        &house.no(ADULT, merge(TAP, Some(elsewhere)))
    ));
}

#[test]
fn a_comment_on_a_merged_ticket_goes_to_the_target_and_knows_its_origin() {
    let mut house = House::new();
    let target = house.ticket(ADULT, CHORES);
    house.comment(UNCLE, TAP, false);
    house.ok(ADULT, merge(TAP, Some(target)));
    house.comment(UNCLE, TAP, false);
    house.comment(ADULT, target, false);
    let origins: Vec<_> = house
        .thread(target)
        .iter()
        .map(|it| it.origin_ticket)
        .collect();
    assert_eq!(origins, [Some(TAP), None]);
    assert_eq!(house.thread(TAP).len(), 1);
    house.ok(ADULT, merge(TAP, None));
    house.comment(UNCLE, TAP, false);
    assert_eq!(house.thread(TAP).len(), 2);
}

#[test]
fn what_was_said_before_the_merge_can_be_answered() {
    let mut house = House::new();
    let target = house.ticket(ADULT, CHORES);
    let comment_id = house.comment(UNCLE, TAP, false);
    house.ok(ADULT, merge(TAP, Some(target)));
    let mut reply = said(TAP, CommentId(house.fresh()));
    reply.reply_to = Some(comment_id);
    house.ok(ADULT, CommandBody::CommentAdd(reply));
    let last = house.thread(target)[0];
    assert_eq!(
        (last.reply_to, last.origin_ticket),
        (Some(comment_id), Some(TAP))
    );
}

#[test]
fn what_is_said_on_a_merged_ticket_goes_to_the_end_of_the_chain() {
    let mut house = House::new();
    let [middle, last] = [house.ticket(ADULT, CHORES), house.ticket(ADULT, CHORES)];
    let first_said = house.comment(UNCLE, TAP, false);
    house.ok(ADULT, merge(TAP, Some(middle)));
    house.ok(ADULT, merge(middle, Some(last)));
    // Into the one that stands for itself, never into one that does not.
    let other = house.ticket(ADULT, CHORES);
    let refused = house.no(ADULT, merge(other, Some(middle)));
    assert!(is_invalid(&refused, "merged_into"));
    assert!(is_invalid(
        &house.no(ADULT, merge(last, Some(TAP))),
        "merged_into"
    ));
    let mut reply = said(TAP, CommentId(house.fresh()));
    reply.reply_to = Some(first_said);
    house.ok(UNCLE, CommandBody::CommentAdd(reply));
    let at_the_end = house.thread(last);
    assert_eq!(at_the_end.len(), 1);
    assert_eq!(at_the_end[0].origin_ticket, Some(TAP));
    house.ok(ADULT, merge(middle, None));
    house.comment(UNCLE, TAP, false);
    assert_eq!(house.thread(middle).len(), 1);
}
