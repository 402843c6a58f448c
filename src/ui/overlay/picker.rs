//! A searchable list: help, the command line, people, queues, tags.

use ratatui::layout::{Position, Rect};

use crate::app::mouse::Hit;
use crate::app::picker::{Picker, PickerFor, PickerRow};
use crate::text::plural::grouped;
use crate::text::width;

use super::super::chrome::{PaneTitle, line, pane};
use super::super::empty;
use super::super::field;
use super::super::pen::Pen;
use super::super::theme::Role;
use super::Over;

const WIDTH: u16 = 84;
const NARROW_WIDTH: u16 = 52;
/// Rows beside the matches: borders, what is typed, what is wrong, the keys.
const AROUND: u16 = 5;
const MOST_ROWS: u16 = 20;
const MERGE_ROWS: u16 = 12;

pub fn draw(pen: &mut Pen, over: Over, picker: &Picker) -> Option<Position> {
    let all = match picker.purpose {
        // Its rows change with every letter; the box does not.
        PickerFor::MergeInto | PickerFor::PartOf => MERGE_ROWS,
        _ => u16::try_from(picker.rows.len()).unwrap_or(MOST_ROWS),
    };
    let height = all.clamp(3, MOST_ROWS) + AROUND;
    let width = match picker.purpose {
        PickerFor::Help
        | PickerFor::Palette
        | PickerFor::CommandLine
        | PickerFor::MergeInto
        | PickerFor::PartOf
        | PickerFor::Unmerge
        | PickerFor::Webhook(_)
        | PickerFor::File(_)
        | PickerFor::Deleted => WIDTH,
        PickerFor::Assignee
        | PickerFor::AssignedGroup
        | PickerFor::Queue
        | PickerFor::QueueOfRefused
        | PickerFor::TagToRemove
        | PickerFor::Participant(_)
        | PickerFor::ParticipantToRemove
        | PickerFor::RoleOf(_)
        | PickerFor::Newcomer(_)
        | PickerFor::GroupOf(_)
        | PickerFor::Theme => NARROW_WIDTH,
    };
    let area = over.open(pen, width, height);
    let right = format!(
        "{} of {}",
        grouped(picker.matches.len() as u64),
        grouped(picker.rows.len() as u64)
    );
    let title = PaneTitle {
        right: &right,
        focus: true,
        ..PaneTitle::new("", &picker.title)
    };
    let inner = pane(pen, area, &title);
    let cursor = draw_input(pen, inner, picker);
    draw_matches(pen, inner, picker);
    if inner.height > 3 {
        over.keys(pen, inner);
    }
    cursor
}

fn draw_input(pen: &mut Pen, inner: Rect, picker: &Picker) -> Option<Position> {
    let mark = match picker.purpose {
        PickerFor::CommandLine => ":",
        PickerFor::Help
        | PickerFor::Palette
        | PickerFor::Assignee
        | PickerFor::AssignedGroup
        | PickerFor::Queue
        | PickerFor::QueueOfRefused
        | PickerFor::TagToRemove
        | PickerFor::Participant(_)
        | PickerFor::ParticipantToRemove
        | PickerFor::RoleOf(_)
        | PickerFor::Newcomer(_)
        | PickerFor::GroupOf(_)
        | PickerFor::Deleted
        | PickerFor::Webhook(_)
        | PickerFor::File(_)
        | PickerFor::MergeInto
        | PickerFor::PartOf
        | PickerFor::Unmerge
        | PickerFor::Theme => "/",
    };
    pen.row(inner, 0).skip(1).say(mark, Role::Key);
    let typed = Rect {
        x: inner.x + 3.min(inner.width),
        width: inner.width.saturating_sub(4),
        ..line(inner, 0)
    };
    if let Some(error) = &picker.error {
        pen.row(inner, 1).skip(3).user(error, Role::Error);
    }
    field::draw(pen, typed, &picker.input)
}

fn draw_matches(pen: &mut Pen, inner: Rect, picker: &Picker) {
    let list = Rect {
        y: inner.y + 2.min(inner.height),
        height: inner.height.saturating_sub(3),
        ..inner
    };
    if picker.matches.is_empty() {
        return empty::say(pen, list, &[("nothing matches", Role::Dim)]);
    }
    let height = usize::from(list.height);
    let top = (picker.cursor + 1).saturating_sub(height);
    let shown = picker
        .matches
        .iter()
        .filter_map(|index| picker.rows.get(*index));
    let columns = Columns::of(picker, usize::from(list.width));
    let rows = shown.enumerate().skip(top).take(height);
    for ((index, row), at) in rows.zip(0..) {
        pen.spot(line(list, at), Hit::Match(index));
        draw_row(pen, line(list, at), (row, index == picker.cursor, &columns));
    }
}

/// Widths of the keys and the labels; the rest is for details.
struct Columns {
    keys: usize,
    label: usize,
}

impl Columns {
    fn of(picker: &Picker, columns: usize) -> Columns {
        let widest = |text: fn(&PickerRow) -> &str, most: usize| {
            let rows = picker.rows.iter();
            rows.map(|row| width(text(row)))
                .max()
                .unwrap_or(0)
                .min(most)
        };
        let bare = |row: &PickerRow| row.detail.is_empty() && row.blocked.is_none();
        let for_label = if picker.rows.iter().all(bare) {
            // The cursor and a blank at each end.
            columns.saturating_sub(3)
        } else {
            columns / 2
        };
        Columns {
            keys: widest(|row| &row.keys, columns / 4),
            label: widest(|row| &row.label, for_label),
        }
    }
}

fn draw_row(pen: &mut Pen, area: Rect, (row, here, columns): (&PickerRow, bool, &Columns)) {
    let role = match (&row.blocked, here) {
        (Some(_), _) => Role::Dim,
        (None, true) => Role::Selected,
        (None, false) => Role::Text,
    };
    let mut to = pen.row(area, 0);
    to.cursor(here).skip(1);
    if columns.keys > 0 {
        to.user_column(&row.keys, columns.keys, Role::Key).skip(2);
    }
    to.user_column(&row.label, columns.label, role).skip(2);
    match &row.blocked {
        Some(why) => to.say("not now: ", Role::Warning).user(why, Role::Warning),
        None => to.user(&row.detail, Role::Dim),
    };
}
