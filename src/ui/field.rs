//! A text that is being typed: wrapped, made safe, scrolled so that the cursor is seen.

use ratatui::layout::{Position, Rect};

use ratatui_textarea::DataCursor;

use crate::app::text_field::TextField;
use crate::text::{SafeLines, SafeText, width};

use super::pen::Pen;
use super::theme::Role;

/// A wrapped row, and where the cursor stands in it if it does.
struct FieldRow {
    text: String,
    cursor: Option<u16>,
}

/// Draws the text and says where its cursor is. `area` is as high as the field may be.
pub fn draw(pen: &mut Pen, area: Rect, field: &TextField) -> Option<Position> {
    if area.width == 0 || area.height == 0 {
        return None;
    }
    if !field.is_multi_line() {
        return draw_line(pen, area, field);
    }
    let rows = rows(field, usize::from(area.width));
    let at = rows
        .iter()
        .position(|row| row.cursor.is_some())
        .unwrap_or(0);
    let top = (at + 1).saturating_sub(usize::from(area.height));
    let mut cursor = None;
    for (row, line) in rows.iter().skip(top).zip(0..area.height) {
        pen.row(area, line).user(&row.text, Role::Text);
        if let Some(column) = row.cursor {
            let x = area.x + column.min(area.width - 1);
            cursor = Some(Position::new(x, area.y + line));
        }
    }
    cursor
}

/// A single line shows the part around its cursor.
fn draw_line(pen: &mut Pen, area: Rect, field: &TextField) -> Option<Position> {
    let text = field.area().lines().first().map_or("", String::as_str);
    let unseen = "*".repeat(text.chars().count());
    let text = if field.is_secret() { &unseen } else { text };
    let DataCursor(_, column) = field.area().cursor();
    let (before, after) = split_at_char(text, column);
    let before = safe_line(before);
    let after = safe_line(after);
    let columns = usize::from(area.width) - 1;
    let mut hidden = 0;
    let mut start = 0;
    let whole = width(&before);
    for (cluster, columns_of) in width::clusters(&before) {
        if whole - hidden <= columns {
            break;
        }
        hidden += columns_of;
        start += cluster.len();
    }
    let mut row = pen.row(area, 0);
    row.user(&before[start..], Role::Text)
        .user(&after, Role::Text);
    let x = u16::try_from(whole - hidden).unwrap_or(area.width - 1);
    Some(Position::new(area.x + x.min(area.width - 1), area.y))
}

fn rows(field: &TextField, columns: usize) -> Vec<FieldRow> {
    let DataCursor(cursor_line, cursor_column) = field.area().cursor();
    let mut rows = Vec::new();
    for (index, line) in field.area().lines().iter().enumerate() {
        let here = index == cursor_line;
        let (before, after) = split_at_char(line, if here { cursor_column } else { 0 });
        let before = safe_line(before);
        let at = here.then_some(before.len());
        let text = before + &safe_line(after);
        wrap_line(&mut rows, &text, (columns, at));
    }
    rows
}

/// Wraps one line; `at` is the cursor's place in it, in bytes.
fn wrap_line(rows: &mut Vec<FieldRow>, text: &str, (columns, at): (usize, Option<usize>)) {
    let first = rows.len();
    let mut starts = Vec::new();
    // Two halves that are harmless alone may not be so side by side.
    let whole = SafeLines::new(text);
    let text = whole.as_str();
    let at = at.map(|at| text.floor_char_boundary(at));
    for row in whole.wrap(columns.max(1)) {
        starts.push((row.start(), width(row.prefix())));
        rows.push(FieldRow {
            text: row.to_string(),
            cursor: None,
        });
    }
    if starts.is_empty() {
        starts.push((0, 0));
        rows.push(FieldRow {
            text: String::new(),
            cursor: None,
        });
    }
    let Some(at) = at else {
        return;
    };
    let which = starts
        .iter()
        .rposition(|(start, _)| *start <= at)
        .unwrap_or(0);
    let (start, prefix) = starts[which];
    let column = prefix + width(&text[start..at.max(start)]);
    rows[first + which].cursor = Some(u16::try_from(column).unwrap_or(u16::MAX));
}

fn split_at_char(text: &str, chars: usize) -> (&str, &str) {
    let at = text
        .char_indices()
        .nth(chars)
        .map_or(text.len(), |(at, _)| at);
    text.split_at(at)
}

fn safe_line(text: &str) -> String {
    SafeText::new(text).into_string()
}
