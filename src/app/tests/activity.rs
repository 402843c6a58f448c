use serde_json::json;
use uuid::Uuid;

use super::harness::{ANA, FAMILY, Harness, IT, KITCHEN, NOW, ticket_id};
use crate::app::activity::{ActivityLine, ActivityPane};
use crate::app::effect::{Action, Slot};
use crate::app::layout::Size;
use crate::app::state::{Pane, View};
use crate::model::audience::Audience;
use crate::model::audit::{Action as Deed, AuditRecord};
use crate::model::entity::EntityKey;
use crate::model::id::CommandId;
use crate::replica::view::HistoryOf;

/// A change of one of three tickets' titles.
fn changed(seq: i64) -> AuditRecord {
    let ticket_id = ticket_id(seq.unsigned_abs() as u128 % 3);
    AuditRecord {
        seq,
        family_id: Some(FAMILY),
        entity: EntityKey::Ticket(ticket_id),
        version: seq,
        action: Deed::Update,
        command_type: "ticket.set".to_owned(),
        command_id: CommandId(Uuid::from_u128(seq.unsigned_abs() as u128)),
        device_id: None,
        actor_user_id: ANA,
        on_behalf_of: None,
        time: NOW.plus(-3_600 * (1_000 - seq)),
        before: Some(json!({"title": format!("Title {}", seq - 1)})),
        after: Some(json!({"title": format!("Title {seq}")})),
        audience: Audience::Ticket { ticket_id },
        hash: String::new(),
    }
}

/// A screen over three tickets of which so many changes are known.
fn with_changes(count: i64) -> Harness {
    let mut screen = Harness::new(80, 24, 3);
    screen.world.history = (1..=count).rev().map(changed).collect();
    screen
}

fn pane(screen: &Harness) -> &ActivityPane {
    &screen.state().activity
}

/// The sequence number under the cursor.
fn here(screen: &Harness) -> i64 {
    pane(screen).entries[pane(screen).cursor].seq
}

/// The sequence numbers whose changes are shown.
fn open(screen: &Harness) -> Vec<i64> {
    let entries = pane(screen).entries.iter();
    entries.filter(|it| it.is_open).map(|it| it.seq).collect()
}

fn assert_cursor_on_screen(screen: &Harness) {
    let pane = pane(screen);
    let is_here = |line: &ActivityLine| match line {
        ActivityLine::Entry(at) | ActivityLine::Detail(at, _) => *at == pane.cursor,
        ActivityLine::Day(_) | ActivityLine::Incomplete => false,
    };
    let mut shown = pane.lines.iter().skip(pane.top).take(20);
    assert!(
        shown.any(is_here),
        "top {}, cursor {}",
        pane.top,
        pane.cursor
    );
}

#[test]
fn it_begins_with_what_one_is_on_and_widens_to_the_family() {
    let mut screen = with_changes(30);
    let on = screen.list().selected.expect("a ticket").ticket_id;
    screen.press("ga");
    assert_eq!(screen.state().view, View::Activity);
    assert_eq!(pane(&screen).of, Some(HistoryOf::Ticket(FAMILY, on)));
    assert_eq!(pane(&screen).position().map(|it| it.1), Some(10));
    let was = here(&screen);
    let queue = screen.world.tickets.iter().find(|it| it.ticket_id == on);
    let queue = queue.expect("there").queue_id;
    screen.press(">");
    assert_eq!(pane(&screen).of, Some(HistoryOf::Queue(FAMILY, queue)));
    screen.press(">");
    assert_eq!(pane(&screen).of, Some(HistoryOf::Family(FAMILY)));
    assert_eq!(pane(&screen).position().map(|it| it.1), Some(30));
    assert_eq!(here(&screen), was, "the change under the cursor stays");
    screen.press(">");
    assert!(screen.notice().contains("all of the family"));
    screen.press("<");
    screen.press("<");
    assert_eq!(pane(&screen).of, Some(HistoryOf::Ticket(FAMILY, on)));
    screen.press("Esc");
    assert_eq!(screen.state().view, View::Desk);

    screen.press("gd");
    screen.press("ga");
    screen.press("Esc");
    assert_eq!(
        screen.state().view,
        View::Board,
        "back to where one came from"
    );
}

#[test]
fn from_the_places_it_is_of_the_queue_and_leads_to_a_ticket_of_it() {
    let mut screen = with_changes(30);
    screen.press("2");
    screen.press("ga");
    assert_eq!(pane(&screen).of, Some(HistoryOf::Family(FAMILY)));
    screen.press("Esc");
    screen.press("G");
    screen.press("ga");
    let Some(HistoryOf::Queue(_, queue)) = pane(&screen).of else {
        panic!("{:?}", pane(&screen).of);
    };
    assert!(queue == IT || queue == KITCHEN);
    screen.press("j");
    let on = pane(&screen).entries[1].ticket_id.expect("a ticket");
    screen.press("<");
    assert_eq!(pane(&screen).of, Some(HistoryOf::Ticket(FAMILY, on)));
    screen.press("t");
    let desk = &screen.state().desk;
    assert_eq!(
        (screen.state().view, desk.focus),
        (View::Desk, Pane::Thread)
    );
    assert_eq!(desk.thread.ticket_id, Some(on));
}

#[test]
fn of_a_long_history_a_window_is_loaded_and_moves_along() {
    let mut screen = with_changes(2_000);
    screen.press("1");
    screen.press("ga");
    assert_eq!((here(&screen), pane(&screen).entries.len()), (2_000, 200));
    for expected in (1_501..2_000).rev() {
        screen.press("j");
        assert_eq!(here(&screen), expected);
    }
    assert!(pane(&screen).entries.len() <= 200);
    assert_cursor_on_screen(&screen);
    assert_eq!(pane(&screen).position(), Some((500, 2_000, false)));
    screen.press("G");
    assert_eq!(
        (here(&screen), pane(&screen).position()),
        (1, Some((2_000, 2_000, false)))
    );
    assert_cursor_on_screen(&screen);
    for _ in 0..40 {
        screen.press("PgUp");
        assert_cursor_on_screen(&screen);
    }
    assert!(here(&screen) > 600, "{}", here(&screen));
    screen.press("gg");
    assert_eq!(here(&screen), 2_000);
    assert!(screen.asked[&Slot::Activity] < 60);
}

#[test]
fn stepping_through_time_opens_one_change_at_a_time() {
    let mut screen = with_changes(9);
    screen.press("1");
    screen.press("ga");
    screen.press("h");
    assert_eq!((here(&screen), open(&screen)), (9, vec![9]));
    screen.press("h");
    screen.press("h");
    assert_eq!((here(&screen), open(&screen)), (7, vec![7]));
    screen.press("l");
    assert_eq!((here(&screen), open(&screen)), (8, vec![8]));
    // What was opened by hand stays.
    screen.press("Enter");
    assert!(open(&screen).is_empty());
    screen.press("Enter");
    screen.press("h");
    assert_eq!(open(&screen), [8, 7]);
    screen.press("zR");
    assert_eq!(open(&screen).len(), 9);
    screen.press("zM");
    assert!(open(&screen).is_empty());
    screen.press("gg");
    screen.press("l");
    screen.press("l");
    assert!(screen.notice().contains("newest"), "{}", screen.notice());
}

#[test]
fn what_is_new_comes_in_without_moving_ones_place() {
    let mut screen = with_changes(100);
    screen.press("1");
    screen.press("ga");
    screen.world.history.insert(0, changed(101));
    screen.act(Action::Changed);
    assert_eq!(
        (here(&screen), pane(&screen).top),
        (100, 0),
        "it is seen above the cursor"
    );
    assert_eq!(pane(&screen).entries[0].seq, 101);
    for _ in 0..40 {
        screen.press("j");
    }
    let (was, line) = (
        here(&screen),
        pane(&screen).cursor + pane(&screen).lines.len(),
    );
    let row = |screen: &Harness| {
        let pane = pane(screen);
        let is_it =
            |line: &ActivityLine| matches!(line, ActivityLine::Entry(at) if *at == pane.cursor);
        pane.lines.iter().position(is_it).expect("a line") - pane.top
    };
    let on_screen = row(&screen);
    screen.world.history.insert(0, changed(102));
    screen.act(Action::Changed);
    assert_eq!((here(&screen), row(&screen)), (was, on_screen));
    assert_ne!(line, pane(&screen).cursor + pane(&screen).lines.len());
    // It may go, too: the ticket was hidden.
    screen.world.history.retain(|it| it.seq != was);
    screen.act(Action::Changed);
    assert_eq!(here(&screen), was - 1);
    screen.world.history.clear();
    screen.act(Action::Changed);
    screen.press("j");
    screen.press("Enter");
    assert!(
        screen.notice().contains("nothing has happened"),
        "{}",
        screen.notice()
    );
}

#[test]
fn a_change_that_is_taller_than_the_screen_is_read_to_its_end() {
    let mut screen = with_changes(9);
    let long = |line: &str| (0..80).map(|n| format!("{line} {n}\n")).collect::<String>();
    screen.world.history[4].before = Some(json!({"title": long("Sat")}));
    screen.world.history[4].after = Some(json!({"title": long("Mon")}));
    screen.press("1");
    screen.press("ga");
    for _ in 0..4 {
        screen.press("j");
    }
    screen.press("Enter");
    let was = here(&screen);
    let mut steps = 0;
    while here(&screen) == was {
        screen.press("j");
        steps += 1;
        assert_cursor_on_screen(&screen);
        assert!(steps < 40);
    }
    assert!(steps > 5, "{steps}");
    for (width, height) in [(40, 12), (300, 80), (41, 13)] {
        screen.act(Action::Resized(Size { width, height }));
        screen.press("k");
        screen.press("^d");
        screen.press("^u");
    }
}
