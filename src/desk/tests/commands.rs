//! One command, one transaction: numbers, dedupe, order, refusals, races.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{House, Outcome, give_up_after};
use crate::desk::{CommandFrom, DeskError};
use crate::model::command::{Actor, CommandBody};
use crate::model::comment::Comment;
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::{FamilyId, UserId};
use crate::model::import::ImportBatch;
use crate::model::record::Record;
use crate::model::refusal::Refusal;
use crate::model::source::Source;
use crate::table::keys::Scope;
use crate::table::patterns;

#[tokio::test]
async fn numbers_are_gapless_per_year_in_the_familys_time_zone() {
    let house = House::new().await;
    let first = house.ticket("one").await;
    let second = house.ticket("two").await;
    // 23:30 UTC on New Year's Eve is the next year in Madrid.
    house
        .source
        .set(crate::model::source::Timestamp(1_798_759_800));
    let third = house.ticket("three").await;
    let mut numbers = Vec::new();
    for ticket in [first, second, third] {
        numbers.push(
            house
                .read_ticket(ticket)
                .await
                .number
                .expect("a number")
                .to_string(),
        );
    }
    assert_eq!(numbers, ["RIV-2026-0001", "RIV-2026-0002", "RIV-2027-0001"]);
}

#[tokio::test]
async fn the_same_command_again_gets_its_first_answer_and_changes_nothing() {
    let house = House::new().await;
    let (ticket_id, body) = house.new_ticket("once");
    let command = house.command(body);
    let first = house.give(&command, None).await.expect("an answer");
    let again = house.give(&command, None).await.expect("an answer");
    assert_eq!(first, again);
    let head = patterns::head(house.desk.table.as_ref(), Scope::Family(house.family))
        .await
        .expect("readable")
        .expect("a head");
    let Outcome::Applied { seq, .. } = first.outcome else {
        panic!("{first:?}");
    };
    assert_eq!(head.n, seq);
    assert_eq!(house.read_ticket(ticket_id).await.common.version, 1);
}

#[tokio::test]
async fn a_refusal_is_remembered_too() {
    let house = House::new().await;
    let ticket_id = house.ticket("closed").await;
    house.ok(CommandBody::TicketClose { ticket_id }).await;
    let command = house.command(CommandBody::TicketReopen { ticket_id });
    let first = house.give(&command, None).await.expect("an answer");
    let Outcome::Rejected { problem, .. } = &first.outcome else {
        panic!("{first:?}");
    };
    assert!(matches!(problem.refusal, Some(Refusal::WrongStatus { .. })));
    assert_eq!(house.give(&command, None).await.expect("an answer"), first);
}

#[tokio::test]
async fn a_devices_commands_come_in_order_without_gaps_or_doubles() {
    let house = House::new().await;
    let at = |cseq| {
        Some(CommandFrom {
            device: house.device,
            cseq,
        })
    };
    let (_, one) = house.new_ticket("one");
    let one = house.command(one);
    let (_, two) = house.new_ticket("two");
    let two = house.command(two);
    let early = house.give(&two, at(2)).await;
    assert!(matches!(early, Err(DeskError::CseqGap { want: 1, got: 2 })));
    let first = house.give(&one, at(1)).await.expect("an answer");
    assert_eq!(house.give(&one, at(1)).await.expect("an answer"), first);
    let fork = house.give(&two, at(1)).await;
    assert!(matches!(fork, Err(DeskError::DeviceFork { cseq: 1 })));
    house.give(&two, at(2)).await.expect("an answer");
}

#[tokio::test]
async fn a_family_that_is_not_yours_answers_as_one_that_is_not_there() {
    let house = House::new().await;
    let stranger = Actor::user(UserId(house.source.fresh()));
    let (_, body) = house.new_ticket("let me in");
    let command = house.command(body);
    let not_mine = house
        .desk
        .execute(house.family, &stranger, &command, None)
        .await;
    let not_there = house
        .desk
        .execute(FamilyId(house.source.fresh()), &stranger, &command, None)
        .await;
    let expected = Refusal::NotFound {
        what: EntityType::Family,
    };
    for answer in [not_mine, not_there] {
        match answer {
            Err(DeskError::Refused(refusal)) => assert_eq!(refusal, expected),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn many_at_once_are_all_taken_with_gapless_numbers_and_an_unbroken_chain() {
    let house = Arc::new(House::new().await);
    let mut tasks = Vec::new();
    for index in 0..50 {
        let house = Arc::clone(&house);
        tasks.push(tokio::spawn(async move {
            let ticket_id = house.ticket(&format!("ticket {index}")).await;
            house.ok(house.comment(ticket_id, "and more")).await;
            house.ok(CommandBody::TicketResolve { ticket_id }).await;
            house
                .read_ticket(ticket_id)
                .await
                .number
                .expect("a number")
                .count
        }));
    }
    let mut counts = BTreeSet::new();
    for task in tasks {
        counts.insert(task.await.expect("no panic"));
    }
    assert_eq!(counts, (1..=50).collect());
    let verified = house
        .desk
        .verify(house.family, house.ana)
        .await
        .expect("readable");
    assert_eq!(verified.broken, None);
    // The family and its admin, the group and its member, the queue; then per ticket its
    // creation, its requester, its comment and its resolution.
    assert_eq!(verified.records, 5 + 50 * 4);
    let head = house
        .desk
        .head(house.family)
        .await
        .expect("readable")
        .expect("a head");
    assert_eq!(head.open_by_severity().values().sum::<u32>(), 0);
}

#[tokio::test]
async fn two_desks_on_one_table_lose_nothing() {
    let house = Arc::new(House::new().await);
    let other = house.other_desk();
    let mut tasks = Vec::new();
    for index in 0..20 {
        let house = Arc::clone(&house);
        let desk = if index % 2 == 0 {
            Arc::clone(&house.desk)
        } else {
            Arc::clone(&other)
        };
        tasks.push(tokio::spawn(async move {
            let (_, body) = house.new_ticket(&format!("ticket {index}"));
            let command = house.command(body);
            desk.execute(house.family, &Actor::user(house.ana), &command, None)
                .await
                .expect("an answer")
        }));
    }
    for task in tasks {
        let verdict = task.await.expect("no panic");
        assert!(matches!(verdict.outcome, Outcome::Applied { .. }));
    }
    let verified = other
        .verify(house.family, house.ana)
        .await
        .expect("readable");
    assert_eq!((verified.records, verified.broken), (5 + 20 * 2, None));
}

#[tokio::test]
async fn a_queue_with_tickets_and_a_parent_with_open_children_stay() {
    let house = House::new().await;
    let parent = house.ticket("parent").await;
    let (child, mut body) = house.new_ticket("child");
    if let CommandBody::TicketCreate(new) = &mut body {
        new.parent_ticket = Some(parent);
    }
    house.ok(body).await;
    let resolve = house.command(CommandBody::TicketResolve { ticket_id: parent });
    let verdict = house.give(&resolve, None).await.expect("an answer");
    let Outcome::Rejected { problem, .. } = verdict.outcome else {
        panic!("the parent was resolved over its open child");
    };
    assert_eq!(
        problem.refusal,
        Some(Refusal::OpenChildren {
            tickets: vec!["RIV-2026-0002".to_owned()]
        })
    );
    let delete = house.command(CommandBody::EntityDelete(EntityKey::Queue(house.it)));
    let verdict = house.give(&delete, None).await.expect("an answer");
    assert!(matches!(verdict.outcome, Outcome::Rejected { .. }));
    house
        .ok(CommandBody::TicketResolve { ticket_id: child })
        .await;
    house
        .ok(CommandBody::TicketResolve { ticket_id: parent })
        .await;
}

#[tokio::test]
async fn a_caller_that_stops_waiting_holds_nobody_up() {
    let house = House::new().await;
    for polls in 1..12 {
        let (_, body) = house.new_ticket("given and left");
        let command = house.command(body);
        give_up_after(polls, house.give(&command, None)).await;
        // A refusal waits until nothing is in flight.
        let ticket_id = crate::model::id::TicketId(house.source.fresh());
        let nowhere = house.command(CommandBody::TicketClose { ticket_id });
        let verdict = house.give(&nowhere, None).await.expect("an answer");
        assert!(matches!(verdict.outcome, Outcome::Rejected { .. }));
        house.give(&command, None).await.expect("an answer");
    }
    let verified = house.desk.verify(house.family, house.ana).await;
    assert_eq!(verified.expect("readable").records, 5 + 11 * 2);
}

#[tokio::test]
async fn a_device_that_begins_anew_sends_what_is_known_and_goes_on_counting() {
    let house = House::new().await;
    let (_, old) = house.new_ticket("sent before");
    let old = house.command(old);
    let (_, new) = house.new_ticket("not sent yet");
    let new = house.command(new);
    let at = |device, cseq| Some(CommandFrom { device, cseq });
    let first = house.give(&old, at(house.device, 1)).await.expect("taken");
    let anew = crate::model::id::DeviceId(house.source.fresh());
    let again = house.give(&old, at(anew, 1)).await.expect("known");
    assert_eq!(again, first);
    let next = house.give(&new, at(anew, 2)).await.expect("taken");
    assert!(matches!(next.outcome, Outcome::Applied { changes: 2, .. }));
}

#[tokio::test]
async fn a_stray_family_in_a_members_command_is_a_refusal_like_any_other() {
    let house = House::new().await;
    let mut comment = stray_comment(&house).await;
    comment.family_id = FamilyId(house.source.fresh());
    let batch = ImportBatch {
        system: "jira".to_owned(),
        entities: vec![Record::Comment(comment)],
    };
    let import = house.command(CommandBody::ImportBatch(batch));
    let verdict = house.give(&import, None).await.expect("an answer");
    assert!(matches!(verdict.outcome, Outcome::Rejected { .. }));
}

#[tokio::test]
async fn what_the_table_would_never_take_is_refused_once_and_for_all() {
    let house = House::new().await;
    let ticket_id = house.ticket("a log of a terminal").await;
    // Six bytes each in JSON: too much for an item, though not for a text.
    let text = "\u{1}".repeat(60 * 1024);
    let describe = |text: &str| CommandBody::TicketDescribe {
        ticket_id,
        description: text.into(),
        base: None,
    };
    house.ok(describe(&text)).await;
    let more = house.command(describe(&format!("{text}!")));
    let verdict = house.give(&more, None).await.expect("an answer");
    assert!(
        matches!(verdict.outcome, Outcome::Rejected { .. }),
        "{verdict:?}"
    );
}

#[tokio::test]
async fn two_tickets_of_one_outside_name_are_refused_instead_of_tried_for_ever() {
    let house = House::new().await;
    let import = |external: &str| {
        let ticket_id = crate::model::id::TicketId(house.source.fresh());
        let house = &house;
        let external = external.to_owned();
        async move {
            let template = house.ticket("template").await;
            let mut ticket = house.read_ticket(template).await;
            ticket.ticket_id = ticket_id;
            ticket.external_ref = Some(external);
            Record::Ticket(ticket)
        }
    };
    let one = import("jira:A-1").await;
    let same = import("jira:A-1").await;
    let [b, c] = [import("jira:B-1").await, import("jira:B-1").await];
    let batch = |entities| {
        CommandBody::ImportBatch(ImportBatch {
            system: "jira".to_owned(),
            entities,
        })
    };
    house.ok(batch(vec![one])).await;
    for entities in [vec![same], vec![b, c]] {
        let import = house.command(batch(entities));
        let verdict = house.give(&import, None).await.expect("an answer");
        assert!(
            matches!(verdict.outcome, Outcome::Rejected { .. }),
            "{verdict:?}"
        );
    }
}

async fn stray_comment(house: &House) -> Comment {
    let ticket_id = house.ticket("somewhere").await;
    house.ok(house.comment(ticket_id, "hello")).await;
    let table = house.desk.table.as_ref();
    let window = patterns::Window::first(1);
    let comments = patterns::comments(table, house.family, ticket_id, window).await;
    comments.expect("readable").items.remove(0)
}
