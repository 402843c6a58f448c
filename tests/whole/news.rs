//! How news of a server arrives, also where something on the way holds streams back.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use famdesk::remote::Remote;
use famdesk::remote::address::Address;
use famdesk::remote::http::{Http, Server};
use famdesk::remote::token::TokenFile;
use famdesk::server::{Metrics, listen, network};
use famdesk::sync::sign_in::SignInError;
use famdesk::wire::login::Secret;
use famdesk::wire::problem::ProblemKind;
use tokio::sync::watch;
use tokio::time::timeout;

use super::*;

/// Far longer than it takes.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn news_comes_by_a_stream() {
    news_comes(|routes| routes, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_streams_are_held_back_the_next_event_is_asked_for() {
    let no_stream = |routes: Router| {
        Router::new()
            .route("/v1/events", get(|| async { "held back" }))
            .fallback_service(routes)
    };
    // That there is no stream is told, and the first answer.
    news_comes(no_stream, 2).await;
}

/// News comes of what happens after the first few pokes, which tell of the way alone.
async fn news_comes(on_the_way: impl Fn(Router) -> Router, at_first: usize) {
    let house = House::new().await;
    let metrics = Arc::new(Metrics::default());
    let routes = on_the_way(network(Arc::clone(&house.desk), Arc::clone(&metrics)));
    let socket = house.folder.path().join("server.sock");
    let door = listen::at_socket(&socket).expect("a socket");
    let (stop, stopping) = watch::channel(false);
    let serving = tokio::spawn(listen::serve(vec![door], routes, metrics, stopping));

    let me = house.station.me();
    let signed_in = claimed(&house, me, "ana").await;
    let token = TokenFile::in_folder(house.folder.path());
    token.write(&signed_in.token).expect("written");
    let server = Server {
        address: Address::Unix(socket),
        pin: None,
        server_id: Some(house.desk.server_id().await.expect("a name")),
    };
    let remote = Http::to(server, Some(token)).expect("a way");
    for _ in 0..at_first {
        remote.listen();
        timeout(PATIENCE, remote.poked()).await.expect("poked");
    }
    remote.listen();
    house.ticket("Boiler shows F28", Severity::Sev3).await;
    house.sync().await;
    timeout(PATIENCE, remote.poked()).await.expect("told");

    // Who is signed out hears no more, and is told so when they ask.
    let asked = || {
        let request = http::Request::get("/v1/session").body(bytes::Bytes::new());
        remote.call(request.expect("a request"))
    };
    assert!(asked().await.expect("answered").status().is_success());
    let id = signed_in.session_id;
    house
        .desk
        .revoke_session(me, id, me)
        .await
        .expect("revoked");
    assert_eq!(asked().await.expect("answered").status(), 401);
    stop.send_replace(true);
    serving.await.expect("stopped");
}

/// A device that is signed out goes on with what it has, and sends it once its person signs in.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_in_again_sends_what_waited_and_nobody_else_does() {
    let house = House::new().await;
    let metrics = Arc::new(Metrics::default());
    let routes = network(Arc::clone(&house.desk), Arc::clone(&metrics));
    let socket = house.folder.path().join("server.sock");
    let door = listen::at_socket(&socket).expect("a socket");
    let (stop, stopping) = watch::channel(false);
    let serving = tokio::spawn(listen::serve(vec![door], routes, metrics, stopping));
    let ana = house.station.me();
    let (ben, _) = joined(&house, "Ben", Role::Adult).await;
    let password = || Secret(PASSWORD.to_owned());
    claimed(&house, ben, "ben").await;
    let signed_in = claimed(&house, ana, "ana").await;
    let token = TokenFile::in_folder(house.folder.path());
    token.write(&signed_in.token).expect("written");
    let server = Server {
        address: Address::Unix(socket),
        pin: None,
        server_id: Some(house.desk.server_id().await.expect("a name")),
    };
    let remote = Http::to(server, Some(token.clone())).expect("a way");
    let folder = TempDir::new_in(house.folder.path()).expect("a folder");
    let client = Client::new(Arc::new(remote), None);
    let laptop = station_at(&house.source, &folder, ana, client);
    laptop.sync().await.expect("synced");
    let id = signed_in.session_id;
    let revoked = house.desk.revoke_session(ana, id, ana).await;
    revoked.expect("revoked");
    let (_, filed) = house.new_ticket("Boiler shows F28", Severity::Sev3);
    laptop.give(house.family, vec![filed]).await.expect("taken");
    let out = laptop.sync().await.expect_err("signed out");
    assert_eq!(out.kind(), Some(ProblemKind::Unauthenticated));
    house.source.advance(60);
    let wrong = laptop.sign_in(
        "ana@example.org",
        Secret("wrong".to_owned()),
        "x".to_owned(),
    );
    let wrong = wrong.await.expect_err("refused").to_string();
    assert_eq!(wrong, "the e-mail address or the password is wrong");
    let another = laptop
        .sign_in("ben@example.org", password(), "x".to_owned())
        .await;
    assert!(matches!(another, Err(SignInError::Another(name)) if name == "Ben"));
    assert!(
        laptop.sync().await.is_err(),
        "nobody sends for somebody else"
    );
    let again = laptop.sign_in("ana@example.org", password(), "laptop".to_owned());
    again.await.expect("signed in");
    assert_eq!(laptop.sync().await.expect("synced").pushed, 1);
    stop.send_replace(true);
    serving.await.expect("stopped");
}
