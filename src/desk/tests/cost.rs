//! What a command costs: reads of the table before its one transaction.

use std::sync::Arc;

use super::House;
use crate::table::{Metered, SqliteTable, Table};

#[tokio::test]
async fn x() {
    let table = Arc::new(Metered::new(SqliteTable::in_memory().expect("a table")));
    let house = House::over(Arc::clone(&table) as Arc<dyn Table>).await;
    let ticket_id = house.ticket("one").await;
    table.take();
    house.ticket("two").await;
    println!("create {:?}", table.take());
    house.ok(house.comment(ticket_id, "hello")).await;
    println!("comment {:?}", table.take());
    house
        .ok(crate::model::command::CommandBody::TicketResolve { ticket_id })
        .await;
    println!("resolve {:?}", table.take());
}
