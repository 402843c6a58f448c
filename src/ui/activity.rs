//! Activity: days, under them who did what, and what each change changed where it is unfolded.

use ratatui::layout::Rect;

use crate::app::activity::{ActivityLine, ActivityPane, Entry, INDENT};
use crate::app::mouse::Hit;
use crate::app::state::State;
use crate::replica::view::{HistoryOf, Names};
use crate::text::age;
use crate::text::plural::grouped;

use super::chrome::{PaneTitle, line as one, pane, rect};
use super::empty;
use super::glyphs;
use super::pen::{Pen, Row};
use super::theme::Role;

const TIME: usize = 6;
/// Columns of who did it, on a narrow screen and on others.
const WHO: (usize, usize) = (7, 10);
/// From how many columns inside on it is said which ticket it is about, and what that is called.
const NUMBER_FROM: usize = 58;
const TITLE_FROM: usize = 74;
const NUMBER: usize = 14;
/// The most columns of a title.
const TITLE: usize = 30;

pub fn draw(pen: &mut Pen, state: &State) {
    let activity = &state.activity;
    let area = rect(state.layout.body);
    let detail = place(state);
    let right = match activity.position() {
        Some((here, all, more)) => {
            let plus = if more { "+" } else { "" };
            format!("{} of {}{plus}", grouped(here), grouped(all))
        }
        None => String::new(),
    };
    let title = PaneTitle {
        detail: &detail,
        right: &right,
        focus: true,
        ..PaneTitle::new("", "Activity")
    };
    let inner = pane(pen, area, &title);
    let Some(history) = &activity.history else {
        return empty::say(pen, inner, &[("loading", Role::Dim)]);
    };
    if activity.entries.is_empty() {
        let lines = match history.incomplete {
            true => [
                ("What happened before is still being fetched.", Role::Text),
                ("It appears here as it arrives.", Role::Dim),
            ],
            false => [
                ("Nothing has happened here yet.", Role::Text),
                ("Whatever is changed is told here.", Role::Dim),
            ],
        };
        return empty::say(pen, inner, &lines);
    }
    let lines = activity.lines.iter().skip(activity.top);
    for (line, at) in lines.zip(0..inner.height) {
        let hit = match line {
            ActivityLine::Entry(entry) => Some(Hit::Change(*entry)),
            ActivityLine::Detail(entry, _) => Some(Hit::Detail(*entry)),
            ActivityLine::Day(_) | ActivityLine::Incomplete => None,
        };
        if let Some(hit) = hit {
            pen.spot(one(inner, at), hit);
        }
        draw_line(pen, (inner, at), line, state);
    }
}

/// Whose history it is.
fn place(state: &State) -> String {
    let names = state.activity.history.as_ref().map(|it| &it.names);
    match state.activity.of {
        Some(HistoryOf::Ticket(_, ticket_id)) => {
            let of = |names: &Names| {
                let number = names.tickets.get(&ticket_id)?;
                let title = names.titles.get(&ticket_id)?;
                match number.starts_with('"') {
                    true => Some(number.clone()),
                    false => Some(format!("{number} {title}")),
                }
            };
            names.and_then(of).unwrap_or_default()
        }
        Some(HistoryOf::Queue(_, queue_id)) => {
            let name = names.and_then(|names| names.queues.get(&queue_id));
            name.cloned().unwrap_or_default()
        }
        Some(HistoryOf::Family(family_id) | HistoryOf::Entity(family_id, _)) => {
            let name = state.session.family_name(family_id);
            name.unwrap_or_default().to_owned()
        }
        None => String::new(),
    }
}

fn draw_line(pen: &mut Pen, (inner, at): (Rect, u16), line: &ActivityLine, state: &State) {
    let activity = &state.activity;
    match line {
        ActivityLine::Day(time) => {
            let day = age::day(time.0, state.now.0, &state.session.time_zone);
            let mut row = pen.row(inner, at);
            row.skip(1).user(&day, Role::Strong);
        }
        ActivityLine::Entry(index) => {
            let Some(entry) = activity.entries.get(*index) else {
                return;
            };
            let mut row = pen.row(inner, at);
            row.cursor(*index == activity.cursor);
            draw_entry(&mut row, entry, (activity, state));
        }
        ActivityLine::Detail(index, words) => {
            let mut row = pen.row(inner, at);
            row.cursor(*index == activity.cursor)
                .skip(INDENT - 1)
                .drawn(words);
        }
        ActivityLine::Incomplete => {
            let mut row = pen.row(inner, at);
            row.skip(1)
                .say("Older changes are still being fetched.", Role::Dim);
        }
    }
}

fn draw_entry(row: &mut Row, entry: &Entry, (activity, state): (&ActivityPane, &State)) {
    let columns = row.room();
    let (few, many) = WHO;
    let who = if columns < NUMBER_FROM { few } else { many };
    let fold = match entry.is_open {
        true => glyphs::OPEN_FOLD,
        false => glyphs::CLOSED_FOLD,
    };
    let clock = age::clock(entry.time.0, &state.session.time_zone);
    row.repeat(fold, 1, Role::Dim)
        .skip(1)
        .user_column(&clock, TIME, Role::Dim)
        .user_column(&entry.told.who, who, Role::Strong)
        .skip(1);
    if !activity.is_of_ticket() && columns >= NUMBER_FROM {
        draw_subject(row, entry, columns);
    }
    row.user(&entry.told.what, Role::Text);
}

/// Which ticket it is about, or what else.
fn draw_subject(row: &mut Row, entry: &Entry, columns: usize) {
    let title = match columns >= TITLE_FROM {
        true => ((columns - TITLE_FROM) / 2 + 10).min(TITLE),
        false => 0,
    };
    if entry.ticket_id.is_none() {
        row.user_column(&entry.told.on, NUMBER + title, Role::Dim);
    } else {
        row.user_column(&entry.told.on, NUMBER, Role::Dim);
        row.user_column(&entry.title, title, Role::Dim);
    }
    row.skip(1);
}
