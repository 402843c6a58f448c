//! What is known of one family, or of one group, is nowhere that others come to: not in the stream of
//! events, not in what webhooks are sent, not in the server's log, not in the files of a replica, and
//! not in the export of another family. Answers are looked at by the table of everyone (`matrix`).

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::post;
use famdesk::config::Webhooks;
use famdesk::model::command::{Actor, CommandBody};
use famdesk::model::id::{FamilyId, GroupId, QueueId, ScreenId, TicketId, UserId, WebhookId};
use famdesk::model::long_text::LongText;
use famdesk::model::participant::ParticipantRole;
use famdesk::model::presence::{Doing, Whereabouts};
use famdesk::model::webhook::NewWebhook;
use famdesk::publish::{Publisher, Sender};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::door::Who;
use super::matrix::{CANARIES, Matrix, Things};
use super::*;

/// Longer than what is kept in a command.
const LONG: usize = 100_000;

/// A matrix with something in each place.
struct Birds {
    matrix: Matrix,
    /// In the group Home, in Cousins, and in the other family.
    places: [(FamilyId, GroupId, QueueId, Things); 3],
}

impl Birds {
    async fn new() -> Birds {
        let matrix = Matrix::new().await;
        let house = &matrix.town.house;
        let (family, elsewhere) = (house.family, matrix.town.elsewhere);
        let (cousins, lake) = matrix.cousins;
        let ids = |it: &Things| {
            let group = it["group"].parse().expect("an id");
            (group, it["queue"].parse().expect("an id"))
        };
        let (abroad, pond) = ids(&matrix.foreign);
        let mut places = Vec::new();
        for (family, group_id, queue_id, canary) in [
            (family, house.home, house.it, "canary of home"),
            (family, cousins, lake, "canary of cousins"),
            (elsewhere, abroad, pond, "canary of strangers"),
        ] {
            let things = matrix.furnish(family, (group_id, queue_id), "{ticket}");
            let things = things.await;
            let whole = format!("{}{canary}", "word ".repeat(LONG / 5));
            let owner = (family, house.station.me());
            let hash = house.desk.keep_blob(owner, whole.clone().into()).await;
            let described = CommandBody::TicketDescribe {
                ticket_id: things["ticket"].parse().expect("an id"),
                description: LongText::of_blob(&whole, hash.expect("kept")),
                base: None,
            };
            matrix.execute(family, None, described).await;
            places.push((family, group_id, queue_id, things));
        }
        let places = places.try_into().expect("three places");
        Birds { matrix, places }
    }

    /// Something is said, and somebody comes, in every place.
    async fn stir(&self) {
        let house = &self.matrix.town.house;
        for (family, group_id, _, things) in &self.places {
            let ticket_id: TicketId = things["ticket"].parse().expect("an id");
            let screen = ScreenId(house.source.fresh());
            let at = Whereabouts {
                ticket_id,
                doing: Doing::Replying,
            };
            let me = house.station.me();
            let come = house.desk.appear(*family, (me, screen), at);
            come.await.expect("there");
            let canary = match group_id {
                id if *id == house.home => "canary of home",
                id if *id == self.matrix.cousins.0 => "canary of cousins",
                _ => "canary of strangers",
            };
            for internal in [false, true] {
                let words = match internal {
                    true if *group_id == house.home => "canary within home",
                    _ => canary,
                };
                let said = house.comment(ticket_id, words, internal);
                self.matrix.execute(*family, None, said).await;
            }
        }
    }

    /// The ids of what there is in the places that somebody does not see.
    fn hidden_ids(&self, who: Who) -> Vec<String> {
        let seen = |canary: &str| {
            let found = CANARIES.iter().find(|(name, _)| *name == canary);
            found.is_some_and(|(_, seen_by)| seen_by.contains(&who))
        };
        let own = ["canary of home", "canary of cousins", "canary of strangers"];
        let hidden = own.iter().zip(&self.places).filter(|(it, _)| !seen(it));
        let ids = ["ticket", "comment", "attachment"];
        hidden
            .flat_map(|(_, place)| ids.map(|name| place.3[name].clone()))
            .collect()
    }
}

/// Sees to it that a text holds no word that is not for somebody's eyes.
fn holds_nothing_hidden(who: Who, what: &str, bytes: &[u8]) {
    for (canary, seen_by) in CANARIES {
        let found = memchr::memmem::find(bytes, canary.as_bytes());
        let is_theirs =
            seen_by.contains(&who) || (who == Who::Stranger && canary.ends_with("strangers"));
        assert!(
            found.is_none() || is_theirs,
            "{who:?} has the {canary} in {what}"
        );
    }
}

#[tokio::test]
async fn a_stream_of_events_tells_of_nothing_but_that_there_is_something() {
    let birds = Birds::new().await;
    let town = &birds.matrix.town;
    let desk = &town.house.desk;
    let mut streams = BTreeMap::new();
    for (who, token) in &town.tokens {
        if matches!(who, Who::Revoked | Who::Disabled | Who::Awaiting) {
            continue;
        }
        let ask = Request::get("/v1/events").header("authorization", format!("Bearer {token}"));
        let ask = ask.body(Body::empty()).expect("a request");
        let stream = town.routes.clone().oneshot(ask).await.expect("answered");
        // Of keys there are several to one person, who has one stream for each login.
        assert_eq!(stream.status(), StatusCode::OK, "{who:?}");
        streams.insert(*who, stream.into_body());
    }
    assert!(streams.len() > 9);
    for stream in streams.values_mut() {
        let first = stream.frame().await.expect("words").expect("a frame");
        assert!(first.into_data().is_ok());
    }
    birds.stir().await;
    let heads = [town.house.family, town.elsewhere].map(|it| (it, desk.position(it)));
    let mut newest = BTreeMap::new();
    for (family, head) in heads {
        newest.insert(family, head.await.expect("a head").to_string());
    }
    for (who, mut stream) in streams {
        let families: &[FamilyId] = match who {
            Who::ServerOwner => &[town.house.family, town.elsewhere],
            Who::Stranger | Who::KeyElsewhere => &[town.elsewhere],
            _ => &[town.house.family],
        };
        let mut heard = String::new();
        while !families.iter().all(|it| heard.contains(&newest[it])) {
            let frame = stream.frame().await.expect("words").expect("a frame");
            let bytes = frame.into_data().expect("data");
            heard.push_str(std::str::from_utf8(&bytes).expect("text"));
        }
        holds_nothing_hidden(who, "the stream", heard.as_bytes());
        let others = [town.house.family, town.elsewhere];
        for other in others.iter().filter(|it| !families.contains(it)) {
            assert!(!heard.contains(&other.to_string()), "{who:?}: {heard}");
        }
        for id in birds.hidden_ids(who) {
            assert!(!heard.contains(&id), "{who:?}: {heard}");
        }
        let token = &town.tokens[&who];
        let ask = Request::get("/v1/events/next?wait=0")
            .header("authorization", format!("Bearer {token}"));
        let ask = ask.body(Body::empty()).expect("a request");
        let next = town.routes.clone().oneshot(ask).await.expect("answered");
        let next = next.into_body().collect().await.expect("read").to_bytes();
        let next: Value = serde_json::from_slice(&next).expect("JSON");
        let mark = next["mark"].as_str().expect("a mark");
        assert_eq!(
            (next.as_object().map(|it| it.len()), mark.len()),
            (Some(1), 43)
        );
    }
}

/// An endpoint in this process: where it is, and what came.
async fn endpoint() -> (u16, Arc<Mutex<Vec<(String, Bytes)>>>) {
    let came: Arc<Mutex<Vec<(String, Bytes)>>> = Arc::default();
    let book = Arc::clone(&came);
    let take = |path: axum::extract::Path<String>, body: Bytes| async move {
        book.lock().expect("held").push((path.0, body));
    };
    let routes = Router::new().route("/{place}", post(take));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("bound");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = TowerToHyperService::new(routes.clone());
            let serving = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            tokio::spawn(serving);
        }
    });
    (port, came)
}

#[tokio::test]
async fn a_webhook_is_sent_what_its_group_may_see_and_nothing_else() {
    let birds = Birds::new().await;
    let town = &birds.matrix.town;
    let house = &town.house;
    let (port, came) = endpoint().await;
    for (number, (family, group_id, _, _)) in birds.places.iter().enumerate() {
        let webhook_id = WebhookId(house.source.fresh());
        let new = NewWebhook {
            webhook_id,
            webhook_name: format!("Hook {number}"),
            url: format!("http://127.0.0.1:{port}/{number}"),
            events: ["*".parse().expect("a pattern")].into(),
            group_id: Some(*group_id),
            internal: false,
        };
        let create = CommandBody::WebhookCreate(Box::new(new));
        birds.matrix.execute(*family, None, create).await;
        let me = Actor::user(house.station.me());
        let secret = house.desk.rotate_webhook(*family, &me, webhook_id);
        secret.await.expect("a secret");
    }
    birds.stir().await;
    let settings = Webhooks {
        allow: vec![format!("127.0.0.1:{port}")],
        ports: Vec::new(),
    };
    let publisher = Publisher::new(Arc::clone(&house.desk), Sender::new(settings));
    publisher.pass().await.expect("sent");
    let came = std::mem::take(&mut *came.lock().expect("held"));
    let own = ["canary of home", "canary of cousins", "canary of strangers"];
    for (number, canary) in own.iter().enumerate() {
        let bodies = came.iter().filter(|(at, _)| *at == number.to_string());
        let bodies: Vec<&Bytes> = bodies.map(|(_, body)| body).collect();
        let has = |word: &str| {
            let found = |body: &&&Bytes| memchr::memmem::find(body, word.as_bytes()).is_some();
            bodies.iter().any(|it| found(&it))
        };
        assert!(has(canary), "{canary} did not come: {bodies:?}");
        let others = own.iter().filter(|it| *it != canary);
        for other in others.chain(&["canary within home", "canary of webhooks"]) {
            assert!(!has(other), "{other} came to {canary}: {bodies:?}");
        }
    }
}

/// A place where a log is written to.
#[derive(Clone, Default)]
struct Book(Arc<Mutex<Vec<u8>>>);

impl Write for Book {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("held").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_servers_log_holds_nothing_of_what_is_said_asked_for_or_signed_in_with() {
    let book = Book::default();
    let log = book.clone();
    let logging = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || log.clone())
        .finish();
    let _logging = tracing::subscriber::set_default(logging);
    let birds = Birds::new().await;
    let town = &birds.matrix.town;
    let family = town.house.family;
    let ticket = birds.places[0].3["ticket"].clone();
    let queue = town.house.it;
    let ask = async |(method, path): (&str, String), body: String| {
        let token = &town.tokens[&Who::ServerOwner];
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {token}"))
            .header("idempotency-key", "canary-key")
            .header("if-match", "*")
            .body(Body::from(body));
        let request = request.expect("a request");
        let response = town.routes.clone().oneshot(request).await;
        response.expect("answered").status()
    };
    let inside = |path: &str| format!("/v1/families/{family}{path}");
    let comments = inside(&format!("/tickets/{ticket}/comments"));
    let said = json!({ "comment_body": "canary of home" }).to_string();
    assert_eq!(ask(("POST", comments.clone()), said).await, 201);
    let search = inside("/tickets?q=canary%20of%20home");
    assert_eq!(ask(("GET", search), String::new()).await, 200);
    let tag = inside(&format!("/tickets/{ticket}/tags/canary"));
    assert_eq!(ask(("PUT", tag), String::new()).await, 200);
    // What can't be taken is not repeated either.
    for (path, body) in [
        (comments.clone(), "{ canary of home".to_owned()),
        (comments, json!({ "canary of home": 1 }).to_string()),
        (
            inside("/tickets"),
            json!({ "queue_id": queue, "title": "", "description": "canary of home" }).to_string(),
        ),
        (
            "/v1/session".to_owned(),
            json!({ "email": "canary@example.org", "password": "canary", "device_name": "canary" })
                .to_string(),
        ),
        ("/v1/canary".to_owned(), String::new()),
    ] {
        let status = ask(("POST", path.clone()), body).await;
        assert!(status.is_client_error(), "{path}: {status}");
    }
    birds.stir().await;
    let log = String::from_utf8(std::mem::take(&mut *book.0.lock().expect("held")));
    let log = log.expect("text");
    let requests = log
        .lines()
        .filter(|it| it.contains("\"message\":\"request\""));
    assert!(requests.count() >= 8, "{log}");
    let mut hidden: Vec<&str> = town.tokens.values().map(String::as_str).collect();
    hidden.extend(["canary", PASSWORD]);
    for word in hidden {
        let line = log.lines().find(|it| it.contains(word));
        assert_eq!(line, None, "{word} is in the log");
    }
}

/// Every byte of the files below a folder.
fn bytes_below(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => all.extend(bytes_below(&path)),
            false => all.extend(std::fs::read(&path).expect("a file")),
        }
    }
    all
}

#[tokio::test]
async fn the_files_of_a_replica_hold_what_its_person_may_see_and_nothing_else() {
    let birds = Birds::new().await;
    birds.stir().await;
    let house = &birds.matrix.town.house;
    let ticket_id: TicketId = birds.places[0].3["ticket"].parse().expect("an id");
    let take_part = |user_id: UserId| CommandBody::ParticipantAdd {
        ticket_id,
        user_id,
        role: ParticipantRole::Cc,
    };
    for (who, user_id) in &birds.matrix.town.people {
        if *who == Who::Disabled {
            continue;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let theirs = station(
            &house.desk,
            &house.source,
            &folder,
            *user_id,
            Some(*user_id),
        );
        theirs.sync().await.expect("synced");
        let sees_home = CANARIES[0].1.contains(who);
        let here = bytes_below(folder.path());
        holds_nothing_hidden(*who, "their files", &here);
        let found = memchr::memmem::find(&here, b"canary of home");
        assert_eq!(found.is_some(), sees_home, "{who:?}");
        if *who != Who::Guest {
            continue;
        }
        // What was shown for a while and is hidden again leaves nothing behind, nor do its texts.
        birds
            .matrix
            .execute(house.family, None, take_part(*user_id))
            .await;
        theirs.sync().await.expect("synced");
        let here = bytes_below(folder.path());
        let whole = "word ".repeat(LONG / 5);
        for shown in ["canary of home", whole.as_str()] {
            assert!(memchr::memmem::find(&here, shown.as_bytes()).is_some());
        }
        let out = CommandBody::ParticipantRemove {
            ticket_id,
            user_id: *user_id,
            role: ParticipantRole::Cc,
        };
        birds.matrix.execute(house.family, None, out).await;
        theirs.sync().await.expect("synced");
        holds_nothing_hidden(*who, "their files", &bytes_below(folder.path()));
    }
}

#[tokio::test]
async fn an_export_holds_nothing_of_another_family() {
    let birds = Birds::new().await;
    birds.stir().await;
    let house = &birds.matrix.town.house;
    let me = house.station.me();
    let (family, elsewhere) = (house.family, birds.matrix.town.elsewhere);
    let head = house.desk.export_head(family, me).await.expect("a head");
    let mut export = serde_json::to_string(&head).expect("JSON");
    let mut after = 0;
    loop {
        let page = house.desk.export_log((family, me), after).await;
        let page = page.expect("a page");
        let Some(last) = page.records.last() else {
            break;
        };
        after = last.seq;
        export.push_str(&serde_json::to_string(&page).expect("JSON"));
    }
    assert!(export.contains("canary of home") && export.contains("canary of cousins"));
    assert!(!export.contains("canary of strangers"));
    assert!(!export.contains(&elsewhere.to_string()));
    for id in birds.places[2].3.values() {
        assert!(!export.contains(id.as_str()), "{id}");
    }
}
