//! How everything looks: the files under `snapshots/` are the screen, line by line.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::rc::Rc;

use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

use crate::app::board::BoardCursor;
use crate::app::layout::{Size, Widths, lay_out};
use crate::app::state::{
    Connection, Cut, Notice, NoticeKind, Offline, Pane, Selected, State, View,
};
use crate::app::text_field::TextField;
use crate::app::triage::{Passed, parts};
use crate::config::{self, Capabilities, ColourDepth};
use crate::model::id::TicketId;
use crate::model::severity::Severity;
use crate::sync::transfer::{Freight, Transfer};
use uuid::Uuid;

use super::draw::draw;
use super::fixture::{
    bare, conflicts, desk, drawn, file_row, focus, outbox, painted, plain_theme, theme, with_others,
};
use super::text_dump;
use super::theme::Theme;

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];

/// Compares a screen with its file.
fn shows(name: &str, state: &State) {
    let Size { width, height } = state.size;
    let drawn = drawn(state, &plain_theme());
    insta::assert_snapshot!(format!("{name}_{width}x{height}"), text_dump::text(&drawn));
}

fn at_all_sizes(name: &str, make: impl Fn(u16, u16) -> State) {
    for (width, height) in SIZES {
        shows(name, &make(width, height));
    }
}

#[test]
fn the_desk() {
    at_all_sizes("desk", desk);
    for (width, height) in [(40, 12), (140, 40), (200, 60)] {
        shows("desk", &desk(width, height));
    }
}

#[test]
fn each_pane_with_the_keys() {
    at_all_sizes("families", |w, h| focus(desk(w, h), Pane::Families, false));
    at_all_sizes("queues", |w, h| focus(desk(w, h), Pane::Queues, false));
    at_all_sizes("thread", |w, h| focus(desk(w, h), Pane::Thread, true));
    shows("thread", &focus(desk(40, 12), Pane::Thread, true));
    shows("thread", &focus(desk(200, 60), Pane::Thread, true));
}

#[test]
fn a_thread_scrolled_to_its_end() {
    at_all_sizes("thread_scrolled", |w, h| {
        let mut state = focus(desk(w, h), Pane::Thread, true);
        state.desk.thread.top = 3;
        state.desk.thread.skip = 2;
        state.desk.thread.cursor = 4;
        state
    });
}

#[test]
fn the_board() {
    let board = |w, h, cursor| {
        let mut state = desk(w, h);
        state.view = View::Board;
        state.board.cursor = cursor;
        state
    };
    for (width, height) in [(40, 12), (80, 24), (120, 40), (200, 60)] {
        let cursor = BoardCursor::Ticket(Severity::Sev3, 1);
        shows("board", &board(width, height, cursor));
        let cursor = BoardCursor::Heat(Severity::Sev4, 2);
        shows("board_heat", &board(width, height, cursor));
    }
    shows("board_holder", &board(40, 12, BoardCursor::Holder(3)));
    at_all_sizes("board_loading", |w, h| {
        let mut state = board(w, h, BoardCursor::default());
        state.board.board = None;
        state
    });
}

#[test]
fn triage() {
    let triage_of = |w, h, ticket: bool| {
        let mut state = focus(desk(w, h), Pane::Thread, true);
        state.view = View::Triage;
        state.triage.loaded = true;
        state.triage.left = if ticket { 16 } else { 0 };
        state.triage.ticket_id = state.desk.thread.ticket_id.filter(|_| ticket);
        let passed = |n: u128| Passed {
            ticket_id: TicketId(Uuid::from_u128(n)),
            skipped: n == 3,
        };
        state.triage.passed = (0..6).map(passed).collect();
        state.layout.thread = Some(parts(state.layout.body).1);
        state
    };
    for (width, height) in [(40, 12), (80, 24), (120, 40)] {
        shows("triage", &triage_of(width, height, true));
        shows("triage_end", &triage_of(width, height, false));
    }
    let mut nothing = triage_of(80, 24, false);
    nothing.triage.passed.clear();
    shows("triage_nothing", &nothing);
}

#[test]
fn the_outbox() {
    let outbox_of = |w, h, outbox| {
        let mut state = desk(w, h);
        state.view = View::Outbox;
        state.outbox.outbox = outbox;
        state
    };
    for (width, height) in [(40, 12), (80, 24), (120, 40)] {
        let state = outbox_of(width, height, Some(Box::new(outbox())));
        shows("outbox", &state);
    }
    at_all_sizes("outbox_offline", |w, h| {
        let mut state = outbox_of(w, h, Some(Box::new(outbox())));
        state.outbox.cursor = 1;
        state.status.connection = Connection::Offline(Offline {
            why: "no answer from the server".to_owned(),
            cut: Cut::Away,
            since: state.now.plus(-7200),
            tries: 3,
            next_try: state.now.plus(300),
        });
        state
    });
    at_all_sizes("outbox_empty", |w, h| outbox_of(w, h, Some(Box::default())));
}

#[test]
fn conflicts_with_both_sides() {
    let with = |w, h, cursor| {
        let mut state = desk(w, h);
        state.view = View::Conflicts;
        state.outbox.outbox = Some(Box::new(conflicts()));
        state.status.outbox = conflicts().summary;
        state.outbox.cursor = cursor;
        state
    };
    let cards = ["claim", "text", "merged", "refused", "blocked", "deleted"];
    for (cursor, card) in cards.into_iter().enumerate() {
        at_all_sizes(&format!("conflict_{card}"), |w, h| with(w, h, cursor));
    }
    for (width, height) in [(40, 12), (200, 60)] {
        shows("conflict_text", &with(width, height, 1));
    }
    at_all_sizes("conflicts_none", |w, h| {
        let mut state = with(w, h, 0);
        state.outbox.outbox = Some(Box::new(outbox()));
        state
            .outbox
            .outbox
            .as_mut()
            .expect("there")
            .entries
            .remove(0);
        state
    });
    at_all_sizes("conflicts_counted", |w, h| {
        let mut state = desk(w, h);
        state.status.outbox = conflicts().summary;
        state
    });
}

#[test]
fn the_status_line_says_why_nothing_goes_out() {
    let cut = |why: &'static str, cut| {
        move |w, h| {
            let mut state = desk(w, h);
            state.status.outbox.waiting = 14;
            state.hints.clear();
            state.status.connection = Connection::Offline(Offline {
                why: why.to_owned(),
                cut,
                since: state.now.plus(-3 * 3_600),
                tries: 3,
                next_try: state.now.plus(40),
            });
            state
        }
    };
    let away = cut("no answer for 45 s", Cut::Away);
    at_all_sizes("cut_off_away", away);
    at_all_sizes("cut_off_full", cut("its disk is full", Cut::CannotStore));
    let damaged = "/srv/famdesk/store.db is damaged (database disk image is malformed)";
    at_all_sizes("cut_off_damaged", cut(damaged, Cut::Damaged));
    at_all_sizes("cut_off_failing", cut("it is starting", Cut::Failing));
    at_all_sizes("trouble_of_the_server", |w, h| {
        let mut state = desk(w, h);
        state.status.outbox.waiting = 0;
        state.status.trouble = Some(format!(
            "the server's store is damaged and takes nothing: {damaged}; restore a backup"
        ));
        state
    });
    at_all_sizes("cut_off_outdated", |w, h| {
        let mut state = desk(w, h);
        state.status.connection = Connection::Outdated;
        state.status.outbox.waiting = 14;
        state
    });
}

#[test]
fn marks_filters_and_notices() {
    at_all_sizes("marked", |w, h| {
        let mut state = desk(w, h);
        let list = &mut state.desk.list;
        list.marks = list.window.rows[2..5]
            .iter()
            .map(|row| row.ticket_id)
            .collect();
        list.query = crate::query::parse("is:open sev:3 sort:sev").query;
        state.status.notice = Some(Notice {
            kind: NoticeKind::Done,
            text: "3 tickets assigned to ben; u undoes it".to_owned(),
        });
        state
    });
}

#[test]
fn offline_and_refused() {
    at_all_sizes("offline", |w, h| {
        let mut state = desk(w, h);
        state.status.connection = Connection::Offline(Offline {
            why: "no answer from the server".to_owned(),
            cut: Cut::Away,
            since: state.now.plus(-7200),
            tries: 3,
            next_try: state.now.plus(300),
        });
        state.status.outbox.refused = 1;
        state
    });
    at_all_sizes("signed_out", |w, h| {
        let mut state = desk(w, h);
        state.status.connection = Connection::SignedOut;
        state.status.outbox.waiting = 14;
        state
    });
}

#[test]
fn nothing_to_show() {
    at_all_sizes("empty_family", |w, h| {
        let mut state = desk(w, h);
        state.desk.list.window = Default::default();
        state.desk.list.selected = None;
        state.desk.thread = Default::default();
        state
    });
    at_all_sizes("nothing_found", |w, h| {
        let mut state = desk(w, h);
        state.desk.list.window = Default::default();
        state.desk.list.selected = None;
        state.desk.list.query = crate::query::parse("is:open unicorn").query;
        state.desk.list.query_words = "is:open unicorn".to_owned();
        state
    });
    at_all_sizes("starting", bare);
    at_all_sizes("first_fetch", |w, h| {
        let mut state = bare(w, h);
        state.status.transfer = Some(Transfer {
            what: Freight::Family("Rivera family".to_owned()),
            done: 1_400,
            total: 5_230,
            left: Some(170),
        });
        state
    });
    at_all_sizes("loading", |w, h| {
        let mut state = desk(w, h);
        state.desk.list.window = Default::default();
        state.desk.list.loading = true;
        state
    });
}

#[test]
fn too_small() {
    shows("too_small", &desk(38, 11));
    shows("too_small", &desk(20, 5));
}

#[test]
fn what_only_a_newer_program_can_read_is_told_of() {
    at_all_sizes("newer", |w, h| {
        let mut state = desk(w, h);
        state.status.outbox.newer = 3;
        state
    });
}

#[test]
fn others_at_tickets() {
    at_all_sizes("others", |w, h| with_others(desk(w, h)));
    at_all_sizes("others_thread", |w, h| {
        with_others(focus(desk(w, h), Pane::Thread, true))
    });
    let can = Capabilities {
        colour: ColourDepth::None,
        unicode: false,
    };
    let theme = Theme::new(config::Theme::Auto, can, false);
    let ascii = text_dump::text(&drawn(&with_others(desk(80, 24)), &theme));
    assert!(ascii.is_ascii());
    insta::assert_snapshot!("ascii_others", ascii);
    // Without them it is the very same screen, but for their marks.
    let without = text_dump::text(&drawn(&desk(80, 24), &theme));
    let differ = |(a, b): &(char, char)| a != b;
    let marks: String = ascii
        .chars()
        .zip(without.chars())
        .filter(differ)
        .map(|it| it.0)
        .collect();
    assert_eq!(marks, "w@");
}

#[test]
fn plain_ascii() {
    let can = Capabilities {
        colour: ColourDepth::None,
        unicode: false,
    };
    let theme = Theme::new(config::Theme::Auto, can, false);
    let mut state = focus(desk(120, 40), Pane::List, true);
    let desk = text_dump::text(&drawn(&state, &theme));
    assert!(desk.is_ascii());
    insta::assert_snapshot!("ascii_desk", desk);
    state.view = View::Board;
    let board = text_dump::text(&drawn(&state, &theme));
    assert!(board.is_ascii());
    insta::assert_snapshot!("ascii_board", board);
}

#[test]
fn styles_of_each_theme() {
    let mut state = focus(desk(120, 40), Pane::Thread, true);
    state.desk.list.query = crate::query::parse("is:open sev:2 sort:sev").query;
    for (name, choice, colour) in [
        ("dark", config::Theme::Dark, ColourDepth::Sixteen),
        ("light", config::Theme::Light, ColourDepth::TrueColour),
        ("no_colour", config::Theme::Auto, ColourDepth::None),
    ] {
        let drawn = drawn(&state, &theme(choice, colour));
        insta::assert_snapshot!(format!("styles_{name}"), text_dump::styles(&drawn));
    }
}

/// A text with everything in it that is drawn.
const DRAWN: &str = "# What I tried\n\nThe **red** light is *on*; see [the manual](http://a.example/page).\n\n\
    1. the switch\n   - the *left* one\n2. ~~restart~~\n- [x] call `ping 10.0.0.1`\n- [ ] wait\n\n\
    > no carrier, it said, and that for the whole of the afternoon, whatever anybody did to it\n>> really\n\n\
    ```sh\nfor i in 1 2 3; do ping -c 1 router.local.example || echo \"nothing from the router at all\"; done\n```\n\n\
    | Room | Light |\n|---|--:|\n| Hall | red |\n| 台所 | none |\n\n---\n<b>snake_case_name</b> 2*3*4";

#[test]
fn a_text_is_drawn_within_its_width_or_shown_as_typed() {
    for (width, height) in [(80, 40), (40, 40), (120, 60)] {
        let mut state = focus(desk(width, height), Pane::Thread, true);
        let thread = state.desk.thread.thread.as_mut().expect("a thread");
        thread.description = Some(DRAWN.to_owned());
        shows("drawn_text", &state);
    }
    let mut state = focus(desk(80, 40), Pane::Thread, true);
    let thread = state.desk.thread.thread.as_mut().expect("a thread");
    thread.description = Some(DRAWN.to_owned());
    let drawn = drawn(&state, &theme(config::Theme::Dark, ColourDepth::Sixteen));
    insta::assert_snapshot!("styles_drawn_text", text_dump::styles(&drawn));
}

#[test]
fn files_on_a_ticket_and_its_comments() {
    at_all_sizes("files", |width, height| {
        let mut state = focus(desk(width, height), Pane::Thread, true);
        let thread = state.desk.thread.thread.as_mut().expect("a thread");
        thread.files = vec![file_row("router.png"), file_row("bill \u{202e}fdp.exe")];
        thread.files[1].file.content_type = "application/octet-stream".to_owned();
        thread.comments[0].files = vec![file_row("red light.png")];
        thread.comments[0].files[0].unsent = true;
        state.status.transfer = Some(Transfer {
            what: Freight::FileOut("red light.png".to_owned()),
            done: 1_310_720,
            total: 2_411_724,
            left: None,
        });
        state
    });
}

/// Every width with one height or another, and each pane in its turn.
#[test]
fn any_size_is_drawn() {
    let theme = plain_theme();
    let panes = [Pane::Families, Pane::Queues, Pane::List, Pane::Thread];
    // Seventeen of them, so that every height meets every pane.
    let heights = (5..=85).step_by(5).cycle();
    for ((width, height), pane) in (20..=300).zip(heights).zip(panes.into_iter().cycle()) {
        let mut state = focus(desk(width, height), pane, true);
        drawn(&state, &theme);
        state.view = View::Board;
        drawn(&state, &theme);
    }
}

/// The same, drawn into a larger buffer: what stands outside stays.
#[test]
fn a_layout_larger_than_the_screen_is_clipped() {
    let mut state = desk(120, 40);
    state.size = Size {
        width: 50,
        height: 13,
    };
    drawn(&state, &plain_theme());
}

#[test]
fn one_step_of_the_cursor_changes_a_few_cells() {
    let mut state = desk(120, 40);
    let theme = plain_theme();
    let before = drawn(&state, &theme);
    let list = &mut state.desk.list;
    list.selected = Some(Selected {
        ticket_id: list.window.rows[1].ticket_id,
        place: 1,
    });
    let after = drawn(&state, &theme);
    let changed = before.diff(&after);
    assert!(changed.len() <= 4, "{} cells", changed.len());
}

/// What a step of the cursor sends to the terminal, over a slow line too.
#[test]
fn one_step_of_the_cursor_sends_few_bytes() {
    for colour in [ColourDepth::Sixteen, ColourDepth::TrueColour] {
        let theme = theme(config::Theme::Dark, colour);
        let mut state = desk(120, 40);
        let sent = Sent::default();
        let area = Rect::new(0, 0, 120, 40);
        let options = TerminalOptions {
            viewport: Viewport::Fixed(area),
        };
        let backend = CrosstermBackend::new(sent.clone());
        let mut terminal = Terminal::with_options(backend, options).expect("a terminal");
        terminal
            .draw(|frame| drop(draw(&state, &theme, frame)))
            .expect("drawn");
        sent.0.borrow_mut().clear();
        let list = &mut state.desk.list;
        list.selected = Some(Selected {
            ticket_id: list.window.rows[1].ticket_id,
            place: 1,
        });
        terminal
            .draw(|frame| drop(draw(&state, &theme, frame)))
            .expect("drawn");
        let bytes = sent.0.borrow().len();
        assert!(bytes <= 174, "{colour:?}: {bytes} bytes");
    }
}

/// Everything that was written.
#[derive(Clone, Default)]
struct Sent(Rc<RefCell<Vec<u8>>>);

impl Write for Sent {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn no_cell_holds_what_could_drive_a_terminal() {
    for pane in [Pane::List, Pane::Thread] {
        let drawn = drawn(&focus(desk(120, 40), pane, true), &plain_theme());
        let symbols: BTreeSet<char> = drawn
            .content
            .iter()
            .flat_map(|cell| cell.symbol().chars())
            .collect();
        assert!(!symbols.iter().any(|c| c.is_control()));
        assert!(!symbols.contains(&'\u{202e}'));
    }
}

#[test]
fn columns_are_straight_whatever_stands_in_them() {
    let state = desk(120, 40);
    let drawn = drawn(&state, &plain_theme());
    let list = state.layout.list.expect("a list");
    let border = list.x + list.width - 1;
    let layout = lay_out(state.size, Widths::default(), (Pane::List, false), 3);
    for y in list.y + 1..list.y + list.height - 1 {
        assert_eq!(drawn[(border, y)].symbol(), "│", "row {y}");
    }
    assert_eq!(layout, state.layout);
}

#[test]
fn a_filter_being_typed() {
    for (width, height) in [(40, 12), (80, 24), (120, 40)] {
        let mut state = desk(width, height);
        state.desk.list.filter = Some(TextField::line("rout"));
        let (drawn, cursor) = painted(&state, &plain_theme());
        insta::assert_snapshot!(
            format!("filter_{width}x{height}"),
            format!("{}{cursor:?}\n", text_dump::text(&drawn))
        );
    }
}
