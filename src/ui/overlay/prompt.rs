//! One line that is asked for.

use ratatui::layout::{Position, Rect};

use crate::app::prompt::{Prompt, PromptFor};

use super::super::chrome::{PaneTitle, pane};
use super::super::pen::Pen;
use super::super::theme::Role;
use super::{centred, field, keys_line, line};

pub fn draw(pen: &mut Pen, body: Rect, prompt: &Prompt) -> Option<Position> {
    let area = centred(body, 64, 6);
    pen.clear(area);
    let title = PaneTitle {
        focus: true,
        ..PaneTitle::new("", &prompt.title)
    };
    let inner = pane(pen, area, &title);
    pen.row(inner, 0).skip(1).say(">", Role::Key);
    let typed = Rect {
        x: inner.x + 3.min(inner.width),
        width: inner.width.saturating_sub(4),
        ..line(inner, 0)
    };
    let cursor = field::draw(pen, typed, &prompt.input);
    match &prompt.error {
        Some(error) => pen.row(inner, 1).skip(3).user(error, Role::Error),
        None => pen.row(inner, 1).skip(3).say(prompt.help, Role::Dim),
    };
    let keys = [("Enter", verb(prompt.purpose)), ("Esc", "back")];
    keys_line(pen, line(inner, 3), &keys);
    cursor
}

fn verb(purpose: PromptFor) -> &'static str {
    match purpose {
        PromptFor::DueDate => "set",
        PromptFor::Snooze => "snooze",
        PromptFor::TagToAdd => "add",
        PromptFor::WaitingNote => "wait",
        PromptFor::Delete => "delete",
        PromptFor::Search => "search",
    }
}
