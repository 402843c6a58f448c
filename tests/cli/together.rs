//! Several programs on one store at once.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, SystemTime};

use super::{Place, entries, text};

#[test]
fn programs_that_write_at_once_all_succeed_and_numbers_have_no_gap() {
    let place = Place::furnished();
    let children: Vec<Child> = (0..4)
        .map(|n| {
            let title = format!("At once {n}");
            place
                .command(&["new", "--queue", "IT", "--title", &title])
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("starts")
        })
        .collect();
    let mut numbers = BTreeSet::new();
    for child in children {
        let output = child.wait_with_output().expect("ends");
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{err}");
        let number = out.split_whitespace().next().expect("a number").to_owned();
        numbers.insert(number.rsplit('-').next().expect("a count").to_owned());
    }
    let expected = ["0001", "0002", "0003", "0004"].map(str::to_owned);
    assert_eq!(numbers, BTreeSet::from(expected));
    assert_eq!(place.json(&["list"]).as_array().map(Vec::len), Some(4));
    let out = place.ok(&["audit", "verify"]);
    assert!(out.contains("each fits the one before"), "{out}");
    assert_eq!(
        place.ok(&["outbox"]),
        "nothing waits and nothing was refused\n"
    );
}

#[test]
fn nothing_that_is_kept_is_open_to_others() {
    let place = Place::furnished();
    place.files("Boiler shows F28");
    for folder in ["data", "state"] {
        let open = open_to_others(&place.path(folder));
        assert!(open.is_empty(), "{open:?}");
    }
}

/// Everything below the folder that others may do anything with.
fn open_to_others(folder: &Path) -> Vec<String> {
    let mut open = Vec::new();
    for name in entries(folder) {
        let path = folder.join(name);
        let about = std::fs::symlink_metadata(&path).expect("there");
        if about.permissions().mode() & 0o077 != 0 {
            open.push(path.display().to_string());
        }
        if about.is_dir() {
            open.extend(open_to_others(&path));
        }
    }
    open
}

#[test]
fn a_deep_folder_and_a_socket_that_nobody_is_behind_stop_nobody() {
    let place = Place::with_data_in(&"as-deep-as-one-likes/".repeat(8));
    place.furnish();
    place.files("Boiler shows F28");
    // As a program leaves it that is killed.
    let socket = place.data().join("engine.sock");
    let _ = std::fs::remove_file(&socket);
    drop(UnixListener::bind(place.path("engine.sock")).expect("bound"));
    std::fs::rename(place.path("engine.sock"), &socket).expect("moved");
    assert_eq!(place.json(&["list"]).as_array().map(Vec::len), Some(1));
    let about = std::fs::symlink_metadata(&socket).expect("there");
    assert!(about.file_type().is_socket());
}

#[test]
fn a_backup_is_not_put_back_under_a_program_that_works_on_the_store() {
    let place = Place::furnished();
    place.ok(&["backup"]);
    let backups = place.data().join("backups");
    let names = entries(&backups);
    let name = names
        .iter()
        .find(|it| it.ends_with(".db"))
        .expect("a backup");
    let file = backups.join(name);
    let _lock = hold_the_engine(&place);
    let said = place.fails(4, &["backup", "restore", &file.to_string_lossy()]);
    assert!(said.contains("close it and try again"), "{said}");
}

#[test]
fn a_program_of_another_version_is_named_with_what_to_do() {
    let place = Place::furnished();
    let _lock = hold_the_engine(&place);
    let socket = place.data().join("engine.sock");
    let _ = std::fs::remove_file(&socket);
    let listener = UnixListener::bind(&socket).expect("bound");
    let answering = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("called");
        let mut asked = [0; 4096];
        let length = stream.read(&mut asked).expect("asked");
        assert!(asked[..length].starts_with(b"GET /v1/meta "));
        let meta = "{\"server_id\":\"x\",\"protocol\":{\"min\":8,\"max\":9},\"version\":\"7.0.0\",\
                    \"time\":0,\"limits\":{\"max_batch\":1,\"max_batch_bytes\":1,\"max_blob\":1}}";
        let length = meta.len();
        write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{meta}"
        )
        .expect("answered");
    });
    let said = place.fails(4, &["list"]);
    answering.join().expect("answered");
    assert!(
        said.contains("is of another version (7.0.0, this one is")
            && said.contains("close it and try again"),
        "{said}"
    );
}

#[test]
fn nobody_is_asked_where_nothing_has_happened_since() {
    let place = Place::furnished();
    place.files("Boiler shows F28");
    // What happened a moment ago is not yet told from what happens in the next.
    let listed = place.ok(&["list"]);
    grow_old(&place.path(""));
    assert_eq!(place.ok(&["list"]), listed);
    let engine = hold_the_engine(&place);
    assert_eq!(place.ok(&["list"]), listed);
    drop(engine);
    place.files("Boiler leaks");
    assert!(place.ok(&["list"]).contains("Boiler leaks"));
    assert!(place.ok(&["list"]).contains("Boiler leaks"));
}

/// Lets everything below the folder have been written long ago.
fn grow_old(folder: &Path) {
    let long_ago = SystemTime::now() - Duration::from_secs(3600);
    for name in entries(folder) {
        let path = folder.join(name);
        if path.is_dir() {
            grow_old(&path);
        } else if path.is_file() {
            let file = File::options().write(true).open(&path).expect("a file");
            file.set_modified(long_ago).expect("set");
        }
    }
}

/// Holds the engine as another program does.
fn hold_the_engine(place: &Place) -> File {
    let lock = File::options()
        .write(true)
        .open(place.data().join("engine.lock"));
    let lock = lock.expect("a lock");
    lock.lock().expect("free");
    lock
}
