//! A replica can be rebuilt from nothing with the same rows.

use super::*;

async fn busy_house() -> House {
    let house = House::new().await;
    for index in 0..30 {
        house.source.advance(60);
        let severity = Severity::ALL[index % 6];
        let ticket_id = house.ticket(&format!("ticket {index}"), severity).await;
        let mut commands = vec![
            house.comment(ticket_id, "first", false),
            house.comment(ticket_id, "second", true),
        ];
        match index % 4 {
            0 => commands.push(CommandBody::TicketResolve { ticket_id }),
            1 => commands.push(CommandBody::TicketSet {
                ticket_id,
                set: TicketField::AssignedTo(Some(house.station.me())),
                base: None,
            }),
            2 => commands.push(CommandBody::TicketSet {
                ticket_id,
                set: TicketField::QueueId(house.kitchen),
                base: None,
            }),
            _ => {}
        }
        house.give(commands).await;
    }
    house.sync().await;
    house
}

#[tokio::test]
async fn a_snapshot_gives_the_same_rows_as_the_log() {
    let house = busy_house().await;
    let fed = house.fingerprint().await;
    let board = house.board().await;
    house.station.rebuild(house.family).await.expect("rebuilt");
    assert_eq!(house.fingerprint().await, fed);
    assert_eq!(house.board().await, board);
}

#[tokio::test]
async fn an_empty_replica_fed_from_the_log_has_the_same_rows() {
    let house = busy_house().await;
    let me = house.station.me();
    let elsewhere = tempfile::tempdir().expect("a folder");
    let fresh = station(&house.desk, &house.source, &elsewhere, me, None);
    fresh.sync().await.expect("synced");
    let family = house.family;
    let fingerprint = fresh
        .read(move |replica| replica.fingerprint(family))
        .await
        .expect("readable");
    assert_eq!(fingerprint, house.fingerprint().await);
}

#[tokio::test]
async fn what_waits_in_the_outbox_survives_a_rebuild() {
    let house = busy_house().await;
    let ticket_id = house.ticket("not sent yet", Severity::Sev2).await;
    house.station.rebuild(house.family).await.expect("rebuilt");
    assert!(house.thread(ticket_id).await.unsent);
    house.sync().await;
    let thread = house.thread(ticket_id).await;
    assert!(!thread.unsent);
    assert!(thread.ticket.number.is_some());
}
