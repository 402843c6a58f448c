//! Filing tickets and changing what they say.

use super::*;
use crate::model::group::GroupField;
use crate::model::queue::QueueField;
use crate::model::severity::Severity;
use crate::model::status::Stage;
use crate::model::ticket::{TAG_LIMIT, TITLE_LIMIT};

const OTHER: TicketId = TicketId(Uuid::from_u128(42));

fn tag(tag: &str) -> CommandBody {
    CommandBody::TicketTag {
        ticket_id: TAP,
        tag: tag.to_owned(),
    }
}

fn untag(tag: &str) -> CommandBody {
    CommandBody::TicketUntag {
        ticket_id: TAP,
        tag: tag.to_owned(),
    }
}

#[test]
fn a_new_ticket_is_open_new_and_its_authors() {
    let house = House::new();
    let ticket = house.at(TAP);
    assert_eq!((ticket.status, ticket.stage), (Status::Open, Stage::New));
    assert_eq!((ticket.requested_by, ticket.assigned_to), (UNCLE, None));
    assert_eq!(ticket.common.created_by, UNCLE);
    assert_eq!(ticket.common.version, 1);
    assert!(
        house
            .parts(TAP)
            .contains(&(ParticipantRole::Requester, UNCLE))
    );
}

#[test]
fn severity_is_the_authors_then_the_queues_then_the_default() {
    let mut house = House::new();
    assert_eq!(house.at(TAP).severity, Severity::DEFAULT);
    house.ok(
        ADMIN,
        CommandBody::QueueSet {
            queue_id: CHORES,
            set: QueueField::DefaultSeverity(Some(Severity::Sev5)),
        },
    );
    let by_queue = house.ticket(ADULT, CHORES);
    assert_eq!(house.at(by_queue).severity, Severity::Sev5);
    for severity in Severity::ALL {
        let mut new = new_ticket(TicketId(house.fresh()), CHORES);
        new.severity = Some(severity);
        let ticket_id = new.ticket_id;
        house.ok(ADULT, CommandBody::TicketCreate(Box::new(new)));
        assert_eq!(house.at(ticket_id).severity, severity);
    }
}

#[test]
fn the_queues_default_assignee_takes_part_even_if_the_author_may_not_assign() {
    let mut house = House::new();
    let set = QueueField::DefaultAssignee(Some(CHILD));
    house.ok(
        ADMIN,
        CommandBody::QueueSet {
            queue_id: CHORES,
            set,
        },
    );
    let ticket_id = house.ticket(UNCLE, CHORES);
    assert_eq!(house.at(ticket_id).assigned_to, Some(CHILD));
    assert!(
        house
            .parts(ticket_id)
            .contains(&(ParticipantRole::Assignee, CHILD))
    );
}

#[test]
fn a_queue_whose_default_assignee_has_left_still_takes_tickets() {
    let mut house = House::new();
    let set = QueueField::DefaultAssignee(Some(CHILD));
    let queue_id = CHORES;
    house.ok(ADMIN, CommandBody::QueueSet { queue_id, set });
    house.ok(ADMIN, CommandBody::MembershipRemove { user_id: CHILD });
    let ticket_id = house.ticket(UNCLE, CHORES);
    assert_eq!(house.at(ticket_id).assigned_to, None);
}

#[test]
fn a_ticket_filed_for_someone_else_is_theirs() {
    let mut house = House::new();
    let mut new = new_ticket(OTHER, CHORES);
    new.requested_by = Some(COUSIN);
    new.assigned_to = Some(CHILD);
    let file = CommandBody::TicketCreate(Box::new(new));
    assert!(is_not_allowed(&house.no(UNCLE, file.clone())));
    house.ok(ADULT, file);
    assert_eq!(house.at(OTHER).requested_by, COUSIN);
    let parts = [
        (ParticipantRole::Requester, COUSIN),
        (ParticipantRole::Assignee, CHILD),
    ];
    assert_eq!(house.parts(OTHER), BTreeSet::from(parts));
}

#[test]
fn nobody_outside_the_family_is_made_requester_or_assignee() {
    let mut house = House::new();
    for who in [INVITEE, STRANGER] {
        let mut new = new_ticket(OTHER, CHORES);
        new.requested_by = Some(who);
        let refusal = house.no(ADULT, CommandBody::TicketCreate(Box::new(new.clone())));
        assert!(is_invalid(&refusal, "requested_by"), "{refusal}");
        new.requested_by = None;
        new.assigned_to = Some(who);
        let refusal = house.no(ADULT, CommandBody::TicketCreate(Box::new(new)));
        assert!(is_invalid(&refusal, "assigned_to"), "{refusal}");
        let refusal = house.no(ADULT, set(TAP, TicketField::AssignedTo(Some(who))));
        assert!(is_invalid(&refusal, "assigned_to"), "{refusal}");
    }
}

#[test]
fn an_id_is_used_once() {
    let mut house = House::new();
    assert_eq!(
        house.no(ADULT, file(TAP, CHORES, "Another")),
        Refusal::AlreadyThere {
            what: crate::model::entity::EntityType::Ticket
        }
    );
}

#[test]
fn titles_are_trimmed_one_line_and_at_most_three_hundred_characters() {
    let mut house = House::new();
    let longest = "é".repeat(TITLE_LIMIT);
    for bad in ["", "  \t ", "two\nlines", &format!("{longest}x")] {
        for body in [
            file(OTHER, CHORES, bad),
            set(TAP, TicketField::Title(bad.to_owned())),
        ] {
            assert!(is_invalid(&house.no(ADULT, body), "title"), "{bad:?}");
        }
    }
    house.ok(ADULT, set(TAP, TicketField::Title(format!(" {longest} "))));
    assert_eq!(house.at(TAP).title, longest);
}

#[test]
fn a_category_is_a_name_from_the_beginning() {
    let mut house = House::new();
    for bad in [" ", "two\nlines"] {
        let mut new = new_ticket(OTHER, CHORES);
        new.category = Some(bad.to_owned());
        let refusal = house.no(ADULT, CommandBody::TicketCreate(Box::new(new)));
        assert!(is_invalid(&refusal, "category"));
        let field = TicketField::Category(Some(bad.to_owned()));
        assert!(is_invalid(&house.no(ADULT, set(TAP, field)), "category"));
    }
}

#[test]
fn tags_are_single_words_and_adding_twice_is_once() {
    let mut house = House::new();
    for bad in [
        "",
        " ",
        "two words",
        "two\nlines",
        &"x".repeat(TAG_LIMIT + 1),
    ] {
        assert!(is_invalid(&house.no(ADULT, tag(bad)), "tag"), "{bad:?}");
    }
    house.ok(ADULT, tag(" water "));
    assert_eq!(house.at(TAP).tags, BTreeSet::from(["water".to_owned()]));
    assert_eq!(house.ok(ADULT, tag("water")), []);
    house.ok(ADULT, untag("water"));
    assert!(house.at(TAP).tags.is_empty());
    assert_eq!(house.ok(ADULT, untag("water")), []);
}

#[test]
fn a_ticket_bears_so_many_tags_and_no_more() {
    let mut house = House::new();
    for count in 0..TAG_LIMIT {
        house.ok(ADULT, tag(&format!("t{count}")));
    }
    assert!(is_invalid(&house.no(ADULT, tag("more")), "tags"));
    assert_eq!(house.ok(ADULT, tag("t0")), []);
    let mut new = new_ticket(OTHER, CHORES);
    new.tags = (0..=TAG_LIMIT).map(|count| format!("t{count}")).collect();
    let refusal = house.no(ADULT, CommandBody::TicketCreate(Box::new(new)));
    assert!(is_invalid(&refusal, "tags"));
}

#[test]
fn assigning_hands_over_the_part_and_taking_up_makes_it_active() {
    let mut house = House::new();
    house.ok(GROUP_ADMIN, set(TAP, TicketField::AssignedTo(Some(CHILD))));
    assert_eq!(house.at(TAP).stage, Stage::New);
    assert!(
        house
            .parts(TAP)
            .contains(&(ParticipantRole::Assignee, CHILD))
    );
    house.ok(ADULT, set(TAP, TicketField::AssignedTo(Some(ADULT))));
    assert_eq!(house.at(TAP).stage, Stage::Active);
    let assignees: Vec<_> = house.parts(TAP).into_iter().collect();
    assert!(assignees.contains(&(ParticipantRole::Assignee, ADULT)));
    assert!(!assignees.contains(&(ParticipantRole::Assignee, CHILD)));
    house.ok(ADULT, set(TAP, TicketField::AssignedTo(None)));
    assert!(
        !house
            .parts(TAP)
            .contains(&(ParticipantRole::Assignee, ADULT))
    );
    // And back: the old part is taken up again, not made twice.
    house.ok(ADULT, set(TAP, TicketField::AssignedTo(Some(CHILD))));
    assert!(
        house
            .parts(TAP)
            .contains(&(ParticipantRole::Assignee, CHILD))
    );
}

#[test]
fn a_waiting_note_means_waiting_and_goes_with_it() {
    let mut house = House::new();
    let note = Some("the plumber".to_owned());
    house.ok(ADULT, set(TAP, TicketField::WaitingNote(note.clone())));
    assert_eq!(house.at(TAP).stage, Stage::Waiting);
    assert_eq!(house.at(TAP).waiting_note, note);
    house.ok(ADULT, set(TAP, TicketField::Stage(Stage::Active)));
    assert_eq!(house.at(TAP).waiting_note, None);
}

#[test]
fn what_is_so_already_makes_no_change() {
    let mut house = House::new();
    let ticket = house.at(TAP).clone();
    for field in [
        TicketField::Title(ticket.title.clone()),
        TicketField::Severity(ticket.severity),
        TicketField::Stage(ticket.stage),
        TicketField::WaitingNote(None),
        TicketField::AssignedTo(None),
        TicketField::AssignedGroup(None),
        TicketField::Category(None),
        TicketField::DueDate(None),
        TicketField::SnoozedUntil(None),
        TicketField::QueueId(CHORES),
        TicketField::ParentTicket(None),
        TicketField::MergedInto(None),
    ] {
        assert_eq!(field.current(&ticket), field);
        assert_eq!(house.ok(ADULT, set(TAP, field)), []);
    }
    let set = GroupField::GroupName("Home".to_owned());
    assert_eq!(
        house.ok(
            ADMIN,
            CommandBody::GroupSet {
                group_id: HOME,
                set
            }
        ),
        []
    );
}

#[test]
fn every_field_that_is_set_is_set_alone_and_counts_one_version() {
    let mut house = House::new();
    let other = house.ticket(ADULT, CHORES);
    let parent = house.ticket(ADULT, CHORES);
    for field in [
        TicketField::Title("Drip".to_owned()),
        TicketField::Severity(Severity::Sev2_5),
        TicketField::Stage(Stage::Active),
        TicketField::WaitingNote(Some("rain".to_owned())),
        TicketField::AssignedTo(Some(CHILD)),
        TicketField::AssignedGroup(Some(COUSINS)),
        TicketField::Category(Some("water".to_owned())),
        TicketField::DueDate(Some(START)),
        TicketField::SnoozedUntil(Some(START.plus(60))),
        TicketField::QueueId(SPARE),
        TicketField::ParentTicket(Some(parent)),
        TicketField::MergedInto(Some(other)),
    ] {
        let version = house.at(TAP).common.version;
        house.wait(1);
        house.ok(ADULT, set(TAP, field.clone()));
        let ticket = house.at(TAP);
        assert_eq!(field.current(ticket), field);
        assert_eq!(ticket.common.version, version + 1);
        assert_eq!(ticket.common.last_update, house.now);
    }
}

#[test]
fn fields_point_only_at_what_is_there() {
    let mut house = House::new();
    house.ok(ADMIN, delete(EntityKey::Queue(SPARE)));
    house.ok(ADMIN, delete(EntityKey::Group(BAND)));
    for field in [
        TicketField::QueueId(SPARE),
        TicketField::AssignedGroup(Some(BAND)),
        TicketField::ParentTicket(Some(OTHER)),
        TicketField::MergedInto(Some(OTHER)),
    ] {
        assert!(is_not_found(&house.no(ADULT, set(TAP, field))));
    }
    assert!(is_not_found(&house.no(ADULT, file(OTHER, SPARE, "Lost"))));
}

#[test]
fn a_parent_is_another_ticket_that_one_sees_and_not_below() {
    let mut house = House::new();
    let below = house.ticket(ADULT, CHORES);
    let elsewhere = house.ticket(COUSIN, TRIPS);
    let parent = |of: TicketId, to: TicketId| set(of, TicketField::ParentTicket(Some(to)));
    assert!(is_invalid(
        &house.no(ADULT, parent(TAP, TAP)),
        "parent_ticket"
    ));
    assert!(is_not_found(&house.no(ADULT, parent(TAP, elsewhere))));
    let deep = house.ticket(ADULT, CHORES);
    house.ok(ADULT, parent(deep, below));
    house.ok(ADULT, parent(below, TAP));
    let ring = house.no(ADULT, parent(TAP, deep));
    assert!(is_invalid(&ring, "parent_ticket"));
    assert!(is_invalid(
        &house.no(ADULT, parent(TAP, below)),
        "parent_ticket"
    ));
}

#[test]
fn moving_changes_one_attribute_and_who_sees_the_ticket() {
    let mut house = House::new();
    let before = house.at(TAP).clone();
    let changes = house.ok(ADULT, set(TAP, TicketField::QueueId(TRIPS)));
    assert_eq!(changes.len(), 1);
    let mut after = house.at(TAP).clone();
    assert_eq!(after.queue_id, TRIPS);
    after.queue_id = before.queue_id;
    after.common = before.common.clone();
    assert_eq!(after, before);
    house.ok(COUSIN, resolve(TAP));
    assert!(is_not_found(&house.no(ADULT, reopen(TAP))));
}

#[test]
fn the_description_is_an_item_and_a_version_of_its_own() {
    let mut house = House::new();
    let ticket = house.at(TAP).clone();
    for (version, text) in [(1, "drip"), (2, "drip drop")] {
        house.ok(
            ADULT,
            CommandBody::TicketDescribe {
                ticket_id: TAP,
                description: LongText::from(text),
                base: None,
            },
        );
        let description = house.get(EntityKey::Description(TAP));
        assert_eq!(description.common().version, version);
    }
    assert_eq!(house.at(TAP), &ticket);
}

#[test]
fn a_description_given_at_filing_is_kept_unless_blank() {
    let mut house = House::new();
    for (text, kept) in [("It drips", true), (" \n", false)] {
        let mut new = new_ticket(TicketId(house.fresh()), CHORES);
        new.description = Some(LongText::from(text));
        let key = EntityKey::Description(new.ticket_id);
        house.ok(ADULT, CommandBody::TicketCreate(Box::new(new)));
        assert_eq!(house.records.contains_key(&key), kept);
    }
}
