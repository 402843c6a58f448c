use std::time::Duration;

use super::harness::{FAMILY, Harness, ticket_id};
use crate::app::effect::{Action, Effect};
use crate::app::reading::{GATHER, REST};
use crate::app::state::Overlay;
use crate::model::command::CommandBody;
use crate::model::refusal::Refusal;

const SOON: Duration = Duration::from_millis(10);

/// A screen whose first few tickets are unread.
fn unread(size: (u16, u16), tickets: u128) -> Harness {
    let mut screen = Harness::silent(size.0, size.1, tickets);
    screen.world.unread = (0..tickets).map(ticket_id).collect();
    let effects = screen.app.start();
    screen.carry_out(effects);
    screen
}

/// The tickets of each read that was given.
fn reads(screen: &mut Harness) -> Vec<Vec<u128>> {
    let given = screen.given().into_iter();
    let tickets = given.filter_map(|command| match command {
        CommandBody::TicketRead { tickets, seq: 7 } => Some(tickets),
        _ => None,
    });
    let plain = |tickets: Vec<_>| {
        let all = 0..100_u128;
        all.filter(|n| tickets.contains(&ticket_id(*n))).collect()
    };
    tickets.map(plain).collect()
}

fn rows_unread(screen: &Harness) -> Vec<bool> {
    screen
        .list()
        .window
        .rows
        .iter()
        .map(|it| it.unread)
        .collect()
}

#[test]
fn a_rest_beside_the_list_reads_and_passing_by_does_not() {
    let mut screen = unread((160, 40), 5);
    for _ in 0..3 {
        screen.pass(REST - SOON);
        screen.press("j");
    }
    screen.pass(REST - SOON);
    assert_eq!(rows_unread(&screen), [true; 5]);
    screen.pass(SOON);
    assert_eq!(rows_unread(&screen), [true, true, true, false, true]);
    assert!(reads(&mut screen).is_empty());
    screen.pass(GATHER);
    assert_eq!(reads(&mut screen), [[3]]);
    assert_eq!(screen.notice(), "");
    assert!(screen.alarms.is_empty(), "an idle screen wakes for nothing");
}

#[test]
fn nothing_is_read_where_no_thread_is_shown_or_something_lies_over_it() {
    let mut narrow = unread((80, 24), 3);
    assert!(narrow.alarms.is_empty());
    narrow.press("j");
    assert!(narrow.alarms.is_empty());
    for keys in ["c", "?", "n"] {
        let mut screen = unread((160, 40), 3);
        screen.press(keys);
        screen.pass(REST * 2);
        assert!(reads(&mut screen).is_empty(), "{keys}");
        // What was covered is rested on anew.
        screen.press("Esc");
        screen.pass(REST + GATHER);
        assert_eq!(reads(&mut screen), [[0]], "{keys}");
    }
}

#[test]
fn an_opened_thread_is_read_at_once_and_several_are_given_as_one() {
    let mut screen = unread((80, 24), 3);
    screen.press("Enter");
    assert_eq!(rows_unread(&screen), [false, true, true]);
    screen.press("Esc");
    screen.press("j");
    screen.press("Enter");
    assert!(reads(&mut screen).is_empty());
    screen.pass(GATHER);
    assert_eq!(reads(&mut screen), [[0, 1]]);
    assert!(screen.alarms.is_empty());
}

#[test]
fn what_comes_while_the_thread_has_the_keys_is_read_too() {
    let mut screen = unread((80, 24), 3);
    screen.press("Enter");
    screen.pass(GATHER);
    screen.given();
    screen.world.unread.insert(ticket_id(0));
    screen.world.latest_seq = 8;
    screen.act(Action::Changed);
    screen.pass(GATHER);
    let read = CommandBody::TicketRead {
        tickets: vec![ticket_id(0)],
        seq: 8,
    };
    assert_eq!(screen.given(), [read]);
}

#[test]
fn what_comes_while_nobody_presses_a_key_stays_unread_beside_the_list() {
    let mut screen = Harness::new(160, 40, 3);
    screen.world.unread.insert(ticket_id(0));
    screen.act(Action::Changed);
    screen.pass(REST * 10);
    assert!(reads(&mut screen).is_empty());
    screen.press("l");
    screen.press("h");
    screen.pass(GATHER);
    assert_eq!(reads(&mut screen), [[0]]);
}

#[test]
fn what_was_read_is_given_before_the_screen_goes_or_shows_something_newer() {
    let mut screen = unread((80, 24), 3);
    screen.press("Enter");
    let left = screen.app.leave();
    assert!(matches!(
        left.0.as_slice(),
        [Effect::Give { family_id: FAMILY, deed: None, commands, .. }] if commands.len() == 1
    ));
    let mut screen = unread((80, 24), 3);
    screen.press("Enter");
    screen.act(Action::Changed);
    assert_eq!(reads(&mut screen), [[0]]);
}

#[test]
fn a_read_that_was_not_taken_is_told_and_shows_as_unread_again() {
    let mut screen = unread((160, 40), 3);
    screen.world.refuse = Some(Refusal::invalid("tickets", "no"));
    screen.pass(REST + GATHER);
    assert!(screen.notice().contains("was not noted"));
    assert_eq!(rows_unread(&screen), [true; 3]);
}

#[test]
fn markers_are_set_by_word_for_all_that_is_marked_and_looking_leaves_them() {
    let mut screen = unread((160, 40), 3);
    screen.press("V");
    screen.press("sr");
    assert_eq!(reads(&mut screen), [[0, 1, 2]]);
    assert_eq!(screen.notice(), "marked 3 tickets as read");
    screen.press("sr");
    assert_eq!(screen.notice(), "RIV-2026-0001 is already read");
    for pane in ["3", "4"] {
        screen.press(pane);
        screen.press("su");
        assert_eq!(rows_unread(&screen), [true, false, false]);
        screen.press("l");
        screen.pass(REST + GATHER);
        assert_eq!(rows_unread(&screen), [true, false, false], "pane {pane}");
        // Until another ticket was looked at.
        screen.press("3");
        screen.press("j");
        screen.press("k");
        screen.pass(REST + GATHER);
        assert_eq!(rows_unread(&screen), [false; 3]);
    }
}

#[test]
fn a_legend_names_the_marks() {
    let mut screen = Harness::new(80, 24, 1);
    screen.press(":");
    screen.write("legend");
    screen.press("Enter");
    let Some(Overlay::Message(message)) = screen.state().top_overlay() else {
        panic!("a message");
    };
    assert!(message.text.contains("•  unread"));
}
