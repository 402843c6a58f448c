//! A backend whose disk is full, fails or has lost pages: what it says, and what is kept.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use famdesk::desk::DeskError;
use famdesk::model::login::KeyScope;
use famdesk::remote::{Remote, Unreachable};
use famdesk::replica::view::Fate;
use famdesk::server::{Metrics, network};
use famdesk::table::item::{Item, Key, Page, Query, Write};
use famdesk::table::keys::Scope;
use famdesk::table::{SqliteTable, TableError};
use famdesk::wire::login::{NewKey, Redeem, Secret};
use famdesk::wire::problem::{Problem, ProblemKind};
use famdesk::wire::session::Session;
use futures::future::BoxFuture;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::*;

/// Whether a table fails at a transaction, and how.
type Fails = dyn Fn(&[Write]) -> Option<TableError> + Send + Sync;

/// A table that fails at some transactions.
struct Failing {
    inner: SqliteTable,
    fails: Box<Fails>,
}

impl Failing {
    fn at(fails: impl Fn(&[Write]) -> Option<TableError> + Send + Sync + 'static) -> Failing {
        Failing {
            inner: SqliteTable::in_memory().expect("a table"),
            fails: Box::new(fails),
        }
    }
}

impl Table for Failing {
    fn get(&self, key: Key) -> BoxFuture<'_, Result<Option<Item>, TableError>> {
        self.inner.get(key)
    }

    fn get_many(&self, keys: Vec<Key>) -> BoxFuture<'_, Result<Vec<Option<Item>>, TableError>> {
        self.inner.get_many(keys)
    }

    fn query(&self, query: Query) -> BoxFuture<'_, Result<Page, TableError>> {
        self.inner.query(query)
    }

    fn transact(&self, writes: Vec<Write>) -> BoxFuture<'static, Result<(), TableError>> {
        match (self.fails)(&writes) {
            Some(error) => Box::pin(async { Err(error) }),
            None => self.inner.transact(writes),
        }
    }
}

#[tokio::test]
async fn what_a_full_backend_can_not_take_waits_and_is_sent_once_there_is_room() {
    let full = Arc::new(AtomicBool::new(false));
    let is_full = Arc::clone(&full);
    let table = Failing::at(move |_| {
        let path = "store.db".into();
        let is_full = is_full.load(Ordering::SeqCst);
        is_full.then_some(TableError::DiskFull { path })
    });
    let house = House::over(table).await;
    full.store(true, Ordering::SeqCst);
    for n in 0..14 {
        house.ticket(&format!("Leak {n}"), Severity::Sev3).await;
    }
    // However often it is tried: a full disk is nothing that the commands could help.
    for _ in 0..10 {
        let error = house.station.sync().await.expect_err("full");
        assert_eq!(error.kind(), Some(ProblemKind::CannotStore), "{error}");
        assert!(error.to_string().contains("no room is left"), "{error}");
        let summary = house.station.read(|it| it.outbox_summary()).await;
        let summary = summary.expect("readable");
        assert_eq!((summary.waiting, summary.parked), (14, 0));
    }
    full.store(false, Ordering::SeqCst);
    house.sync().await;
    assert!(!house.station.has_unsent().await.expect("readable"));
    assert_eq!(house.list(house.typed("leak")).await.rows.len(), 14);
}

/// Fails at whatever speaks of poison, however often it is given.
fn at_poison(writes: &[Write]) -> Option<TableError> {
    let is_poison = |write: &Write| match write {
        Write::Put { item, .. } => memchr::memmem::find(&item.body, b"poison").is_some(),
        Write::Delete { .. } | Write::Check { .. } => false,
    };
    let (path, detail) = ("store.db".into(), "out of memory".to_owned());
    let is_poisoned = writes.iter().any(is_poison);
    is_poisoned.then_some(TableError::Engine { path, detail })
}

#[tokio::test]
async fn a_command_that_the_backend_fails_at_is_set_aside_after_eight_tries() {
    let house = House::over(Failing::at(at_poison)).await;
    let ticket_id = house.ticket("Leak", Severity::Sev3).await;
    house.sync().await;
    let said = ["before", "poison", "after", "and after that"];
    let said = said.map(|it| house.comment(ticket_id, it, false));
    house.give(said.to_vec()).await;
    let me = house.station.me();
    for time in 1..=7 {
        // Each time another program, as where somebody works by subcommands alone.
        let again = station(&house.desk, &house.source, &house.folder, me, None);
        let error = again.sync().await.expect_err("it fails");
        assert_eq!(error.kind(), Some(ProblemKind::Failed), "{error}");
        let summary = again.read(|it| it.outbox_summary()).await;
        let summary = summary.expect("readable");
        assert_eq!((summary.waiting, summary.parked), (3, 0), "time {time}");
    }
    let passed = house.station.sync().await.expect("the others went through");
    assert_eq!(passed.refused, 1);
    let summary = house.station.read(|it| it.outbox_summary()).await;
    let summary = summary.expect("readable");
    assert_eq!((summary.waiting, summary.parked), (0, 1));
    house.sync().await;
    let comments = house.thread(ticket_id).await.comments;
    let through: Vec<&str> = comments.iter().map(|it| it.body.as_str()).collect();
    assert_eq!(through, ["before", "after", "and after that"]);

    let tray = house.station.read(|it| it.tray()).await.expect("readable");
    assert_eq!(tray[0].text.as_deref(), Some("poison"));
    let Fate::Parked(why) = &tray[0].fate else {
        panic!("{:?}", tray[0].fate);
    };
    let report = house.folder.path().join(me.to_string());
    let report = report.join(format!("parked-{}.json", tray[0].command_id));
    assert!(why.contains(&report.display().to_string()), "{why}");
    let report = fs::read_to_string(report).expect("a report");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["tries"], 8);
    assert_eq!(report["problem"]["type"], "failed");
    assert!(report["command"].to_string().contains("poison"));
}

/// The bytes of a page of the store's file.
const PAGE: usize = 8192;

/// A desk over the store in the file, where noise comes in place of every page that holds the word
/// while it is open.
async fn damaged(house: &House, path: &Path, word: &str) -> Arc<Desk> {
    let table: Arc<dyn Table> = Arc::new(SqliteTable::open(path).expect("opens"));
    let head = patterns::head(table.as_ref(), Scope::Family(house.family)).await;
    assert!(head.expect("readable").is_some());
    let file = fs::OpenOptions::new()
        .write(true)
        .open(path)
        .expect("opens");
    let mut hit = 0;
    for (place, page) in (0..).zip(fs::read(path).expect("readable").chunks(PAGE)) {
        if memchr::memmem::find(page, word.as_bytes()).is_some() {
            file.write_all_at(&[0xA5; PAGE], place * PAGE as u64)
                .expect("written");
            hit += 1;
        }
    }
    assert!(hit > 0, "{word} is nowhere");
    let blobs = BlobStore::open(house.folder.path().join("blobs")).expect("blobs");
    let clock = Arc::clone(&house.source) as Arc<dyn Source>;
    Arc::new(Desk::new(table, blobs, clock))
}

async fn ask(routes: &Router, path: &str, token: &str) -> (StatusCode, Vec<u8>) {
    let request = Request::get(path).header("authorization", format!("Bearer {token}"));
    let request = request.body(Body::empty()).expect("a request");
    let answered = routes.clone().oneshot(request).await.expect("answered");
    let (head, body) = answered.into_parts();
    let body = body.collect().await.expect("read").to_bytes();
    (head.status, body.to_vec())
}

async fn key_of(desk: &Desk, house: &House, user_id: UserId) -> String {
    house.source.advance(60);
    let made = desk.make_code(user_id, house.station.me()).await;
    let redeem = Redeem {
        code: made.expect("a code").code,
        email: Some(format!("{user_id}@example.org")),
        password: Secret("heron gravel pudding lantern".to_owned()),
        device_name: "laptop".to_owned(),
    };
    desk.redeem(&redeem, "here").await.expect("claimed");
    let new = NewKey {
        key_name: "script".to_owned(),
        family_id: house.family,
        scope: KeyScope::Write,
        days: None,
    };
    desk.create_key(user_id, &new).await.expect("a key").token.0
}

#[tokio::test]
async fn a_damaged_store_tells_what_can_be_read_takes_nothing_and_says_so_to_the_admin() {
    let stores = tempfile::tempdir().expect("a folder");
    let path = stores.path().join("store.db");
    let house = House::over(SqliteTable::open(&path).expect("opens")).await;
    let (ben, _) = joined(&house, "Ben", Role::Adult).await;
    let [ana, ben] = [house.station.me(), ben];
    let (ana, ben) = (
        key_of(&house.desk, &house, ana).await,
        key_of(&house.desk, &house, ben).await,
    );
    // Far enough from each other for a page of their own.
    let filler = "water on the floor ".repeat(200);
    let mut tickets = Vec::new();
    for n in 0..12 {
        let ticket_id = house
            .ticket(&format!("Leak number{n}."), Severity::Sev3)
            .await;
        house
            .give(vec![house.comment(ticket_id, &filler, false)])
            .await;
        tickets.push(ticket_id);
    }
    house.sync().await;
    let House { station, .. } = &house;
    let before = house.fingerprint().await;
    // Everything in the file itself.
    let copy = stores.path().join("copy.db");
    famdesk::table::sqlite::back_up(&path, &copy).expect("copied");

    let desk = damaged(&house, &copy, "Leak number6.").await;
    let routes = network(Arc::clone(&desk), Arc::new(Metrics::default()));
    let family = format!("/v1/families/{}", house.family);
    let (status, body) = ask(&routes, "/readyz", &ana).await;
    assert_eq!((status, body.as_slice()), (StatusCode::OK, &b"ready\n"[..]));
    let lost = format!("{family}/tickets/{}", tickets[6]);
    let (status, body) = ask(&routes, &lost, &ana).await;
    let problem: Problem = serde_json::from_slice(&body).expect("a problem");
    assert_eq!(
        (status, problem.kind),
        (StatusCode::SERVICE_UNAVAILABLE, ProblemKind::Damaged)
    );
    assert!(problem.detail.contains("is damaged"), "{}", problem.detail);
    assert!(
        problem.detail.contains("restore a backup"),
        "{}",
        problem.detail
    );

    // What can be read is,
    for whole in [tickets[0], tickets[11]] {
        let (status, body) = ask(&routes, &format!("{family}/tickets/{whole}"), &ana).await;
        assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&body));
    }
    // whoever runs the family is told, and whoever watches the server,
    for (key, is_told) in [(&ana, true), (&ben, false)] {
        let (status, body) = ask(&routes, "/v1/session", key).await;
        assert_eq!(status, StatusCode::OK);
        let session: Session = serde_json::from_slice(&body).expect("a session");
        assert_eq!(session.trouble.is_some(), is_told, "{:?}", session.trouble);
    }
    let (status, body) = ask(&routes, "/readyz", &ana).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(body, b"the store is damaged; restore a backup\n");

    let me = station.me();
    let at_damaged = station_over(&house, &desk, me);
    let passed = at_damaged.sync().await.expect("nothing to be read");
    let trouble = passed.trouble.expect("told");
    assert!(trouble.contains("restore a backup"), "{trouble}");

    // and nothing is taken, not even where it would fit.
    let (_, filed) = house.new_ticket("Too late", Severity::Sev3);
    station
        .give(house.family, vec![filed])
        .await
        .expect("saved here");
    for _ in 0..10 {
        let error = at_damaged.sync().await.expect_err("damaged");
        assert_eq!(error.kind(), Some(ProblemKind::Damaged), "{error}");
        assert!(error.is_of_the_way());
    }
    let summary = at_damaged.read(|it| it.outbox_summary()).await;
    let summary = summary.expect("readable");
    assert_eq!((summary.waiting, summary.parked), (1, 0));
    let anew = desk.make_code(me, me).await;
    assert!(
        matches!(anew, Err(DeskError::Table(TableError::Corrupt { .. }))),
        "{anew:?}"
    );

    // With the last good copy in its place, all goes on.
    house.sync().await;
    assert!(!station.has_unsent().await.expect("readable"));
    assert_ne!(house.fingerprint().await, before);
}

/// The same replica over another desk.
fn station_over(house: &House, desk: &Arc<Desk>, me: UserId) -> Station {
    station(desk, &house.source, &house.folder, me, None)
}

/// A proxy that keeps answers.
struct Hoarder {
    inner: InProcess<Router>,
    hoards: Arc<AtomicBool>,
    /// Which question it takes another for, if it keeps the answer at all.
    takes_for: fn(&Request<Bytes>) -> Option<String>,
    kept: Mutex<HashMap<String, Response<Bytes>>>,
}

impl Remote for Hoarder {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Unreachable>> {
        let question = (self.takes_for)(&request).filter(|_| self.hoards.load(Ordering::SeqCst));
        Box::pin(async move {
            let Some(question) = question else {
                return self.inner.call(request).await;
            };
            let kept = self.kept.lock().expect("whole").get(&question).cloned();
            if let Some(kept) = kept {
                return Ok(kept);
            }
            let answered = self.inner.call(request).await?;
            let mut kept = self.kept.lock().expect("whole");
            kept.insert(question, answered.clone());
            Ok(answered)
        })
    }

    fn listen(&self) {
        self.inner.listen();
    }

    fn poked(&self) -> BoxFuture<'_, ()> {
        self.inner.poked()
    }
}

/// A station of Ana's behind a proxy, which begins to keep answers when it is told to.
async fn behind_a_hoarder(
    house: &House,
    folder: &TempDir,
    takes_for: fn(&Request<Bytes>) -> Option<String>,
) -> (Station, Arc<AtomicBool>) {
    let hoards = Arc::new(AtomicBool::new(false));
    let routes = famdesk::server::bundled(Arc::clone(&house.desk));
    let proxy = Hoarder {
        inner: InProcess::new(routes, house.desk.stirs()),
        hoards: Arc::clone(&hoards),
        takes_for,
        kept: Mutex::default(),
    };
    let client = Client::new(Arc::new(proxy), None);
    let behind = station_at(&house.source, folder, house.station.me(), client);
    behind.sync().await.expect("synced");
    (behind, hoards)
}

#[tokio::test]
async fn an_answer_that_a_proxy_has_kept_is_taken_for_none() {
    let house = House::new().await;
    let first = house.ticket("first", Severity::Sev3).await;
    house.sync().await;
    let folder = tempfile::tempdir().expect("a folder");
    let any_log = |request: &Request<Bytes>| {
        let path = request.uri().path();
        path.ends_with("/log").then(|| path.to_owned())
    };
    let (behind, hoards) = behind_a_hoarder(&house, &folder, any_log).await;
    hoards.store(true, Ordering::SeqCst);
    house.ticket("second", Severity::Sev3).await;
    house.sync().await;
    behind
        .sync()
        .await
        .expect("this answer is the one that is kept");
    house.ticket("third", Severity::Sev3).await;
    house.sync().await;
    let comment = house.comment(first, "from behind", false);
    behind
        .give(house.family, vec![comment])
        .await
        .expect("saved");
    let error = behind.sync().await.expect_err("an old answer");
    assert!(error.to_string().contains("another question"), "{error}");
    hoards.store(false, Ordering::SeqCst);
    behind.sync().await.expect("synced");
    assert!(!behind.has_unsent().await.expect("readable"));
    let mine = behind
        .read(|it| it.outbox_summary())
        .await
        .expect("readable");
    assert_eq!((mine.waiting, mine.refused), (0, 0));
    house.sync().await;
    assert_eq!(house.thread(first).await.comments.len(), 1);
}

#[tokio::test]
async fn an_old_answer_to_the_very_same_question_is_taken_for_none() {
    let house = House::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let same = |request: &Request<Bytes>| {
        let is_safe = request.method().is_safe();
        is_safe.then(|| format!("{} {}", request.method(), request.uri()))
    };
    let (behind, hoards) = behind_a_hoarder(&house, &folder, same).await;
    hoards.store(true, Ordering::SeqCst);
    behind.sync().await.expect("nothing is new");
    house.ticket("news", Severity::Sev3).await;
    house.sync().await;
    // It would say once more that nothing is new.
    let error = behind.sync().await.expect_err("an old answer");
    assert!(error.to_string().contains("another question"), "{error}");
    hoards.store(false, Ordering::SeqCst);
    behind.sync().await.expect("synced");
    assert_eq!(list(&behind, house.typed("news")).await.rows.len(), 1);
}
