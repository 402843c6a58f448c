use super::harness::{Harness, attached};
use crate::app::attach::{Completed, NotOpened};
use crate::app::effect::{Action, Effect};
use crate::app::prompt::Prompt;
use crate::app::state::Overlay;
use crate::model::command::CommandBody;

fn prompt(screen: &Harness) -> &Prompt {
    match screen.state().top_overlay() {
        Some(Overlay::Prompt(prompt)) => prompt,
        other => panic!("a prompt: {other:?}"),
    }
}

fn last(screen: &Harness) -> &Effect {
    screen.done.last().expect("something was asked for")
}

/// The thread of a ticket whose second comment has so many files.
fn thread(files: &[&str]) -> Harness {
    let mut screen = Harness::new(120, 40, 1);
    screen.world.files = files.iter().map(|name| (*name).to_owned()).collect();
    screen.act(Action::Changed);
    screen.press("4");
    screen.press("G");
    screen
}

#[test]
fn files_stand_in_the_form_and_go_with_the_comment() {
    let mut screen = Harness::new(120, 40, 1);
    screen.press("c");
    screen.write("Look.");
    for name in ["~/a.png", "'~/b c.png'", "~/d.png"] {
        screen.press("^f");
        screen.write(name);
        screen.press("Enter");
    }
    // The last one is taken out again.
    screen.press("Tab");
    screen.press("Backspace");
    // Left and opened again, they are still there.
    screen.press("Esc");
    screen.press("c");
    screen.press("^s");
    assert!(!screen.has_form(), "{}", screen.notice());
    let given = screen.given();
    let [
        CommandBody::CommentAdd(said),
        CommandBody::AttachmentAdd(a),
        CommandBody::AttachmentAdd(b),
    ] = given.as_slice()
    else {
        panic!("{given:?}");
    };
    assert_eq!(
        (a.file.file_name.as_str(), b.file.file_name.as_str()),
        ("a.png", "b c.png")
    );
    assert_eq!(
        (a.comment_id, b.comment_id),
        (Some(said.comment_id), Some(said.comment_id))
    );
    assert_ne!(a.attachment_id, b.attachment_id);
}

#[test]
fn what_can_not_be_read_is_said_at_the_field() {
    let mut screen = Harness::new(120, 40, 1);
    screen.world.unreadable = true;
    screen.press("n");
    screen.press("^f");
    screen.write("/etc/shadow");
    screen.press("Enter");
    match screen.state().top_overlay() {
        Some(Overlay::Composer(form)) => {
            let error = form.error.as_ref().expect("an error");
            assert!(error.field.is_some() && error.why.contains("can't be read"));
            assert!(form.files().is_empty());
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_path_is_completed_unless_somebody_typed_on() {
    let mut screen = Harness::new(120, 40, 1);
    screen.press("A");
    screen.write("~/bo");
    screen.press("Tab");
    assert_eq!(*last(&screen), Effect::CompletePath("~/bo".to_owned()));
    let completed = |typed: &str| {
        Action::PathCompleted(Completed {
            typed: typed.to_owned(),
            path: "~/boiler.".to_owned(),
            choices: vec!["boiler.jpg".to_owned(), "boiler.pdf".to_owned()],
        })
    };
    screen.act(completed("~/b"));
    assert_eq!(prompt(&screen).input.value(), "~/bo");
    screen.act(completed("~/bo"));
    assert_eq!(prompt(&screen).input.value(), "~/boiler.");
    assert_eq!(prompt(&screen).choices.len(), 2);
}

#[test]
fn one_file_is_opened_at_once_and_saved_where_there_is_no_desktop() {
    let mut screen = thread(&["a.png"]);
    screen.press("o");
    let Effect::OpenFile { file, .. } = last(&screen).clone() else {
        panic!("{:?}", last(&screen));
    };
    assert_eq!(file.file_name, "a.png");
    screen.act(Action::FileOpened(Err(NotOpened {
        why: "there is no desktop here".to_owned(),
        save: Some(Box::new(file.clone())),
    })));
    assert_eq!(screen.notice(), "there is no desktop here");
    assert_eq!(prompt(&screen).title, "Save a.png in");
    screen.write("Downloads");
    screen.press("Enter");
    let Effect::SaveFiles { files, folder, .. } = last(&screen) else {
        panic!("{:?}", last(&screen));
    };
    assert_eq!((files, folder.as_str()), (&vec![file], "~/Downloads"));
    // The next time it begins there.
    screen.press("O");
    assert_eq!(prompt(&screen).input.value(), "~/Downloads");
}

#[test]
fn of_several_files_one_is_picked_or_all() {
    let mut screen = thread(&["a.png", "b.png"]);
    screen.press("o");
    screen.write("b.p");
    screen.press("Enter");
    let opened = last(&screen);
    assert!(matches!(opened, Effect::OpenFile { file, .. } if file.file_name == "b.png"));
    screen.press("O");
    screen.write("all");
    screen.press("Enter");
    screen.press("Enter");
    let saved = last(&screen);
    assert!(matches!(saved, Effect::SaveFiles { files, .. } if files.len() == 2));
    screen.press(":");
    screen.write("attachment.remove a.png");
    screen.press("Enter");
    let key = attached("a.png").key();
    assert_eq!(screen.given(), [CommandBody::EntityDelete(key)]);
}

#[test]
fn without_files_nothing_can_be_opened() {
    let mut screen = thread(&[]);
    screen.press("o");
    assert_eq!(screen.notice(), "there is no file on this ticket");
}

#[test]
fn a_file_on_a_comment_that_is_not_loaded_is_opened_too() {
    let mut screen = Harness::new(120, 40, 1);
    screen.world.files_elsewhere = vec!["bill.pdf".to_owned()];
    screen.act(Action::Changed);
    screen.press("4");
    screen.press("o");
    let Effect::OpenFile { file, .. } = last(&screen) else {
        panic!("{:?}", last(&screen));
    };
    assert_eq!(file.file_name, "bill.pdf");
}
