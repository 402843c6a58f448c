//! Any size, and any change of it.

use super::Machine;

#[test]
fn a_storm_of_sizes_ends_with_the_right_screen() {
    let machine = Machine::furnished();
    machine.files_many(80);
    let mut screen = machine.start(&[]);
    screen.shows("1 of 80");
    for step in 0..30u16 {
        let (width, height) = (20 + step * 37 % 181, 5 + step * 13 % 56);
        screen.resize((width, height));
    }
    for size in [
        (200, 60),
        (80, 24),
        (40, 12),
        (140, 40),
        (100, 30),
        (120, 40),
    ] {
        screen.resize(size);
        // The title line reaches the right edge, the status line is the last.
        screen.wait_for(&format!("a screen of {size:?}"), |screen| {
            let rows: Vec<String> = screen.rows(0, size.0).collect();
            let right = size.0 - 1;
            let edge = |row: u16| {
                screen
                    .cell(row, right)
                    .map(|cell| cell.contents().to_owned())
            };
            rows.len() == usize::from(size.1)
                && rows[0].contains("Rivera")
                && (2..size.1 - 2)
                    .all(|row| edge(row).is_some_and(|it| "│┤┐┘".contains(&it) && !it.is_empty()))
        });
    }
    let mut fresh = machine.start(&[]);
    fresh.shows("1 of 80").shows("● live");
    let settled = fresh.screen();
    screen.wait_for(
        &format!("what a fresh start shows:\n{settled}\nbut it is"),
        |it| it.contents() == settled,
    );
    screen.quits();
    fresh.quits();
}

#[test]
fn too_small_says_so_and_recovers() {
    let machine = Machine::furnished();
    machine.files("Boiler shows F28");
    let mut screen = machine.start_sized((30, 8), &[]);
    screen.shows("This screen is 30x8").shows("40x12");
    screen.resize((20, 5)).shows("20x5");
    screen.resize((1, 1)).resize((120, 40));
    screen.is_on("Boiler shows F28");
    screen.resize((30, 8)).shows("This screen is 30x8").quits();
}

#[test]
fn without_a_terminal_it_says_so() {
    let machine = Machine::furnished();
    let output = machine.run(&[]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("needs a terminal"), "{told}");
    // Also where only the keys are missing.
    let line = format!(
        "{} < /dev/null; echo \"code $?\"",
        env!("CARGO_BIN_EXE_famdesk")
    );
    let mut screen = machine.start_program((80, 24), &["sh", "-c", &line]);
    screen.shows("needs a terminal").shows("code 2");
    assert!(!screen.bytes().contains(&0x1b));
}
