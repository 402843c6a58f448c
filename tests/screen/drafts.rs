//! Nothing that was typed is ever lost.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use rustix::process::Signal;

use super::terminal::until;
use super::{ESC, Machine, SEND, files_named};

/// What is on the disk of all drafts.
fn drafts(machine: &Machine) -> Vec<String> {
    let files = files_named(&machine.path("state"), "replica.db");
    files.iter().flat_map(|file| drafts_in(file)).collect()
}

/// Nothing where the file is busy or not made yet.
fn drafts_in(file: &Path) -> Vec<String> {
    let read = || -> rusqlite::Result<Vec<String>> {
        let conn = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut statement = conn.prepare("SELECT content FROM draft")?;
        statement.query_map([], |row| row.get(0))?.collect()
    };
    read().unwrap_or_default()
}

#[test]
fn a_draft_survives_being_killed() {
    let machine = Machine::furnished();
    machine.files("Boiler shows F28");
    let mut screen = machine.start(&[]);
    screen
        .is_on("Boiler shows F28")
        .keys("c")
        .shows("Comment on");
    screen.types("The plumber came and");
    screen.keys("\rleft again").shows("left again");
    let saved = |text: &str| {
        drafts(&machine)
            .iter()
            .any(|it| it.contains(text))
            .then_some(())
    };
    until("the draft on disk", || saved("left again"));
    screen.signal(Signal::KILL);
    screen.ended();

    let mut again = machine.start(&[]);
    again.is_on("Boiler shows F28").keys("c");
    again
        .shows("The plumber came and")
        .shows("left again")
        .shows("your draft, saved");
    // An internal note is something else and has nothing of it.
    again
        .keys(ESC)
        .hides("Comment on")
        .keys("i")
        .shows("Home group only");
    assert!(
        !again.screen().contains("The plumber came"),
        "{}",
        again.screen()
    );
    again.keys(ESC).hides("Home group only").quits();
}

#[test]
fn what_was_sent_is_not_found_as_a_draft_by_who_writes_on_at_once() {
    let machine = Machine::furnished();
    machine.files("Boiler shows F28");
    let mut screen = machine.start(&[]);
    screen
        .is_on("Boiler shows F28")
        .keys("c")
        .shows("Comment on");
    screen.types("It drips");
    until("the draft on disk", || {
        let found = drafts(&machine).iter().any(|it| it.contains("It drips"));
        found.then_some(())
    });
    screen.keys(SEND).keys("c").types("still");
    screen.keys(SEND).hides("Comment on").quits();
    let said = machine.ok(&["show", "1", "--json"]);
    assert!(
        said.contains("\"It drips\"") && said.contains("\"still\""),
        "{said}"
    );
}

#[test]
fn what_was_typed_last_is_on_disk_when_the_program_is_told_to_stop() {
    let machine = Machine::furnished();
    let mut screen = machine.start(&[]);
    screen
        .shows("No tickets here yet")
        .keys("n")
        .shows("Title")
        .types("Half a ti");
    screen.signal(Signal::TERM);
    screen.ended();
    assert!(drafts(&machine).iter().any(|it| it.contains("Half a ti")));
    let mut again = machine.start(&[]);
    again
        .shows("No tickets here yet")
        .keys("n")
        .shows("Half a ti");
    again.types("tle").keys(ESC).hides("Description").quits();
}

#[test]
fn two_screens_that_write_on_one_ticket_keep_both_texts() {
    let machine = Machine::furnished();
    machine.files("Boiler shows F28");
    let on_disk = |text: &str| {
        until("the draft on disk", || {
            let found = drafts(&machine).iter().any(|it| it.contains(text));
            found.then_some(())
        });
    };
    let mut first = machine.start(&[]);
    first
        .is_on("Boiler shows F28")
        .keys("c")
        .shows("Comment on");
    first.types("The plumber came");
    on_disk("The plumber came");
    let mut second = machine.start(&[]);
    second.is_on("Boiler shows F28").keys("c");
    second.shows("The plumber came").types(" in vain");
    on_disk("came in vain");
    first.types(" and went");
    on_disk("came and went");
    second.types(", alas");
    on_disk("in vain, alas");
    on_disk("came and went");
    for mut screen in [first, second] {
        screen.signal(Signal::KILL);
        screen.ended();
    }

    // One after the other is found and sent.
    for _ in 0..2 {
        let mut again = machine.start(&[]);
        again.is_on("Boiler shows F28").keys("c");
        again
            .shows("The plumber came")
            .keys(SEND)
            .shows("added a comment");
        again.quits();
    }
    assert_eq!(drafts(&machine), Vec::<String>::new());
    let told = machine.ok(&["show", "1"]);
    for text in ["came and went", "came in vain, alas"] {
        assert_eq!(told.matches(text).count(), 1, "{text}: {told}");
    }
}
