//! What things cost, in questions to the table and items read.

use std::sync::Arc;

use super::{CommandFrom, House, Outcome};
use crate::model::command::CommandBody;
use crate::model::severity::Severity;
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
