//! What the screen asks of the local store, on the seeded family of `bench/screen TICKETS` (100,000
//! unless FAMDESK_BENCH_TICKETS says otherwise).

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use divan::Bencher;
use famdesk::model::id::{FamilyId, UserId};
use famdesk::model::source::Timestamp;
use famdesk::query::{Context, Names, Order, parse};
use famdesk::replica::Replica;
use famdesk::replica::view::{Anchor, Answer, ListQuery, Place, Question, Window};
use jiff::tz::TimeZone;

fn main() {
    divan::main();
}

/// The one replica below `target/bench/TICKETS/state`.
fn folder() -> PathBuf {
    let tickets = env::var("FAMDESK_BENCH_TICKETS").unwrap_or_else(|_| "100000".to_owned());
    let state = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/bench")
        .join(&tickets)
        .join("state");
    let only = |folder: PathBuf| {
        let entry = fs::read_dir(&folder)
            .unwrap_or_else(|_| panic!("{}: run bench/screen {tickets} first", folder.display()))
            .filter_map(Result::ok)
            .find(|entry| entry.path().is_dir());
        entry.map_or(folder, |entry| entry.path())
    };
    only(only(state))
}

struct Store {
    replica: Replica,
    family: FamilyId,
    names: Names,
}

fn store() -> Store {
    let replica = Replica::open_reader(&folder()).expect("a replica");
    let Ok(Answer::Families(families)) = replica.answer(&Question::Families) else {
        panic!("no families");
    };
    let family = families.first().expect("a family").family_id;
    let Ok(Answer::Names(names)) = replica.answer(&Question::Names) else {
        panic!("no names");
    };
    Store {
        replica,
        family,
        names: *names,
    }
}

impl Store {
    fn list(&self, query: ListQuery, anchor: Anchor) -> Window {
        let question = Question::List {
            query,
            anchor,
            before: 32,
            after: 64,
        };
        match self.replica.answer(&question) {
            Ok(Answer::List(window)) => window,
            other => panic!("{other:?}"),
        }
    }

    /// What is typed, in the order of the list that it narrows.
    fn typed(&self, text: &str, order: Order) -> ListQuery {
        let context = Context {
            me: UserId::SYSTEM,
            names: &self.names,
            now: Timestamp(1_795_251_600),
            zone: &TimeZone::UTC,
        };
        ListQuery {
            family: Some(self.family),
            filter: parse(text).query.filter(&context),
            order,
        }
    }
}

#[divan::bench]
fn open_a_reader(bencher: Bencher<'_, '_>) {
    let folder = folder();
    bencher.bench_local(|| Replica::open_reader(&folder).expect("a replica"));
}

#[divan::bench]
fn top_of_the_open_tickets(bencher: Bencher<'_, '_>) {
    let store = store();
    let query = ListQuery::open(Place::Family(store.family));
    bencher.bench_local(|| store.list(query.clone(), Anchor::Top));
}

#[divan::bench]
fn around_a_ticket_in_the_middle(bencher: Bencher<'_, '_>) {
    let store = store();
    let query = ListQuery::all(Place::Family(store.family));
    let end = store.list(query.clone(), Anchor::Bottom);
    let place = end.first / 2;
    let middle = end.rows[0].ticket_id;
    bencher.bench_local(|| store.list(query.clone(), Anchor::Ticket(middle, Some(place))));
}

#[divan::bench(args = ["p", "pr", "printer", "vpn slow", "zzzz"])]
fn filter(bencher: Bencher<'_, '_>, text: &str) {
    let store = store();
    let query = store.typed(&format!("is:open {text}"), Order::NEWEST);
    bencher.bench_local(|| store.list(query.clone(), Anchor::Top));
}

/// Queries that no counter answers.
#[divan::bench(args = [
    "is:open -tag:wifi",
    "is:open (tag:wifi or printer)",
    "sev:<=2 -is:mine sort:due",
    "is:untriaged",
    "from:me or is:watching",
    "resolved:>-7d",
])]
fn query(bencher: Bencher<'_, '_>, text: &str) {
    let store = store();
    let order = parse(text).query.order();
    let query = store.typed(text, order);
    bencher.bench_local(|| store.list(query.clone(), Anchor::Top));
}

#[divan::bench(args = ["p", "printer", "vpn slow"])]
fn search_ranked(bencher: Bencher<'_, '_>, text: &str) {
    let store = store();
    let query = store.typed(text, Order::BEST);
    bencher.bench_local(|| store.list(query.clone(), Anchor::Top));
}

#[divan::bench]
fn board(bencher: Bencher<'_, '_>) {
    let store = store();
    let question = Question::Board {
        place: Place::Family(store.family),
        now: Timestamp(1_795_251_600),
        per_band: 5,
        days: 14,
    };
    bencher.bench_local(|| store.replica.answer(&question).expect("a board"));
}

#[divan::bench]
fn thread(bencher: Bencher<'_, '_>) {
    let store = store();
    let top = store.list(ListQuery::open(Place::Family(store.family)), Anchor::Top);
    let question = Question::Thread {
        ticket_id: top.rows[0].ticket_id,
        first: 0,
        limit: 50,
    };
    bencher.bench_local(|| store.replica.answer(&question).expect("a thread"));
}
