//! What reading and writing cost as the family grows: nothing reads a whole table for one answer.

use std::collections::HashMap;
use std::sync::mpsc::{self, Receiver};

use rusqlite::StatementStatus;
use rusqlite::trace::{TraceEvent, TraceEventCodes};

use super::*;

/// More rows than one screen, form or page of the log needs, and far fewer than there are.
const A_FEW: i32 = 60;

#[test]
fn no_question_reads_a_whole_table() {
    let mut house = lived_in();
    let ticket_id = house.list(&house.all()).rows[0].ticket_id;
    let own = house.comment(ticket_id, "said here and not sent yet");
    house.local(CommandBody::CommentAdd(own)).expect("given");
    let walks = watch(&mut house);
    let mut asked = 0;
    for question in questions(&house, ticket_id) {
        house.replica.answer(&question).expect("an answer");
        asked += assert_short(&walks, &question);
    }
    assert!(asked > 30);
}

#[test]
fn nothing_that_is_written_reads_a_whole_table() {
    let mut house = lived_in();
    let walks = watch(&mut house);
    let mut dice = Dice(6);
    let mut given = 0;
    for _ in 0..240 {
        house.advance(60);
        let body = house.random_body(&mut dice);
        let what = format!("{body:?}");
        given += usize::from(house.local(body).is_ok());
        assert_short(&walks, &what);
        if dice.roll(10) == 0 {
            house.push();
            assert_short(&walks, &"what goes to the backend");
            house.live(&mut dice, 5);
            house.pull();
            assert_short(&walks, &"what comes from the backend");
        }
    }
    assert!(given > 100);
}

/// A pass asks so each time; what was done in a year of families that one is in is no part of it.
#[test]
fn what_one_is_not_in_any_more_is_told_without_reading_all_that_was_done() {
    let mut house = lived_in();
    let mut dice = Dice(6);
    for _ in 0..240 {
        house.advance(60);
        let body = house.random_body(&mut dice);
        // One that a rule refuses is none.
        let _ = house.local(body);
        house.push();
        house.pull();
    }
    let settled = house.replica.settled_last(house.family_id, 1000);
    assert!(settled.expect("read").len() > 100);
    let mut session = house.session();
    let walks = watch(&mut house);
    assert_eq!(house.replica.left_behind(&session).expect("told"), []);
    assert!(assert_short(&walks, &"who is in the session") > 0);
    session.families.clear();
    let left = house.replica.left_behind(&session).expect("told");
    assert_eq!(left, [house.family_id]);
}

fn lived_in() -> House {
    let mut house = House::new();
    house.live(&mut Dice(5), 900);
    house.pull();
    assert!(house.backend.entities.len() > 300);
    house
}

/// A statement that has run, and how many rows of whole tables it has gone through.
type Walk = (String, i32);

/// Tells of everything that the store runs from now on.
fn watch(house: &mut House) -> Receiver<Walk> {
    let (walked, walks) = mpsc::channel();
    // A statement that is kept counts on.
    let mut before: HashMap<String, i32> = HashMap::new();
    let told = move |event: TraceEvent<'_>| {
        if let TraceEvent::Profile(statement, _) = event {
            let sql = statement.sql().into_owned();
            let all = statement.get_status(StatementStatus::FullscanStep);
            let known = before.insert(sql.clone(), all).unwrap_or(0);
            let steps = if all < known { all } else { all - known };
            // At the end nobody listens any more.
            let _ = walked.send((sql, steps));
        }
    };
    let profile = TraceEventCodes::SQLITE_TRACE_PROFILE;
    let conn = &mut house.replica.conn;
    conn.trace_v2(profile, Some(told)).expect("traced");
    walks
}

/// How many statements have run; none has gone through a whole table.
fn assert_short(walks: &Receiver<Walk>, what: &dyn std::fmt::Debug) -> usize {
    let mut run = 0;
    for (sql, steps) in walks.try_iter() {
        run += 1;
        assert!(steps < A_FEW, "{what:?} reads {steps} rows by {sql}");
    }
    run
}

/// What the screen asks.
fn questions(house: &House, ticket_id: TicketId) -> Vec<Question> {
    let family_id = house.family_id;
    let key = EntityKey::Ticket(ticket_id);
    let histories = [
        HistoryOf::Family(family_id),
        HistoryOf::Queue(family_id, house.queues[0]),
        HistoryOf::Entity(family_id, key),
        HistoryOf::Ticket(family_id, ticket_id),
    ];
    let histories = histories.map(|of| Question::History {
        of,
        from: HistoryFrom::Newest,
        limit: 10,
    });
    let places = [
        Place::Family(family_id),
        Place::Queue(family_id, house.queues[0]),
        Place::AssignedTo(family_id, house.me),
    ];
    let boards = places.map(|place| Question::Board {
        place,
        now: house.backend.now,
        per_band: 5,
        days: 14,
    });
    let lists = places.map(ListQuery::all).into_iter();
    let typed = ["is:open", "12", "said -thing", "tag:garden", "is:merged"];
    let lists = lists.chain(typed.map(|text| house.typed(text)));
    let anchors = [Anchor::Top, Anchor::Bottom, Anchor::Ticket(ticket_id, None)];
    let lists = lists.flat_map(|query| {
        anchors.map(|anchor| Question::List {
            query: query.clone(),
            anchor,
            before: 5,
            after: 5,
        })
    });
    let thread = Question::Thread {
        ticket_id,
        first: 0,
        limit: 100,
    };
    let triage = Question::Triage {
        family_id,
        passed: vec![ticket_id],
    };
    let draft = DraftKey {
        family_id,
        about: Some(ticket_id.0),
        kind: DraftKind::Comment,
    };
    let others = [
        Question::Families,
        Question::Family(family_id),
        Question::Login(family_id),
        Question::Names,
        thread,
        triage,
        Question::Draft(draft),
        Question::Outbox,
        Question::OutboxEntries { limit: 10 },
        Question::Deeds,
        Question::Deleted {
            family_id,
            after: None,
            limit: 10,
        },
        Question::Texts { family_id, key },
    ];
    let all = others.into_iter().chain(histories).chain(boards);
    all.chain(lists).collect()
}
