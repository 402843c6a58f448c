//! The house has one direction: a room may use only rooms of a lower row.

use std::fs;
use std::path::{Path, PathBuf};

/// Each row's rooms, lowest first, as `docs/ARCHITECTURE.md` lists them.
const ROWS: &[&[&str]] = &[
    &["model", "text"],
    &["query", "config", "wire"],
    &["table", "replica", "remote"],
    &["desk", "sync", "tell"],
    &["server", "intake", "publish"],
    &["app"],
    &["ui"],
    &["run"],
    &["cli"],
];

fn row_of(room: &str) -> Option<usize> {
    ROWS.iter().position(|row| row.contains(&room))
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("readable source folder") {
        let path = entry.expect("readable entry").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            found.push(path);
        }
    }
}

/// The first path segment of every `crate::room` in the text.
fn rooms_named(text: &str) -> impl Iterator<Item = &str> {
    text.split("crate::").skip(1).map(|rest| {
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        &rest[..end]
    })
}

#[test]
fn every_room_looks_only_down() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let mut upward = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&src).expect("below src");
        if inside.components().count() < 2 {
            continue; // lib.rs and main.rs name every room
        }
        let room = inside.iter().next().and_then(|r| r.to_str()).expect("room");
        let row = row_of(room).unwrap_or_else(|| panic!("room `{room}` is in no row"));
        let text = fs::read_to_string(&file).expect("readable source");
        assert!(
            !text.contains("use crate::{"),
            "{}: name one room per `use crate::room` line",
            inside.display()
        );
        for named in rooms_named(&text).filter(|named| *named != room) {
            match row_of(named) {
                Some(other) if other < row => {}
                _ => upward.push(format!("{} uses crate::{named}", inside.display())),
            }
        }
    }
    assert!(upward.is_empty(), "upward looks:\n{}", upward.join("\n"));
}

/// What writes to a terminal, a pipe or a cell, and the only files that may: there what somebody
/// typed comes in as `SafeText`, and nowhere else does anything go out.
const DOORS: &[(&str, &[&str])] = &[
    ("println!", &[]),
    ("print!(", &[]),
    ("dbg!", &[]),
    (
        "stdout()",
        &[
            "cli/complete.rs",  // for a shell, each word made safe; there may be no settings
            "cli/man.rs",       // made of our own commands and keys
            "cli/print/mod.rs", // the door of the command line
            "cli/screen.rs",    // asks whether it is a terminal
            "run/guard.rs",     // takes and gives back the terminal
            "run/live.rs",      // copies to the clipboard, encoded
            "run/output.rs",    // sends what the pen has drawn
        ],
    ),
    // Some ask whether it is a terminal, for a bar; a server's log is made safe there.
    (
        "stderr()",
        &[
            "cli/import/mod.rs",
            "cli/log.rs",
            "cli/print/mod.rs",
            "cli/watched.rs",
        ],
    ),
    ("set_hook", &["cli/print/mod.rs", "run/guard.rs"]),
    ("SetTitle", &[]),
    ("set_string", &[]),
    ("set_stringn", &[]),
    ("set_symbol", &["ui/frugal.rs", "ui/pen.rs"]),
    ("set_char", &["ui/frugal.rs", "ui/glyphs.rs", "ui/pen.rs"]),
    ("Span::raw", &[]),
    ("Span::styled", &[]),
    ("Paragraph::new", &[]),
];

/// The program's part of a file, without its tests and comments.
fn program_lines(text: &str) -> impl Iterator<Item = &str> {
    let program = text.split("#[cfg(test)]\nmod tests {").next();
    let lines = program.unwrap_or_default().lines();
    lines.filter(|line| !line.trim_start().starts_with("//"))
}

#[test]
fn words_leave_by_their_doors_alone() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let mut found = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&src).expect("below src");
        let inside = inside.to_str().expect("UTF-8").replace('\\', "/");
        if inside.contains("/tests") {
            continue;
        }
        let text = fs::read_to_string(&file).expect("readable source");
        for line in program_lines(&text) {
            for (word, doors) in DOORS {
                if line.contains(word) && !doors.contains(&inside.as_str()) {
                    found.push(format!("{inside}: {}", line.trim()));
                }
            }
        }
    }
    assert!(
        found.is_empty(),
        "write through `cli::print` or `ui::pen`, or say here why not:\n{}",
        found.join("\n")
    );
}
