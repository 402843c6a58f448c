//! The store as a whole: backups of it, and what the doctor sees.

use std::fs;
use std::path::PathBuf;

use rusqlite::Connection;
use serde_json::Value;

use super::{Place, entries};

/// The backup that was made, by its path.
fn back_up(place: &Place) -> PathBuf {
    let made = place.json(&["backup"]);
    PathBuf::from(made["file"].as_str().expect("a file"))
}

fn states(place: &Place) -> Vec<(String, String, String)> {
    let output = place.run(&["doctor", "--json"]);
    let all: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let word = |it: &Value, name: &str| it[name].as_str().expect("a word").to_owned();
    let found = all.as_array().expect("a list").iter();
    found
        .map(|it| (word(it, "what"), word(it, "state"), word(it, "told")))
        .collect()
}

fn wrong(place: &Place) -> Vec<String> {
    let all = states(place).into_iter();
    all.filter(|(_, state, _)| state == "wrong")
        .map(|(what, _, told)| format!("{what}: {told}"))
        .collect()
}

fn long_text() -> String {
    "The boiler shows F28 again.\n".repeat(4000)
}

#[test]
fn a_backup_put_back_brings_the_store_of_then_and_ones_own_changes_come_again() {
    let place = Place::furnished();
    place.files("Wi-Fi is down");
    place.ok(&[
        "new",
        "--queue",
        "IT",
        "--title",
        "Boiler",
        "--description",
        &long_text(),
    ]);
    let file = back_up(&place);
    place.files("Filed after the backup");
    fs::remove_dir_all(place.path("data").join("blobs")).expect("removed");

    let restored = place.json(&["backup", "restore", &file.to_string_lossy()]);
    assert_eq!(restored["families"], 1);
    let aside = PathBuf::from(restored["replaced"].as_str().expect("a file"));
    assert!(aside.exists(), "what was there is kept");
    assert!(place.ok(&["list"]).contains("Filed after the backup"));
    assert_eq!(place.json(&["show", "2"])["description"], long_text());
    assert_eq!(wrong(&place), Vec::<String>::new());
    // The number was given to it anew, so nobody else's is missing.
    assert_eq!(
        place.files("The next one"),
        "RIV-2026-0004".replace("2026", &year(&place))
    );
}

fn year(place: &Place) -> String {
    let number = place.json(&["show", "1"])["number"].to_string();
    number.split('-').nth(1).expect("a year").to_owned()
}

#[test]
fn what_is_no_sound_backup_leaves_the_store_as_it_is() {
    let place = Place::furnished();
    place.files("Wi-Fi is down");
    let garbage = place.path("garbage.db");
    fs::write(
        &garbage,
        "this is a shopping list, not a database\n".repeat(200),
    )
    .expect("written");
    let forged = back_up(&place);
    forge(&Connection::open(&forged).expect("opens"), "Wi-Fi is down");
    let before = place.ok(&["list"]);
    for (file, why) in [
        (garbage, "is not a famdesk store"),
        (forged, "does not fit the chain"),
        (place.path("nowhere.db"), "nowhere.db"),
    ] {
        let told = place.fails(4, &["backup", "restore", &file.to_string_lossy()]);
        assert!(told.contains(why) && told.contains("as it was"), "{told}");
        assert_eq!(place.ok(&["list"]), before);
    }
    assert_eq!(
        entries(&place.path("data")),
        ["backups", "blobs", "store.db"]
    );
}

#[test]
fn only_so_many_backups_are_kept_where_that_is_asked_for() {
    let place = Place::furnished();
    let folder = place.path("elsewhere");
    let folder = folder.to_string_lossy();
    for _ in 0..3 {
        place.ok(&["backup", &folder, "--keep", "2"]);
    }
    let listed = place.json(&["backup", "list", &folder]);
    assert_eq!(listed.as_array().map(Vec::len), Some(2));
}

#[test]
fn the_doctor_finds_what_was_changed_behind_the_programs_back() {
    let place = Place::furnished();
    place.files("Wi-Fi is down");
    place.ok(&[
        "new",
        "--queue",
        "IT",
        "--title",
        "Boiler",
        "--description",
        &long_text(),
    ]);
    assert_eq!(wrong(&place), Vec::<String>::new());

    forge(
        &Connection::open(place.store()).expect("opens"),
        "Wi-Fi is down",
    );
    let blobs = place.path("data").join("blobs");
    let blob = entries(&blobs).pop().expect("a blob");
    fs::write(blobs.join(&blob), "something else").expect("written");
    let told = place.fails(4, &["doctor"]);
    assert_eq!(told, "");
    let told = wrong(&place).join("\n");
    for fault in [
        "does not fit the chain",
        "is not what the log says",
        &format!("blob {blob}: it is damaged"),
    ] {
        assert!(told.contains(fault), "{fault}: {told}");
    }
}

#[test]
fn the_doctor_sees_a_store_that_nothing_else_can_open() {
    let place = Place::furnished();
    fs::write(place.store(), "this is a shopping list\n".repeat(400)).expect("written");
    let told = wrong(&place).join("\n");
    assert!(told.contains("is not a famdesk store"), "{told}");
}

/// Changes a title in the log and another in its item, as nobody but a forger would.
fn forge(store: &Connection, title: &str) {
    let forged = store.execute_batch(&format!(
        "DROP TRIGGER log_is_never_changed;
         UPDATE items SET body = CAST(replace(CAST(body AS TEXT), '{title}', 'Forged') AS BLOB)
         WHERE CAST(body AS TEXT) LIKE '%{title}%';
         UPDATE items SET body = CAST(replace(CAST(body AS TEXT), '\"Kitchen\"', '\"Cellar\"') AS BLOB)
         WHERE sk LIKE 'QUEUE#%';"
    ));
    forged.expect("forged");
}
