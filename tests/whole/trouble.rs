//! When something is wrong, what can go on goes on, and nothing that was given is lost.

use futures::FutureExt as _;

use super::*;
use famdesk::desk::CommandFrom;
use famdesk::model::command::{Actor, Command};
use famdesk::model::id::{CommandId, DeviceId};
use famdesk::model::participant::ParticipantRole;
use famdesk::table::item::{Query, Write};
use famdesk::table::keys::{self, Scope};
use famdesk::table::query_all;

async fn shows(station: &Station, ticket_id: TicketId) -> bool {
    let question = Question::Thread {
        ticket_id,
        first: 0,
        limit: 10,
    };
    match station.ask(question).await.expect("an answer") {
        Answer::Thread(thread) => thread.is_some(),
        other => panic!("{other:?}"),
    }
}

/// Gives a command to the desk past any station.
async fn past_the_station(house: &House, device: DeviceId, cseq: i64) -> TicketId {
    let (ticket_id, body) = house.new_ticket("from elsewhere", Severity::Sev4);
    let command = Command {
        command_id: CommandId(house.source.fresh()),
        issued_at: NOW,
        seen: None,
        body,
    };
    let from = Some(CommandFrom { device, cseq });
    let me = Actor::user(house.station.me());
    let given = house.desk.execute(house.family, &me, &command, from).await;
    given.expect("an answer");
    ticket_id
}

#[tokio::test]
async fn a_device_whose_name_is_used_twice_goes_on_under_another() {
    let house = House::new().await;
    let family = house.family;
    let (device, last) = house
        .station
        .read(move |it| Ok((it.device_id()?, it.last_cseq(family)?)))
        .await
        .expect("readable");
    past_the_station(&house, device, last + 1).await;
    let ticket_id = house.ticket("mine", Severity::Sev3).await;
    house.sync().await;
    house.sync().await;
    let thread = house.thread(ticket_id).await;
    assert!(!thread.unsent && thread.ticket.number.is_some());
    let next = house.ticket("and the next", Severity::Sev3).await;
    house.sync().await;
    assert!(!house.thread(next).await.unsent);
    let renamed = house.station.read(|it| it.device_id()).await;
    assert_ne!(renamed.expect("readable"), device);
    let check = house.station.verify_audit(family).await.expect("checked");
    assert_eq!(check.broken_at, None);
}

#[tokio::test]
async fn what_was_given_to_a_family_that_one_is_out_of_waits_in_the_tray_and_holds_up_nothing() {
    let house = House::new().await;
    let (max, at_max) = joined(&house, "Max", Role::Adult).await;
    let own = FamilyId(house.source.fresh());
    let found = CommandBody::FamilyCreate(NewFamily {
        family_name: "Max and friends".to_owned(),
        family_description: String::new(),
        ticket_prefix: "MAX".parse().expect("a prefix"),
        time_zone: "UTC".to_owned(),
        display_name: "Max".to_owned(),
    });
    let (mine, filed) = house.new_ticket("too late", Severity::Sev4);
    at_max.give(house.family, vec![filed]).await.expect("taken");
    at_max.give(own, vec![found]).await.expect("taken");
    house
        .give(vec![CommandBody::MembershipRemove { user_id: max }])
        .await;
    house.sync().await;

    let passed = at_max.sync().await.expect("synced");
    assert_eq!((passed.pushed, passed.refused), (1, 1));
    let tray = at_max.read(|it| it.tray()).await.expect("readable");
    assert_eq!(tray.len(), 1);
    assert!(tray[0].json.contains("too late"));
    assert!(!shows(&at_max, mine).await);
    let again = at_max.sync().await.expect("synced");
    assert_eq!((again.pushed, again.refused), (0, 0));
}

#[tokio::test]
async fn a_command_whose_text_was_lost_does_not_hold_up_the_rest() {
    let house = House::new().await;
    let ticket_id = house.ticket("long story", Severity::Sev3).await;
    house.sync().await;
    let long = "word ".repeat(20_000);
    house
        .give(vec![
            house.comment(ticket_id, &long, false),
            house.comment(ticket_id, "short", false),
        ])
        .await;
    let texts = house
        .folder
        .path()
        .join(house.station.me().to_string())
        .join("texts");
    for entry in std::fs::read_dir(texts).expect("a folder") {
        std::fs::remove_file(entry.expect("an entry").path()).expect("removed");
    }
    house.sync().await;
    house.sync().await;
    let comments = house.thread(ticket_id).await.comments;
    assert_eq!(comments.len(), 1);
    assert_eq!(comments[0].body, "short");
    let summary = house.station.read(|it| it.outbox_summary()).await;
    let summary = summary.expect("readable");
    assert_eq!((summary.waiting, summary.refused), (0, 1));
}

#[tokio::test]
async fn a_refusal_in_the_middle_of_a_batch_stands_alone() {
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
    let commands = vec![
        house.comment(ticket_id, "before", false),
        CommandBody::TicketResolve { ticket_id },
        house.comment(ticket_id, "after", false),
    ];
    other.give(house.family, commands).await.expect("taken");
    let passed = other.sync().await.expect("synced");
    assert_eq!((passed.pushed, passed.refused), (3, 1));
    house.sync().await;
    let comments = house.thread(ticket_id).await.comments;
    let said: Vec<&str> = comments.iter().map(|it| it.body.as_str()).collect();
    assert_eq!(said, ["before", "after"]);
}

#[tokio::test]
async fn what_is_committed_between_a_pass_and_the_wait_is_told() {
    let house = House::new().await;
    house.ticket("mine", Severity::Sev3).await;
    house.sync().await;
    assert!(house.station.poked().now_or_never().is_none());
    let elsewhere = DeviceId(house.source.fresh());
    let ticket_id = past_the_station(&house, elsewhere, 1).await;
    assert!(house.station.poked().now_or_never().is_some());
    house.sync().await;
    assert!(shows(&house.station, ticket_id).await);
    assert!(house.station.poked().now_or_never().is_none());
}

#[tokio::test]
async fn a_guest_sees_a_ticket_while_they_take_part_and_a_member_what_their_groups_do() {
    let house = House::new().await;
    let ticket_id = house.ticket("the barbecue", Severity::Sev4).await;
    let (user_id, at_gus) = joined(&house, "Gus", Role::Guest).await;
    let role = ParticipantRole::Cc;
    let steps = [
        (
            CommandBody::ParticipantAdd {
                ticket_id,
                user_id,
                role,
            },
            true,
        ),
        (
            CommandBody::ParticipantRemove {
                ticket_id,
                user_id,
                role,
            },
            false,
        ),
    ];
    for (step, is_seen) in steps {
        house.give(vec![step]).await;
        house.sync().await;
        at_gus.sync().await.expect("synced");
        assert_eq!(shows(&at_gus, ticket_id).await, is_seen);
    }

    let (user_id, at_mia) = joined(&house, "Mia", Role::Adult).await;
    assert!(!shows(&at_mia, ticket_id).await);
    let group_id = house.home;
    let steps = [
        (
            CommandBody::GroupMembershipAdd {
                group_id,
                user_id,
                is_admin: false,
            },
            true,
        ),
        (
            CommandBody::GroupMembershipRemove { group_id, user_id },
            false,
        ),
    ];
    for (step, is_seen) in steps {
        house.give(vec![step]).await;
        house.sync().await;
        at_mia.sync().await.expect("synced");
        assert_eq!(shows(&at_mia, ticket_id).await, is_seen);
    }
}

/// The store as it is now, with its one ticket.
async fn backup(house: &House, ticket_id: TicketId) -> SqliteTable {
    let (family, me) = (house.family, house.station.me());
    let device = house.station.read(|it| it.device_id()).await;
    let partitions = [
        keys::STORE.to_owned(),
        keys::user_pk(me),
        keys::log_pk(Scope::User(me)),
        keys::family_pk(family),
        keys::log_pk(Scope::Family(family)),
        keys::ticket_pk(family, ticket_id),
        keys::op_key(Scope::Family(family), CommandId(family.0)).pk,
        keys::device_pk(family, device.expect("readable")),
    ];
    let copy = SqliteTable::in_memory().expect("a table");
    for pk in partitions {
        let items = query_all(house.table.as_ref(), Query::base(pk)).await;
        let items = items.expect("readable").into_iter();
        copy.transact(items.map(Write::create).collect())
            .await
            .expect("written");
    }
    copy
}

#[tokio::test]
async fn a_store_that_went_back_in_time_gets_everything_again() {
    let house = House::new().await;
    let kept = house.ticket("in the backup", Severity::Sev3).await;
    house.sync().await;
    let backup = backup(&house, kept).await;
    let lost = house.ticket("after the backup", Severity::Sev3).await;
    house.sync().await;
    let before = house.board().await;

    let blobs = BlobStore::open(house.folder.path().join("blobs")).expect("blobs");
    let table: Arc<dyn Table> = Arc::new(backup);
    let clock = Arc::clone(&house.source) as Arc<dyn Source>;
    let restored = Arc::new(Desk::new(Arc::clone(&table), blobs, clock));
    let me = house.station.me();
    let again = station(&restored, &house.source, &house.folder, me, None);
    again.sync().await.expect("synced");
    again.sync().await.expect("synced");
    for ticket_id in [kept, lost] {
        assert!(shows(&again, ticket_id).await);
        let there = patterns::ticket(table.as_ref(), house.family, ticket_id).await;
        assert!(there.expect("readable").is_some());
    }
    assert_eq!(house.board().await, before);
    let check = again.verify_audit(house.family).await.expect("checked");
    assert_eq!(check.broken_at, None);
}
