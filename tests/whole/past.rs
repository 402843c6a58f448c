//! What happened before somebody followed the log: it is fetched behind, whole, and as they see it.

use famdesk::model::audit::AuditRecord;
use famdesk::model::entity::EntityKey;
use famdesk::replica::view::{History, HistoryFrom, HistoryOf};
use famdesk::table::keys::Scope;

use super::*;

async fn history(station: &Station, of: HistoryOf) -> History {
    let question = Question::History {
        of,
        from: HistoryFrom::Newest,
        limit: 100_000,
    };
    match station.ask(question).await.expect("an answer") {
        Answer::History(history) => *history,
        other => panic!("{other:?}"),
    }
}

async fn whole(house: &House, station: &Station) -> Vec<AuditRecord> {
    history(station, HistoryOf::Family(house.family))
        .await
        .records
}

/// Fetches all of the past; how many parts it took.
async fn fetch(station: &Station) -> usize {
    let mut parts = 0;
    while station.fetch_past().await.expect("fetched") {
        parts += 1;
        assert!(parts < 100, "it has an end");
    }
    parts
}

/// Ana's house with so many tickets, each with a comment, a note and a change of its severity.
async fn lived_in(tickets: usize) -> (House, Vec<TicketId>) {
    let house = House::new().await;
    let mut filed = Vec::new();
    for index in 0..tickets {
        house.source.advance(60);
        let ticket_id = house
            .ticket(&format!("ticket {index}"), Severity::Sev3)
            .await;
        house
            .give(vec![
                house.comment(ticket_id, "said", false),
                house.comment(ticket_id, "among us", true),
                CommandBody::TicketSet {
                    ticket_id,
                    set: TicketField::Severity(Severity::Sev2),
                    base: None,
                },
            ])
            .await;
        filed.push(ticket_id);
    }
    house.sync().await;
    (house, filed)
}

/// A station of the same person that has never been here, and begins with a snapshot.
async fn begun_with_a_snapshot(house: &House, me: UserId) -> (TempDir, Station) {
    let elsewhere = tempfile::tempdir().expect("a folder");
    let theirs = Some(me).filter(|me| *me != house.station.me());
    let fresh = station(&house.desk, &house.source, &elsewhere, me, theirs);
    fresh.rebuild(house.family).await.expect("rebuilt");
    fresh.sync().await.expect("synced");
    (elsewhere, fresh)
}

#[tokio::test]
async fn the_past_comes_newest_first_and_is_in_the_end_what_whoever_was_there_saw() {
    let (house, tickets) = lived_in(150).await;
    let seen = whole(&house, &house.station).await;
    assert!(seen.len() > 600);
    let (_kept, fresh) = begun_with_a_snapshot(&house, house.station.me()).await;
    let begun = history(&fresh, HistoryOf::Family(house.family)).await;
    assert!(begun.incomplete && begun.records.is_empty());

    assert!(fresh.fetch_past().await.expect("fetched"));
    let first = history(&fresh, HistoryOf::Family(house.family)).await;
    assert!(first.incomplete);
    assert_eq!(first.records, seen[..first.records.len()], "the newest");
    // What happens meanwhile comes by the log, and holds up nothing.
    let late = house.ticket("late", Severity::Sev1).await;
    house.sync().await;
    fresh.sync().await.expect("synced");
    assert!(fetch(&fresh).await >= 3);
    let all = history(&fresh, HistoryOf::Family(house.family)).await;
    assert!(!all.incomplete);
    assert_eq!(all.records, whole(&house, &house.station).await);
    for ticket_id in [tickets[0], tickets[149], late] {
        let of = HistoryOf::Ticket(house.family, ticket_id);
        assert_eq!(history(&fresh, of).await, history(&house.station, of).await);
    }
    // Nothing is fetched twice, and a restart goes on where it stopped.
    assert_eq!(fetch(&fresh).await, 0);
}

#[tokio::test]
async fn a_rebuild_that_is_interrupted_goes_on_where_it_stopped() {
    let (house, _) = lived_in(120).await;
    let seen = whole(&house, &house.station).await;
    let me = house.station.me();
    let (folder, fresh) = begun_with_a_snapshot(&house, me).await;
    assert!(fresh.fetch_past().await.expect("fetched"));
    drop(fresh);
    let again = station(&house.desk, &house.source, &folder, me, None);
    again.sync().await.expect("synced");
    assert!(
        history(&again, HistoryOf::Family(house.family))
            .await
            .incomplete
    );
    fetch(&again).await;
    assert_eq!(whole(&house, &again).await, seen);
    // The whole once more, over what is here already.
    again.rebuild(house.family).await.expect("rebuilt");
    fetch(&again).await;
    assert_eq!(whole(&house, &again).await, seen);
}

#[tokio::test]
async fn whoever_is_taken_into_a_group_gets_the_past_of_its_tickets_and_loses_it_again() {
    let (house, tickets) = lived_in(5).await;
    let (max, at_max) = joined(&house, "Max", Role::Adult).await;
    fetch(&at_max).await;
    let of = HistoryOf::Ticket(house.family, tickets[2]);
    assert!(history(&at_max, of).await.records.is_empty());
    assert!(
        whole(&house, &at_max)
            .await
            .iter()
            .all(|it| it.entity.ticket().is_none())
    );

    house
        .give(vec![CommandBody::GroupMembershipAdd {
            group_id: house.home,
            user_id: max,
            is_admin: false,
        }])
        .await;
    house.sync().await;
    at_max.sync().await.expect("synced");
    fetch(&at_max).await;
    for ticket_id in &tickets {
        let of = HistoryOf::Ticket(house.family, *ticket_id);
        let (theirs, mine) = (
            history(&at_max, of).await,
            history(&house.station, of).await,
        );
        assert_eq!(theirs, mine, "the group's notes are theirs, too");
    }

    house
        .give(vec![CommandBody::GroupMembershipRemove {
            group_id: house.home,
            user_id: max,
        }])
        .await;
    house.sync().await;
    at_max.sync().await.expect("synced");
    fetch(&at_max).await;
    assert!(history(&at_max, of).await.records.is_empty());
    let left = whole(&house, &at_max).await;
    assert!(
        left.iter().all(|it| it.entity.ticket().is_none()),
        "{left:?}"
    );
}

#[tokio::test]
async fn a_ticket_that_comes_into_sight_brings_its_past_and_takes_it_along_again() {
    let (house, tickets) = lived_in(3).await;
    let (max, at_max) = joined(&house, "Max", Role::Adult).await;
    fetch(&at_max).await;
    let takes_part = |add: bool| {
        let (ticket_id, user_id) = (tickets[1], max);
        let role = famdesk::model::participant::ParticipantRole::Cc;
        match add {
            true => CommandBody::ParticipantAdd {
                ticket_id,
                user_id,
                role,
            },
            false => CommandBody::ParticipantRemove {
                ticket_id,
                user_id,
                role,
            },
        }
    };
    house.give(vec![takes_part(true)]).await;
    house.sync().await;
    at_max.sync().await.expect("synced");
    let of = HistoryOf::Ticket(house.family, tickets[1]);
    assert!(history(&at_max, of).await.incomplete);
    assert_eq!(
        fetch(&at_max).await,
        1,
        "only that of this ticket is fetched"
    );
    let theirs = history(&at_max, of).await;
    let mut mine = history(&house.station, of).await.records;
    // Max is in no group: what is said among its members is not theirs.
    let is_note = |it: &AuditRecord| {
        let after = it.after.as_ref();
        after.is_some_and(|json| json.get("internal").is_some_and(|it| !it.is_null()))
    };
    assert!(mine.iter().any(is_note));
    mine.retain(|it| !is_note(it));
    assert_eq!(theirs.records, mine);
    assert!(!theirs.incomplete);

    // A ticket of one's own is whole from its first moment: nothing has to be fetched.
    let (filed, body) = house.new_ticket("mine", Severity::Sev4);
    at_max.give(house.family, vec![body]).await.expect("taken");
    at_max.sync().await.expect("synced");
    assert_eq!(fetch(&at_max).await, 0);
    let own = history(&at_max, HistoryOf::Ticket(house.family, filed)).await;
    assert!(!own.incomplete && own.records.len() >= 2);

    house.give(vec![takes_part(false)]).await;
    house.sync().await;
    at_max.sync().await.expect("synced");
    assert!(history(&at_max, of).await.records.is_empty());
    assert_eq!(fetch(&at_max).await, 0);
}

#[tokio::test]
async fn after_a_restore_the_past_is_that_of_the_backup() {
    let (house, tickets) = lived_in(4).await;
    let me = house.station.me();
    let before = whole(&house, &house.station).await;
    // What a restore does: every family in the store begins a new history.
    let scope = Scope::Family(house.family);
    let head = patterns::head(house.table.as_ref(), scope).await;
    let head = head.expect("read").expect("a head");
    let blobs = BlobStore::open(house.folder.path().join("blobs")).expect("blobs");
    let clock = Arc::clone(&house.source) as Arc<dyn Source>;
    let desk = Desk::new(Arc::clone(&house.table), blobs, clock);
    desk.begin_new_histories().await.expect("begun");
    let again = station(&Arc::new(desk), &house.source, &house.folder, me, None);
    again.sync().await.expect("synced");
    fetch(&again).await;
    let after = history(&again, HistoryOf::Family(house.family)).await;
    assert!(!after.incomplete);
    assert_eq!(after.records, before);
    let key = EntityKey::Ticket(tickets[0]);
    let of = HistoryOf::Entity(house.family, key);
    assert!(history(&again, of).await.records.len() >= 2);
    // A part that was asked for in the history of before is not mixed in.
    let stale = famdesk::wire::sync::PastOf {
        epoch: head.epoch.simple().to_string(),
        ticket_id: None,
        page: Some("5".to_owned()),
    };
    let refused = again.client().past(house.family, &stale, 10).await;
    let kind = refused.expect_err("another history").kind();
    assert_eq!(
        kind,
        Some(famdesk::wire::problem::ProblemKind::HistoryDiverged)
    );
}
