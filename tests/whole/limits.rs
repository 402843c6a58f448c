//! What a server that is asked for too much answers, and that our own programs take it well.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::map_request;
use axum::{Extension, Router};
use famdesk::model::command::{Actor, Command};
use famdesk::model::id::{CommandId, WebhookId};
use famdesk::model::source::DAY;
use famdesk::model::webhook::{NewWebhook, Off, WebhookField};
use famdesk::server::limits::Limits;
use famdesk::server::{Metrics, network};
use famdesk::sync::News;
use famdesk::wire::login::{LogIn, Secret};
use famdesk::wire::session::RefusedTries;
use http::{HeaderValue, StatusCode, header};
use tower::ServiceExt;

use super::*;

/// A server with its limits, asked by a device of Ana's.
async fn limited(house: &House) -> Router {
    let signed_in = claimed(house, house.station.me(), "ana").await;
    let token = format!("Bearer {}", signed_in.token.0);
    let token = HeaderValue::from_str(&token).expect("a header");
    let signed = move |mut request: Request| {
        let token = token.clone();
        async move {
            request.headers_mut().insert(header::AUTHORIZATION, token);
            request
        }
    };
    network(Arc::clone(&house.desk), Arc::new(Metrics::default()))
        .layer(Extension(Arc::new(Limits::of(20))))
        .layer(map_request(signed))
}

/// A laptop comes home with more than a server takes at once.
#[tokio::test]
async fn a_laptop_that_was_away_for_long_sends_all_without_anything_lost_or_parked() {
    const WAITING: usize = 520;
    let house = House::new().await;
    let remote = InProcess::new(limited(&house).await, house.desk.commits());
    let client = Client::new(Arc::new(remote), None);
    let folder = TempDir::new_in(house.folder.path()).expect("a folder");
    let laptop = station_at(&house.source, &folder, house.station.me(), client);
    laptop.sync().await.expect("synced");
    let commands = (1..=WAITING).map(|number| {
        let (_, command) = house.new_ticket(&format!("Lamp {number}"), Severity::Sev4);
        command
    });
    let commands = commands.collect();
    laptop.give(house.family, commands).await.expect("taken");

    let passed = laptop.sync().await;
    let passed = passed.expect("to be asked to wait is no failure");
    assert_eq!((passed.pushed, passed.refused), (500, 0));
    let wait = passed.again_in.expect("it was asked to wait");
    // Whoever does not wait gets nothing by it, and loses nothing.
    let impatient = laptop.sync().await.expect("no failure either");
    assert_eq!((impatient.pushed, impatient.refused), (0, 0));
    assert!(laptop.has_unsent().await.expect("readable"));
    let wait = i64::try_from(wait.as_secs()).expect("a while");
    house.source.advance(wait);
    let passed = laptop.sync_all().await.expect("sent");
    assert_eq!((passed.pushed, passed.again_in), (WAITING - 500, None));
    assert!(!laptop.has_unsent().await.expect("readable"));
    let tray = laptop.read(|it| it.tray()).await.expect("readable");
    assert!(tray.is_empty(), "{tray:?}");
    house.sync().await;
    let there = house.list(house.typed("is:open")).await;
    assert_eq!(usize::try_from(there.total), Ok(WAITING));
}

/// One stream, four that wait and four files at once; what was let go makes room.
#[tokio::test]
async fn so_much_of_each_at_once_and_no_more() {
    let house = House::new().await;
    let routes = limited(&house).await;
    let ask = async |path: String| {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let answered = routes.clone().oneshot(request).await;
        answered.expect("answered")
    };
    let bytes = bytes::Bytes::from_static(b"a photo");
    let whose = (house.family, house.station.me());
    let sha256 = house.desk.keep_blob(whose, bytes).await.expect("kept");
    let blob = format!("/v1/families/{}/blobs/{sha256}", house.family);
    let snapshot = format!("/v1/families/{}/snapshot", house.family);
    for (path, most) in [("/v1/events".to_owned(), 1), (blob, 4), (snapshot, 2)] {
        let mut held = Vec::new();
        for _ in 0..most {
            let answer = ask(path.clone()).await;
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
            held.push(answer);
        }
        let refused = ask(path.clone()).await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS, "{path}");
        assert_eq!(refused.headers()[header::RETRY_AFTER], "1");
        held.pop();
        assert_eq!(ask(path.clone()).await.status(), StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn a_family_asks_in_ten_at_once_and_has_twenty_webhooks() {
    let house = House::new().await;
    let invite = || CommandBody::MembershipInvite {
        user_id: UserId(house.source.fresh()),
        display_name: "Leo".to_owned(),
        role: Role::Adult,
    };
    let webhook = || {
        CommandBody::WebhookCreate(Box::new(NewWebhook {
            webhook_id: WebhookId(house.source.fresh()),
            webhook_name: "Hall".to_owned(),
            url: "https://hall.example/hook".to_owned(),
            events: BTreeSet::from(["*".parse().expect("a pattern")]),
            group_id: None,
            internal: false,
        }))
    };
    let makers: [(&dyn Fn() -> CommandBody, usize); 2] = [(&invite, 10), (&webhook, 20)];
    for (make, most) in makers {
        house.give((0..most).map(|_| make()).collect()).await;
        let refused = house.station.give(house.family, vec![make()]).await;
        assert!(refused.is_err(), "one more than {most}");
        house.sync().await;
        let tray = house.station.read(|it| it.tray()).await.expect("readable");
        assert!(tray.is_empty(), "{tray:?}");
    }
}

#[tokio::test]
async fn failed_tries_to_sign_in_and_a_webhook_that_is_off_are_told_once() {
    let house = House::new().await;
    let remote = InProcess::new(limited(&house).await, house.desk.commits());
    let folder = TempDir::new_in(house.folder.path()).expect("a folder");
    let client = Client::new(Arc::new(remote), None);
    let laptop = station_at(&house.source, &folder, house.station.me(), client);
    let webhook_id = WebhookId(house.source.fresh());
    let new = NewWebhook {
        webhook_id,
        webhook_name: "Hall".to_owned(),
        url: "https://hall.example/hook".to_owned(),
        events: BTreeSet::from(["*".parse().expect("a pattern")]),
        group_id: None,
        internal: false,
    };
    house
        .give(vec![CommandBody::WebhookCreate(Box::new(new))])
        .await;
    house.sync().await;
    assert_eq!(laptop.sync().await.expect("synced").news, []);
    let begun = house.source.now();
    for _ in 0..3 {
        let who = LogIn {
            email: "ana@example.org".to_owned(),
            password: Secret("walrus teapot meridian clover".to_owned()),
            device_name: "tablet".to_owned(),
        };
        let refused = house.desk.log_in(&who, "192.0.2.7").await;
        assert!(refused.is_err());
        house.source.advance(5);
    }
    let off = Command {
        command_id: CommandId(house.source.fresh()),
        issued_at: house.source.now(),
        seen: None,
        body: CommandBody::WebhookSet {
            webhook_id,
            set: WebhookField::Off(Some(Off::Gone)),
        },
    };
    let done = house.desk.execute(house.family, &Actor::SYSTEM, &off, None);
    done.await.expect("turned off");
    let tries = RefusedTries {
        count: 3,
        since: begun,
        from: "192.0.2.7".to_owned(),
    };
    let hall = News::WebhookOff {
        name: "Hall".to_owned(),
        why: Off::Gone,
    };
    let news = laptop.sync().await.expect("synced").news;
    assert_eq!(news, [News::RefusedTries(tries), hall]);
    assert_eq!(laptop.sync().await.expect("synced").news, []);
}

#[tokio::test]
async fn a_clock_that_is_wrong_by_years_is_told_and_changes_nothing() {
    let house = House::new().await;
    let years = 3 * 365 * DAY;
    let slow = Arc::new(FixedSource::new(house.source.now().plus(-years), 9));
    let routes = server::bundled(Arc::clone(&house.desk));
    let client = Client::new(Arc::new(InProcess::new(routes, house.desk.commits())), None);
    let folder = TempDir::new_in(house.folder.path()).expect("a folder");
    let laptop = station_at(&slow, &folder, house.station.me(), client);
    let news = laptop.sync().await.expect("synced").news;
    assert_eq!(news, [News::OtherTime { ahead: years }]);
    let (_, filed) = house.new_ticket("Boiler shows F28", Severity::Sev3);
    laptop.give(house.family, vec![filed]).await.expect("taken");
    let passed = laptop.sync().await.expect("synced");
    assert_eq!((passed.pushed, passed.refused, passed.news), (1, 0, vec![]));
}
