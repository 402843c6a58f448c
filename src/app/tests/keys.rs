use super::harness::Harness;
use crate::app::effect::{Action, Effect};
use crate::app::key::{Key, read_sequence};
use crate::app::keymap::{Found, KeyMap, key_table};
use crate::app::registry::{Context, action, actions};
use crate::app::state::Overlay;
use crate::config::KeyBinding;

fn binding(line: usize, context: &str, action: &str, keys: &[&str]) -> KeyBinding {
    KeyBinding {
        context: context.to_owned(),
        action: action.to_owned(),
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        line,
    }
}

fn problems(bindings: &[KeyBinding]) -> String {
    match KeyMap::compile(bindings) {
        Ok(_) => String::new(),
        Err(problems) => {
            let lines = problems
                .iter()
                .map(|it| format!("{:?} {}: {}", it.line, it.key, it.what));
            lines.collect::<Vec<_>>().join("\n")
        }
    }
}

#[test]
fn the_defaults_have_no_conflict() {
    assert_eq!(problems(&[]), "");
}

#[test]
fn every_key_of_the_table_reaches_its_action_in_every_context() {
    let map = KeyMap::defaults();
    for row in actions() {
        for context in row.contexts {
            let mut stacks = Context::STACKS.into_iter();
            let stack = stacks.find(|it| it.contains(context)).expect("a stack");
            for keys in row.keys {
                let keys = read_sequence(keys).expect("keys");
                match map.find(
                    &stack[stack.iter().position(|it| it == context).unwrap_or(0)..],
                    &keys,
                ) {
                    Found::Action(found) => assert_eq!(found.name, row.name),
                    other => panic!("{}: {other:?}", row.name),
                }
            }
        }
    }
}

#[test]
fn names_are_unique_and_help_is_one_line() {
    let mut names: Vec<_> = actions().map(|row| row.name).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(actions().all(|row| !row.help.is_empty() && !row.help.contains('\n')));
}

#[test]
fn the_manuals_key_table() {
    insta::assert_snapshot!(key_table());
}

#[test]
fn the_example_of_the_settings_file_is_good() {
    let example = [
        binding(1, "desk", "ticket.resolve", &["r"]),
        binding(2, "desk", "ticket.reply", &["R", "ctrl-r"]),
        binding(3, "desk", "ticket.close", &[]),
    ];
    assert_eq!(problems(&example), "");
}

#[test]
fn what_is_wrong_with_keys_names_both_rows_and_the_line() {
    let twice = problems(&[binding(4, "desk", "ticket.resolve", &["c"])]);
    assert!(
        twice.contains("Some(4)") && twice.contains("ticket.comment"),
        "{twice}"
    );
    let prefix = problems(&[binding(5, "desk", "ticket.resolve", &["g"])]);
    assert!(prefix.contains("Some(5)"), "{prefix}");
    assert!(
        prefix.contains("ticket.resolve (line 5)") && prefix.contains("begins `gg`"),
        "{prefix}"
    );
    let unknown = problems(&[binding(6, "desk", "ticket.resolv", &["x"])]);
    assert!(
        unknown.contains("did you mean ticket.resolve?"),
        "{unknown}"
    );
    assert!(problems(&[binding(7, "nowhere", "quit", &["x"])]).contains("no such context"));
    assert!(problems(&[binding(8, "form", "quit", &["x"])]).contains("belongs to global"));
    assert!(problems(&[binding(9, "global", "quit", &["hyper-x"])]).contains("Some(9)"));
}

#[test]
fn a_prefix_shows_what_may_follow_and_esc_forgets_it() {
    let mut screen = Harness::new(120, 40, 3);
    screen.press("S");
    let pending = screen.state().pending.clone().expect("a hint");
    assert_eq!(pending.typed, "S");
    assert!(
        pending
            .next
            .iter()
            .any(|hint| hint.keys == "." && hint.help == "SEV_2.5")
    );
    screen.press("Esc");
    assert_eq!(screen.state().pending, None);
    assert!(screen.given().is_empty());
    screen.press("S1");
    assert_eq!(screen.given().len(), 1);
}

#[test]
fn a_paste_never_runs_commands() {
    let mut screen = Harness::new(120, 40, 3);
    screen.act(Action::Pasted("xQ:quit\n".to_owned()));
    assert!(screen.done.is_empty());
    assert!(screen.notice().contains("a paste goes into text only"));
    screen.press("/");
    screen.act(Action::Pasted("Ticket 1\nQ".to_owned()));
    assert_eq!(screen.list().typed, "Ticket 1 Q");
    assert!(screen.done.is_empty());
}

#[test]
fn help_finds_and_runs_what_is_picked() {
    let mut screen = Harness::new(120, 40, 3);
    screen.press("?");
    screen.write("resolve");
    screen.press("Enter");
    assert_eq!(screen.given().len(), 1);
    screen.press(":");
    screen.write("severity.1");
    let Some(Overlay::Picker(picker)) = screen.state().top_overlay() else {
        panic!("a picker");
    };
    assert!(!picker.matches.is_empty());
    screen.press("Esc");
    screen.press("Q");
    assert_eq!(screen.done, [Effect::Quit]);
}

#[test]
fn an_action_says_why_it_can_not_be_done() {
    let mut screen = Harness::new(120, 40, 0);
    screen.press("x");
    assert_eq!(screen.notice(), "no ticket is selected");
    screen.press("u");
    assert_eq!(screen.notice(), "there is nothing to undo");
    screen.act(Action::Key(Key::ctrl('r')));
    assert!(screen.notice().contains("does nothing here"));
    assert!(action("ticket.resolve").is_some());
}

#[test]
fn hints_show_the_live_binding() {
    let screen = Harness::new(120, 40, 3);
    let hints = &screen.state().hints;
    assert!(
        hints
            .iter()
            .any(|it| it.keys == "x" && it.help == "resolve"),
        "{hints:?}"
    );
}
