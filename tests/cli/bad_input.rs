//! What goes wrong is told with the thing and the next step, and loses nothing.

use std::fs;

use super::Place;

#[test]
fn names_that_are_not_there_or_not_clear() {
    let place = Place::furnished();
    let file = |queue| ["new", "--queue", queue, "--title", "x"];
    let told = place.fails(1, &file("kitchne"));
    assert!(told.contains("did you mean `Kitchen`?"), "{told}");
    let told = place.fails(1, &file("garden"));
    assert!(told.contains("there is IT, Kitchen"), "{told}");
    place.ok(&["groups", "create", "Cousins"]);
    place.ok(&["queues", "create", "IT", "--group", "Cousins"]);
    let told = place.fails(1, &file("IT"));
    assert!(
        told.contains("Home/IT") && told.contains("Cousins/IT"),
        "{told}"
    );
    assert!(place.ok(&file("cousins/it")).contains("-0001"));
    let told = place.fails(1, &["assign", "1", "Zoe"]);
    assert!(told.contains("no member `Zoe`"), "{told}");
    for number in [
        "99",
        "RIV-2001-0001",
        "no such thing",
        "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
    ] {
        let told = place.fails(1, &["show", number]);
        assert!(told.contains(&format!("no ticket `{number}`")), "{told}");
    }
}

#[test]
fn a_command_line_that_makes_no_sense() {
    let place = Place::furnished();
    place.files("Wi-Fi is down");
    let wrong: &[&[&str]] = &[
        &["frobnicate"],
        &["new", "--queue", "IT"],
        &["severity", "1", "SEV_7"],
        &["status", "1", "asleep"],
        &["status", "1", "active", "--note", "x"],
        &["due", "1", "soonish"],
        &["edit", "1"],
        &["tag", "1"],
        &["families", "create", "X", "--prefix", "1"],
        &["families", "create", "X", "--time-zone", "Europe/Atlantis"],
        &["import", "jira", "x", "--severity", "High"],
    ];
    for args in wrong {
        assert_ne!(place.fails(2, args), "", "{args:?}");
    }
    // Nobody and nothing was made by it.
    assert_eq!(place.json(&["families"]).as_array().map(Vec::len), Some(1));
}

#[test]
fn refused_by_a_rule() {
    let place = Place::furnished();
    let told = place.fails(1, &["new", "--queue", "IT", "--title", "  "]);
    assert!(told.starts_with("famdesk: title: "), "{told}");
    let told = place.fails(1, &["groups", "create", ""]);
    assert!(told.starts_with("famdesk: group_name: "), "{told}");
    assert_eq!(
        place.ok(&["outbox"]),
        "nothing waits and nothing was refused\n"
    );
}

#[test]
fn without_a_terminal_there_is_no_screen() {
    let place = Place::new();
    let told = place.fails(2, &[]);
    assert!(told.contains("needs a terminal"), "{told}");
    assert!(told.contains("famdesk list"), "{told}");
    assert!(!place.path("data").exists(), "nothing was made");
}

#[test]
fn hostile_text_drives_nothing() {
    let place = Place::furnished();
    let title = "a\u{1b}[31mred\u{7}\u{9b}2J\u{202e}b";
    let number = place.files(title);
    place.ok(&["comment", "1", "x\u{1b}]0;owned\u{7}\ttab"]);
    place.ok(&["tag", "1", "--add", "t\u{1b}[2J"]);
    for args in [&["list"][..], &["show", "1"], &["log"], &["resolve", "1"]] {
        let out = place.ok(args);
        let bad = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!out.contains(bad), "{args:?}: {out:?}");
    }
    assert!(
        place
            .ok(&["list", "--status", "any"])
            .contains("a␛[31mred␇")
    );
    // Scripts get what was written, escaped as JSON does.
    assert_eq!(place.json(&["show", &number])["title"], title);
    let told = place.fails(1, &["show", "\u{1b}[31m"]);
    assert!(
        told.contains("␛[31m") && !told.contains('\u{1b}'),
        "{told:?}"
    );
}

#[test]
fn a_wrong_setting_names_file_line_and_key() {
    let place = Place::new();
    fs::write(place.path("config.toml"), "[screen]\ntheme = \"plaid\"\n").expect("written");
    for args in [&["list"][..], &["config"]] {
        let told = place.fails(3, args);
        assert!(told.contains("config.toml:2: [screen] theme: "), "{told}");
    }
    assert!(!place.path("data").exists(), "nothing was made");
}

#[test]
fn the_settings_are_explained() {
    let place = Place::new();
    fs::write(place.path("config.toml"), "[screen]\ntheme = \"dark\"\n").expect("written");
    let out = place.ok(&["config", "explain"]);
    assert!(out.contains("screen.theme = \"dark\""), "{out}");
    assert!(out.contains("FAMDESK_DATA_DIR in the environment"), "{out}");
    assert_eq!(
        place.json(&["config"])["settings"]["screen.theme"],
        "\"dark\""
    );
}

#[test]
fn a_file_that_is_no_store_is_left_alone() {
    let place = Place::new();
    fs::create_dir(place.path("data")).expect("folder");
    let garbage = "this is a shopping list, not a database\n".repeat(200);
    fs::write(place.store(), &garbage).expect("written");
    let told = place.fails(4, &["list"]);
    assert!(told.contains("store.db is not a famdesk store"), "{told}");
    assert_eq!(
        fs::read_to_string(place.store()).expect("still there"),
        garbage
    );
}

#[test]
fn a_damaged_store_is_named_and_left_as_it_is() {
    let place = Place::furnished();
    place.files("Wi-Fi is down");
    let mut bytes = fs::read(place.store()).expect("a store");
    for byte in &mut bytes[100..] {
        *byte = 0xa5;
    }
    fs::write(place.store(), &bytes).expect("written");
    for name in ["store.db-wal", "store.db-shm"] {
        // There only if the last program left them.
        let _ = fs::remove_file(place.path("data").join(name));
    }
    let told = place.fails(4, &["list"]);
    assert!(told.contains("store.db is damaged"), "{told}");
    assert!(told.contains("restore a backup"), "{told}");
    assert_eq!(fs::read(place.store()).expect("still there"), bytes);
}

#[test]
fn a_store_of_a_newer_program_is_left_alone() {
    let place = Place::furnished();
    let connection = rusqlite::Connection::open(place.store()).expect("opens");
    connection
        .pragma_update(None, "user_version", 99)
        .expect("set");
    drop(connection);
    let told = place.fails(4, &["list"]);
    assert!(told.contains("newer famdesk"), "{told}");
    assert!(told.contains("update famdesk"), "{told}");
}

#[test]
fn a_damaged_local_copy_is_set_aside_and_fetched_again() {
    let place = Place::furnished();
    place.files("Wi-Fi is down");
    let before = place.ok(&["list"]);
    let replica = find(&place.path("state"), "replica.db");
    let mut bytes = fs::read(&replica).expect("a replica");
    for byte in &mut bytes[100..] {
        *byte = 0xa5;
    }
    fs::write(&replica, &bytes).expect("written");
    for name in ["replica.db-wal", "replica.db-shm"] {
        // What the last program left beside it is the newest part of it.
        let _ = fs::remove_file(replica.with_file_name(name));
    }
    let output = place.run(&["list"]);
    assert!(output.status.success());
    assert_eq!(super::text(&output.stdout), before);
    let told = super::text(&output.stderr);
    assert!(told.contains("the local store was damaged"), "{told}");
}

/// The file of that name somewhere below the folder.
fn find(folder: &std::path::Path, name: &str) -> std::path::PathBuf {
    for entry in fs::read_dir(folder).expect("folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            let found = find(&path, name);
            if found.exists() {
                return found;
            }
        } else if path.file_name().is_some_and(|it| it == name) {
            return path;
        }
    }
    folder.join(name)
}

/// Even the administrator can't write in `/proc`, so the test holds for everyone.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_can_not_be_written_is_named() {
    let place = Place::new();
    let told = place.fails(4, &["--data", "/proc", "list"]);
    assert!(told.contains("/proc"), "{told}");
    assert!(told.contains("make it writable"), "{told}");
    let told = place.fails(4, &["--data", "/proc/famdesk", "list"]);
    assert!(told.contains("/proc/famdesk"), "{told}");
}

#[test]
fn a_forged_record_is_found() {
    let place = Place::furnished();
    place.files("Wi-Fi is down");
    assert!(forge(&place), "the log was changed");
    let output = place.run(&["audit", "verify"]);
    assert_eq!(output.status.code(), Some(1));
    let told = super::text(&output.stdout);
    assert!(told.contains("does not"), "{told}");
}

/// Changes the log behind the store's back.
fn forge(place: &Place) -> bool {
    let connection = rusqlite::Connection::open(place.store()).expect("opens");
    let triggers: Vec<String> = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        .and_then(|mut it| it.query_map([], |row| row.get(0))?.collect())
        .expect("schema");
    for trigger in triggers {
        let sql = format!("DROP TRIGGER \"{trigger}\"");
        connection.execute_batch(&sql).expect("dropped");
    }
    let columns: Vec<String> = connection
        .prepare("SELECT name FROM pragma_table_info('items')")
        .and_then(|mut it| it.query_map([], |row| row.get(0))?.collect())
        .expect("columns");
    columns.iter().any(|column| {
        let sql = format!(
            "UPDATE items SET {column} =
                 CAST(replace(CAST({column} AS TEXT), 'Wi-Fi is down', 'Wi-Fi is fine') AS BLOB)
             WHERE instr(CAST({column} AS TEXT), 'Wi-Fi is down') > 0"
        );
        connection
            .execute(&sql, [])
            .is_ok_and(|changed| changed > 0)
    })
}
