//! The Board shows what the tickets-by-status index of the table holds, in its order.

use super::*;
use famdesk::table::patterns::Window as Part;

#[tokio::test]
async fn the_board_is_the_tickets_by_status_index() {
    let house = House::new().await;
    for round in 0..4_i64 {
        for (index, severity) in Severity::ALL.into_iter().enumerate() {
            house
                .source
                .advance(HOUR + i64::try_from(index).unwrap_or(0));
            let ticket_id = house.ticket(&format!("{severity} {round}"), severity).await;
            let command = match (round, index) {
                (1, _) => CommandBody::TicketResolve { ticket_id },
                (2, 0..=2) => CommandBody::TicketSet {
                    ticket_id,
                    set: TicketField::Severity(Severity::Sev2_5),
                    base: None,
                },
                (2, _) => CommandBody::TicketClose { ticket_id },
                _ => continue,
            };
            house.give(vec![command]).await;
        }
    }
    house.sync().await;

    let listed = patterns::open_tickets(house.table.as_ref(), house.family, Part::first(1000))
        .await
        .expect("readable");
    let index: Vec<TicketId> = listed.items.iter().map(|it| it.ticket_id).collect();
    assert_eq!(index.len(), 15);

    let board = house.board().await;
    let shown: Vec<TicketId> = board
        .bands
        .iter()
        .flat_map(|band| band.tickets.iter().map(|row| row.ticket_id))
        .collect();
    assert_eq!(shown, index);

    let list = house
        .list(ListQuery::open(Place::Family(house.family)))
        .await;
    let listed: Vec<TicketId> = list.rows.iter().map(|row| row.ticket_id).collect();
    assert_eq!(listed, index);
    assert_eq!(list.total, 15);

    let head = patterns::head(
        house.table.as_ref(),
        famdesk::table::Scope::Family(house.family),
    )
    .await
    .expect("readable")
    .expect("a head");
    for band in &board.bands {
        let counted = u64::from(head.open_by_severity()[&band.severity]);
        assert_eq!(band.open, counted, "{}", band.severity);
        assert_eq!(band.tickets.len() as u64, counted, "{}", band.severity);
        let heat: u64 = board.heat[band_index(band.severity)].iter().sum();
        assert_eq!(heat, counted, "{}", band.severity);
        let oldest = band.tickets.iter().map(|row| row.creation_date).min();
        assert_eq!(band.oldest, oldest, "{}", band.severity);
    }
    let held: u64 = board.holders.iter().map(|holder| holder.open).sum();
    assert_eq!(held, 15);
}

fn band_index(severity: Severity) -> usize {
    Severity::ALL
        .iter()
        .position(|it| *it == severity)
        .unwrap_or_default()
}

#[tokio::test]
async fn lists_keep_to_their_order_and_place() {
    let house = House::new().await;
    for severity in [Severity::Sev3, Severity::Sev2_5, Severity::Sev1] {
        house.source.advance(HOUR);
        house.ticket(severity.as_str(), severity).await;
    }
    let titles =
        |window: Window| -> Vec<String> { window.rows.into_iter().map(|row| row.title).collect() };
    let all = ListQuery::open(Place::Everywhere);
    assert_eq!(
        titles(house.list(all.clone()).await),
        ["SEV_1", "SEV_2.5", "SEV_3"]
    );
    let newest = all.sorted(Order::NEWEST);
    assert_eq!(
        titles(house.list(newest).await),
        ["SEV_1", "SEV_2.5", "SEV_3"]
    );
    let kitchen = ListQuery::open(Place::Queue(house.family, house.kitchen));
    assert!(house.list(kitchen).await.rows.is_empty());
    let mine = ListQuery::open(Place::AssignedTo(house.family, house.station.me()));
    assert!(house.list(mine).await.rows.is_empty());
    let nobodys = ListQuery::open(Place::Unassigned(house.family));
    assert_eq!(house.list(nobodys).await.total, 3);
}
