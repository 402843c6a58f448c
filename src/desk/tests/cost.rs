//! What things cost, in questions to the table and items read.

use std::sync::Arc;

use super::{CommandFrom, House, Outcome};
use crate::desk::Audited;
use crate::model::command::{Actor, CommandBody};
use crate::model::entity::EntityKey;
use crate::model::id::UserId;
use crate::model::membership::Role;
use crate::model::participant::ParticipantRole;
use crate::model::severity::Severity;
use crate::model::source::Source;
use crate::model::ticket::TicketField;
use crate::table::metered::Cost;
use crate::table::{Metered, SqliteTable, Table};

fn cost(calls: usize, items: usize) -> Cost {
    Cost { calls, items }
}

#[tokio::test]
async fn a_command_reads_what_its_decision_rests_on_once() {
    let table = Arc::new(Metered::new(SqliteTable::in_memory().expect("a table")));
    let house = House::over(Arc::clone(&table) as Arc<dyn Table>).await;
    let ticket_id = house.ticket("one").await;
    let mut spent = Vec::new();
    let set = CommandBody::TicketSet {
        ticket_id,
        set: TicketField::Severity(Severity::Sev1),
        base: None,
    };
    let bodies = [
        house.new_ticket("two").1,
        house.comment(ticket_id, "hello"),
        set,
    ];
    for (cseq, body) in (1..).zip(bodies) {
        let command = house.command(body);
        let device = house.device;
        table.take();
        let from = Some(CommandFrom { device, cseq });
        let verdict = house.give(&command, from).await.expect("an answer");
        assert!(matches!(verdict.outcome, Outcome::Applied { .. }));
        spent.push(table.take());
    }
    // Whether it was seen, with its device; then the person, what it is about, whose that is, and
    // whether what it makes is there already, each once. A new ticket asks how tickets are
    // numbered.
    assert_eq!(spent, [cost(7, 4), cost(6, 5), cost(5, 5)]);
}

#[tokio::test]
async fn a_pull_without_news_reads_next_to_nothing() {
    let table = Arc::new(Metered::new(SqliteTable::in_memory().expect("a table")));
    let house = House::over(Arc::clone(&table) as Arc<dyn Table>).await;
    let ticket_id = house.ticket("closed").await;
    house.ok(CommandBody::TicketClose { ticket_id }).await;
    for cseq in 1..=50 {
        let refused = house.command(CommandBody::TicketReopen { ticket_id });
        let device = house.device;
        let from = Some(CommandFrom { device, cseq });
        house.give(&refused, from).await.expect("an answer");
        house.ok(house.comment(ticket_id, "still closed")).await;
    }
    let at = house.desk.position(house.family).await.expect("a position");
    table.take();
    let pull = house
        .desk
        .pull(house.family, house.ana, house.device, Some(&at), 500)
        .await
        .expect("readable");
    assert!(pull.events.is_empty() && pull.results.is_empty());
    // Who one is, twice; the head; an empty page; one page of refusals, the newest of which is old.
    assert_eq!(table.take(), cost(5, 3 + 10));
}

#[tokio::test]
async fn a_snapshot_steps_over_the_locators_of_tickets() {
    let table = Arc::new(Metered::new(SqliteTable::in_memory().expect("a table")));
    let house = House::over(Arc::clone(&table) as Arc<dyn Table>).await;
    for index in 0..450 {
        house.ticket(&format!("ticket {index}")).await;
    }
    table.take();
    let (mut page, mut pages, mut rows): (Option<String>, _, _) = (None, 0, 0);
    loop {
        let snapshot = house
            .desk
            .snapshot(house.family, house.ana, page.as_deref())
            .await
            .expect("readable");
        pages += 1;
        rows += snapshot.rows.len();
        page = snapshot.next;
        if page.is_none() {
            break;
        }
    }
    // The house itself, and Ana's login; a ticket and its requester each.
    assert_eq!(rows, 6 + 450 * 2);
    // One that meets the numbers, and three of tickets.
    assert_eq!(pages, 4);
}

/// The numbers of a person's part of a history, from its end on, so many at a time.
async fn walked(house: &House, who: UserId, of: Audited, limit: usize) -> Vec<i64> {
    let (mut seqs, mut before) = (Vec::new(), None);
    loop {
        let part = house.desk.audit(house.family, who, of, (before, limit));
        let part = part.await.expect("readable");
        assert!(part.records.len() <= limit);
        seqs.extend(part.records.iter().map(|it| it.seq));
        before = part.before;
        if before.is_none() {
            return seqs;
        }
    }
}

#[tokio::test]
async fn a_page_of_a_tickets_history_reads_no_more_than_that_page() {
    let table = Arc::new(Metered::new(SqliteTable::in_memory().expect("a table")));
    let house = House::over(Arc::clone(&table) as Arc<dyn Table>).await;
    let ticket_id = house.ticket("long").await;
    let beside = house.ticket("beside").await;
    for number in 0..15 {
        house.ok(house.comment(ticket_id, "on it")).await;
        house.ok(house.comment(beside, "not this")).await;
        let title = TicketField::Title(format!("long {number}"));
        house
            .ok(CommandBody::TicketSet {
                ticket_id,
                set: title,
                base: None,
            })
            .await;
    }
    let of = Audited::Entity(EntityKey::Ticket(ticket_id));
    table.take();
    let part = (Some(20), 3);
    let part = house.desk.audit(house.family, house.ana, of, part).await;
    assert_eq!(part.expect("readable").records.len(), 3);
    // Who one is, twice; the ticket; and one record more than is wanted, which tells whether there
    // is more.
    assert_eq!(table.take().items, 2 + 1 + 4);
    let whole = walked(&house, house.ana, of, 200).await;
    assert!(whole.len() > 30 && whole.is_sorted_by(|one, next| one > next));
    assert_eq!(walked(&house, house.ana, of, 7).await, whole);
}

#[tokio::test]
async fn whoever_sees_little_of_a_history_gets_to_its_beginning_too() {
    let house = House::new().await;
    let cleo = UserId(house.source.fresh());
    house
        .ok(CommandBody::MembershipInvite {
            user_id: cleo,
            display_name: "Cleo".to_owned(),
            role: Role::Guest,
        })
        .await;
    let accept = house.command(CommandBody::MembershipAccept {});
    let actor = Actor::user(cleo);
    let accepted = house.desk.execute(house.family, &actor, &accept, None);
    accepted.await.expect("accepted");
    let ticket_id = house.ticket("for her").await;
    house
        .ok(CommandBody::ParticipantAdd {
            ticket_id,
            user_id: cleo,
            role: ParticipantRole::Follower,
        })
        .await;
    // More than is looked at for one part.
    for _ in 0..60 {
        house.ticket("not for her").await;
    }
    let part = house
        .desk
        .audit(house.family, cleo, Audited::Family, (None, 5));
    let part = part.await.expect("readable");
    assert!(part.records.is_empty() && part.before.is_some(), "{part:?}");
    let seen = walked(&house, cleo, Audited::Family, 5).await;
    assert!(!seen.is_empty());
}
