//! What a replica is fed.

use super::{House, Outcome};
use crate::desk::{CommandFrom, DeskError};
use crate::model::audit::Action;
use crate::model::command::CommandBody;
use crate::model::id::{DeviceId, UserId};
use crate::model::record::Record;
use crate::model::source::Source;
use crate::wire::cursor::Cursor;

#[tokio::test]
async fn the_log_is_fed_in_pages_from_any_cursor() {
    let house = House::new().await;
    let ticket_id = house.ticket("one").await;
    house.ok(house.comment(ticket_id, "hello")).await;
    let mut cursor: Option<Cursor> = None;
    let mut seqs = Vec::new();
    loop {
        let pull = house
            .desk
            .pull(house.family, house.ana, house.device, cursor.as_ref(), 3)
            .await
            .expect("readable");
        seqs.extend(pull.events.iter().map(|event| event.seq));
        cursor = Some(pull.cursor);
        if !pull.more {
            assert_eq!(cursor, Some(pull.head));
            break;
        }
    }
    assert_eq!(seqs, (1..=8).collect::<Vec<i64>>());
}

#[tokio::test]
async fn a_cursor_of_another_history_is_refused() {
    let house = House::new().await;
    let here = house.desk.position(house.family).await.expect("a position");
    let mut elsewhere = here.clone();
    elsewhere.epoch = "another".to_owned();
    let mut ahead = here.clone();
    ahead.seq += 1;
    let mut forged = here;
    forged.chain = "0".repeat(32);
    for cursor in [elsewhere, ahead, forged] {
        let pull = house
            .desk
            .pull(house.family, house.ana, house.device, Some(&cursor), 10)
            .await;
        assert!(
            matches!(pull, Err(DeskError::HistoryDiverged)),
            "{cursor:?}"
        );
    }
}

#[tokio::test]
async fn a_device_learns_of_its_refusals_with_the_log() {
    let house = House::new().await;
    let ticket_id = house.ticket("closed").await;
    house.ok(CommandBody::TicketClose { ticket_id }).await;
    let head = house.desk.position(house.family).await.expect("a position");
    let from = CommandFrom {
        device: house.device,
        cseq: 1,
    };
    let reopen = house.command(CommandBody::TicketReopen { ticket_id });
    house.give(&reopen, Some(from)).await.expect("an answer");
    let pull = |device: DeviceId| {
        let (desk, head) = (house.desk.clone(), head.clone());
        let (family, ana) = (house.family, house.ana);
        async move {
            desk.pull(family, ana, device, Some(&head), 10)
                .await
                .expect("readable")
        }
    };
    let mine = pull(house.device).await;
    assert!(mine.events.is_empty());
    assert_eq!(mine.results.len(), 1);
    assert_eq!(mine.results[0].command_id, reopen.command_id);
    assert!(matches!(mine.results[0].outcome, Outcome::Rejected { .. }));
    let others = pull(DeviceId(house.source.fresh())).await;
    assert!(others.results.is_empty());
}

#[tokio::test]
async fn a_snapshot_is_what_the_log_comes_to() {
    let house = House::new().await;
    for index in 0..5 {
        let ticket_id = house.ticket(&format!("ticket {index}")).await;
        house.ok(house.comment(ticket_id, "hello")).await;
    }
    let pull = house
        .desk
        .pull(house.family, house.ana, house.device, None, 1000)
        .await
        .expect("readable");
    let mut from_log: Vec<String> = pull
        .events
        .iter()
        .filter(|event| event.action == Action::Create)
        .map(|event| format!("{:?}", event.entity))
        .collect();
    let mut rows: Vec<Record> = Vec::new();
    let mut page: Option<String> = None;
    loop {
        let snapshot = house
            .desk
            .snapshot(house.family, house.ana, page.as_deref())
            .await
            .expect("readable");
        rows.extend(snapshot.rows);
        page = snapshot.next;
        if page.is_none() {
            assert_eq!(snapshot.start, pull.head);
            break;
        }
    }
    let mut from_rows: Vec<String> = rows.iter().map(|row| format!("{:?}", row.key())).collect();
    from_log.sort();
    from_rows.sort();
    assert_eq!(from_rows, from_log);
}

#[tokio::test]
async fn a_stranger_reads_nothing() {
    let house = House::new().await;
    house.ticket("private").await;
    let stranger = UserId(house.source.fresh());
    let pull = house
        .desk
        .pull(house.family, stranger, house.device, None, 10)
        .await;
    assert!(matches!(pull, Err(DeskError::Refused(_))));
    let snapshot = house.desk.snapshot(house.family, stranger, None).await;
    assert!(matches!(snapshot, Err(DeskError::Refused(_))));
}
