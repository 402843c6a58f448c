//! What the terminal says, as actions. A burst of different characters and line ends in one read
//! is a paste from a terminal that doesn't mark pastes: it becomes text and runs no commands.

use crossterm::event::{Event, KeyEvent, KeyEventKind, MouseButton, MouseEvent, MouseEventKind};

use crate::app::Action;
use crate::app::key::{Code, Key};
use crate::app::layout::Size;
use crate::app::mouse::{Mouse, MouseKind, Spots};

/// From how many characters on a burst is taken for a paste.
const PASTE_FROM: usize = 12;
/// The same for a burst with a line end in the middle, as few type ahead.
const LINES_FROM: usize = 6;

/// The actions of what came in at once, in order; what is shown says what the mouse is on.
pub fn actions_of(events: Vec<Event>, spots: &Spots) -> Vec<Action> {
    let mut actions = Vec::new();
    let mut run: Vec<Key> = Vec::new();
    for event in events {
        if let Event::Key(key) = event {
            run.extend(pressed(key));
            continue;
        }
        flush(&mut run, &mut actions);
        match event {
            Event::Paste(text) => actions.push(Action::Pasted(text)),
            Event::Resize(width, height) => {
                actions.push(Action::Resized(Size { width, height }));
            }
            Event::Mouse(event) => actions.extend(mouse(event, spots).map(Action::Mouse)),
            Event::Key(_) | Event::FocusGained | Event::FocusLost => {}
        }
    }
    flush(&mut run, &mut actions);
    actions
}

/// Whether what came in last is part of a paste that the terminal didn't mark.
pub fn ends_in_a_paste(events: &[Event]) -> bool {
    let keys = events.iter().rev().map_while(Event::as_key_event);
    let mut run: Vec<Key> = keys.filter_map(pressed).collect();
    run.reverse();
    as_paste(&run).is_some()
}

/// Lines that a notch of the wheel scrolls.
const NOTCH: i64 = 3;

fn mouse(event: MouseEvent, spots: &Spots) -> Option<Mouse> {
    let kind = match event.kind {
        MouseEventKind::Down(MouseButton::Left) => MouseKind::Click,
        MouseEventKind::ScrollDown => MouseKind::Scroll(NOTCH),
        MouseEventKind::ScrollUp => MouseKind::Scroll(-NOTCH),
        _ => return None,
    };
    Some(Mouse {
        kind,
        on: spots.at(event.column, event.row),
    })
}

fn pressed(event: KeyEvent) -> Option<Key> {
    match event.kind {
        KeyEventKind::Press | KeyEventKind::Repeat => Key::of_event(event),
        KeyEventKind::Release => None,
    }
}

fn flush(run: &mut Vec<Key>, actions: &mut Vec<Action>) {
    match as_paste(run) {
        Some(text) => actions.push(Action::Pasted(text)),
        None => actions.extend(run.iter().copied().map(Action::Key)),
    }
    run.clear();
}

/// The keys as text, if nobody could have typed them: many characters at once that are not one
/// key held down or a short pattern of keys repeated.
fn as_paste(keys: &[Key]) -> Option<String> {
    if keys.len() < LINES_FROM {
        return None;
    }
    let text: Option<String> = keys.iter().map(typed).collect();
    let text = text?;
    let has_lines = text.trim_end_matches('\n').contains('\n');
    let from = if has_lines { LINES_FROM } else { PASTE_FROM };
    if keys.len() < from {
        return None;
    }
    let mut kinds: Vec<char> = text.chars().collect();
    kinds.sort_unstable();
    kinds.dedup();
    (kinds.len() >= from / 2).then_some(text)
}

fn typed(key: &Key) -> Option<char> {
    match key.code {
        Code::Enter => Some('\n'),
        // A line feed, which no key sends but a paste may hold.
        Code::Char('j') if *key == Key::ctrl('j') => Some('\n'),
        Code::Tab => Some('\t'),
        _ => key.printable(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::{KeyCode, KeyModifiers};

    fn keys(text: &str) -> Vec<Event> {
        text.chars()
            .map(|c| {
                let code = match c {
                    '\n' => KeyCode::Enter,
                    c => KeyCode::Char(c),
                };
                Event::Key(KeyEvent::new(code, KeyModifiers::NONE))
            })
            .collect()
    }

    fn of_keys(text: &str) -> Vec<Action> {
        actions_of(keys(text), &Spots::default())
    }

    #[test]
    fn a_burst_of_text_is_a_paste_and_runs_nothing() {
        let actions = of_keys("delete everything\nxx");
        let [Action::Pasted(text)] = &actions[..] else {
            panic!("{actions:?}");
        };
        assert_eq!(text, "delete everything\nxx");
    }

    #[test]
    fn a_short_burst_of_lines_is_a_paste_too() {
        for text in ["x\nQ\n:delete", "x\nQ\nyy"] {
            let actions = of_keys(text);
            assert!(matches!(&actions[..], [Action::Pasted(_)]), "{actions:?}");
            assert!(ends_in_a_paste(&keys(text)));
        }
        assert!(!ends_in_a_paste(&keys("gd")));
    }

    #[test]
    fn a_key_held_down_and_quick_typing_are_keys() {
        assert_eq!(of_keys(&"j".repeat(100)).len(), 100);
        assert_eq!(of_keys("jjkkjjkkjjkkjjkk").len(), 16);
        assert_eq!(of_keys("ggxjjx").len(), 6);
        assert_eq!(of_keys("apbenni\n").len(), 8);
        assert_eq!(of_keys(&"\n".repeat(20)).len(), 20);
    }
}
