//! Files on tickets and comments.

use super::*;
use crate::model::attachment::{
    Attachment, FILE_LIMIT, FILES_PER_COMMENT, FILES_PER_FAMILY, FileFacts, NewAttachment,
};
use crate::model::audience::{Audience, sees};
use crate::model::entity::EntityType;
use crate::model::id::AttachmentId;
use crate::model::rules::attachment::over_quota;
use crate::model::undo::inverse;

fn attach(house: &mut House, on: (TicketId, Option<CommentId>)) -> (AttachmentId, CommandBody) {
    let attachment_id = AttachmentId(house.fresh());
    (attachment_id, named(attachment_id, on, "photo.png"))
}

pub(super) fn named(
    attachment_id: AttachmentId,
    (ticket_id, comment_id): (TicketId, Option<CommentId>),
    name: &str,
) -> CommandBody {
    CommandBody::AttachmentAdd(NewAttachment {
        ticket_id,
        attachment_id,
        comment_id,
        file: FileFacts {
            file_name: name.to_owned(),
            sha256: "ab".repeat(32),
            bytes: 2048,
            content_type: "image/png".to_owned(),
        },
    })
}

fn only(changes: &[Change]) -> &Attachment {
    match changes {
        [
            Change {
                after: Record::Attachment(it),
                ..
            },
        ] => it,
        other => panic!("{other:?}"),
    }
}

#[test]
fn whoever_sees_a_ticket_attaches_to_it_and_to_their_own_words_there() {
    let mut house = House::new();
    let (_, on_ticket) = attach(&mut house, (TAP, None));
    house.ok(UNCLE, on_ticket);
    let said = house.comment(UNCLE, TAP, false);
    let (_, on_comment) = attach(&mut house, (TAP, Some(said)));
    assert!(is_not_allowed(&house.no(ADULT, on_comment.clone())));
    assert!(is_not_allowed(&house.no(ADMIN, on_comment.clone())));
    let changes = house.ok(UNCLE, on_comment.clone());
    assert_eq!(only(&changes).comment_id, Some(said));
    assert_eq!(
        house.no(UNCLE, on_comment),
        Refusal::AlreadyThere {
            what: EntityType::Attachment
        }
    );
    // For whoever does not see the ticket there is none.
    let (_, elsewhere) = attach(&mut house, (TAP, None));
    assert!(is_not_found(&house.no(COUSIN, elsewhere)));
}

#[test]
fn a_file_on_an_internal_comment_is_for_those_who_see_the_comment() {
    let mut house = House::new();
    let note = house.comment(ADULT, TAP, true);
    let (attachment_id, on_note) = attach(&mut house, (TAP, Some(note)));
    let changes = house.ok(ADULT, on_note);
    let audience = changes[0].after.audience();
    let group_id = HOME;
    assert_eq!(
        audience,
        Audience::Internal {
            ticket_id: TAP,
            group_id
        }
    );
    let sees = |who| {
        house
            .viewer(who)
            .is_some_and(|it| sees(&it, &audience, &house))
    };
    assert!(sees(ADULT) && sees(ADMIN));
    assert!(!sees(UNCLE) && !sees(CHILD) && !sees(FRIEND));
    let key = EntityKey::Attachment(TAP, attachment_id);
    assert!(is_not_found(&house.no(UNCLE, delete(key))));
    assert!(is_not_found(&house.no(CHILD, delete(key))));
}

#[test]
fn names_sizes_and_numbers_have_their_limits() {
    let mut house = House::new();
    for name in ["../x", "a\nb", ".bashrc", "", "con", &"x".repeat(201)] {
        let attachment_id = AttachmentId(house.fresh());
        let bad = named(attachment_id, (TAP, None), name);
        assert!(is_invalid(&house.no(UNCLE, bad), "file_name"), "{name:?}");
    }
    for bytes in [0, FILE_LIMIT + 1] {
        let (_, mut body) = attach(&mut house, (TAP, None));
        if let CommandBody::AttachmentAdd(new) = &mut body {
            new.file.bytes = bytes;
        }
        assert!(is_invalid(&house.no(UNCLE, body), "file"));
    }
    let said = house.comment(UNCLE, TAP, false);
    let mut last = None;
    for _ in 0..FILES_PER_COMMENT {
        let (attachment_id, body) = attach(&mut house, (TAP, Some(said)));
        house.ok(UNCLE, body);
        last = Some(EntityKey::Attachment(TAP, attachment_id));
    }
    let (_, one_more) = attach(&mut house, (TAP, Some(said)));
    let refusal = house.no(UNCLE, one_more.clone());
    assert!(refusal.to_string().contains("20 is the most"), "{refusal}");
    // There is room elsewhere, and where one is removed; it does not come back into a full place.
    let (_, on_ticket) = attach(&mut house, (TAP, None));
    house.ok(UNCLE, on_ticket);
    let last = last.expect("some");
    house.ok(UNCLE, delete(last));
    house.ok(UNCLE, one_more);
    assert!(is_invalid(&house.no(ADMIN, restore(last)), "file"));
}

#[test]
fn whoever_added_a_file_or_an_admin_removes_it_and_that_can_be_undone() {
    let mut house = House::new();
    let (attachment_id, body) = attach(&mut house, (TAP, None));
    let changes = house.ok(UNCLE, body.clone());
    let key = EntityKey::Attachment(TAP, attachment_id);
    assert_eq!(inverse(body.command_type(), &changes), [delete(key)]);
    assert!(is_not_allowed(&house.no(ADULT, delete(key))));
    let gone = house.ok(UNCLE, delete(key));
    assert_eq!(inverse("entity.delete", &gone), [restore(key)]);
    assert!(is_not_allowed(&house.no(ADULT, restore(key))));
    house.ok(UNCLE, restore(key));
    house.ok(ADMIN, delete(key));
    assert!(is_not_allowed(&house.no(UNCLE, restore(key))));
    house.ok(ADMIN, restore(key));
}

#[test]
fn on_a_merged_ticket_a_file_goes_where_what_is_said_there_goes() {
    let mut house = House::new();
    let other = house.ticket(UNCLE, CHORES);
    let before = house.comment(UNCLE, other, false);
    house.ok(ADULT, set(other, TicketField::MergedInto(Some(TAP))));
    let after = house.comment(UNCLE, other, false);
    let place = |house: &mut House, comment_id| {
        let (_, body) = attach(house, (other, comment_id));
        only(&house.ok(UNCLE, body)).ticket_id
    };
    assert_eq!(place(&mut house, None), TAP);
    assert_eq!(place(&mut house, Some(after)), TAP);
    assert_eq!(place(&mut house, Some(before)), other);
}

#[test]
fn a_family_has_room_up_to_its_quota_and_the_refusal_names_it() {
    let mut house = House::new();
    let (_, file) = attach(&mut house, (TAP, None));
    let changes = house.ok(UNCLE, file);
    let bytes = only(&changes).bytes;
    assert_eq!(over_quota(FILES_PER_FAMILY - bytes, &changes), None);
    let refusal = over_quota(FILES_PER_FAMILY - bytes + 1, &changes).expect("too much");
    assert!(refusal.to_string().contains("5 GiB"), "{refusal}");
    assert!(over_quota(u64::MAX, &changes).is_some());
    assert_eq!(over_quota(u64::MAX, &[]), None);
}
