//! HTML as readable text with the marks of Markdown: what forums and mails write where people here
//! write lines. A tokenizer reads it, so no markup is too broken or too deep.
//!
//! What looks like a mark in the text itself is left as it is: the text stays what was written,
//! and a search finds it.

use html5gum::Tokenizer;
use html5gum::emitters::default::{DefaultEmitter, StartTag, Token};

/// How deep quotes and lists are shown; what is deeper stands at this depth.
const DEPTH: usize = 8;

/// The text of a document or a part of one.
pub(super) fn to_text(html: &str) -> String {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut page = Page::default();
    for token in Tokenizer::new_with_emitter(html, emitter) {
        // Reading from memory can't fail.
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => page.open(&tag),
            Token::EndTag(tag) => page.close(&tag.name),
            Token::String(text) => page.text(&String::from_utf8_lossy(&text)),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    page.finish()
}

/// What the lines stand in.
#[derive(Debug, Clone, Copy)]
enum Frame {
    Quote,
    List {
        /// The number of the next item; none where the items are not counted.
        next: Option<u32>,
    },
}

#[derive(Default)]
struct Page {
    out: String,
    frames: Vec<Frame>,
    /// How many frames were opened beyond the depth that is shown.
    too_deep: usize,
    /// The mark of the item whose first line comes next.
    item: Option<String>,
    /// Line breaks that go before the next text.
    breaks: usize,
    space: bool,
    /// Depth of elements whose text no reader sees.
    hidden: usize,
    pre: usize,
    /// Marks that open with the next text.
    opening: Vec<&'static str>,
    /// Marks that are open.
    marks: Vec<&'static str>,
    links: Vec<Link>,
    /// Whether the row of a table has a cell.
    in_row: bool,
}

struct Link {
    href: String,
    start: usize,
}

impl Page {
    fn open(&mut self, tag: &StartTag<()>) {
        match tag.name.as_slice() {
            b"script" | b"style" | b"template" | b"title" if !tag.self_closing => self.hidden += 1,
            b"br" => self.breaks = (self.breaks + 1).min(2),
            b"p" | b"dl" | b"table" => self.block(2),
            b"div" | b"section" | b"article" | b"header" | b"footer" | b"dt" | b"dd"
            | b"address" | b"fieldset" | b"form" | b"main" | b"nav" | b"aside" | b"figure"
            | b"figcaption" => self.block(1),
            b"tr" => {
                self.block(1);
                self.in_row = false;
            }
            b"td" | b"th" => self.cell(),
            b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => {
                self.block(2);
                self.word(["# ", "## ", "### "][heading(&tag.name).min(2)]);
            }
            b"hr" => {
                self.block(2);
                self.word("---");
                self.block(2);
            }
            b"blockquote" => {
                self.block(2);
                self.enter(Frame::Quote);
            }
            b"ul" | b"menu" => self.list(None),
            b"ol" => self.list(Some(1)),
            b"li" => self.next_item(),
            b"pre" => {
                self.block(2);
                if self.pre == 0 {
                    self.word("```");
                    self.block(1);
                }
                self.pre += 1;
            }
            b"b" | b"strong" => self.mark("**"),
            b"i" | b"em" => self.mark("*"),
            b"s" | b"del" | b"strike" => self.mark("~~"),
            b"code" | b"tt" | b"kbd" => self.mark("`"),
            b"a" => self.links.push(Link {
                href: attribute(tag, b"href"),
                start: self.out.len(),
            }),
            b"img" => self.image(tag),
            _ => {}
        }
    }

    fn close(&mut self, name: &[u8]) {
        match name {
            b"script" | b"style" | b"template" | b"title" => {
                self.hidden = self.hidden.saturating_sub(1);
            }
            b"p" | b"dl" | b"table" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => {
                self.block(2);
            }
            b"div" | b"section" | b"article" | b"header" | b"footer" | b"dt" | b"dd" | b"tr"
            | b"address" | b"fieldset" | b"form" | b"li" => self.block(1),
            b"blockquote" => self.leave(|it| matches!(it, Frame::Quote)),
            b"ul" | b"ol" | b"menu" => self.leave(|it| matches!(it, Frame::List { .. })),
            b"pre" if self.pre > 0 => {
                self.pre -= 1;
                if self.pre == 0 {
                    self.block(1);
                    self.word("```");
                    self.block(2);
                }
            }
            b"b" | b"strong" => self.unmark("**"),
            b"i" | b"em" => self.unmark("*"),
            b"s" | b"del" | b"strike" => self.unmark("~~"),
            b"code" | b"tt" | b"kbd" => self.unmark("`"),
            b"a" => self.end_link(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.hidden > 0 {
            return;
        }
        if self.pre > 0 {
            return self.verbatim(text);
        }
        for (nth, word) in text.split(is_html_space).enumerate() {
            self.space |= nth > 0;
            if !word.is_empty() {
                self.word(word);
            }
        }
    }

    /// Text whose lines and spaces count.
    fn verbatim(&mut self, text: &str) {
        for (nth, line) in text.split('\n').enumerate() {
            if nth > 0 {
                // More than one empty line in a row counts here too.
                if self.breaks > 0 {
                    self.new_line();
                }
                self.breaks = 1;
            }
            let line = line.trim_end_matches('\r');
            if !line.is_empty() {
                self.space = false;
                self.word(line);
            }
        }
    }

    /// Writes a run of text behind whatever waits to go before it.
    fn word(&mut self, text: &str) {
        if self.out.is_empty() {
            self.breaks = 0;
            self.space = false;
            self.begin_line();
        }
        if self.breaks > 0 {
            while self.breaks > 0 {
                self.breaks -= 1;
                self.new_line();
            }
            self.space = false;
        }
        if std::mem::take(&mut self.space) && !self.out.ends_with(char::is_whitespace) {
            self.out.push(' ');
        }
        for mark in std::mem::take(&mut self.opening) {
            self.out.push_str(mark);
            self.marks.push(mark);
        }
        self.out.push_str(text);
    }

    fn new_line(&mut self) {
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
        self.begin_line();
    }

    /// What stands at the beginning of a line here.
    fn begin_line(&mut self) {
        let blank_follows = self.breaks > 0;
        let lists = self
            .frames
            .iter()
            .filter(|it| matches!(it, Frame::List { .. }));
        let lists = lists.count();
        let mut nth = 0;
        for frame in &self.frames {
            match frame {
                Frame::Quote => self.out.push_str("> "),
                Frame::List { .. } => {
                    nth += 1;
                    let mark = self.item.take_if(|_| nth == lists && !blank_follows);
                    match mark {
                        Some(mark) => self.out.push_str(&mark),
                        None => self.out.push_str("  "),
                    }
                }
            }
        }
    }

    /// What comes next stands on lines of its own, with so many breaks before it; the first block
    /// of an item stands beside its mark.
    fn block(&mut self, breaks: usize) {
        if self.item.is_none() {
            self.breaks = self.breaks.max(breaks);
        }
        self.space = false;
    }

    fn cell(&mut self) {
        if std::mem::replace(&mut self.in_row, true) {
            self.word(" | ");
        }
    }

    fn list(&mut self, next: Option<u32>) {
        let inner = self
            .frames
            .iter()
            .any(|it| matches!(it, Frame::List { .. }));
        self.block(if inner { 1 } else { 2 });
        self.enter(Frame::List { next });
    }

    fn next_item(&mut self) {
        self.block(1);
        let list = self.frames.iter_mut().rev().find_map(|it| match it {
            Frame::List { next } => Some(next),
            Frame::Quote => None,
        });
        self.item = match list {
            Some(Some(next)) => {
                let mark = format!("{next}. ");
                *next = next.saturating_add(1);
                Some(mark)
            }
            Some(None) => Some("- ".to_owned()),
            None => {
                self.word("- ");
                None
            }
        };
    }

    fn enter(&mut self, frame: Frame) {
        if self.frames.len() < DEPTH {
            self.frames.push(frame);
        } else {
            self.too_deep += 1;
        }
    }

    fn leave(&mut self, is_meant: impl Fn(&Frame) -> bool) {
        if self.too_deep > 0 {
            self.too_deep -= 1;
        } else if let Some(at) = self.frames.iter().rposition(is_meant) {
            self.frames.truncate(at);
            self.item = None;
        }
        self.block(2);
    }

    fn mark(&mut self, mark: &'static str) {
        if self.pre == 0 && self.hidden == 0 {
            self.opening.push(mark);
        }
    }

    /// Ends what the mark began; where nothing stood in it, the mark goes too.
    fn unmark(&mut self, mark: &'static str) {
        if self.pre > 0 || self.hidden > 0 {
            return;
        }
        if let Some(at) = self.opening.iter().rposition(|it| *it == mark) {
            self.opening.remove(at);
        } else if let Some(at) = self.marks.iter().rposition(|it| *it == mark) {
            self.marks.remove(at);
            self.out.push_str(mark);
        }
    }

    fn end_link(&mut self) {
        let Some(Link { href, start }) = self.links.pop() else {
            return;
        };
        let written = self.out.get(start..).unwrap_or_default();
        let text = written.trim_start();
        let start = self.out.len() - text.len();
        if self.hidden > 0 || href.is_empty() || href.starts_with('#') || same_link(text, &href) {
            return;
        }
        if text.is_empty() {
            return self.word(&href);
        }
        // A text over several lines would break the mark.
        if text.contains('\n') || self.pre > 0 {
            self.space = true;
            return self.word(&format!("({href})"));
        }
        self.out.insert(start, '[');
        self.out.push_str(&format!("]({href})"));
    }

    fn image(&mut self, tag: &StartTag<()>) {
        if self.hidden > 0 {
            return;
        }
        let (alt, src) = (attribute(tag, b"alt"), attribute(tag, b"src"));
        let inline = src.is_empty() || src.starts_with("data:") || src.starts_with("cid:");
        let named = match (alt.as_str(), inline) {
            ("", true) => return,
            ("", false) => src,
            (alt, _) => alt.to_owned(),
        };
        self.space |= self.out.ends_with(|c: char| !c.is_whitespace());
        self.word(&format!("[image: {named}]"));
    }

    fn finish(mut self) -> String {
        if self.pre > 0 {
            self.block(1);
            self.word("```");
        }
        let text = self.out.trim_matches(|c: char| is_html_space(c));
        text.to_owned()
    }
}

/// `h1` is 0.
fn heading(name: &[u8]) -> usize {
    name.get(1)
        .map_or(0, |digit| usize::from(digit.saturating_sub(b'1')))
}

fn attribute(tag: &StartTag<()>, name: &[u8]) -> String {
    let value = tag.attributes.get(name);
    let text = value.map_or_else(String::new, |it| String::from_utf8_lossy(it).into_owned());
    text.split(is_html_space)
        .collect::<Vec<_>>()
        .join(" ")
        .trim()
        .to_owned()
}

/// Whether the text already says where the link goes.
fn same_link(text: &str, href: &str) -> bool {
    let bare = |it: &str| {
        let it = it.trim().trim_end_matches('/');
        let it = ["https://", "http://", "mailto:"]
            .iter()
            .find_map(|scheme| it.strip_prefix(scheme))
            .unwrap_or(it);
        it.to_lowercase()
    };
    bare(text) == bare(href)
}

/// The white space that HTML folds; others, such as the no-break space, are text.
fn is_html_space(c: char) -> bool {
    matches!(c, ' ' | '\n' | '\t' | '\r' | '\u{c}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn markup_reads_as_lines_with_marks() {
        for (html, text) in [
            (
                "<p>One &amp; two</p><p>three<br>four</p>",
                "One & two\n\nthree\nfour",
            ),
            ("a  b\n <b> c </b>d", "a b **c** d"),
            ("<strong></strong>x <em>y</em>.", "x *y*."),
            ("<h1>T</h1><h4>S</h4>text", "# T\n\n### S\n\ntext"),
            (
                "<ul><li>a</li><li><p>b</p><ol><li>c</li><li>d</li></ol></li></ul>e",
                "- a\n- b\n\n  1. c\n  2. d\n\ne",
            ),
            (
                "<blockquote><p>q</p><p>r</p></blockquote>s",
                "> q\n>\n> r\n\ns",
            ),
            (
                "x<pre>  a\n\n\n b</pre>y",
                "x\n\n```\n  a\n\n\n b\n```\n\ny",
            ),
            (
                "<a href=\"https://a.test/x\">there</a> <a href='https://b.test/'>b.test</a>",
                "[there](https://a.test/x) b.test",
            ),
            (
                "<a href=https://a.test><img src=x alt=pic></a>",
                "[[image: pic]](https://a.test)",
            ),
            ("<table><tr><td>a<td>b<tr><td>c</table>", "a | b\nc"),
            (
                "<style>p {}</style><script>if (a<b) {}</script>seen",
                "seen",
            ),
            ("<img src='data:image/png;base64,AAAA'>1 &lt; 2", "1 < 2"),
            ("caf\u{e9}&nbsp;: \u{1b}[31m", "caf\u{e9}\u{a0}: \u{1b}[31m"),
            ("a < b and <c", "a < b and"),
        ] {
            assert_eq!(to_text(html), text, "{html}");
        }
    }

    #[test]
    fn no_depth_is_too_deep() {
        let deep =
            "<blockquote><ul><li>".repeat(50_000) + "in" + &"</ul></blockquote>".repeat(50_000);
        let text = to_text(&(deep + "out"));
        assert!(
            text.contains("in") && text.ends_with("out"),
            "{}",
            text.len()
        );
        assert!(text.len() < 2_000_000);
    }

    proptest! {
        #[test]
        fn any_markup_is_read(parts in prop::collection::vec(prop::sample::select(vec![
            "<p>", "</p>", "<ul>", "<ol>", "<li>", "</ul>", "<pre>", "</pre>", "<b>", "</b>", "<i>",
            "</i>", "<a href=x>", "</a>", "<td>", "<tr>", "<blockquote>", "</blockquote>", "é", " ",
            "\n", "word", "<script>", "</script>", "<img alt=y>", "<", "&amp", "<h9>", "<hr>",
        ]), 0..40)) {
            let html = parts.concat();
            let text = to_text(&html);
            prop_assert!(text.len() <= 40 * 60);
        }
    }
}
