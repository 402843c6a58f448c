//! The mouse on the screens as they are drawn.

use super::session::Session;
use crate::app::board::{BoardCursor, DayOf};
use crate::app::composer::{Composer, FieldName, FieldValue};
use crate::app::mouse::{Hit, MouseKind};
use crate::app::people::PeopleLine;
use crate::app::state::{Overlay, Pane, View};
use crate::model::severity::Severity;

const DOWN: MouseKind = MouseKind::Scroll(3);

fn form(session: &Session) -> &Composer {
    match session.state().top_overlay() {
        Some(Overlay::Composer(form)) => form,
        other => panic!("no form: {other:?}"),
    }
}

#[test]
fn a_click_goes_there_a_second_opens_and_the_wheel_scrolls_what_is_below() {
    let mut session = Session::started(160, 40);
    session.click("Shared calendar");
    let selected = |session: &Session| session.state().desk.list.selected.map(|it| it.place);
    assert_eq!(selected(&session), Some(2));
    assert_eq!(session.state().desk.focus, Pane::List);
    session.click("Shared calendar");
    assert_eq!(session.state().desk.focus, Pane::Thread);
    session.point("Printer jams", DOWN);
    assert_eq!(selected(&session), Some(5));
    assert_eq!(session.state().desk.focus, Pane::Thread, "the keys stay");
    session.click("Kitchen  ");
    assert_eq!(session.state().desk.focus, Pane::Queues);
    session.click("Book club");
    assert_eq!(session.state().desk.focus, Pane::Families);
    session.click_on(Hit::Strip(2));
    let severity = session.state().desk.list.query.severity();
    assert_eq!(severity, Some(Severity::Sev2_5));
}

#[test]
fn every_number_of_the_board_is_clicked() {
    let mut session = Session::started(120, 40);
    session.keys(&["gd"]);
    let cursor = |session: &Session| session.state().board.cursor;
    session.click("SEV_2  ");
    assert_eq!(cursor(&session), BoardCursor::Band(Severity::Sev2));
    session.click("Boiler");
    assert!(matches!(
        cursor(&session),
        BoardCursor::Ticket(Severity::Sev2, 0)
    ));
    session.click("nobody");
    let BoardCursor::Holder(holder) = cursor(&session) else {
        panic!("{:?}", cursor(&session));
    };
    session.point("nobody", DOWN);
    assert!(matches!(cursor(&session), BoardCursor::Holder(at) if at >= holder));
    session.keys(&["h", "l"]);
    for of in [DayOf::Created, DayOf::Resolved] {
        let day = BoardCursor::Day(of, 0);
        session.click_on(Hit::Board(day));
        assert_eq!(cursor(&session), day);
    }
    let cell = BoardCursor::Heat(Severity::Sev4, 4);
    session.click_on(Hit::Board(cell));
    assert_eq!(cursor(&session), cell);
    session.click_on(Hit::Board(cell));
    assert_eq!(session.state().view, View::Desk);
}

#[test]
fn pickers_lines_and_hints_take_clicks_and_what_lies_beside_them_none() {
    let mut session = Session::started(120, 40);
    session.keys(&["m"]);
    session.click("Cousins / Events");
    session.point("Home / IT", DOWN);
    session.click("Shared calendar");
    let Some(Overlay::Picker(picker)) = session.state().top_overlay() else {
        panic!("a click beside the picker closed it");
    };
    assert_eq!(picker.cursor, 2);
    session.click("Home / Kitchen");
    session.click("Home / Kitchen");
    assert!(session.state().top_overlay().is_none());
    session.keys(&["f"]);
    session.typed("is:");
    session.click("is:mine");
    session.click("is:mine");
    let Some(Overlay::QueryLine(line)) = session.state().top_overlay() else {
        panic!("no query line");
    };
    assert!(line.input.value().ends_with("is:mine "));
    session.keys(&["Esc", "g"]);
    session.click("Outbox");
    assert_eq!(session.state().view, View::Outbox);
    assert!(session.state().pending.is_none());
}

#[test]
fn a_form_takes_clicks_on_its_fields_and_options() {
    let mut session = Session::started(120, 40);
    session.keys(&["n"]);
    session.typed("Tap drips");
    session.click("Queue ");
    assert_eq!(
        form(&session).fields[form(&session).focus].name,
        FieldName::Queue
    );
    session.click("  Home / Kitchen");
    let chosen = |session: &Session| match &form(session).fields[2].value {
        FieldValue::Choice(choice) => choice.options[choice.chosen].label.clone(),
        FieldValue::Text(_) | FieldValue::Files(_) => panic!("not the queue"),
    };
    assert_eq!(chosen(&session), "Home / Kitchen");
    session.click("Tags");
    session.typed("water");
    session.click("Wi-Fi is down");
    let typed = |session: &Session, at: usize| match &form(session).fields[at].value {
        FieldValue::Text(text) => text.value(),
        FieldValue::Choice(_) | FieldValue::Files(_) => panic!("not typed"),
    };
    assert_eq!(typed(&session, 5), "water");
    assert_eq!(typed(&session, 0), "Tap drips");
}

#[test]
fn people_and_the_first_start_take_clicks() {
    let mut session = Session::started(120, 40);
    session.keys(&["gp"]);
    session.click("Cousins");
    let cursor = session.state().people.cursor;
    assert!(matches!(cursor, Some(PeopleLine::Group(_))), "{cursor:?}");
    session.point("Cousins", MouseKind::Scroll(-3));
    assert_ne!(session.state().people.cursor, cursor);
}
