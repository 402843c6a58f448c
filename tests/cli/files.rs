//! Files on tickets by the command line: in, listed, out again, and with the store wherever it goes.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use super::{Place, entries};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and so on";

/// A place with a ticket and a picture, whose path it gives.
fn with_picture() -> (Place, String) {
    let place = Place::furnished();
    place.files("Boiler");
    let picture = place.path("boiler.png");
    fs::write(&picture, PNG).expect("written");
    let picture = picture.to_string_lossy().into_owned();
    (place, picture)
}

#[test]
fn files_go_in_and_come_out_as_they_were() {
    let (place, picture) = with_picture();
    let told = place.ok(&["attach", "1", &picture]);
    assert_eq!(
        told,
        "RIV-2026-0001  attached boiler.png (PNG image, 26 B)\n"
    );
    place.ok(&["comment", "1", "The bill.", "--attach", &picture]);
    place.ok(&["note", "1", "For us.", "--attach", &picture]);
    place.ok(&[
        "attach",
        "1",
        &picture,
        "--comment",
        "1",
        "--name",
        "../again.png",
    ]);
    let mut piped = place
        .command(&["attach", "1", "-", "--name", "log.txt"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("starts");
    let mut stdin = piped.stdin.take().expect("a pipe");
    stdin.write_all(b"all is well\n").expect("written");
    drop(stdin);
    assert!(piped.wait().expect("ended").success());

    let all = place.json(&["attachments", "1"]);
    let told: Vec<String> = all
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| {
            let word = |name: &str| it[name].to_string().replace('"', "");
            [
                word("place"),
                word("file_name"),
                word("content_type"),
                word("comment"),
            ]
            .join(" ")
        })
        .collect();
    assert_eq!(
        told,
        [
            "1 boiler.png image/png null",
            "2 log.txt text/plain null",
            "3 boiler.png image/png 1",
            "4 again.png image/png 1",
            "5 boiler.png image/png 2"
        ]
    );
    assert!(
        place
            .ok(&["show", "1"])
            .contains("[file] log.txt (text, 12 B)")
    );
    assert_eq!(
        place
            .json(&["list", "has:attachment"])
            .as_array()
            .map(Vec::len),
        Some(1)
    );

    let out = place.path("out");
    fs::create_dir(&out).expect("a folder");
    fs::write(out.join("log.txt"), "mine").expect("written");
    let folder = out.to_string_lossy();
    place.ok(&["attachments", "1", "--save", &folder]);
    assert_eq!(
        entries(&out),
        [
            "again.png",
            "boiler (2).png",
            "boiler (3).png",
            "boiler.png",
            "log (2).txt",
            "log.txt"
        ]
    );
    assert_eq!(fs::read(out.join("boiler (3).png")).expect("read"), PNG);
    assert_eq!(fs::read(out.join("log.txt")).expect("read"), b"mine");
    let about = fs::metadata(out.join("boiler.png")).expect("there");
    assert_eq!(about.permissions().mode() & 0o777, 0o600);
    assert_eq!(
        place.ok(&["attachments", "1", "2", "--save", "-"]),
        "all is well\n"
    );

    let told = place.ok(&["attachments", "1", "2", "--remove"]);
    assert!(told.contains("removed log.txt"), "{told}");
    assert!(
        place
            .fails(1, &["attachments", "1", "5", "--save", "-"])
            .contains("no file 5")
    );
    assert!(
        place
            .ok(&["log", "1"])
            .contains("removed the file \"log.txt\"")
    );
    place.ok(&["undo"]);
    assert_eq!(
        place.json(&["attachments", "1"]).as_array().map(Vec::len),
        Some(5)
    );
}

#[test]
fn what_can_not_be_attached_is_told_and_nothing_is_done() {
    let (place, picture) = with_picture();
    let file = |name: &str, size: u64| {
        let path = place.path(name);
        let made = fs::File::create(&path).and_then(|it| it.set_len(size));
        made.expect("made");
        path.to_string_lossy().into_owned()
    };
    let (large, empty) = (file("film.mp4", 26_214_401), file("empty", 0));
    let folder = place.path("state").to_string_lossy().into_owned();
    for (path, why) in [
        (large.as_str(), "25 MiB is the most"),
        (&empty, "is empty"),
        (&folder, "is a folder"),
        ("/nowhere/x", "can't be read"),
    ] {
        // All or none.
        let told = place.fails(1, &["attach", "1", &picture, path]);
        assert!(told.contains(why), "{told}");
    }
    let told = place.fails(
        1,
        &["new", "--queue", "IT", "--title", "x", "--attach", &empty],
    );
    assert!(told.contains("is empty"), "{told}");
    assert_eq!(place.json(&["attachments", "1"]), serde_json::json!([]));
    assert_eq!(place.json(&["list"]).as_array().map(Vec::len), Some(1));
    let twenty = vec![picture.as_str(); 21];
    let told = place.fails(1, &[&["attach", "1"][..], &twenty].concat());
    assert!(told.contains("20 is the most"), "{told}");
    assert_eq!(place.json(&["attachments", "1"]), serde_json::json!([]));
}

#[test]
fn files_go_along_with_an_export_and_a_backup_and_the_doctor_misses_them() {
    let (place, picture) = with_picture();
    place.ok(&["attach", "1", &picture]);
    let export = place.path("export").to_string_lossy().into_owned();
    place.ok(&["export", &export]);
    let other = Place::with_data_in("data");
    other.ok(&["import", "famdesk", &export]);
    assert_eq!(other.run(&["attachments", "1", "--save", "-"]).stdout, PNG);

    place.ok(&["backup"]);
    let blobs = place.data().join("blobs");
    let blob = entries(&blobs).pop().expect("a blob");
    fs::remove_file(blobs.join(&blob)).expect("removed");
    let told = place.run(&["doctor"]);
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains(&blob) && told.contains("missing"), "{told}");
    let listed = place.json(&["backup", "list"]);
    let file = listed[0]["file"].as_str().expect("a file").to_owned();
    place.ok(&["backup", "restore", &file]);
    assert_eq!(place.run(&["attachments", "1", "--save", "-"]).stdout, PNG);
}
