//! A ticket's life, as the person sees it.

use super::*;
use famdesk::model::status::{Stage, Status};

#[tokio::test]
async fn what_one_does_shows_at_once_and_stays_through_sync() {
    let house = House::new().await;
    let ticket_id = house.ticket("Wi-Fi is down", Severity::Sev1).await;
    house
        .give(vec![house.comment(ticket_id, "The light is red", false)])
        .await;

    let before = house.thread(ticket_id).await;
    assert!(before.unsent);
    assert_eq!(before.ticket.number, None);
    assert_eq!(before.comments.len(), 1);

    house.sync().await;
    let after = house.thread(ticket_id).await;
    assert!(!after.unsent);
    let number = after.ticket.number.as_ref().map(ToString::to_string);
    assert_eq!(number.as_deref(), Some("RIV-2026-0001"));
    assert_eq!(after.comments[0].body, "The light is red");
    assert_eq!(after.comments[0].author, "Ana");
}

#[tokio::test]
async fn a_ticket_is_worked_from_beginning_to_end() {
    let house = House::new().await;
    let ticket_id = house.ticket("Boiler shows F28", Severity::Sev3).await;
    let me = house.station.me();
    let set = |set| CommandBody::TicketSet {
        ticket_id,
        set,
        base: None,
    };
    house
        .give(vec![
            set(TicketField::AssignedTo(Some(me))),
            set(TicketField::Severity(Severity::Sev2_5)),
            set(TicketField::WaitingNote(Some("the plumber".to_owned()))),
            CommandBody::TicketTag {
                ticket_id,
                tag: "heating".to_owned(),
            },
            set(TicketField::QueueId(house.kitchen)),
            house.comment(ticket_id, "Called them", true),
            CommandBody::TicketResolve { ticket_id },
        ])
        .await;
    house.sync().await;
    let thread = house.thread(ticket_id).await;
    assert_eq!(thread.ticket.status, Status::Resolved);
    assert_eq!(thread.ticket.stage, Stage::Waiting);
    assert_eq!(thread.queue_name, "Kitchen");
    assert_eq!(thread.assignee, "Ana");
    assert_eq!(thread.comments[0].internal.as_deref(), Some("Home"));

    house
        .give(vec![
            CommandBody::TicketReopen { ticket_id },
            CommandBody::TicketClose { ticket_id },
        ])
        .await;
    house.sync().await;
    assert_eq!(house.thread(ticket_id).await.ticket.status, Status::Closed);

    let verified = house
        .station
        .verify_audit(house.family)
        .await
        .expect("checked");
    assert_eq!(verified.broken_at, None);
}

#[tokio::test]
async fn words_of_title_description_and_comments_find_a_ticket() {
    let house = House::new().await;
    let ticket_id = house.ticket("Printer jams", Severity::Sev4).await;
    house.ticket("Something else", Severity::Sev4).await;
    house
        .give(vec![
            CommandBody::TicketDescribe {
                ticket_id,
                description: LongText::from("The café menu gets stuck"),
                base: None,
            },
            house.comment(ticket_id, "router restarted too", false),
        ])
        .await;
    house.sync().await;
    for words in [
        "print",
        "cafe",
        "rout",
        "jams router",
        "\"stuck",
        "AND (zzz",
        "42:::",
    ] {
        let query = house.typed(words);
        let found = house.list(query).await;
        let expected = usize::from(!matches!(words, "AND (zzz" | "42:::"));
        assert_eq!(found.rows.len(), expected, "{words}");
    }
}
