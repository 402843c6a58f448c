//! A server that is put back to an older copy of its store.

use std::path::Path;

use famdesk::model::entity::EntityKey;
use famdesk::replica::view::{Fate, HistoryFrom, HistoryOf, OutboxEntry};
use famdesk::table::sqlite::back_up;
use famdesk::wire::session::Introduction;

use super::*;

/// The desk over a copy of the store, as somebody has who has put it in its place.
fn desk_over(copy: &Path, house: &House) -> Arc<Desk> {
    let table: Arc<dyn Table> = Arc::new(SqliteTable::open(copy).expect("a table"));
    let blobs = BlobStore::open(house.folder.path().join("blobs")).expect("blobs");
    let clock = Arc::clone(&house.source) as Arc<dyn Source>;
    Arc::new(Desk::new(table, blobs, clock))
}

async fn tray(station: &Station) -> Vec<OutboxEntry> {
    station.read(|it| it.tray()).await.expect("readable")
}

#[tokio::test]
async fn what_was_done_in_a_family_that_was_left_is_not_lost_with_the_server_s_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, copy) = (folder.path().join("table.db"), folder.path().join("copy"));
    let house = House::over(SqliteTable::open(&store).expect("a table")).await;
    let (zoe, at_zoe) = joined(&house, "Zoe", Role::Child).await;
    let who = Introduction {
        user_id: zoe,
        display_name: "Zoe".to_owned(),
        email: None,
        time_zone: "UTC".to_owned(),
    };
    let known = at_zoe.client().acquaint(&who).await;
    known.expect("made known");
    let files_ticket = |title| {
        let (ticket_id, command) = house.new_ticket(title, Severity::Sev4);
        (ticket_id, vec![command])
    };
    let (_, early) = files_ticket("before the copy");
    at_zoe.give(house.family, early).await.expect("taken");
    at_zoe.sync().await.expect("synced");
    back_up(&store, &copy).expect("copied");
    let (_, late) = files_ticket("after the copy");
    let given = at_zoe.give(house.family, late).await.expect("taken");
    at_zoe.sync().await.expect("synced");
    assert!(tray(&at_zoe).await.is_empty());
    drop(at_zoe);

    // Whoever comes first to the older store puts Zoe out.
    let desk = desk_over(&copy, &house);
    let me = house.station.me();
    let at_ana = station(&desk, &house.source, &house.folder, me, None);
    let put_out = CommandBody::MembershipRemove { user_id: zoe };
    at_ana.sync().await.expect("synced");
    at_ana
        .give(house.family, vec![put_out])
        .await
        .expect("taken");
    at_ana.sync().await.expect("synced");
    let at_zoe = station(&desk, &house.source, &house.folder, zoe, Some(zoe));
    for _ in 0..2 {
        at_zoe.sync().await.expect("synced");
        let kept = tray(&at_zoe).await;
        let ids: Vec<_> = kept.iter().map(|it| it.command_id).collect();
        assert_eq!(ids, given);
        assert!(matches!(kept[0].fate, Fate::Refused(_)));
        assert!(kept[0].json.contains("after the copy"));
        assert!(!at_zoe.has_unsent().await.expect("readable"));
    }
}

#[tokio::test]
async fn what_the_server_has_lost_is_not_told_as_history_any_more() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, copy) = (folder.path().join("table.db"), folder.path().join("copy"));
    let house = House::over(SqliteTable::open(&store).expect("a table")).await;
    let (zoe, at_zoe) = joined(&house, "Zoe", Role::Child).await;
    let (ticket_id, file) = house.new_ticket("boiler", Severity::Sev4);
    at_zoe.give(house.family, vec![file]).await.expect("taken");
    at_zoe.sync().await.expect("synced");
    house.station.sync().await.expect("synced");
    let title = |text: &str| CommandBody::TicketSet {
        ticket_id,
        set: TicketField::Title(text.to_owned()),
        base: None,
    };
    back_up(&store, &copy).expect("copied");
    house.give(vec![title("boiler, lost")]).await;
    house.sync().await;
    at_zoe.sync().await.expect("synced");
    assert_eq!(
        titles(&at_zoe, house.family, ticket_id).await,
        ["boiler", "boiler, lost"]
    );
    drop(at_zoe);

    let desk = desk_over(&copy, &house);
    let at_another = station(&desk, &house.source, &folder, house.station.me(), None);
    at_another.sync().await.expect("synced");
    let found = vec![title("boiler, found")];
    at_another.give(house.family, found).await.expect("taken");
    at_another.sync().await.expect("synced");
    let at_zoe = station(&desk, &house.source, &house.folder, zoe, Some(zoe));
    at_zoe.sync().await.expect("synced");
    while at_zoe.fetch_past().await.expect("fetched") {}
    assert_eq!(
        titles(&at_zoe, house.family, ticket_id).await,
        ["boiler", "boiler, found"]
    );
}

/// The titles that a ticket has had, by its history, the oldest first.
async fn titles(station: &Station, family_id: FamilyId, ticket_id: TicketId) -> Vec<String> {
    let history = Question::History {
        of: HistoryOf::Ticket(family_id, ticket_id),
        from: HistoryFrom::Oldest,
        limit: 100,
    };
    let Ok(Answer::History(history)) = station.ask(history).await else {
        panic!("no history");
    };
    let of_ticket = history
        .records
        .iter()
        .filter(|it| it.entity == EntityKey::Ticket(ticket_id));
    let mut titles: Vec<String> = of_ticket
        .filter_map(|it| Some(it.after.as_ref()?.get("title")?.as_str()?.to_owned()))
        .collect();
    // A page of it has the newest first.
    titles.reverse();
    titles.dedup();
    titles
}
