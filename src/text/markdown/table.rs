//! A table within the width: columns side by side, narrowed where they must be; below each other
//! where even that is too wide.

use pulldown_cmark::Alignment;

use super::flow::Flow;
use super::{Kind, Line, Look};
use crate::text::width::clusters;
use crate::text::wrap::Row;

const BETWEEN: &str = " │ ";
const CROSSING: &str = "─┼─";
const RULE: &str = "─";
/// Columns that a column keeps if it had as many.
const LEAST: usize = 8;

/// A table as it is read.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) alignments: Vec<Alignment>,
    /// The head first.
    pub(super) rows: Vec<Vec<Flow>>,
}

impl Table {
    pub(super) fn draw(&self, columns: usize) -> Vec<Line> {
        match self.widths(columns) {
            Some(widths) => self.grid(&widths),
            None => self.records(columns),
        }
    }

    /// The columns that each column gets; none when they don't fit side by side.
    fn widths(&self, columns: usize) -> Option<Vec<usize>> {
        let count = self.alignments.len();
        let between = 3 * count.saturating_sub(1);
        let room = columns.checked_sub(between).filter(|room| *room >= count)?;
        let mut widths = vec![1; count];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.width().min(columns).max(*width);
            }
        }
        let least: usize = widths.iter().map(|width| (*width).min(LEAST)).sum();
        if least > room {
            return None;
        }
        while widths.iter().sum::<usize>() > room {
            let widest = widths.iter_mut().max()?;
            *widest -= 1;
        }
        Some(widths)
    }

    fn grid(&self, widths: &[usize]) -> Vec<Line> {
        let mut lines = Vec::new();
        for (index, row) in self.rows.iter().enumerate() {
            self.grid_row(row, widths, &mut lines);
            if index == 0 {
                let rule = widths.iter().map(|width| RULE.repeat(*width));
                let rule = rule.collect::<Vec<_>>().join(CROSSING);
                let mut line = Line::default();
                line.push(&rule, Look::of(Kind::Mark));
                lines.push(line);
            }
        }
        lines
    }

    fn grid_row(&self, row: &[Flow], widths: &[usize], lines: &mut Vec<Line>) {
        let none = Flow::default();
        let cells: Vec<(&Flow, Vec<Row>)> = (0..widths.len())
            .map(|at| row.get(at).unwrap_or(&none))
            .zip(widths)
            .map(|(cell, width)| (cell, rows_of(cell, *width)))
            .collect();
        let height = cells.iter().map(|(_, rows)| rows.len()).max().unwrap_or(0);
        for at in 0..height.max(1) {
            let mut line = Line::default();
            for (column, (cell, rows)) in cells.iter().enumerate() {
                if column > 0 {
                    line.push(BETWEEN, Look::of(Kind::Mark));
                }
                let row = rows.get(at);
                let taken = row.map_or(0, Row::width);
                let spare = widths[column].saturating_sub(taken);
                let before = match self.alignments[column] {
                    Alignment::Right => spare,
                    Alignment::Center => spare / 2,
                    Alignment::None | Alignment::Left => 0,
                };
                line.push(&" ".repeat(before), Look::default());
                if let Some(row) = row {
                    cell.write_row(row, &mut line);
                }
                if column + 1 < cells.len() {
                    line.push(&" ".repeat(spare - before), Look::default());
                }
            }
            lines.push(line);
        }
    }

    /// Each row as lines of `head: cell`.
    fn records(&self, columns: usize) -> Vec<Line> {
        let mut lines = Vec::new();
        let Some((head, rows)) = self.rows.split_first() else {
            return lines;
        };
        let none = Flow::default();
        let mut record = |row: Option<&Vec<Flow>>| {
            if !lines.is_empty() {
                lines.push(Line::default());
            }
            for (at, head) in head.iter().enumerate() {
                let cell = row.and_then(|row| row.get(at)).unwrap_or(&none);
                let mut flow = head.clone();
                flow.push(": ", Look::of(Kind::Mark));
                for (text, look) in cell.pieces(0, cell.as_str().len()) {
                    flow.push(text, look);
                }
                let flow = flow.settled();
                for row in rows_of(&flow, columns) {
                    let mut line = Line::default();
                    flow.write_row(&row, &mut line);
                    lines.push(line);
                }
            }
        };
        if rows.is_empty() {
            record(None);
        }
        rows.iter().for_each(|row| record(Some(row)));
        lines
    }
}

/// The rows of a cell; anywhere broken where a column is narrower than its wrapping would be.
fn rows_of(cell: &Flow, columns: usize) -> Vec<Row<'_>> {
    let rows: Vec<Row> = cell.wrap(columns).collect();
    if rows
        .iter()
        .any(|row| row.width() > columns && clusters(row.text).count() > 1)
    {
        return cell.wrap_anywhere(columns).collect();
    }
    rows
}
