//! Tickets from elsewhere.

use std::fs;

use serde_json::json;

use super::Place;

/// Three invented issues, one of them with an escape sequence, and a line that is none.
fn issues() -> String {
    let issue = |key: &str, summary: &str, status: (&str, &str), priority: &str| {
        json!({
            "key": key,
            "fields": {
                "project": {"key": "HOM", "name": "Home improvement"},
                "summary": summary,
                "description": "It knocks at night.",
                "status": {"name": status.0, "statusCategory": {"key": status.1}},
                "priority": {"name": priority},
                "reporter": {"name": "rosa", "displayName": "Rosa"},
                "assignee": {"name": "ben", "displayName": "Ben"},
                "labels": ["heat"],
                "created": "2024-01-02T03:04:05.000+0000",
                "updated": "2024-02-02T03:04:05.000+0000",
                "comment": {"comments": [{
                    "id": key.replace("HOM-", "9"),
                    "author": {"name": "ben", "displayName": "Ben"},
                    "body": "I called them.",
                    "created": "2024-01-03T03:04:05.000+0000",
                }]},
            },
        })
        .to_string()
    };
    [
        issue(
            "HOM-1",
            "Boiler \u{1b}[31mknocks",
            ("To Do", "new"),
            "Highest",
        ),
        "{\"key\": \"HOM-2\", \"fields\":".to_owned(),
        issue(
            "HOM-3",
            "Window",
            ("In Progress", "indeterminate"),
            "Whenever",
        ),
        issue("HOM-4", "Door", ("Closed", "done"), "Low"),
    ]
    .join("\n")
}

#[test]
fn an_import_counts_what_came_and_a_second_brings_nothing() {
    let place = Place::furnished();
    fs::write(place.path("issues.jsonl"), issues()).expect("written");
    let file = place.path("issues.jsonl");
    let file = file.to_str().expect("a path");

    let dry = place.json(&["import", "jira", file, "--dry-run"]);
    assert_eq!(dry["tickets"]["read"], 4);
    assert_eq!(place.json(&["list", "--status", "any"]), json!([]));

    let first = place.json(&["import", "jira", file, "--severity", "Whenever=SEV_5"]);
    assert_eq!(
        first["tickets"],
        json!({"read": 4, "brought": 3, "skipped": 1})
    );
    assert_eq!(first["new_tickets"], 3);
    assert_eq!(first["skipped"][0]["line"], 2);
    let listed = place.json(&["list", "--status", "any", "--sort", "created"]);
    assert_eq!(listed.as_array().map(Vec::len), Some(3));
    let text = place.ok(&["list"]);
    assert!(text.contains("Boiler ␛[31mknocks"), "{text}");
    assert!(text.contains("RIV-2024-0001  SEV_1"), "{text}");
    assert!(
        text.lines()
            .any(|it| it.contains("SEV_5") && it.contains("Window")),
        "{text}"
    );
    let shown = place.json(&["show", "RIV-2024-0001"]);
    assert_eq!(shown["requester"], "Rosa");
    assert_eq!(shown["comments"][0]["author"], "Ben");

    let log = place.json(&["log", "--limit", "1000"]);
    let again = place.ok(&["import", "jira", file, "--severity", "Whenever=SEV_5"]);
    assert!(again.contains("no ticket is new here"), "{again}");
    assert!(again.contains("issues.jsonl:2"), "{again}");
    assert_eq!(place.json(&["log", "--limit", "1000"]), log);
}

#[test]
fn files_that_hold_no_issues_are_named() {
    let place = Place::furnished();
    let told = place.fails(4, &["import", "jira", "/no/such/file"]);
    assert!(told.contains("/no/such/file can't be read"), "{told}");
    fs::write(place.path("empty"), "").expect("written");
    let empty = place.path("empty");
    let told = place.fails(1, &["import", "jira", empty.to_str().expect("a path")]);
    assert!(told.contains("no ticket was found"), "{told}");
}

#[test]
fn a_dry_run_shows_what_each_row_would_become() {
    let place = Place::furnished();
    fs::write(place.path("issues.jsonl"), issues()).expect("written");
    let file = place.path("issues.jsonl");
    let file = file.to_str().expect("a path");
    let told = place.ok(&["import", "jira", file, "--dry-run", "--rows", "2"]);
    for line in [
        "        1  SEV_1     `Highest`",
        "        1  SEV_3     `Whenever`",
        "        1  closed    `Closed`",
        "        3  Home improvement",
        "The first 2 of 3 tickets",
        "HOM-1  SEV_1  new     Home improvement  Rosa  2024-01-02  1  Boiler ␛[31mknocks",
        "3 tickets and 3 comments would be new here; a dry run: nothing was brought",
    ] {
        assert!(told.lines().any(|it| it == line), "{line:?} in\n{told}");
    }
    let rows = place.json(&["import", "jira", file, "--dry-run"]);
    assert_eq!(rows["rows"].as_array().map(Vec::len), Some(3));
    assert_eq!(rows["rows"][1]["status"], "active");
    assert_eq!(rows["queues_by_name"]["Home improvement"], 3);

    place.ok(&["import", "jira", file]);
    let told = place.ok(&["import", "jira", file, "--dry-run"]);
    assert!(
        told.contains("0 tickets and 0 comments would be new here"),
        "{told}"
    );
    let grown = issues().replace("\"id\":\"91\"", "\"id\":\"90\"");
    assert_ne!(grown, issues());
    fs::write(place.path("issues.jsonl"), grown).expect("written");
    let told = place.ok(&["import", "jira", file]);
    assert!(
        told.contains("1 comment is new here; the tickets were here already"),
        "{told}"
    );
}

#[test]
fn a_file_of_tables_says_what_words_queues_and_people_are_here() {
    let place = Place::furnished();
    fs::write(place.path("issues.jsonl"), issues()).expect("written");
    let shown = place.ok(&["import", "jira", "--show-map"]);
    assert!(shown.contains("\"highest\" = \"SEV_1\""), "{shown}");
    let own = "[severity]\nwhenever = '2.5'\n[status]\nclosed = 'skip'\n\
               [queue]\n'*' = 'IT'\n[people]\nrosa = 'me'\n";
    fs::write(place.path("own.toml"), own).expect("written");
    let file = |name: &str| place.path(name).to_str().expect("a path").to_owned();
    let (issues, own) = (file("issues.jsonl"), file("own.toml"));
    let dry = place.json(&["import", "jira", &issues, "--map", &own, "--dry-run"]);
    assert_eq!(dry["queues_by_name"], json!({"IT": 2}));
    assert_eq!(dry["rows"][0]["requester"], "Ana");
    let first = place.json(&["import", "jira", &issues, "--map", &own]);
    assert_eq!(first["new_tickets"], 2);
    let listed = place.json(&["list", "--status", "any"]);
    assert_eq!(listed[1]["severity"], "SEV_2.5", "{listed}");

    fs::write(&own, "[queue]\nHOM = 'Kichen'\n").expect("written");
    let told = place.fails(1, &["import", "jira", &issues, "--map", &own]);
    assert!(
        told.contains("[queue] HOM: there is no queue `Kichen`"),
        "{told}"
    );
    fs::write(&own, "[severities]\n").expect("written");
    let told = place.fails(2, &["import", "jira", &issues, "--map", &own]);
    assert!(
        told.contains("own.toml") && told.contains("severities"),
        "{told}"
    );
}
