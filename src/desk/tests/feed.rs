//! What a replica is fed.

use super::{House, Outcome};
use crate::desk::{CommandFrom, DeskError};
use crate::model::audit::Action;
use crate::model::command::{Actor, CommandBody};
use crate::model::entity::EntityKey;
use crate::model::id::{DeviceId, GroupId, QueueId, UserId};
use crate::model::membership::Role;
use crate::model::participant::ParticipantRole;
use crate::model::record::Record;
use crate::model::source::Source;
use crate::model::ticket::TicketField;
use crate::wire::cursor::Cursor;
use crate::wire::sync::Pull;

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
    let guest = joined(&house, Role::Guest).await;
    // A device's name stands in the log, and its refusals are for whoever was refused.
    let theirs = house
        .desk
        .pull(house.family, guest, house.device, None, 100)
        .await
        .expect("readable");
    assert!(theirs.results.is_empty());
    let mine = pull(house.device).await;
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
    // What belongs to no family stands in none's log.
    from_log.push(format!("{:?}", EntityKey::User(house.ana)));
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

/// What someone else is fed after a cursor, and where they go on.
async fn fed(house: &House, who: UserId, after: &Cursor) -> Result<Pull, DeskError> {
    house
        .desk
        .pull(house.family, who, house.device, Some(after), 100)
        .await
}

/// Someone who has joined the family in a role.
async fn joined(house: &House, role: Role) -> UserId {
    let user_id = UserId(house.source.fresh());
    house
        .ok(CommandBody::MembershipInvite {
            user_id,
            display_name: "Max".to_owned(),
            role,
        })
        .await;
    let accept = house.command(CommandBody::MembershipAccept {});
    let accepted = house
        .desk
        .execute(house.family, &Actor::user(user_id), &accept, None)
        .await;
    accepted.expect("accepted");
    user_id
}

fn keys_of(rows: &[Record]) -> Vec<EntityKey> {
    let mut keys: Vec<EntityKey> = rows.iter().map(Record::key).collect();
    keys.sort();
    keys
}

#[tokio::test]
async fn a_guest_gets_a_ticket_whole_with_their_part_in_it_and_loses_it_with_that() {
    let house = House::new().await;
    let ticket_id = house.ticket("the barbecue").await;
    house.ticket("none of their business").await;
    house.ok(house.comment(ticket_id, "bring salad")).await;
    let guest = joined(&house, Role::Guest).await;
    let start = house.desk.position(house.family).await.expect("a position");
    let (user_id, role) = (guest, ParticipantRole::Cc);

    let add = CommandBody::ParticipantAdd {
        ticket_id,
        user_id,
        role,
    };
    house.ok(add).await;
    let pull = fed(&house, guest, &start).await.expect("readable");
    let of = |key: &EntityKey| key.ticket() == Some(ticket_id);
    // The ticket, its comment, its requester and the guest.
    assert_eq!(keys_of(&pull.shown).len(), 4);
    assert!(keys_of(&pull.shown).iter().all(of));
    let snapshot = house.desk.snapshot(house.family, guest, None).await;
    let rows = snapshot.expect("readable").rows;
    let tickets = keys_of(&rows)
        .into_iter()
        .filter(|key| key.ticket().is_some());
    assert_eq!(tickets.collect::<Vec<_>>(), keys_of(&pull.shown));

    let remove = CommandBody::ParticipantRemove {
        ticket_id,
        user_id,
        role,
    };
    house.ok(remove).await;
    let pull = fed(&house, guest, &pull.cursor).await.expect("readable");
    assert_eq!(*pull.hidden, [EntityKey::Ticket(ticket_id)]);
    assert!(pull.shown.is_empty() && pull.events.is_empty());
}

#[tokio::test]
async fn a_ticket_moves_out_of_a_groups_sight_and_back_and_strangers_learn_nothing() {
    let house = House::new().await;
    let ticket_id = house.ticket("moving").await;
    let (cousins, theirs) = (GroupId(house.source.fresh()), QueueId(house.source.fresh()));
    house
        .ok(CommandBody::GroupCreate {
            group_id: cousins,
            group_name: "Cousins".to_owned(),
            group_description: String::new(),
        })
        .await;
    house
        .ok(CommandBody::QueueCreate {
            queue_id: theirs,
            group_id: cousins,
            queue_name: "Theirs".to_owned(),
            queue_description: String::new(),
            default_severity: None,
        })
        .await;
    let worker = joined(&house, Role::Adult).await;
    let stranger = joined(&house, Role::Adult).await;
    let add = CommandBody::GroupMembershipAdd {
        group_id: house.home,
        user_id: worker,
        is_admin: false,
    };
    let before = house.desk.position(house.family).await.expect("a position");
    house.ok(add).await;
    let scope = fed(&house, worker, &before).await;
    assert!(matches!(scope, Err(DeskError::ScopeChanged)));
    assert!(fed(&house, stranger, &before).await.is_ok());

    let mut at = house.desk.position(house.family).await.expect("a position");
    for (queue_id, is_seen) in [(theirs, false), (house.it, true)] {
        house
            .ok(CommandBody::TicketSet {
                ticket_id,
                set: TicketField::QueueId(queue_id),
                base: None,
            })
            .await;
        let pull = fed(&house, worker, &at).await.expect("readable");
        assert_eq!(pull.hidden.is_empty(), is_seen);
        assert_eq!(
            keys_of(&pull.shown).contains(&EntityKey::Ticket(ticket_id)),
            is_seen
        );
        let nothing = fed(&house, stranger, &at).await.expect("readable");
        assert!(nothing.shown.is_empty() && nothing.hidden.is_empty() && nothing.events.is_empty());
        at = pull.cursor;
    }
}
