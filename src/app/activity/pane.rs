//! The lines of a history, and where its cursor stands among them.

use jiff::tz::TimeZone;

use super::{ActivityLine, ActivityPane, Entry, INDENT};
use crate::model::source::Timestamp;
use crate::replica::view::{COUNTED, HistoryOf};
use crate::text::markdown::Line;
use crate::text::{age, diff};

impl ActivityPane {
    /// Which change of how many the cursor is on; a number that was not counted to its end has a
    /// plus.
    pub fn position(&self) -> Option<(u64, u64, bool)> {
        let history = self.history.as_ref().filter(|_| !self.entries.is_empty())?;
        let here = history.newer + self.cursor as u64 + 1;
        let all = history.newer + self.entries.len() as u64 + history.older;
        let more = history.newer >= COUNTED || history.older >= COUNTED;
        Some((here, all, more))
    }

    /// Whether it is of one ticket, which need not be named on each line.
    pub fn is_of_ticket(&self) -> bool {
        matches!(self.of, Some(HistoryOf::Ticket(..)))
    }

    pub(super) fn under_cursor(&self) -> Option<&Entry> {
        self.entries.get(self.cursor)
    }

    pub(super) fn is_open(&self, seq: i64) -> bool {
        self.all_open != self.turned.contains(&seq)
    }

    pub(super) fn set_open(&mut self, seq: i64, open: bool) {
        if open == self.all_open {
            self.turned.remove(&seq);
        } else {
            self.turned.insert(seq);
        }
    }

    /// Writes the lines anew, for so many columns inside the border.
    pub(super) fn lay(&mut self, columns: usize, zone: &TimeZone) {
        let mut lines = Vec::with_capacity(self.entries.len() + 16);
        let mut day: Option<Timestamp> = None;
        let of_ticket = self.is_of_ticket();
        let columns = columns.saturating_sub(INDENT + 1).max(1);
        for index in 0..self.entries.len() {
            let is_open = self.is_open(self.entries[index].seq);
            let entry = &mut self.entries[index];
            entry.is_open = is_open;
            if day.is_none_or(|day| !age::same_day(day.0, entry.time.0, zone)) {
                lines.push(ActivityLine::Day(entry.time));
                day = Some(entry.time);
            }
            lines.push(ActivityLine::Entry(index));
            if is_open {
                let rows = entry.details(columns, (zone, of_ticket)).into_iter();
                lines.extend(rows.map(|row| ActivityLine::Detail(index, row)));
            }
        }
        let history = self.history.as_ref();
        if history.is_some_and(|it| it.incomplete && it.older == 0) {
            lines.push(ActivityLine::Incomplete);
        }
        self.lines = lines;
    }

    /// The lines of an entry: its own and one behind its last.
    pub(super) fn lines_of(&self, entry: usize) -> Option<(usize, usize)> {
        let is_own = |line: &ActivityLine| matches!(line, ActivityLine::Entry(at) if *at == entry);
        let first = self.lines.iter().position(is_own)?;
        let details = self.lines.iter().skip(first + 1);
        let details = details.take_while(|line| matches!(line, ActivityLine::Detail(..)));
        Some((first, first + 1 + details.count()))
    }

    /// The entry that a line belongs to, or the next one below.
    pub(super) fn entry_at(&self, line: usize) -> Option<usize> {
        self.lines.iter().skip(line).find_map(|line| match line {
            ActivityLine::Entry(entry) | ActivityLine::Detail(entry, _) => Some(*entry),
            ActivityLine::Day(_) | ActivityLine::Incomplete => None,
        })
    }

    /// Scrolls so that the entry under the cursor is on the screen with what it changed, as far as
    /// there is room, and with its day where that stands right above.
    pub(super) fn show_cursor(&mut self, rows: usize) {
        let Some((first, end)) = self.lines_of(self.cursor) else {
            return;
        };
        let above = first.checked_sub(1).and_then(|above| self.lines.get(above));
        let begin = match above {
            Some(ActivityLine::Day(_)) => first - 1,
            _ => first,
        };
        if end > self.top + rows {
            self.top = end.saturating_sub(rows).min(first);
        }
        if begin < self.top {
            self.top = begin;
            // A day's name does not push out what is to be read.
            if end > self.top + rows {
                self.top = first;
            }
        }
        self.top = self.top.min(self.lines.len().saturating_sub(1));
    }
}

impl Entry {
    pub(super) fn details(
        &self,
        columns: usize,
        (zone, of_ticket): (&TimeZone, bool),
    ) -> Vec<Line> {
        let mut words = format!("{}, record {}", age::exactly(self.time.0, zone), self.seq);
        if !of_ticket {
            words.push_str(&format!(", {} {}", self.told.on, self.title));
        }
        let mut rows = diff::remark(words.trim_end(), columns);
        rows.extend(self.told.details(columns));
        rows
    }
}
