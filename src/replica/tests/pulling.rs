//! Taking in pages of the log and snapshots.

use super::*;
use crate::model::command::Base;
use crate::model::entity::Common;
use crate::model::user::User;
use crate::wire::session::Session;

#[test]
fn what_is_pulled_is_what_the_backend_has() {
    let mut house = House::new();
    house.live(&mut Dice(1), 200);
    let applied = house.pull();
    assert!(applied.changed && applied.missing.is_empty());
    house.assert_same_as_backend();
}

#[test]
fn a_page_may_be_applied_again_and_a_log_in_any_pages() {
    let mut house = House::new();
    house.live(&mut Dice(2), 100);
    let mut after = house
        .replica
        .place(house.family_id)
        .expect("place")
        .expect("here")
        .0
        .seq;
    while after < house.backend.log.len() as i64 {
        let page = house.backend.pull(after, 13);
        for _ in 0..2 {
            house
                .replica
                .apply_pull(house.family_id, &page)
                .expect("applied");
        }
        after = page.to;
    }
    let first = house.backend.pull(0, 5);
    house
        .replica
        .apply_pull(house.family_id, &first)
        .expect("applied");
    house.assert_same_as_backend();
    let (cursor, witness) = house
        .replica
        .place(house.family_id)
        .expect("place")
        .expect("here");
    assert_eq!(cursor, house.backend.head());
    assert_eq!(witness, house.backend.head());
}

#[test]
fn a_gap_is_reported_and_nothing_is_taken_in_until_the_row_is_there() {
    let mut house = House::new();
    let ticket_id = house.filed("Boiler");
    let place = house.replica.place(house.family_id).expect("place");
    let mut page = house
        .backend
        .pull(place.clone().expect("here").0.seq, usize::MAX);
    let changed = house.command(CommandBody::TicketTag {
        ticket_id,
        tag: "heating".to_owned(),
    });
    house.backend.take(&changed, &Actor::user(house.me));
    let late = house.backend.pull(page.to, usize::MAX);
    page.events
        .retain(|event| event.entity != EntityKey::Ticket(ticket_id));
    page.events.extend(late.events);
    page.to = late.to;
    page.cursor = late.cursor;

    let applied = house
        .replica
        .apply_pull(house.family_id, &page)
        .expect("applied");
    assert_eq!(applied.missing, [EntityKey::Ticket(ticket_id)]);
    assert_eq!(house.replica.place(house.family_id).expect("place"), place);
    assert!(house.list(&house.all()).rows.is_empty());

    page.shown
        .push(house.backend.entities[&EntityKey::Ticket(ticket_id)].clone());
    let applied = house
        .replica
        .apply_pull(house.family_id, &page)
        .expect("applied");
    assert!(applied.missing.is_empty());
    house.assert_same_as_backend();
}

#[test]
fn what_is_hidden_is_gone_from_lists_search_threads_and_history() {
    let mut house = House::new();
    let ticket_id = house.filed("Canarybird");
    let said = house.comment(ticket_id, "Secretword");
    house.remote(CommandBody::CommentAdd(said));
    house.pull();
    assert_eq!(house.search("secretw").len(), 1);

    let mut page = house.backend.pull(house.backend.log.len() as i64, 0);
    page.hidden.push(EntityKey::Ticket(ticket_id));
    house
        .replica
        .apply_pull(house.family_id, &page)
        .expect("applied");
    assert!(house.list(&house.all()).rows.is_empty());
    assert!(house.search("canarybird").is_empty());
    assert!(house.search("secretword").is_empty());
    assert_eq!(house.thread(ticket_id), None);
    let history = house.replica.answer(&Question::History {
        of: HistoryOf::Ticket(house.family_id, ticket_id),
        from: HistoryFrom::Newest,
        limit: 10,
    });
    let Ok(Answer::History(history)) = history else {
        panic!("no history");
    };
    assert_eq!(history.records, []);
    assert!(house.replica.is_untidy().expect("read"));
}

#[test]
fn nothing_of_what_was_hidden_is_left_in_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut house = House::over(Replica::open(folder.path()).expect("a store"));
    let hidden = house.filed("canarytitle");
    let mut described = house.new_ticket("stays");
    described.description = Some(LongText::from("here"));
    house.remote(CommandBody::TicketCreate(Box::new(described)));
    let said = house.comment(hidden, "canarycomment");
    house.remote(CommandBody::CommentAdd(said));
    let describe = |text: &str, over: &str| CommandBody::TicketDescribe {
        ticket_id: hidden,
        description: LongText::from(text),
        base: Some(Base::exactly(LongText::from(over))),
    };
    house.remote(describe("canarytext", ""));
    house.pull();
    // One's own words stay, without those that they went over: here settled, and there waiting.
    house.local(describe("mine", "canarytext")).expect("taken");
    house.push();
    house.pull();
    let retitle = CommandBody::TicketSet {
        ticket_id: hidden,
        set: TicketField::Title("mine".to_owned()),
        base: Some(Base::exactly(TicketField::Title("canarytitle".to_owned()))),
    };
    house.local(retitle).expect("taken");
    let mut page = house.backend.pull(house.backend.log.len() as i64, 0);
    page.hidden.push(EntityKey::Ticket(hidden));
    house
        .replica
        .apply_pull(house.family_id, &page)
        .expect("applied");
    house.replica.tidy().expect("tidied");
    assert!(!house.replica.is_untidy().expect("read"));
    assert_eq!(house.search("stays"), ["stays"]);
    for entry in std::fs::read_dir(folder.path()).expect("folder") {
        let bytes = std::fs::read(entry.expect("entry").path()).expect("file");
        for canary in ["canarytitle", "canarycomment", "canarytext"] {
            assert!(
                !bytes
                    .windows(canary.len())
                    .any(|part| part == canary.as_bytes()),
                "{canary}"
            );
        }
    }
}

#[test]
fn a_rebuilt_store_is_the_same_and_keeps_what_is_pending() {
    let mut house = House::new();
    house.live(&mut Dice(3), 150);
    house.pull();
    house
        .local(CommandBody::TicketCreate(Box::new(
            house.new_ticket("Mine"),
        )))
        .expect("taken");
    let before = house.replica.fingerprint(house.family_id).expect("hash");
    let listed = house.list(&house.all());

    let mut replica = std::mem::replace(&mut house.replica, Replica::in_memory().expect("a store"));
    house.bootstrap(&mut replica);
    house.replica = replica;
    assert_eq!(
        house.replica.fingerprint(house.family_id).expect("hash"),
        before
    );
    assert_eq!(house.list(&house.all()), listed);
    assert_eq!(
        house
            .replica
            .pending(house.family_id)
            .expect("pending")
            .len(),
        1
    );
    counters::assert_counters(&house);
}

#[test]
fn an_event_of_a_newer_program_is_kept_and_not_shown() {
    let mut house = House::new();
    house.filed("Old");
    let mut page = house.backend.pull(
        house
            .replica
            .place(house.family_id)
            .expect("place")
            .expect("here")
            .0
            .seq,
        99,
    );
    let mut strange = page.events[0].clone();
    strange.seq = page.to + 1;
    strange.version = 2;
    strange.after = Some(serde_json::json!({"shape": "unheard of"}));
    page.to += 1;
    page.cursor.seq += 1;
    page.events.push(strange.clone());
    let applied = house
        .replica
        .apply_pull(house.family_id, &page)
        .expect("applied");
    assert_eq!(applied.newer, 1);
    let history = house.replica.answer(&Question::History {
        of: HistoryOf::Family(house.family_id),
        from: HistoryFrom::Newest,
        limit: 1,
    });
    let Ok(Answer::History(history)) = history else {
        panic!("no history");
    };
    assert_eq!(history.records, [strange]);
}

#[test]
fn a_family_that_one_was_put_out_of_while_it_was_fetched_goes_with_all_that_was_decided() {
    let mut house = House::new();
    let new = house.new_ticket("drip");
    house
        .local(CommandBody::TicketCreate(Box::new(new)))
        .expect("taken");
    house.push();
    let user = User {
        user_id: house.me,
        email: None,
        display_name: "Ana".to_owned(),
        is_active: true,
        is_approved: true,
        time_zone: "UTC".to_owned(),
        common: Common::new(house.me, START),
    };
    let nowhere = Session {
        user,
        families: Vec::new(),
        refused: None,
        time: None,
        trouble: None,
        present: Default::default(),
    };
    // No session ever named the family: its copy is there all the same.
    assert!(!house.replica.knows_session(&nowhere).expect("looked"));
    let gone = house.replica.note_session(&nowhere).expect("noted");
    assert_eq!(gone, [house.family_id]);
    assert_eq!(house.replica.pending(house.family_id).expect("read"), []);
    assert!(
        house
            .list(&ListQuery::all(Place::Everywhere))
            .rows
            .is_empty()
    );
    assert!(house.replica.knows_session(&nowhere).expect("looked"));
}
