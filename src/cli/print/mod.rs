//! What a subcommand says: aligned text or one JSON document, to a terminal or a pipe. Text that
//! somebody typed passes here only as [`SafeText`].

use std::io::{self, BufWriter, IsTerminal, Write};

use serde::Serialize;

use super::failure::Result;
use crate::config::{Capabilities, ColourDepth, Config, Env};
use crate::text::markdown::{Kind, Laid, Line, Manner, Span};
use crate::text::safe::{SafeLines, SafeText, escape_json_tty};

mod grid;
pub mod history;
pub mod rows;
pub mod thread;

pub use grid::{Cell, Grid, Tint};

/// How wide a terminal is taken to be that does not say.
const COLUMNS: usize = 80;
/// A body gets so many columns, whatever the terminal says.
const LEAST: usize = 20;

/// Where a subcommand says what it has to say.
pub struct Out {
    writer: Box<dyn Write>,
    /// The columns of the terminal; absent on a pipe, where nothing is cut.
    columns: Option<usize>,
    colour: bool,
    /// Bodies are drawn, not shown as typed: only where looks can be shown, on a terminal.
    drawn: bool,
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
            drawn: terminal && capabilities.colour > ColourDepth::None && capabilities.unicode,
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

    /// Bytes as they are, which a terminal must never get.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.writer.write_all(bytes)?;
        Ok(())
    }

    pub fn blank(&mut self) -> Result<()> {
        writeln!(self.writer)?;
        Ok(())
    }

    /// A body of text, each line indented so far, wrapped to the terminal and drawn there.
    pub fn body(&mut self, text: &str, indent: usize) -> Result<()> {
        if let Some(columns) = self.columns.filter(|_| self.drawn) {
            let room = columns.saturating_sub(indent).max(LEAST);
            for line in Laid::whole(text, room, Manner::Drawn).rows() {
                self.row(line, indent)?;
            }
            return Ok(());
        }
        let safe = SafeLines::new(text);
        match self.columns {
            Some(columns) => {
                let room = columns.saturating_sub(indent).max(LEAST);
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

    /// Rows that were laid out for the columns there are, each indented so far; on a pipe nothing
    /// is wrapped.
    pub fn drawn(&mut self, indent: usize, lay: impl Fn(usize) -> Vec<Line>) -> Result<()> {
        let columns = self.columns.unwrap_or(usize::from(u16::MAX));
        for line in lay(columns.saturating_sub(indent).max(LEAST)) {
            self.row(&line, indent)?;
        }
        Ok(())
    }

    fn row(&mut self, line: &Line, indent: usize) -> Result<()> {
        write!(self.writer, "{:indent$}", "")?;
        for span in &line.spans {
            match self.colour {
                true => write!(self.writer, "{}", painted(span))?,
                false => write!(self.writer, "{}", span.text)?,
            }
        }
        writeln!(self.writer)?;
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

/// A piece of a drawn body as it looks: weight and lines alone, for its hues are the screen's.
fn painted(span: &Span) -> String {
    let kind = match span.look.kind {
        Kind::Text => None,
        Kind::Heading => Some(1),
        Kind::Quote | Kind::Mark => Some(2),
        Kind::Code => Some(36),
        Kind::Link => Some(4),
        Kind::Added => Some(32),
        Kind::Removed => Some(31),
    };
    let flags = [
        (span.look.strong, 1),
        (span.look.emphasis, 3),
        (span.look.strike, 9),
    ];
    let flags = flags
        .into_iter()
        .filter(|(on, _)| *on)
        .map(|(_, code)| code);
    let codes: Vec<String> = kind
        .into_iter()
        .chain(flags)
        .map(|code: u8| code.to_string())
        .collect();
    if codes.is_empty() {
        return span.text.to_string();
    }
    format!("\x1b[{}m{}\x1b[0m", codes.join(";"), span.text)
}

fn terminal_columns() -> usize {
    crossterm::terminal::size()
        .ok()
        .map(|(columns, _)| usize::from(columns))
        .filter(|columns| *columns > 0)
        .unwrap_or(COLUMNS)
}

/// What clap says of the command line: its help as it is, for that is our own; a mistake, which
/// repeats what was typed, made safe.
pub fn explain_line(error: &clap::Error) {
    if error.use_stderr() {
        let text = error.render().to_string();
        let mut stderr = io::stderr().lock();
        // Nobody is left to tell that this could not be told.
        let _ = write!(stderr, "{}", SafeLines::new(text));
    } else {
        // Whoever closed the pipe has seen enough.
        let _ = error.print();
    }
}

/// A fault of the program repeats what it was working on; that passes here too.
pub fn panic_in_words() {
    std::panic::set_hook(Box::new(|panic| complain(&panic.to_string())));
}

/// Asks for a line on the terminal.
pub fn ask(words: &str) -> io::Result<String> {
    let mut stderr = io::stderr().lock();
    write!(stderr, "{} ", SafeLines::new(words))?;
    stderr.flush()?;
    let mut typed = String::new();
    io::stdin().read_line(&mut typed)?;
    Ok(typed.trim().to_owned())
}

/// Says something beside the output: on stderr, each line begun with the program's name.
pub fn complain(message: &str) {
    let mut stderr = io::stderr().lock();
    for line in SafeLines::new(message).lines() {
        // Nobody is left to tell that this could not be told.
        let _ = writeln!(stderr, "famdesk: {line}");
    }
}
