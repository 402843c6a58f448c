//! From Markdown to rows: follows what the parser finds, with the source beside it.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, OffsetIter, Options, Parser, Tag, TagEnd};

mod rows;
mod words;

use self::rows::width_of;
use super::flow::Flow;
use super::table::Table;
use super::{Kind, Line, Look};

const QUOTE: &str = "> ";
const RULE: &str = "─";
/// Before each row of a code block, and before what goes on from the row above.
const CODE: &str = "  ";
const CODE_GOES_ON: &str = "↳ ";

/// A body being drawn.
pub(super) struct Drawing<'s> {
    source: &'s str,
    columns: usize,
    limit: usize,
    rows: Vec<Line>,
    /// The quotes and list items that what comes stands in, outermost first.
    holders: Vec<Holder<'s>>,
    /// What the words are, innermost last.
    inlines: Vec<Inline>,
    /// The line on its way.
    flow: Flow,
    /// Nothing of the line on its way has come yet.
    at_line_start: bool,
    block: Block<'s>,
    /// Definitions of link targets that were not shown yet, the next one last.
    definitions: Vec<Range<usize>>,
    /// The line of the source that the last gap was looked for at.
    gap_at: Option<usize>,
    /// Where the words that were taken so far end in the source.
    taken: usize,
    /// The limit came in the middle of a block.
    cut: bool,
}

struct Holder<'s> {
    /// Spaces before its mark.
    indent: usize,
    kind: HolderKind<'s>,
}

enum HolderKind<'s> {
    Quote,
    Item { marker: &'s str, shown: bool },
}

/// What the words stand in.
enum Block<'s> {
    Words,
    Heading {
        /// The line below it, where that is what makes it one.
        underline: Option<&'s str>,
        plain: bool,
    },
    /// A code block, as far as it came; `fenced` or indented.
    Code {
        text: String,
        fenced: bool,
    },
    Table(Table),
}

enum Inline {
    Look(Look),
    /// Marks that are shown as typed, before and after.
    Marked(&'static str),
    /// A mark shown as typed around words that were struck.
    Struck,
    Link {
        address: String,
        title: String,
        shown_from: usize,
        closing: &'static str,
    },
}

impl<'s> Drawing<'s> {
    pub(super) fn new(source: &'s str, columns: usize, limit: usize) -> Drawing<'s> {
        Drawing {
            source,
            columns: columns.max(1),
            limit,
            rows: Vec::new(),
            holders: Vec::new(),
            inlines: Vec::new(),
            flow: Flow::default(),
            at_line_start: true,
            block: Block::Words,
            definitions: Vec::new(),
            gap_at: None,
            taken: 0,
            cut: false,
        }
    }

    /// The rows, about as many as the limit, and whether that is all.
    pub(super) fn draw(mut self) -> (Vec<Line>, bool) {
        let options =
            Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
        let events = Parser::new_ext(self.source, options).into_offset_iter();
        self.definitions = definitions(&events);
        for (event, range) in events {
            if self.is_full() {
                return (self.rows, false);
            }
            self.take(event, range);
        }
        self.end_line();
        self.show_definitions(self.source.len());
        (self.rows, !self.cut)
    }

    fn take(&mut self, event: Event<'s>, range: Range<usize>) {
        let is_words = !matches!(event, Event::Start(_) | Event::End(_));
        let end = range.end;
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) => match &mut self.block {
                Block::Code { text: code, .. } => code.push_str(&text),
                _ => {
                    self.keep_backslash(range.start);
                    self.text_lines(&text, range.start);
                }
            },
            Event::Html(text) | Event::InlineHtml(text) => self.text_lines(&text, range.start),
            Event::Code(text) => {
                self.begin_words(range.start);
                let look = self.look();
                self.push_as(
                    &text,
                    Look {
                        kind: Kind::Code,
                        ..look
                    },
                );
            }
            Event::SoftBreak => self.end_line(),
            Event::HardBreak => {
                if self.source[range].starts_with('\\') {
                    self.push("\\");
                }
                self.end_line();
            }
            Event::Rule => {
                self.begin_block(range.start);
                let room = self.columns.saturating_sub(width_of(&self.prefix().0));
                self.push_as(&RULE.repeat(room.max(1)), Look::of(Kind::Mark));
                self.end_line();
            }
            Event::TaskListMarker(_) => {
                self.begin_words(range.start);
                self.push_as(&self.source[range], Look::of(Kind::Mark));
                self.push(" ");
            }
            // Only with options that are off.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.push(&text);
            }
        }
        if is_words {
            self.taken = end;
        }
    }

    fn start(&mut self, tag: Tag<'s>, range: Range<usize>) {
        match tag {
            Tag::Paragraph => self.begin_block(range.start),
            Tag::Heading { level, .. } => self.start_heading(level as usize, range),
            Tag::BlockQuote(_) => {
                self.end_line();
                self.gap(range.start);
                self.hold(range.start, HolderKind::Quote);
            }
            Tag::CodeBlock(kind) => self.start_code(&kind, range),
            Tag::HtmlBlock => self.begin_block(range.start),
            Tag::List(_) => self.end_line(),
            Tag::Item => self.start_item(range),
            Tag::Table(alignments) => {
                self.begin_block(range.start);
                let rows = Vec::new();
                self.block = Block::Table(Table { alignments, rows });
            }
            Tag::TableHead | Tag::TableRow => {
                if let Block::Table(table) = &mut self.block {
                    table.rows.push(Vec::new());
                }
            }
            Tag::Emphasis | Tag::Strong => self.start_emphasis(tag == Tag::Strong, range),
            Tag::Strikethrough => {
                let mark = if self.source[range.start..].starts_with("~~") {
                    self.inlines.push(Inline::Struck);
                    "~~"
                } else {
                    self.inlines.push(Inline::Marked("~"));
                    "~"
                };
                self.push(mark);
            }
            Tag::Link {
                link_type,
                dest_url,
                title,
                ..
            } => {
                self.start_link(
                    (link_type, range.start),
                    dest_url.into_string(),
                    title.into_string(),
                );
            }
            Tag::Image {
                dest_url, title, ..
            } => {
                self.begin_words(range.start);
                self.push_as("[image: ", Look::of(Kind::Mark));
                self.inlines.push(Inline::Link {
                    address: dest_url.into_string(),
                    title: title.into_string(),
                    // An image's address is never its words.
                    shown_from: usize::MAX,
                    closing: "]",
                });
            }
            // Only with options that are off.
            Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_)
            | Tag::TableCell => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.end_line(),
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::BlockQuote(_) => {
                self.end_line();
                self.holders.pop();
            }
            TagEnd::Item => {
                self.end_line();
                if self.holders.last().is_some_and(Holder::is_unseen) {
                    self.emit(Flow::default());
                }
                self.holders.pop();
            }
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.flow).settled();
                if let Block::Table(table) = &mut self.block
                    && let Some(row) = table.rows.last_mut()
                {
                    row.push(cell);
                }
            }
            TagEnd::Table => self.end_table(range),
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => self.end_marked(),
            TagEnd::Link | TagEnd::Image => self.end_link(),
            TagEnd::List(_)
            | TagEnd::TableHead
            | TagEnd::TableRow
            | TagEnd::FootnoteDefinition
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::MetadataBlock(_) => {}
        }
    }

    // Blocks.

    /// A block of words begins: an empty row above it where the source has one.
    fn begin_block(&mut self, start: usize) {
        self.end_line();
        self.show_definitions(start);
        self.gap(start);
    }

    fn start_item(&mut self, range: Range<usize>) {
        self.end_line();
        self.gap(range.start);
        let start = range.start;
        let item = &self.source[range];
        let digits = item.bytes().take_while(u8::is_ascii_digit).count();
        let marker = item.get(..digits + 1).unwrap_or("-");
        let shown = false;
        self.hold(start, HolderKind::Item { marker, shown });
    }

    /// What comes stands in a quote or an item that begins here. The outermost keeps its indent.
    fn hold(&mut self, start: usize, kind: HolderKind<'s>) {
        let lead = &self.source[line_start(self.source, start)..start];
        let outermost = self.holders.is_empty() && lead.bytes().all(|byte| byte == b' ');
        let indent = if outermost { lead.len().min(3) } else { 0 };
        self.holders.push(Holder { indent, kind });
    }

    fn start_heading(&mut self, level: usize, range: Range<usize>) {
        self.begin_block(range.start);
        let source = self.source[range].trim_end();
        if source.starts_with('#') {
            self.block = Block::Heading {
                underline: None,
                plain: false,
            };
            self.push(&format!("{} ", "#".repeat(level)));
            return;
        }
        let mut lines = source.lines();
        let underline = lines.next_back().map(str::trim_start);
        // A paragraph over a line of dashes is not a heading; many end with a signature.
        let plain = lines.count() > 1;
        self.block = Block::Heading { underline, plain };
    }

    fn end_heading(&mut self) {
        self.end_line();
        let block = std::mem::replace(&mut self.block, Block::Words);
        if let Block::Heading {
            underline: Some(line),
            ..
        } = block
        {
            self.push_as(line, Look::of(Kind::Mark));
            self.end_line();
        }
    }

    fn start_code(&mut self, kind: &CodeBlockKind, range: Range<usize>) {
        self.begin_block(range.start);
        let fenced = match kind {
            CodeBlockKind::Fenced(info) => {
                if !info.trim().is_empty() {
                    self.push_as(info, Look::of(Kind::Mark));
                    self.end_line();
                }
                true
            }
            CodeBlockKind::Indented => false,
        };
        let text = String::new();
        self.block = Block::Code { text, fenced };
    }

    fn end_code(&mut self) {
        let Block::Code { text, fenced } = std::mem::replace(&mut self.block, Block::Words) else {
            return;
        };
        for line in text.lines() {
            if self.is_full() {
                self.cut = true;
                return;
            }
            if fenced {
                self.code_line(line);
            } else {
                let mut flow = Flow::default();
                flow.push("    ", Look::of(Kind::Code));
                flow.push(line, Look::of(Kind::Code));
                self.emit(flow.settled());
            }
        }
    }

    /// A line of code: never parted at words, for spaces matter; what goes on is marked.
    fn code_line(&mut self, code: &str) {
        let mut flow = Flow::default();
        flow.push(code, Look::of(Kind::Code));
        let flow = flow.settled();
        let (first, rest) = self.prefix();
        let room = self.room(&rest).saturating_sub(CODE.len()).max(1);
        for (at, row) in flow.wrap_anywhere(room).enumerate() {
            let (prefix, mark) = if at == 0 {
                (&first, CODE)
            } else {
                (&rest, CODE_GOES_ON)
            };
            let mut line = prefix.clone();
            if self.columns > 2 * CODE.len() {
                line.push(mark, Look::of(Kind::Mark));
            }
            flow.write_row(&row, &mut line);
            self.rows.push(line);
        }
        self.mark_shown();
    }

    fn end_table(&mut self, range: Range<usize>) {
        let Block::Table(table) = std::mem::replace(&mut self.block, Block::Words) else {
            return;
        };
        let source = &self.source[range];
        if has_more_cells(source, table.alignments.len()) {
            // Drawn as a table, some of it would be missing.
            for line in source.lines() {
                let mut flow = Flow::default();
                flow.push(line, Look::default());
                self.emit(flow.settled());
            }
            return;
        }
        let mut table = table;
        if let Some(head) = table.rows.first_mut() {
            *head = std::mem::take(head).into_iter().map(Flow::strong).collect();
        }
        let (first, rest) = self.prefix();
        for (at, drawn) in table.draw(self.room(&rest)).into_iter().enumerate() {
            let mut line = if at == 0 { first.clone() } else { rest.clone() };
            line.spans.extend(drawn.spans);
            self.rows.push(line);
        }
        self.mark_shown();
    }

    /// An empty row, if the source has an empty line before the line of `start`.
    fn gap(&mut self, start: usize) {
        let line_start = line_start(self.source, start);
        if self.gap_at == Some(line_start) || self.rows.is_empty() {
            return;
        }
        self.gap_at = Some(line_start);
        let Some(end) = line_start.checked_sub(1) else {
            return;
        };
        let before = &self.source[self::line_start(self.source, end)..end];
        if before.chars().all(|c| c == ' ' || c == '>') {
            let depth = before.matches('>').count().min(self.columns / 4);
            let mut line = Line::default();
            line.push(QUOTE.repeat(depth).trim_end(), Look::of(Kind::Mark));
            self.rows.push(line);
        }
    }

    /// The definitions of link targets that stand before `end`: text like any other to whoever
    /// wrote them.
    fn show_definitions(&mut self, end: usize) {
        while self.definitions.last().is_some_and(|next| next.start < end) {
            self.show_next_definition();
        }
    }

    fn show_next_definition(&mut self) {
        let Some(range) = self.definitions.pop() else {
            return;
        };
        self.gap(range.start);
        for line in self.source[range].lines() {
            self.push_as(line.trim(), Look::of(Kind::Mark));
            self.end_line();
        }
    }
}

fn line_start(source: &str, at: usize) -> usize {
    source[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// Where link targets are defined, the first one last.
fn definitions(events: &OffsetIter) -> Vec<Range<usize>> {
    let all = events.reference_definitions().iter();
    let mut found: Vec<Range<usize>> = all.map(|(_, it)| it.span.clone()).collect();
    found.sort_by_key(|range| std::cmp::Reverse(range.start));
    found
}

/// Whether a row of the table has more cells than its head, which the parser leaves out.
fn has_more_cells(source: &str, columns: usize) -> bool {
    source.lines().any(|line| {
        let line = line.trim().trim_start_matches(['>', ' ']);
        let line = line.strip_prefix('|').unwrap_or(line);
        let line = line.strip_suffix('|').unwrap_or(line);
        let bars = line.matches('|').count() - line.matches("\\|").count();
        bars >= columns
    })
}
