//! A server that is put back to an older copy of its store.

use std::path::Path;

use famdesk::model::entity::EntityKey;
use famdesk::replica::view::{Fate, HistoryFrom, HistoryOf, OutboxEntry};
use famdesk::sync::News;
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
async fn what_others_did_and_the_server_has_lost_is_written_down() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, copy) = (folder.path().join("table.db"), folder.path().join("copy"));
    let house = House::over(SqliteTable::open(&store).expect("a table")).await;
    let (_, at_ben) = joined(&house, "Ben", Role::Adult).await;
    back_up(&store, &copy).expect("copied");
    for (whose, title) in [
        (&at_ben, "Ben's, after the copy"),
        (&house.station, "Ana's own"),
    ] {
        let (_, filed) = house.new_ticket(title, Severity::Sev4);
        whose.give(house.family, vec![filed]).await.expect("taken");
        whose.sync().await.expect("synced");
    }

    let desk = desk_over(&copy, &house);
    let me = house.station.me();
    let at_ana = station(&desk, &house.source, &house.folder, me, None);
    let passed = at_ana.sync().await.expect("synced");
    let recovered = passed.news.iter().find_map(|it| match it {
        News::WentBack { recovered, .. } => recovered.clone(),
        _ => None,
    });
    let recovered = recovered.expect("written down");
    let name = recovered
        .file
        .file_name()
        .expect("a name")
        .to_string_lossy();
    assert_eq!(name, "recovered-2026-11-21.json");
    let written = std::fs::read_to_string(&recovered.file).expect("written");
    let written: serde_json::Value = serde_json::from_str(&written).expect("JSON");
    let records = written["records"].as_array().expect("a list");
    assert_eq!(records.len() as u64, recovered.count);
    let titles: Vec<_> = records.iter().map(|it| &it["after"]["title"]).collect();
    assert!(
        titles.iter().any(|it| *it == "Ben's, after the copy"),
        "{titles:?}"
    );
    // What is one's own is sent again, and needs nobody.
    assert!(!titles.iter().any(|it| *it == "Ana's own"), "{titles:?}");
    assert!(!at_ana.has_unsent().await.expect("readable"));

    // Ben's own machine has it too. Whoever comes after it finds nothing lost.
    let at_ben = station(
        &desk,
        &house.source,
        &house.folder,
        at_ben.me(),
        Some(at_ben.me()),
    );
    let passed = at_ben.sync().await.expect("synced");
    let lost = passed.news.iter().find_map(|it| match it {
        News::WentBack { recovered, .. } => recovered.clone(),
        _ => None,
    });
    assert_eq!(lost, None);
    at_ana.sync().await.expect("synced");
    let all = list(&at_ana, house.typed("copy")).await;
    assert_eq!(all.rows.len(), 1);
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
