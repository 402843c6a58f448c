//! The order of what was said.

use super::*;

fn bodies(thread: &Thread) -> Vec<(usize, &str)> {
    thread
        .comments
        .iter()
        .map(|it| (it.depth, it.body.as_str()))
        .collect()
}

#[test]
fn answers_stand_below_what_they_answer_in_whatever_order_they_arrive() {
    let mut house = House::new();
    let ticket_id = house.filed("Boiler");
    let mut comments = Vec::new();
    for (body, answers) in [
        ("a", None),
        ("b", None),
        ("a1", Some(0)),
        ("a11", Some(2)),
        ("b1", Some(1)),
        ("a2", Some(0)),
    ] {
        house.advance(10);
        let mut new = house.comment(ticket_id, body);
        new.reply_to = answers.map(|n: usize| comments[n]);
        comments.push(new.comment_id);
        house.remote(CommandBody::CommentAdd(new));
    }
    house.pull();
    let order = [
        (0, "a"),
        (1, "a1"),
        (2, "a11"),
        (1, "a2"),
        (0, "b"),
        (1, "b1"),
    ];
    assert_eq!(bodies(&house.thread(ticket_id).expect("a thread")), order);

    let mut records: Vec<Record> = house.backend.entities.values().cloned().collect();
    records.reverse();
    let mut other = Replica::in_memory().expect("a store");
    let page = SnapshotPage {
        start: house.backend.head(),
        rows: records.into(),
        next: None,
        head: house.backend.head(),
        own: None,
        tickets: None,
    };
    other
        .apply_snapshot_page(house.family_id, &page)
        .expect("a page");
    other
        .apply_snapshot_finish(house.family_id, LogHere::Stays)
        .expect("finished");
    house.replica = other;
    let thread = house.thread(ticket_id).expect("a thread");
    assert_eq!(bodies(&thread), order);
    assert_eq!(thread.total, 6);

    let part = house.replica.answer(&Question::Thread {
        ticket_id,
        first: 2,
        limit: 2,
    });
    let Answer::Thread(Some(part)) = part.expect("an answer") else {
        panic!("no thread")
    };
    assert_eq!(bodies(&part), order[2..4]);
    assert_eq!((part.first, part.total), (2, 6));
}

#[test]
fn a_deleted_comment_is_not_shown_and_its_answers_stay() {
    let mut house = House::new();
    let ticket_id = house.filed("Boiler");
    let first = house.comment(ticket_id, "first");
    let first_id = first.comment_id;
    let mut second = house.comment(ticket_id, "second");
    second.reply_to = Some(first_id);
    house.remote(CommandBody::CommentAdd(first));
    house.remote(CommandBody::CommentAdd(second));
    house.remote(CommandBody::EntityDelete(EntityKey::Comment(
        ticket_id, first_id,
    )));
    house.pull();
    let thread = house.thread(ticket_id).expect("a thread");
    assert_eq!(bodies(&thread), [(1, "second")]);
    assert_eq!(thread.total, 1);
    assert!(house.search("first").is_empty());
}

#[test]
fn a_thread_that_goes_in_a_circle_or_very_deep_ends() {
    let mut house = House::new();
    let ticket_id = house.filed("Boiler");
    let mut above = None;
    for n in 0..40 {
        house.advance(1);
        let mut new = house.comment(ticket_id, &n.to_string());
        new.reply_to = above;
        above = Some(new.comment_id);
        house.remote(CommandBody::CommentAdd(new));
    }
    let last = above.expect("a comment");
    house.pull();
    assert_eq!(
        house.thread(ticket_id).expect("a thread").comments.len(),
        40
    );
    let mut page = house.backend.pull(house.backend.log.len() as i64, 0);
    for record in house.backend.entities.values_mut() {
        if let Record::Comment(comment) = record {
            comment.common.version += 1;
            comment.reply_to = comment.reply_to.or(Some(last));
            page.shown.push(Record::Comment(comment.clone()));
        }
    }
    house
        .replica
        .apply_pull(house.family_id, &page)
        .expect("applied");
    assert_eq!(
        house.thread(ticket_id).expect("a thread").comments.len(),
        40
    );
}

#[test]
fn the_thread_of_a_merge_is_the_union_with_where_each_was_written() {
    let mut house = House::new();
    let into = house.filed("Boiler");
    let from = house.filed("Heating is cold");
    for (ticket_id, body) in [(into, "one"), (from, "two"), (into, "three")] {
        house.advance(10);
        let said = house.comment(ticket_id, body);
        house.remote(CommandBody::CommentAdd(said));
    }
    house.remote(CommandBody::TicketSet {
        ticket_id: from,
        set: TicketField::MergedInto(Some(into)),
        base: None,
    });
    house.advance(10);
    let said = house.comment(from, "four");
    house.remote(CommandBody::CommentAdd(said));
    house.pull();
    let thread = house.thread(into).expect("a thread");
    assert_eq!(
        bodies(&thread),
        [(0, "one"), (0, "two"), (0, "three"), (0, "four")]
    );
    let origins: Vec<Option<&str>> = thread
        .comments
        .iter()
        .map(|it| it.origin.as_deref())
        .collect();
    assert_eq!(
        origins,
        [None, Some("RIV-2026-0002"), None, Some("RIV-2026-0002")]
    );
    assert_eq!(thread.total, 4);
    assert_eq!(house.titles(&house.all()), ["Boiler"]);
    assert!(
        house.search("heating").is_empty(),
        "what is merged is found through its target"
    );
    house.remote(CommandBody::TicketSet {
        ticket_id: from,
        set: TicketField::MergedInto(None),
        base: None,
    });
    house.pull();
    assert_eq!(house.search("heating"), ["Heating is cold"]);
}
