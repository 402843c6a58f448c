//! Pane 5: the open tickets by severity, over the list. Each number is a filter.

use super::App;
use super::state::{Pane, State};
use crate::model::severity::Severity;
use crate::text::plural::grouped;
use crate::text::width;

/// A severity of the strip and where it stands in its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StripItem {
    pub severity: Severity,
    pub open: u64,
    /// The list shows this severity alone.
    pub chosen: bool,
    /// The cursor is on it.
    pub here: bool,
    pub text: String,
    /// Its first column, from the strip's left border.
    pub x: u16,
    pub width: u16,
}

/// From how many columns on severities are named in full.
pub const NAMED_FROM: u16 = 68;
/// Border and blank before the first, and what a narrow strip says once for all.
const BEFORE: u16 = 2;
pub const BEFORE_NUMBERS: &str = " SEV";

/// The severities as they stand in a strip of so many columns.
pub fn strip_items(state: &State, columns: u16) -> Vec<StripItem> {
    let narrow = columns < NAMED_FROM;
    let (mut x, between) = if narrow { (BEFORE + 4, 1) } else { (BEFORE, 3) };
    let desk = &state.desk;
    let mut items = Vec::new();
    for (index, (severity, open)) in state.session.severities().enumerate() {
        let name = severity.as_str();
        let chosen = desk.list.query.severity() == Some(severity);
        let mut text = if narrow {
            format!("{}:{}", &name["SEV_".len()..], grouped(open))
        } else {
            format!("{name} {}", grouped(open))
        };
        if chosen {
            text = format!("[{text}]");
        }
        let columns = u16::try_from(width(&text)).unwrap_or(u16::MAX);
        items.push(StripItem {
            severity,
            open,
            chosen,
            here: desk.focus == Pane::Strip && desk.strip == index,
            text,
            x,
            width: columns,
        });
        x = x.saturating_add(columns + between);
    }
    items
}

impl App {
    pub(super) fn focus_strip(&mut self) {
        let query = &self.state.desk.list.query;
        if let Some(severity) = query.severity() {
            let place = Severity::ALL.iter().position(|it| *it == severity);
            self.state.desk.strip = place.unwrap_or(0);
        }
        self.focus(Pane::Strip);
    }

    pub(super) fn strip_move(&mut self, by: i64) {
        let strip = &mut self.state.desk.strip;
        *strip = super::panes::moved(*strip, by, Severity::ALL.len());
    }

    /// Shows the severity under the cursor alone, or all again.
    pub(super) fn strip_open(&mut self) {
        if let Some(severity) = Severity::ALL.get(self.state.desk.strip) {
            self.toggle_severity(*severity);
        }
        self.focus(Pane::List);
    }
}
