//! What is refused is said, and what one sees goes back to how it is.

use super::*;
use famdesk::model::entity::EntityKey;
use famdesk::model::membership::Role;
use famdesk::model::refusal::Refusal;
use famdesk::replica::SubmitError;
use famdesk::replica::view::{HistoryFrom, HistoryOf};
use famdesk::sync::station::GiveError;

#[tokio::test]
async fn a_rule_says_no_before_anything_is_written() {
    let house = House::new().await;
    let ticket_id = house.ticket("final", Severity::Sev4).await;
    house
        .give(vec![CommandBody::TicketClose { ticket_id }])
        .await;
    let given = house
        .station
        .give(
            house.family,
            vec![
                house.comment(ticket_id, "not to be written", false),
                CommandBody::TicketReopen { ticket_id },
            ],
        )
        .await;
    let Err(GiveError::Submit(SubmitError::Refused { refusal, .. })) = given else {
        panic!("a closed ticket was reopened");
    };
    assert!(matches!(*refusal, Refusal::WrongStatus { .. }));
    assert!(house.thread(ticket_id).await.comments.is_empty());
}

#[tokio::test]
async fn what_two_stations_disagree_on_ends_in_the_tray_of_the_second() {
    let house = House::new().await;
    let ticket_id = house.ticket("contested", Severity::Sev3).await;
    house.sync().await;
    let elsewhere = tempfile::tempdir().expect("a folder");
    let me = house.station.me();
    let other = station(&house.desk, &house.source, &elsewhere, me, None);
    other.sync().await.expect("synced");

    house
        .give(vec![CommandBody::TicketClose { ticket_id }])
        .await;
    house.sync().await;
    other
        .give(house.family, vec![CommandBody::TicketResolve { ticket_id }])
        .await
        .expect("taken here, where the close is not known yet");
    other.sync().await.expect("synced");

    let tray = other
        .read(|replica| replica.tray())
        .await
        .expect("readable");
    assert_eq!(tray.len(), 1);
    assert_eq!(tray[0].command_type, "ticket.resolve");
    let family = house.family;
    let theirs = other
        .read(move |replica| replica.fingerprint(family))
        .await
        .expect("readable");
    house.sync().await;
    assert_eq!(theirs, house.fingerprint().await);
}

#[tokio::test]
async fn someone_at_a_shared_computer_acts_and_sees_as_themselves() {
    let house = House::new().await;
    let hidden = house.ticket("surprise party for Max", Severity::Sev3).await;
    let max = UserId(house.source.fresh());
    house
        .give(vec![CommandBody::MembershipInvite {
            user_id: max,
            display_name: "Max".to_owned(),
            role: Role::Child,
        }])
        .await;
    house.sync().await;

    let at_max = station(&house.desk, &house.source, &house.folder, max, Some(max));
    at_max.sync().await.expect("synced");
    at_max
        .give(house.family, vec![CommandBody::MembershipAccept {}])
        .await
        .expect("taken");
    at_max.sync().await.expect("synced");
    at_max.sync().await.expect("synced");
    let (mine, filed) = house.new_ticket("my bike has a flat", Severity::Sev4);
    at_max.give(house.family, vec![filed]).await.expect("taken");
    at_max.sync().await.expect("synced");

    let question = Question::Thread {
        ticket_id: hidden,
        first: 0,
        limit: 10,
    };
    assert_eq!(
        at_max.ask(question).await.expect("an answer"),
        Answer::Thread(None)
    );

    house.sync().await;
    let question = Question::History {
        of: HistoryOf::Entity(house.family, EntityKey::Ticket(mine)),
        from: HistoryFrom::Newest,
        limit: 10,
    };
    match house.station.ask(question).await.expect("an answer") {
        Answer::History(past) => {
            let records = &past.records;
            assert_eq!(records[0].actor_user_id, house.station.me());
            assert_eq!(records[0].on_behalf_of, Some(max));
        }
        answer => panic!("{answer:?}"),
    }
    assert_eq!(house.thread(mine).await.requester, "Max");
}
