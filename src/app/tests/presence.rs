use std::time::Duration;

use super::harness::{BEN, FAMILY, Harness, NOW, ticket_id};
use crate::app::effect::{Action, Effect};
use crate::app::presence::{SETTLES, company, doing_at};
use crate::app::state::{Connection, Offline};
use crate::model::presence::Doing;
use crate::wire::presence::Present;

/// What was said of where the screen is since the last look: tickets by their numbers.
fn said(screen: &mut Harness) -> Vec<Option<(u128, Doing)>> {
    let done = std::mem::take(&mut screen.done).into_iter();
    let said = done.filter_map(|effect| match effect {
        Effect::Appear(place) => Some(place),
        _ => None,
    });
    let numbered = |id| (0..100).find(|n| ticket_id(*n) == id).expect("a ticket");
    let said = said.map(|it| it.map(|(_, at)| (numbered(at.ticket_id), at.doing)));
    said.collect()
}

fn ben(n: u128, doing: Doing, left: u64) -> Present {
    Present {
        family_id: FAMILY,
        ticket_id: ticket_id(n),
        user_id: BEN,
        doing,
        left,
    }
}

#[test]
fn a_screen_says_where_it_is_once_it_stays_there() {
    let mut screen = Harness::new(160, 40, 5);
    screen.press("j");
    screen.press("j");
    assert_eq!(said(&mut screen), []);
    screen.pass(SETTLES);
    assert_eq!(said(&mut screen), [Some((2, Doing::Viewing))]);
    // Writing is said at once, also over the thread, and ends with the form.
    screen.press("c");
    assert_eq!(said(&mut screen), [Some((2, Doing::Replying))]);
    screen.press("?");
    screen.press("Esc");
    screen.press("Esc");
    screen.pass(SETTLES);
    assert_eq!(said(&mut screen), [Some((2, Doing::Viewing))]);
    screen.press("i");
    screen.press("Esc");
    screen.press("e");
    screen.press("Esc");
    assert_eq!(
        said(&mut screen),
        [Some((2, Doing::Noting)), Some((2, Doing::Editing))]
    );
    // Where no ticket is shown it is at none.
    screen.press("gd");
    screen.pass(SETTLES);
    assert_eq!(said(&mut screen), [None]);
    assert!(screen.alarms.is_empty(), "an idle screen wakes for nothing");
    let _ = screen.app.leave();
}

#[test]
fn it_says_so_again_only_while_somebody_is_at_its_keys() {
    let mut screen = Harness::new(80, 24, 3);
    screen.press("j");
    screen.pass(SETTLES);
    assert_eq!(said(&mut screen), []);
    screen.press("Enter");
    screen.pass(SETTLES);
    assert_eq!(said(&mut screen), [Some((1, Doing::Viewing))]);
    let third = i64::try_from(Doing::Viewing.lasts().as_secs()).expect("seconds") / 3;
    for (seconds, times) in [(third - 1, 0), (third, 1), (third + 1, 0), (9 * third, 1)] {
        screen.act(Action::Tick(NOW.plus(seconds)));
        screen.act(Action::Changed);
        assert_eq!(said(&mut screen), [], "after {seconds} s");
        screen.press("j");
        assert_eq!(said(&mut screen).len(), times, "after {seconds} s");
    }
    assert!(screen.alarms.is_empty(), "an idle screen wakes for nothing");
    // Whoever leaves says so.
    let last = screen.app.leave();
    assert!(last.0.contains(&Effect::Appear(None)), "{last:?}");
}

#[test]
fn who_does_not_want_it_says_nothing() {
    let mut screen = Harness::silent_of((160, 40), 3, false);
    let effects = screen.app.start();
    screen.carry_out(effects);
    screen.press("j");
    screen.press("c");
    screen.pass(SETTLES * 2);
    screen.press("Esc");
    screen.pass(SETTLES * 2);
    assert_eq!(said(&mut screen), []);
}

#[test]
fn others_are_shown_until_nothing_is_heard_of_them() {
    let mut screen = Harness::new(80, 24, 3);
    screen.act(Action::Present(vec![
        ben(1, Doing::Viewing, 20),
        ben(2, Doing::Replying, 100),
    ]));
    let at = |screen: &Harness, n| doing_at(ticket_id(n), screen.state());
    assert_eq!(at(&screen, 1), Some(Doing::Viewing));
    assert_eq!(
        company(ticket_id(2), screen.state()).as_deref(),
        Some("Ben is replying")
    );
    screen.act(Action::Tick(NOW.plus(21)));
    screen.pass(Duration::from_secs(21));
    assert_eq!(
        (at(&screen, 1), at(&screen, 2)),
        (None, Some(Doing::Replying))
    );
    // Who is not told of any more is gone.
    screen.act(Action::Present(Vec::new()));
    assert_eq!(at(&screen, 2), None);
}

#[test]
fn a_screen_that_is_cut_off_shows_nobody() {
    let mut screen = Harness::new(80, 24, 3);
    screen.act(Action::Connection(Connection::Live));
    screen.press("Enter");
    screen.pass(SETTLES);
    screen.act(Action::Present(vec![ben(1, Doing::Viewing, 300)]));
    let offline = Offline {
        why: "the backend did not answer".to_owned(),
        cut: Default::default(),
        since: NOW,
        tries: 1,
        next_try: NOW.plus(1),
    };
    screen.act(Action::Connection(Connection::Offline(offline)));
    assert_eq!(doing_at(ticket_id(1), screen.state()), None);
    assert_eq!(said(&mut screen).len(), 1);
    // Who was there knows nothing of it any more, and is told when somebody stirs.
    screen.act(Action::Connection(Connection::Live));
    assert_eq!(said(&mut screen), []);
    screen.press("j");
    assert_eq!(said(&mut screen), [Some((0, Doing::Viewing))]);
}
