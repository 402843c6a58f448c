//! What every engine must do, one function per behaviour. Each takes a fresh, empty table.
//!
//! A new engine's tests hand an empty table to each of [`CHECKS`], or to [`run_all`].

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::future::{BoxFuture, join_all};

use super::error::TableError;
use super::item::{Condition, ITEM_LIMIT, Index, Item, Key, Query, Token, Write};
use super::{Table, query_all};

/// One behaviour: its name and how it is checked. It panics where the engine does otherwise.
pub type Check = (&'static str, fn(Arc<dyn Table>) -> BoxFuture<'static, ()>);

macro_rules! checks {
    ($($name:ident),+ $(,)?) => {
        /// All of them.
        pub const CHECKS: &[Check] = &[
            $((stringify!($name), |table| Box::pin($name(table)))),+
        ];
    };
}

checks!(
    an_item_comes_back_as_it_was_put,
    many_items_come_back_in_the_order_of_their_keys,
    conditions_hold_or_cancel,
    every_failed_condition_is_reported_in_order,
    a_transaction_is_all_or_nothing,
    two_writes_to_one_key_are_refused,
    large_items_are_refused,
    what_stands_in_no_index_is_found_in_none,
    index_entries_follow_their_item,
    equal_places_in_an_index_are_all_found,
    a_prefix_finds_what_begins_with_it,
    ranges_keep_to_their_ends,
    descending_is_the_same_backwards,
    pages_join_without_gap_or_overlap,
    a_page_has_a_token_whenever_its_limit_was_reached,
    a_token_from_elsewhere_does_not_widen_the_range,
    writers_of_one_counter_lose_nothing,
    transactions_called_in_order_are_committed_in_order,
    a_dropped_transaction_still_happens,
    the_log_is_only_ever_added_to,
);

/// All checks, each on a table that `fresh` makes.
pub async fn run_all(fresh: impl Fn() -> Arc<dyn Table>) {
    for (_, check) in CHECKS {
        check(fresh()).await;
    }
}

fn key(sk: &str) -> Key {
    Key::new("P", sk)
}

fn item(sk: &str) -> Item {
    Item::new(key(sk), br#"{"a":1}"#.to_vec())
}

fn of_version(sk: &str, version: i64) -> Item {
    Item {
        version,
        ..item(sk)
    }
}

fn in_gsi1(sk: &str, place: &str) -> Item {
    Item {
        gsi1: Some(Key::new("G", place)),
        ..item(sk)
    }
}

fn put(item: Item) -> Write {
    Write::Put {
        item,
        condition: Condition::Any,
    }
}

async fn fill(table: &dyn Table, items: impl IntoIterator<Item = Item>) {
    let writes = items.into_iter().map(put).collect();
    table.transact(writes).await.expect("the table takes items");
}

async fn get(table: &dyn Table, sk: &str) -> Option<Item> {
    table.get(key(sk)).await.expect("the table answers")
}

/// The sort keys, in the base table, of what the query finds.
async fn found(table: &dyn Table, query: Query) -> Vec<String> {
    let items = query_all(table, query).await.expect("the table answers");
    items.into_iter().map(|item| item.key.sk).collect()
}

async fn an_item_comes_back_as_it_was_put(table: Arc<dyn Table>) {
    let whole = Item {
        key: key("whole"),
        gsi1: Some(Key::new("g1", "a")),
        gsi2: Some(Key::new("g2", "é")),
        gsi3: Some(Key::new("g3", "c")),
        version: 7,
        ttl: Some(1_800_000_000),
        body: "{\"text\":\"a'\\u0000 ü 👵\"}".as_bytes().to_vec(),
    };
    fill(&*table, [whole.clone(), item("bare")]).await;
    assert_eq!(get(&*table, "whole").await, Some(whole));
    assert_eq!(get(&*table, "bare").await, Some(item("bare")));
    assert_eq!(get(&*table, "none").await, None);
    assert_eq!(table.get(Key::new("Q", "bare")).await, Ok(None));
}

async fn many_items_come_back_in_the_order_of_their_keys(table: Arc<dyn Table>) {
    fill(&*table, [item("a"), item("b")]).await;
    let keys = ["b", "x", "a", "b"].map(key).to_vec();
    let got = table.get_many(keys).await.expect("answers");
    assert_eq!(
        got,
        [Some(item("b")), None, Some(item("a")), Some(item("b"))]
    );
    assert_eq!(table.get_many(Vec::new()).await, Ok(Vec::new()));
    let many: Vec<Item> = (0..250).map(|n| item(&format!("n{n:03}"))).collect();
    fill(&*table, many.clone()).await;
    let keys = many.iter().map(|it| it.key.clone()).collect();
    let got = table.get_many(keys).await.expect("answers");
    assert_eq!(got, many.into_iter().map(Some).collect::<Vec<_>>());
}

async fn conditions_hold_or_cancel(table: Arc<dyn Table>) {
    use Condition::{Absent, Any, Present, Version};
    fill(&*table, [of_version("there", 3)]).await;
    for (sk, condition, holds) in [
        ("there", Any, true),
        ("there", Absent, false),
        ("there", Present, true),
        ("there", Version(3), true),
        ("there", Version(2), false),
        ("gone", Any, true),
        ("gone", Absent, true),
        ("gone", Present, false),
        ("gone", Version(0), false),
    ] {
        let check = Write::Check {
            key: key(sk),
            condition,
        };
        let outcome = table.transact(vec![check]).await;
        assert_eq!(outcome.is_ok(), holds, "check {sk} {condition:?}");

        let write = Write::Put {
            item: of_version(sk, 3),
            condition,
        };
        let outcome = table.transact(vec![write]).await;
        assert_eq!(outcome.is_ok(), holds, "put {sk} {condition:?}");

        fill(&*table, [of_version("there", 3)]).await;
        if sk == "gone" {
            remove(&*table, "gone").await;
        }
        let delete = Write::Delete {
            key: key(sk),
            condition,
        };
        let outcome = table.transact(vec![delete]).await;
        assert_eq!(outcome.is_ok(), holds, "delete {sk} {condition:?}");
        let there = get(&*table, sk).await.is_some();
        assert_eq!(there, sk == "there" && !holds, "{sk} {condition:?}");
        fill(&*table, [of_version("there", 3)]).await;
    }
}

async fn remove(table: &dyn Table, sk: &str) {
    let delete = Write::Delete {
        key: key(sk),
        condition: Condition::Any,
    };
    table.transact(vec![delete]).await.expect("removes");
}

async fn every_failed_condition_is_reported_in_order(table: Arc<dyn Table>) {
    fill(&*table, [of_version("a", 5), of_version("b", 1)]).await;
    let outcome = table
        .transact(vec![
            Write::update(of_version("a", 5), 4),
            Write::create(item("new")),
            Write::create(item("b")),
            Write::Check {
                key: key("nothing"),
                condition: Condition::Present,
            },
            Write::Delete {
                key: key("b2"),
                condition: Condition::Any,
            },
        ])
        .await;
    let Err(TableError::Cancelled(reasons)) = outcome else {
        panic!("not cancelled: {outcome:?}");
    };
    let found: Vec<Option<Option<Item>>> = reasons
        .into_iter()
        .map(|reason| reason.map(|it| it.found))
        .collect();
    let expected = [
        Some(Some(of_version("a", 5))),
        None,
        Some(Some(of_version("b", 1))),
        Some(None),
        None,
    ];
    assert_eq!(found, expected);
}

async fn a_transaction_is_all_or_nothing(table: Arc<dyn Table>) {
    fill(&*table, [item("old"), of_version("kept", 2)]).await;
    let outcome = table
        .transact(vec![
            Write::create(item("new")),
            Write::Delete {
                key: key("old"),
                condition: Condition::Present,
            },
            Write::update(of_version("kept", 3), 1),
        ])
        .await;
    assert!(matches!(outcome, Err(TableError::Cancelled(_))));
    assert_eq!(get(&*table, "new").await, None);
    assert!(get(&*table, "old").await.is_some());
    assert_eq!(get(&*table, "kept").await, Some(of_version("kept", 2)));
    assert_eq!(table.transact(Vec::new()).await, Ok(()));
}

async fn two_writes_to_one_key_are_refused(table: Arc<dyn Table>) {
    let check = Write::Check {
        key: key("a"),
        condition: Condition::Any,
    };
    let outcome = table.transact(vec![check, put(item("a"))]).await;
    assert_eq!(outcome, Err(TableError::TwoWrites { key: key("a") }));
    assert_eq!(get(&*table, "a").await, None);
}

async fn large_items_are_refused(table: Arc<dyn Table>) {
    let sized = |bytes: usize| {
        let text = "x".repeat(bytes - br#"{"a":""}"#.len() - key("a").pk.len() - 1);
        Item::new(key("a"), format!(r#"{{"a":"{text}"}}"#).into_bytes())
    };
    // Engines count a little differently what lies beside the body.
    let small = sized(ITEM_LIMIT - 1024);
    fill(&*table, [small.clone()]).await;
    assert_eq!(get(&*table, "a").await, Some(small));
    let large = sized(ITEM_LIMIT + 1);
    let outcome = table.transact(vec![put(item("b")), put(large)]).await;
    let refused = TableError::TooLarge {
        key: key("a"),
        bytes: ITEM_LIMIT + 1,
    };
    assert_eq!(outcome, Err(refused));
    assert_eq!(get(&*table, "b").await, None);
}

async fn what_stands_in_no_index_is_found_in_none(table: Arc<dyn Table>) {
    let elsewhere = Item {
        gsi2: Some(Key::new("G", "x")),
        ..item("elsewhere")
    };
    fill(&*table, [item("bare"), in_gsi1("placed", "x"), elsewhere]).await;
    assert_eq!(
        found(&*table, Query::on(Index::Gsi1, "G")).await,
        ["placed"]
    );
    assert_eq!(
        found(&*table, Query::on(Index::Gsi2, "G")).await,
        ["elsewhere"]
    );
    assert!(found(&*table, Query::on(Index::Gsi3, "G")).await.is_empty());
    assert_eq!(found(&*table, Query::base("P")).await.len(), 3);
}

async fn index_entries_follow_their_item(table: Arc<dyn Table>) {
    let at = |place: &'static str| {
        let table = &table;
        async move { found(&**table, Query::on(Index::Gsi1, "G").prefix(place)).await }
    };
    fill(&*table, [in_gsi1("a", "OPEN#1")]).await;
    assert_eq!(at("OPEN#").await, ["a"]);
    fill(&*table, [in_gsi1("a", "DONE#1")]).await;
    assert!(at("OPEN#").await.is_empty());
    assert_eq!(at("DONE#").await, ["a"]);
    fill(&*table, [item("a")]).await;
    assert!(at("").await.is_empty());
    fill(&*table, [in_gsi1("a", "OPEN#2")]).await;
    assert_eq!(at("").await, ["a"]);
    remove(&*table, "a").await;
    assert!(at("").await.is_empty());
}

async fn equal_places_in_an_index_are_all_found(table: Arc<dyn Table>) {
    let names: Vec<String> = (0..7).map(|n| format!("n{n}")).collect();
    fill(&*table, names.iter().map(|sk| in_gsi1(sk, "same"))).await;
    for query in [
        Query::on(Index::Gsi1, "G"),
        Query::on(Index::Gsi1, "G").descending(),
    ] {
        let got = found(&*table, query.limit(2)).await;
        assert_eq!(got.len(), names.len(), "none twice");
        let got: BTreeSet<String> = got.into_iter().collect();
        assert_eq!(got, names.iter().cloned().collect());
    }
}

async fn a_prefix_finds_what_begins_with_it(table: Arc<dyn Table>) {
    let names = [
        "SEV_1#z",
        "SEV_2#a",
        "SEV_2#b",
        "SEV_2.5#a",
        "SEV_2_5#a",
        "SEV_20#a",
        "sev_2#a",
        "SEV_%#a",
        "SEV_2#\u{10ffff}",
        "ü#1",
    ];
    fill(&*table, names.map(item)).await;
    let by = |prefix: &str| Query::base("P").prefix(prefix);
    assert_eq!(
        found(&*table, by("SEV_2#")).await,
        ["SEV_2#a", "SEV_2#b", "SEV_2#\u{10ffff}"]
    );
    assert_eq!(found(&*table, by("SEV_2.5#")).await, ["SEV_2.5#a"]);
    assert_eq!(found(&*table, by("SEV_%")).await, ["SEV_%#a"]);
    assert_eq!(found(&*table, by("ü")).await, ["ü#1"]);
    assert!(found(&*table, by("SEV_3")).await.is_empty());
    assert_eq!(found(&*table, Query::base("P")).await.len(), names.len());
}

async fn ranges_keep_to_their_ends(table: Arc<dyn Table>) {
    fill(&*table, ["a", "b", "b1", "c", "d"].map(item)).await;
    let base = || Query::base("P");
    assert_eq!(
        found(&*table, base().between("b", "c")).await,
        ["b", "b1", "c"]
    );
    assert_eq!(found(&*table, base().after("b")).await, ["b1", "c", "d"]);
    assert_eq!(found(&*table, base().before("b1")).await, ["a", "b"]);
    assert_eq!(found(&*table, base().after("bb")).await, ["c", "d"]);
    assert!(found(&*table, base().between("c", "b")).await.is_empty());
    assert_eq!(
        found(&*table, base().before("c").descending()).await,
        ["b1", "b", "a"]
    );
}

async fn descending_is_the_same_backwards(table: Arc<dyn Table>) {
    let names: Vec<String> = (0..9).map(|n| format!("n{n}")).collect();
    fill(&*table, names.iter().map(|sk| in_gsi1(sk, sk))).await;
    for index in [Query::base("P"), Query::on(Index::Gsi1, "G")] {
        let mut backwards = found(&*table, index.descending().prefix("n").limit(2)).await;
        backwards.reverse();
        assert_eq!(backwards, names);
    }
}

async fn pages_join_without_gap_or_overlap(table: Arc<dyn Table>) {
    let names: Vec<String> = (0..23).map(|n| format!("n{n:02}")).collect();
    fill(&*table, names.iter().map(|sk| in_gsi1(sk, sk))).await;
    for query in [Query::base("P"), Query::on(Index::Gsi1, "G")] {
        for limit in [1, 2, 5, 22, 23, 24] {
            let query = query.clone().limit(limit);
            assert_eq!(found(&*table, query.clone()).await, names);
            let middle = query.clone().between("n03", "n19");
            assert_eq!(found(&*table, middle).await, names[3..=19]);
            let after = query.after("n20");
            assert_eq!(found(&*table, after).await, names[21..]);
        }
    }
}

async fn a_page_has_a_token_whenever_its_limit_was_reached(table: Arc<dyn Table>) {
    fill(&*table, ["a", "b", "c"].map(item)).await;
    let page = |limit, start| {
        let query = Query::base("P").limit(limit).start(start);
        let table = &table;
        async move { table.query(query).await.expect("answers") }
    };
    let two = page(2, None).await;
    assert_eq!((two.items.len(), two.next.is_some()), (2, true));
    let rest = page(2, two.next).await;
    assert_eq!((rest.items.len(), rest.next.is_some()), (1, false));
    let exact = page(3, None).await;
    assert_eq!((exact.items.len(), exact.next.is_some()), (3, true));
    let nothing = page(3, exact.next).await;
    assert_eq!((nothing.items.len(), nothing.next.is_some()), (0, false));
    assert!(page(4, None).await.next.is_none());
}

async fn a_token_from_elsewhere_does_not_widen_the_range(table: Arc<dyn Table>) {
    fill(&*table, ["a#1", "b#1", "b#2", "c#1"].map(item)).await;
    let token = |sk: &str| {
        Some(Token {
            sk: sk.to_owned(),
            key: key(sk),
        })
    };
    let b = || Query::base("P").prefix("b#");
    assert_eq!(
        found(&*table, b().start(token("a#1"))).await,
        ["b#1", "b#2"]
    );
    assert!(found(&*table, b().start(token("c#1"))).await.is_empty());
    assert_eq!(
        found(&*table, b().descending().start(token("c#1"))).await,
        ["b#2", "b#1"]
    );
}

async fn writers_of_one_counter_lose_nothing(table: Arc<dyn Table>) {
    const WRITERS: i64 = 8;
    const EACH: i64 = 10;
    fill(&*table, [of_version("counter", 0)]).await;
    let writer = |number: i64| {
        let table = Arc::clone(&table);
        tokio::spawn(async move {
            let mut seen = 0;
            for turn in 0..EACH {
                seen = count_one(&*table, seen, &format!("mark#{number}#{turn}")).await;
            }
        })
    };
    for done in join_all((0..WRITERS).map(writer)).await {
        done.expect("the writer came through");
    }
    let counter = get(&*table, "counter").await.expect("the counter");
    assert_eq!(counter.version, WRITERS * EACH);
    let marks = found(&*table, Query::base("P").prefix("mark#")).await;
    assert_eq!(marks.len() as i64, WRITERS * EACH);
}

/// Raises the counter by one and leaves a mark, however often others are faster; the loser
/// learns from the cancellation alone where the counter stands.
async fn count_one(table: &dyn Table, mut seen: i64, mark: &str) -> i64 {
    loop {
        let writes = vec![
            Write::update(of_version("counter", seen + 1), seen),
            Write::create(item(mark)),
        ];
        match table.transact(writes).await {
            Ok(()) => return seen + 1,
            Err(TableError::Cancelled(reasons)) => {
                let reason = reasons[0].as_ref().expect("the counter was the reason");
                seen = reason.found.as_ref().expect("the counter").version;
                assert!(reasons[1].is_none());
            }
            Err(other) => panic!("{other}"),
        }
    }
}

async fn transactions_called_in_order_are_committed_in_order(table: Arc<dyn Table>) {
    fill(&*table, [of_version("chain", 0)]).await;
    let calls: Vec<_> = (0..50)
        .map(|n| table.transact(vec![Write::update(of_version("chain", n + 1), n)]))
        .collect();
    for outcome in join_all(calls).await {
        assert_eq!(outcome, Ok(()));
    }
    assert_eq!(get(&*table, "chain").await.map(|it| it.version), Some(50));
}

async fn a_dropped_transaction_still_happens(table: Arc<dyn Table>) {
    drop(table.transact(vec![put(item("a"))]));
    // The next one waits its turn behind it.
    fill(&*table, [item("b")]).await;
    assert!(get(&*table, "a").await.is_some());
}

async fn the_log_is_only_ever_added_to(table: Arc<dyn Table>) {
    let key = Key::new("FAMILY#f#LOG", "SEQ#1");
    let record = Item::new(key.clone(), b"{}".to_vec());
    let create = vec![Write::create(record.clone())];
    assert_eq!(table.transact(create.clone()).await, Ok(()));
    let again = table.transact(create).await;
    assert!(matches!(again, Err(TableError::Cancelled(_))), "{again:?}");

    let refused = Err(TableError::AppendOnly { key: key.clone() });
    let forged = Item {
        body: br#"{"forged":1}"#.to_vec(),
        ..record.clone()
    };
    for condition in [Condition::Any, Condition::Present, Condition::Version(1)] {
        let item = forged.clone();
        let overwrite = table.transact(vec![Write::Put { item, condition }]).await;
        assert_eq!(overwrite, refused);
        let key = key.clone();
        let delete = table.transact(vec![Write::Delete { key, condition }]).await;
        assert_eq!(delete, refused);
    }
    assert_eq!(table.get(key).await, Ok(Some(record)));
}
