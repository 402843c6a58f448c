//! Counters that are kept are what counting would give.

use super::*;
use crate::model::comment::Comment;
use crate::model::source::{DAY, HOUR};

/// All tickets that lists show.
pub(super) fn listed(house: &House) -> Vec<Ticket> {
    let sql = "SELECT json FROM ticket ORDER BY id";
    let all: Vec<Ticket> = nouns::all(&house.replica.conn, sql, []).expect("tickets");
    all.into_iter()
        .filter(|it| !it.common.deleted && it.merged_into.is_none())
        .collect()
}

pub(super) fn places(house: &House) -> Vec<Place> {
    let family = house.family_id;
    let mut places = vec![
        Place::Everywhere,
        Place::Family(family),
        Place::Unassigned(family),
    ];
    places.extend(
        house
            .queues
            .iter()
            .map(|queue| Place::Queue(family, *queue)),
    );
    places.extend(
        house
            .people
            .iter()
            .map(|user| Place::AssignedTo(family, *user)),
    );
    places
}

pub(super) fn is_in(ticket: &Ticket, place: Place) -> bool {
    match place {
        Place::Everywhere | Place::Family(_) => true,
        Place::Queue(_, queue) => ticket.queue_id == queue,
        Place::AssignedTo(_, user) => ticket.assigned_to == Some(user),
        Place::Unassigned(_) => ticket.assigned_to.is_none(),
    }
}

/// Every counter against every ticket.
pub(super) fn assert_counters(house: &House) {
    let tickets = listed(house);
    let now = house.backend.now;
    for place in places(house) {
        let here: Vec<&Ticket> = tickets.iter().filter(|it| is_in(it, place)).collect();
        let open: Vec<&&Ticket> = here.iter().filter(|it| it.status == Status::Open).collect();
        let question = Question::Board {
            place,
            now,
            per_band: 3,
            days: 60,
        };
        let Answer::Board(board) = house.replica.answer(&question).expect("an answer") else {
            panic!("not a board");
        };
        for (row, severity) in Severity::ALL.into_iter().enumerate() {
            let of: Vec<_> = open.iter().filter(|it| it.severity == severity).collect();
            assert_eq!(
                board.bands[row].open,
                of.len() as u64,
                "{place:?} {severity}"
            );
            let oldest = of.iter().map(|it| it.common.creation_date).min();
            assert_eq!(board.bands[row].oldest, oldest);
            assert_eq!(board.bands[row].tickets.len(), of.len().min(3));
            let mut heat = [0; 5];
            for ticket in of {
                let age = now.since(ticket.common.creation_date);
                let column = [HOUR, DAY, 7 * DAY, 30 * DAY]
                    .iter()
                    .position(|end| age < *end);
                heat[column.unwrap_or(4)] += 1;
            }
            assert_eq!(board.heat[row], heat, "{place:?} {severity}");
        }
        for day in &board.days {
            let on = |at: Timestamp| (day.begins.0..day.begins.0 + DAY).contains(&at.0);
            let created = here.iter().filter(|it| on(it.common.creation_date)).count();
            let resolved = here
                .iter()
                .filter(|it| it.resolved_date.is_some_and(on))
                .count();
            assert_eq!(
                (day.created, day.resolved),
                (created as u64, resolved as u64)
            );
        }
        let held: u64 = board.holders.iter().map(|it| it.open).sum();
        assert_eq!(held, open.len() as u64, "{place:?}");
        for holder in &board.holders {
            let of = open
                .iter()
                .filter(|it| it.assigned_to == holder.user_id)
                .count();
            assert_eq!(holder.open, of as u64);
        }
    }
    let sql = "SELECT json FROM comment WHERE deleted = 0";
    let said: Vec<Comment> = nouns::all(&house.replica.conn, sql, []).expect("comments");
    for row in house.list(&house.all()).rows {
        let dates = said
            .iter()
            .filter(|it| it.ticket_id == row.ticket_id)
            .map(|it| it.comment_date);
        assert_eq!(row.comments, dates.clone().count() as u64);
        let thread = house.thread(row.ticket_id).expect("a thread");
        let last = thread.ticket.common.last_update;
        assert_eq!(row.last_activity, dates.chain([last]).max().expect("one"));
        assert_eq!(thread.total, thread.comments.len() as u64);
    }
}

#[test]
fn counters_are_what_counting_gives_whatever_happens() {
    for seed in 0..4 {
        let mut house = House::new();
        let mut dice = Dice(seed);
        for _ in 0..4 {
            house.live(&mut dice, 80);
            house.pull();
            assert_counters(&house);
        }
    }
}

#[test]
fn the_family_view_counts_what_is_open() {
    let mut house = House::new();
    let ticket_id = house.filed("Mine");
    house.filed("Nobody's");
    house.remote(CommandBody::TicketSet {
        ticket_id,
        set: TicketField::AssignedTo(Some(house.me)),
        base: None,
    });
    house.pull();
    let mut session = house.session();
    assert!(
        house
            .replica
            .note_session(&session)
            .expect("noted")
            .is_empty()
    );
    let Answer::Family(Some(view)) = house
        .replica
        .answer(&Question::Family(house.family_id))
        .expect("an answer")
    else {
        panic!("no family");
    };
    assert_eq!((view.my_work, view.unassigned), (1, 1));
    assert_eq!(view.me.display_name, "Ana");
    assert_eq!(view.people.len(), 3);
    assert_eq!(view.queues.iter().map(|it| it.open).sum::<u64>(), 2);
    assert_eq!(view.open_by_severity.iter().sum::<u64>(), 2);
    let Answer::Families(families) = house
        .replica
        .answer(&Question::Families)
        .expect("an answer")
    else {
        panic!("no families");
    };
    assert_eq!(
        (families[0].family_name.as_str(), families[0].open),
        ("Rivera", 2)
    );

    session.families.clear();
    assert_eq!(
        house.replica.note_session(&session).expect("noted"),
        [house.family_id]
    );
    assert!(
        house
            .list(&ListQuery::open(Place::Everywhere))
            .rows
            .is_empty()
    );
    assert_eq!(
        house
            .replica
            .answer(&Question::Families)
            .expect("an answer"),
        Answer::Families(Vec::new())
    );
}
