//! The corpus of awkward strings through the subcommands: what they print drives no terminal.

use std::fs;

use serde_json::json;

use super::{Place, text};
use crate::corpus::{foreign, strings};

/// Nothing but text and line ends, on a pipe.
fn assert_plain(what: &str, said: &str) {
    let lines: Vec<String> = said
        .lines()
        .flat_map(|line| foreign(line.as_bytes()))
        .collect();
    assert_eq!(lines, Vec::<String>::new(), "{what}");
    assert!(!said.contains('\x1b'), "{what}");
}

#[test]
fn nothing_that_was_typed_drives_the_terminal_it_is_printed_on() {
    let strings = strings();
    let place = Place::furnished();
    let file = place.path("corpus.jsonl");
    // Four in a ticket: in its title, its texts, and the names of those who wrote them.
    let rows = strings.chunks(4).enumerate().map(|(at, strings)| {
        json!({
            "id": at.to_string(),
            "key": format!("C-{}", at + 1),
            "fields": {
                "project": {"key": "C", "name": strings[0]},
                "updated": "2026-02-01T00:00:00.000+0000",
                "summary": strings[0],
                "description": strings.join("\n\n"),
                "status": {"name": strings[strings.len() / 2], "statusCategory": {"key": "new"}},
                "priority": {"name": strings[strings.len() - 1]},
                "reporter": {"displayName": strings[0], "name": strings[0]},
                "creator": {"displayName": strings[0], "name": strings[0]},
                "labels": strings,
                "created": "2026-01-05T10:00:00.000+0000",
                "comment": {"comments": strings.iter().map(|body| json!({
                    "body": body, "author": {"displayName": body, "name": body},
                    "created": "2026-01-05T10:00:00.000+0000"
                })).collect::<Vec<_>>()},
            }
        })
        .to_string()
    });
    let rows: Vec<String> = rows.collect();
    fs::write(&file, rows.join("\n")).expect("written");
    let file = file.to_str().expect("UTF-8");
    let import = place.run(&["import", "jira", file, "--group", "Home"]);
    assert_plain("import", &text(&import.stdout));
    assert_plain("import, complaints", &text(&import.stderr));
    for args in [
        &["list", "--status", "any"][..],
        &["log"],
        &["members"],
        &["show", "1"],
        &["show", "7"],
        &["show", "50"],
        &["log", "7"],
        &["outbox"],
    ] {
        let output = place.run(args);
        assert_plain(&format!("{args:?}"), &text(&output.stdout));
        assert_plain(&format!("{args:?}, complaints"), &text(&output.stderr));
    }
}

#[test]
fn what_is_wrong_is_told_without_its_teeth() {
    let place = Place::furnished();
    let title = ["new", "--queue", "IT", "--title", "x"];
    place.ok(&title);
    let strings = strings();
    let sharp = strings
        .iter()
        .filter(|it| it.contains('\x1b') || it.contains('\u{202e}'));
    for word in sharp.step_by(9) {
        for args in [
            &[word.as_str()][..],
            &["show", word],
            &["severity", "1", word],
            &["new", "--queue", word, "--title", "x"],
            &["assign", "1", word],
            &["--family", word, "list"],
            &["--data", word, "list"],
            &["import", "jira", word],
            &["due", "1", word],
            &["completions", word],
        ] {
            // A terminal sequence in a path's name would be made as a folder here.
            let output = place.command(args).current_dir(place.path("")).output();
            let output = output.expect("famdesk starts");
            assert_plain(&format!("{args:?}"), &text(&output.stdout));
            assert_plain(&format!("{args:?}"), &text(&output.stderr));
        }
    }
}
