//! The wizard of an empty store.

use ratatui::layout::{Position, Rect};

use crate::app::first_start::{FirstStart, Step};
use crate::app::text_field::TextField;
use crate::text::wrap;

use super::super::chrome::{PaneTitle, pane};
use super::super::glyphs;
use super::super::pen::Pen;
use super::super::theme::Role;
use super::{centred, field, keys_line, line};

/// A question with its field.
struct Question<'a> {
    ask: &'static str,
    why: &'static str,
    field: &'a TextField,
}

pub fn draw(pen: &mut Pen, wizard: &FirstStart) -> Option<Position> {
    let whole = pen.area();
    pen.clear(whole);
    let area = centred(whole, 72, 16);
    let title = PaneTitle {
        focus: true,
        ..PaneTitle::new("", "Fam Help Desk")
    };
    let inner = pane(pen, area, &title);
    let cursor = match question(wizard) {
        Some(question) => draw_question(pen, inner, (wizard, question)),
        None if wizard.step == Step::Working => {
            pen.row(inner, 1)
                .skip(2)
                .say("Setting things up", Role::Text);
            None
        }
        None => {
            draw_welcome(pen, inner, wizard);
            None
        }
    };
    if let Some(error) = &wizard.error {
        pen.row(inner, inner.height.saturating_sub(3))
            .skip(2)
            .user(error, Role::Error);
    }
    if inner.height > 1 && wizard.step != Step::Working {
        let back = if wizard.step == Step::Welcome {
            ("q", "quit")
        } else {
            ("Esc", "back")
        };
        let bottom = line(inner, inner.height - 1);
        keys_line(pen, bottom, &[("Enter", "go on"), back]);
    }
    cursor
}

fn question(wizard: &FirstStart) -> Option<Question<'_>> {
    Some(match wizard.step {
        Step::Welcome | Step::Working => return None,
        Step::Name => Question {
            ask: "What are you called?",
            why: "Your family sees this name beside what you write.",
            field: &wizard.display_name,
        },
        Step::Family => Question {
            ask: "What is your family called?",
            why: "Everything you file belongs to it; nobody outside can see it.",
            field: &wizard.family_name,
        },
        Step::Prefix => Question {
            ask: "What do its ticket numbers begin with?",
            why: "Two to six letters or digits, such as RIV in RIV-2026-0042.",
            field: &wizard.prefix,
        },
        Step::Group => Question {
            ask: "Who works on things together?",
            why: "A group of the family, such as Home or Cousins. More can follow.",
            field: &wizard.group_name,
        },
        Step::Queue => Question {
            ask: "Where do tickets go?",
            why: "A queue of that group, such as IT or Kitchen. More can follow.",
            field: &wizard.queue_name,
        },
    })
}

fn draw_welcome(pen: &mut Pen, inner: Rect, wizard: &FirstStart) {
    let columns = usize::from(inner.width.saturating_sub(4)).max(1);
    let welcome = "There is nothing here yet. What would you like to do?";
    let mut at = 1;
    for row in wrap(welcome, columns) {
        pen.row(inner, at).skip(2).say(row.text, Role::Strong);
        at += 1;
    }
    at += 1;
    let choices = [
        ("Set up my family", "five short questions"),
        ("Look around first", "a made-up family; nothing is kept"),
    ];
    for (index, (name, more)) in choices.into_iter().enumerate() {
        let here = index == wizard.choice;
        pen.row(inner, at)
            .skip(1)
            .say(if here { glyphs::CURSOR } else { " " }, Role::Cursor)
            .skip(1)
            .column(name, 20, if here { Role::Selected } else { Role::Text })
            .say(more, Role::Dim);
        at += 1;
    }
    let zone = format!("Times are shown for {}.", wizard.time_zone);
    pen.row(inner, at + 1).skip(2).user(&zone, Role::Dim);
}

fn draw_question(
    pen: &mut Pen,
    inner: Rect,
    (wizard, question): (&FirstStart, Question),
) -> Option<Position> {
    let columns = usize::from(inner.width.saturating_sub(4)).max(1);
    let step = format!("{} of 5", step_number(wizard.step));
    pen.row(inner, 0).skip(2).say(&step, Role::Dim);
    let mut at = 2;
    pen.row(inner, at).skip(2).say(question.ask, Role::Strong);
    at += 1;
    for row in wrap(question.why, columns) {
        pen.row(inner, at).skip(2).say(row.text, Role::Dim);
        at += 1;
    }
    at += 1;
    pen.row(inner, at).skip(2).say(">", Role::Key);
    let typed = Rect {
        x: inner.x + 4.min(inner.width),
        width: inner.width.saturating_sub(6),
        ..line(inner, at)
    };
    field::draw(pen, typed, question.field)
}

fn step_number(step: Step) -> u8 {
    match step {
        Step::Welcome | Step::Name => 1,
        Step::Family => 2,
        Step::Prefix => 3,
        Step::Group => 4,
        Step::Queue | Step::Working => 5,
    }
}
