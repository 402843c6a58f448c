//! What a subcommand says: aligned text or one JSON document, to a terminal or a pipe. Text that
//! somebody typed passes here only as [`SafeText`].

use std::io::{self, BufWriter, IsTerminal, Write};

use serde::Serialize;

use super::failure::Result;
use crate::config::{Capabilities, ColourDepth, Config, Env};
use crate::text::safe::{SafeLines, SafeText, escape_json_tty};

mod grid;
pub mod history;
pub mod rows;
pub mod thread;

pub use grid::{Cell, Grid, Tint};

/// How wide a terminal is taken to be that does not say.
const COLUMNS: usize = 80;

/// Where a subcommand says what it has to say.
pub struct Out {
    writer: Box<dyn Write>,
    /// The columns of the terminal; absent on a pipe, where nothing is cut.
    columns: Option<usize>,
    colour: bool,
    json: bool,
}

impl Out {
    /// The process's stdout.
    pub fn stdout(config: &Config, env: &Env, json: bool) -> Out {
        let terminal = io::stdout().is_terminal();
        let capabilities = Capabilities::of(env, &config.settings.screen);
        Out {
            writer: Box::new(BufWriter::new(io::stdout())),
            columns: terminal.then(terminal_columns),
            colour: terminal && capabilities.colour > ColourDepth::None,
            json,
        }
    }

    /// Whether one JSON document is asked for rather than text.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// The columns of the terminal; absent on a pipe.
    pub fn columns(&self) -> Option<usize> {
        self.columns
    }

    /// One line of text.
    pub fn line(&mut self, text: impl std::fmt::Display) -> Result<()> {
        writeln!(self.writer, "{}", SafeText::of(text))?;
        Ok(())
    }

    /// A line in a tint, where there is colour.
    pub fn tinted(&mut self, tint: Tint, text: impl std::fmt::Display) -> Result<()> {
        let text = SafeText::of(text);
        writeln!(self.writer, "{}", tint.paint(text.as_str(), self.colour))?;
        Ok(())
    }

    pub fn blank(&mut self) -> Result<()> {
        writeln!(self.writer)?;
        Ok(())
    }

    /// A body of text, each line indented so far, wrapped to the terminal.
    pub fn body(&mut self, text: &str, indent: usize) -> Result<()> {
        let safe = SafeLines::new(text);
        match self.columns {
            Some(columns) => {
                let room = columns.saturating_sub(indent).max(20);
                for row in safe.wrap(room) {
                    writeln!(self.writer, "{:indent$}{row}", "")?;
                }
            }
            None => {
                for line in safe.lines() {
                    writeln!(self.writer, "{:indent$}{line}", "")?;
                }
            }
        }
        Ok(())
    }

    /// Rows with aligned columns.
    pub fn grid(&mut self, grid: &Grid) -> Result<()> {
        grid.write(&mut self.writer, self.columns, self.colour)?;
        Ok(())
    }

    /// The one JSON document.
    pub fn json(&mut self, what: &impl Serialize) -> Result<()> {
        if self.columns.is_some() {
            let text = serde_json::to_string_pretty(what)?;
            writeln!(self.writer, "{}", escape_json_tty(&text))?;
        } else {
            serde_json::to_writer(&mut self.writer, what).map_err(io::Error::from)?;
            writeln!(self.writer)?;
        }
        Ok(())
    }

    /// Writes what still waits.
    pub fn finish(&mut self) -> Result<()> {
        self.writer.flush()?;
        Ok(())
    }
}

fn terminal_columns() -> usize {
    crossterm::terminal::size()
        .ok()
        .map(|(columns, _)| usize::from(columns))
        .filter(|columns| *columns > 0)
        .unwrap_or(COLUMNS)
}

/// Says something beside the output: on stderr, each line begun with the program's name.
pub fn complain(message: &str) {
    let mut stderr = io::stderr().lock();
    for line in SafeLines::new(message).lines() {
        // Nobody is left to tell that this could not be told.
        let _ = writeln!(stderr, "famdesk: {line}");
    }
}
