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
        ["backups", "blobs", "engine.lock", "engine.sock", "store.db"]
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

/// Everything of the family that stands in the store, but for receipts: those of commands that
/// changed nothing stay where they were given.
fn items(place: &Place) -> Vec<(Vec<Option<String>>, i64, Vec<u8>)> {
    let store = Connection::open(place.store()).expect("opens");
    let sql = "SELECT pk, sk, gsi1_pk, gsi1_sk, gsi2_pk, gsi2_sk, gsi3_pk, gsi3_sk, version, body
               FROM items WHERE pk LIKE 'FAMILY#%' AND pk NOT LIKE '%#OP' AND sk NOT LIKE 'RESULT#%'
               ORDER BY pk, sk";
    let mut statement = store.prepare(sql).expect("prepared");
    let rows = statement.query_map([], |row| {
        let texts = (0..8).map(|n| row.get(n)).collect::<Result<_, _>>()?;
        Ok((texts, row.get(8)?, row.get(9)?))
    });
    rows.expect("read").collect::<Result<_, _>>().expect("read")
}

/// A family in which something of everything has happened.
fn lived_in() -> Place {
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
    place.ok(&["comment", "1", "Rebooted it. Still red?"]);
    place.ok(&["note", "1", "The provider says cable fault"]);
    place.ok(&["tag", "1", "--add", "wifi"]);
    place.ok(&["move", "1", "--to", "Kitchen"]);
    place.ok(&["due", "2", "tomorrow"]);
    place.ok(&["resolve", "2"]);
    let third = place.files("To be deleted");
    place.ok(&["delete", "3", "--confirm", &third]);
    place
}

#[test]
fn an_export_taken_in_elsewhere_is_the_same_family() {
    let place = lived_in();
    let folder = place.path("export");
    let folder = folder.to_string_lossy();
    let told = place.json(&["export", &folder]);
    assert_eq!(told["long_texts"], 1);

    let elsewhere = Place::new();
    elsewhere.ok(&["import", "famdesk", &folder]);
    assert_eq!(items(&elsewhere), items(&place));
    assert_eq!(wrong(&elsewhere), Vec::<String>::new());
    for args in [
        &["list", "--status", "any"][..],
        &["show", "1"],
        &["show", "2"],
    ] {
        assert_eq!(elsewhere.ok(args), place.ok(args));
    }
    // It goes on there, and the same import again takes nothing back.
    elsewhere.files("Filed after the move");
    let before = items(&elsewhere);
    elsewhere.ok(&["import", "famdesk", &folder]);
    assert_eq!(items(&elsewhere), before);
    // Nor does it cover up that both have gone on.
    place.files("Filed where it came from");
    let later = place.path("later");
    place.ok(&["export", &later.to_string_lossy()]);
    let told = place.fails(2, &["export", &later.to_string_lossy()]);
    assert!(told.contains("is there already"), "{told}");
    let import_later = ["import", "famdesk", &*later.to_string_lossy()].map(str::to_owned);
    let import_later = import_later.each_ref().map(String::as_str);
    let told = elsewhere.fails(1, &import_later);
    assert!(told.contains("gone on differently"), "{told}");
    place.ok(&["comment", "1", "Now it is longer there"]);
    fs::remove_dir_all(&later).expect("removed");
    place.ok(&["export", &later.to_string_lossy()]);
    let told = elsewhere.fails(1, &import_later);
    assert!(told.contains("gone on differently"), "{told}");
    assert_eq!(items(&elsewhere), before);
}

#[test]
fn an_export_that_is_not_whole_brings_nothing() {
    let place = lived_in();
    let folder = place.path("export");
    place.ok(&["export", &folder.to_string_lossy()]);
    let file = folder.join("family.jsonl");
    let whole = fs::read_to_string(&file).expect("read");
    let lines: Vec<&str> = whole.lines().collect();
    let cut = lines[..lines.len() - 3].join("\n");
    let forged = whole.replacen("Boiler", "Broiler", 1);
    for (text, why) in [
        (cut.as_str(), "is not whole"),
        (forged.as_str(), "was changed after it was written"),
        ("{}\n", "is not what `famdesk export` wrote"),
    ] {
        fs::write(&file, text).expect("written");
        let elsewhere = Place::new();
        let told = elsewhere.fails(1, &["import", "famdesk", &folder.to_string_lossy()]);
        assert!(told.contains(why), "{told}");
        assert_eq!(
            elsewhere
                .json(&["doctor"])
                .to_string()
                .matches("family ")
                .count(),
            0
        );
    }
    fs::write(&file, &whole).expect("written");
    let stranger = Place::furnished();
    let told = stranger.fails(1, &["import", "famdesk", &folder.to_string_lossy()]);
    assert!(told.contains("a store of its own"), "{told}");
}
