//! A backend that runs a newer version of the program: what means nothing here is passed over and
//! told of, the rest arrives, and the program that can read it fetches all of it.

use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use famdesk::remote::{Remote, Unreachable};
use famdesk::replica::PassedOver;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::{Request, Response};

use super::*;

/// A backend in whose replies comments are something that nobody here has heard of.
struct Newer {
    inner: Arc<dyn Remote>,
    is_newer: Arc<AtomicBool>,
}

impl Remote for Newer {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Unreachable>> {
        let reply = self.inner.call(request);
        reply
            .map(|reply| Ok(reply?.map(|body| self.foreign(body))))
            .boxed()
    }

    fn listen(&self) {
        self.inner.listen();
    }

    fn poked(&self) -> BoxFuture<'_, ()> {
        self.inner.poked()
    }
}

impl Newer {
    fn foreign(&self, body: Bytes) -> Bytes {
        if !self.is_newer.load(Ordering::Relaxed) {
            return body;
        }
        let text = String::from_utf8_lossy(&body);
        text.replace(r#""entity_type":"comment""#, r#""entity_type":"hologram""#)
            .into()
    }
}

fn max_at(house: &House, max: UserId, is_newer: &Arc<AtomicBool>) -> Station {
    let routes = server::bundled(Arc::clone(&house.desk));
    let newer = Newer {
        inner: Arc::new(InProcess::new(routes, house.desk.stirs())),
        is_newer: Arc::clone(is_newer),
    };
    station_at(
        &house.source,
        &house.folder,
        max,
        Client::new(Arc::new(newer), Some(max)),
    )
}

async fn passed_over(house: &House, station: &Station) -> Option<PassedOver> {
    let family = house.family;
    let read = station.read(move |it| it.passed_over(family)).await;
    read.expect("readable")
}

async fn thread_at(station: &Station, ticket_id: TicketId) -> Box<Thread> {
    let question = Question::Thread {
        ticket_id,
        first: 0,
        limit: 100,
    };
    match station.ask(question).await.expect("an answer") {
        Answer::Thread(Some(thread)) => thread,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_only_a_newer_program_can_read_is_passed_over_until_one_runs() {
    let house = House::new().await;
    let (max, at_max) = joined(&house, "Max", Role::Adult).await;
    let place = CommandBody::GroupMembershipAdd {
        group_id: house.home,
        user_id: max,
        is_admin: false,
    };
    house.give(vec![place]).await;
    house.sync().await;
    at_max.sync().await.expect("synced");
    drop(at_max);
    let is_newer = Arc::new(AtomicBool::new(true));
    let at_max = max_at(&house, max, &is_newer);
    let before = house.ticket("before", Severity::Sev3).await;
    house
        .give(vec![house.comment(before, "unheard of", false)])
        .await;
    let after = house.ticket("after", Severity::Sev3).await;
    house.sync().await;

    at_max.sync().await.expect("synced");
    assert_eq!(thread_at(&at_max, after).await.ticket.title, "after");
    assert!(thread_at(&at_max, before).await.comments.is_empty());
    let told = passed_over(&house, &at_max).await.expect("told of");
    assert_eq!((told.items, told.may_be_read_now()), (1, false));
    match at_max.ask(Question::Outbox).await.expect("an answer") {
        Answer::Outbox(summary) => assert_eq!(summary.newer, 1),
        other => panic!("{other:?}"),
    }

    // The same program again does not ask again; another does.
    drop(at_max);
    is_newer.store(false, Ordering::Relaxed);
    let at_max = max_at(&house, max, &is_newer);
    at_max.sync().await.expect("synced");
    assert!(thread_at(&at_max, before).await.comments.is_empty());
    drop(at_max);
    let file = house.folder.path().join(max.to_string()).join("replica.db");
    let file = rusqlite::Connection::open(file).expect("a store");
    let older = "UPDATE meta SET value = json_set(value, '$.by', 'older') WHERE key LIKE 'newer %'";
    assert_eq!(file.execute(older, []).expect("changed"), 1);
    drop(file);
    let at_max = max_at(&house, max, &is_newer);
    at_max.sync().await.expect("synced");
    assert_eq!(thread_at(&at_max, before).await.comments.len(), 1);
    assert_eq!(passed_over(&house, &at_max).await, None);
}
