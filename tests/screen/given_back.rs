//! Whatever ends or stops the program, the terminal is given back as it was.

use rustix::process::Signal;
use vt100::MouseProtocolMode;

use super::terminal::Terminal;
use super::{Machine, USUAL};

/// What leaves the alternate screen, bracketed paste and the mouse, and shows the cursor.
const LEAVING: [&[u8]; 6] = [
    b"\x1b[?1049l",
    b"\x1b[?2004l",
    b"\x1b[?1000l",
    b"\x1b[?1003l",
    b"\x1b[?1006l",
    b"\x1b[?25h",
];

fn assert_given_back(screen: &mut Terminal) {
    screen.wait_for("the usual screen", |screen| !screen.alternate_screen());
    for bytes in LEAVING {
        screen.wrote(0, bytes);
    }
    screen.look(|screen| {
        assert!(!screen.bracketed_paste());
        assert!(!screen.hide_cursor());
        assert_eq!(screen.mouse_protocol_mode(), MouseProtocolMode::None);
    });
    assert!(screen.has_its_modes_back());
}

/// A screen with all that can be taken: mouse, bracketed paste, alternate screen, raw mode.
fn taken() -> (Machine, Terminal) {
    let machine = Machine::furnished();
    machine.config("[screen]\nmouse = true\n");
    let mut screen = machine.start(&[]);
    screen.shows("No tickets here yet");
    screen.look(|screen| {
        assert!(screen.alternate_screen() && screen.bracketed_paste());
        assert_ne!(screen.mouse_protocol_mode(), MouseProtocolMode::None);
    });
    assert!(!screen.has_its_modes_back());
    (machine, screen)
}

#[test]
fn after_quitting() {
    let (_machine, mut screen) = taken();
    screen.keys("q");
    assert!(screen.ended().success());
    assert_given_back(&mut screen);
}

#[test]
fn after_a_signal() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let (_machine, mut screen) = taken();
        screen.signal(signal);
        screen.ended();
        assert_given_back(&mut screen);
    }
}

#[test]
fn an_error_before_the_screen_leaves_the_terminal_alone() {
    let machine = Machine::furnished();
    machine.config("[screen]\ntheme = \"pink\"\n");
    let mut screen = machine.start(&[]);
    assert_eq!(screen.ended().exit_code(), 3);
    screen.shows("theme").shows("config.toml");
    let bytes = screen.bytes();
    assert!(!bytes.windows(8).any(|it| it == b"\x1b[?1049h"));
    assert!(screen.has_its_modes_back());
}

#[test]
fn while_it_is_suspended_and_back_after() {
    let machine = Machine::furnished();
    machine.files("Boiler shows F28");
    // A shell with job control: only there can a program be suspended.
    let shell = format!(
        "set -m; {}; echo suspended; read line; echo \"got $line\"; fg; echo over",
        env!("CARGO_BIN_EXE_famdesk")
    );
    let mut screen = machine.start_program(USUAL, &["sh", "-c", &shell]);
    screen.is_on("Boiler shows F28").keys("\x1a");
    screen.shows("suspended");
    screen.look(|screen| {
        assert!(!screen.alternate_screen() && !screen.bracketed_paste());
        assert!(!screen.hide_cursor());
    });
    // The terminal takes lines, as the shell needs it to.
    screen.resize((100, 30)).keys("a line\n");
    screen.wait_for("the screen again", vt100::Screen::alternate_screen);
    screen
        .is_on("Boiler shows F28")
        .shows("All tickets")
        .shows("? help");
    screen
        .keys("c")
        .shows("Comment on")
        .keys("\x1b")
        .hides("Comment on");
    // Coming back is one frame, not one for the key and another for the signal.
    let bytes = screen.bytes();
    let entered = bytes.windows(8).filter(|it| it == b"\x1b[?1049h");
    assert_eq!(
        entered.count(),
        2,
        "once at the start, once when it went on"
    );
    screen.keys("Q").shows("over");
    assert!(screen.ended().success());
    screen.shows("got a line");
}

#[test]
fn drawn_anew_on_demand() {
    let machine = Machine::furnished();
    machine.files("Boiler shows F28");
    let mut screen = machine.start(&[]);
    screen.is_on("Boiler shows F28");
    let before = screen.bytes().len();
    screen.keys("\x0c").wrote(before, b"Boiler");
    screen.is_on("Boiler shows F28").quits();
}
