//! A text's round trip through the person's own editor.

use super::{ESC, Machine, SEND};

fn with_editor(script: &str) -> Machine {
    let machine = Machine::furnished();
    machine.ok(&[
        "new",
        "--queue",
        "IT",
        "--title",
        "Boiler",
        "--description",
        "It knocks",
    ]);
    let file = machine.path("editor.sh");
    std::fs::write(&file, script).expect("script");
    machine.config(&format!("[editor]\ncommand = \"sh {}\"\n", file.display()));
    machine
}

#[test]
fn what_the_editor_adds_arrives() {
    // It has the terminal as a program expects it: it can ask and be answered by a line.
    let machine = with_editor("echo 'in the editor'; read more; echo \"$more\" >> \"$1\"\n");
    let mut screen = machine.start(&[]);
    screen.is_on("Boiler").keys("E").shows("in the editor");
    assert!(!screen.look(vt100::Screen::alternate_screen));
    screen.keys("and drips\n");
    screen
        .shows("and drips")
        .wait_for("the screen again", vt100::Screen::alternate_screen);
    screen.shows("It knocks").keys(SEND).shows("edited");
    screen.quits();
    let told = machine.ok(&["show", "1"]);
    assert!(
        told.contains("It knocks") && told.contains("and drips"),
        "{told}"
    );
}

#[test]
fn an_editor_that_fails_leaves_the_text() {
    let machine = with_editor("echo nonsense > \"$1\"; exit 3\n");
    let mut screen = machine.start(&[]);
    screen
        .is_on("Boiler")
        .keys("E")
        .shows("ended with an error");
    screen
        .shows("It knocks")
        .keys(ESC)
        .hides("Description")
        .quits();
    assert!(machine.ok(&["show", "1"]).contains("It knocks"));
}

#[test]
fn an_editor_interrupted_by_its_person_takes_only_itself_along() {
    let machine = with_editor("echo 'in the editor'; read more\n");
    let mut screen = machine.start(&[]);
    screen.is_on("Boiler").keys("E").shows("in the editor");
    screen
        .keys("\x03")
        .shows("ended with an error")
        .shows("It knocks");
    screen.keys(ESC).hides("Description").quits();
}

#[test]
fn what_is_typed_in_one_go_with_the_end_of_the_editor_arrives() {
    let machine = with_editor("echo 'in the editor'; read more; echo \"$more\" >> \"$1\"\n");
    let mut screen = machine.start(&[]);
    screen.is_on("Boiler").keys("E").shows("in the editor");
    screen.keys("and drips\rX!Y");
    screen.shows("and dripsX!Y").keys(SEND).shows("edited");
    screen.quits();
}
