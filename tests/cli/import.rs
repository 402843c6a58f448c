//! Tickets from elsewhere.

use std::fs;
use std::path::Path;

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
    assert!(told.contains("no issue was found"), "{told}");
}

/// On real issues, where they are at hand.
#[test]
fn real_issues_come_in_twice_without_a_double() {
    let folder = std::env::var("FAMDESK_DATA").unwrap_or_else(|_| "../shared/data".to_owned());
    let file = Path::new(&folder).join("jira-issues/DAEMON.jsonl");
    let Some(path) = file.to_str().filter(|_| file.exists()) else {
        return;
    };
    let place = Place::furnished();
    let first = place.json(&["import", "jira", path]);
    assert_eq!(first["new_tickets"], 317);
    assert_eq!(first["tickets"]["skipped"], 0);
    let second = place.json(&["import", "jira", path]);
    assert_eq!(second["new_tickets"], 0);
    let all = place.json(&["list", "--status", "any", "--limit", "0"]);
    assert_eq!(all.as_array().map(Vec::len), Some(317));
    assert_eq!(
        place.json(&["audit", "verify"])[0]["broken_at"],
        json!(null)
    );
}
