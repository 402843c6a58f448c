//! The words of a line: emphasis and links, and marks that are shown as they were typed.

use std::ops::Range;

use pulldown_cmark::LinkType;

use super::{Block, Drawing, HolderKind, Inline, line_start};
use crate::text::markdown::flow::Flow;
use crate::text::markdown::{Kind, Look};

impl Drawing<'_> {
    pub(super) fn text_lines(&mut self, text: &str, start: usize) {
        let mut at = start;
        for line in text.split_inclusive('\n') {
            let words = line.strip_suffix('\n').unwrap_or(line);
            if !words.is_empty() {
                self.begin_words(at);
                self.push(words);
            }
            if words.len() < line.len() {
                if self.at_line_start {
                    self.emit(Flow::default());
                }
                self.end_line();
            }
            at += line.len();
        }
    }

    /// A backslash is more often part of a path than it takes away the meaning of a mark.
    pub(super) fn keep_backslash(&mut self, start: usize) {
        let escaped = self.taken < start && self.source[..start].ends_with('\\');
        if escaped && !self.source[start..].starts_with('|') {
            self.begin_words(start - 1);
            self.push("\\");
        }
    }

    /// Words of the line begin at this place of the source: its indent is kept, for a drawing
    /// made of characters falls apart without.
    pub(super) fn begin_words(&mut self, start: usize) {
        if !self.at_line_start || matches!(self.block, Block::Table(_)) {
            return;
        }
        self.at_line_start = false;
        let line_start = line_start(self.source, start);
        self.gap(start);
        let lead = &self.source[line_start..start];
        let indent = match self.holders.last().map(|holder| &holder.kind) {
            None => lead,
            Some(HolderKind::Quote) => lead
                .rsplit_once('>')
                .map_or(lead, |(_, after)| after.strip_prefix(' ').unwrap_or(after)),
            Some(HolderKind::Item { .. }) => "",
        };
        if indent.bytes().all(|byte| byte == b' ') {
            self.flow.push(indent, Look::default());
        }
    }

    pub(super) fn start_emphasis(&mut self, strong: bool, range: Range<usize>) {
        self.begin_words(range.start);
        let mark = match (strong, self.source[range.start..].starts_with('_')) {
            (true, true) => "__",
            (true, false) => "**",
            (false, true) => "_",
            (false, false) => "*",
        };
        if is_emphasis(self.source, &range, mark) {
            let look = self.look();
            self.inlines.push(Inline::Look(Look {
                strong: look.strong || strong,
                emphasis: look.emphasis || !strong,
                ..look
            }));
        } else {
            self.push(mark);
            self.inlines.push(Inline::Marked(mark));
        }
    }

    pub(super) fn end_marked(&mut self) {
        match self.inlines.last() {
            Some(Inline::Marked(mark)) => self.push(mark),
            Some(Inline::Struck) => self.push("~~"),
            Some(Inline::Look(_) | Inline::Link { .. }) | None => {}
        }
        self.inlines.pop();
    }

    pub(super) fn start_link(
        &mut self,
        (kind, start): (LinkType, usize),
        address: String,
        title: String,
    ) {
        self.begin_words(start);
        let shortcut = matches!(kind, LinkType::Shortcut | LinkType::Collapsed);
        let shown_from = self.flow.as_str().len();
        self.inlines.push(Inline::Link {
            address,
            title,
            shown_from,
            closing: if shortcut { "]" } else { "" },
        });
        if shortcut {
            self.push("[");
        }
    }

    pub(super) fn end_link(&mut self) {
        let Some(Inline::Link {
            address,
            title,
            shown_from,
            closing,
        }) = self.inlines.pop()
        else {
            return;
        };
        let kind = if shown_from == usize::MAX {
            Kind::Mark
        } else {
            Kind::Link
        };
        self.push_as(closing, Look::of(kind));
        let shown = self.flow.as_str().get(shown_from..).unwrap_or_default();
        let same = shown == address || address.strip_prefix("mailto:") == Some(shown);
        let beside = match (same, title.is_empty()) {
            (true, true) => return,
            (true, false) => format!(" (\"{title}\")"),
            (false, true) => format!(" ({address})"),
            (false, false) => format!(" ({address} \"{title}\")"),
        };
        self.push_as(&beside, Look::of(Kind::Mark));
    }

    /// How words look that come now.
    pub(super) fn look(&self) -> Look {
        let mut look = Look::default();
        for inline in &self.inlines {
            match inline {
                Inline::Look(inner) => {
                    look.strong |= inner.strong;
                    look.emphasis |= inner.emphasis;
                }
                Inline::Struck => look.strike = true,
                Inline::Link { .. } => look.kind = Kind::Link,
                Inline::Marked(_) => {}
            }
        }
        let quoted = self
            .holders
            .iter()
            .any(|holder| matches!(holder.kind, HolderKind::Quote));
        if look.kind == Kind::Text {
            look.kind = match self.block {
                Block::Heading { plain: false, .. } => Kind::Heading,
                _ if quoted => Kind::Quote,
                _ => Kind::Text,
            };
        }
        look
    }

    pub(super) fn push(&mut self, text: &str) {
        let look = self.look();
        self.push_as(text, look);
    }

    pub(super) fn push_as(&mut self, text: &str, look: Look) {
        if !text.is_empty() {
            self.at_line_start = false;
            self.flow.push(text, look);
        }
    }
}

/// Whether marks that could be emphasis are meant so: not within a product, a path or a name.
fn is_emphasis(source: &str, range: &Range<usize>, mark: &str) -> bool {
    let joins = |c: char| c.is_ascii_alphanumeric() || "/\\=&@$%+:".contains(c);
    let before = source[..range.start].chars().next_back();
    let after = source[range.end..].chars().next();
    let inner = source[range.clone()]
        .strip_prefix(mark)
        .and_then(|inner| inner.strip_suffix(mark))
        .unwrap_or_default();
    let is_name = mark == "__"
        && inner
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_');
    !before.is_some_and(joins) && !after.is_some_and(joins) && !is_name
}
