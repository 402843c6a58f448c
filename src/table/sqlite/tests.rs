//! The engine as a table (conformance), and what only a file can do: be old, new, foreign,
//! damaged, full or shared.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use proptest::prelude::*;

use std::sync::Arc;

use super::*;
use crate::config::drive::NetworkDrive;
use crate::table::conformance;
use crate::table::item::{Condition, ITEM_LIMIT, Index, Range};
use crate::table::query_all;

fn item(sk: &str, bytes: usize) -> Item {
    Item::new(Key::new("P", sk), vec![b'x'; bytes])
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn waiting(writes: Vec<Write>) -> (Transaction, oneshot::Receiver<Result<(), TableError>>) {
    let (answer, answered) = oneshot::channel();
    (Transaction { writes, answer }, answered)
}

/// What a writer answers to one transaction.
fn commit(writer: &mut Writer, writes: Vec<Write>) -> Result<(), TableError> {
    let (transaction, mut answered) = waiting(writes);
    writer.commit(vec![transaction]);
    answered.try_recv().expect("an answer")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_conforms() {
    let nfs = Some(NetworkDrive::NFS);
    let ways = [
        (None, Reads::Apart),
        (None, Reads::InPlace),
        (nfs, Reads::Apart),
        (nfs, Reads::InPlace),
    ];
    for (drive, reads) in ways {
        for (name, check) in conformance::CHECKS {
            let folder = folder();
            let path = folder.path().join("store.db");
            let table = SqliteTable::open_on(drive, path, reads).expect("opens");
            println!("{name}");
            check(Arc::new(table)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_conforms() {
    conformance::run_all(|| Arc::new(SqliteTable::in_memory().expect("opens"))).await;
}

#[test]
fn the_library_is_past_the_fault_that_damaged_logs() {
    // Two connections that wrote and folded the log in at once could lose a page before this.
    assert!(rusqlite::version_number() >= 3_051_003);
}

#[tokio::test]
async fn what_was_answered_is_there_after_reopening() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let table = SqliteTable::open(&path).expect("opens");
    let write = Write::create(item("a", 10));
    assert_eq!(table.transact(vec![write]).await, Ok(()));
    // Not awaited: what was asked before the end still happens.
    drop(table.transact(vec![Write::create(item("b", 10))]));
    drop(table);
    let mode = fs::metadata(&path).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let left: Vec<_> = fs::read_dir(folder.path()).expect("lists").collect();
    assert_eq!(left.len(), 1, "the log was folded in: {left:?}");

    let table = SqliteTable::open(&path).expect("opens again");
    let all = query_all(&table, Query::base("P")).await.expect("reads");
    assert_eq!(all.len(), 2);
}

#[tokio::test]
async fn a_store_that_moves_to_a_network_drive_and_back_is_the_same() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let nfs = Some(NetworkDrive::NFS);
    for (round, drive) in [None, nfs, None, nfs].into_iter().enumerate() {
        let table = SqliteTable::open_on(drive, &path, Reads::Apart).expect("opens");
        let write = Write::create(item(&format!("item {round}"), 10));
        assert_eq!(table.transact(vec![write]).await, Ok(()));
        let log = path.with_file_name("store.db-wal");
        assert_eq!(log.exists(), drive.is_none());
        let all = query_all(&table, Query::base("P")).await.expect("reads");
        assert_eq!(all.len(), round + 1);
    }
}

#[test]
fn the_file_is_kept_as_the_design_says() {
    let folder = folder();
    let writer = Writer::open(&folder.path().join("store.db"), None).expect("opens");
    let says = |pragma: &str| {
        let value = |row: &rusqlite::Row<'_>| row.get::<_, rusqlite::types::Value>(0);
        writer.connection.pragma_query_value(None, pragma, value)
    };
    assert_eq!(says("journal_mode"), Ok("wal".to_owned().into()));
    for (pragma, value) in [
        ("page_size", 8192),
        ("synchronous", 2),
        ("busy_timeout", 5000),
        ("cell_size_check", 1),
        ("trusted_schema", 0),
        ("application_id", 0x4641_4d44),
        ("user_version", schema::STEPS.len() as i64),
    ] {
        assert_eq!(says(pragma), Ok(value.into()), "{pragma}");
    }
}

#[tokio::test]
async fn two_programs_may_hold_one_store() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let one = SqliteTable::open(&path).expect("opens");
    let two = SqliteTable::open(&path).expect("opens");
    assert_eq!(
        one.transact(vec![Write::create(item("a", 1))]).await,
        Ok(())
    );
    assert!(two.get(Key::new("P", "a")).await.expect("reads").is_some());
    let late = two.transact(vec![Write::create(item("a", 1))]).await;
    assert!(matches!(late, Err(TableError::Cancelled(_))));
}

#[test]
fn several_programs_may_make_one_store_at_once() {
    for _ in 0..10 {
        let folder = folder();
        let path = &folder.path().join("store.db");
        thread::scope(|scope| {
            let opening: Vec<_> = (0..4)
                .map(|_| scope.spawn(move || SqliteTable::open(path).map(drop)))
                .collect();
            for opened in opening {
                assert_eq!(opened.join().expect("comes back"), Ok(()));
            }
        });
    }
}

#[test]
fn transactions_that_wait_together_stand_or_fall_alone() {
    let mut writer = Writer::in_memory().expect("opens");
    let (first, mut to_first) = waiting(vec![Write::create(item("a", 1))]);
    let (loser, mut to_loser) = waiting(vec![
        Write::create(item("b", 1)),
        Write::create(item("a", 2)),
    ]);
    let (last, mut to_last) = waiting(vec![Write::create(item("b", 1))]);
    writer.commit(vec![first, loser, last]);
    assert_eq!(to_first.try_recv(), Ok(Ok(())));
    let Ok(Err(TableError::Cancelled(reasons))) = to_loser.try_recv() else {
        panic!("the second is cancelled");
    };
    assert_eq!(reasons[0], None);
    let found = reasons[1].as_ref().and_then(|it| it.found.clone());
    assert_eq!(found, Some(item("a", 1)));
    assert_eq!(to_last.try_recv(), Ok(Ok(())));
}

#[test]
fn a_full_disk_is_said_and_survived() {
    let mut writer = Writer::in_memory().expect("opens");
    writer
        .connection
        .pragma_update(None, "max_page_count", 20)
        .expect("limits");
    let (small, mut to_small) = waiting(vec![Write::create(item("a", 1))]);
    let (large, mut to_large) = waiting(vec![
        Write::create(item("b", 1)),
        Write::create(item("c", ITEM_LIMIT - 100)),
    ]);
    writer.commit(vec![small, large]);
    let small = to_small.try_recv().expect("an answer");
    let full = to_large.try_recv().expect("an answer");
    assert!(matches!(full, Err(TableError::DiskFull { .. })), "{full:?}");
    let there = |sk| read::get(&writer.connection, &Key::new("P", sk)).expect("reads");
    assert_eq!(there("a").is_some(), small.is_ok());
    assert_eq!(there("b"), None);
    assert_eq!(
        commit(&mut writer, vec![Write::create(item("d", 1))]),
        Ok(())
    );
}

#[test]
fn a_failed_commit_is_unknown_and_the_next_one_works() {
    let folder = folder();
    let mut writer = Writer::open(&folder.path().join("store.db"), None).expect("opens");
    writer
        .connection
        .commit_hook(Some(|| true))
        .expect("a hook");
    let outcome = commit(&mut writer, vec![Write::create(item("a", 1))]);
    assert!(
        matches!(outcome, Err(TableError::OutcomeUnknown { .. })),
        "{outcome:?}"
    );
    assert_eq!(
        commit(&mut writer, vec![Write::create(item("a", 1))]),
        Ok(())
    );
}

#[test]
fn the_file_itself_keeps_its_log() {
    let mut writer = Writer::in_memory().expect("opens");
    let record = Item::new(Key::new("FAMILY#f#LOG", "SEQ#1"), b"{}".to_vec());
    let overwrite = Write::Put {
        item: record.clone(),
        condition: Condition::Any,
    };
    assert_eq!(commit(&mut writer, vec![Write::create(record)]), Ok(()));
    assert!(commit(&mut writer, vec![overwrite]).is_err());
    for sql in [
        "UPDATE items SET body = x'00'",
        "DELETE FROM items",
        "INSERT OR REPLACE INTO items SELECT * FROM items",
    ] {
        let outcome = writer.connection.execute(sql, []);
        assert!(outcome.is_err(), "{sql}");
    }
}

#[test]
fn what_is_no_store_of_ours_is_left_alone() {
    let folder = folder();
    let text = folder.path().join("notes.txt");
    fs::write(&text, "milk, bread, a new boiler").expect("writes");
    let foreign = folder.path().join("foreign.db");
    Connection::open(&foreign)
        .and_then(|it| it.execute_batch("CREATE TABLE t (a); PRAGMA user_version = 1;"))
        .expect("another program's store");
    for path in [text, foreign] {
        let before = fs::read(&path).expect("reads");
        let outcome = SqliteTable::open(&path).map(drop);
        assert_eq!(outcome, Err(TableError::NotOurs { path: path.clone() }));
        assert_eq!(fs::read(&path).expect("reads"), before);
    }
}

#[test]
fn a_newer_store_is_refused() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let known = schema::STEPS.len() as i64;
    drop(SqliteTable::open(&path).expect("opens"));
    Connection::open(&path)
        .and_then(|it| it.pragma_update(None, "user_version", known + 4))
        .expect("a later version");
    let outcome = SqliteTable::open(&path).map(drop);
    let refused = TableError::Newer {
        path,
        found: known + 4,
        known,
    };
    assert!(refused.to_string().ends_with("update famdesk"));
    assert_eq!(outcome, Err(refused));
}

#[test]
fn an_older_store_is_copied_and_brought_up_to_date() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let mut writer = Writer::open(&path, None).expect("opens");
    assert_eq!(
        commit(&mut writer, vec![Write::create(item("a", 1))]),
        Ok(())
    );
    drop(writer);

    let mut steps = schema::STEPS.to_vec();
    let known = steps.len() as i64;
    steps.push("CREATE TABLE extra (a TEXT) STRICT;");
    let newer = schema::open_writer(&path, None, &steps).expect("migrates");
    let count = |table: &str, it: &Connection| {
        it.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
            row.get::<_, i64>(0)
        })
    };
    assert_eq!(count("items", &newer).ok(), Some(1));
    assert_eq!(count("extra", &newer).ok(), Some(0));

    let copy = schema::backup_path(&path, known);
    let mode = fs::metadata(&copy).expect("a copy").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let copy = Connection::open(copy).expect("opens");
    assert_eq!(count("items", &copy).ok(), Some(1));
    assert!(count("extra", &copy).is_err());
}

#[test]
fn a_step_that_fails_changes_nothing() {
    let folder = folder();
    let path = folder.path().join("store.db");
    drop(SqliteTable::open(&path).expect("opens"));
    let mut steps = schema::STEPS.to_vec();
    steps.push("CREATE TABLE extra (a TEXT) STRICT; CREATE TABLE items (a TEXT);");
    assert!(schema::open_writer(&path, None, &steps).is_err());
    drop(SqliteTable::open(&path).expect("still opens"));
}

#[tokio::test]
async fn a_damaged_file_is_named_and_left_as_it_was() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let table = SqliteTable::open(&path).expect("opens");
    let items = (0..200).map(|n| Write::create(item(&format!("n{n}"), 2000)));
    assert_eq!(table.transact(items.collect()).await, Ok(()));
    drop(table);
    let mut bytes = fs::read(&path).expect("reads");
    // The schema survives, every other page is noise.
    bytes[8192..].fill(0xA5);
    fs::write(&path, &bytes).expect("writes");

    let outcome = match SqliteTable::open(&path) {
        Ok(table) => query_all(&table, Query::base("P")).await.map(drop),
        Err(error) => Err(error),
    };
    assert!(
        matches!(outcome, Err(TableError::Corrupt { .. })),
        "{outcome:?}"
    );
    assert_eq!(fs::read(&path).expect("reads"), bytes);

    bytes[100..8192].fill(0xA5);
    fs::write(&path, &bytes).expect("writes");
    let outcome = SqliteTable::open(&path).map(drop);
    assert!(
        matches!(outcome, Err(TableError::Corrupt { .. })),
        "{outcome:?}"
    );
}

#[test]
fn a_store_without_a_folder_says_so() {
    let folder = folder();
    let path = folder.path().join("missing").join("store.db");
    let outcome = SqliteTable::open(&path).map(drop);
    assert!(
        matches!(outcome, Err(TableError::Engine { .. })),
        "{outcome:?}"
    );
}

/// Few enough texts that prefixes, equal places and hits on the ends are common.
fn text() -> impl Strategy<Value = String> {
    "[ab#]{0,3}"
}

fn range() -> impl Strategy<Value = Range> {
    prop_oneof![
        Just(Range::All),
        text().prop_map(Range::Prefix),
        (text(), text()).prop_map(|(from, to)| Range::Between { from, to }),
        text().prop_map(Range::After),
        text().prop_map(Range::Before),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_range_in_pages_of_any_size_is_what_a_plain_filter_finds(
        places in prop::collection::btree_map(text(), prop::option::of(text()), 0..30),
        range in range(),
        limit in 1..6_usize,
        descending: bool,
        by_index: bool,
    ) {
        let items = places.iter().map(|(sk, place)| Item {
            gsi1: place.as_ref().map(|sk| Key::new("G", sk)),
            ..item(sk, 1)
        });
        let items: Vec<Item> = items.collect();
        let mut writer = Writer::in_memory().expect("opens");
        let writes = items.iter().cloned().map(Write::create).collect();
        prop_assert_eq!(commit(&mut writer, writes), Ok(()));

        let (index, pk) = if by_index { (Index::Gsi1, "G") } else { (Index::Base, "P") };
        let mut expected: Vec<(String, String)> = items
            .iter()
            .filter_map(|it| Some((it.place(index)?.sk.clone(), it.key.sk.clone())))
            .filter(|(sk, _)| within(&range, sk))
            .collect();
        expected.sort();
        if descending {
            expected.reverse();
        }

        let mut query = Query::on(index, pk).range(range).limit(limit);
        query.descending = descending;
        let mut found = Vec::new();
        loop {
            let page = read::query(&writer.connection, &query).expect("reads");
            prop_assert_eq!(page.next.is_some(), page.items.len() == limit);
            let keys = page.items.iter().filter_map(|it| {
                Some((it.place(index)?.sk.clone(), it.key.sk.clone()))
            });
            found.extend(keys);
            query.start = page.next;
            if query.start.is_none() {
                break;
            }
        }
        prop_assert_eq!(found, expected);
    }
}

/// What the range says, in plain words.
fn within(range: &Range, sk: &str) -> bool {
    match range {
        Range::All => true,
        Range::Prefix(prefix) => sk.starts_with(prefix.as_str()),
        Range::Between { from, to } => from.as_str() <= sk && sk <= to.as_str(),
        Range::After(end) => sk > end.as_str(),
        Range::Before(end) => sk < end.as_str(),
    }
}
