//! From nothing to a closed ticket, in text and in JSON.

use std::io::Write;
use std::process::Stdio;

use serde_json::json;

use super::{Place, entries, text};

#[test]
fn from_nothing_to_the_first_ticket() {
    let place = Place::new();
    let told = place.fails(1, &["list"]);
    assert!(told.contains("famdesk families create"), "{told}");

    let founded = place.json(&[
        "families",
        "create",
        "Rivera",
        "--time-zone",
        "Europe/Madrid",
    ]);
    assert_eq!(founded["family_name"], "Rivera");
    assert_eq!(founded["ticket_prefix"], "RIV");
    assert_eq!(founded["time_zone"], "Europe/Madrid");
    let members = place.json(&["members"]);
    assert_eq!(members[0]["display_name"], "ana");
    assert_eq!(members[0]["is_admin"], true);

    let group = place.json(&["groups", "create", "Home"]);
    let queue = place.json(&[
        "queues",
        "create",
        "IT",
        "--group",
        "home",
        "--severity",
        "4",
    ]);
    assert_eq!(queue["group_id"], group["group_id"]);
    assert_eq!(queue["default_severity"], "SEV_4");

    let out = place.ok(&["new", "--queue", "it", "--title", "Wi-Fi is down"]);
    let number = out.split_whitespace().next().expect("a number first");
    assert!(
        number.starts_with("RIV-") && number.ends_with("-0001"),
        "{out}"
    );
    assert_eq!(place.json(&["queues"])[0]["open"], 1);
    assert_eq!(place.json(&["families"])[0]["open"], 1);
}

#[test]
fn a_new_name_is_ones_name_everywhere() {
    let place = Place::furnished();
    place.ok(&["families", "create", "Book club", "--me", "ana"]);
    let me = place.json(&[
        "me",
        "--name",
        "Ana Rivera",
        "--email",
        "ana@example.org",
        "--time-zone",
        "Europe/Lisbon",
    ]);
    assert_eq!(me["display_name"], "Ana Rivera");
    assert_eq!(me["email"], "ana@example.org");
    for family in me["families"].as_array().expect("families") {
        let family = family.as_str().expect("a name");
        let members = place.json(&["--family", family, "members"]);
        assert_eq!(members[0]["display_name"], "Ana Rivera");
    }
    let told = place.ok(&["me"]);
    assert!(
        told.contains("Europe/Lisbon") && told.contains("Book club"),
        "{told}"
    );
    let told = place.fails(1, &["me", "--email", "ana"]);
    assert!(told.contains("not an e-mail address"), "{told}");
    place.fails(2, &["me", "--time-zone", "Europe/Nowhere"]);
    assert_eq!(place.json(&["me", "--email", "none"])["email"], json!(null));
}

#[test]
fn a_ticket_lives_its_life() {
    let place = Place::furnished();
    let number = place.files("Wi-Fi is down");
    place.ok(&["assign", "1", "me"]);
    place.ok(&["severity", &number.to_lowercase(), "2.5"]);
    place.ok(&["status", "1", "waiting", "--note", "the provider"]);
    place.ok(&["due", "1", "2099-03-01 16:00"]);
    place.ok(&["tag", "1", "--add", "wifi", "--add", "router"]);
    place.ok(&["tag", "1", "--remove", "router"]);
    place.ok(&["move", "1", "--to", "Home/Kitchen"]);
    place.ok(&[
        "edit",
        "1",
        "--title",
        "Wi-Fi is gone",
        "--description",
        "All of it.",
    ]);

    let shown = place.json(&["show", "1"]);
    let expected = [
        ("number", json!(number)),
        ("title", json!("Wi-Fi is gone")),
        ("description", json!("All of it.")),
        ("severity", json!("SEV_2.5")),
        ("status", json!("OPEN")),
        ("stage", json!("WAITING")),
        ("waiting_note", json!("the provider")),
        ("assignee", json!("Ana")),
        ("due_date", json!(4_076_064_000_i64)),
        ("tags", json!(["wifi"])),
        ("queue_name", json!("Kitchen")),
    ];
    for (name, value) in expected {
        assert_eq!(shown[name], value, "{name}");
    }

    let resolved = place.ok(&["resolve", "1"]);
    assert!(resolved.contains("may be reopened until"), "{resolved}");
    place.ok(&["reopen", "1"]);
    let closed = place.json(&["close", "1"]);
    assert_eq!(closed[0]["status"], "CLOSED");
    let told = place.fails(1, &["reopen", "1"]);
    assert!(told.starts_with(&format!("famdesk: {number}: ")), "{told}");
    assert!(told.contains("CLOSED"), "{told}");

    let log = place.ok(&["log", "1"]);
    assert!(log.contains("severity SEV_3 -> SEV_2.5"), "{log}");
    assert!(log.contains("queue Home / IT -> Home / Kitchen"), "{log}");
    let types: Vec<String> = place
        .json(&["log", "1", "--limit", "2"])
        .as_array()
        .expect("records")
        .iter()
        .map(|record| record["type"].as_str().expect("type").to_owned())
        .collect();
    assert_eq!(types, ["ticket.reopen", "ticket.close"], "newest last");
    let log = place.ok(&["log", "1", "--diff"]);
    for told in [
        "severity: SEV_3 -> SEV_2.5",
        "[-down-]{+gone+}",
        "title: Wi-Fi is down",
    ] {
        assert!(log.contains(told), "{told}:\n{log}");
    }
    let check = place.json(&["audit", "verify"]);
    assert_eq!(check[0]["broken_at"], json!(null));
}

#[test]
fn comments_and_notes_can_not_be_confused() {
    let place = Place::furnished();
    place.files("Wi-Fi is down");
    assert!(
        place
            .ok(&["comment", "1", "Rebooted it"])
            .contains("commented")
    );
    place.ok(&["comment", "1", "Still red?", "--reply-to", "1"]);
    assert!(
        place
            .ok(&["note", "1", "Cable fault"])
            .contains("for Home only")
    );

    let mut child = place
        .command(&["comment", "1", "-"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut stdin = child.stdin.take().expect("stdin");
    stdin.write_all(b"piped\nin two lines\n").expect("written");
    drop(stdin);
    assert!(child.wait().expect("ends").success());

    let shown = place.json(&["show", "1"]);
    let comments = shown["comments"].as_array().expect("comments");
    let by_body = |body: &str| {
        comments
            .iter()
            .find(|it| it["comment_body"] == body)
            .unwrap_or_else(|| panic!("{body} in {comments:?}"))
    };
    assert_eq!(by_body("Rebooted it")["depth"], 0);
    assert_eq!(by_body("Still red?")["depth"], 1);
    assert_eq!(by_body("Still red?")["internal"], json!(null));
    assert_eq!(by_body("Cable fault")["internal"], "Home");
    assert_eq!(by_body("piped\nin two lines")["author"], "Ana");

    let text = place.ok(&["show", "1"]);
    assert!(text.contains("[internal: Home only]"), "{text}");
    let told = place.fails(1, &["comment", "1", "x", "--reply-to", "9"]);
    assert!(told.contains("has no comment #9"), "{told}");
}

#[test]
fn a_text_too_long_for_an_item_comes_back_whole() {
    let place = Place::furnished();
    place.files("A long story");
    let story = "All the pages of it. ".repeat(10_000);
    let mut child = place
        .command(&["edit", "1", "--description", "-"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut stdin = child.stdin.take().expect("stdin");
    stdin.write_all(story.as_bytes()).expect("written");
    drop(stdin);
    assert!(child.wait().expect("ends").success());
    assert_eq!(place.json(&["show", "1"])["description"], story);
    assert!(place.ok(&["list", "pages"]).contains("A long story"));
}

#[cfg(unix)]
#[test]
fn an_editor_gets_title_and_description_and_what_is_refused_is_kept() {
    let place = Place::furnished();
    place.files("Wi-Fi is down");
    let edit = |script: &str| {
        std::fs::write(place.path("editor.sh"), script).expect("written");
        let editor = format!("sh {}", place.path("editor.sh").display());
        let mut command = place.command(&["edit", "1"]);
        command.env("EDITOR", editor).output().expect("starts")
    };
    let output = edit("printf 'Wi-Fi is gone\\n\\nAll of it.\\nSince noon.\\n' > \"$1\"\n");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let shown = place.json(&["show", "1"]);
    assert_eq!(shown["title"], "Wi-Fi is gone");
    assert_eq!(shown["description"], "All of it.\nSince noon.");
    let version = shown["version"].clone();
    assert!(edit("true\n").status.success(), "nothing was changed");
    assert_eq!(place.json(&["show", "1"])["version"], version);

    let output = edit("printf '\\n\\nprecious words\\n' > \"$1\"\n");
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    let kept = told
        .lines()
        .last()
        .and_then(|it| it.split("is kept in ").nth(1));
    let kept = std::fs::read_to_string(kept.expect("a file")).expect("readable");
    assert!(kept.contains("precious words"), "{kept}");
}

#[test]
fn the_keys_are_listed_with_ones_own() {
    let place = Place::new();
    std::fs::write(
        place.path("config.toml"),
        "[keys.desk]\n\"ticket.resolve\" = [\"F5\"]\n",
    )
    .expect("written");
    let all = place.json(&["keys"]);
    let resolve = all
        .as_array()
        .expect("actions")
        .iter()
        .find(|it| it["action"] == "ticket.resolve")
        .expect("there is such an action");
    let keys = resolve["keys"].as_array().expect("keys");
    assert!(
        keys.iter()
            .any(|it| it.as_str().is_some_and(|it| it.eq_ignore_ascii_case("f5")))
    );
    assert!(!place.path("data").exists(), "no store is needed");
}

#[test]
fn lists_are_narrowed_and_ordered() {
    let place = Place::furnished();
    for (title, severity) in [("Low", "5"), ("High", "1"), ("Middle", "2.5")] {
        let args = [
            "new",
            "--queue",
            "IT",
            "--title",
            title,
            "--severity",
            severity,
        ];
        place.ok(&args);
    }
    place.ok(&[
        "new", "--queue", "Kitchen", "--title", "Drip", "--tag", "water",
    ]);
    place.ok(&["assign", "1", "Ana"]);
    place.ok(&["resolve", "4"]);

    let titles = |args: &[&str]| -> Vec<String> {
        let all: Vec<&str> = ["list"].iter().chain(args).copied().collect();
        let rows = place.json(&all);
        let rows = rows.as_array().expect("rows").clone();
        rows.iter()
            .map(|row| row["title"].as_str().expect("title").to_owned())
            .collect()
    };
    assert_eq!(titles(&[]), ["High", "Middle", "Low"]);
    assert_eq!(titles(&["--limit", "1"]), ["High"]);
    assert_eq!(titles(&["--limit", "0", "--status", "any"]).len(), 4);
    assert_eq!(titles(&["--status", "resolved"]), ["Drip"]);
    assert_eq!(titles(&["--status", "any", "--tag", "water"]), ["Drip"]);
    assert_eq!(titles(&["--severity", "SEV_2.5"]), ["Middle"]);
    assert_eq!(titles(&["--assignee", "me"]), ["Low"]);
    assert_eq!(titles(&["--assignee", "none"]), ["High", "Middle"]);
    assert_eq!(titles(&["--queue", "IT", "--assignee", "ana"]), ["Low"]);
    assert_eq!(titles(&["--queue", "Kitchen"]), Vec::<String>::new());
    assert_eq!(titles(&["midd"]), ["Middle"]);

    let text = place.ok(&["list"]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3);
    let column = |line: &str, word: &str| line.find(word).expect("in the line");
    assert_eq!(column(lines[0], "OPEN"), column(lines[1], "OPEN"), "{text}");
    assert_eq!(
        column(lines[0], "High"),
        column(lines[1], "Middle"),
        "{text}"
    );
    assert!(!text.contains('\t') && !text.contains('\u{1b}'), "{text}");
}

#[test]
fn several_at_once_are_changed_or_refused_each_by_itself() {
    let place = Place::furnished();
    for title in ["One", "Two", "Three"] {
        place.files(title);
    }
    place.ok(&["close", "2"]);
    let output = place.run(&["severity", "1", "2", "3", "2"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stdout).lines().count(), 2);
    assert!(text(&output.stderr).contains("-0002: a ticket that is CLOSED"));
    assert_eq!(
        place
            .json(&["list", "--severity", "2"])
            .as_array()
            .map(Vec::len),
        Some(2)
    );
}

#[test]
fn deleting_takes_the_number_and_restoring_brings_it_back() {
    let place = Place::furnished();
    let number = place.files("Wi-Fi is down");
    let told = place.fails(2, &["delete", "1"]);
    assert!(told.contains(&format!("--confirm {number}")), "{told}");
    place.fails(1, &["delete", "1", "--confirm", "RIV-1999-0001"]);
    place.ok(&["delete", "1", "--confirm", &number]);
    place.fails(1, &["show", &number]);
    place.ok(&["restore", &number]);
    assert_eq!(place.json(&["show", &number])["title"], "Wi-Fi is down");
}

#[test]
fn a_part_holds_its_whole_open_and_a_ticket_has_three_names() {
    let place = Place::furnished();
    let number = place.files("Move house");
    place.ok(&[
        "new",
        "--queue",
        "Kitchen",
        "--title",
        "Pack plates",
        "--parent",
        "1",
    ]);
    let told = place.fails(1, &["resolve", "1"]);
    assert!(told.contains("still open below it"), "{told}");
    place.ok(&["resolve", "2"]);
    place.ok(&["resolve", "1"]);
    let id = place.json(&["show", "1"])["ticket_id"].clone();
    let id = id.as_str().expect("an id");
    for name in [id, &number.to_lowercase(), "1", "0001"] {
        assert_eq!(
            place.json(&["show", name])["number"],
            json!(number),
            "{name}"
        );
    }
}

#[test]
fn a_rebuilt_copy_says_the_same() {
    let place = Place::furnished();
    place.files("Wi-Fi is down");
    place.ok(&["comment", "1", "Rebooted it"]);
    let before = (place.json(&["show", "1"]), place.json(&["list"]));
    place.ok(&["rebuild"]);
    assert_eq!((place.json(&["show", "1"]), place.json(&["list"])), before);
    std::fs::remove_dir_all(place.path("state")).expect("removed");
    assert_eq!((place.json(&["show", "1"]), place.json(&["list"])), before);
}

#[test]
fn two_families_are_told_apart() {
    let place = Place::furnished();
    place.files("In Rivera");
    place.ok(&["families", "create", "Book club", "--prefix", "bc"]);
    let told = place.fails(2, &["groups"]);
    assert!(
        told.contains("Rivera") && told.contains("--family"),
        "{told}"
    );
    place.ok(&["groups", "create", "Readers", "--family", "book"]);
    place.ok(&[
        "queues",
        "create",
        "Books",
        "--group",
        "Readers",
        "--family",
        "Book club",
    ]);
    let args = [
        "new",
        "--queue",
        "Books",
        "--title",
        "In the club",
        "--family",
        "Book",
    ];
    assert!(place.ok(&args).starts_with("BC-"));
    assert_eq!(place.json(&["list"]).as_array().map(Vec::len), Some(2));
    let mine = place.json(&["list", "--family", "Rivera"]);
    assert_eq!(mine.as_array().map(Vec::len), Some(1));
    place.fails(1, &["list", "--family", "Lake house"]);
}

#[test]
fn the_demo_is_lively_and_leaves_nothing() {
    let place = Place::new();
    let ana = place.json(&["--demo", "list", "--limit", "0"]);
    let ana = ana.as_array().expect("rows").len();
    assert!(ana > 20, "{ana}");
    // A guest sees only what they take part in.
    let nora = place.json(&["--demo", "--as", "Nora", "list", "--limit", "0"]);
    let nora = nora.as_array().expect("rows").len();
    assert!(nora < ana, "{nora} of {ana}");
    assert_eq!(entries(place.folder.path()), Vec::<String>::new());
}

#[test]
fn whoever_acts_for_someone_is_recorded() {
    let place = Place::furnished();
    place.files("Wi-Fi is down");
    let told = place.fails(1, &["--as", "Ben", "list"]);
    assert!(
        told.contains("nobody in your families is called `Ben`"),
        "{told}"
    );
    // The owner's own name is the owner.
    assert_eq!(
        place
            .json(&["--as", "ana", "list"])
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let place = Place::furnished();
    place.files("Wi-Fi is down");
    let mut child = place
        .command(&["list"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("ends");
    assert_eq!(text(&output.stderr), "");
    assert!(output.status.success());
}

#[test]
fn a_double_is_merged_and_taken_out_again() {
    let place = Place::furnished();
    let [one, two] = ["Boiler", "No heating"].map(|title| place.files(title));
    place.ok(&["comment", &two, "It is cold"]);
    let said = place.ok(&["merge", &two, "--into", &one]);
    assert_eq!(said, format!("{two}  merged into {one}\n"));
    assert!(!place.ok(&["list"]).contains(&two));
    let shown = place.ok(&["show", &one]);
    assert!(shown.contains("It is cold"), "{shown}");
    assert!(shown.contains(&format!("merged into it: {two}")), "{shown}");
    let other = place.ok(&["show", &two]);
    assert!(other.contains(&format!("merged into {one}")), "{other}");
    place.fails(1, &["merge", &one, "--into", &two]);
    assert_eq!(place.ok(&["unmerge", &two]), format!("{two}  unmerged\n"));
    assert!(place.ok(&["list"]).contains(&two));
    place.ok(&["undo"]);
    assert!(!place.ok(&["list"]).contains(&two));
}

#[test]
fn what_was_done_last_is_undone_and_done_again() {
    let place = Place::furnished();
    let [one, two] = ["Boiler", "Router"].map(|title| place.files(title));
    place.ok(&["resolve", &one, &two]);
    assert_eq!(place.ok(&["undo"]), "undone: resolved 2 tickets\n");
    assert!(place.ok(&["list"]).contains(&two));
    assert_eq!(place.ok(&["redo"]), "done again: resolved 2 tickets\n");
    assert!(!place.ok(&["list"]).contains(&one));
    place.ok(&["rebuild"]);
    let undone = place.json(&["undo"]);
    assert_eq!(undone["undone"], "resolved 2 tickets");
    assert_eq!(place.ok(&["undo"]), "undone: filed \"Router\"\n");
    assert_eq!(place.ok(&["undo"]), "undone: filed \"Boiler\"\n");
    // What was made for them, too.
    for made in ["the queue Kitchen", "the queue IT", "the group Home"] {
        assert_eq!(place.ok(&["undo"]), format!("undone: make {made}\n"));
    }
    let none = place.fails(1, &["undo"]);
    assert!(none.contains("there is nothing to undo"), "{none}");
    // Each undo is in the log as what it is.
    assert!(place.ok(&["log"]).contains("reopened it"));
}
