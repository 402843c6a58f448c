//! The resources for scripts: what is read, written, refused, found again and never told.

use std::collections::BTreeMap;

use std::time::Duration;

use axum::body::Body;
use axum::{Extension, Router};
use famdesk::model::audit::sha256_hex;
use famdesk::model::id::FamilyId;
use famdesk::model::login::KeyScope;
use famdesk::server::{Metrics, SearchPatience, network, network_table, openapi};
use famdesk::wire::login::NewKey;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::*;

/// A server over the house, and whoever may call it.
pub(super) struct Town {
    pub house: House,
    routes: Router,
    tokens: BTreeMap<&'static str, String>,
    keys: std::cell::Cell<u32>,
}

/// What was answered.
#[derive(Debug)]
pub(super) struct Told {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Told {
    fn tag(&self) -> String {
        self.headers["etag"].to_str().expect("text").to_owned()
    }

    pub fn kind(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default()
    }

    fn next(&self) -> Option<String> {
        let link = self.headers.get("link")?.to_str().ok()?;
        let (path, rest) = link.strip_prefix('<')?.split_once('>')?;
        assert_eq!(rest, "; rel=\"next\"");
        Some(path.to_owned())
    }

    /// The titles of the tickets in a list.
    fn titles(&self) -> Vec<&str> {
        let items = self.body["items"].as_array().expect("a list");
        items.iter().filter_map(|it| it["title"].as_str()).collect()
    }
}

impl Town {
    /// Ana runs the family; Ben is in it and works no queue; Mia, a child, is in the group Home.
    pub async fn new() -> Town {
        let house = House::new().await;
        let routes = network(Arc::clone(&house.desk), Arc::new(Metrics::default()));
        let mut town = Town {
            house,
            routes,
            tokens: BTreeMap::new(),
            keys: std::cell::Cell::new(0),
        };
        let ana = town.house.station.me();
        town.sign_in("ana", ana).await;
        for (name, role) in [("Ben", Role::Adult), ("Mia", Role::Child)] {
            let (user_id, _) = joined(&town.house, name, role).await;
            let name = if name == "Ben" { "ben" } else { "mia" };
            town.sign_in(name, user_id).await;
            if name == "mia" {
                let group_id = town.house.home;
                let add = CommandBody::GroupMembershipAdd {
                    group_id,
                    user_id,
                    is_admin: false,
                };
                town.house.give(vec![add]).await;
                town.house.sync().await;
            }
        }
        town
    }

    async fn sign_in(&mut self, name: &'static str, user_id: UserId) {
        let signed_in = claimed(&self.house, user_id, name).await;
        self.tokens.insert(name, signed_in.token.0);
        let new = NewKey {
            key_name: "script".to_owned(),
            family_id: self.house.family,
            scope: KeyScope::Write,
            days: None,
        };
        let made = self
            .house
            .desk
            .create_key(user_id, &new)
            .await
            .expect("a key");
        let key = match name {
            "ana" => "ana's key",
            "ben" => "ben's key",
            _ => "mia's key",
        };
        self.tokens.insert(key, made.token.0);
    }

    fn path(&self, path: &str) -> String {
        match path.strip_prefix("/v1/") {
            Some(_) => path.to_owned(),
            None => format!("/v1/families/{}{path}", self.house.family),
        }
    }

    pub async fn ask(
        &self,
        who: &str,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Told {
        let mut request = Request::builder().method(method).uri(self.path(path));
        request = request.header("authorization", format!("Bearer {}", self.tokens[who]));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.map_or_else(Body::empty, |it| Body::from(it.to_string()));
        let request = request.body(body).expect("a request");
        let response = self
            .routes
            .clone()
            .oneshot(request)
            .await
            .expect("answered");
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.expect("read").to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Told {
            status: head.status,
            headers: head.headers,
            body,
        }
    }

    pub async fn get(&self, who: &str, path: &str) -> Told {
        self.ask(who, ("GET", path), &[], None).await
    }

    pub async fn post(&self, who: &str, path: &str, body: Value) -> Told {
        self.keys.set(self.keys.get() + 1);
        let key = format!("key {}", self.keys.get());
        let headers = [("idempotency-key", key.as_str())];
        self.ask(who, ("POST", path), &headers, Some(body)).await
    }

    pub async fn patch(&self, who: &str, path: &str, tag: &str, body: Value) -> Told {
        let headers = [("if-match", tag)];
        self.ask(who, ("PATCH", path), &headers, Some(body)).await
    }

    /// A ticket in a queue that only Home works, filed by Ana.
    pub async fn file(&self, title: &str) -> String {
        let new = json!({ "queue_id": self.house.it, "title": title });
        let told = self.post("ana", "/tickets", new).await;
        assert_eq!(told.status, StatusCode::CREATED, "{told:?}");
        told.body["ticket_id"].as_str().expect("an id").to_owned()
    }
}

#[tokio::test]
async fn a_ticket_is_filed_once_changed_as_it_was_seen_and_deleted() {
    let town = Town::new().await;
    let new = json!({ "queue_id": town.house.it, "title": "Boiler leaks", "tags": ["heat"] });
    let ask = ("POST", "/tickets");
    let without = town.ask("ana", ask, &[], Some(new.clone())).await;
    assert_eq!(
        (without.status, without.kind()),
        (StatusCode::BAD_REQUEST, "key-missing")
    );
    let key = [("idempotency-key", "a")];
    let first = town.ask("ana", ask, &key, Some(new.clone())).await;
    assert_eq!(first.status, StatusCode::CREATED, "{first:?}");
    assert_eq!(first.body["number"], "RIV-2026-0001");
    assert_eq!(first.body["source"], "API");
    let again = town.ask("ana", ask, &key, Some(new)).await;
    assert_eq!(again.status, StatusCode::CREATED);
    assert_eq!(again.body, first.body);
    let other = json!({ "queue_id": town.house.it, "title": "Another" });
    let other = town.ask("ana", ask, &key, Some(other)).await;
    assert_eq!(
        (other.status, other.kind()),
        (StatusCode::UNPROCESSABLE_ENTITY, "key-reused")
    );
    let place = first.headers["location"].to_str().expect("text").to_owned();

    // By its number too, and not at all where it is known.
    let shown = town.get("ana", "/tickets/RIV-2026-0001").await;
    assert_eq!(shown.body, first.body);
    assert_eq!(shown.tag(), "\"r1\"");
    let known = [("if-none-match", "\"r1\"")];
    let known = town.ask("ana", ("GET", &place), &known, None).await;
    assert_eq!(known.status, StatusCode::NOT_MODIFIED);

    let change =
        json!({ "title": "Boiler drips", "severity": "SEV_2", "tags": ["heat", "cellar"] });
    let blind = town
        .ask("ana", ("PATCH", &place), &[], Some(change.clone()))
        .await;
    assert_eq!(blind.status, StatusCode::PRECONDITION_REQUIRED);
    let changed = town.patch("ana", &place, "\"r1\"", change.clone()).await;
    assert_eq!(changed.status, StatusCode::OK, "{changed:?}");
    assert_eq!(changed.body["title"], "Boiler drips");
    assert_eq!(changed.body["severity"], "SEV_2");
    assert_eq!(changed.body["tags"], json!(["cellar", "heat"]));
    assert_eq!(changed.tag(), "\"r4\"");
    let late = town.patch("ana", &place, "\"r1\"", change).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(late.body["current"], changed.body);

    // All of a patch, or nothing of it.
    let half = json!({ "title": "Half", "assigned_to": UserId(town.house.source.fresh()) });
    let half = town.patch("ana", &place, "\"r4\"", half).await;
    assert_eq!(half.status, StatusCode::UNPROCESSABLE_ENTITY, "{half:?}");
    let never = json!({ "number": "RIV-2026-0007", "colour": "red" });
    let never = town.patch("ana", &place, "\"r4\"", never).await;
    let pointers: Vec<&str> = never.body["errors"]
        .as_array()
        .expect("each is named")
        .iter()
        .filter_map(|it| it["pointer"].as_str())
        .collect();
    assert_eq!(pointers, ["/colour", "/number"]);
    assert_eq!(town.get("ana", &place).await.body, changed.body);

    let done = town
        .patch("ana", &place, "\"r4\"", json!({ "status": "RESOLVED" }))
        .await;
    assert_eq!(done.body["status"], "RESOLVED");
    let open = town
        .post("ana", &format!("{place}/reopen"), json!({}))
        .await;
    assert_eq!(open.body["status"], "OPEN");

    let delete = [("if-match", &*open.tag())];
    let gone = town.ask("ana", ("DELETE", &place), &delete, None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(town.get("ana", &place).await.status, StatusCode::NOT_FOUND);
    let deleted = town.get("ana", "/deleted").await;
    assert_eq!(
        deleted.body["items"][0]["entity_type"], "ticket",
        "{deleted:?}"
    );
    let back = town
        .post("ana", &format!("{place}/restore"), json!({}))
        .await;
    assert_eq!(back.status, StatusCode::OK);
    let audit = town.get("ana", &format!("{place}/audit")).await;
    let types = audit.body["items"].as_array().expect("a list");
    assert_eq!(types[0]["type"], "entity.restore");
    assert_eq!(types[types.len() - 1]["type"], "ticket.create");
}

#[tokio::test]
async fn a_json_patch_tests_before_it_changes() {
    let town = Town::new().await;
    let id = town.file("Boiler leaks").await;
    let place = format!("/tickets/{id}");
    let send = async |operations: Value| {
        let headers = [
            ("if-match", "*"),
            ("content-type", "application/json-patch+json"),
        ];
        town.ask("ana", ("PATCH", &place), &headers, Some(operations))
            .await
    };
    let set = json!({ "op": "replace", "path": "/category", "value": "heating" });
    let test = |value: Value| json!({ "op": "test", "path": "/category", "value": value });
    let refused = send(json!([test(json!("cold")), set.clone()])).await;
    assert_eq!(
        (refused.status, refused.kind()),
        (StatusCode::CONFLICT, "test-failed")
    );
    let taken = send(json!([test(Value::Null), set])).await;
    assert_eq!(taken.body["category"], "heating", "{taken:?}");
    let many = vec![test(Value::Null); 101];
    assert_eq!(send(json!(many)).await.status, StatusCode::BAD_REQUEST);
    let headers = [("if-match", "*"), ("content-type", "text/plain")];
    let odd = town
        .ask("ana", ("PATCH", &place), &headers, Some(json!({})))
        .await;
    assert_eq!(odd.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn tickets_are_found_page_by_page_and_by_what_was_said() {
    let town = Town::new().await;
    for number in 1..=7 {
        town.file(&format!("Lamp {number}")).await;
    }
    let id = town.file("Boiler leaks").await;
    let said = json!({ "comment_body": "the gasket under the flange is torn" });
    let comments = format!("/tickets/{id}/comments");
    town.post("ana", &comments, said).await;

    let found = town.get("ana", "/tickets?q=gasket").await;
    assert_eq!(found.titles(), ["Boiler leaks"], "{found:?}");
    assert_eq!(found.body["total"], 1);
    let (mut titles, mut path) = (
        Vec::new(),
        "/tickets?q=lamp%20sort%3Acreated&limit=3".to_owned(),
    );
    let mut pages = 0;
    loop {
        let page = town.get("ana", &path).await;
        assert_eq!(page.status, StatusCode::OK, "{page:?}");
        assert_eq!(page.body["total"], 7);
        titles.extend(page.titles().iter().map(|it| (*it).to_owned()));
        pages += 1;
        match page.next() {
            Some(next) => path = next,
            None => break,
        }
    }
    let expected: Vec<String> = (1..=7).map(|it| format!("Lamp {it}")).collect();
    assert_eq!((pages, titles), (3, expected));
    let elsewhere = path.replace("lamp", "boiler");
    let told = town.get("ana", &elsewhere).await;
    assert_eq!(
        told.status,
        StatusCode::BAD_REQUEST,
        "a cursor is of one list: {told:?}"
    );
    for wrong in [
        "/tickets?limit=201",
        "/tickets?limit=0",
        "/tickets?query=x",
        "/groups?q=x",
    ] {
        let told = town.get("ana", wrong).await;
        assert_eq!(told.status, StatusCode::BAD_REQUEST, "{wrong}: {told:?}");
    }
    let queue = format!("/queues/{}/tickets?limit=200", town.house.kitchen);
    assert!(town.get("ana", &queue).await.titles().is_empty());

    // What changes is found as it has become, at once.
    let place = format!("/tickets/{id}");
    town.patch("ana", &place, "*", json!({ "title": "Boiler mended" }))
        .await;
    assert_eq!(
        town.get("ana", "/tickets?q=mended").await.titles(),
        ["Boiler mended"]
    );
    assert!(
        town.get("ana", "/tickets?q=leaks")
            .await
            .titles()
            .is_empty()
    );
}

#[tokio::test]
async fn what_somebody_may_not_see_is_neither_found_nor_counted() {
    let town = Town::new().await;
    let id = town.file("Secret present").await;
    let note = json!({ "comment_body": "it is a marzipan elephant", "internal": true });
    let comments = format!("/tickets/{id}/comments");
    let note = town.post("ana", &comments, note).await;
    assert_eq!(note.status, StatusCode::CREATED, "{note:?}");
    // Mia works the queue and is a child; Ben works none.
    for (who, word, total) in [
        ("ana", "marzipan", 1),
        ("mia", "marzipan", 0),
        ("mia", "present", 1),
        ("ben", "marzipan", 0),
        ("ben", "present", 0),
        ("ben's key", "present", 0),
    ] {
        let found = town.get(who, &format!("/tickets?q={word}")).await;
        assert_eq!(found.status, StatusCode::OK, "{found:?}");
        assert_eq!(found.body["total"], total, "{who} looks for {word}");
        assert_eq!(found.titles().len(), total);
    }
    assert_eq!(town.get("ben", "/counts").await.body["open"], 0);
    assert_eq!(town.get("mia", &comments).await.body["items"], json!([]));
    let thread = town.get("mia", &format!("/tickets/{id}/thread")).await;
    assert_eq!(thread.body["comments"], json!([]));
    // Once Ben takes part, it is all there; once he does not, nothing is.
    let ben = town.get("ben", "/v1/me").await.body["user_id"].clone();
    let ben = ben.as_str().expect("an id");
    let part = format!("/tickets/{id}/participants/FOLLOWER/{ben}");
    let put = town.ask("ana", ("PUT", &part), &[], None).await;
    assert_eq!(put.status, StatusCode::OK, "{put:?}");
    assert_eq!(town.get("ben", "/tickets?q=present").await.body["total"], 1);
    assert_eq!(
        town.get("ben", "/tickets?q=marzipan").await.body["total"],
        0
    );
    town.ask("ana", ("DELETE", &part), &[], None).await;
    assert_eq!(town.get("ben", "/tickets?q=present").await.body["total"], 0);
}

#[tokio::test]
async fn a_search_that_is_not_ready_says_when_to_ask_again_and_is_ready_then() {
    let town = Town::new().await;
    town.file("Boiler leaks").await;
    let patient = town.routes.clone();
    let hasty = patient
        .clone()
        .layer(Extension(SearchPatience(Duration::ZERO)));
    let town = Town {
        routes: hasty,
        ..town
    };
    let answer = town.get("ana", "/tickets?q=boiler").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.headers["retry-after"], "5");
    let said = answer.body["detail"].as_str().unwrap_or_default();
    assert!(said.contains("ask again in 5 seconds"), "{said}");
    let town = Town {
        routes: patient,
        ..town
    };
    let answer = town.get("ana", "/tickets?q=boiler").await;
    assert_eq!(answer.titles(), ["Boiler leaks"], "{answer:?}");
}

#[tokio::test]
async fn who_deleted_something_is_known_after_what_one_sees_has_changed() {
    let town = Town::new().await;
    let id = town.file("Boiler leaks").await;
    let comments = format!("/tickets/{id}/comments");
    let said = town
        .post("mia", &comments, json!({ "comment_body": "no" }))
        .await;
    let comment = said.body["comment_id"].as_str().expect("an id").to_owned();
    assert_eq!(town.get("mia", "/deleted").await.body["items"], json!([]));
    let path = format!("{comments}/{comment}");
    let gone = town
        .ask("mia", ("DELETE", &path), &[("if-match", &said.tag())], None)
        .await;
    assert!(gone.status.is_success(), "{gone:?}");
    let before = town.get("mia", "/deleted").await;
    assert_eq!(before.body["items"][0]["by"], "Mia", "{before:?}");
    let mia = town.get("mia", "/v1/me").await.body["user_id"].clone();
    let mia: UserId = serde_json::from_value(mia).expect("an id");
    let set = CommandBody::GroupMembershipSetAdmin {
        group_id: town.house.home,
        user_id: mia,
        is_admin: true,
    };
    town.house.give(vec![set]).await;
    town.house.sync().await;
    assert_eq!(town.get("mia", "/deleted").await.body, before.body);
}

/// Every route about something in the family is asked about what is there and not Ben's to see,
/// and about what is not there.
#[tokio::test]
async fn what_is_hidden_answers_like_what_is_not_there_byte_for_byte() {
    let town = Town::new().await;
    let ticket = town.file("Secret present").await;
    let said = json!({ "comment_body": "hush" });
    let comment = town
        .post("ana", &format!("/tickets/{ticket}/comments"), said)
        .await;
    let comment = comment.body["comment_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let ben = town.get("ben", "/v1/me").await.body["user_id"].clone();
    let fill = |path: &str, ticket: &str, comment: &str| {
        path.replace("{family}", &town.house.family.to_string())
            .replace("{ticket}", ticket)
            .replace("{comment}", comment)
            .replace("{user}", ben.as_str().expect("an id"))
            .replace("{role}", "FOLLOWER")
            .replace("{tag}", "wifi")
            .replace("{attachment}", comment)
    };
    let fresh = || town.house.source.fresh().to_string();
    let bodies = |path: &str| match path.rsplit('/').next() {
        Some("comments") => json!({ "comment_body": "hello" }),
        Some("description") => json!({ "description": "hello" }),
        Some("attachments") => json!({ "file_name": "a.txt", "sha256": "a".repeat(64) }),
        _ => json!({}),
    };
    let table = network_table(Arc::clone(&town.house.desk));
    let about = table.iter().filter(|route| route.path.contains("{ticket}"));
    let mut asked = 0;
    for route in about {
        let (nowhere, nothing) = (fresh(), fresh());
        let mut answers = Vec::new();
        for (ticket, comment) in [
            (&ticket, &comment),
            (&nowhere, &nothing),
            (&ticket, &nothing),
        ] {
            let key = fresh();
            let headers = [("if-match", "*"), ("idempotency-key", key.as_str())];
            let path = fill(route.path, ticket, comment);
            let verb = route.verb.as_str();
            let mut told = town
                .ask("ben", (verb, &path), &headers, Some(bodies(route.path)))
                .await;
            if let Some(problem) = told.body.as_object_mut() {
                problem.remove("instance");
            }
            let kinds = told.headers.get("content-type").cloned();
            answers.push((told.status, told.body.to_string(), kinds));
        }
        assert_eq!(answers[0], answers[1], "{route:?}");
        assert_eq!(answers[0], answers[2], "{route:?}");
        // One's own marker tells nothing of the ticket, and who may restore is asked first.
        let tells_nothing = ["/read", "/restore"]
            .iter()
            .any(|it| route.path.ends_with(it));
        if !tells_nothing {
            assert_eq!(answers[0].0, StatusCode::NOT_FOUND, "{route:?}");
        }
        asked += 1;
    }
    assert!(asked > 20, "{asked}");
    let number = town.get("ben", "/tickets/RIV-2026-0001").await;
    let none = town.get("ben", "/tickets/RIV-2026-0099").await;
    assert_eq!(number.body["detail"], none.body["detail"]);
}

#[tokio::test]
async fn the_house_is_run_by_scripts_too() {
    let town = Town::new().await;
    let group = town
        .post("ana", "/groups", json!({ "group_name": "Cousins" }))
        .await;
    assert_eq!(group.status, StatusCode::CREATED, "{group:?}");
    let group_id = group.body["group_id"].as_str().expect("an id").to_owned();
    let new = json!({ "group_id": group_id, "queue_name": "Garden", "default_severity": "SEV_4" });
    let queue = town.post("ana", "/queues", new).await;
    assert_eq!(queue.body["queue_name"], "Garden", "{queue:?}");
    let queue_path = format!(
        "/queues/{}",
        queue.body["queue_id"].as_str().expect("an id")
    );
    let renamed = json!({ "queue_name": "Garden and shed", "default_severity": null });
    let renamed = town.patch("ana", &queue_path, &queue.tag(), renamed).await;
    assert_eq!(renamed.body["queue_name"], "Garden and shed", "{renamed:?}");
    assert_eq!(renamed.body["default_severity"], Value::Null);
    let ben = town.get("ben", "/v1/me").await.body["user_id"].clone();
    let place = format!(
        "/groups/{group_id}/members/{}",
        ben.as_str().expect("an id")
    );
    let put = town.ask("ana", ("PUT", &place), &[], Some(json!({}))).await;
    assert_eq!(put.body["is_admin"], false, "{put:?}");
    let raised = town
        .patch("ana", &place, &put.tag(), json!({ "is_admin": true }))
        .await;
    assert_eq!(raised.body["is_admin"], true, "{raised:?}");
    let queues = town.get("ben", "/queues").await;
    assert_eq!(queues.body["items"].as_array().map(Vec::len), Some(3));
    let members = town.get("ben", "/members").await;
    assert_eq!(members.body["items"].as_array().map(Vec::len), Some(3));
    let refused = town
        .post("ben", "/groups", json!({ "group_name": "Mine" }))
        .await;
    assert_eq!(
        (refused.status, refused.kind()),
        (StatusCode::UNPROCESSABLE_ENTITY, "refused")
    );
    let hook = json!({
        "webhook_name": "Hall", "url": "https://hall.example/hook", "events": ["ticket.*"],
    });
    let hook = town.post("ana", "/webhooks", hook).await;
    assert_eq!(hook.status, StatusCode::CREATED, "{hook:?}");
    let hook_id = hook.body["webhook_id"].as_str().expect("an id");
    let path = format!("/webhooks/{hook_id}");
    let off = json!({ "off": "BY_HAND", "events": ["*.deleted"] });
    let off = town.patch("ana", &path, &hook.tag(), off).await;
    assert_eq!(off.body["off"], "BY_HAND", "{off:?}");
    let made = town.post("ana", &format!("{path}/secret"), json!({})).await;
    assert!(made.body["secret"].is_string(), "{made:?}");
    let listed = town.get("ana", "/webhooks").await;
    assert_eq!(listed.body["items"][0]["has_secret"], true, "{listed:?}");
    let unseen = town.get("ben", &path).await;
    assert_eq!(unseen.status, StatusCode::NOT_FOUND, "{unseen:?}");
    let family = town.get("ana", "").await;
    let words = json!({ "severity_words": { "SEV_1": "everybody, now" } });
    let family = town.patch("ana", "", &family.tag(), words).await;
    assert_eq!(
        family.body["severity_words"]["SEV_1"], "everybody, now",
        "{family:?}"
    );
    let me = town.get("ben", "/v1/me").await;
    let me = town
        .patch(
            "ben",
            "/v1/me",
            &me.tag(),
            json!({ "display_name": "Benjamin" }),
        )
        .await;
    assert_eq!(me.body["display_name"], "Benjamin", "{me:?}");
    let there = town
        .get("ana", &format!("/members/{}", ben.as_str().expect("an id")))
        .await;
    assert_eq!(there.body["display_name"], "Benjamin");
    let founded = json!({ "family_name": "Moreno", "ticket_prefix": "MOR",
        "time_zone": "Europe/Madrid", "display_name": "Ben" });
    let founded = town.post("ben", "/v1/families", founded).await;
    assert_eq!(founded.status, StatusCode::CREATED, "{founded:?}");
    let mine = town.get("ben", "/v1/families").await;
    assert_eq!(mine.body["items"].as_array().map(Vec::len), Some(2));
    let through_key = town.get("ben's key", "/v1/families").await;
    assert_eq!(through_key.body["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_file_is_sent_named_found_and_fetched_by_whoever_sees_its_ticket() {
    let town = Town::new().await;
    let ticket = town.file("Boiler leaks").await;
    let bytes = json!({ "pressure": 1.5 });
    let sha256 = sha256_hex(bytes.to_string().as_bytes());
    let files = format!("/tickets/{ticket}/attachments");
    let new = json!({ "file_name": "gauge.json", "sha256": sha256 });
    let unsent = town.post("ana", &files, new.clone()).await;
    assert_eq!(
        (unsent.status, unsent.kind()),
        (StatusCode::PRECONDITION_FAILED, "needs-blob")
    );
    let blob = format!("/blobs/{sha256}");
    let sent = town
        .ask("ana", ("PUT", &blob), &[], Some(bytes.clone()))
        .await;
    assert_eq!(sent.status, StatusCode::NO_CONTENT, "{sent:?}");
    let named = town.post("ana", &files, new).await;
    assert_eq!(named.status, StatusCode::CREATED, "{named:?}");
    assert_eq!(named.body["bytes"], bytes.to_string().len());
    let place = format!(
        "{files}/{}",
        named.body["attachment_id"].as_str().expect("an id")
    );
    for who in ["mia", "ana's key"] {
        let listed = town.get(who, &files).await;
        assert_eq!(listed.body["items"], json!([named.body]), "{who}");
        let shown = town.get(who, &place).await;
        assert_eq!(shown.body, named.body, "{who}");
        let fetched = town.get(who, &format!("{place}/file")).await;
        assert_eq!(fetched.body, bytes, "{who}");
        let as_file = fetched.headers["content-disposition"]
            .to_str()
            .expect("text");
        assert_eq!(as_file, "attachment; filename*=UTF-8''gauge.json");
    }
    let part = [("range", "bytes=0-9")];
    let part = town
        .ask("mia", ("GET", &format!("{place}/file")), &part, None)
        .await;
    assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
    let thread = town.get("mia", &format!("/tickets/{ticket}/thread")).await;
    assert_eq!(thread.body["attachments"], json!([named.body]));
    // Ben sees neither the ticket nor what hangs on it.
    for hidden in [&files, &place, &format!("{place}/file"), &blob] {
        let told = town.get("ben", hidden).await;
        assert_eq!(told.status, StatusCode::NOT_FOUND, "{hidden}: {told:?}");
    }
    let gone = town
        .ask("ana", ("DELETE", &place), &[("if-match", "*")], None)
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{gone:?}");
    let fetched = town.get("mia", &format!("{place}/file")).await;
    assert_eq!(fetched.status, StatusCode::NOT_FOUND);
    let back = town
        .post("ana", &format!("{place}/restore"), json!({}))
        .await;
    assert_eq!(back.body["file_name"], "gauge.json", "{back:?}");
}

/// Every list is walked from page to page; nothing is left out and nothing comes twice.
#[tokio::test]
async fn every_list_goes_on_where_its_page_ended() {
    let town = Town::new().await;
    let ticket = town.file("Boiler leaks").await;
    let place = format!("/tickets/{ticket}");
    for number in 1..=4 {
        let name = format!("Group {number}");
        town.post("ana", "/groups", json!({ "group_name": name }))
            .await;
        let queue = json!({ "group_id": town.house.home, "queue_name": name });
        town.post("ana", "/queues", queue).await;
        let said = json!({ "comment_body": name });
        town.post("ana", &format!("{place}/comments"), said).await;
        let title = json!({ "title": name });
        town.patch("ana", &place, "*", title).await;
        let family = json!({ "family_description": name });
        town.patch("ana", "", "*", family).await;
    }
    let comments = format!("{place}/comments");
    let first = town.get("ana", &format!("{comments}?limit=1")).await;
    let first = first.body["items"][0]["comment_id"].clone();
    let comment = format!("{comments}/{}", first.as_str().expect("an id"));
    for number in 1..=5 {
        let answer = json!({ "comment_body": format!("Answer {number}"), "reply_to": first });
        town.post("ana", &comments, answer).await;
        let text = json!({ "comment_body": format!("Said {number}") });
        town.patch("ana", &comment, "*", text).await;
        // Some of them in the same second.
        town.house.source.advance(number % 2);
        let gone = json!({ "comment_body": "Never mind" });
        let gone = town.post("ana", &comments, gone).await;
        let gone = gone.headers["location"].to_str().expect("text").to_owned();
        let delete = ("DELETE", &*gone);
        town.ask("ana", delete, &[("if-match", "*")], None).await;
        let group = json!({ "group_name": format!("Gone {number}") });
        let group = town.post("ana", "/groups", group).await;
        let group = group.headers["location"].to_str().expect("text").to_owned();
        let delete = ("DELETE", &*group);
        town.ask("ana", delete, &[("if-match", "*")], None).await;
    }
    let family = town.house.family;
    let home = town.house.home;
    for (path, id, total) in [
        ("/members".to_owned(), "user_id", 3),
        ("/groups".to_owned(), "group_id", 5),
        (format!("/groups/{home}/members"), "user_id", 2),
        ("/queues".to_owned(), "queue_id", 6),
        (format!("{place}/participants"), "user_id", 1),
        (format!("{place}/comments"), "comment_id", 4),
        (format!("{place}/audit"), "seq", 10),
        (format!("/groups/{home}/audit"), "seq", 1),
        ("/audit".to_owned(), "seq", 50),
        (format!("{comment}/replies"), "comment_id", 5),
        (format!("{comment}/versions"), "version", 6),
        ("/deleted".to_owned(), "entity_id", 10),
    ] {
        let whole = town.get("ana", &format!("{path}?limit=200")).await;
        let ids = |told: &Told| -> Vec<Value> {
            let items = told.body["items"].as_array().expect("a list");
            items.iter().map(|it| it[id].clone()).collect()
        };
        let expected = ids(&whole);
        assert!(expected.len() >= total, "{path}: {whole:?}");
        let (mut walked, mut next) = (Vec::new(), Some(format!("{path}?limit=2")));
        while let Some(path) = next {
            let page = town.get("ana", &path).await;
            assert_eq!(page.status, StatusCode::OK, "{page:?}");
            walked.extend(ids(&page));
            next = page.next();
        }
        assert_eq!(walked, expected, "{path} of {family}");
    }
}

#[tokio::test]
async fn who_and_what_is_made_known_has_a_name_and_a_zone() {
    let town = Town::new().await;
    let new = |name: &str, zone: &str| {
        let user_id = town.house.source.fresh();
        json!({ "user_id": user_id, "display_name": name, "time_zone": zone })
    };
    for (name, zone, field) in [
        ("Leo", "", "time_zone"),
        ("Leo", "next door", "time_zone"),
        (" ", "UTC", "display_name"),
        ("L\neo", "UTC", "display_name"),
    ] {
        let told = town.post("ana", "/v1/users", new(name, zone)).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{told:?}");
        assert_eq!(told.body["refusal"]["field"], field, "{told:?}");
    }
    let known = town.post("ana", "/v1/users", new("Leo", "UTC")).await;
    assert_eq!(known.status, StatusCode::OK, "{known:?}");
    let before_all = town.get("ana", "/export/log?after=-1").await;
    assert_eq!(before_all.status, StatusCode::BAD_REQUEST, "{before_all:?}");
}

#[tokio::test]
async fn a_long_text_goes_to_the_blobs_and_is_found_by_its_end() {
    let town = Town::new().await;
    let body = format!("{} zanzibar", "word ".repeat(20_000));
    let new = json!({ "queue_id": town.house.it, "title": "Long", "description": body });
    let filed = town.post("ana", "/tickets", new).await;
    assert_eq!(filed.status, StatusCode::CREATED, "{filed:?}");
    let id = filed.body["ticket_id"].as_str().expect("an id");
    let shown = town.get("ana", &format!("/tickets/{id}/description")).await;
    assert_eq!(shown.body["description"]["bytes"], body.len());
    assert_eq!(
        town.get("ana", "/tickets?q=zanzibar").await.titles(),
        ["Long"]
    );
}

#[tokio::test]
async fn a_script_that_runs_wild_is_told_to_wait_and_what_is_nested_too_deep_is_not_read() {
    let mut town = Town::new().await;
    let pace = axum::Extension(Arc::new(server::limits::Limits::of(1)));
    town.routes = town.routes.clone().layer(pace);
    let mut waited = None;
    for _ in 0..10 {
        let told = town.get("ana", "/v1/me").await;
        if told.status == StatusCode::TOO_MANY_REQUESTS {
            waited = Some(told.headers["retry-after"].clone());
        }
    }
    assert_eq!(waited.expect("ten at once are too many"), "1");
    assert_eq!(town.get("ben", "/v1/me").await.status, StatusCode::OK);
    let deep = (0..40).fold(json!(1), |inner, _| json!([inner]));
    let told = town
        .post("ben", "/groups", json!({ "group_name": deep }))
        .await;
    assert_eq!(
        (told.status, told.kind()),
        (StatusCode::BAD_REQUEST, "malformed")
    );
}

#[tokio::test]
async fn the_description_of_the_routes_is_whole_and_is_the_one_that_is_kept() {
    let house = House::new().await;
    let table = network_table(Arc::clone(&house.desk));
    for route in &table {
        assert!(
            route.told.is_some(),
            "{route:?} is described nowhere; say `.told(..)` behind it"
        );
    }
    let document = openapi::document(&table);
    let text = serde_json::to_string_pretty(&document).expect("JSON");
    assert!(!text.contains("x-unknown"), "a type has no schema");
    for reference in text.split("#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap_or_default();
        let schema = &document["components"]["schemas"][name];
        assert!(schema.is_object(), "{name} is named and not there");
    }
    insta::assert_snapshot!("openapi", text);
    assert_ne!(house.family, FamilyId(house.source.fresh()));
}
