//! Rows with aligned columns: cut to the terminal's width, whole on a pipe.

use std::io::{self, Write};

use crate::text::safe::SafeText;

/// Between two columns.
const GAP: usize = 2;
/// On a terminal no column but the wide one takes more.
const NARROW: usize = 28;
/// On a terminal the wide column keeps at least so much.
const LEAST: usize = 12;

/// How a cell stands out, where there is colour. Never the only thing that tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tint {
    Plain,
    Dim,
    Bold,
    Red,
    Yellow,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    text: SafeText<'static>,
    tint: Tint,
}

/// Rows under heads. The heads are shown on a terminal alone.
#[derive(Debug, Clone)]
pub struct Grid {
    heads: &'static [&'static str],
    /// The column that gives way where the terminal is narrow.
    wide: usize,
    rows: Vec<Vec<Cell>>,
}

impl Tint {
    /// The text in this tint.
    pub fn paint(self, text: &str, colour: bool) -> String {
        let code = match self {
            Tint::Plain => return text.to_owned(),
            Tint::Dim => 2,
            Tint::Bold => 1,
            Tint::Red => 31,
            Tint::Yellow => 33,
        };
        if colour {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

impl Cell {
    pub fn new(text: impl std::fmt::Display) -> Cell {
        Cell {
            text: SafeText::of(text),
            tint: Tint::Plain,
        }
    }

    pub fn tint(self, tint: Tint) -> Cell {
        Cell { tint, ..self }
    }
}

impl Grid {
    pub fn new(heads: &'static [&'static str], wide: usize) -> Grid {
        Grid {
            heads,
            wide,
            rows: Vec::new(),
        }
    }

    pub fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    pub(super) fn write(
        &self,
        out: &mut dyn Write,
        columns: Option<usize>,
        colour: bool,
    ) -> io::Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let widths = self.widths(columns);
        if columns.is_some() {
            let heads: Vec<Cell> = self
                .heads
                .iter()
                .map(|head| Cell::new(head).tint(Tint::Dim))
                .collect();
            write_row(out, &heads, (&widths, colour))?;
        }
        for row in &self.rows {
            write_row(out, row, (&widths, colour))?;
        }
        Ok(())
    }

    fn widths(&self, columns: Option<usize>) -> Vec<usize> {
        let mut widths: Vec<usize> = match columns {
            Some(_) => self.heads.iter().map(|head| head.len()).collect(),
            None => vec![0; self.heads.len()],
        };
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.text.width());
            }
        }
        let Some(columns) = columns else {
            return widths;
        };
        let mut others = GAP * widths.len().saturating_sub(1);
        for (at, width) in widths.iter_mut().enumerate() {
            if at != self.wide {
                *width = (*width).min(NARROW);
                others += *width;
            }
        }
        if let Some(wide) = widths.get_mut(self.wide) {
            *wide = (*wide).min(columns.saturating_sub(others).max(LEAST));
        }
        widths
    }
}

fn write_row(out: &mut dyn Write, row: &[Cell], look: (&[usize], bool)) -> io::Result<()> {
    let (widths, colour) = look;
    let last = row
        .iter()
        .rposition(|cell| !cell.text.as_str().is_empty())
        .unwrap_or(0);
    for (at, (cell, width)) in row.iter().zip(widths).enumerate().take(last + 1) {
        let text = if at == last {
            cell.text.truncate(*width)
        } else {
            cell.text.pad(*width)
        };
        if at > 0 {
            write!(out, "{:GAP$}", "")?;
        }
        write!(out, "{}", cell.tint.paint(text.as_str(), colour))?;
    }
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(columns: Option<usize>, colour: bool) -> String {
        let mut grid = Grid::new(&["number", "title", "who"], 1);
        grid.row(vec![
            Cell::new("RIV-1").tint(Tint::Bold),
            Cell::new("a title\tthat \u{1b}[31mgoes on"),
            Cell::new("ana"),
        ]);
        grid.row(vec![Cell::new("RIV-22"), Cell::new("b"), Cell::new("")]);
        let mut out = Vec::new();
        grid.write(&mut out, columns, colour).expect("written");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn a_pipe_gets_aligned_text_whole_without_heads() {
        assert_eq!(
            shown(None, false),
            "RIV-1   a title that ␛[31mgoes on  ana\nRIV-22  b\n"
        );
    }

    #[test]
    fn a_terminal_gets_heads_and_no_line_too_wide() {
        let text = shown(Some(24), false);
        assert_eq!(
            text,
            "number  title        who\nRIV-1   a title tha…  ana\n"
                .replace("title        who", "title         who")
                .replace(
                    "RIV-1   a title tha…  ana\n",
                    "RIV-1   a title tha…  ana\nRIV-22  b\n"
                )
        );
    }

    #[test]
    fn tints_are_escape_sequences_of_ours_around_text_that_has_none() {
        let text = shown(None, true);
        assert!(text.starts_with("\u{1b}[1mRIV-1 \u{1b}[0m  a title"));
        assert_eq!(text.matches('\u{1b}').count(), 2);
    }
}
