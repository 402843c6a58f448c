//! A family of four at one computer: every command that a household can give has a subcommand.

use std::collections::BTreeSet;

use famdesk::model::command::CommandBody;
use serde_json::{Value, json};

use super::Place;

/// What no person gives: an import brings many things at once, and time alone closes for good.
const NOBODY_GIVES: [&str; 3] = ["import.batch", "void", "ticket.expire"];

/// What stands in a person's own log, which the family's does not tell.
const PRIVATE: [&str; 2] = ["ticket.read", "ticket.unread"];

fn names(people: &Value) -> Vec<(&str, &str, &str)> {
    let people = people.as_array().expect("people");
    people
        .iter()
        .map(|it| {
            let word = |name: &str| it[name].as_str().expect("a word");
            (word("display_name"), word("role"), word("status"))
        })
        .collect()
}

/// Ben, Mia and Zoe are asked in and come; the family then stands as the other tests need it.
fn moved_in() -> Place {
    let place = Place::furnished();
    place.ok(&["members", "invite", "Ben", "--email", "ben@example.org"]);
    place.ok(&["members", "invite", "Mia", "--role", "child"]);
    place.ok(&["members", "invite", "Zoe", "--role", "guest"]);
    for name in ["Ben", "Mia", "Zoe"] {
        place.ok(&["--as", name, "members", "accept"]);
    }
    place
}

#[test]
fn every_command_is_given_by_a_subcommand() {
    let place = moved_in();
    let people = place.json(&["members"]);
    assert_eq!(
        names(&people),
        [
            ("Ana", "ADULT", "MEMBER"),
            ("Ben", "ADULT", "MEMBER"),
            ("Mia", "CHILD", "MEMBER"),
            ("Zoe", "GUEST", "MEMBER"),
        ]
    );

    // The family's settings.
    place.ok(&[
        "families",
        "edit",
        "--hours",
        "mon-fri 17-21",
        "--word",
        "SEV_1=everybody, now",
    ]);
    let family = place.json(&["families", "show"]);
    assert_eq!(family["business_hours"], "Mon-Fri 17:00-21:00");
    assert_eq!(family["severity_words"]["SEV_1"], "everybody, now");

    // Someone asks to come; someone is asked in and says no.
    place.ok(&["--as", "Ben", "families", "create", "Band", "--me", "Ben"]);
    let band = place.json(&["--as", "Ben", "--family", "Band", "families", "show"]);
    let band = band["family_id"].as_str().expect("an id");
    place.ok(&["--as", "Mia", "families", "join", band, "--me", "Mia"]);
    place.ok(&[
        "--as", "Ben", "--family", "Band", "members", "accept", "Mia",
    ]);
    place.ok(&[
        "--as", "Ben", "--family", "Band", "members", "invite", "Zoe",
    ]);
    place.ok(&["--as", "Zoe", "--family", "Band", "members", "decline"]);
    let band = place.json(&["--as", "Ben", "--family", "Band", "members"]);
    assert_eq!(names(&band)[1].2, "MEMBER");
    assert_eq!(names(&band)[2], ("Zoe", "ADULT", "DECLINED"));
    place.ok(&["--as", "Mia", "--family", "Band", "members", "remove", "me"]);
    let left = place.json(&["--as", "Mia", "families"]);
    assert_eq!(left.as_array().map(Vec::len), Some(1), "{left}");

    // What people are.
    place.ok(&["members", "admin", "Ben"]);
    place.ok(&["members", "role", "Zoe", "adult"]);
    place.ok(&["members", "rename", "Zoe", "Zoë"]);

    // Groups.
    place.ok(&["groups", "create", "Cousins", "--description", "the others"]);
    place.ok(&["groups", "edit", "Cousins", "--name", "The cousins"]);
    place.ok(&["--as", "Zoë", "groups", "request", "The cousins"]);
    place.ok(&["groups", "remove", "The cousins", "Zoë"]);
    place.ok(&["groups", "add", "The cousins", "Ben", "Mia"]);
    let group = place.json(&["groups", "admin", "The cousins", "Ben"]);
    assert_eq!(
        group["members"].as_array().map(Vec::len),
        Some(3),
        "{group}"
    );
    place.ok(&["groups", "remove", "The cousins", "me"]);

    // Queues.
    place.ok(&[
        "queues",
        "create",
        "Events",
        "--group",
        "The",
        "--assignee",
        "Ben",
    ]);
    let queue = place.json(&[
        "queues",
        "edit",
        "Events",
        "--severity",
        "4",
        "--group",
        "Home",
    ]);
    assert_eq!(queue["group_name"], "Home");
    assert_eq!(queue["default_severity"], "SEV_4");
    place.ok(&["queues", "delete", "Events", "--confirm", "events"]);
    place.ok(&["restore", "events"]);
    place.ok(&[
        "groups",
        "delete",
        "The cousins",
        "--confirm",
        "The cousins",
    ]);

    // A ticket's life.
    place.files("Wi-Fi is down");
    place.ok(&[
        "edit",
        "1",
        "--title",
        "Wi-Fi is gone",
        "--description",
        "All of it.",
    ]);
    place.ok(&["snooze", "1", "+3d"]);
    place.ok(&["wake", "1"]);
    place.ok(&["category", "1", "warranty"]);
    place.ok(&["tag", "1", "--add", "wifi"]);
    place.ok(&["tag", "1", "--remove", "wifi"]);
    place.ok(&["participants", "1", "--add", "Mia"]);
    place.ok(&["participants", "1", "--remove", "Mia"]);
    place.files("The router's cable");
    let told = place.ok(&["assign", "1", "2", "--group", "Home"]);
    assert_eq!(told.matches("assigned to the group Home").count(), 2);
    let held = place.json(&["list", "assignee:home"]);
    assert_eq!(held.as_array().map(Vec::len), Some(2), "{held}");
    assert_eq!(held[0]["assignee_group"], "Home");
    place.ok(&["parent", "2", "--of", "1"]);
    let shown = place.ok(&["show", "1"]);
    assert!(shown.contains("its parts: RIV-2026-0002 (OPEN)"), "{shown}");
    let told = place.fails(1, &["resolve", "1"]);
    assert!(told.contains("RIV-2026-0002"), "{told}");
    place.ok(&["parent", "2", "--of", "none"]);
    place.ok(&["assign", "2", "--group", "none"]);
    place.ok(&["triage", "2", "--again"]);
    place.ok(&["triage", "2"]);
    place.ok(&["resolve", "1"]);
    place.ok(&["reopen", "1"]);
    place.ok(&["close", "1"]);
    let opened = place.ok(&["unclose", "1"]);
    assert!(opened.contains("OPEN"), "{opened}");
    place.ok(&["comment", "1", "Is it plugged in?"]);
    place.ok(&["comment", "1", "--edit", "1", "Is it plugged in at all?"]);
    place.ok(&["comment", "1", "--delete", "1"]);
    std::fs::write(place.path("a.txt"), "a").expect("written");
    let file = place.path("a.txt");
    place.ok(&["attach", "1", &file.to_string_lossy()]);

    // Someone outside is told of what happens, and is told no more.
    let made = place.json(&["webhooks", "add", "Hall", "https://hall.example/hook"]);
    let secret = made["secret"].as_str().expect("a secret").to_owned();
    assert!(secret.starts_with("whsec_"), "{secret}");
    place.ok(&["webhooks", "set", "Hall", "--events", "ticket.*,*.deleted"]);
    let shown = place.ok(&["webhooks", "show", "hall"]);
    assert!(shown.contains("*.deleted, ticket.*"), "{shown}");
    assert_ne!(
        place.json(&["webhooks", "rotate", "Hall"])["secret"],
        secret.as_str()
    );
    assert!(place.ok(&["webhooks", "disable", "Hall"]).contains("off"));
    place.ok(&["webhooks", "enable", "Hall"]);
    place.ok(&["webhooks", "remove", "Hall"]);
    place.ok(&["restore", "Hall"]);
    let of_mia = ["--as", "Mia", "--family", "Rivera", "webhooks"];
    let told = place.fails(1, &[&of_mia[..], &["rotate", "Hall"]].concat());
    assert!(told.contains("admins"), "{told}");
    let log = place.ok(&["log", "--limit", "500", "--family", "Rivera"]);
    assert!(log.contains("made the webhook Hall"), "{log}");
    assert!(
        log.contains("gave it another secret") && !log.contains(&secret),
        "{log}"
    );

    place.ok(&["me", "--name", "Ana Rivera"]);

    let mut given = types(&place.json(&["log", "--limit", "500", "--family", "Rivera"]));
    given.extend(types(
        &place.json(&["--as", "Ben", "--family", "Band", "log", "--limit", "500"]),
    ));
    let lacking: Vec<&&str> = CommandBody::TYPES
        .iter()
        .filter(|it| !given.contains(**it))
        .filter(|it| !NOBODY_GIVES.contains(it) && !PRIVATE.contains(it))
        .collect();
    assert_eq!(lacking, [] as [&&str; 0]);
    let outbox = json!({ "refused": [], "waiting": [] });
    assert_eq!(place.json(&["outbox"]), outbox);
}

fn types(log: &Value) -> BTreeSet<String> {
    let records = log.as_array().expect("records");
    let types = records.iter().map(|it| it["type"].as_str().expect("type"));
    types.map(str::to_owned).collect()
}

#[test]
fn what_stands_in_the_way_is_named_with_the_next_step() {
    let place = moved_in();
    let number = place.files("Wi-Fi is down");

    let told = place.fails(1, &["members", "admin", "me", "--off"]);
    assert!(told.contains("make someone else an admin first"), "{told}");
    let told = place.fails(1, &["members", "remove", "me"]);
    assert!(told.contains("make someone else an admin first"), "{told}");
    let told = place.fails(1, &["queues", "delete", "IT", "--confirm", "IT"]);
    assert!(
        told.contains(&number) && told.contains("move or delete"),
        "{told}"
    );
    let told = place.fails(1, &["groups", "delete", "Home", "--confirm", "Home"]);
    assert!(told.contains("IT, Kitchen"), "{told}");
    let told = place.fails(1, &["groups", "delete", "Home", "--confirm", "Hme"]);
    assert!(told.contains("was not deleted"), "{told}");
    let told = place.fails(1, &["groups", "add", "Home", "Zoe"]);
    assert!(told.contains("a guest can't be in a group"), "{told}");
    let told = place.fails(1, &["--as", "Mia", "groups", "request", "Home"]);
    assert!(told.contains("an admin"), "{told}");
    let told = place.fails(1, &["--as", "Ben", "members", "invite", "Eve"]);
    assert!(told.contains("only the family's admins"), "{told}");
    let told = place.fails(1, &["members", "invite", "ben"]);
    assert!(told.contains("in the family already"), "{told}");
    let told = place.fails(1, &["members", "invite", "Eve", "--email", "eve"]);
    assert!(told.contains("not an e-mail address"), "{told}");
    let told = place.fails(1, &["--as", "Ben", "members", "accept"]);
    assert!(told.contains("no invitation"), "{told}");
    let told = place.fails(2, &["families", "edit", "--hours", "Mon-Fry 17:00-21:00"]);
    assert!(
        told.contains(":   Mon-Fry 17:00-21:00\nfamdesk:       ^"),
        "{told}"
    );
    let told = place.fails(2, &["families", "edit", "--time-zone", "Europe/Madird"]);
    assert!(told.contains("did you mean Europe/Madrid?"), "{told}");
}

#[test]
fn someone_known_is_asked_in_again_as_the_same_person() {
    let place = moved_in();
    let of = |people: &Value, name: &str| {
        let mut people = people.as_array().expect("people").iter();
        let found = people.find(|it| it["display_name"] == name);
        found.map(|it| it["user_id"].clone())
    };
    let ben = of(&place.json(&["members"]), "Ben").expect("Ben");
    place.ok(&["members", "remove", "Ben"]);
    assert_eq!(of(&place.json(&["members"]), "Ben"), None);
    let again = place.json(&["members", "invite", "Ben"]);
    assert_eq!(again["user_id"], ben);
    assert_eq!(again["status"], "AWAITING");

    place.ok(&["families", "create", "Lake house", "--me", "Ana"]);
    let known = place.json(&["--family", "Lake house", "members", "invite", "Mia"]);
    let mia = of(&place.json(&["--family", "Rivera", "members"]), "Mia");
    assert_eq!(Some(known["user_id"].clone()), mia);
    let by_mail = ["--family", "Lake house", "members", "invite", "Benjamin"];
    let by_mail = [&by_mail[..], &["--email", "Ben@Example.org"]].concat();
    assert_eq!(place.json(&by_mail)["user_id"], ben);
    let other = [
        "--family",
        "Lake house",
        "members",
        "invite",
        "Mia",
        "--new",
    ];
    assert_ne!(Some(place.json(&other)["user_id"].clone()), mia);
}

#[test]
fn each_text_is_kept_and_what_is_deleted_comes_back() {
    let place = moved_in();
    let number = place.files("Wi-Fi is down");
    place.ok(&["--as", "Ben", "groups", "request", "Home"]);
    place.ok(&["groups", "add", "Home", "Ben"]);
    place.ok(&["--as", "Ben", "comment", "1", "Rebooted it."]);
    place.ok(&[
        "--as",
        "Ben",
        "comment",
        "1",
        "--edit",
        "1",
        "Rebooted it twice.",
    ]);
    let told = place.fails(1, &["comment", "1", "--edit", "1", "No."]);
    assert!(told.contains("only its author"), "{told}");
    let history = place.json(&["history", "1", "1"]);
    let texts: Vec<(&Value, &Value)> = history
        .as_array()
        .expect("texts")
        .iter()
        .map(|it| (&it["author"], &it["text"]))
        .collect();
    let (ben, first, second) = (
        json!("Ben"),
        json!("Rebooted it."),
        json!("Rebooted it twice."),
    );
    assert_eq!(texts, [(&ben, &first), (&ben, &second)]);
    place.ok(&["edit", "1", "--title", "Wi-Fi is gone"]);
    let titles = place.ok(&["history", "1"]);
    assert!(
        titles.contains("Wi-Fi is down") && titles.contains("Wi-Fi is gone"),
        "{titles}"
    );

    place.ok(&["--as", "Ben", "comment", "1", "--delete", "1"]);
    place.ok(&["delete", "1", "--confirm", &number]);
    place.ok(&["queues", "delete", "Kitchen", "--confirm", "Kitchen"]);
    let told = place.fails(1, &["--as", "Ben", "deleted"]);
    assert!(told.contains("only the family's admins"), "{told}");
    let deleted = place.json(&["deleted"]);
    let kinds: BTreeSet<(&str, &str)> = deleted
        .as_array()
        .expect("rows")
        .iter()
        .map(|it| {
            let word = |name: &str| it[name].as_str().expect("a word");
            (word("entity_type"), word("deleted_by"))
        })
        .collect();
    let expected = [("comment", "Ben"), ("queue", "Ana"), ("ticket", "Ana")];
    assert_eq!(kinds, BTreeSet::from(expected));
    let comment = deleted.as_array().and_then(|rows| {
        let mut rows = rows.iter();
        rows.find(|it| it["entity_type"] == "comment")
    });
    let comment = comment
        .and_then(|it| it["entity_id"].as_str())
        .expect("an id");
    place.ok(&["restore", &number.to_lowercase(), comment]);
    let shown = place.json(&["show", "1"]);
    assert_eq!(shown["comments"][0]["comment_body"], "Rebooted it twice.");
    let told = place.fails(1, &["restore", &number]);
    assert!(told.contains("famdesk deleted"), "{told}");
}
