//! Who may do what: every role against every kind of command.

use super::attachment::named;
use super::*;
use crate::model::command::{ImportBatch, MembershipField};
use crate::model::family::FamilyField;
use crate::model::group::GroupField;
use crate::model::id::AttachmentId;
use crate::model::queue::QueueField;
use crate::model::severity::Severity;
use crate::model::user::UserField;

/// The columns of the table below.
const PEOPLE: [(&str, UserId); 10] = [
    ("admin", ADMIN),
    ("group admin", GROUP_ADMIN),
    ("adult", ADULT),
    ("child", CHILD),
    ("uncle, who asked", UNCLE),
    ("cousin", COUSIN),
    ("friend, in copy", FRIEND),
    ("guest", GUEST),
    ("invitee", INVITEE),
    ("stranger", STRANGER),
];

/// Another group of people than the ones who try, so that nobody does something to themself.
const BYSTANDER: UserId = UserId(Uuid::from_u128(11));
const APPLICANT: UserId = UserId(Uuid::from_u128(12));

const PUBLIC: CommentId = CommentId(Uuid::from_u128(51));
const INTERNAL: CommentId = CommentId(Uuid::from_u128(52));
/// On the ticket, and on the internal comment.
const FILE: AttachmentId = AttachmentId(Uuid::from_u128(61));
const HIDDEN_FILE: AttachmentId = AttachmentId(Uuid::from_u128(62));
const FRESH: Uuid = Uuid::from_u128(0x900);
/// Deleted.
const GONE: TicketId = TicketId(Uuid::from_u128(43));
const SNOOZED: TicketId = TicketId(Uuid::from_u128(44));

/// The house with something of everything in it.
fn furnished() -> House {
    let mut house = House::new();
    house.ok(ADMIN, invite(BYSTANDER, Role::Adult));
    house.ok(BYSTANDER, CommandBody::MembershipAccept {});
    let ask = CommandBody::GroupMembershipRequest { group_id: HOME };
    house.ok(BYSTANDER, ask);
    let ask = CommandBody::MembershipRequest {
        display_name: "Sam".to_owned(),
    };
    house.ok(APPLICANT, ask);
    house.ok(UNCLE, CommandBody::CommentAdd(said(TAP, PUBLIC)));
    let mut internal = said(TAP, INTERNAL);
    internal.internal = true;
    house.ok(ADULT, CommandBody::CommentAdd(internal));
    house.ok(ADULT, named(FILE, (TAP, None), "a.png"));
    house.ok(ADULT, named(HIDDEN_FILE, (TAP, Some(INTERNAL)), "b.png"));
    for ticket_id in [GONE, SNOOZED] {
        house.ok(UNCLE, file(ticket_id, CHORES, "Another"));
        house.ok(ADULT, take_part(ticket_id, FRIEND, ParticipantRole::Cc));
    }
    let until = TicketField::SnoozedUntil(Some(house.now.plus(60)));
    house.ok(ADULT, set(SNOOZED, until));
    house.ok(ADULT, delete(EntityKey::Ticket(GONE)));
    house
}

/// What each of [`PEOPLE`] gets for a command: `Y` it is done, `a` it is not allowed, `-` there is
/// no such thing, `i` it is not valid for them, `t` it is there already.
fn table() -> Vec<(CommandBody, &'static str)> {
    let mut for_other = new_ticket(TicketId(FRESH), CHORES);
    for_other.requested_by = Some(BYSTANDER);
    let mut below = new_ticket(TicketId(FRESH), TRIPS);
    below.parent_ticket = Some(TAP);
    let mut internal = said(TAP, CommentId(FRESH));
    internal.internal = true;
    let mut reply = said(TAP, CommentId(FRESH));
    reply.reply_to = Some(INTERNAL);
    let edit = |comment_id| CommandBody::CommentEdit {
        ticket_id: TAP,
        comment_id,
        comment_body: LongText::from("Changed"),
        base: None,
    };
    let attach = |comment_id| named(AttachmentId(FRESH), (TAP, comment_id), "a.png");
    let tag = "water".to_owned();
    vec![
        (
            CommandBody::UserSet {
                set: UserField::DisplayName("Sam".to_owned()),
                base: None,
            },
            "YYYYYYYY--",
        ),
        // A marker tells nobody anything, so nothing is asked of the ticket.
        (
            CommandBody::TicketRead {
                tickets: vec![TAP],
                seq: 1,
            },
            "YYYYYYYY--",
        ),
        (
            CommandBody::TicketUnread { tickets: vec![TAP] },
            "YYYYYYYY--",
        ),
        // Tickets.
        (file(TicketId(FRESH), CHORES, "New"), "YYYYYY----"),
        (CommandBody::TicketCreate(Box::new(for_other)), "YYYYaa----"),
        (CommandBody::TicketCreate(Box::new(below)), "YYYYY-----"),
        (
            set(TAP, TicketField::Title("Drip".to_owned())),
            "YYYYa-a---",
        ),
        (
            set(TAP, TicketField::Severity(Severity::Sev1)),
            "YYYYa-a---",
        ),
        (
            set(TAP, TicketField::AssignedTo(Some(BYSTANDER))),
            "YYYYa-a---",
        ),
        (set(TAP, TicketField::QueueId(TRIPS)), "YYYYa-a---"),
        (describe(), "YYYYa-a---"),
        (resolve(TAP), "YYYYa-a---"),
        (reopen(TAP), "YYYYa-a---"),
        (close(TAP), "YYYYa-a---"),
        (
            CommandBody::TicketTag {
                ticket_id: TAP,
                tag: tag.clone(),
            },
            "YYYYa-a---",
        ),
        (
            CommandBody::TicketUntag {
                ticket_id: TAP,
                tag,
            },
            "YYYYa-a---",
        ),
        (CommandBody::TicketWake { ticket_id: SNOOZED }, "YYYYa-a---"),
        (expire(TAP), "aaaaaaaa--"),
        (delete(EntityKey::Ticket(TAP)), "YYYYa-a---"),
        // Whoever deleted it may take that back.
        (restore(EntityKey::Ticket(GONE)), "YaYaaaaa--"),
        // Taking part.
        (take_part(TAP, BYSTANDER, ParticipantRole::Cc), "YYYYa-a---"),
        (
            take_part(TAP, BYSTANDER, ParticipantRole::Follower),
            "YYYYa-a---",
        ),
        (leave(FRIEND, ParticipantRole::Cc), "YYYYa-a---"),
        // Speaking.
        (
            CommandBody::CommentAdd(said(TAP, CommentId(FRESH))),
            "YYYYY-Y---",
        ),
        (CommandBody::CommentAdd(internal), "YYYaa-a---"),
        (CommandBody::CommentAdd(reply), "YYY-------"),
        (edit(PUBLIC), "aaaaY-a---"),
        (edit(INTERNAL), "aaY-------"),
        (delete(EntityKey::Comment(TAP, PUBLIC)), "YaaaY-a---"),
        (delete(EntityKey::Comment(TAP, INTERNAL)), "YaY-------"),
        // Attaching.
        (attach(None), "YYYYY-Y---"),
        (attach(Some(PUBLIC)), "aaaaY-a---"),
        (attach(Some(INTERNAL)), "aaY-------"),
        (delete(EntityKey::Attachment(TAP, FILE)), "YaYaa-a---"),
        (
            delete(EntityKey::Attachment(TAP, HIDDEN_FILE)),
            "YaY-------",
        ),
        // Queues.
        (new_queue(QueueId(FRESH), HOME), "YYaaaaaa--"),
        (rename_queue(), "YYaaaa----"),
        (delete(EntityKey::Queue(SPARE)), "YYaaaa----"),
        // Groups.
        (new_group(GroupId(FRESH), "New"), "Yaaaaaaa--"),
        (rename_group(), "YYaaaaaa--"),
        (group_add(HOME, BYSTANDER, false), "YYaaaaaa--"),
        (decline_place(), "YYaaaaaa--"),
        (group_admin(), "YYaaaaaa--"),
        (remove_place(), "YYaaaaaa--"),
        (
            CommandBody::GroupMembershipRequest { group_id: BAND },
            "tYYaYYii--",
        ),
        (delete(EntityKey::Group(BAND)), "Yaaaaaaa--"),
        // The family.
        (
            CommandBody::FamilySet(FamilyField::FamilyName("R".to_owned())),
            "Yaaaaaaa--",
        ),
        (invite(UserId(FRESH), Role::Adult), "Yaaaaaaa--"),
        (
            CommandBody::MembershipApprove { user_id: APPLICANT },
            "Yaaaaaaa--",
        ),
        (
            CommandBody::MembershipDecline { user_id: APPLICANT },
            "Yaaaaaaa--",
        ),
        (member_role(), "Yaaaaaaa--"),
        (
            CommandBody::MembershipRemove { user_id: BYSTANDER },
            "Yaaaaaaa--",
        ),
        (CommandBody::MembershipAccept {}, "--------Y-"),
        (import(), "Yaaaaaaa--"),
    ]
}

fn describe() -> CommandBody {
    CommandBody::TicketDescribe {
        ticket_id: TAP,
        description: LongText::from("It drips"),
        base: None,
    }
}

fn leave(user_id: UserId, role: ParticipantRole) -> CommandBody {
    CommandBody::ParticipantRemove {
        ticket_id: TAP,
        user_id,
        role,
    }
}

fn rename_queue() -> CommandBody {
    CommandBody::QueueSet {
        queue_id: CHORES,
        set: QueueField::QueueName("Jobs".to_owned()),
    }
}

fn rename_group() -> CommandBody {
    CommandBody::GroupSet {
        group_id: HOME,
        set: GroupField::GroupName("House".to_owned()),
    }
}

fn decline_place() -> CommandBody {
    CommandBody::GroupMembershipDecline {
        group_id: HOME,
        user_id: BYSTANDER,
    }
}

fn group_admin() -> CommandBody {
    CommandBody::GroupMembershipSetAdmin {
        group_id: HOME,
        user_id: ADMIN,
        is_admin: false,
    }
}

fn remove_place() -> CommandBody {
    CommandBody::GroupMembershipRemove {
        group_id: HOME,
        user_id: BYSTANDER,
    }
}

fn member_role() -> CommandBody {
    CommandBody::MembershipSet {
        user_id: BYSTANDER,
        set: MembershipField::Role(Role::Child),
    }
}

fn import() -> CommandBody {
    CommandBody::ImportBatch(ImportBatch {
        system: "jira".to_owned(),
        entities: Vec::new(),
    })
}

#[test]
fn everyone_may_do_what_the_table_says_and_no_more() {
    let house = furnished();
    let mut wrong = Vec::new();
    for (body, expected) in table() {
        for ((who, user_id), expected) in PEOPLE.into_iter().zip(expected.chars()) {
            let came = match house.clone().give(user_id, body.clone()) {
                Ok(_) => 'Y',
                Err(Refusal::NotAllowed { .. }) => 'a',
                Err(Refusal::NotFound { .. }) => '-',
                Err(Refusal::Invalid { .. }) => 'i',
                Err(Refusal::AlreadyThere { .. }) => 't',
                Err(other) => panic!("{who} {body:?}: {other}"),
            };
            if came != expected {
                wrong.push(format!("{who}: {body:?}: {came} instead of {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_family_that_is_not_yours_answers_as_one_that_does_not_exist() {
    let [here, nowhere] = [furnished(), House::empty()];
    for (body, _) in table() {
        for who in [INVITEE, STRANGER] {
            if who == INVITEE && body == (CommandBody::MembershipAccept {}) {
                continue;
            }
            let [real, none] = [&here, &nowhere].map(|house| house.clone().no(who, body.clone()));
            assert_eq!(real, none, "{body:?}");
        }
    }
}

/// Checks that those people are refused alike here and in a house without some of the records.
fn refused_alike(people: &[UserId], hidden: impl Fn(&EntityKey) -> bool) {
    let here = furnished();
    let mut without = here.clone();
    without.records.retain(|key, _| !hidden(key));
    for (body, expected) in table() {
        for ((who, user_id), expected) in PEOPLE.into_iter().zip(expected.chars()) {
            if expected == '-' && people.contains(&user_id) {
                let [real, none] = [&here, &without].map(|it| it.clone().no(user_id, body.clone()));
                assert_eq!(real, none, "{who}: {body:?}");
            }
        }
    }
}

#[test]
fn a_ticket_one_does_not_see_answers_as_one_that_does_not_exist() {
    refused_alike(&[COUSIN, GUEST], |key| key.ticket().is_some());
}

#[test]
fn an_internal_note_one_does_not_see_answers_as_one_that_does_not_exist() {
    refused_alike(&[CHILD, UNCLE, FRIEND], |key| {
        *key == EntityKey::Comment(TAP, INTERNAL)
    });
}

#[test]
fn a_queue_answers_a_guest_as_one_that_does_not_exist() {
    refused_alike(
        &[FRIEND, GUEST],
        |key| matches!(key, EntityKey::Queue(queue_id) if *queue_id != CHORES),
    );
}
