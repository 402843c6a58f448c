use super::harness::Harness;
use crate::app::LineKind;
use crate::app::effect::Effect;
use crate::app::state::Overlay;

fn line(screen: &Harness) -> String {
    match screen.state().top_overlay() {
        Some(Overlay::Picker(picker)) => picker.input.value(),
        Some(Overlay::Prompt(prompt)) => prompt.input.value(),
        Some(Overlay::QueryLine(line)) => line.input.value(),
        _ => match &screen.state().desk.list.filter {
            Some(filter) => filter.value(),
            None => panic!("no line"),
        },
    }
}

#[test]
fn what_was_typed_into_a_line_comes_back_into_that_line() {
    let mut screen = Harness::new(120, 40, 5);
    let lines = [
        (":", "sync", LineKind::Command, "sync"),
        (":", "theme dar", LineKind::Command, "theme dar"),
        ("/", "Ticket", LineKind::Filter, "Ticket"),
        ("g/", "wifi", LineKind::Search, "wifi"),
    ];
    for (keys, text, kind, kept) in lines {
        screen.press(keys);
        screen.write(text);
        screen.press("Enter");
        let kept = Effect::Remember {
            kind,
            text: kept.to_owned(),
        };
        assert!(screen.done.contains(&kept), "{text}");
    }
    screen.press("f");
    screen.press("^u");
    screen.write("is:open sev:3");
    screen.press("Enter");
    for (keys, text) in [
        (":", "theme dar"),
        ("/", "Ticket"),
        ("g/", "wifi"),
        ("f", "is:open sev:3"),
    ] {
        screen.press(keys);
        screen.press("^u");
        screen.press("Up");
        assert_eq!(line(&screen).trim(), text);
        screen.press("Esc");
    }
    // Back and forth, with what was being typed at the end.
    screen.press(":");
    screen.write("he");
    screen.press("Up");
    screen.press("Up");
    assert_eq!(line(&screen), "sync");
    screen.press("Down");
    screen.press("Down");
    assert_eq!(line(&screen), "he");
    // From there the arrows move among what matches.
    screen.press("Down");
    let Some(Overlay::Picker(picker)) = screen.state().top_overlay() else {
        panic!("no command line");
    };
    assert_eq!(picker.cursor, 1);
    screen.press("Up");
    assert_eq!(line(&screen), "he");
}

#[test]
fn what_begins_with_a_blank_is_not_kept() {
    let mut screen = Harness::new(120, 40, 5);
    for (keys, text) in [(":", " sync"), ("g/", " wifi"), ("/", " red")] {
        screen.press(keys);
        screen.write(text);
        screen.press("Enter");
    }
    let kept = |it: &&Effect| matches!(it, Effect::Remember { .. });
    assert_eq!(screen.done.iter().filter(kept).count(), 0);
}
