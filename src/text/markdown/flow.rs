//! A line on its way: words with their looks, of any length, until they are broken into rows.

use super::{Kind, Line, Look};
use crate::text::clean::clean;
use crate::text::marks::LINE_BREAK;
use crate::text::width::{clusters, width};
use crate::text::wrap::{Row, wrap};

/// Words with their looks.
#[derive(Debug, Clone, Default)]
pub(in crate::text) struct Flow {
    text: String,
    /// Where each look ends, in bytes of `text`.
    runs: Vec<(usize, Look)>,
}

impl Flow {
    pub(in crate::text) fn push(&mut self, text: &str, look: Look) {
        if text.is_empty() {
            return;
        }
        self.text.push_str(text);
        match self.runs.last_mut() {
            Some((end, last)) if *last == look => *end = self.text.len(),
            _ => self.runs.push((self.text.len(), look)),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn width(&self) -> usize {
        width(&self.text)
    }

    /// The same with every look bold.
    pub(super) fn strong(mut self) -> Flow {
        for (_, look) in &mut self.runs {
            look.strong = true;
        }
        self
    }

    /// Ready to be broken into rows: what an entity such as `&#27;` stood for is made safe, and
    /// bare addresses look like links.
    pub(in crate::text) fn settled(self) -> Flow {
        let flow = match clean(&self.text, LINE_BREAK) {
            None => self,
            Some(_) => self.cleaned(),
        };
        if flow.text.contains("://") {
            flow.with_addresses()
        } else {
            flow
        }
    }

    /// Each piece made safe, and then all of them together, for two that are harmless alone may
    /// not be side by side.
    fn cleaned(self) -> Flow {
        let mut out = Flow::default();
        for (piece, look) in self.pieces(0, self.text.len()) {
            match clean(piece, LINE_BREAK) {
                Some(piece) => out.push(&piece, look),
                None => out.push(piece, look),
            }
        }
        if let Some(text) = clean(&out.text, LINE_BREAK) {
            out = Flow::default();
            out.push(&text, Look::default());
        }
        out
    }

    fn with_addresses(self) -> Flow {
        let mut out = Flow::default();
        let mut at = 0;
        for (start, end) in addresses(&self.text) {
            self.pieces(at, start)
                .for_each(|(text, look)| out.push(text, look));
            for (text, look) in self.pieces(start, end) {
                let kind = match look.kind {
                    Kind::Text | Kind::Quote => Kind::Link,
                    kind => kind,
                };
                out.push(text, Look { kind, ..look });
            }
            at = end;
        }
        self.pieces(at, self.text.len())
            .for_each(|(text, look)| out.push(text, look));
        out
    }

    /// The pieces between two places; a cluster is never parted, it looks as it begins.
    pub(super) fn pieces(&self, start: usize, end: usize) -> impl Iterator<Item = (&str, Look)> {
        let mut at = start;
        let first = self.runs.partition_point(|(run_end, _)| *run_end <= start);
        let mut runs = self.runs[first..].iter();
        std::iter::from_fn(move || {
            while at < end {
                let (run_end, look) = runs.next()?;
                let from = at;
                at = self.cluster_end(from, (*run_end).min(end));
                if at > from {
                    return Some((&self.text[from..at.min(end)], *look));
                }
            }
            None
        })
    }

    /// The end of the cluster that `to` stands in, if it stands within one.
    fn cluster_end(&self, from: usize, to: usize) -> usize {
        let text = &self.text[from.min(to)..];
        if to <= from || is_ascii_around(&self.text, to) {
            return to.max(from);
        }
        let mut end = from;
        for (cluster, _) in clusters(text) {
            if end >= to {
                break;
            }
            end += cluster.len();
        }
        end
    }

    /// The words of one row of it.
    pub(in crate::text) fn write_row(&self, row: &Row, line: &mut Line) {
        line.push(row.prefix, Look::default());
        for (text, look) in self.pieces(row.start, row.start + row.text.len()) {
            line.push(text, look);
        }
    }

    /// The rows that it takes, broken at words.
    pub(in crate::text) fn wrap(&self, columns: usize) -> impl Iterator<Item = Row<'_>> {
        wrap(&self.text, columns)
    }

    /// The rows that it takes when every column is filled, broken wherever that is.
    pub(super) fn wrap_anywhere(&self, columns: usize) -> impl Iterator<Item = Row<'_>> {
        let mut at = 0;
        let mut first = true;
        std::iter::from_fn(move || {
            if at >= self.text.len() && !first {
                return None;
            }
            first = false;
            let rest = &self.text[at..];
            let (mut taken, mut end) = (0, 0);
            for (cluster, more) in clusters(rest) {
                if taken + more > columns && end > 0 {
                    break;
                }
                taken += more;
                end += cluster.len();
            }
            let row = Row {
                prefix: "",
                text: &rest[..end],
                start: at,
            };
            at += end;
            Some(row)
        })
    }
}

fn is_ascii_around(text: &str, at: usize) -> bool {
    let ascii = |at: Option<usize>| {
        at.and_then(|at| text.as_bytes().get(at))
            .is_none_or(u8::is_ascii)
    };
    ascii(at.checked_sub(1)) && ascii(Some(at))
}

/// Where the addresses in a text begin and end.
fn addresses(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(mark) = text[at..].find("://").map(|mark| at + mark) {
        let scheme = ["https", "http"]
            .into_iter()
            .find(|scheme| text[at..mark].ends_with(scheme));
        let rest = &text[mark..];
        let end = rest
            .find(|c: char| c.is_whitespace() || "<>\"`|".contains(c))
            .unwrap_or(rest.len());
        let end = mark
            + rest[..end]
                .trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\''])
                .len();
        if let Some(scheme) = scheme.filter(|_| end > mark + 3) {
            found.push((mark - scheme.len(), end));
        }
        at = end.max(mark + 3);
    }
    found
}
