//! What somebody typed can't drive the terminal, and colour is only where it is wanted.

use super::terminal::Terminal;
use super::{ENTER, ESC, Machine, USUAL};
use crate::corpus::foreign;

/// What a terminal would obey, be confused or be fooled by.
const HOSTILE: [&str; 9] = [
    "clear \x1b[2J\x1b[31mred\x1b[0m",
    "title \x1b]0;owned\x07 after",
    "clipboard \x1b]52;c;ZXZpbA==\x07 after",
    "link \x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\ after",
    "device \x1bP1$r0m\x1b\\ \x1b_app\x1b\\ \x1b[6n after",
    "single \u{9b}31m \u{9d}0;owned\u{9c} \u{90}q after",
    "turned \u{202e}gnp.exe\u{202c} \u{2066}in\u{2069} after",
    "zalgo Z\u{351}\u{36b}\u{343}\u{36a}\u{302}\u{36b}\u{33d}\u{34f}\u{334}\u{319}\u{324}\u{31e}\u{349} after",
    "quiet \x08\x08\x08\x07\x0e after",
];

/// Whether the frame stands in the same columns on all rows of the body.
fn assert_straight(screen: &Terminal, (width, height): (u16, u16)) {
    let cells = |column: u16| {
        screen.look(|screen| {
            let cell = |row| screen.cell(row, column).map(|it| it.contents().to_owned());
            (1..height - 1).filter_map(cell).collect::<String>()
        })
    };
    for column in [0, 23, 24, width - 1] {
        let edge = cells(column);
        let straight = edge.chars().all(|c| "│├┤┌┐└┘".contains(c));
        assert!(
            straight && edge.chars().count() == usize::from(height - 2),
            "column {column}: {edge}\n{}",
            screen.screen()
        );
    }
}

#[test]
fn hostile_text_drives_nothing() {
    let machine = Machine::furnished();
    for text in HOSTILE {
        machine.ok(&[
            "new",
            "--queue",
            "IT",
            "--title",
            text,
            "--description",
            text,
        ]);
    }
    machine.ok(&["comment", "1", &HOSTILE.join("\n")]);
    let mut screen = machine.start(&[]);
    screen.shows("1 of 9").shows("zalgo").shows("turned");
    assert_straight(&screen, USUAL);
    screen.keys("/clear").hides("zalgo").keys(ENTER);
    screen.is_on("clear").keys(ENTER).shows("device");
    assert_straight(&screen, USUAL);
    // Its own text goes into a form too, and into what is said below.
    screen
        .keys("e")
        .shows("Edit")
        .keys(ESC)
        .hides("Description");
    screen
        .keys("x")
        .shows("resolved")
        .keys("gd")
        .shows("Board")
        .quits();
    assert_eq!(foreign(&screen.bytes()), Vec::<String>::new());
}

#[test]
fn hostile_names_drive_nothing() {
    let machine = Machine::furnished();
    for text in [HOSTILE[0], HOSTILE[2], HOSTILE[6]] {
        let named = machine.run(&["groups", "create", text]);
        // Refused or shown safely; both are fine.
        if named.status.success() {
            machine.run(&["queues", "create", text, "--group", text]);
        }
    }
    let mut screen = machine.start(&[]);
    screen
        .shows("No tickets here yet")
        .keys("2")
        .keys("jjjj")
        .keys("n")
        .shows("Title");
    screen.keys(ESC).hides("Description").quits();
    assert_eq!(foreign(&screen.bytes()), Vec::<String>::new());
}

/// The colours that a sequence sets.
fn colours(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let sequences = text.split("\x1b[").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
        rest[end..].starts_with('m').then(|| rest[..end].to_owned())
    });
    let coloured = |sequence: &String| {
        sequence
            .split([';', ':'])
            .any(|code| matches!(code.parse(), Ok(30..=38 | 40..=48 | 90..=107)))
    };
    sequences.filter(coloured).collect()
}

#[test]
fn no_colour_where_it_is_not_wanted() {
    let machine = Machine::new()
        .with_env("NO_COLOR", "1")
        .with_env("COLORTERM", "truecolor");
    let mut screen = machine.start(&["--demo"]);
    screen
        .shows("RIV-")
        .keys("gd")
        .shows("Board")
        .keys("?")
        .shows("ticket.new")
        .keys(ESC);
    screen
        .hides("ticket.new")
        .keys("gh")
        .shows("All tickets")
        .keys("c")
        .shows("Comment on");
    screen.keys(ESC).hides("Comment on").quits();
    assert_eq!(colours(&screen.bytes()), Vec::<String>::new());

    let colourful = Machine::new();
    let mut screen = colourful.start(&["--demo"]);
    screen.shows("RIV-").quits();
    assert_ne!(colours(&screen.bytes()), Vec::<String>::new());
}
