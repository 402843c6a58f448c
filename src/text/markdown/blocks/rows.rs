//! From a line on its way to rows, behind the marks of what they stand in.

use super::{Block, Drawing, Holder, HolderKind, QUOTE};
use crate::text::markdown::flow::Flow;
use crate::text::markdown::{Kind, Line, Look};
use crate::text::width::width;
use crate::text::wrap::Row;

impl Drawing<'_> {
    /// The line on its way is complete.
    pub(super) fn end_line(&mut self) {
        if matches!(self.block, Block::Table(_)) {
            return;
        }
        self.at_line_start = true;
        if !self.flow.is_empty() {
            let flow = std::mem::take(&mut self.flow).settled();
            self.emit(flow);
        }
    }

    pub(super) fn emit(&mut self, flow: Flow) {
        let (first, rest) = self.prefix();
        let room = self.room(&rest);
        let before = self.rows.len();
        for row in flow.wrap(room) {
            if self.is_full() {
                self.cut = true;
                break;
            }
            self.rows.push(row_after(
                &first,
                &rest,
                (self.rows.len() == before, &flow, &row),
            ));
        }
        if self.rows.len() == before && !self.cut {
            self.rows.push(first);
        }
        self.mark_shown();
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows.len() >= self.limit
    }

    pub(super) fn room(&self, prefix: &Line) -> usize {
        self.columns.saturating_sub(width_of(prefix)).max(1)
    }

    /// What stands before the next row, and before those that go on from it. Half of the columns
    /// stay for the words: of what stands in too much, the innermost is shown.
    pub(super) fn prefix(&self) -> (Line, Line) {
        let (mut first, mut rest) = (Line::default(), Line::default());
        let mut taken = 0;
        let mut from = self.holders.len();
        while let Some(holder) = from.checked_sub(1).and_then(|at| self.holders.get(at)) {
            let more = holder.columns();
            if taken + more > (self.columns / 2).max(4) {
                break;
            }
            taken += more;
            from -= 1;
        }
        for holder in &self.holders[from..] {
            let indent = " ".repeat(holder.indent);
            first.push(&indent, Look::default());
            rest.push(&indent, Look::default());
            match holder.kind {
                HolderKind::Quote => {
                    first.push(QUOTE, Look::of(Kind::Mark));
                    rest.push(QUOTE, Look::of(Kind::Mark));
                }
                HolderKind::Item { marker, shown } => {
                    let blank = " ".repeat(marker.len() + 1);
                    if shown {
                        first.push(&blank, Look::default());
                    } else {
                        first.push(&format!("{marker} "), Look::of(Kind::Mark));
                    }
                    rest.push(&blank, Look::default());
                }
            }
        }
        (first, rest)
    }

    pub(super) fn mark_shown(&mut self) {
        for holder in &mut self.holders {
            if let HolderKind::Item { shown, .. } = &mut holder.kind {
                *shown = true;
            }
        }
    }
}

impl Holder<'_> {
    /// The columns that its mark takes.
    pub(super) fn columns(&self) -> usize {
        self.indent
            + match self.kind {
                HolderKind::Quote => QUOTE.len(),
                HolderKind::Item { marker, .. } => marker.len() + 1,
            }
    }

    /// An item whose mark was not drawn yet.
    pub(super) fn is_unseen(&self) -> bool {
        matches!(self.kind, HolderKind::Item { shown: false, .. })
    }
}

fn row_after(first: &Line, rest: &Line, (is_first, flow, row): (bool, &Flow, &Row)) -> Line {
    let mut line = if is_first {
        first.clone()
    } else {
        rest.clone()
    };
    flow.write_row(row, &mut line);
    line
}

pub(super) fn width_of(line: &Line) -> usize {
    line.spans
        .iter()
        .map(|span| width(span.text.as_str()))
        .sum()
}
