//! From an empty store to a ticket's end, with keys alone.

use super::{ENTER, ESC, Machine, SEND};

#[test]
fn a_family_a_ticket_and_its_whole_life_with_keys_alone() {
    let machine = Machine::new();
    let mut screen = machine.start(&[]);
    screen.shows("Set up my family").keys(ENTER);
    screen
        .shows("What are you called?")
        .types("Ana")
        .keys(ENTER);
    screen
        .shows("your family called?")
        .types("Rivera family")
        .keys(ENTER);
    screen
        .shows("ticket numbers begin")
        .shows("> RIV")
        .keys(ENTER);
    screen
        .shows("works on things together?")
        .shows("> Home")
        .keys(ENTER);
    // The suggested name is taken away and another given.
    screen.shows("Where do tickets go?").shows("> Everything");
    screen
        .keys("\x15")
        .hides("> Everything")
        .types("IT")
        .keys(ENTER);
    screen
        .shows("your family is ready")
        .shows("No tickets here yet")
        .shows("live");

    screen
        .keys("n")
        .shows("Title")
        .types("Wi-Fi is down")
        .keys(SEND);
    screen.hides("Description").shows("RIV-2026-0001");
    screen.keys("c").shows("Comment on RIV-2026-0001");
    screen.types("Nothing loads, the light is red").keys(SEND);
    screen.shows("added a comment");
    screen.keys("i").shows("Home group only");
    screen.types("The provider says cable fault").keys(SEND);
    screen.shows("added a note");
    screen.keys("x").shows("resolved").shows("─ 0 ─┤");
    screen.quits();
    assert!(screen.has_its_modes_back());

    // What was done before the program ended is undone and done again after it.
    let mut again = machine.start(&[]);
    again.shows("No tickets here yet");
    again.keys("u").shows("undone: resolved RIV-2026-0001");
    again.is_on("Wi-Fi is down").keys("U");
    again.shows("done again: resolved").shows("No tickets here");
    again
        .keys("g/")
        .shows("Search")
        .types("wi-fi down")
        .keys(ENTER);
    again.is_on("Wi-Fi is down").keys(ENTER);
    again
        .shows("Nothing loads, the light is red")
        .shows("The provider says cable fault");
    again.shows("RESOLVED");
    again.quits();

    let told = machine.ok(&["show", "1"]);
    for words in [
        "Wi-Fi is down",
        "Nothing loads, the light is red",
        "The provider says cable fault",
        "Home",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(told.to_lowercase().contains("resolved"), "{told}");
    machine.ok(&["audit", "verify"]);
}

#[test]
fn the_demo_is_lively_and_every_number_opens_its_list() {
    let machine = Machine::new();
    let mut screen = machine.start(&["--demo"]);
    screen.shows("demo, nothing is kept").shows("RIV-");
    screen.keys("gd").shows("Board").shows("SEV_2.5");
    screen.keys(ENTER).shows("sev:1").shows("All tickets");
    screen
        .keys("?")
        .shows("ticket.new")
        .keys(ESC)
        .hides("ticket.new");
    screen.quits();
    assert!(!machine.path("data").exists(), "the demo is elsewhere");
    let left = std::fs::read_dir(machine.path("")).expect("folder").count();
    assert_eq!(left, 0, "and gone");
}

#[test]
fn the_first_start_can_look_around_first() {
    let machine = Machine::new();
    let mut screen = machine.start(&[]);
    screen.shows("Look around first").keys("j");
    screen.is_on("Look around first").keys(ENTER);
    screen.shows("demo, nothing is kept").shows("RIV-");
    screen.quits();
    // Whoever comes back is still asked who they are.
    machine
        .start(&[])
        .shows("Set up my family")
        .keys("\x11")
        .ended();
}

#[test]
fn a_program_that_was_stopped_from_outside_comes_back_whole() {
    use rustix::process::Signal;
    let machine = Machine::furnished();
    machine.files("Boiler");
    let mut screen = machine.start(&[]);
    screen.is_on("Boiler");
    screen.signal(Signal::STOP);
    // What a shell would do to the terminal meanwhile.
    screen.spoils_the_terminal();
    screen.signal(Signal::CONT);
    screen.wait_for("the screen again", vt100::Screen::alternate_screen);
    screen.is_on("Boiler").keys("c").shows("Comment on");
    screen.types("still here").shows("still here").keys(ESC);
    screen.hides("Comment on").quits();
    assert!(screen.has_its_modes_back());
}
