use super::harness::{FAMILY, Harness, ticket_id};
use crate::app::board::{BoardCursor, DayOf};
use crate::app::effect::{Action, Slot};
use crate::app::layout::Size;
use crate::app::state::Overlay;
use crate::app::state::{Pane, View};
use crate::model::severity::Severity;
use crate::query::Order;
use crate::replica::view::{Answer, Window};

#[test]
fn moving_within_what_is_loaded_asks_nothing() {
    let mut screen = Harness::new(120, 40, 1000);
    let asked = screen.asked[&Slot::List];
    for _ in 0..20 {
        screen.press("j");
    }
    assert_eq!(screen.place(), 20);
    assert_eq!(screen.asked[&Slot::List], asked);
}

#[test]
fn the_list_scrolls_by_half_pages() {
    let mut screen = Harness::new(120, 40, 1000);
    let height = screen.state().layout.list_rows() as u64;
    for _ in 1..height {
        screen.press("j");
    }
    assert_eq!((screen.place(), screen.list().top), (height - 1, 0));
    screen.press("j");
    assert_eq!(screen.list().top, height / 2);
    for _ in 0..=height / 2 {
        screen.press("k");
    }
    assert_eq!(screen.list().top, 0);
}

#[test]
fn every_key_of_a_burst_counts_also_past_what_is_loaded() {
    let mut screen = Harness::new(120, 40, 5000);
    screen.held_back = Some(Vec::new());
    for _ in 0..900 {
        screen.press("j");
    }
    screen.press("k");
    let held = screen.held_back.take().expect("held");
    for effect in held {
        screen.answer(effect);
    }
    assert_eq!(screen.place(), 899);
    screen.press("G");
    assert_eq!(screen.place(), 4999);
    screen.press("gg");
    assert_eq!(screen.place(), 0);
    screen.press("^d");
    assert_eq!(screen.place(), screen.state().layout.list_rows() as u64 / 2);
}

#[test]
fn keys_typed_while_the_end_is_being_read_are_not_lost() {
    let mut screen = Harness::new(120, 40, 5000);
    screen.held_back = Some(Vec::new());
    screen.press("G");
    screen.press("kk");
    for effect in screen.held_back.take().expect("held") {
        screen.answer(effect);
    }
    assert_eq!(screen.place(), 4997);
}

#[test]
fn a_change_keeps_the_cursor_on_its_ticket_or_the_next() {
    let mut screen = Harness::new(120, 40, 100);
    screen.press("jjj");
    screen.world.tickets.remove(0);
    screen.act(Action::Changed);
    let selected = screen.list().selected.expect("a ticket");
    assert_eq!((selected.ticket_id, selected.place), (ticket_id(3), 2));
    screen.world.tickets.remove(2);
    screen.act(Action::Changed);
    let selected = screen.list().selected.expect("a ticket");
    assert_eq!((selected.ticket_id, selected.place), (ticket_id(4), 2));
    screen.world.tickets.clear();
    screen.act(Action::Changed);
    assert_eq!(screen.list().selected, None);
}

#[test]
fn a_stale_answer_is_dropped() {
    let mut screen = Harness::new(120, 40, 10);
    screen.held_back = Some(Vec::new());
    screen.press("/");
    screen.write("Ti");
    let held = screen.held_back.take().expect("held");
    assert_eq!(held.len(), 2);
    let mut held = held.into_iter();
    let (first, second) = (held.next().expect("first"), held.next().expect("second"));
    screen.answer(second);
    let before = screen.list().window.clone();
    let crate::app::effect::Effect::Ask { slot, number, .. } = first else {
        panic!("a question");
    };
    let answer = Ok(Answer::List(Window::default()));
    screen.act(Action::Answered {
        slot,
        number,
        answer,
    });
    assert_eq!(screen.list().window, before);
}

#[test]
fn the_filter_narrows_while_it_is_typed_and_any_text_is_valid() {
    let mut screen = Harness::new(120, 40, 30);
    screen.press("/");
    screen.write("Ticket 2");
    // Eleven with such a title, and number 2.
    assert_eq!(screen.list().window.total, 12);
    assert_eq!(screen.list().query.order(), Order::NEWEST);
    screen.press("Enter");
    assert!(screen.list().filter.is_none());
    assert_eq!(screen.list().window.total, 12);
    screen.press("Esc");
    assert_eq!(screen.list().window.total, 30);
    assert_eq!(screen.list().query.order(), Order::GRAVEST);
    screen.done.clear();
    screen.press("/");
    screen.write("\"'(:*q");
    assert!(screen.done.is_empty());
    screen.press("Esc");
    assert_eq!(screen.list().query, screen.list().home);
}

#[test]
fn a_search_looks_everywhere_in_the_family_and_esc_comes_back() {
    let mut screen = Harness::new(120, 40, 30);
    screen.press("g/");
    screen.write("Ticket 7");
    screen.press("Enter");
    assert_eq!(screen.list().place_name, "Search");
    assert_eq!(screen.list().query.to_string(), "Ticket 7 sort:relevance");
    assert_eq!(screen.list().family, Some(FAMILY));
    screen.press("Esc");
    assert!(!screen.list().searching);
    assert_eq!(screen.list().window.total, 30);
}

#[test]
fn queues_show_their_tickets_as_the_cursor_moves() {
    let mut screen = Harness::new(120, 40, 10);
    screen.press("2");
    screen.press("jjjj");
    assert_eq!(screen.list().query.to_string(), "queue:IT is:open sort:sev");
    assert_eq!(screen.list().query_words, "is:open sort:sev");
    assert_eq!(screen.list().place_name, "Home / IT");
    assert_eq!(screen.list().window.total, 5);
    screen.press("za");
    assert_eq!(screen.state().desk.queues.lines.len(), 4);
    screen.press("zR");
    assert_eq!(screen.state().desk.queues.lines.len(), 6);
}

#[test]
fn a_severity_is_a_filter_that_toggles() {
    let mut screen = Harness::new(120, 40, 4);
    screen.press("z1");
    assert_eq!(screen.list().query.severity(), Some(Severity::Sev1));
    assert_eq!(screen.list().query_words, "is:open sev:1 sort:sev");
    screen.press("z1");
    assert_eq!(screen.list().query.severity(), None);
}

#[test]
fn a_narrow_screen_goes_deeper_and_back_one_pane_at_a_time() {
    let mut screen = Harness::new(80, 24, 4);
    screen.press("1");
    let mut seen = vec![screen.state().desk.focus];
    for _ in 0..3 {
        screen.press("Enter");
        seen.push(screen.state().desk.focus);
        assert!(screen.state().layout.shows(screen.state().desk.focus));
    }
    assert_eq!(
        seen,
        [Pane::Families, Pane::Queues, Pane::List, Pane::Thread]
    );
    assert!(screen.state().desk.thread.thread.is_some());
    screen.press("Esc");
    screen.press("Esc");
    screen.press("Esc");
    assert_eq!(screen.state().desk.focus, Pane::Families);
}

#[test]
fn a_middle_screen_opens_the_thread_below_and_a_wide_one_has_it_beside() {
    let mut middle = Harness::new(120, 40, 4);
    assert!(!middle.state().layout.shows(Pane::Thread));
    assert!(middle.state().desk.thread.thread.is_none());
    middle.press("Enter");
    assert!(middle.state().layout.shows(Pane::Thread));
    middle.press("h");
    assert_eq!(middle.state().desk.focus, Pane::List);
    middle.press("j");
    assert_eq!(middle.state().desk.thread.ticket_id, Some(ticket_id(1)));

    let mut wide = Harness::new(160, 40, 4);
    assert!(wide.state().desk.thread.thread.is_some());
    wide.act(Action::Resized(Size {
        width: 30,
        height: 10,
    }));
    wide.press("jjG");
    assert_eq!(wide.place(), 3);
}

#[test]
fn a_thread_is_read_to_the_end_of_a_comment_before_the_next() {
    let mut screen = Harness::new(80, 24, 4);
    screen.world.comments = 30;
    screen.press("Enter");
    let mut last = (0, 0);
    for _ in 0..200 {
        screen.press("j");
        let thread = &screen.state().desk.thread;
        assert!((thread.top, thread.skip) >= last, "never backwards");
        last = (thread.top, thread.skip);
    }
    assert_eq!(screen.state().desk.thread.cursor, 30);
    screen.press("gg");
    let thread = &screen.state().desk.thread;
    assert_eq!((thread.cursor, thread.top, thread.skip), (0, 0, 0));
}

#[test]
fn every_number_of_the_board_opens_the_list_behind_it() {
    let mut screen = Harness::new(120, 40, 4);
    screen.press("gd");
    assert_eq!(screen.state().view, View::Board);
    screen.press("Enter");
    assert_eq!(screen.state().view, View::Desk);
    assert_eq!(screen.list().query.severity(), Some(Severity::Sev1));

    screen.press("gd");
    screen.press("ll");
    screen.press("Enter");
    assert_eq!(
        screen.list().query.to_string(),
        "is:open sev:1 created:2026-11-20T11:00:01Z..2026-11-21T10:00:00Z sort:sev"
    );

    screen.press("gd");
    screen.press("G");
    screen.press("Enter");
    assert_eq!(screen.list().place_name, "Unassigned");
    assert_eq!(screen.list().query_words, "is:open sort:sev");
    screen.press("Esc");
    assert_eq!(screen.state().view, View::Board);
    assert_eq!(screen.state().board.cursor, BoardCursor::Holder(0));
    screen.press("kk");
    assert_eq!(
        screen.state().board.cursor,
        BoardCursor::Day(DayOf::Created, 1)
    );
    screen.press("hj");
    screen.press("Enter");
    assert_eq!(
        screen.list().query.to_string(),
        "resolved:2026-11-20T00:00:00Z..2026-11-20T23:59:59Z sort:-created"
    );
    screen.press("Esc");
    screen.press("Esc");
    assert_eq!(screen.list().query, screen.list().home);
}

#[test]
fn the_query_line_edits_the_whole_query_and_completes() {
    let mut screen = Harness::new(120, 40, 6);
    screen.press("f");
    screen.write("qu");
    screen.press("Tab");
    screen.write("k");
    screen.press("Tab");
    let Some(Overlay::QueryLine(line)) = screen.state().top_overlay() else {
        panic!("the query line");
    };
    assert_eq!(line.input.value(), "is:open sort:sev queue:Kitchen ");
    assert!(line.meaning.contains("Home / Kitchen"), "{}", line.meaning);
    screen.press("Enter");
    assert_eq!(screen.list().place_name, "Home / Kitchen");
    assert_eq!(screen.list().window.total, 3);
    screen.press("f");
    screen.press("^u");
    screen.write("sve:3");
    screen.press("Enter");
    assert!(
        screen.notice().contains("did you mean sev:3?"),
        "{}",
        screen.notice()
    );
    screen.press("Esc");
    assert_eq!(screen.list().query, screen.list().home);
}

#[test]
fn a_filter_is_a_query_and_what_is_odd_about_it_is_said() {
    let mut screen = Harness::new(120, 40, 6);
    screen.press("/");
    screen.write("queue:kitchen -\"Ticket 3\"");
    assert_eq!(screen.list().window.total, 2);
    assert_eq!(screen.list().place_name, "Home / Kitchen");
    screen.write(" assignee:bne");
    assert!(screen.notice().contains("did you mean assignee:Ben?"));
    screen.press("Esc");
    assert_eq!(screen.list().window.total, 6);
}

#[test]
fn all_that_match_are_marked_and_acted_on() {
    let mut screen = Harness::new(80, 24, 1_200);
    screen.press("/");
    screen.write("Ticket 11");
    screen.press("Enter");
    screen.press("*");
    assert_eq!(screen.list().marks.len(), 112);
    screen.press("x");
    assert_eq!(screen.given().len(), 112);
    screen.press("Esc");
    screen.press("*");
    assert_eq!(screen.list().marks.len(), 1_000);
    assert!(
        screen.notice().contains("the newest of 1,088"),
        "{}",
        screen.notice()
    );
}
