//! The corpus of awkward strings through every widget: on a terminal that measures every character
//! by itself, as many do, all columns stay straight, and nothing but our own sequences is sent.

use std::cell::RefCell;
use std::io::{self, Write};
use std::num::NonZeroU16;
use std::ops::Range;
use std::rc::Rc;

use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

use crate::app::composer::{
    Choice, ChoiceOption, ChoiceValue, Composer, FieldName, FieldValue, FormError, FormField,
};
use crate::app::first_start::{FirstStart, Step};
use crate::app::message::Message;
use crate::app::picker::{Pick, Picker, PickerFor, PickerRow};
use crate::app::prompt::{Prompt, PromptFor};
use crate::app::state::{Notice, NoticeKind, Overlay, Pane, Pending, State, View};
use crate::app::text_field::TextField;
use crate::replica::view::DraftKind;
use crate::text::corpus::{foreign, strings};

use super::draw::draw;
use super::fixture::{desk, file, file_row, focus, hint, plain_theme};
use super::frugal::Frugal;
use super::overlay::tests::composer;

const WIDTH: u16 = 120;
const HEIGHT: u16 = 40;

/// The bytes of a terminal.
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

/// A real terminal beside the one that draws.
struct Screen {
    sent: Sent,
    drawing: Terminal<Frugal<CrosstermBackend<Sent>>>,
    shown: vt100::Parser,
}

impl Screen {
    fn new() -> Screen {
        let sent = Sent::default();
        let options = TerminalOptions {
            viewport: Viewport::Fixed(Rect::new(0, 0, WIDTH, HEIGHT)),
        };
        let backend = Frugal::new(CrosstermBackend::new(sent.clone()));
        let cells = |cells| NonZeroU16::new(cells).expect("a screen has cells");
        Screen {
            sent,
            drawing: Terminal::with_options(backend, options).expect("a terminal"),
            shown: vt100::Parser::new(cells(HEIGHT), cells(WIDTH), 0),
        }
    }

    /// Draws over what stood there before.
    fn shows(&mut self, state: &State) {
        let theme = plain_theme();
        self.drawing
            .draw(|frame| drop(draw(state, &theme, frame)))
            .expect("drawn");
        let bytes = std::mem::take(&mut *self.sent.0.borrow_mut());
        assert_eq!(foreign(&bytes), Vec::<String>::new());
        // This terminal drops the replacement character, as if it had met broken bytes.
        let text = String::from_utf8(bytes)
            .expect("UTF-8")
            .replace('\u{fffd}', "?");
        self.shown.process(text.as_bytes());
    }

    fn is_straight(&self, columns: &[u16]) {
        self.is_straight_in(columns, 1..HEIGHT - 1);
    }

    fn is_straight_in(&self, columns: &[u16], rows: Range<u16>) {
        let screen = self.shown.screen();
        for column in columns {
            let cell = |row| screen.cell(row, *column).map(|it| it.contents().to_owned());
            let edge: String = rows.clone().filter_map(cell).collect();
            let straight = edge.chars().all(|c| "│├┤┌┐└┘".contains(c));
            assert!(
                straight && edge.chars().count() == rows.len(),
                "column {column}: {edge}\n{}",
                screen.contents()
            );
        }
    }
}

/// The desk with these strings wherever somebody's words stand.
fn everywhere(strings: &[String]) -> State {
    let of = |at: usize| strings[at % strings.len()].clone();
    let mut state = focus(desk(WIDTH, HEIGHT), Pane::List, true);
    state.session.my_name = of(0).chars().take(8).collect();
    for (at, family) in state.session.families.iter_mut().enumerate() {
        family.family_name = of(at);
    }
    for (at, line) in state.desk.queues.lines.iter_mut().enumerate() {
        line.label = of(at + 3);
    }
    let list = &mut state.desk.list;
    (list.place_name, list.query_words) = (of(1), of(2));
    for (at, row) in list.window.rows.iter_mut().enumerate() {
        (row.title, row.assignee) = (of(at), of(at + 5));
    }
    if let Some(thread) = &mut state.desk.thread.thread {
        thread.ticket.title = of(0);
        thread.ticket.waiting_note = Some(of(1));
        thread.ticket.tags = [of(2), of(3)].into();
        (thread.requester, thread.assignee) = (of(4), of(5));
        (thread.queue_name, thread.group_name) = (of(6), of(7));
        thread.description = Some(strings.join("\n\n"));
        thread.files = strings.iter().map(|name| file_row(name)).collect();
        for (at, comment) in thread.comments.iter_mut().enumerate() {
            (comment.author, comment.body) = (of(at), of(at + 6));
        }
    }
    state.status.notice = Some(Notice {
        kind: NoticeKind::Error,
        text: of(8),
    });
    state
}

fn picker(strings: &[String]) -> Picker {
    let row = |text: &String| PickerRow {
        label: text.clone(),
        detail: text.clone(),
        keys: String::new(),
        blocked: Some(text.clone()),
        value: Pick::Tag(text.clone()),
    };
    Picker {
        title: strings[0].clone(),
        purpose: PickerFor::Queue,
        input: TextField::line(&strings[1]),
        rows: strings.iter().map(row).collect(),
        matches: (0..strings.len()).collect(),
        cursor: 0,
        error: Some(strings[2].clone()),
        targets: Vec::new(),
    }
}

/// A form with one field of each kind, something wrong with the first.
fn form(strings: &[String]) -> Composer {
    let text = |name, field| FormField {
        name,
        value: FieldValue::Text(field),
    };
    let options = strings.iter().map(|label| ChoiceOption {
        label: label.clone(),
        value: ChoiceValue::Person(None),
    });
    let fields = vec![
        text(FieldName::Title, TextField::line(&strings.concat())),
        text(FieldName::Description, TextField::text(&strings.join("\n"))),
        FormField {
            name: FieldName::Assignee,
            value: FieldValue::Choice(Choice {
                options: options.collect(),
                chosen: 1,
                typed: strings[2].clone(),
            }),
        },
        FormField {
            name: FieldName::Files,
            value: FieldValue::Files(vec![file(&strings[1])]),
        },
    ];
    let mut form = composer(DraftKind::NewTicket, &strings[0], &strings[1], fields);
    form.focus = 2;
    form.error = Some(FormError {
        field: Some(FieldName::Title),
        caret: None,
        why: strings[3].clone(),
    });
    form
}

fn first_start(strings: &[String], step: Step) -> FirstStart {
    let line = |at: usize| TextField::line(&strings[at]);
    FirstStart {
        step,
        choice: 0,
        display_name: line(0),
        family_name: line(1),
        prefix: line(2),
        group_name: line(3),
        queue_name: line(4),
        time_zone: strings[1].clone(),
        touched: Default::default(),
        error: Some(strings[2].clone()),
    }
}

fn overlays(strings: &[String]) -> Vec<Overlay> {
    vec![
        Overlay::Picker(picker(strings)),
        Overlay::Prompt(Prompt {
            title: strings[0].clone(),
            purpose: PromptFor::TagToAdd,
            input: TextField::line(&strings.concat()),
            help: "one word",
            error: Some(strings[3].clone()),
            targets: Vec::new(),
            about: None,
            files: Vec::new(),
            choices: strings.to_vec(),
        }),
        Overlay::Composer(Box::new(form(strings))),
        Overlay::FirstStart(Box::new(first_start(strings, Step::Welcome))),
        Overlay::FirstStart(Box::new(first_start(strings, Step::Family))),
        Overlay::Message(Message::new(strings[4].clone(), strings.join("\n"))),
    ]
}

/// The outer columns of what is always as wide, and its rows.
fn sides(overlay: &Overlay) -> Option<(u16, u16, Range<u16>)> {
    match overlay {
        Overlay::Composer(_) => Some((18, 101, 7..33)),
        Overlay::FirstStart(_) => Some((24, 95, 12..28)),
        _ => None,
    }
}

#[test]
fn no_string_bends_a_column_or_drives_the_terminal() {
    let strings = strings();
    assert!(strings.len() >= 400, "{}", strings.len());
    let mut screen = Screen::new();
    for strings in strings.chunks(11).filter(|chunk| chunk.len() > 4) {
        let mut state = everywhere(strings);
        screen.shows(&state);
        screen.is_straight(&[0, 23, 24, WIDTH - 1]);
        for overlay in overlays(strings) {
            let sides = sides(&overlay);
            state.overlays.push(overlay);
            screen.shows(&state);
            if let Some((left, right, rows)) = sides {
                screen.is_straight_in(&[left, right], rows);
            }
            state.overlays.pop();
        }
        state.pending = Some(Pending {
            typed: strings[0].clone(),
            next: strings.iter().map(|it| hint(it, it)).collect(),
        });
        screen.shows(&state);
        state.pending = None;
        // What lay over it left nothing behind.
        screen.shows(&state);
        screen.is_straight(&[0, 23, 24, WIDTH - 1]);
        state.desk.list.filter = Some(TextField::line(&strings[3]));
        screen.shows(&state);
        screen.is_straight(&[0, 23, 24, WIDTH - 1]);
        state.desk.list.filter = None;
        state.view = View::Board;
        if let Some(board) = &mut state.board.board {
            let tickets = board.bands.iter_mut().flat_map(|band| &mut band.tickets);
            for (at, ticket) in tickets.enumerate() {
                ticket.title = strings[at % strings.len()].clone();
            }
            for (at, holder) in board.holders.iter_mut().enumerate() {
                holder.name = strings[at % strings.len()].clone();
            }
        }
        screen.shows(&state);
        screen.is_straight(&[0, WIDTH - 1]);
    }
}
