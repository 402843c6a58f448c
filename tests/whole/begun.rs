//! A long-lived family comes as it is now, page by page; what came is kept where the line breaks.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use famdesk::model::source::DAY;
use famdesk::remote::{Remote, Unreachable};
use famdesk::sync::transfer::{Freight, Transfer};
use famdesk::sync::{News, SyncError};
use famdesk::table::sqlite::back_up;
use futures::future::BoxFuture;
use http::{Request, Response};

use super::*;

/// As many tickets as four pages take, and more history than is told from its beginning.
const TICKETS: usize = 501;

/// A way to the backend that notes which pages go over it, and breaks behind some.
struct Line {
    inner: InProcess<axum::Router>,
    asked: Mutex<Vec<bool>>,
    /// How many pages still go through.
    left: AtomicUsize,
    /// How many bytes the largest had.
    largest: Arc<AtomicUsize>,
}

impl Remote for Line {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Unreachable>> {
        if request.uri().path().ends_with("/snapshot") {
            let left = &self.left;
            let goes =
                left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |it| it.checked_sub(1));
            if goes.is_err() {
                return Box::pin(async { Err(Unreachable("cut off".to_owned())) });
            }
            let query = request.uri().query().unwrap_or_default();
            let mut asked = self.asked.lock().expect("held by nobody");
            asked.push(query.contains("page="));
            let (answer, largest) = (self.inner.call(request), Arc::clone(&self.largest));
            return Box::pin(async move {
                let answer = answer.await?;
                largest.fetch_max(answer.body().len(), Ordering::Relaxed);
                Ok(answer)
            });
        }
        self.inner.call(request)
    }

    fn listen(&self) {
        self.inner.listen();
    }

    fn poked(&self) -> BoxFuture<'_, ()> {
        self.inner.poked()
    }
}

impl Line {
    /// Whether each page that was asked for since was one that goes on from another.
    fn asked(&self) -> Vec<bool> {
        std::mem::take(&mut self.asked.lock().expect("held by nobody"))
    }
}

/// Ana's house with many tickets.
async fn lived_in(table: SqliteTable) -> House {
    let house = House::over(table).await;
    let filed = (0..TICKETS).map(|n| house.new_ticket(&format!("ticket {n}"), Severity::Sev3).1);
    house.give(filed.collect()).await;
    house.sync().await;
    house
}

/// A station of Ana's in the folder, behind a line that breaks after so many pages.
fn ana_at(
    house: &House,
    (desk, clock): (&Arc<Desk>, &Arc<FixedSource>),
    folder: &TempDir,
    pages: usize,
) -> (Arc<Line>, Station) {
    let line = Arc::new(Line {
        inner: InProcess::new(server::bundled(Arc::clone(desk)), desk.stirs()),
        asked: Mutex::default(),
        left: AtomicUsize::new(pages),
        largest: Arc::default(),
    });
    let client = Client::new(Arc::clone(&line) as Arc<dyn Remote>, None);
    let ana = station_at(clock, folder, house.station.me(), client);
    (line, ana)
}

/// A new station of hers, cut off after two pages; its line is whole again.
async fn cut_off(house: &House) -> (TempDir, Arc<Line>, Station) {
    let folder = tempfile::tempdir().expect("a folder");
    let (line, ana) = ana_at(house, (&house.desk, &house.source), &folder, 2);
    let cut = ana.sync().await.expect_err("the line is cut");
    assert!(matches!(cut, SyncError::Call(_)), "{cut}");
    assert_eq!(line.asked(), [false, true]);
    assert!(pages(&folder, house).exists());
    line.left.store(usize::MAX, Ordering::Relaxed);
    (folder, line, ana)
}

fn pages(folder: &TempDir, house: &House) -> std::path::PathBuf {
    let state = folder.path().join(house.station.me().to_string());
    state.join(format!("snapshot-{}.jsonl", house.family))
}

async fn assert_same(house: &House, ana: &Station) {
    let family = house.family;
    let here = ana.read(move |it| it.fingerprint(family)).await;
    assert_eq!(here.expect("readable"), house.fingerprint().await);
}

#[tokio::test]
async fn what_came_before_the_line_broke_is_not_fetched_again() {
    let house = lived_in(SqliteTable::in_memory().expect("a table")).await;
    let (folder, line, ana) = cut_off(&house).await;
    // Meanwhile somebody works.
    house.ticket("late", Severity::Sev1).await;
    house.sync().await;

    let mut transfers = ana.transfers();
    let told = tokio::spawn(async move {
        let mut told: Vec<Transfer> = Vec::new();
        while transfers.changed().await.is_ok() {
            match transfers.borrow_and_update().clone() {
                Some(now) => told.push(now),
                None => break,
            }
        }
        told
    });
    ana.sync().await.expect("synced");
    assert_eq!(line.asked(), [true, true]);
    assert_same(&house, &ana).await;
    assert!(!pages(&folder, &house).exists());
    let told = told.await.expect("told");
    let last = told.last().expect("something was told");
    assert_eq!(last.what, Freight::FamilyWhole("Rivera family".to_owned()));
    assert_eq!(last.total, TICKETS as u64);
    assert!(last.done >= last.total);
}

#[tokio::test]
async fn a_thread_that_is_too_long_for_a_page_comes_in_several() {
    let house = lived_in(SqliteTable::in_memory().expect("a table")).await;
    let (ticket_id, filed) = house.new_ticket("the long story", Severity::Sev3);
    let chapter = |n: usize| {
        let text = format!("chapter {n} {}", "-".repeat(55_000));
        house.comment(ticket_id, &text, false)
    };
    let story = std::iter::once(filed).chain((0..60).map(chapter));
    house.give(story.collect()).await;
    house.ticket("after it", Severity::Sev3).await;
    house.sync().await;

    // Cut off amid the thread, which more than half of all pages belong to.
    let folder = tempfile::tempdir().expect("a folder");
    let (line, ana) = ana_at(&house, (&house.desk, &house.source), &folder, 4);
    ana.sync().await.expect_err("the line is cut");
    line.left.store(usize::MAX, Ordering::Relaxed);
    house
        .give(vec![house.comment(ticket_id, "the end", false)])
        .await;
    house.sync().await;
    let mut transfers = ana.transfers();
    let whole = tokio::spawn(async move {
        let is_whole = |now: &Option<Transfer>| matches!(now, Some(it) if matches!(it.what, Freight::FamilyWhole(_)));
        transfers.wait_for(is_whole).await.expect("told").clone()
    });
    ana.sync().await.expect("synced");
    assert_same(&house, &ana).await;
    assert_eq!(line.asked(), [vec![false], vec![true; 6]].concat());
    let largest = line.largest.load(Ordering::Relaxed);
    assert!(largest < 3 << 19, "{largest}");
    // None is counted twice.
    let whole = whole.await.expect("told").expect("something");
    assert_eq!(
        (whole.done, whole.total),
        (TICKETS as u64 + 2, TICKETS as u64 + 2)
    );
}

#[tokio::test]
async fn pages_that_were_lost_are_fetched_again() {
    let house = lived_in(SqliteTable::in_memory().expect("a table")).await;
    let (folder, line, ana) = cut_off(&house).await;
    // What a power cut leaves of a file that was not on the disk yet.
    let path = pages(&folder, &house);
    let length = std::fs::metadata(&path).expect("a file").len();
    std::fs::write(&path, vec![0; usize::try_from(length).expect("it fits")]).expect("written");
    ana.sync().await.expect_err("a part is lost");
    assert_eq!(line.asked(), [true, true]);
    ana.sync().await.expect("synced");
    assert_eq!(line.asked(), [false, true, true, true]);
    assert_same(&house, &ana).await;
}

#[tokio::test]
async fn pages_of_a_history_that_is_gone_are_not_gone_on_from() {
    let place = tempfile::tempdir().expect("a folder");
    let (store, copy) = (place.path().join("table.db"), place.path().join("copy"));
    let house = lived_in(SqliteTable::open(&store).expect("a table")).await;
    back_up(&store, &copy).expect("copied");
    house.ticket("after the copy", Severity::Sev1).await;
    house.sync().await;
    let (folder, _, ana) = cut_off(&house).await;
    drop(ana);

    let table: Arc<dyn Table> = Arc::new(SqliteTable::open(&copy).expect("a table"));
    let blobs = BlobStore::open(place.path().join("blobs")).expect("blobs");
    let clock = Arc::clone(&house.source) as Arc<dyn Source>;
    let desk = Arc::new(Desk::new(table, blobs, clock));
    let (line, ana) = ana_at(&house, (&desk, &house.source), &folder, usize::MAX);
    ana.sync().await.expect("synced");
    assert_eq!(line.asked(), [false, true, true, true]);
    let listed = list(&ana, house.typed("is:open")).await;
    assert_eq!(listed.total, TICKETS as u64);
}

#[tokio::test]
async fn what_was_found_before_the_line_broke_is_told_afterwards() {
    let house = lived_in(SqliteTable::in_memory().expect("a table")).await;
    let years = 3 * 365 * DAY;
    let slow = Arc::new(FixedSource::new(house.source.now().plus(-years), 9));
    let folder = tempfile::tempdir().expect("a folder");
    let (line, ana) = ana_at(&house, (&house.desk, &slow), &folder, 2);
    ana.sync().await.expect_err("the line is cut");
    line.left.store(usize::MAX, Ordering::Relaxed);
    let passed = ana.sync().await.expect("synced");
    assert_eq!(passed.news, [News::OtherTime { ahead: years }]);
    assert_eq!(ana.sync().await.expect("synced").news, []);
}
