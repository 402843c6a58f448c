//! Markdown drawn within a width: rows of styled pieces, without a screen.
//!
//! People type what they type: a log, a signature, a drawing made of characters. So what Markdown
//! would throw away is kept: line breaks and indents stay, bullets, numbers and heading marks are
//! as typed, raw HTML is text, the address of a link stands beside it, and a mark that is more
//! likely a product or a path than an emphasis (`2*3*4`, `/_x_/`, `__init__`) stays a mark.
//! Nothing here makes a hyperlink of the terminal's own: an address is seen before it is opened.

mod blocks;
pub(super) mod flow;
mod table;

use self::blocks::Drawing;
use crate::text::safe::{SafeLines, SafeText};

/// What a piece of a body is, for whoever gives it a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Look {
    pub kind: Kind,
    pub strong: bool,
    pub emphasis: bool,
    pub strike: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Kind {
    #[default]
    Text,
    Heading,
    Code,
    /// What leads somewhere: the words of a link, or a bare address.
    Link,
    /// What was quoted.
    Quote,
    /// What frames the words: bullets, quote marks, rules, the address beside a link.
    Mark,
    /// What came in and what went, where two texts are compared.
    Added,
    Removed,
}

/// Some words of one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub text: SafeText<'static>,
    pub look: Look,
}

/// One row of a drawn body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    pub spans: Vec<Span>,
}

/// Whether a body is drawn as Markdown or shown as it was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Manner {
    #[default]
    Drawn,
    AsTyped,
}

/// A body laid out to a width, from its beginning as far as was asked for.
#[derive(Debug, Clone, Default)]
pub struct Laid {
    manner: Manner,
    columns: usize,
    rows: Vec<Line>,
    whole: bool,
}

/// Bytes read at first for each column asked for; more only where they turn out not to fill it.
const BYTES_A_COLUMN: usize = 4;
/// The fewest rows that are laid out at once, unless the text is at its end.
const LEAST_ROWS: usize = 32;

impl Laid {
    /// Nothing laid out yet.
    pub fn new(columns: usize, manner: Manner) -> Laid {
        Laid {
            manner,
            columns: columns.max(1),
            ..Laid::default()
        }
    }

    /// Lays out all of `text`.
    pub fn whole(text: &str, columns: usize, manner: Manner) -> Laid {
        let mut laid = Laid::new(columns, manner);
        laid.reach(text, usize::MAX);
        laid
    }

    /// Sees to it that the first `rows` rows are there, if `text`, the same each time, has as many.
    pub fn reach(&mut self, text: &str, rows: usize) {
        if self.is_enough(rows) {
            return;
        }
        // More, so that reading on line by line does not begin anew for each, and more than is
        // kept, for the last rows depend on what comes after them.
        let kept = rows.saturating_mul(2).max(LEAST_ROWS);
        let limit = kept.saturating_add(kept / 2);
        let columns = self.columns.saturating_add(1);
        let mut bytes = limit.saturating_mul(columns).saturating_mul(BYTES_A_COLUMN);
        loop {
            let part = beginning(text, bytes);
            let safe = SafeLines::new(part);
            let (drawn, at_end) = match self.manner {
                Manner::Drawn => Drawing::new(safe.as_str(), self.columns, limit).draw(),
                Manner::AsTyped => as_typed(&safe, self.columns, limit),
            };
            self.whole = at_end && part.len() == text.len();
            if self.whole || drawn.len() >= limit {
                self.rows = drawn;
                if !self.whole {
                    self.rows.truncate(kept);
                }
                return;
            }
            bytes = bytes.saturating_mul(4);
        }
    }

    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The rows that were reached.
    pub fn rows(&self) -> &[Line] {
        &self.rows
    }

    fn is_enough(&self, rows: usize) -> bool {
        self.whole || self.rows.len() >= rows
    }
}

impl Line {
    /// The columns it takes.
    pub fn width(&self) -> usize {
        self.spans.iter().map(|span| span.text.width()).sum()
    }

    /// Its words without their looks.
    pub fn to_text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }

    pub(super) fn push(&mut self, text: &str, look: Look) {
        if !text.is_empty() {
            let text = SafeText::already(text);
            self.spans.push(Span { text, look });
        }
    }
}

impl Look {
    pub(crate) const fn of(kind: Kind) -> Look {
        Look {
            kind,
            strong: false,
            emphasis: false,
            strike: false,
        }
    }
}

/// At least so many bytes of `text`, up to the end of a line where one is near.
fn beginning(text: &str, bytes: usize) -> &str {
    let part = &text[..text.ceil_char_boundary(bytes)];
    match part.rfind('\n') {
        Some(end) if part.len() < text.len() && end >= part.len() / 2 => &part[..=end],
        _ => part,
    }
}

fn as_typed(body: &SafeLines, columns: usize, limit: usize) -> (Vec<Line>, bool) {
    let mut wrapped = body.wrap(columns);
    let rows = wrapped.by_ref().take(limit).map(|row| {
        let mut line = Line::default();
        line.push(row.prefix, Look::default());
        line.push(row.text, Look::default());
        line
    });
    let rows: Vec<Line> = rows.collect();
    (rows, wrapped.next().is_none())
}

#[cfg(test)]
mod tests;
