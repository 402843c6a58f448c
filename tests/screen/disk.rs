//! A state folder whose disk is full or read-only: what was typed stays, and the cause is named.
//!
//! The disk is a small one of its own, mounted where nobody else sees it; where the system does
//! not let a test do that, the test says so and looks at nothing.

use std::fs;
use std::process::{Command, Output};

use super::terminal::{Terminal, until};
use super::{ENTER, ESC, Machine, SEND};

/// Runs orders (`fill`, `free`) that come through a pipe, and answers each through another.
const WITH_ORDERS: &str = r#"
mount -t tmpfs -o size=16m,mode=0700 tmpfs "$FAMDESK_STATE_DIR" || exit 77
(
    while read -r order < "$HOME/orders"; do
        case $order in
            fill) dd if=/dev/zero of="$FAMDESK_STATE_DIR/ballast" bs=4k 2>"$HOME/dd" ;;
            more) dd if=/dev/zero of="$FAMDESK_STATE_DIR/more" bs=4k 2>"$HOME/dd" ;;
            free) rm "$FAMDESK_STATE_DIR"/ballast "$FAMDESK_STATE_DIR"/more ;;
        esac
        echo "$order" > "$HOME/answers"
    done
) &
"$@"
code=$?
kill $!
exit $code
"#;

const BACKSPACE: &str = "\x7f";

/// A full disk, on which the copy of the family is already.
const FULL: &str = r#"
mount -t tmpfs -o size=4m,mode=0700 tmpfs "$FAMDESK_STATE_DIR" || exit 77
"$1" list >/dev/null || exit 78
dd if=/dev/zero of="$FAMDESK_STATE_DIR/ballast" bs=4k 2>"$HOME/dd"
"$@"
"#;

/// A disk that can't be written.
const READ_ONLY: &str = r#"
mount -t tmpfs -o size=4m,mode=0700 tmpfs "$FAMDESK_STATE_DIR" || exit 77
"$1" list >/dev/null || exit 78
mount -o remount,ro "$FAMDESK_STATE_DIR" || exit 79
"$@"
"#;

/// A program in a place of its own, where disks can be mounted.
const APART: [&str; 3] = ["unshare", "-Urm", "sh"];

/// Whether this system lets a test have a disk of its own.
fn may_mount() -> bool {
    let mounted = Command::new(APART[0])
        .args(&APART[1..])
        .args(["-c", "mount -t tmpfs -o size=1m tmpfs /mnt"])
        .output();
    let may = mounted.is_ok_and(|it| it.status.success());
    if !may {
        eprintln!("not looked at: this system gives a test no disk of its own");
    }
    may
}

fn order(machine: &Machine, what: &str) {
    fs::write(machine.path("orders"), format!("{what}\n")).expect("ordered");
    let answer = fs::read_to_string(machine.path("answers")).expect("answered");
    assert_eq!(answer.trim(), what);
}

/// A program over a disk that takes orders, with one comment made and another begun.
fn composing_with_orders(machine: &Machine) -> Terminal {
    for pipe in ["orders", "answers"] {
        let made = Command::new("mkfifo").arg(machine.path(pipe)).status();
        assert!(made.expect("mkfifo starts").success());
    }
    let mut argv = APART.to_vec();
    argv.extend(["-c", WITH_ORDERS, "sh", env!("CARGO_BIN_EXE_famdesk")]);
    let mut screen = machine.start_program((120, 40), &argv);
    screen.is_on("Boiler").keys("i").shows("Internal note on");
    screen.types("It drips").keys(SEND).shows("added a note");
    screen.keys("c").shows("Comment on");
    screen
}

/// Something is typed while the disk is full, and goes to the room that was kept for that; then
/// that is gone too.
fn fills_up(machine: &Machine, screen: &mut Terminal, text: &str) {
    order(machine, "fill");
    screen.types(text);
    // A commit that met the full disk half-way has left some room in the log, which is used first.
    let mut has_more = false;
    until("the last room", || {
        screen.keys(if has_more { BACKSPACE } else { "x" });
        has_more = !has_more;
        let found = screen.screen().contains("takes the last room");
        found.then_some(())
    });
    if has_more {
        screen.keys(BACKSPACE);
    }
    screen.shows(text).hides(&format!("{text}x"));
    order(machine, "more");
}

fn apart(machine: &Machine, script: &str, args: &[&str]) -> Output {
    let output = Command::new(APART[0])
        .args(&APART[1..])
        .args(["-c", script, "sh", env!("CARGO_BIN_EXE_famdesk")])
        .args(args)
        .env_clear()
        .envs(machine.env())
        .output();
    output.expect("unshare starts")
}

#[test]
fn a_draft_outlives_a_full_disk_and_is_saved_by_itself_once_there_is_room() {
    if !may_mount() {
        return;
    }
    let machine = Machine::furnished();
    machine.files("Boiler");
    let mut screen = composing_with_orders(&machine);
    fills_up(&machine, &mut screen, "The plumber came");
    screen.keys(" and left");
    screen
        .shows("the disk of the state folder is full; make room there")
        .shows("The plumber came and left");
    // Nothing is claimed to be sent, and the text stays.
    // What is typed while it is being sent goes into the text, once that is back.
    screen.keys(SEND).shows("Cannot save");
    assert!(!screen.screen().contains("added a comment"));
    screen.keys(ENTER).hides("Cannot save").keys("!");
    screen.shows("The plumber came and left!");
    // There are other places for it.
    screen.keys("\x1bw").shows("Write the text to").keys(ENTER);
    screen.shows("wrote").hides("Write the text to");
    let elsewhere = fs::read_to_string(machine.path("famdesk-text.txt"));
    assert_eq!(elsewhere.expect("written"), "The plumber came and left!\n");
    order(&machine, "free");
    screen.shows("the draft is saved now");
    screen.shows("The plumber came and left!").keys(SEND);
    screen
        .shows("added a comment")
        .keys(ENTER)
        .shows("2 comments");
    screen.shows("The plumber came and left!").quits();
}

#[test]
fn leaving_with_a_draft_that_can_not_be_saved_is_said_first_and_keeps_the_text_elsewhere() {
    if !may_mount() {
        return;
    }
    let machine = Machine::furnished();
    machine.files("Boiler");
    let mut screen = composing_with_orders(&machine);
    fills_up(&machine, &mut screen, "precious");
    screen
        .types(" words")
        .shows("make room there")
        .keys(ESC)
        .hides("Comment on");
    screen
        .keys("Q")
        .shows("quit once more to leave all the same");
    screen.keys("Q");
    screen.ended();
    let kept: Vec<_> = fs::read_dir(machine.path(""))
        .expect("folder")
        .filter_map(Result::ok)
        .filter(|it| {
            it.file_name()
                .to_string_lossy()
                .starts_with("famdesk-drafts")
        })
        .collect();
    assert_eq!(kept.len(), 1);
    let text = fs::read_to_string(kept[0].path()).expect("kept");
    assert!(text.contains("precious words"), "{text}");
}

#[test]
fn the_command_line_names_the_full_or_read_only_disk_and_files_nothing_by_halves() {
    if !may_mount() {
        return;
    }
    let machine = Machine::furnished();
    for (script, cause) in [(FULL, "make room there"), (READ_ONLY, "make it writable")] {
        let new = ["new", "--queue", "IT", "--title", "Boiler"];
        let output = apart(&machine, script, &new);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(4), "{told}");
        assert!(told.contains(cause), "{told}");
        assert_eq!(machine.ok(&["list", "--json"]).matches("Boiler").count(), 0);
    }
}
