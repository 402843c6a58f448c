//! Keys in bursts: a paste runs nothing, a key held down is taken whole.

use super::{ENTER, ESC, Machine};

const COMMANDS: &str = "x\rQ\r:delete";

/// Nothing was done, and the program goes on.
fn assert_nothing_ran(machine: &Machine) {
    let told = machine.ok(&["list"]);
    assert!(told.contains("Boiler shows F28"), "still open: {told}");
}

#[test]
fn a_marked_paste_runs_nothing() {
    let machine = Machine::furnished();
    machine.files("Boiler shows F28");
    let mut screen = machine.start(&[]);
    screen.is_on("Boiler shows F28");
    screen.keys(&format!("\x1b[200~{COMMANDS}\x1b[201~"));
    screen.shows("a paste goes into text only");
    assert_nothing_ran(&machine);
    screen.quits();
}

#[test]
fn an_unmarked_paste_runs_nothing() {
    for paste in [COMMANDS, "x\nQ\n:delete", "Dear all,\rx marks the spot.\rQ"] {
        let machine = Machine::furnished();
        machine.files("Boiler shows F28");
        let mut screen = machine.start(&[]);
        screen.is_on("Boiler shows F28");
        screen.keys(paste).shows("a paste goes into text only");
        assert_nothing_ran(&machine);
        screen.quits();
    }
}

#[test]
fn a_long_unmarked_paste_runs_nothing_however_it_is_cut() {
    let machine = Machine::furnished();
    machine.files("Boiler shows F28");
    let mut screen = machine.start(&[]);
    screen.is_on("Boiler shows F28");
    // More than a terminal hands over at once; its pieces end anywhere.
    let long = "Dear Ana, the boiler broke.\rQuite x again.\r".repeat(300);
    screen.keys(&long).shows("a paste goes into text only");
    assert_nothing_ran(&machine);
    screen.quits();
}

#[test]
fn a_paste_into_a_text_is_the_text() {
    let machine = Machine::furnished();
    machine.files("Boiler shows F28");
    let mut screen = machine.start(&[]);
    screen
        .is_on("Boiler shows F28")
        .keys("c")
        .shows("Comment on");
    screen.keys("\x1b[200~first\rsecond \x1b]52;c;eA==\x07third\x1b[201~");
    screen.shows("first").shows("second").shows("third");
    screen.keys("\x13").shows("added a comment").quits();
    let told = machine.ok(&["show", "1"]);
    assert!(told.contains("first") && told.contains("third"), "{told}");
}

#[test]
fn a_hundred_keys_in_one_write_are_all_applied() {
    let machine = Machine::furnished();
    machine.files_many(150);
    let mut screen = machine.start(&[]);
    screen.shows("1 of 150").keys(&"j".repeat(100));
    screen.shows("101 of 150").keys(&"k".repeat(40));
    screen.shows("61 of 150").keys("gg").shows("1 of 150");
    screen.keys("G").shows("150 of 150").quits();
}

#[test]
fn quick_typing_is_keys() {
    let machine = Machine::furnished();
    machine.files("Boiler shows F28");
    machine.files("Printer jams");
    let mut screen = machine.start(&[]);
    screen.shows("1 of 2").keys("/print").hides("Boiler");
    screen
        .keys(ENTER)
        .is_on("Printer jams")
        .keys("/")
        .keys(ESC)
        .shows("Boiler");
    screen.quits();
}

#[test]
fn a_click_selects_where_the_mouse_is_switched_on() {
    let machine = Machine::furnished();
    machine.config("[screen]\nmouse = true\n");
    machine.files("Boiler");
    machine.files("Router");
    let mut screen = machine.start(&[]);
    screen.is_on("Boiler").shows("Router");
    let row = screen.look(|it| it.rows(0, 120).position(|row| row.contains("Router")));
    let line = row.expect("a row") + 1;
    screen.keys(&format!("\x1b[<0;40;{line}M\x1b[<0;40;{line}m"));
    screen.is_on("Router").quits();
    assert!(screen.has_its_modes_back());
}

#[test]
fn what_was_typed_into_a_line_is_there_after_a_restart() {
    let machine = Machine::furnished();
    machine.files("Wi-Fi is down");
    let mut screen = machine.start(&[]);
    screen.shows("Wi-Fi is down").keys("g/");
    screen
        .shows("Search all tickets")
        .types("nosuchword")
        .keys(ENTER);
    screen.hides("Search all tickets").shows("Search").quits();
    let mut again = machine.start(&[]);
    again.shows("Wi-Fi is down").keys("g/");
    again.shows("Search all tickets").keys("\x1b[A");
    again
        .shows("nosuchword")
        .keys(ESC)
        .hides("Search all tickets");
    again.quits();
}
