use super::harness::{Harness, ticket_id};
use crate::app::effect::Effect;
use crate::app::state::View;
use crate::model::severity::Severity;
use crate::model::ticket::TicketField;

use crate::model::command::CommandBody;

fn triage(tickets: u128) -> Harness {
    let mut screen = Harness::new(80, 24, tickets);
    for ticket in &mut screen.world.tickets {
        ticket.assigned_to = None;
        ticket.triaged = false;
    }
    screen.press("gt");
    assert_eq!(screen.state().view, View::Triage);
    screen
}

fn here(screen: &Harness) -> (Option<u128>, (u64, u64)) {
    let pane = &screen.state().triage;
    let place = (0..20).find(|n| pane.ticket_id == Some(ticket_id(*n)));
    (place, pane.progress())
}

#[test]
fn enter_takes_one_as_triaged_and_shows_the_next_until_none_is_left() {
    let mut screen = triage(3);
    assert_eq!(here(&screen), (Some(0), (1, 3)));
    screen.press("Enter");
    assert_eq!(here(&screen), (Some(1), (2, 3)));
    let given = screen.given();
    let [CommandBody::TicketSet { set, .. }] = given.as_slice() else {
        panic!("{given:?}");
    };
    assert_eq!(*set, TicketField::Triaged(true));
    // What was set says that it is triaged; Enter has nothing to add.
    screen.press("1");
    assert_eq!(here(&screen), (Some(1), (2, 3)));
    screen.press("Enter");
    assert_eq!(screen.world.tickets[1].severity, Severity::Sev1);
    assert_eq!(screen.given().len(), 1);
    assert_eq!(here(&screen), (Some(2), (3, 3)));
    screen.press("Enter");
    assert_eq!(here(&screen), (None, (3, 3)));
    screen.press("Enter");
    assert_eq!(here(&screen), (None, (3, 3)));
}

#[test]
fn what_is_skipped_comes_again_after_the_end_and_left_goes_back() {
    let mut screen = triage(3);
    screen.press("Tab");
    assert_eq!(here(&screen), (Some(1), (2, 3)));
    screen.press("h");
    assert_eq!(here(&screen), (Some(0), (1, 3)));
    screen.press("l");
    screen.press("Enter");
    screen.press("Enter");
    assert_eq!(here(&screen), (None, (3, 3)));
    assert_eq!(screen.state().triage.skipped(), 1);
    screen.press("Enter");
    assert_eq!(here(&screen), (Some(0), (3, 3)));
}

#[test]
fn undo_steps_back_to_the_ticket_just_triaged() {
    let mut screen = triage(3);
    screen.press("5");
    screen.press("Enter");
    assert_eq!(here(&screen), (Some(1), (2, 3)));
    screen.press("u");
    assert_eq!(here(&screen), (Some(0), (1, 3)));
    assert!(screen.world.tickets[0].is_untriaged());
    let asked = |it: &&Effect| matches!(it, Effect::Give { .. });
    assert_eq!(screen.done.iter().filter(asked).count(), 1);
}

#[test]
fn the_desk_shows_its_own_ticket_again_after_triage() {
    let mut screen = triage(3);
    screen.press("Enter");
    screen.press("gh");
    let selected = screen.list().selected.map(|it| it.ticket_id);
    assert_eq!(selected, Some(ticket_id(0)));
    screen.press("Enter");
    assert_eq!(screen.state().desk.thread.ticket_id, selected);
}
