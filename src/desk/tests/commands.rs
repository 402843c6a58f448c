//! One command, one transaction: numbers, dedupe, order, refusals, races.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{House, Outcome};
use crate::desk::{CommandFrom, DeskError};
use crate::model::command::{Actor, CommandBody};
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::{FamilyId, UserId};
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
    let other = Arc::new(super::Desk::new(
        Arc::clone(&house.desk.table),
        crate::table::blobs::BlobStore::open(house._blobs.path()).expect("blobs"),
        Arc::clone(&house.source) as Arc<dyn Source>,
    ));
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
