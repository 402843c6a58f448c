//! Speaking on tickets.

use super::*;

fn edit(ticket_id: TicketId, comment_id: CommentId, text: &str) -> CommandBody {
    CommandBody::CommentEdit {
        ticket_id,
        comment_id,
        comment_body: LongText::from(text),
        base: None,
    }
}

#[test]
fn a_comment_never_changes_the_ticket() {
    let mut house = House::new();
    let before = house.at(TAP).clone();
    house.wait(5);
    let comment_id = house.comment(UNCLE, TAP, false);
    house.ok(UNCLE, edit(TAP, comment_id, "I saw"));
    house.ok(UNCLE, delete(EntityKey::Comment(TAP, comment_id)));
    assert_eq!(house.at(TAP), &before);
}

#[test]
fn a_comment_is_accepted_whatever_the_status() {
    let mut house = House::new();
    for body in [resolve(TAP), close(TAP)] {
        house.ok(ADULT, body);
        house.comment(UNCLE, TAP, false);
    }
    assert_eq!(house.thread(TAP).len(), 2);
}

#[test]
fn a_comment_says_something() {
    let mut house = House::new();
    let comment_id = house.comment(ADULT, TAP, false);
    let mut blank = said(TAP, CommentId(house.fresh()));
    blank.comment_body = LongText::from(" \n ");
    for body in [CommandBody::CommentAdd(blank), edit(TAP, comment_id, " ")] {
        assert!(is_invalid(&house.no(ADULT, body), "comment_body"));
    }
}

#[test]
fn only_its_author_edits_a_comment_and_each_edit_counts() {
    let mut house = House::new();
    let comment_id = house.comment(UNCLE, TAP, false);
    for other in [ADMIN, ADULT, FRIEND] {
        assert!(is_not_allowed(
            &house.no(other, edit(TAP, comment_id, "no"))
        ));
    }
    house.ok(UNCLE, edit(TAP, comment_id, "I saw"));
    assert_eq!(house.thread(TAP)[0].common.version, 2);
    assert_eq!(house.ok(UNCLE, edit(TAP, comment_id, "I saw")), []);
}

#[test]
fn an_internal_note_is_for_the_group_that_owns_the_queue_now() {
    let mut house = House::new();
    house.comment(ADULT, TAP, true);
    assert_eq!(house.thread(TAP)[0].internal, Some(HOME));
    house.ok(ADULT, set(TAP, TicketField::QueueId(TRIPS)));
    assert_eq!(house.thread(TAP)[0].internal, Some(HOME));
    house.comment(COUSIN, TAP, true);
    let groups: BTreeSet<_> = house.thread(TAP).iter().map(|it| it.internal).collect();
    assert_eq!(groups, BTreeSet::from([Some(HOME), Some(COUSINS)]));
}

#[test]
fn a_reply_is_to_a_comment_of_the_thread() {
    let mut house = House::new();
    let comment_id = house.comment(UNCLE, TAP, false);
    let mut reply = said(TAP, CommentId(house.fresh()));
    reply.reply_to = Some(CommentId(Uuid::from_u128(99)));
    let refusal = house.no(ADULT, CommandBody::CommentAdd(reply.clone()));
    assert!(is_not_found(&refusal));
    reply.reply_to = Some(comment_id);
    house.ok(ADULT, CommandBody::CommentAdd(reply));
}

#[test]
fn a_comments_id_is_used_once() {
    let mut house = House::new();
    let comment_id = house.comment(UNCLE, TAP, false);
    let again = CommandBody::CommentAdd(said(TAP, comment_id));
    let refusal = house.no(UNCLE, again);
    assert!(matches!(refusal, Refusal::AlreadyThere { .. }));
}
