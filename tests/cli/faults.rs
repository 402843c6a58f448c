//! A server whose disk is full or fails: the real binaries, and a real fault.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use rustix::process::{Resource, Rlimit, prlimit};
use serde_json::Value;

use super::server::{Machine, PASSWORD, Server};
use super::{Place, text};

const LISTEN: &[&str] = &["--listen", "127.0.0.1:0", "--init", "--me", "Ana"];

/// Puts the store on a small disk of its own, which nobody else sees.
const ON_A_SMALL_DISK: &str =
    r#"mount -t tmpfs -o size=4m,mode=0700 tmpfs "$FAMDESK_DATA_DIR" && exec "$@""#;

/// A write that the system forbids is an error like any other, and does not end the program.
const WITH_FORBIDDEN_WRITES: &str = r#"trap "" XFSZ; exec "$@""#;

/// Ana with a family on the server, and one ticket.
fn ana_at<'a>(place: &'a Place, server: &Server) -> Machine<'a> {
    let ana = Machine { place, name: "ana" };
    ana.ok(&["connect", &server.address()]);
    let code = server.told["code"].as_str().expect("a code");
    ana.signs_in(&[code, "ana@example.org", PASSWORD]);
    ana.ok(&["families", "create", "Rivera"]);
    ana.ok(&["groups", "create", "Home"]);
    ana.ok(&["queues", "create", "IT", "--group", "Home"]);
    files(&ana, "Before");
    ana
}

fn files(ana: &Machine<'_>, title: &str) {
    ana.ok(&["new", "--queue", "IT", "--title", title]);
}

/// Files a ticket that the server can't take; what is said of it.
fn files_here(ana: &Machine<'_>, title: &str) -> String {
    let (_, said) = ana.cut_off(&["new", "--queue", "IT", "--title", title]);
    assert!(said.contains("your change is saved here"), "{said}");
    said
}

fn waiting(ana: &Machine<'_>) -> usize {
    let (told, _) = ana.cut_off(&["outbox", "--json"]);
    let told: Value = serde_json::from_str(&told).expect("JSON");
    told["waiting"].as_array().expect("a list").len()
}

/// The titles that the server has, with the number of each, and the audit whole.
fn numbered(ana: &Machine<'_>) -> Vec<(u64, String)> {
    assert!(
        ana.ok(&["audit", "verify"])
            .contains("each fits the one before")
    );
    let listed = ana.json(&["list"]);
    let rows = listed.as_array().expect("a list").iter();
    let mut found: Vec<(u64, String)> = rows
        .map(|it| {
            let number = it["number"].as_str().expect("a number");
            let count = number.rsplit('-').next().expect("a count");
            let title = it["title"].as_str().expect("a title");
            (count.parse().expect("a number"), title.to_owned())
        })
        .collect();
    found.sort();
    found
}

fn expected(titles: &[&str]) -> Vec<(u64, String)> {
    let titles = titles.iter().map(|it| (*it).to_owned());
    (1..).zip(titles).collect()
}

#[test]
fn a_server_whose_disk_is_full_says_so_and_takes_everything_once_there_is_room() {
    let small = ["unshare", "-Urm", "sh", "-c", ON_A_SMALL_DISK, "sh"];
    let place = Place::new();
    fs::create_dir_all(place.data()).expect("a folder");
    let trial = ["unshare", "-Urm", "sh", "-c", "mount -t tmpfs tmpfs /mnt"];
    let may_mount = Command::new(trial[0]).args(&trial[1..]).output();
    if !may_mount.is_ok_and(|it| it.status.success()) {
        eprintln!("not looked at: this system gives a test no disk of its own");
        return;
    }
    let server = Server::start_by(&place, &small, LISTEN);
    let ana = ana_at(&place, &server);
    let inside = format!("/proc/{}/root", server.pid().as_raw_nonzero());
    let data = place.data();
    let data = data.strip_prefix("/").expect("a whole path");
    let ballast = PathBuf::from(inside).join(data).join("ballast");
    let filled = Command::new("dd")
        .args(["if=/dev/zero", "bs=4k"])
        .arg(format!("of={}", ballast.display()))
        .output()
        .expect("dd starts");
    assert!(text(&filled.stderr).contains("No space left"));

    let long = "water on the floor ".repeat(2_000);
    let said = files_here(&ana, "First");
    assert!(said.contains("no room is left on the disk"), "{said}");
    let (_, said) = ana.cut_off(&["comment", "1", &long]);
    assert!(said.contains("no room is left on the disk"), "{said}");
    files_here(&ana, "Second");
    assert_eq!(waiting(&ana), 3);
    // What is there can be read, here and there.
    let (listed, _) = ana.cut_off(&["list"]);
    for title in ["Before", "First", "Second"] {
        assert!(listed.contains(title), "{listed}");
    }
    let (verified, _) = ana.cut_off(&["audit", "verify"]);
    assert!(verified.contains("each fits the one before"), "{verified}");

    fs::remove_file(&ballast).expect("freed");
    files(&ana, "Third");
    assert_eq!(waiting(&ana), 0);
    assert_eq!(
        numbered(&ana),
        expected(&["Before", "First", "Second", "Third"])
    );
    assert!(ana.ok(&["show", "1"]).contains("water on the floor"));
    let log = server.stop();
    assert!(log.contains("\"status\":507"), "{log}");
}

#[test]
fn a_server_whose_disk_fails_at_a_commit_does_everything_once() {
    let place = Place::new();
    let guarded = ["sh", "-c", WITH_FORBIDDEN_WRITES, "sh"];
    let server = Server::start_by(&place, &guarded, LISTEN);
    let ana = ana_at(&place, &server);
    let limit = |bytes: Option<u64>| {
        let limit = Rlimit {
            current: bytes,
            maximum: None,
        };
        prlimit(Some(server.pid()), Resource::Fsize, limit).expect("limited");
    };
    limit(Some(0));
    let said = files_here(&ana, "First");
    assert!(said.contains("I/O error"), "{said}");
    files_here(&ana, "Second");
    assert_eq!(waiting(&ana), 2);
    let (listed, _) = ana.cut_off(&["list"]);
    assert!(
        listed.contains("Before") && listed.contains("First"),
        "{listed}"
    );
    limit(None);
    files(&ana, "Third");
    let all = expected(&["Before", "First", "Second", "Third"]);
    assert_eq!(numbered(&ana), all);
    limit(Some(0));
    files_here(&ana, "Fourth");
    // It is killed while nothing can be written; the next one has all that was taken.
    let address = server.address().replace("http://", "");
    server.kill();
    let server = Server::start(&place, &["--listen", &address]);
    let everything: Vec<_> = all.into_iter().chain([(5, "Fourth".to_owned())]).collect();
    ana.ok(&["list"]);
    assert_eq!(waiting(&ana), 0);
    assert_eq!(numbered(&ana), everything);
    server.stop();
}

#[test]
fn a_machine_whose_disk_fails_says_so_saves_nothing_by_halves_and_can_be_read() {
    let place = Place::new();
    let server = Server::start(&place, LISTEN);
    let ana = ana_at(&place, &server);
    // Not beyond the first 32 KiB of any file, where the log that every commit grows is long since.
    let on_failing_disk = |args: &[&str]| {
        let mut command = Command::new("sh");
        let script = r#"trap "" XFSZ; ulimit -S -f 64; exec "$@""#;
        command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_famdesk")]);
        for (name, value) in ana.command(&[]).get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.args(args).output().expect("starts")
    };
    let new = ["new", "--queue", "IT", "--title", "Never"];
    let output = on_failing_disk(&new);
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{told}");
    assert!(told.contains("can't be written"), "{told}");
    assert!(!told.contains("saved here"), "{told}");
    let output = on_failing_disk(&["list"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("Before"));
    // Once it can be written again nothing of that comes back.
    files(&ana, "After");
    assert_eq!(numbered(&ana), expected(&["Before", "After"]));
    server.stop();
}
