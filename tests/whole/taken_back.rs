//! What a script did, taken back by it: whole or not at all, once, and never over somebody else.

use famdesk::model::id::UserId;
use famdesk::model::source::Source;
use http::StatusCode;
use serde_json::{Value, json};

use super::rest::{Told, Town};

/// The commands that a request became.
fn commands(told: &Told) -> Vec<String> {
    assert!(told.status.is_success(), "{told:?}");
    let named = told.headers["famdesk-command"].to_str().expect("text");
    named.split(", ").map(str::to_owned).collect()
}

async fn undo(town: &Town, who: &str, commands: &[String]) -> Told {
    town.post(who, "/undo", json!({ "commands": commands }))
        .await
}

/// What is there, without the bookkeeping.
async fn bare(town: &Town, path: &str) -> Value {
    let told = town.get("ana", path).await;
    let mut body = told.body;
    strip(&mut body);
    json!([told.status.as_u16(), body])
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(attributes) => {
            for name in [
                "version",
                "last_update",
                "resolved_date",
                "reopen_until",
                "closed_date",
                "instance",
            ] {
                attributes.remove(name);
            }
            attributes.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

/// A request, and where its effect is seen.
type Deed<'a> = (&'a str, String, Value, String);

#[tokio::test]
async fn whatever_a_request_did_is_taken_back_and_that_again() {
    let town = Town::new().await;
    let ticket = format!("/tickets/{}", town.file("Boiler leaks").await);
    let told = json!({ "description": "A puddle" });
    let place = format!("{ticket}/description");
    let told = town.ask("ana", ("PUT", &place), &[], Some(told)).await;
    assert_eq!(told.status, StatusCode::OK, "{told:?}");
    let said = json!({ "comment_body": "It drips" });
    let said = town.post("ana", &format!("{ticket}/comments"), said).await;
    let said = said.headers["location"].to_str().expect("text").to_owned();
    let ben = town.get("ben", "/v1/me").await.body["user_id"].clone();
    let ben = ben.as_str().expect("an id");
    let group = format!("/groups/{}", town.house.home);
    let queue = format!("/queues/{}", town.house.kitchen);
    let hook = json!({ "webhook_name": "Hall", "url": "https://hall.example/hook",
        "events": ["ticket.*"] });
    let hook = town.post("ana", "/webhooks", hook).await;
    let hook = hook.headers["location"].to_str().expect("text").to_owned();
    let changes = json!({ "title": "Boiler drips", "severity": "SEV_1", "tags": ["heat"],
        "stage": "WAITING", "waiting_note": "a gasket", "queue_id": town.house.kitchen });
    let place = format!("{group}/members/{ben}");
    let deeds: Vec<Deed<'_>> = vec![
        ("PATCH", ticket.clone(), changes, ticket.clone()),
        (
            "POST",
            format!("{ticket}/resolve"),
            json!({}),
            ticket.clone(),
        ),
        ("POST", format!("{ticket}/close"), json!({}), ticket.clone()),
        (
            "PUT",
            format!("{ticket}/description"),
            json!({ "description": "All of it" }),
            format!("{ticket}/description"),
        ),
        (
            "PUT",
            format!("{ticket}/tags/cellar"),
            json!({}),
            ticket.clone(),
        ),
        (
            "PUT",
            format!("{ticket}/participants/FOLLOWER/{ben}"),
            json!({}),
            format!("{ticket}/participants"),
        ),
        (
            "POST",
            format!("{ticket}/comments"),
            json!({ "comment_body": "Rebooted it" }),
            format!("{ticket}/comments"),
        ),
        (
            "PATCH",
            said.clone(),
            json!({ "comment_body": "It pours" }),
            said.clone(),
        ),
        ("DELETE", said.clone(), json!({}), said),
        (
            "PATCH",
            String::new(),
            json!({ "family_name": "Riviera", "severity_words": { "SEV_1": "now" } }),
            String::new(),
        ),
        (
            "PATCH",
            group.clone(),
            json!({ "group_name": "House", "group_description": "Us" }),
            group.clone(),
        ),
        (
            "PATCH",
            queue.clone(),
            json!({ "queue_name": "Stove", "default_severity": "SEV_2" }),
            queue,
        ),
        (
            "PATCH",
            hook.clone(),
            json!({ "webhook_name": "Porch", "off": "BY_HAND" }),
            hook,
        ),
        ("PUT", place.clone(), json!({ "is_admin": true }), place),
        (
            "PATCH",
            format!("/members/{ben}"),
            json!({ "role": "CHILD", "display_name": "Benny" }),
            format!("/members/{ben}"),
        ),
        (
            "POST",
            "/queues".to_owned(),
            json!({ "group_id": town.house.home, "queue_name": "Garden" }),
            "/queues".to_owned(),
        ),
        ("DELETE", ticket.clone(), json!({}), ticket),
    ];
    for (verb, path, body, seen_at) in deeds {
        let before = bare(&town, &seen_at).await;
        let key = town.house.source.fresh().to_string();
        let headers = [("if-match", "*"), ("idempotency-key", key.as_str())];
        let told = town.ask("ana", (verb, &path), &headers, Some(body)).await;
        let done = commands(&told);
        let after = bare(&town, &seen_at).await;
        assert_ne!(before, after, "{verb} {path}: {told:?}");
        let back = undo(&town, "ana", &done).await;
        assert_eq!(back.status, StatusCode::OK, "{verb} {path}: {back:?}");
        assert_eq!(bare(&town, &seen_at).await, before, "{verb} {path}");
        let undone = commands(&back);
        assert_eq!(back.body["commands"], json!(undone));
        let again = undo(&town, "ana", &undone).await;
        assert_eq!(again.status, StatusCode::OK, "{verb} {path}: {again:?}");
        assert_eq!(bare(&town, &seen_at).await, after, "{verb} {path}");
        undo(&town, "ana", &commands(&again)).await;
        assert_eq!(bare(&town, &seen_at).await, before, "{verb} {path}");
    }
}

#[tokio::test]
async fn what_is_sent_again_is_taken_back_once() {
    let town = Town::new().await;
    let ticket = format!("/tickets/{}", town.file("Boiler leaks").await);
    let change = json!({ "title": "Boiler drips", "severity": "SEV_1" });
    let done = commands(&town.patch("ana", &ticket, "*", change).await);
    assert_eq!(done.len(), 2);
    let key = [("idempotency-key", "back")];
    let send = async |body: Value| town.ask("ana", ("POST", "/undo"), &key, Some(body)).await;
    let body = json!({ "commands": done });
    let without = ("POST", "/undo");
    let without = town.ask("ana", without, &[], Some(body.clone())).await;
    assert_eq!(without.kind(), "key-missing");
    let first = send(body.clone()).await;
    let version = town.get("ana", &ticket).await.body["version"].clone();
    // Also where somebody has gone on since.
    town.patch("mia", &ticket, "*", json!({ "title": "Boiler hisses" }))
        .await;
    let again = send(body).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    let other = send(json!({ "commands": [done[0]] })).await;
    assert_eq!(other.kind(), "key-reused", "{other:?}");
    let shown = town.get("ana", &ticket).await.body;
    assert_eq!(shown["title"], "Boiler hisses");
    assert_eq!(
        shown["version"].as_i64(),
        version.as_i64().map(|version| version + 1)
    );
}

#[tokio::test]
async fn nothing_is_taken_back_over_somebody_else() {
    let town = Town::new().await;
    let ticket = format!("/tickets/{}", town.file("Boiler leaks").await);
    let change = json!({ "title": "Boiler drips", "severity": "SEV_1" });
    let done = commands(&town.patch("ana", &ticket, "*", change).await);
    let theirs = json!({ "title": "Boiler hisses" });
    let theirs = commands(&town.patch("mia", &ticket, "*", theirs).await);
    let code = |told: &Told| told.body["refusal"]["code"].clone();
    let refused = undo(&town, "ana", &done).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(code(&refused), "conflict", "{refused:?}");
    let shown = town.get("ana", &ticket).await.body;
    assert_eq!(
        (&shown["severity"], &shown["title"]),
        (&json!("SEV_1"), &json!("Boiler hisses"))
    );

    let twice = json!({ "family_description": "Three households" });
    let twice = commands(&town.patch("ana", "", "*", twice).await);
    assert_eq!(undo(&town, "ana", &twice).await.status, StatusCode::OK);
    let refused = undo(&town, "ana", &twice).await;
    assert_eq!(refused.kind(), "refused", "{refused:?}");
    let detail = refused.body["detail"].as_str().expect("a detail");
    assert!(detail.contains("nothing is left to take back"), "{detail}");

    let filed = town.get("ana", &format!("{ticket}/audit")).await;
    let filed = filed.body["items"].as_array().expect("a list").last();
    let filed = filed.expect("it was filed")["command_id"].clone();
    let filed = filed.as_str().expect("an id").to_owned();
    let refused = undo(&town, "ana", &[filed]).await;
    assert_eq!(code(&refused), "touched_since", "{refused:?}");

    let ben = town.get("ben", "/v1/me").await.body["user_id"].clone();
    let ben = format!("/members/{}", ben.as_str().expect("an id"));
    let raise = json!({ "is_admin": true });
    let raised = town.patch("ana", &ben, "*", raise).await;
    assert_eq!(raised.body["is_admin"], true, "{raised:?}");
    let group = format!("/groups/{}", town.house.home);
    let rename = |name: &str| json!({ "group_name": name });
    let renamed = town.patch("ana", &group, "*", rename("House")).await;
    town.patch("ben", &group, "*", rename("Hut")).await;
    let refused = undo(&town, "ana", &commands(&renamed)).await;
    assert_eq!(code(&refused), "stale", "{refused:?}");

    // What others did, what never was, and what nothing takes back.
    let never = UserId(town.house.source.fresh()).to_string();
    for unknown in [theirs, vec![never]] {
        let told = undo(&town, "ana", &unknown).await;
        assert_eq!(told.status, StatusCode::NOT_FOUND, "{told:?}");
    }
    let invite = json!({ "user_id": UserId(town.house.source.fresh()), "display_name": "Leo",
        "time_zone": "UTC" });
    town.post("ana", "/v1/users", invite.clone()).await;
    let join = json!({ "user_id": invite["user_id"], "display_name": "Leo", "role": "ADULT" });
    let invited = commands(&town.post("ana", "/members", join).await);
    assert_eq!(undo(&town, "ana", &invited).await.status, StatusCode::OK);
    let audit = town.get("ana", "/audit?limit=200").await;
    let items = audit.body["items"].as_array().expect("a list");
    let founded = items.iter().find(|it| it["type"] == "family.create");
    let founded = founded.expect("it was founded")["command_id"].clone();
    let founded = founded.as_str().expect("an id").to_owned();
    let told = undo(&town, "ana", &[founded]).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{told:?}");
    let none = undo(&town, "ana", &[]).await;
    assert_eq!(none.body["errors"][0]["pointer"], "/commands", "{none:?}");
}
