//! Taking in what was made elsewhere.

use super::*;
use crate::model::entity::Common;
use crate::model::group::GroupMembership;
use crate::model::import::{BATCH_LIMIT, ImportBatch};
use crate::model::membership::MembershipStatus;
use crate::model::queue::Queue;
use crate::model::status::REOPEN_WINDOW;
use crate::model::user::User;

const OLD: TicketId = TicketId(Uuid::from_u128(0x401));

fn import(entities: impl IntoIterator<Item = Record>) -> CommandBody {
    CommandBody::ImportBatch(ImportBatch {
        system: "jira".to_owned(),
        entities: entities.into_iter().collect(),
    })
}

/// A ticket of long ago, as an importer hands it over.
fn old(house: &House) -> Ticket {
    let mut ticket = house.at(TAP).clone();
    ticket.ticket_id = OLD;
    ticket.common = Common::new(ADULT, Timestamp(1_000_000));
    ticket.common.version = 7;
    ticket
}

fn user(user_id: UserId) -> User {
    User {
        user_id,
        email: None,
        display_name: "Olga".to_owned(),
        is_active: false,
        is_approved: false,
        time_zone: "UTC".to_owned(),
        common: Common::new(ADMIN, START),
    }
}

fn queue(queue_id: QueueId, group_id: GroupId) -> Queue {
    Queue {
        family_id: FAMILY,
        queue_id,
        group_id,
        queue_name: "Old".to_owned(),
        queue_description: String::new(),
        default_severity: None,
        default_assignee: None,
        common: Common::new(ADMIN, START),
    }
}

#[test]
fn only_an_admin_imports() {
    let mut house = House::new();
    let body = import([old(&house).into()]);
    assert!(is_not_allowed(&house.no(GROUP_ADMIN, body)));
}

#[test]
fn an_import_keeps_authors_and_times_and_begins_at_version_one_unnumbered() {
    let mut house = House::new();
    let mut brought = old(&house);
    brought.common.deleted = true;
    let changes = house.ok(ADMIN, import([brought.into()]));
    let Record::Ticket(taken) = &changes[0].after else {
        panic!("{changes:?}");
    };
    assert_eq!(taken.number, None);
    assert_eq!(taken.common, Common::new(ADULT, Timestamp(1_000_000)));
}

#[test]
fn an_import_may_be_repeated_and_leaves_what_is_there_as_it_is() {
    let mut house = House::new();
    let body = import([old(&house).into(), old(&house).into()]);
    assert_eq!(house.ok(ADMIN, body.clone()).len(), 1);
    assert_eq!(house.ok(ADMIN, body.clone()), []);
    house.ok(ADMIN, set(OLD, TicketField::Title("Mine".to_owned())));
    house.ok(ADMIN, delete(EntityKey::Ticket(OLD)));
    assert_eq!(house.ok(ADMIN, body), []);
    assert!(house.at(OLD).common.deleted);
}

#[test]
fn an_import_holds_so_many_entities_and_no_more() {
    let mut house = House::new();
    let many = |count: usize| {
        let entities = (0..count).map(|at| user(UserId(Uuid::from_u128(0x5000 + at as u128))));
        import(entities.map(Record::from))
    };
    let refusal = house.no(ADMIN, many(BATCH_LIMIT + 1));
    assert!(is_invalid(&refusal, "entities"));
    assert_eq!(house.ok(ADMIN, many(BATCH_LIMIT)).len(), BATCH_LIMIT);
}

#[test]
fn nothing_of_another_family_comes_in() {
    let mut house = House::new();
    let mut foreign = old(&house);
    foreign.family_id = FamilyId(Uuid::from_u128(0xFB));
    assert!(is_not_found(&house.no(ADMIN, import([foreign.into()]))));
}

#[test]
fn a_resolved_ticket_whose_window_has_passed_comes_in_closed() {
    let mut house = House::new();
    for (late, status) in [(0, Status::Closed), (1, Status::Resolved)] {
        let mut resolved = old(&house);
        resolved.ticket_id = TicketId(house.fresh());
        let ticket_id = resolved.ticket_id;
        let until = house.now.plus(late);
        resolved.status = Status::Resolved;
        resolved.resolved_date = Some(until.plus(-REOPEN_WINDOW));
        resolved.reopen_until = Some(until);
        house.ok(ADMIN, import([resolved.into()]));
        let ticket = house.at(ticket_id);
        assert_eq!(ticket.status, status);
        assert_eq!(ticket.closed_date, (late == 0).then_some(until));
    }
}

#[test]
fn an_import_refers_to_what_is_here_or_in_the_batch() {
    let mut house = House::new();
    let queue_id = QueueId(Uuid::from_u128(0x601));
    let group_id = GroupId(Uuid::from_u128(0x602));
    let mut ticket = old(&house);
    ticket.queue_id = queue_id;
    let dangling: Vec<Record> = vec![ticket.clone().into(), queue(queue_id, group_id).into()];
    for record in dangling {
        assert!(is_invalid(&house.no(ADMIN, import([record])), "entities"));
    }
    // In whatever order.
    let together = [ticket.into(), queue(queue_id, HOME).into()];
    assert_eq!(house.ok(ADMIN, import(together)).len(), 2);
}

#[test]
fn nothing_comes_into_what_was_deleted_but_an_import_may_still_be_repeated() {
    let mut house = House::new();
    let again = import([
        old(&house).into(),
        house.get(EntityKey::Queue(CHORES)).clone(),
    ]);
    house.ok(ADMIN, again.clone());
    for ticket_id in [OLD, TAP] {
        house.ok(ADMIN, delete(EntityKey::Ticket(ticket_id)));
    }
    house.ok(ADMIN, delete(EntityKey::Queue(CHORES)));
    assert_eq!(house.ok(ADMIN, again), []);
    let mut late = old(&house);
    late.ticket_id = TicketId(house.fresh());
    let refusal = house.no(ADMIN, import([late.into()]));
    assert!(is_invalid(&refusal, "entities"));
    house.ok(ADMIN, delete(EntityKey::Group(BAND)));
    let refusal = house.no(
        ADMIN,
        import([queue(QueueId(Uuid::from_u128(0x603)), BAND).into()]),
    );
    assert!(is_invalid(&refusal, "entities"));
}

#[test]
fn an_imported_ticket_has_the_dates_of_its_status_and_no_others() {
    let mut house = House::new();
    let recent = house.now.plus(-60);
    for (status, resolved, until, closed) in [
        (Status::Open, None, None, None),
        (
            Status::Resolved,
            Some(recent),
            Some(recent.plus(REOPEN_WINDOW)),
            None,
        ),
        (Status::Closed, None, None, Some(recent)),
    ] {
        let mut ticket = old(&house);
        ticket.ticket_id = TicketId(house.fresh());
        let ticket_id = ticket.ticket_id;
        ticket.status = status;
        ticket.common.last_update = recent;
        if status == Status::Open {
            ticket.resolved_date = Some(recent);
            ticket.closed_date = Some(recent);
        }
        house.ok(ADMIN, import([ticket.into()]));
        let taken = house.at(ticket_id);
        assert_eq!(taken.status, status);
        assert_eq!(
            (taken.resolved_date, taken.reopen_until, taken.closed_date),
            (resolved, until, closed)
        );
    }
}

#[test]
fn an_import_makes_neither_logins_nor_admins_nor_families() {
    let mut house = House::new();
    let mut login = user(STRANGER);
    login.is_active = true;
    let mut admin = house.member(ADMIN).clone();
    admin.user_id = STRANGER;
    let family = house.get(EntityKey::Family(FAMILY)).clone();
    for record in [login.into(), admin.into(), family] {
        assert!(is_invalid(&house.no(ADMIN, import([record])), "entities"));
    }
    house.ok(ADMIN, import([user(STRANGER).into()]));
}

#[test]
fn people_of_other_places_may_come_with_their_groups() {
    let mut house = House::new();
    let mut member = house.member(ADULT).clone();
    member.user_id = STRANGER;
    let place = GroupMembership {
        family_id: FAMILY,
        group_id: HOME,
        user_id: STRANGER,
        status: MembershipStatus::Member,
        is_admin: false,
        request_date: START,
        common: Common::new(ADMIN, START),
    };
    house.ok(ADMIN, import([member.into(), place.into()]));
    house.ok(STRANGER, resolve(TAP));
}
