//! The wizard of an empty store.

use ratatui::layout::{Position, Rect};

use crate::app::first_start::{FirstStart, Step};
use crate::app::mouse::Hit;
use crate::app::text_field::TextField;
use crate::text::SafeLines;

use super::super::chrome::{PaneTitle, line, pane};
use super::super::field;
use super::super::pen::Pen;
use super::super::theme::Role;
use super::{Over, centred};

/// A question with its field.
struct Question<'a> {
    ask: &'static str,
    why: &'static str,
    field: &'a TextField,
}

pub fn draw(pen: &mut Pen, over: Over, wizard: &FirstStart) -> Option<Position> {
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
            say(pen, inner, 1, ("Setting things up", Role::Text));
            None
        }
        None => {
            draw_welcome(pen, inner, wizard);
            None
        }
    };
    over.keys(pen, inner);
    cursor
}

/// Wrapped words from a line on; says on which line the next may stand.
fn say(pen: &mut Pen, inner: Rect, from: u16, (words, role): (&str, Role)) -> u16 {
    let columns = usize::from(inner.width.saturating_sub(4)).max(1);
    let words = SafeLines::new(words);
    let mut at = from;
    for row in words.wrap(columns) {
        pen.row(inner, at).skip(2).wrapped(&row, role);
        at = at.saturating_add(1);
    }
    at
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
    let welcome = "There is nothing here yet. What would you like to do?";
    let mut at = say(pen, inner, 1, (welcome, Role::Strong)) + 1;
    let choices = [
        ("Set up my family", "five short questions"),
        ("Look around first", "a made-up family; nothing is kept"),
    ];
    for (index, (name, more)) in choices.into_iter().enumerate() {
        let here = index == wizard.choice;
        pen.spot(line(inner, at), Hit::Welcome(index));
        let mut row = pen.row(inner, at);
        row.skip(1).cursor(here).skip(1).column(
            name,
            20,
            if here { Role::Selected } else { Role::Text },
        );
        if row.room() > more.len() {
            row.say(more, Role::Dim);
        }
        at += 1;
    }
    let zone = format!("Times are shown for {}.", wizard.time_zone);
    at = say(pen, inner, at + 1, (&zone, Role::Dim));
    if let Some(error) = &wizard.error {
        say(pen, inner, at + 1, (error, Role::Error));
    }
}

fn draw_question(
    pen: &mut Pen,
    inner: Rect,
    (wizard, question): (&FirstStart, Question),
) -> Option<Position> {
    let step = format!("{} of 5", step_number(wizard.step));
    say(pen, inner, 0, (&step, Role::Dim));
    let roomy = u16::from(inner.height > 10);
    let at = say(pen, inner, 1 + roomy, (question.ask, Role::Strong));
    let at = say(pen, inner, at, (question.why, Role::Dim)) + roomy;
    pen.row(inner, at).skip(2).say(">", Role::Key);
    let typed = Rect {
        x: inner.x + 4.min(inner.width),
        width: inner.width.saturating_sub(6),
        ..line(inner, at)
    };
    if let Some(error) = &wizard.error {
        say(pen, inner, at + 1 + roomy, (error, Role::Error));
    }
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
