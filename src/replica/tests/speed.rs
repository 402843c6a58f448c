//! How long things take; nothing is asserted. `cargo nextest run --run-ignored only speed
//! --no-capture` prints it.

use std::time::Instant;

use super::*;

const TICKETS: usize = 100_000;

fn took(what: &str, times: u32, mut action: impl FnMut()) {
    let start = Instant::now();
    for _ in 0..times {
        action();
    }
    println!("{what}: {:?}", start.elapsed() / times);
}

#[test]
#[ignore = "takes a minute; prints figures"]
fn figures_at_a_hundred_thousand_tickets() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut house = House::over(Replica::open(folder.path()).expect("a store"));
    let mut dice = Dice(5);
    let words = [
        "boiler", "garden", "school", "kitchen", "invoice", "holiday", "leaking", "broken",
        "paint", "bicycle",
    ];
    let template = house.new_ticket("x");
    for n in 0..TICKETS {
        house.advance(dice.roll(600) as i64);
        let mut new = template.clone();
        new.ticket_id = TicketId(house.source.fresh());
        new.queue_id = dice.pick(&house.queues);
        new.severity = Some(dice.pick(&Severity::ALL));
        new.title = format!(
            "{} {} {} {n}",
            dice.pick(&words),
            dice.pick(&words),
            dice.pick(&words)
        );
        let ticket_id = new.ticket_id;
        house.remote(CommandBody::TicketCreate(Box::new(new)));
        if n % 10 != 0 {
            let key = EntityKey::Ticket(ticket_id);
            if let Some(Record::Ticket(ticket)) = house.backend.entities.get_mut(&key) {
                ticket.status = Status::Closed;
            }
        }
    }
    let pages = house.backend.pages(1_000);
    house
        .replica
        .apply_snapshot_begin(house.family_id)
        .expect("begun");
    took("snapshot pages, all", 1, || {
        for page in &pages {
            house
                .replica
                .apply_snapshot_page(house.family_id, page)
                .expect("a page");
        }
    });
    println!("rows: {}", house.backend.entities.len());
    took("snapshot finish", 1, || {
        house
            .replica
            .apply_snapshot_finish(house.family_id)
            .expect("done")
    });
    took("open", 20, || {
        drop(Replica::open_reader(folder.path()).expect("a reader"))
    });
    let middle = house
        .list(&ListQuery {
            severity: Some(Severity::Sev3),
            ..house.all()
        })
        .rows[5_000]
        .ticket_id;
    for order in [Order::Severity, Order::NewestFirst, Order::RecentlyActive] {
        for status in [StatusFilter::Only(Status::Open), StatusFilter::Any] {
            let query = ListQuery {
                order,
                status,
                ..house.all()
            };
            took(&format!("{order:?} {status:?} top 50"), 200, || {
                drop(house.around(&query, Anchor::Top, 0, 50))
            });
            took("  around, place known", 200, || {
                drop(house.around(&query, Anchor::Ticket(middle, Some(9)), 25, 25))
            });
            took("  around, place unknown", 20, || {
                drop(house.around(&query, Anchor::Ticket(middle, None), 25, 25))
            });
        }
    }
    for text in [
        "b",
        "bo",
        "boiler",
        "boiler garden",
        "boiler garden sch",
        "zzz",
        "4242",
        "🔥",
    ] {
        for order in [Order::Severity, Order::Relevance] {
            let query = ListQuery {
                text: text.to_owned(),
                order,
                ..ListQuery::open(Place::Family(house.family_id))
            };
            took(&format!("search {text} {order:?}"), 10, || {
                drop(house.around(&query, Anchor::Top, 0, 50))
            });
        }
    }
    let now = house.backend.now;
    took("board", 50, || {
        let place = Place::Family(house.family_id);
        house
            .replica
            .answer(&Question::Board {
                place,
                now,
                per_band: 5,
                days: 30,
            })
            .expect("board");
    });
    took("thread", 200, || drop(house.thread(middle)));
    let bodies: Vec<CommandBody> = (0..200)
        .map(|_| CommandBody::TicketCreate(Box::new(house.new_ticket("own one"))))
        .collect();
    let mut bodies = bodies.into_iter();
    took("submit", 200, || {
        drop(house.local(bodies.next().expect("one")).expect("taken"))
    });
}
